"""Arrays and OpenFX images: names of depths and components, and the conversions between them."""

from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from .errors import HostError

Array = npt.NDArray[Any]
DepthName = Literal["byte", "short", "half", "float"]
ComponentsName = Literal["rgba", "rgb", "alpha"]
Premultiplication = Literal["opaque", "premultiplied", "straight"]

DEPTHS: Final[dict[str, str]] = {
    "byte": "OfxBitDepthByte",
    "short": "OfxBitDepthShort",
    "half": "OfxBitDepthHalf",
    "float": "OfxBitDepthFloat",
}
COMPONENTS: Final[dict[str, str]] = {
    "rgba": "OfxImageComponentRGBA",
    "rgb": "OfxImageComponentRGB",
    "alpha": "OfxImageComponentAlpha",
}
PREMULTIPLICATIONS: Final[dict[str, str]] = {
    "opaque": "OfxImageOpaque",
    "premultiplied": "OfxImageAlphaPremultiplied",
    "straight": "OfxImageAlphaUnPremultiplied",
}
_DTYPES: Final[dict[str, npt.DTypeLike]] = {
    "OfxBitDepthByte": np.uint8,
    "OfxBitDepthShort": np.uint16,
    "OfxBitDepthHalf": np.float16,
    "OfxBitDepthFloat": np.float32,
}
_CHANNELS: Final = {"OfxImageComponentAlpha": 1, "OfxImageComponentRGB": 3, "OfxImageComponentRGBA": 4}


def name_of(table: dict[str, str], value: str) -> str:
    """Return our short name for an OpenFX value, or the value itself when we have none."""
    return next((name for name, known in table.items() if known == value), value)


def as_picture(array: Array) -> Array:
    """Return ``array`` as (H, W, C) of a type that images can have.

    Args:
        array: (H, W) or (H, W, C), C of 1, 3 or 4; bool, uint8, uint16, float16, float32 or float64.

    Raises:
        HostError: another shape or type.
    """
    picture = array[..., np.newaxis] if array.ndim == 2 else array
    if picture.ndim != 3 or picture.shape[2] not in (1, 3, 4) or 0 in picture.shape:
        raise HostError(f"a frame must be (H, W) or (H, W, 1, 3 or 4), y down; it is {array.shape}")
    if picture.dtype == np.bool_:
        return picture.astype(np.uint8) * np.uint8(255)
    if picture.dtype == np.float64:
        return picture.astype(np.float32)
    if picture.dtype not in (np.uint8, np.uint16, np.float16, np.float32):
        raise HostError(f"a frame must be uint8, uint16, float16 or float32; it is {picture.dtype}")
    return picture


def depth_of(picture: Array) -> str:
    """Return the OpenFX depth of an array that :func:`as_picture` accepted."""
    return next(depth for depth, dtype in _DTYPES.items() if picture.dtype == dtype)


def components_of(picture: Array) -> str:
    """Return the OpenFX components of an array that :func:`as_picture` accepted."""
    return next(components for components, channels in _CHANNELS.items() if picture.shape[2] == channels)


def convert(picture: Array, depth: str, components: str, size: tuple[int, int]) -> Array:
    """Return (H, W, C) ``picture`` in the form that an effect was promised.

    Args:
        picture: what :func:`as_picture` returned.
        depth: OpenFX depth; integers span their whole range, floats are clipped only when they become integers.
        components: OpenFX components; missing alpha is opaque, missing colour is black.
        size: (width, height) in pixels; another size is averaged over areas.

    Returns:
        A contiguous array.
    """
    if (picture.shape[1], picture.shape[0]) != size:
        picture = _resize(_to_depth(picture, "OfxBitDepthFloat"), size)
    return np.ascontiguousarray(_to_components(_to_depth(picture, depth), _CHANNELS[components]))


def _to_depth(picture: Array, depth: str) -> Array:
    dtype = np.dtype(_DTYPES[depth])
    if picture.dtype == dtype:
        return picture
    if dtype.kind == "f":
        if picture.dtype.kind == "f":
            return picture.astype(dtype)
        scaled: Array = picture.astype(np.float32) / np.float32(np.iinfo(picture.dtype).max)
        return scaled.astype(dtype)
    if picture.dtype == np.uint8:
        return picture.astype(np.uint16) * np.uint16(257)
    if picture.dtype == np.uint16:
        return ((picture.astype(np.uint32) + 128) // 257).astype(np.uint8)
    top = np.iinfo(dtype).max
    return (np.clip(np.nan_to_num(picture.astype(np.float32)), 0, 1) * np.float32(top) + np.float32(0.5)).astype(dtype)


def _to_components(picture: Array, channels: int) -> Array:
    if picture.shape[2] == channels:
        return picture
    height, width, present = picture.shape
    opaque = 1 if picture.dtype.kind == "f" else np.iinfo(picture.dtype).max
    result = np.full((height, width, channels), opaque, picture.dtype)
    if channels == 1:
        if present == 4:
            result[...] = picture[..., 3:]
    elif present == 1:
        result[..., :3] = 0
        if channels == 4:
            result[..., 3:] = picture
    else:
        result[..., :3] = picture[..., :3]
    return result


def _resize(picture: Array, size: tuple[int, int]) -> Array:
    rows = _area_weights(picture.shape[0], size[1])
    columns = _area_weights(picture.shape[1], size[0])
    resized: Array = np.einsum("yh,hwc,xw->yxc", rows, picture, columns, optimize=True).astype(np.float32)
    return resized


def _area_weights(source: int, target: int) -> Array:
    """Return (target, source) shares of each source pixel in each target pixel; rows sum to 1."""
    edges = np.linspace(0.0, source, target + 1)
    pixels = np.arange(source)
    overlap = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    weights = np.clip(overlap, 0.0, None)
    shares: Array = (weights / weights.sum(1, keepdims=True)).astype(np.float32)
    return shares
