"""One instance of an effect: connect clips, set parameters, render frames."""

import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any

from . import _host
from .errors import HostError
from .frames import Frames, open_source
from .images import COMPONENTS, DEPTHS, PREMULTIPLICATIONS, Array, Premultiplication, name_of
from .isolation import IsolatedPlugin, new_instance, source_maker
from .overlay import Overlay
from .params import Params
from .records import ClipForm, ClipPreferences, Message
from .state import State, load_params, save_params

if TYPE_CHECKING:
    import torch

    from .chain import Chain

Window = tuple[int, int, int, int]
Region = tuple[float, float, float, float]


class Effect:
    """An instance of an OpenFX effect; a context manager.

    Its methods may be called from several threads: renders run side by side as far as the effect declares it safe.
    """

    def __init__(self, plugin: _host.Plugin | IsolatedPlugin, context: str, depth: str) -> None:
        """Create an instance; :meth:`Plugin.create` is the door."""
        self.on_message: Callable[[Message], bool | None] | None = None
        """Called with each message while the effect runs; the answer counts for questions."""
        self.on_progress: Callable[[float, str], bool | None] | None = None
        """Called with the fraction done and a label; False asks the effect to stop."""
        self._native = new_instance(plugin, context, depth, *_callbacks(weakref.ref(self)))
        self.params = Params(self._native)
        """Parameters by script name: ``effect.params["x"] = 3``."""

    def connect(
        self,
        clip: str,
        frames: Frames,
        *,
        first: float | None = None,
        last: float | None = None,
        rate: float | None = None,
        pixel_aspect: float | None = None,
        premultiplication: Premultiplication | None = None,
        identity: str | None = None,
        offset: tuple[int, int] = (0, 0),
    ) -> None:
        """Give an input clip its frames.

        Args:
            clip: name of the clip, such as ``Source``.
            frames: (T, H, W, C) array or torch tensor, a list of (H, W, C) ones, an object with ``read(frame)``, or a
                function of the time; uint8, uint16, float16 or float32, y down; 1, 3 or 4 channels.
            first: number of the first frame; arrays start at 0 without it.
            last: number of the last frame, included; needed where ``frames`` does not say.
            rate: frames per second.
            pixel_aspect: width of a pixel over its height.
            premultiplication: state of the pixels; RGB is opaque and the rest straight without it.
            identity: what names the content for an effect that caches by it.
            offset: (x, y) of the lower-left pixel.

        Raises:
            HostError: no such clip, no range, or a first frame that is no picture.
        """
        source = open_source(
            frames,
            first=first,
            last=last,
            rate=rate,
            pixel_aspect=pixel_aspect,
            premultiplication=premultiplication,
            identity=identity,
            offset=offset,
            make=source_maker(self._native),
        )
        self._native.connect(clip, source)

    def disconnect(self, clip: str) -> None:
        """Take an input clip's frames away."""
        self._native.connect(clip, None)

    @property
    def clips(self) -> list[str]:
        """Names of the clips, Output included."""
        return self._native.clip_names()

    def clip_property(self, clip: str, name: str) -> list[object]:
        """Return the values of an OpenFX property of a clip.

        Raises:
            HostError: no such clip.
        """
        properties = self._native.clip_properties(clip)
        if properties is None:
            raise HostError(f"the effect has no clip {clip!r}; it has {', '.join(self.clips)}")
        return properties.get(name)

    def render(
        self,
        time: float,
        window: Window | None = None,
        scale: tuple[float, float] = (1.0, 1.0),
        *,
        abort: Callable[[], bool] | None = None,
        margin: int = 0,
        identity: bool = True,
    ) -> Array:
        """Render one frame.

        Args:
            time: frame number.
            window: (x1, y1, x2, y2) in pixels, y up, upper bounds excluded; the whole frame without it.
            scale: share of the full resolution in x and y.
            abort: asked while the effect renders; True stops it.
            margin: pixels by which the output image is larger than the frame on each side, as some hosts have it.
            identity: whether an effect that says it changes nothing is believed, and not rendered.

        Returns:
            (H, W, C), y down, in the depth and components agreed on; see :attr:`preferences`.

        Raises:
            PluginRefusedError: the effect failed; its message is in the error.
            RenderAbortedError: the frame was aborted.
            HostError: the window does not fit, or the effect broke the rules.
        """
        picture, _ = self._native.render(float(time), window, scale, margin, identity, abort)
        return picture

    def tensor(self, time: float, window: Window | None = None, **options: Any) -> "torch.Tensor":
        """Render one frame as :meth:`render` does, with its options, and return a torch tensor on the CPU."""
        import torch

        return torch.from_numpy(self.render(time, window, **options))

    def __or__(self, other: "Effect | Chain") -> "Chain":
        """Return a chain: what this effect makes is the source of ``other``."""
        from .chain import Chain

        return Chain(self) | other

    def overlay(self) -> Overlay:
        """Create the effect's overlay: what it draws over a viewer, and what it does with pen and keys.

        Raises:
            HostError: it has none, or the host's profile offers none.
        """
        return Overlay(self._native)

    def abort(self) -> None:
        """Stop the renders and actions that run now, in other threads."""
        self._native.abort()

    @contextmanager
    def sequence(self, first: float, last: float, step: float = 1.0) -> Iterator[None]:
        """Announce the frames that will be rendered inside the ``with`` block."""
        self.begin_sequence(first, last, step)
        try:
            yield
        finally:
            self.end_sequence()

    def begin_sequence(self, first: float, last: float, step: float = 1.0) -> None:
        """Announce frames ``first`` to ``last``; without it, each frame is a sequence of its own."""
        self._native.begin_sequence(float(first), float(last), float(step), (1.0, 1.0))

    def end_sequence(self) -> None:
        """End what :meth:`begin_sequence` began."""
        self._native.end_sequence()

    @property
    def preferences(self) -> ClipPreferences:
        """What host and effect agree on for the clips connected now."""
        agreed = self._native.clip_preferences()
        clips = {
            name: ClipForm(name_of(COMPONENTS, components), name_of(DEPTHS, depth), aspect)
            for name, (components, depth, aspect) in agreed["clips"].items()
        }
        state = name_of(PREMULTIPLICATIONS, agreed["premultiplication"])
        return ClipPreferences(clips, agreed["frame_rate"], state, agreed["frame_varying"])

    def region_of_definition(self, time: float, scale: tuple[float, float] = (1.0, 1.0)) -> Region:
        """Return (x1, y1, x2, y2) of the output in canonical coordinates."""
        return self._native.region_of_definition(float(time), scale)

    def regions_of_interest(
        self, time: float, region: Region, scale: tuple[float, float] = (1.0, 1.0)
    ) -> dict[str, Region]:
        """Return the region of each input that the effect needs for ``region`` of the output; all canonical."""
        return self._native.regions_of_interest(float(time), region, scale)

    def frames_needed(self, time: float) -> dict[str, list[tuple[float, float]]]:
        """Return ranges (first, last) of the frames of each input that frame ``time`` needs."""
        return self._native.frames_needed(float(time))

    def is_identity(
        self, time: float, window: Window, scale: tuple[float, float] = (1.0, 1.0)
    ) -> tuple[str, float] | None:
        """Return (clip, time) when the effect only copies that frame; None when it has something to do."""
        return self._native.identity(float(time), window, scale)

    def time_domain(self) -> tuple[float, float]:
        """Return the first and last frame that the effect can make."""
        return self._native.time_domain()

    def set_project(
        self,
        size: tuple[float, float],
        *,
        rate: float = 24.0,
        pixel_aspect: float = 1.0,
        frames: tuple[float, float] = (0, 0),
    ) -> None:
        """Fix the project's canonical size, rate and range, which otherwise follow the first clip."""
        self._native.set_project(size, pixel_aspect, rate, frames)

    def press(self, name: str) -> None:
        """Press the push button ``name``; see :meth:`Param.press`."""
        self.params[name].press()

    def purge_caches(self) -> None:
        """Ask the effect to drop what it can compute again."""
        self._native.purge_caches()

    def sync_private_data(self) -> None:
        """Ask the effect to write its private state into its parameters, as before saving."""
        self._native.sync_private_data()

    def save(self) -> State:
        """Return all parameters as plain values, ready for :mod:`json`; the effect adds its private state first."""
        self.sync_private_data()
        return save_params(self.params)

    def load(self, state: State) -> None:
        """Set the parameters as :meth:`save` returned them.

        Raises:
            HostError: they are of another effect.
        """
        load_params(self.params, state)

    @property
    def messages(self) -> list[Message]:
        """All messages so far, oldest first."""
        return [_message(*words) for words in self._native.messages]

    @property
    def persistent_message(self) -> Message | None:
        """The message that stands now, if any."""
        words = self._native.persistent_message
        return None if words is None else _message(*words)

    @property
    def leaked_images(self) -> int:
        """Number of images that the effect fetched and did not release before its action ended."""
        return self._native.leaked_images

    def close(self) -> None:
        """Wait for renders that run, then destroy the instance; closing twice is harmless."""
        self._native.close()

    def __enter__(self) -> "Effect":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _callbacks(
    reference: "weakref.ref[Effect]",
) -> tuple[Callable[[str, str, str, bool], bool | None], Callable[[str, float], bool | None]]:
    """Make what the native instance calls; held weakly, because no collector sees a cycle that runs through C++."""

    def take_message(kind: str, name: str, text: str, persistent: bool) -> bool | None:
        effect = reference()
        return effect.on_message(_message(kind, name, text, persistent)) if effect and effect.on_message else None

    def take_progress(label: str, fraction: float) -> bool | None:
        effect = reference()
        return effect.on_progress(fraction, label) if effect and effect.on_progress else None

    return take_message, take_progress


def _message(kind: str, name: str, text: str, persistent: bool) -> Message:
    kind = kind.removeprefix("OfxMessage")  # ofx-abi: ignore (a prefix)
    return Message(kind, name, text, persistent)
