"""Colour of the host to display-referred sRGB, which networks see, and pictures of ours back.

Plates themselves are shown as the host sent them: a round trip would clip what no display shows.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np
import torch

from ..kernels.transfer import decode_srgb, encode_srgb
from .codes import find_codes
from .colour_choice import ACESCG, LINEAR, ColourChoice
from .ocio import open_ocio
from .pixels import clip_to_display, to_float, to_network

Convert = Callable[[np.ndarray], np.ndarray]
"""(H, W, 3) float32 to another one; may change the array."""

_AP1_TO_REC709: Final = np.array(
    [
        [1.7050509926579815, -0.6217921206700491, -0.0832588719879324],
        [-0.1302564175070435, 1.1408047365754048, -0.0105483190683613],
        [-0.0240033568046123, -0.1289689760649021, 1.1529723328695144],
    ],
    dtype=np.float32,
)
"""Linear, white D60 adapted to D65 by Bradford. Source: SMPTE ST 2065-1, Academy TB-2014-004, ITU-R BT.709."""


def to_display(pixels: np.ndarray, space: ColourChoice) -> np.ndarray:
    """Return ``pixels`` as networks see them.

    Args:
        pixels: (H, W, C) of any depth; alpha is dropped, grey repeated.
        space: what the host's values mean.

    Returns:
        (H, W, 3) float32, sRGB in 0..1; NaN is 0.

    Raises:
        ParameterError: the space does not exist, or OpenColorIO is missing.
    """
    if space.is_display:
        return to_network(pixels)
    colour = np.nan_to_num(to_float(pixels[..., :3]))
    if colour.shape[2] == 1:
        colour = np.repeat(colour, 3, axis=2)
    scene = np.array(colour, dtype=np.float32, order="C")
    picture = clip_to_display(_to_srgb(space)(scene.copy()))
    return find_codes(picture, scene, partial(from_display, space=space))


def from_display(picture: np.ndarray, space: ColourChoice) -> np.ndarray:
    """Return ``picture``, (H, W, 3) float32 sRGB in 0..1, in the space of the host.

    Raises:
        ParameterError: the space does not exist, or OpenColorIO is missing.
    """
    if space.is_display:
        return picture
    if space.config is not None:
        return open_ocio(space.config, space.name).from_srgb(np.ascontiguousarray(picture))
    linear = srgb_to_linear(picture)
    return linear @ np.linalg.inv(_AP1_TO_REC709).T if space.name == ACESCG else linear


def linear_to_srgb(values: np.ndarray) -> np.ndarray:
    """Return ``values`` with the curve of sRGB; what is negative or above 1 is clipped."""
    return encode_srgb(torch.from_numpy(np.ascontiguousarray(clip_to_display(values)))).numpy()


def srgb_to_linear(values: np.ndarray) -> np.ndarray:
    """Return ``values``, 0..1, without the curve of sRGB."""
    return decode_srgb(torch.from_numpy(np.ascontiguousarray(values))).numpy()


def _to_srgb(space: ColourChoice) -> Convert:
    if space.config is not None:
        return open_ocio(space.config, space.name).to_srgb
    if space.name == LINEAR:
        return linear_to_srgb
    return lambda colour: linear_to_srgb(colour @ _AP1_TO_REC709.T)
