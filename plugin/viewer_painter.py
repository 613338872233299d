"""What the overlay in a host's viewer needs: where regions and keyframes are, and strokes on keyframes."""

from __future__ import annotations

import threading
import zlib
from collections import OrderedDict
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from ..core.errors import TrimapError
from ..core.media import encode_image
from ..core.trimap import BACKGROUND, FOREGROUND, UNKNOWN, read_levels
from . import _bridge
from .embedded_keyframes import read_embedded, with_keyframe
from .errors import ParameterError
from .keyframe_sources import painted_frames
from .keyframes import find_keyframes
from .outline import Loop, outline
from .painted_files import follow, write_painted

if TYPE_CHECKING:
    from .params import Params
    from .viewer_stroke import ViewerStroke

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

_MOST_FOUND: Final = 4  # pictures of full size
_MOST_BASES: Final = 64  # compressed
_MOST_INSTANCES: Final = 256
_MOST_CORNERS: Final = 12_000
"""Corners that a viewer is given to draw; the shortest edges are left out."""


class ViewerPainter:
    """Remembers what it takes to paint in viewers; safe from any thread."""

    def __init__(self) -> None:
        self._found: OrderedDict[tuple[object, ...], np.ndarray] = OrderedDict()
        self._bases: OrderedDict[tuple[object, ...], tuple[tuple[int, ...], bytes]] = OrderedDict()
        self._painted: OrderedDict[int, tuple[object, str]] = OrderedDict()
        self._lock = threading.Lock()

    def remember(self, params: Params, frame: int, trimap: np.ndarray) -> None:
        """Keep the trimap (H, W) uint8 that was found for ``frame``: viewers may show it."""
        with self._lock:
            _put(self._found, (frame, params.place, params.painted), trimap, _MOST_FOUND)

    def follow(self, instance: int, params: Params) -> None:
        """Let the keyframe files follow the host's undo and redo.

        Raises:
            ParameterError: the folder cannot be read or written.
        """
        with self._lock:
            seen = self._painted.get(instance, (params.keyframes, params.painted_before))
            _put(self._painted, instance, (params.keyframes, params.painted), _MOST_INSTANCES)
            if params.keyframes and seen[0] == params.keyframes and seen[1] != params.painted:
                follow(params.keyframes, seen[1], params.painted)

    def show_marks(self, channel: _bridge.Channel, params: Params, frame: int) -> str:
        """Tell the overlay what to draw at ``frame``.

        Raises:
            TrimatteError: the keyframes cannot be read.
        """
        frames = sorted({*painted_frames(params, may_be_none=True), *params.trimap_frames})
        lines = [" ".join(["keyframes", *map(str, frames)])]
        trimap = self._trimap(params, frame)
        if trimap is not None:
            lines += _region_lines(trimap.tobytes(), trimap.shape)
        channel.set_text(_bridge.Parameter.MARKS, "\n".join(lines))
        return ""

    def paint(self, channel: _bridge.Channel, params: Params, frame: int, stroke: ViewerStroke, instance: int) -> str:
        """Paint on the keyframe of ``frame``, which is made if there is none; returns what to tell the user.

        Raises:
            TrimatteError: the keyframes cannot be read or written, or were painted on another size.
        """
        if frame in params.trimap_frames:
            raise ParameterError(f"the keyframe of frame {frame} is the Trimap input; change the roto there.")
        with self._lock:
            before = _painted_trimap(params, frame)
            start = before if before is not None else self._start(params, frame, stroke.size)
            if start.shape != stroke.size[::-1]:
                raise TrimapError(
                    f"keyframe {frame} is {start.shape[1]}x{start.shape[0]}, the picture in the viewer is "
                    f"{stroke.size[0]}x{stroke.size[1]}; paint where the clip has its full size."
                )
            trimap = start.copy()
            stroke.paint(trimap, self._base(params, frame, start, instance, is_new=before is None))
            if before is not None and np.array_equal(trimap, before):
                return "The stroke changed nothing."
            if params.keyframes is None:
                text = with_keyframe(params.embedded, frame, trimap)
                channel.set_text(_bridge.Parameter.KEYFRAMES, text)
            else:
                text = write_painted(params.keyframes, frame, encode_image(trimap, "png"), params.painted)
                _put(self._painted, instance, (params.keyframes, text), _MOST_INSTANCES)
                channel.set_text(_bridge.Parameter.PAINTED, text)
        return f"Painted on keyframe {frame}." if before is not None else f"Keyframe {frame} was made and painted on."

    def forget(self, instance: int) -> None:
        """Drop what was kept for ``instance``."""
        with self._lock:
            self._painted.pop(instance, None)

    def _trimap(self, params: Params, frame: int) -> np.ndarray | None:
        """Return the trimap to show: the painted one, or what was found with these keyframes."""
        painted = _painted_trimap(params, frame)
        if painted is not None:
            return painted
        with self._lock:
            return self._found.get((frame, params.place, params.painted))

    def _start(self, params: Params, frame: int, size: tuple[int, int]) -> np.ndarray:
        """Return what a new keyframe begins with, at ``size``: what was found for the frame, or all unknown."""
        found = self._found.get((frame, params.place, params.painted))
        if found is None:
            return np.full(size[::-1], UNKNOWN, dtype=np.uint8)
        rows, columns = ((np.arange(n) * 2 + 1) * m // (2 * n) for n, m in zip(size[::-1], found.shape, strict=True))
        return np.ascontiguousarray(found[rows[:, None], columns])

    def _base(self, params: Params, frame: int, start: np.ndarray, instance: int, *, is_new: bool) -> np.ndarray:
        """Return what the eraser brings back: the keyframe before it was first painted on here."""
        key = (params.keyframes or instance, frame)
        shape, packed = self._bases.get(key, ((), b""))
        if is_new or shape != start.shape:
            _put(self._bases, key, (start.shape, zlib.compress(start.tobytes(), 1)), _MOST_BASES)
            return start
        return np.frombuffer(zlib.decompress(packed), dtype=np.uint8).reshape(shape)


def _painted_trimap(params: Params, frame: int) -> np.ndarray | None:
    """Return the painted trimap of ``frame``, which may be unfinished; ``None`` where there is none."""
    if params.embedded:
        return read_embedded(params.embedded, may_lack_unknown=True).get(frame)
    path = find_keyframes(params.keyframes, may_be_none=True).get(frame) if params.keyframes else None
    return None if path is None else read_levels(path)


@lru_cache(maxsize=8)
def _region_lines(levels: bytes, shape: tuple[int, int]) -> list[str]:
    """Return lines for the shell: the size, and the edges of both certain regions."""
    trimap = np.frombuffer(levels, dtype=np.uint8).reshape(shape)
    regions = [("foreground", loop) for loop in outline(trimap == FOREGROUND)]
    regions += [("background", loop) for loop in outline(trimap == BACKGROUND)]
    lines, left = [f"size {shape[1]} {shape[0]}"], _MOST_CORNERS
    for name, loop in sorted(regions, key=lambda region: len(region[1]), reverse=True):
        left -= len(loop)
        if left >= 0:
            lines.append(_line(name, loop))
    return lines


def _line(name: str, loop: Loop) -> str:
    return " ".join([name, *(f"{x} {y}" for x, y in loop)])


def _put(kept: OrderedDict[_Key, _Value], key: _Key, value: _Value, capacity: int) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > capacity:
        kept.popitem(last=False)
