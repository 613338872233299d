"""Backward warp: every pixel looks up where the flow says it comes from."""

from typing import Literal, get_args

from torch import Tensor

from ..backends import Backend, choose_backend
from ..errors import ShapeError
from . import _operator, _torch

__all__ = ["WarpForm", "backward_warp", "warp_coverage"]

WarpForm = Literal["exact", "half"]
"""Where a pixel looks: ``exact`` at (x + u, y + v), ``half`` at (x + u W / (W - 1), y + v H / (H - 1)).

The second form reproduces releases that mixed two pixel conventions; it moves slightly too far."""

TWINS: tuple[Backend, ...] = ("native", "opencl", "cupy")
"""Backends that have these operations beside the reference."""


def backward_warp(image: Tensor, flow: Tensor, *, form: WarpForm = "exact", backend: Backend | None = None) -> Tensor:
    """Sample ``image`` bilinearly at every pixel moved by ``flow``; outside the image everything is zero.

    Args:
        image: (B, C, H, W) pictures or features.
        flow: (B, 2, H, W) displacement (x to the right, y down) in pixels of ``image``.
        form: where exactly a pixel looks, see :data:`WarpForm`.
        backend: ``None`` takes the fastest one for the device of ``image``.

    Returns:
        (B, C, H, W) the warped picture. Pixels that look across the border are darkened, not masked;
        multiply by ``warp_coverage(flow) > 0.999`` to drop them. A flow that is no number gives pixels that are none.
        The gradient of ``image`` is a forward splat: an atomic sum on CUDA, always the same on the CPU.

    Raises:
        ShapeError: ``flow`` does not fit ``image``, or ``form`` is unknown.
        BackendUnavailableError: ``backend`` is not installed or cannot use this device; never replaced silently.

    Source: Sun et al., PWC-Net, CVPR 2018, section 3, "Warping layer".
    """
    _check(flow, form)
    if image.ndim != 4 or image.shape[0] != flow.shape[0] or image.shape[-2:] != flow.shape[-2:]:
        raise ShapeError(
            f"image is {tuple(image.shape)}, flow is {tuple(flow.shape)}; they need one batch, height and width."
        )
    chosen = choose_backend(image.device, backend, TWINS)
    if chosen == "torch":
        return _torch.backward_warp(image, flow, form)
    result: Tensor = _operator.gather(image, flow, form, chosen)
    return result


def warp_coverage(flow: Tensor, *, form: WarpForm = "exact", backend: Backend | None = None) -> Tensor:
    """Return (B, 1, H, W) how much of each lookup of :func:`backward_warp` lies inside the picture, 0..1.

    Args and errors as for :func:`backward_warp`.
    """
    _check(flow, form)
    chosen = choose_backend(flow.device, backend, TWINS)
    if chosen == "torch":
        return _torch.warp_coverage(flow, form)
    result: Tensor = _operator.coverage(flow, form, chosen)
    return result


def _check(flow: Tensor, form: str) -> None:
    if flow.ndim != 4 or flow.shape[1] != 2:
        raise ShapeError(f"flow is {tuple(flow.shape)}; give (batch, 2, height, width) with x before y.")
    if form not in get_args(WarpForm):
        raise ShapeError(f"form is {form!r}; use one of {', '.join(get_args(WarpForm))}.")
