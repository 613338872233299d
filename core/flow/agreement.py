"""Carry values along the flow, trusting pixels that look the same at both ends."""

from torch import Tensor

from ...kernels.warp import backward_warp, forward_splat

__all__ = ["splat_by_agreement"]

_SHARPNESS = 20.0


def splat_by_agreement(values: Tensor, first: Tensor, second: Tensor, flow: Tensor) -> Tensor:
    """Return ``values`` of the first frame where ``flow`` carries them; of several that meet, the best match wins.

    Args:
        values: (B, C, H, W) what is carried, for example a mask of the first frame.
        first: (B, 3, H, W) first frame, 0..1; on 0..255 the weights of bad matches vanish (quirk Q11).
        second: (B, 3, H, W) second frame, 0..1.
        flow: (B, 2, H, W) from the first to the second, in pixels.

    Returns:
        (B, C, H, W), zero where nothing arrives.

    Raises:
        ShapeError: the arrays do not fit together.

    Source: Niklaus and Liu, Softmax Splatting, CVPR 2020, section 3.1 (brightness constancy as importance).
    """
    difference = (first - backward_warp(second, flow)).abs().mean(1, keepdim=True)
    return forward_splat(values, flow, -_SHARPNESS * difference, mode="softmax")
