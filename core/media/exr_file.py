"""OpenEXR to float pixels and back; what a decoder passes over in silence is an error here."""

import io
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.codec import CodecContext

from ..errors import MediaError
from .exr_header import Block, ExrHeader, ExrHeaderError, read_header

_ADVICE: Final = "write it anew as half or float RGB(A) with ZIP, PIZ or no compression"

_PLANES: Final = {1: (0,), 3: (2, 0, 1), 4: (2, 0, 1, 3)}
"""Number of planes -> those of R, G, B, A: the decoder keeps green first."""

_PIXEL_FORMATS: Final = {1: "grayf32le", 3: "gbrpf32le", 4: "gbrapf32le"}

_MOST_PIXELS: Final = 1 << 26
"""8192 x 8192; a bent header asks for any memory."""

_HALF_MAX: Final = np.float32(65504)

_EMPTY_RATIO, _EMPTY_BYTES = 16, 1024
"""A block of zeros takes less than a sixteenth of its pixels, and a little, in every compression but B44."""


def read_exr(path: Path) -> tuple[np.ndarray, Fraction]:
    """Return the pixels of the display window, scene-linear as they are stored, and the width of one over its height.

    Returns:
        (H, W, 3) or, with alpha in the file, (H, W, 4) float32; grey is repeated; a pixel outside of the data is 0.

    Raises:
        MediaError: no such file, damaged, or of a kind that is not read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise MediaError(f"{path}: cannot be read ({error.strerror}).") from error
    try:
        header = read_header(data)
        _check_kind(path, header)
        blocks = list(header.blocks(data))
        picture = _decode(path, header, data)
        _check_blocks(header, blocks, picture)
    except ExrHeaderError as error:
        raise MediaError(f"{path}: is not a whole exr image ({error}); copy or render it again.") from error
    aspect = Fraction(header.pixel_aspect).limit_denominator(1000) if 0.01 < header.pixel_aspect < 100 else Fraction(1)
    if picture.shape[2] == 1:
        picture = np.repeat(picture, 3, axis=2)
    return picture, aspect


def encode_exr(picture: np.ndarray) -> bytes:
    """Return the bytes of an EXR: half, ZIP.

    Args:
        picture: (H, W) grey, (H, W, 3) RGB or (H, W, 4) RGBA premultiplied, scene-linear, float32; what is beyond
            the largest half becomes that.
    """
    channels = 1 if picture.ndim == 2 else picture.shape[2]
    encoder = CodecContext.create("exr", "w")
    encoder.height, encoder.width = picture.shape[:2]
    encoder.pix_fmt = _PIXEL_FORMATS[channels]
    encoder.time_base = Fraction(1)
    encoder.options = {"compression": "zip16", "format": "half"}
    bounded = np.clip(np.nan_to_num(picture), -_HALF_MAX, _HALF_MAX).astype(np.float32)
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(bounded), format=_PIXEL_FORMATS[channels])
    frame.pts = 0
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])


def _check_kind(path: Path, header: ExrHeader) -> None:
    """Refuse what the decoder would refuse without a reason, or read as black."""
    names = set(header.channels)
    width, height = header.display.x2 - header.display.x1 + 1, header.display.y2 - header.display.y1 + 1
    if width < 1 or height < 1 or width * height > _MOST_PIXELS:
        raise MediaError(f"{path}: says that it is {width}x{height}; at most {_MOST_PIXELS} pixels are read.")
    if header.is_deep:
        raise MediaError(f"{path}: holds deep pixels; flatten it, and {_ADVICE}.")
    if not header.is_compression_known:
        raise MediaError(
            f"{path}: is compressed with {header.compression_name}, which is not read; write it with ZIP, PIZ or DWAA."
        )
    if not {"R", "G", "B"} <= names and ("Y" not in names or {"RY", "BY"} & names):
        listed = ", ".join(sorted(names)[:8])
        raise MediaError(f"{path}: has the channels {listed}; expected R, G, B (and A), or Y: {_ADVICE}.")
    if 0 in {kind for name, kind in header.channels.items() if name in {"R", "G", "B", "A", "Y"}}:
        raise MediaError(f"{path}: holds whole numbers (uint) as colour; {_ADVICE}.")


def _decode(path: Path, header: ExrHeader, data: bytes) -> np.ndarray:
    """Return (H, W, 1, 3 or 4) float32."""
    try:
        with av.open(io.BytesIO(data), "r", format="exr_pipe") as container:
            frame = next(container.decode(video=0), None)
    except (av.FFmpegError, OSError, IndexError, ValueError) as error:
        raise MediaError(
            f"{path}: cannot be read as exr, compression {header.compression_name} ({error}); {_ADVICE}."
        ) from error
    if frame is None or frame.is_corrupt:
        raise ExrHeaderError("nothing can be decoded")
    kind = np.dtype("<f2" if "f16" in frame.format.name else "<f4")
    if "f16" not in frame.format.name and "f32" not in frame.format.name:
        raise MediaError(f"{path}: holds {frame.format.name} pixels; {_ADVICE}.")
    planes = []
    for plane in (frame.planes[index] for index in _PLANES[len(frame.planes)]):
        lines = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[: frame.height]
        planes.append(np.ascontiguousarray(lines[:, : frame.width * kind.itemsize]).view(kind))
    return np.stack(planes, axis=2).astype(np.float32)


def _check_blocks(header: ExrHeader, blocks: list[Block], picture: np.ndarray) -> None:
    """Find the blocks that could not be unpacked: the decoder leaves them black and says nothing.

    Raises:
        ExrHeaderError: there is one.
    """
    if set(header.channels) - {"R", "G", "B", "A", "Y"} or header.compression_name == "B44":
        return  # the bytes may be another channel's, or many whatever they hold
    for lines, columns, stored, raw in blocks:
        is_full = raw // _EMPTY_RATIO + _EMPTY_BYTES < stored < raw
        shown = picture[lines, columns]
        is_whole = shown.shape[:2] == (lines.stop - lines.start, columns.stop - columns.start)
        if is_full and shown.size and is_whole and not shown.any():
            raise ExrHeaderError(f"lines {lines.start} to {lines.stop - 1} are damaged")
