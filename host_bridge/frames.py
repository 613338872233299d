"""Where the frames of a clip come from: arrays, readers and functions, as the native host takes them."""

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

import numpy as np

from . import _host
from .errors import HostError
from .images import PREMULTIPLICATIONS, Array, Premultiplication, as_picture, components_of, convert, depth_of


@runtime_checkable
class FrameReader(Protocol):
    """Anything that can read a frame by its number.

    It may also say ``first``, ``last`` (included), ``rate`` (frames per second), ``pixel_aspect``,
    ``premultiplication`` and ``identity``; what is given to :meth:`Effect.connect` goes before.
    """

    def read(self, frame: int, /) -> Array | None:
        """Return (H, W) or (H, W, C), y down; None for a frame that does not exist."""


@runtime_checkable
class Tensor(Protocol):
    """A torch tensor, as far as frames need it."""

    def detach(self) -> "Tensor":
        """Leave the graph."""

    def cpu(self) -> "Tensor":
        """Move to main memory."""

    def numpy(self) -> Array:
        """Share the memory."""


Picture = Array | Tensor
Frames = Picture | Sequence[Picture] | FrameReader | Callable[[float], Picture | None]


def _to_array(picture: Picture) -> Array:
    return picture.detach().cpu().numpy() if isinstance(picture, Tensor) else np.asarray(picture)


class _ArrayReader:
    """Frames that are in memory already; numbered from ``first``."""

    def __init__(self, arrays: Sequence[Picture], first: int) -> None:
        self._arrays = arrays
        self.first, self.last = first, first + len(arrays) - 1

    def read(self, frame: int, /) -> Array:
        return _to_array(self._arrays[frame - self.first])


class _Adapter:
    """Answers the native host: reads a frame and turns it into the form that was asked for."""

    def __init__(self, frames: Frames, first: float, last: float) -> None:
        self._frames = frames
        self.first, self.last = first, last
        self.shape: tuple[int, int] | None = None

    def picture(self, time: float) -> Array | None:
        """Return frame ``time`` as the source has it; a reader has no frames between frames."""
        if not self.first <= time <= self.last:
            return None
        if isinstance(self._frames, FrameReader):
            array: Picture | None = self._frames.read(int(time)) if time == int(time) else None
        else:
            assert callable(self._frames)
            array = self._frames(time)
        return None if array is None else as_picture(_to_array(array))

    def __call__(self, time: float, depth: str, components: str, width: int, height: int) -> Array | None:
        picture = self.picture(time)
        if picture is None:
            return None
        if self.shape is not None and picture.shape[:2] != self.shape:
            came, said = picture.shape[1::-1], self.shape[::-1]
            raise HostError(f"frame {time:g} is {came[0]} x {came[1]} pixels, the clip is {said[0]} x {said[1]}")
        return convert(picture, depth, components, (width, height))


def open_source(
    frames: Frames,
    *,
    first: float | None = None,
    last: float | None = None,
    rate: float | None = None,
    pixel_aspect: float | None = None,
    premultiplication: Premultiplication | None = None,
    identity: str | None = None,
    offset: tuple[int, int] = (0, 0),
    make: Callable[[Callable[..., Array | None]], _host.ClipSource] = _host.ClipSource,
) -> _host.ClipSource:
    """Make ``frames`` a source of the native host; reads its first frame to learn size, depth and components.

    ``make`` creates the source from the function that reads a frame.

    Raises:
        HostError: the range is missing or empty, or the first frame is no picture.
    """
    if isinstance(frames, Tensor):
        frames = _to_array(frames)
    if isinstance(frames, np.ndarray) and frames.ndim != 4:
        raise HostError(
            f"an array of frames must be (T, H, W, C); it is {frames.shape}; give frames[None] for one frame"
        )
    if isinstance(frames, np.ndarray | Sequence):
        frames = _ArrayReader(list(frames), int(first or 0))
        first = last = None  # the array says
    first = first if first is not None else getattr(frames, "first", None)
    last = last if last is not None else getattr(frames, "last", None)
    if first is None or last is None or last < first:
        raise HostError(f"frames run from {first} to {last}; give connect() the first and last frame number")
    adapter = _Adapter(frames, first, last)
    picture = adapter.picture(first)
    if picture is None:
        raise HostError(f"frame {first:g}, said to be the first, does not exist")
    adapter.shape = (picture.shape[0], picture.shape[1])
    source = make(adapter)
    source.height, source.width = adapter.shape
    source.offset = offset
    source.first, source.last = float(first), float(last)
    source.frame_rate = float(rate if rate is not None else getattr(frames, "rate", None) or 24.0)
    source.pixel_aspect = float(pixel_aspect if pixel_aspect is not None else getattr(frames, "pixel_aspect", 1.0))
    source.depth, source.components = depth_of(picture), components_of(picture)
    default = "opaque" if picture.shape[2] == 3 else "straight"
    state = premultiplication or getattr(frames, "premultiplication", None) or default
    if state not in PREMULTIPLICATIONS:
        raise HostError(f"premultiplication must be one of {', '.join(PREMULTIPLICATIONS)}, not {state!r}")
    source.premultiplication = PREMULTIPLICATIONS[state]
    source.field = "OfxFieldNone"
    source.identity = identity or getattr(frames, "identity", None) or f"clip-{id(adapter):x}"
    return source
