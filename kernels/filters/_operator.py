"""The fast twins as operators of torch: what torch.compile, export and autograd see of them."""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from ..twins import load_twin

# Means ------------------------------------------------------------------------------------------------------------


@torch.library.custom_op("trimatte::box_mean", mutates_args=())
def box_mean(picture: Tensor, radius: int, border: str, backend: str) -> Tensor:
    """Return the means from the twin for ``backend``."""
    result: Tensor = load_twin(__package__, backend).box_mean(picture.contiguous(), radius, border)
    return result


@box_mean.register_fake
def _(picture: Tensor, radius: int, border: str, backend: str) -> Tensor:
    return picture.new_empty(picture.shape)


def _keep_mean(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
    _, ctx.radius, ctx.border, ctx.backend = inputs


def _differentiate_mean(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None, None]:
    """Average the gradient too: with zeros outside the filter is its own adjoint."""
    radius, backend = ctx.radius, ctx.backend
    if ctx.border == "zeros":
        return box_mean(gradient, radius, "zeros", backend), None, None, None
    wide = gradient.to(torch.promote_types(gradient.dtype, torch.float32))
    if ctx.border == "shrink":
        share = box_mean(torch.ones_like(wide[:1, :1]), radius, "zeros", backend)  # of the window that is inside
        return box_mean(wide / share, radius, "zeros", backend).to(gradient.dtype), None, None, None
    spread = box_mean(F.pad(wide, [radius] * 4), radius, "zeros", backend)
    folded = _fold(_fold(spread, radius, -1), radius, -2)  # the border's pixels were repeated outside
    return folded.to(gradient.dtype), None, None, None


def _fold(spread: Tensor, radius: int, axis: int) -> Tensor:
    """Add what lies ``radius`` pixels outside at both ends of ``axis`` to the first and the last pixel."""
    size = spread.shape[axis] - 2 * radius
    inside = spread.narrow(axis, radius, size)
    before = spread.narrow(axis, 0, radius).sum(axis, keepdim=True)
    after = spread.narrow(axis, radius + size, radius).sum(axis, keepdim=True)
    zeros = torch.zeros_like(inside.narrow(axis, 0, size - 1))
    return inside + torch.cat([before, zeros], axis) + torch.cat([zeros, after], axis)


box_mean.register_autograd(_differentiate_mean, setup_context=_keep_mean)

# Fits -------------------------------------------------------------------------------------------------------------


@torch.library.custom_op("trimatte::fit_linear", mutates_args=())
def fit_linear(guide: Tensor, picture: Tensor, radius: int, epsilon: float, backend: str) -> Tensor:
    """Return slopes and offsets from the twin for ``backend``."""
    twin = load_twin(__package__, backend)
    result: Tensor = twin.fit_linear(guide.contiguous(), picture.contiguous(), radius, epsilon)
    return result


@fit_linear.register_fake
def _(guide: Tensor, picture: Tensor, radius: int, epsilon: float, backend: str) -> Tensor:
    batch, channels, height, width = picture.shape
    return picture.new_empty(batch, 2 * channels, height, width)


def _keep_fit(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
    guide, picture, ctx.radius, ctx.epsilon, ctx.backend = inputs
    ctx.save_for_backward(guide, picture)


def _differentiate_fit(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None, None, None]:
    """Follow the reference backwards; its means are their own adjoints."""

    def mean(array: Tensor) -> Tensor:
        result: Tensor = box_mean(array, ctx.radius, "zeros", ctx.backend)
        return result

    wide = torch.promote_types(gradient.dtype, torch.float32)
    guide, picture = (array.to(wide) for array in ctx.saved_tensors)
    mean_guide, mean_picture = mean(guide), mean(picture)
    spread = mean(guide * guide) - mean_guide * mean_guide + ctx.epsilon
    slope = (mean(guide * picture) - mean_guide * mean_picture) / spread
    to_slope, to_offset = gradient.to(wide).chunk(2, dim=1)
    to_covariance = (to_slope - to_offset * mean_guide) / spread
    to_variance = -to_covariance * slope
    to_mean_guide = -to_offset * slope - to_covariance * mean_picture - 2 * to_variance * mean_guide
    to_mean_picture = to_offset - to_covariance * mean_guide
    to_product = mean(to_covariance)
    to_guide = to_product * picture + 2 * guide * mean(to_variance) + mean(to_mean_guide)
    to_picture = to_product * guide + mean(to_mean_picture)
    first, second = ctx.saved_tensors
    return to_guide.to(first.dtype), to_picture.to(second.dtype), None, None, None


fit_linear.register_autograd(_differentiate_fit, setup_context=_keep_fit)


@torch.library.custom_op("trimatte::fit_colour", mutates_args=())
def fit_colour(  # noqa: PLR0917  (the operands of the operation)
    plate: Tensor, matte: Tensor, weight: Tensor, radius: int, epsilon: float, backend: str
) -> Tensor:
    """Return the averaged slopes and offset from the twin for ``backend``."""
    pictures = (picture.contiguous() for picture in (plate, matte, weight))
    result: Tensor = load_twin(__package__, backend).fit_colour(*pictures, radius, epsilon)
    return result


@fit_colour.register_fake
def _(  # noqa: PLR0917
    plate: Tensor, matte: Tensor, weight: Tensor, radius: int, epsilon: float, backend: str
) -> Tensor:
    return plate.new_empty(plate.shape[0], 4, *plate.shape[2:])


# Values -----------------------------------------------------------------------------------------------------------


@torch.library.custom_op("trimatte::apply_fit", mutates_args=())
def apply_fit(guide: Tensor, fit: Tensor, backend: str) -> Tensor:
    """Return the values of an enlarged fit from the twin for ``backend``."""
    result: Tensor = load_twin(__package__, backend).apply_fit(guide.contiguous(), fit.contiguous())
    return result


@apply_fit.register_fake
def _(guide: Tensor, fit: Tensor, backend: str) -> Tensor:
    return guide.new_empty(guide.shape[0], fit.shape[1] - guide.shape[1], *guide.shape[2:])


@torch.library.custom_op("trimatte::apply_fit_backward", mutates_args=())
def _backward(gradient: Tensor, guide: Tensor, fit: Tensor) -> tuple[Tensor, Tensor]:
    """Shrink the gradient as torch's own interpolation does (on CUDA by atomics, as there)."""
    wide = torch.promote_types(gradient.dtype, torch.float32)
    outer, factor, lines = (array.to(wide).contiguous() for array in (gradient, guide, fit))
    channels, size = guide.shape[1], list(guide.shape[-2:])
    slope = F.interpolate(lines[:, :channels], size, mode="bilinear", align_corners=False)
    each = outer.repeat_interleave(channels // outer.shape[1], dim=1)
    enlarged = torch.cat([each * factor, outer], dim=1)
    to_fit = torch.ops.aten.upsample_bilinear2d_backward(enlarged, size, list(fit.shape), False)
    return (each * slope).to(guide.dtype), to_fit.to(fit.dtype)


@_backward.register_fake
def _(gradient: Tensor, guide: Tensor, fit: Tensor) -> tuple[Tensor, Tensor]:
    return guide.new_empty(guide.shape), fit.new_empty(fit.shape)


def _keep_values(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
    ctx.save_for_backward(*inputs[:2])


def _differentiate_values(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None]:
    guide, fit = ctx.saved_tensors
    return (*_backward(gradient, guide, fit), None)


apply_fit.register_autograd(_differentiate_values, setup_context=_keep_values)
