"""The folder of painted trimaps: ``name.FRAME.png``, one file per keyframe."""

from __future__ import annotations

import contextlib
import re
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Final

import numpy as np

from ..core.errors import TrimapError
from ..core.media import encode_image
from ..core.trimap import read_levels, read_trimap
from .errors import ParameterError

_FILE_NAME: Final = re.compile(r"^.+\.(?P<frame>-?\d+)\.png$", re.IGNORECASE)


def find_keyframes(folder: Path, *, may_be_none: bool = False) -> dict[int, Path]:
    """Return frame number -> file of ``folder``, ascending.

    Raises:
        ParameterError: no such folder, no keyframe in it unless that ``may_be_none``, or two for one frame.
    """
    try:
        files = sorted(path for path in folder.iterdir() if _FILE_NAME.match(path.name))
    except OSError as error:
        raise ParameterError(
            f"the keyframe folder {folder} cannot be read ({error.strerror}); choose the folder with the trimaps."
        ) from error
    except ValueError as error:
        raise ParameterError(
            f"the keyframe folder {str(folder)!a} cannot be read, as no folder has such a name; choose another one."
        ) from error
    found: dict[int, Path] = {}
    for path in files:
        match = _FILE_NAME.match(path.name)
        frame = int(match["frame"]) if match else 0
        if frame in found:
            raise ParameterError(
                f"{found[frame].name} and {path.name} are both keyframes of frame {frame}; remove one of them."
            )
        found[frame] = path
    if not found and not may_be_none:
        raise ParameterError(
            f"the folder {folder} holds no keyframe; save trimaps there as name.FRAME.png, for example trimap.0001.png."
        )
    return dict(sorted(found.items()))


def write_keyframe(folder: Path, frame: int, trimap: np.ndarray) -> Path:
    """Write ``trimap`` (H, W) uint8 as the keyframe of ``frame``, whole or not at all; returns its file.

    Raises:
        ParameterError: the folder cannot be written, or the file is there.
    """
    path = folder / f"trimap.{frame:04d}.png"
    try:
        if path.exists():
            raise ParameterError(f"{path} is there already; nothing was written.")
        replace_file(path, encode_image(trimap, "png"))
    except OSError as error:
        raise ParameterError(f"the keyframe {path} cannot be written ({error.strerror}).") from error
    return path


def replace_file(path: Path, data: bytes) -> None:
    """Write ``data`` to the keyframe ``path``, whole or not at all.

    Raises:
        OSError: it cannot be written; what was there stays.
    """
    unfinished = path.with_suffix(".unfinished")  # no name of a keyframe: nobody reads half a file
    try:
        unfinished.write_bytes(data)
        unfinished.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise


def fit_trimap(trimap: np.ndarray, size: tuple[int, int], scale: tuple[float, float], name: str) -> np.ndarray:
    """Return ``trimap`` at the size of the plate.

    Args:
        trimap: (H, W) uint8, painted at full size.
        size: (width, height) of the plate in pixels.
        scale: render scale (x, y) of the plate; 1 = full size.
        name: of the keyframe, for the message.

    Raises:
        TrimapError: the trimap was painted on another size.
    """
    height, width = trimap.shape
    if (width, height) == size:
        return trimap
    is_proxy = min(scale) > 0 and scale != (1.0, 1.0)
    if not is_proxy or abs(width * scale[0] - size[0]) > 1 or abs(height * scale[1] - size[1]) > 1:
        scaled = f" at a render scale of {scale[0]:g} x {scale[1]:g}" if is_proxy else ""
        raise TrimapError(
            f"{name} is {width}x{height}, the plate is {size[0]}x{size[1]}{scaled}; paint it at the clip's size."
        )
    columns = (np.arange(size[0]) * 2 + 1) * width // (2 * size[0])
    rows = (np.arange(size[1]) * 2 + 1) * height // (2 * size[1])
    return np.ascontiguousarray(trimap[rows[:, None], columns])


class KeyframeReader:
    """Reads keyframes and keeps the few that did not change; safe from any thread."""

    def __init__(self, capacity: int = 32) -> None:
        self._capacity = capacity
        self._kept: OrderedDict[tuple[Path, int, int, bool], np.ndarray] = OrderedDict()
        self._lock = threading.Lock()

    def read(
        self,
        folder: Path,
        size: tuple[int, int],
        scale: tuple[float, float],
        *,
        may_be_none: bool = False,
        may_lack_unknown: bool = False,
    ) -> dict[int, np.ndarray]:
        """Return frame number -> trimap (H, W) uint8 at ``size`` (width, height), for every file of ``folder``.

        Raises:
            ParameterError: the folder cannot serve.
            TrimapError: a file cannot serve.
        """
        return {
            frame: fit_trimap(self._read_file(path, needs_unknown=not may_lack_unknown), size, scale, path.name)
            for frame, path in find_keyframes(folder, may_be_none=may_be_none).items()
        }

    def _read_file(self, path: Path, *, needs_unknown: bool) -> np.ndarray:
        """Return the trimap in ``path``, read again only after the file was written."""
        try:
            facts = path.stat()
        except OSError as error:
            raise TrimapError(f"{path}: cannot be read ({error.strerror}).", path=path) from error
        key = (path, facts.st_mtime_ns, facts.st_size, needs_unknown)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        trimap = read_trimap(path) if needs_unknown else read_levels(path)
        with self._lock:
            self._kept[key] = trimap
            while len(self._kept) > self._capacity:
                self._kept.popitem(last=False)
        return trimap
