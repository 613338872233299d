"""The overlay of an effect: what it draws over a viewer, and what it does with pen and keys."""

from dataclasses import dataclass
from types import TracebackType
from typing import Final, Literal

from . import _host
from .errors import HostError
from .isolation import new_interact

Shape = Literal["lines", "strip", "loop", "rectangle", "polygon", "ellipse", "text"]
PenEvent = Literal["motion", "down", "up"]
KeyEvent = Literal["down", "up", "repeat"]

_SHAPES: Final[tuple[Shape, ...]] = ("lines", "strip", "loop", "rectangle", "polygon", "ellipse")
_PATTERNS: Final = ("solid", "dot", "dash", "alternate dash", "dot dash")
_PEN: Final[dict[PenEvent, str]] = {
    "motion": "OfxInteractActionPenMotion",
    "down": "OfxInteractActionPenDown",
    "up": "OfxInteractActionPenUp",
}
_KEY: Final[dict[KeyEvent, str]] = {
    "down": "OfxInteractActionKeyDown",
    "up": "OfxInteractActionKeyUp",
    "repeat": "OfxInteractActionKeyRepeat",
}
_FOCUS: Final = {True: "OfxInteractActionGainFocus", False: "OfxInteractActionLoseFocus"}


@dataclass(frozen=True, slots=True)
class Drawing:
    """One shape, or one line of text, that an overlay drew."""

    shape: Shape
    """lines (pairs of points), strip, loop, rectangle and ellipse (two corners), polygon, or text."""
    points: tuple[tuple[float, float], ...]
    """Canonical coordinates, y up."""
    colour: tuple[float, float, float, float]
    """Red, green, blue and alpha, 0 to 1."""
    line_width: float
    """Width in pixels."""
    pattern: str
    """solid, dot, dash, alternate dash or dot dash."""
    text: str
    """The words of a text; empty for shapes."""
    alignment: int
    """How a text lies about its point: OfxDrawTextAlignment flags."""


class Overlay:
    """Pen, keys and drawings of one effect instance; a context manager. The host's profile must offer overlays."""

    def __init__(self, effect: _host.EffectInstance) -> None:
        """Create the overlay; :meth:`Effect.overlay` is the door."""
        self._native = new_interact(effect)

    @property
    def draws_without_gl(self) -> bool:
        """Whether it draws with the standard's own draw suite; the others need OpenGL, and a window."""
        return self._native.draws_without_gl

    @property
    def redraws(self) -> int:
        """How often the effect has asked to be drawn again."""
        return self._native.redraws

    def draw(
        self, time: float = 0.0, *, scale: tuple[float, float] = (1.0, 1.0), pixel: tuple[float, float] = (1.0, 1.0)
    ) -> list[Drawing]:
        """Return what the overlay shows at ``time``.

        Args:
            time: frame number.
            scale: share of the full resolution in x and y.
            pixel: size of a pixel of the viewer in canonical units.

        Raises:
            HostError: it draws with OpenGL.
        """
        return [
            Drawing(
                _SHAPES[shape] if shape >= 0 else "text",
                tuple(points),
                colour,
                width,
                _PATTERNS[pattern] if 0 <= pattern < len(_PATTERNS) else str(pattern),
                text,
                alignment,
            )
            for shape, points, colour, width, pattern, text, alignment in self._native.draw(float(time), scale, pixel)
        ]

    def draw_gl(
        self, time: float = 0.0, *, scale: tuple[float, float] = (1.0, 1.0), pixel: tuple[float, float] = (1.0, 1.0)
    ) -> bool:
        """Have an overlay that needs OpenGL draw into the context that is current on this thread.

        The context's projection is to take canonical coordinates. Returns whether the overlay drew.

        Raises:
            HostError: it draws without OpenGL, see :meth:`draw`.
        """
        if self.draws_without_gl:
            raise HostError("the overlay draws without OpenGL; use draw()")
        return self._native.act("OfxInteractActionDraw", float(time), scale, pixel, (0.0, 0.0), 0.0, 0, "")

    def pen(
        self,
        event: PenEvent,
        position: tuple[float, float],
        time: float = 0.0,
        *,
        pressure: float = 1.0,
        scale: tuple[float, float] = (1.0, 1.0),
        pixel: tuple[float, float] = (1.0, 1.0),
    ) -> bool:
        """Move, press or lift the pen at a canonical position; return whether the effect used it."""
        return self._native.act(_PEN[event], float(time), scale, pixel, position, pressure, 0, "")

    def key(self, event: KeyEvent, symbol: int, text: str = "", time: float = 0.0) -> bool:
        """Press, release or repeat a key by its X11-like number; return whether the effect used it."""
        one = (1.0, 1.0)
        return self._native.act(_KEY[event], float(time), one, one, (0.0, 0.0), 0.0, symbol, text)

    def focus(self, gained: bool, time: float = 0.0) -> bool:
        """Tell the overlay that it gained or lost the focus; return whether it cared."""
        one = (1.0, 1.0)
        return self._native.act(_FOCUS[gained], float(time), one, one, (0.0, 0.0), 0.0, 0, "")

    def close(self) -> None:
        """Destroy it; closing twice is harmless, and closing the effect closes it too."""
        self._native.close()

    def __enter__(self) -> "Overlay":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
