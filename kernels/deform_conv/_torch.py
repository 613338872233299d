"""Reference of the deformable convolution: sample every tap, then one matrix product."""

import torch
from torch import Tensor
from torch.nn import functional as F

from ._shape import DeformShape


def deform_conv(  # noqa: PLR0917  (the operands of the operation)
    image: Tensor, offset: Tensor, mask: Tensor, weight: Tensor, bias: Tensor | None, groups: int, shape: DeformShape
) -> Tensor:
    """Return (B, O, H', W') of the type of ``image``; the door has checked the shapes."""
    batch, channels = image.shape[:2]
    height, width = shape.out_height, shape.out_width
    samples = _sample(image, offset, shape)  # (B * G, C / G, K, H', W')
    factors = mask.reshape(batch * shape.deform_groups, 1, shape.taps, height, width)
    samples = samples * factors if torch.is_grad_enabled() else samples.mul_(factors)  # spare a copy of 9 C planes
    columns = samples.reshape(batch, groups, channels // groups * shape.taps, height * width)
    kernels = weight.reshape(groups, weight.shape[0] // groups, -1).to(columns.dtype)
    result: Tensor = torch.matmul(kernels, columns).reshape(batch, weight.shape[0], height, width)
    return (result if bias is None else result + bias[:, None, None].to(result.dtype)).to(image.dtype)


def _sample(image: Tensor, offset: Tensor, shape: DeformShape) -> Tensor:
    """Return the image at the moved places of all taps, (B * G, C / G, K, H', W').

    The reach of ``grid_sample`` with zero padding is the reach this operation defines: a neighbour off
    the grid counts zero, so a place beyond (-1, H) has none. Places are kept in float32 or better, since
    half precision cannot tell pixels apart.
    """
    batch, channels, height, width = image.shape
    maps = batch * shape.deform_groups
    precise = torch.promote_types(offset.dtype, torch.float32)
    moved = offset.to(precise).reshape(maps, shape.taps, 2, shape.out_height, shape.out_width)
    rows, columns = _places(shape, moved)
    # align_corners=False: pixel p lies at (2 p + 1) / size - 1
    y = (2 * (moved[:, :, 0] + rows) + 1) / height - 1
    x = (2 * (moved[:, :, 1] + columns) + 1) / width - 1
    grid = torch.stack([x, y], dim=-1).flatten(1, 2)  # (B * G, K * H', W', 2)
    grouped = image.reshape(maps, channels // shape.deform_groups, height, width).to(precise)
    samples = F.grid_sample(grouped, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    return samples.reshape(*samples.shape[:2], shape.taps, shape.out_height, shape.out_width)


def _places(shape: DeformShape, like: Tensor) -> tuple[Tensor, Tensor]:
    """Return rows (K, H', 1) and columns (K, 1, W') of the taps before they are moved."""
    taps = torch.arange(shape.taps, device=like.device)
    tap_rows = torch.div(taps, shape.kernel_width, rounding_mode="floor") * shape.dilation - shape.padding
    tap_columns = taps % shape.kernel_width * shape.dilation - shape.padding
    rows = torch.arange(shape.out_height, device=like.device) * shape.stride
    columns = torch.arange(shape.out_width, device=like.device) * shape.stride
    return (
        (tap_rows[:, None, None] + rows[None, :, None]).to(like.dtype),
        (tap_columns[:, None, None] + columns[None, None, :]).to(like.dtype),
    )
