"""What our host says of itself to plug-ins; other values make it look like another host."""

from dataclasses import dataclass
from typing import Final, Literal

from . import _host
from .images import COMPONENTS, DEPTHS, ComponentsName, DepthName

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
    contexts: tuple[str, ...] = ("filter", "general", "generator", "transition", "retimer")
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
    row_bytes: RowBytes = "positive"
    """Step from one row of an image to the one above it: positive, positive with a gap, or negative as in MLT."""
    hidden_properties: tuple[str, ...] = ()
    """OpenFX names of host properties that are not offered."""
    hidden_suites: tuple[str, ...] = ()
    """OpenFX names of suites that are not offered."""

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
        native.row_order = _ROW_ORDERS[self.row_bytes]
        native.hidden_properties, native.hidden_suites = list(self.hidden_properties), list(self.hidden_suites)
        return native
