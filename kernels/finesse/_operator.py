"""The fast twins as operators of torch: what torch.compile and export see of them. They have no gradients."""

import torch
from torch import Tensor

from ..twins import load_twin


@torch.library.custom_op("trimatte::finesse_levels", mutates_args=())
def levels(matte: Tensor, black: float, white: float, gamma: float, backend: str) -> Tensor:
    """Return the matte (planes, H, W) stretched and bent, from the twin for ``backend``."""
    result: Tensor = load_twin(__package__, backend).levels(matte.contiguous(), black, white, gamma)
    return result


@torch.library.custom_op("trimatte::finesse_grow", mutates_args=())
def grow(matte: Tensor, radius: float, backend: str) -> Tensor:
    """Return the matte (planes, H, W) dilated or eroded, from the twin for ``backend``."""
    result: Tensor = load_twin(__package__, backend).grow(matte.contiguous(), radius)
    return result


@torch.library.custom_op("trimatte::finesse_blur", mutates_args=())
def blur(matte: Tensor, weights: Tensor, backend: str) -> Tensor:
    """Return the matte (planes, H, W) convolved, from the twin for ``backend``."""
    result: Tensor = load_twin(__package__, backend).blur(matte.contiguous(), weights)
    return result


@torch.library.custom_op("trimatte::finesse_despeckle", mutates_args=())
def despeckle(matte: Tensor, size: int, backend: str) -> Tensor:
    """Return the matte (planes, H, W) without specks, from the twin for ``backend``."""
    result: Tensor = load_twin(__package__, backend).despeckle(matte.contiguous(), size)
    return result


def _like(matte: Tensor) -> Tensor:
    return torch.empty_like(matte, memory_format=torch.contiguous_format)


@levels.register_fake
def _(matte: Tensor, black: float, white: float, gamma: float, backend: str) -> Tensor:
    return _like(matte)


@grow.register_fake
def _(matte: Tensor, radius: float, backend: str) -> Tensor:
    return _like(matte)


@blur.register_fake
def _(matte: Tensor, weights: Tensor, backend: str) -> Tensor:
    return _like(matte)


@despeckle.register_fake
def _(matte: Tensor, size: int, backend: str) -> Tensor:
    return _like(matte)
