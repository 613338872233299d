"""References of the warps; the doors have checked the arguments."""

import torch
from torch import Tensor
from torch.nn import functional as F

LEAST_WEIGHT = 1e-7
"""Added to the splatted weights, so that places where nothing landed become zero."""


def stretch_of(flow: Tensor, form: str) -> tuple[float, float]:
    """Return what ``form`` multiplies the flow with, x and y."""
    if form == "exact":
        return 1.0, 1.0
    height, width = flow.shape[-2:]
    return width / max(width - 1, 1), height / max(height - 1, 1)


def backward_warp(image: Tensor, flow: Tensor, form: str) -> Tensor:
    """Return the warped picture (B, C, H, W) of the type of ``image``."""
    precise = torch.promote_types(torch.promote_types(image.dtype, flow.dtype), torch.float32)
    places = _lookup(flow.to(precise), form)  # half precision cannot tell pixels apart
    found = F.grid_sample(image.to(precise), places, mode="bilinear", padding_mode="zeros", align_corners=False)
    return found.to(image.dtype)


def warp_coverage(flow: Tensor, form: str) -> Tensor:
    """Return the warped plane of ones (B, 1, H, W)."""
    return backward_warp(torch.ones_like(flow[:, :1]), flow, form)


def _lookup(flow: Tensor, form: str) -> Tensor:
    """Return the places to look at, (B, H, W, 2), as ``grid_sample`` wants them: -1..1 spans the picture."""
    height, width = flow.shape[-2:]
    places = []
    for axis, (size, stretch) in enumerate(zip((width, height), stretch_of(flow, form), strict=True)):
        steps = torch.arange(size, dtype=flow.dtype, device=flow.device)
        start = steps[None, None, :] if axis == 0 else steps[None, :, None]
        places.append((2 * (start + flow[:, axis] * stretch) + 1) / size - 1)
    return torch.stack(places, dim=-1)


def forward_splat(image: Tensor, flow: Tensor, metric: Tensor | None, mode: str) -> Tensor:
    """Return the carried picture (B, C, H, W) of the type of ``image``."""
    precise = torch.promote_types(torch.promote_types(image.dtype, flow.dtype), torch.float32)
    values, moves = image.to(precise), flow.to(precise)
    if mode == "summation":
        return _splat(values, moves).to(image.dtype)
    weight = torch.ones_like(values[:, :1])
    if metric is not None:
        weight = metric.to(precise).exp() if mode == "softmax" else metric.to(precise)
    carried = _splat(torch.cat([values * weight, weight], dim=1), moves)
    return (carried[:, :-1] / (carried[:, -1:] + LEAST_WEIGHT)).to(image.dtype)


def _splat(values: Tensor, flow: Tensor) -> Tensor:
    """Add every pixel of ``values`` to the four grid points around its target, with bilinear weights."""
    batch, channels, height, width = values.shape
    x = flow[:, 0] + torch.arange(width, dtype=flow.dtype, device=flow.device)
    y = flow[:, 1] + torch.arange(height, dtype=flow.dtype, device=flow.device)[:, None]
    left, top = x.detach().floor(), y.detach().floor()
    result = values.new_zeros(batch, channels, height * width)
    for dy in (0, 1):
        for dx in (0, 1):
            column, row = left + dx, top + dy
            inside = (
                (column >= 0) & (column < width) & (row >= 0) & (row < height)
            )  # false for a flow that is no number
            weight = (1 - (x - column).abs()) * (1 - (y - row).abs())
            target = torch.where(inside, row * width + column, 0).long().flatten(1)
            part = torch.where(inside[:, None], values * weight[:, None], 0).flatten(2)
            result = result.scatter_add(2, target[:, None].expand_as(part), part)
    return result.reshape(batch, channels, height, width)
