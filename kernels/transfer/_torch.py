"""References of the sRGB transfer curve.

The standard rounds the place where its line and its power meet (0.0031308, 0.04045), which leaves a step of 3e-8. Here
the two meet where they cross, so that the curve is continuous and has an inverse everywhere; no code of 8, 10 or
16 bits changes by that.
"""

import torch
from torch import Tensor

JOIN = 0.003130668442500634
"""Linear light at which the line ends and the power begins."""
ENCODED_JOIN = 12.92 * JOIN


def encode_srgb(linear: Tensor) -> Tensor:
    """Return sRGB for linear light."""
    size = linear.abs()
    # Clamped, so that the branch that is not taken has a finite gradient.
    curved = 1.055 * size.clamp(min=JOIN).pow(1 / 2.4) - 0.055
    return torch.where(size > JOIN, curved.copysign(linear), 12.92 * linear)


def decode_srgb(encoded: Tensor) -> Tensor:
    """Return linear light for sRGB."""
    size = encoded.abs()
    curved = ((size.clamp(min=ENCODED_JOIN) + 0.055) / 1.055).pow(2.4)
    return torch.where(size > ENCODED_JOIN, curved.copysign(encoded), encoded / 12.92)


def encode_slope(linear: Tensor) -> Tensor:
    """Return the derivative of :func:`encode_srgb`."""
    size = linear.abs()
    return torch.where(size > JOIN, 1.055 / 2.4 * size.clamp(min=JOIN).pow(1 / 2.4 - 1), 12.92)


def decode_slope(encoded: Tensor) -> Tensor:
    """Return the derivative of :func:`decode_srgb`."""
    size = encoded.abs()
    curved = 2.4 / 1.055 * ((size.clamp(min=ENCODED_JOIN) + 0.055) / 1.055).pow(1.4)
    return torch.where(size > ENCODED_JOIN, curved, 1 / 12.92)
