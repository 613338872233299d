"""What our host says of itself to plug-ins; other values make it look like another host."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from . import _host
from .images import COMPONENTS, DEPTHS, PREMULTIPLICATIONS, ComponentsName, DepthName, Premultiplication

PropertyValues = tuple[int | float | str, ...]
RowBytes = Literal["positive", "padded", "negative"]

CONTEXTS: Final = {
    name: f"OfxImageEffectContext{name.capitalize()}"
    for name in ("filter", "general", "generator", "transition", "retimer", "paint")
}
_ROW_ORDERS: Final = {
    "positive": _host.RowOrder.POSITIVE,
    "padded": _host.RowOrder.PADDED,
    "negative": _host.RowOrder.NEGATIVE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HostProfile:
    """What a :class:`Host` says of itself, and how it lays out images."""

    name: str = "org.trimatte.HostBridge"
    """Identifier of the host; some effects look for hosts they know."""
    label: str = "Trimatte host bridge"
    """Its name for people."""
    version: tuple[int, ...] = (0, 1, 0)
    """Its version."""
    api_version: tuple[int, int] = (1, 5)
    """OpenFX version it claims."""
    contexts: tuple[str, ...] = ("filter", "general", "generator", "transition", "retimer", "paint")
    """Contexts it offers."""
    depths: tuple[DepthName, ...] = ("byte", "short", "half", "float")
    """Pixel depths it offers."""
    components: tuple[ComponentsName, ...] = ("rgba", "rgb", "alpha")
    """Pixel components it offers."""
    temporal_access: bool = True
    """Whether effects may ask for other frames than the one they render."""
    current_frame_only: bool = False
    """With ``temporal_access`` off: answer such a request with the current frame, as MLT does, not with an error."""
    tiles: bool = True
    """Whether a part of a frame may be rendered."""
    multi_resolution: bool = True
    """Whether clips may differ in size."""
    multiple_clip_depths: bool = True
    """Whether clips may differ in depth."""
    background: bool = True
    """Whether it runs without a user."""
    planes: bool = True
    """Whether it offers Nuke's plane suite, with the colour plane; some effects insist on it."""
    overlays: bool = False
    """Whether overlays are described and sent pen and keys, and drawn where they do without OpenGL."""
    gpu: Literal["cuda", "opencl", "opengl"] | None = None
    """Device on which effects that can, render; others, and frames for which it fails, stay on the CPU."""
    row_bytes: RowBytes = "positive"
    """Step from one row of an image to the one above it: positive, positive with a gap, or negative as in MLT."""
    hidden_properties: tuple[str, ...] = ()
    """OpenFX names of host properties that are not offered."""
    hidden_suites: tuple[str, ...] = ()
    """OpenFX names of suites that are not offered."""
    hidden_instance_properties: tuple[str, ...] = ()
    """OpenFX names of properties that instances of the effect lack."""
    hidden_clip_properties: tuple[str, ...] = ()
    """OpenFX names of properties that clips of instances lack."""
    hidden_param_types: tuple[str, ...] = ()
    """OpenFX names of parameter types that it does not know."""
    host_properties: Mapping[str, PropertyValues] = field(default_factory=dict)
    """Host properties, by OpenFX name, that are its own or have other values than ours."""
    image_properties: Mapping[str, PropertyValues] = field(default_factory=dict)
    """Properties of every image, by OpenFX name, whatever is true of the image."""
    output_premultiplication: Premultiplication | None = None
    """State of the output where the host does not do as the effect prefers."""
    persistent_messages: bool = True
    """Whether version 2 of the message suite has all its functions; in Resolve 14 two are null."""
    time_line: bool = True
    """Whether the time line suite works; in MLT it answers that it does not."""
    aborts: bool = True
    """Whether effects can find out that a frame is no longer wanted."""
    unwired_black: bool = False
    """Whether clips that nobody connected say that they are connected, and give black, as in Resolve."""
    dialogs: bool = False
    """Whether an effect may show a dialog of its own: asked for in an action, shown when that has ended, waited for."""
    ghost_clips: bool = False
    """Whether clips but Source and Output are there and carry nothing, and no name of a clip is wrong, as in MLT."""
    param_keys: bool = True
    """Whether parameters have keys for effects; in MLT a value asked for at any time is that of now."""
    forgiving: bool = False
    """Whether a property that does not exist has dimension 0 and no error, as in MLT."""
    render_sets_params: bool = False
    """Whether effects may set parameters while they render, which the standard forbids."""
    render_status: bool = True
    """Whether a render that fails is an error; MLT shows the picture as the effect left it."""
    hidden_actions: tuple[str, ...] = ()
    """OpenFX names of actions that are never called."""

    def to_native(self) -> _host.HostProfile:
        """Return the same for the native host."""
        native = _host.HostProfile()
        native.name, native.label = self.name, self.label
        native.version, native.api_version = list(self.version), list(self.api_version)
        native.contexts = [CONTEXTS[context] for context in self.contexts]
        native.depths = [DEPTHS[depth] for depth in self.depths]
        native.components = [COMPONENTS[components] for components in self.components]
        native.temporal_access = self.temporal_access
        native.off_time = _host.OffTime.CURRENT_FRAME if self.current_frame_only else _host.OffTime.FAIL
        native.tiles, native.multi_resolution = self.tiles, self.multi_resolution
        native.multiple_clip_depths, native.background = self.multiple_clip_depths, self.background
        native.planes = self.planes
        native.overlays, native.gpu = self.overlays, self.gpu or ""
        native.row_order = _ROW_ORDERS[self.row_bytes]
        native.hidden_properties, native.hidden_suites = list(self.hidden_properties), list(self.hidden_suites)
        native.hidden_instance_properties = list(self.hidden_instance_properties)
        native.hidden_clip_properties = list(self.hidden_clip_properties)
        native.hidden_param_types = list(self.hidden_param_types)
        native.host_properties = {name: list(values) for name, values in self.host_properties.items()}
        native.image_properties = {name: list(values) for name, values in self.image_properties.items()}
        if self.output_premultiplication:
            native.output_premultiplication = PREMULTIPLICATIONS[self.output_premultiplication]
        native.persistent_messages, native.time_line = self.persistent_messages, self.time_line
        native.aborts, native.unwired_black = self.aborts, self.unwired_black
        native.dialogs = self.dialogs
        native.ghost_clips, native.param_keys, native.forgiving = self.ghost_clips, self.param_keys, self.forgiving
        native.render_sets_params, native.render_status = self.render_sets_params, self.render_status
        native.hidden_actions = list(self.hidden_actions)
        return native
