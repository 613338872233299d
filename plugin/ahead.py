"""Solving ahead in a host that shows one frame at a time: the worker goes through the frames by itself."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .errors import ParameterError

if TYPE_CHECKING:
    from .request import RenderRequest

_SLICE_SECONDS: Final = 20.0  # then the shell is told how far it is, and asks again

ORDERS: Final = ("Forward", "Backward", "Both directions", "This frame", "Range")
"""Labels of the choice ``track`` that solve."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """Which frames are wanted, and how far they are done."""

    order: str
    """One of :data:`ORDERS`."""
    range: tuple[int, int]
    """First and last frame of ``Range``, as the host counts."""
    done: int
    """Number of frames that earlier requests have done."""

    @classmethod
    def parse(cls, text: bytes) -> Ahead:
        """Read the JSON object that the shell sends.

        Raises:
            ParameterError: there is no such order in it.
        """
        try:
            values = json.loads(text.decode("utf-8", "surrogateescape"))
            if values["track"] not in ORDERS:
                raise ValueError(f"track is {values['track']!r}")
            first, last = int(values["trackFirst"]), int(values["trackLast"])
            return cls(values["track"], (first, last), max(0, int(values["aheadDone"])))
        except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
            raise ParameterError(
                f"the shell sent an order that cannot be read ({error!r}); install the bundle of this Trimatte again."
            ) from error

    def frames(self, request: RenderRequest) -> Sequence[int]:
        """Return the frames to solve, in order, as the source counts them."""
        now, first, last = request.frame, request.first, request.last
        if self.order == "Forward":
            return range(now, last + 1)
        if self.order == "Backward":
            return range(now, first - 1, -1)
        if self.order == "Both directions":
            return [*range(now, last + 1), *range(now - 1, first - 1, -1)]
        if self.order == "Range":
            low, high = (frame + request.params.frame_offset for frame in self.range)
            return range(max(low, first), min(high, last) + 1)
        return [now]

    def work(
        self, frames: Sequence[int], solve: Callable[[int], None], clock: Callable[[], float] = time.monotonic
    ) -> int:
        """Solve frames for a while, at least one; returns how many are done in all."""
        done, end = self.done, clock() + _SLICE_SECONDS
        while done < len(frames) and (done == self.done or clock() < end):
            solve(frames[done])
            done += 1
        return done
