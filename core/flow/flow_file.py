"""Flow on disk: Middlebury ``.flo`` files, and flow as a picture."""

import os
import struct
import tempfile
from pathlib import Path

import numpy as np

from ..errors import MediaError

__all__ = ["draw_flow", "read_flow", "write_flow"]

_HEADER = struct.Struct("<4sii")  # magic, width, height
_MAGIC = b"PIEH"  # 202021.25 as a little-endian float


def write_flow(path: Path, flow: np.ndarray) -> Path:
    """Write ``flow``, (2, H, W) in pixels, x before y; half a file is never left behind.

    Raises:
        MediaError: the file cannot be written, or ``flow`` has another shape.
    """
    if flow.ndim != 3 or flow.shape[0] != 2:
        raise MediaError(f"{path}: the flow is {flow.shape}; give (2, height, width) with x before y.", path=path)
    data = _HEADER.pack(_MAGIC, flow.shape[2], flow.shape[1]) + flow.transpose(1, 2, 0).astype("<f4").tobytes()
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise MediaError(f"{path}: cannot be written ({error.strerror}).", path=path) from error
    return path


def read_flow(path: Path) -> np.ndarray:
    """Return (2, H, W) float32 pixels, x before y.

    Raises:
        MediaError: missing, cut off, or no flow file.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise MediaError(f"{path}: cannot be read ({error.strerror}).", path=path) from error
    if len(data) < _HEADER.size or data[:4] != _MAGIC:
        raise MediaError(f"{path}: is no .flo file; its first bytes must be PIEH.", path=path)
    _, width, height = _HEADER.unpack(data[: _HEADER.size])
    expected = _HEADER.size + 8 * width * height
    if min(width, height) < 1 or len(data) != expected:
        raise MediaError(
            f"{path}: {width} x {height} pixels need {expected} bytes, the file has {len(data)}; copy it again.",
            path=path,
        )
    values = np.frombuffer(data, "<f4", offset=_HEADER.size).reshape(height, width, 2)
    return np.ascontiguousarray(values.transpose(2, 0, 1), np.float32)


def draw_flow(flow: np.ndarray, largest: float | None = None) -> np.ndarray:
    """Return (H, W, 3) uint8 RGB: the hue is the direction, the colour grows with the speed, still is white.

    Args:
        flow: (2, H, W) in pixels.
        largest: speed of the fullest colour, in pixels; ``None``: that of the fastest pixel.
    """
    x, y = flow.astype(np.float64)
    speed = np.hypot(x, y)
    full = max(float(speed.max()) if largest is None else largest, 1e-6)
    turn = np.arctan2(y, x) / (2 * np.pi) * 6
    hue = np.stack([np.clip(np.abs((turn - shift) % 6 - 3) - 1, 0, 1) for shift in (0, 2, 4)], axis=-1)
    share = np.clip(speed / full, 0, 1)[..., None]
    drawn: np.ndarray = np.rint(255 * (1 - share * (1 - hue))).astype(np.uint8)
    return drawn
