"""Modulated deformable convolution."""

from torch import Tensor

from ..backends import Backend, choose_backend
from ..errors import ShapeError
from . import _operator, _torch
from ._shape import DeformShape

__all__ = ["deform_conv"]

TWINS: tuple[Backend, ...] = ("native", "opencl", "cupy")
"""Backends that have this operation beside the reference."""


def deform_conv(
    input: Tensor,  # the name torch gives the same argument
    offset: Tensor,
    mask: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    *,
    stride: int = 1,
    padding: int = 1,
    dilation: int = 1,
    groups: int = 1,
    deform_groups: int = 8,
    backend: Backend | None = None,
) -> Tensor:
    """Convolve ``input`` at places that ``offset`` moves and with strengths that ``mask`` gives.

    A sample is bilinear over the four neighbours of its place; a neighbour off the grid counts zero.
    With zero offsets and a mask of ones this is an ordinary convolution with zero padding. An offset that is no
    number makes the output none where its sample goes. The twins sample a block of output pixels at a time, and need
    no more memory than that; on CUDA the gradient of ``input`` is an atomic sum.

    Args:
        input: (B, C, H, W).
        offset: (B, 2 * G * K, H', W') in input pixels: for each deformable group, for each tap of the
            kernel in row-major order, first dy, then dx; G = ``deform_groups``, K = taps.
        mask: (B, G * K, H', W') factors of the samples, taken as they are.
        weight: (O, C / groups, kernel height, kernel width).
        bias: (O,), or ``None``.
        stride: step between output places, in input pixels.
        padding: pixels outside the border where the kernel starts.
        dilation: distance of neighbouring taps, in input pixels.
        groups: groups of the convolution.
        deform_groups: groups of input channels with offsets and masks of their own.
        backend: ``None`` takes the fastest one for the device of ``input``.

    Returns:
        (B, O, H', W') of the type of ``input``; half precision is computed in float32.

    Raises:
        ShapeError: the arrays do not fit together.
        BackendUnavailableError: ``backend`` is not installed or cannot use this device; never replaced silently.

    Source: Zhu et al., Deformable ConvNets v2, CVPR 2019, section 3.2.
    """
    shape = DeformShape.of(input, weight, stride, padding, dilation, deform_groups)
    if input.shape[1] != weight.shape[1] * groups or weight.shape[0] % groups or input.shape[1] % deform_groups:
        raise ShapeError(
            f"input is {tuple(input.shape)}, weight is {tuple(weight.shape)}; with {groups} groups and {deform_groups} "
            "deformable groups the channels must divide, and weight holds C / groups of them."
        )
    for name, array, count in (("offset", offset, 2), ("mask", mask, 1)):
        expected = (input.shape[0], count * deform_groups * shape.taps, shape.out_height, shape.out_width)
        if tuple(array.shape) != expected:
            raise ShapeError(f"{name} is {tuple(array.shape)}; this input and weight need {expected}.")
    chosen = choose_backend(input.device, backend, TWINS)
    if chosen == "torch":
        return _torch.deform_conv(input, offset, mask, weight, bias, groups, shape)
    steps = [stride, padding, dilation, deform_groups]
    result: Tensor = _operator.deform_conv(input, offset, mask, weight, bias, groups, steps, chosen)
    return result
