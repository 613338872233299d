"""From what a decoder gives to RGB: the matrix and the range that the file states, or that its size implies."""

from typing import Final

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation

from ..errors import MediaError

_MATRICES: Final = {
    1: Colorspace.ITU709,
    4: Colorspace.FCC,
    5: Colorspace.ITU601,
    6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M,
    9: Colorspace.BT2020,
}
"""Matrix coefficients of ITU-T H.273 -> swscale."""

_SCENE_TRANSFERS: Final = {8: "linear light", 16: "PQ (HDR)", 18: "HLG (HDR)"}
"""Transfer characteristics of ITU-T H.273 that are not display-referred SDR."""

EXACT: Final = (
    Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT | Interpolation.BITEXACT
)
"""How swscale converts: filtered chroma, rounding instead of truncation, the same on every machine."""


def matrix_of(frame: av.VideoFrame) -> Colorspace:
    """Return the YCbCr matrix of ``frame``: its tag, else BT.709 above SD sizes and BT.601 below."""
    tagged = _MATRICES.get(int(frame.colorspace))
    if tagged is not None:
        return tagged
    return Colorspace.ITU709 if frame.width >= 1280 or frame.height > 576 else Colorspace.ITU601


def is_full_range(frame: av.VideoFrame) -> bool:
    """Tell whether black is 0 and white the largest code; untagged YCbCr is limited, untagged grey is full."""
    if frame.color_range == ColorRange.UNSPECIFIED:
        return frame.format.name.startswith(("yuvj", "gray", "ya"))
    return bool(frame.color_range == ColorRange.JPEG)


def to_rgb(frame: av.VideoFrame, path: str) -> np.ndarray:
    """Return (H, W, 3) or, where the file has alpha, (H, W, 4); uint8 for 8-bit sources, else uint16.

    Raises:
        MediaError: floating-point pixels, or a transfer that is not display-referred SDR.
    """
    name, components = frame.format.name, frame.format.components
    if "f16" in name or "f32" in name:
        raise MediaError(f"{path}: holds {name} (floating point) pictures; 8 to 16 bits per channel are read.")
    if int(frame.color_trc) in _SCENE_TRANSFERS:
        raise MediaError(
            f"{path}: is tagged {_SCENE_TRANSFERS[int(frame.color_trc)]}; display-referred SDR is read, "
            "convert the clip to Rec.709 first."
        )
    if name.startswith("gray"):
        return np.repeat(_grey(frame)[..., None], 3, axis=2)
    deep = max(component.bits for component in components) > 8
    alpha = any(component.is_alpha for component in components) and not frame.format.has_palette
    target = ("rgba64le" if alpha else "rgb48le") if deep else ("rgba" if alpha else "rgb24")
    converted = frame.reformat(
        format=target,
        src_colorspace=None if frame.format.is_rgb else matrix_of(frame),
        src_color_range=ColorRange.JPEG if frame.format.is_rgb or is_full_range(frame) else ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
        interpolation=EXACT,
        threads=1,
    )
    return converted.to_ndarray()


def to_preview(frame: av.VideoFrame, factor: int) -> np.ndarray | None:
    """Return (h, w, 3) uint8, ``factor`` times smaller; ``None`` for what :func:`to_rgb` makes or refuses itself."""
    name = frame.format.name
    if name.startswith("gray") or "f16" in name or "f32" in name or int(frame.color_trc) in _SCENE_TRANSFERS:
        return None
    converted = frame.reformat(
        width=-(-frame.width // factor),
        height=-(-frame.height // factor),
        format="rgb24",
        src_colorspace=None if frame.format.is_rgb else matrix_of(frame),
        src_color_range=ColorRange.JPEG if frame.format.is_rgb or is_full_range(frame) else ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
        interpolation=Interpolation.AREA | Interpolation.ACCURATE_RND,
        threads=1,
    )
    return converted.to_ndarray()


def _grey(frame: av.VideoFrame) -> np.ndarray:
    """Return (H, W) grey, uint8 or uint16 over its whole range."""
    bits = frame.format.components[0].bits
    if frame.format.name not in {"gray", "gray16le", "gray16be"} and bits > 8:
        plane = frame.to_ndarray().astype(np.uint32)  # 9 to 14 bits in the low end of 16
        values: np.ndarray = ((plane * 65535 + ((1 << bits) - 1) // 2) // ((1 << bits) - 1)).astype(np.uint16)
    else:
        values = frame.to_ndarray(format="gray16le" if bits > 8 else "gray")
    if is_full_range(frame):
        return values
    unit = 257 if values.dtype == np.uint16 else 1  # limited range: black 16, white 235 in 8-bit codes
    top = 255 * unit
    stretched = (values.astype(np.float64) / unit - 16.0) / 219.0
    return (np.clip(stretched, 0.0, 1.0) * top + 0.5).astype(values.dtype)
