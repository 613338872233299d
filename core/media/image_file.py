"""One still image to pixels and back: PNG and TIFF at 8 and 16 bits, JPEG."""

import io
import struct
import zlib
from fractions import Fraction
from pathlib import Path
from typing import Final, Literal

import av
import numpy as np
from av.codec import CodecContext

from ..errors import MediaError
from .colour import to_rgb
from .orientation import display_matrix, turn_upright

_DEMUXERS: Final = {
    ".png": "png_pipe",
    ".tif": "tiff_pipe",
    ".tiff": "tiff_pipe",
    ".jpg": "jpeg_pipe",
    ".jpeg": "jpeg_pipe",
}

_PIXEL_FORMATS: Final = {
    ("png", 1, 1): "gray",
    ("png", 1, 2): "gray16be",
    ("png", 3, 1): "rgb24",
    ("png", 3, 2): "rgb48be",
    ("png", 4, 1): "rgba",
    ("png", 4, 2): "rgba64be",
    ("tiff", 1, 1): "gray",
    ("tiff", 1, 2): "gray16le",
    ("tiff", 3, 1): "rgb24",
    ("tiff", 3, 2): "rgb48le",
    ("tiff", 4, 1): "rgba",
    ("tiff", 4, 2): "rgba64le",
}
"""(codec, channels, bytes per channel) -> pixel format that stores it without loss."""

_OPTIONS: Final = {"png": {"pred": "up", "compression_level": "1"}, "tiff": {"compression_algo": "deflate"}}


def read_image(path: Path) -> np.ndarray:
    """Return (H, W, 3) or, with alpha in the file, (H, W, 4), uint8 or uint16.

    Raises:
        MediaError: no such file, not an image, or torn.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise MediaError(f"{path}: cannot be read ({error.strerror}).") from error
    demuxer = _DEMUXERS.get(path.suffix.lower())
    if demuxer is None:
        raise MediaError(f"{path}: expected a png, tif or jpg image.")
    try:
        with av.open(io.BytesIO(data), "r", format=demuxer) as container:
            frame = next(container.decode(video=0), None)
    except (av.FFmpegError, OSError, IndexError) as error:
        raise MediaError(f"{path}: is not a whole {path.suffix[1:].lower()} image ({error}).") from error
    if frame is None or frame.is_corrupt:
        raise MediaError(f"{path}: is not a whole {path.suffix[1:].lower()} image.")
    return turn_upright(to_rgb(frame, str(path)), display_matrix(frame, str(path)))


def encode_image(picture: np.ndarray, codec: Literal["png", "tiff"], text: dict[str, str] | None = None) -> bytes:
    """Return the bytes of an image file.

    Args:
        picture: (H, W) grey, (H, W, 3) RGB or (H, W, 4) RGBA, uint8 or uint16.
        codec: kind of file.
        text: keys and Latin-1 values to store beside the pixels; PNG only.
    """
    channels = 1 if picture.ndim == 2 else picture.shape[2]
    pixel_format = _PIXEL_FORMATS[codec, channels, picture.dtype.itemsize]
    encoder = CodecContext.create(codec, "w")
    encoder.height, encoder.width = picture.shape[:2]
    encoder.pix_fmt = pixel_format
    encoder.time_base = Fraction(1)
    encoder.options = _OPTIONS[codec]
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format=pixel_format)
    frame.pts = 0
    data = b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])
    return _with_text(data, text) if text and codec == "png" else data


def _with_text(data: bytes, text: dict[str, str]) -> bytes:
    """Put tEXt chunks behind the header of a PNG: signature 8 bytes, IHDR 25 bytes."""
    chunks = b""
    for key, value in text.items():
        body = b"tEXt" + key.encode("latin-1") + b"\0" + value.encode("latin-1")
        chunks += struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return data[:33] + chunks + data[33:]
