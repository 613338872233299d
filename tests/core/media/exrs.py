"""Small EXR files for tests, by the encoder of FFmpeg."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.codec import CodecContext

FORMATS = {2: "grayf32le", 3: "gbrpf32le", 4: "gbrapf32le"}


def write_exr(path: Path, picture: np.ndarray, *, compression: str = "zip16", kind: str = "half") -> Path:
    """Store (H, W) or (H, W, 3 or 4) as half or float; compression is none, rle, zip1 or zip16."""
    pixel_format = FORMATS[2 if picture.ndim == 2 else picture.shape[2]]
    encoder = CodecContext.create("exr", "w")
    encoder.height, encoder.width = picture.shape[:2]
    encoder.pix_fmt, encoder.time_base = pixel_format, Fraction(1)
    encoder.options = {"compression": compression, "format": kind}
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture, np.float32), format=pixel_format)
    frame.pts = 0
    path.write_bytes(b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)]))
    return path
