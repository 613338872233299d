"""From what the effect shows to what a file holds: channels, depth, and the colour that files of its kind have."""

from collections.abc import Callable

import numpy as np

from ...core.media import OutputFormat
from ...plugin.colour import srgb_to_linear, to_display
from ...plugin.colour_choice import SRGB
from ...plugin.look import Output, View
from ...plugin.pixels import to_float
from .request import RenderRequest


def finish_picture(picture: np.ndarray, request: RenderRequest, output: OutputFormat) -> np.ndarray:
    """Return ``picture``, (H, W, 4) of the host, as ``output`` stores it.

    Integers are display-referred: float plates are brought there from their space. EXR is scene-linear: sRGB becomes
    linear Rec.709, while plates of another space keep it, so that nothing above 1 and no primaries are lost.

    Returns:
        (H, W) or (H, W, 3 or 4) uint8, uint16 or float32.
    """
    shown = picture[..., 0] if request.channels == 1 else picture[..., : request.channels]
    is_colour = request.channels > 1 and not (
        request.look.view is View.RESULT and request.look.output is Output.MATTE_IN_RGB
    )
    is_premultiplied = request.alpha == "premultiplied"
    if output.bits == 32:
        values = to_float(shown)
        if is_colour and request.colour.config is None and request.colour.name == SRGB:
            return _recoloured(values, _to_linear, is_premultiplied=is_premultiplied)
        return values
    if is_colour and shown.dtype == np.float32 and not request.colour.is_display:
        shown = _recoloured(shown, lambda colour: to_display(colour, request.colour), is_premultiplied=is_premultiplied)
    return _to_depth(shown, output.bits)


def _to_linear(colour: np.ndarray) -> np.ndarray:
    return srgb_to_linear(np.clip(np.nan_to_num(colour), 0, 1))


def _recoloured(
    picture: np.ndarray, convert: Callable[[np.ndarray], np.ndarray], *, is_premultiplied: bool
) -> np.ndarray:
    """Return ``picture``, (H, W, 3 or 4) float32, with other colour; curves are for straight colour."""
    colour, alpha = picture[..., :3], picture[..., 3:]
    if is_premultiplied:
        colour = np.divide(colour, alpha, out=np.zeros_like(colour), where=alpha > 0)
    colour = convert(np.ascontiguousarray(colour))
    return np.concatenate([colour * alpha if is_premultiplied else colour, alpha], axis=2)


def _to_depth(picture: np.ndarray, bits: int) -> np.ndarray:
    """Return ``picture`` (uint8, uint16 or float 0..1) at ``bits`` per channel, rounded."""
    top, dtype = (65535, np.uint16) if bits == 16 else (255, np.uint8)
    if picture.dtype == dtype:
        return picture
    if picture.dtype.kind == "f":
        return np.asarray(np.clip(np.nan_to_num(picture), 0, 1) * top + 0.5).astype(dtype)
    if bits == 16:
        return picture.astype(np.uint16) * np.uint16(257)
    return ((picture.astype(np.uint32) + 128) // 257).astype(np.uint8)
