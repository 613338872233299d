"""Spread colour from where it is known over everything else."""

from torch import Tensor

from ..backends import Backend, choose_backend
from ..errors import ShapeError
from . import _operator, _torch

__all__ = ["spread_colour"]

TWINS: tuple[Backend, ...] = ("native", "opencl", "cupy")
"""Backends that have this operation beside the reference."""


def spread_colour(colour: Tensor, weight: Tensor, *, backend: Backend | None = None) -> Tensor:
    """Keep ``colour`` where it has a weight, and fill the rest with the known colours nearby.

    Args:
        colour: (C, H, W), finite numbers.
        weight: (1, H, W), 0..1: how well the colour is known.
        backend: ``None`` takes the fastest one for the device of ``colour``.

    Returns:
        (C, H, W): ``colour`` to the bit where ``weight`` is above 0; elsewhere smooth, and black where no pixel at all
        has a weight. Without gradients on the fast backends: nothing trains through it.

    Raises:
        ShapeError: the two differ in size, or the weight has several channels.
        BackendUnavailableError: ``backend`` is not installed or cannot use this device; never replaced silently.

    Source: Gortler et al., The Lumigraph, SIGGRAPH 1996, section 3.4 (pull and push).
    """
    if colour.ndim != 3 or weight.shape != colour[:1].shape or not colour.numel():
        raise ShapeError(
            f"colour is {tuple(colour.shape)}, weight is {tuple(weight.shape)}; give (C, H, W) and (1, H, W) of one "
            "size, not empty."
        )
    chosen = choose_backend(colour.device, backend, TWINS)
    if chosen == "torch":
        return _torch.spread_colour(colour, weight.to(colour.dtype))
    found: Tensor = _operator.spread_colour(colour, weight.to(colour.dtype), chosen)
    return found
