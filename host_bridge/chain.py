"""Effects one after another: ``a | b`` renders a, and gives what it makes to b."""

import math
from types import TracebackType
from typing import Any

import numpy as np

from .effect import Effect, Window
from .errors import HostError
from .frames import Frames
from .images import Array


class Chain:
    """Effects in a row; the source of each is the picture of the one before. A context manager.

    Each effect keeps its own parameters and other clips. Frames between two effects are whole and in full size.
    """

    def __init__(self, *effects: Effect) -> None:
        """Put ``effects`` in a row; ``a | b | c`` is the usual way."""
        self.effects = effects
        """The effects, first to last."""
        self._linked = False

    def __or__(self, other: "Effect | Chain") -> "Chain":
        """Return a chain with ``other`` after the last effect."""
        return Chain(*self.effects, *(other.effects if isinstance(other, Chain) else (other,)))

    def connect(self, clip: str, frames: Frames, **options: Any) -> None:
        """Give a clip of the first effect its frames; see :meth:`Effect.connect`."""
        self.effects[0].connect(clip, frames, **options)
        self._linked = False

    def render(
        self, time: float, window: Window | None = None, scale: tuple[float, float] = (1.0, 1.0), **options: Any
    ) -> Array:
        """Render one frame through all effects; see :meth:`Effect.render`.

        Raises:
            HostError: an effect has no input, or one of them fails.
        """
        if not self._linked:
            for before, after in zip(self.effects, self.effects[1:], strict=False):
                _link(before, after)
            self._linked = True
        return self.effects[-1].render(time, window, scale, **options)

    def close(self) -> None:
        """Destroy all effects, the last one first."""
        for effect in reversed(self.effects):
            effect.close()

    def __enter__(self) -> "Chain":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class _Output:
    """Frames that an effect makes; all of the size of the first one, because a clip has one size."""

    def __init__(self, effect: Effect, first: float) -> None:
        self._effect = effect
        self._aspect = effect.preferences.clips["Output"].pixel_aspect
        self.window = self._window(first)

    def _window(self, time: float) -> Window:
        x1, y1, x2, y2 = self._effect.region_of_definition(time)
        noise = 1e-6
        return (
            math.floor(x1 / self._aspect + noise),
            math.floor(y1 + noise),
            math.ceil(x2 / self._aspect - noise),
            math.ceil(y2 - noise),
        )

    def __call__(self, time: float) -> Array:
        window = self._window(time)
        if window == self.window:
            return self._effect.render(time)
        left, bottom, right, top = self.window
        x1, y1, x2, y2 = max(left, window[0]), max(bottom, window[1]), min(right, window[2]), min(top, window[3])
        empty = x2 <= x1 or y2 <= y1
        picture = self._effect.render(time, None if empty else (x1, y1, x2, y2))
        canvas = np.zeros((top - bottom, right - left, picture.shape[2]), picture.dtype)
        if not empty:
            canvas[top - y2 : top - y1, x1 - left : x2 - left] = picture
        return canvas


def _link(before: Effect, after: Effect) -> None:
    inputs = [clip for clip in after.clips if clip != "Output"]
    if not inputs:
        raise HostError("an effect without inputs can only be the first of a chain")
    first, last = before.time_domain()
    agreed = before.preferences
    output = _Output(before, first)
    after.connect(
        "Source" if "Source" in inputs else inputs[0],
        output,
        first=first,
        last=last,
        rate=agreed.frame_rate,
        pixel_aspect=agreed.clips["Output"].pixel_aspect,
        premultiplication=agreed.premultiplication,  # type: ignore[arg-type]  # one of the three, by negotiation
        offset=output.window[:2],
    )
