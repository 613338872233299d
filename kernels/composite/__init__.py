"""Lay pictures over each other. Source: Porter and Duff, Compositing Digital Images, SIGGRAPH 1984."""

from torch import Tensor

from ..backends import Backend, choose_backend
from ..errors import ShapeError
from . import _operator, _torch

__all__ = ["over", "premultiply", "unpremultiply"]

TWINS: tuple[Backend, ...] = ("native", "opencl", "cupy")
"""Backends that have these operations beside the reference."""


def over(foreground: Tensor, alpha: Tensor, background: Tensor, *, backend: Backend | None = None) -> Tensor:
    """Lay a straight foreground over a background.

    Args:
        foreground: (..., C, H, W) straight colour, not multiplied by alpha.
        alpha: (..., 1, H, W), 0..1.
        background: (..., C, H, W).
        backend: ``None`` takes the fastest one for the device of ``foreground``.

    Returns:
        (..., C, H, W) ``foreground * alpha + background * (1 - alpha)``.

    Raises:
        ShapeError: the pictures differ in size.
        BackendUnavailableError: ``backend`` is not installed or cannot use this device; never replaced silently.
    """
    _check(foreground, alpha)
    _check(background, alpha)
    chosen = choose_backend(foreground.device, backend, TWINS)
    if chosen == "torch":
        return _torch.over(foreground, alpha, background)
    result: Tensor = _operator.over(foreground, alpha, background, chosen)
    return result


def premultiply(foreground: Tensor, alpha: Tensor, *, backend: Backend | None = None) -> Tensor:
    """Multiply a straight colour (..., C, H, W) by alpha (..., 1, H, W).

    Raises:
        ShapeError: the pictures differ in size.
        BackendUnavailableError: ``backend`` is not installed or cannot use this device; never replaced silently.
    """
    _check(foreground, alpha)
    chosen = choose_backend(foreground.device, backend, TWINS)
    if chosen == "torch":
        return _torch.premultiply(foreground, alpha)
    result: Tensor = _operator.premultiply(foreground, alpha, chosen)
    return result


def unpremultiply(
    foreground: Tensor, alpha: Tensor, *, epsilon: float = 1e-6, backend: Backend | None = None
) -> Tensor:
    """Divide a premultiplied colour (..., C, H, W) by alpha (..., 1, H, W); black where alpha is below ``epsilon``.

    Raises:
        ShapeError: the pictures differ in size.
        BackendUnavailableError: ``backend`` is not installed or cannot use this device; never replaced silently.
    """
    _check(foreground, alpha)
    chosen = choose_backend(foreground.device, backend, TWINS)
    if chosen == "torch":
        return _torch.unpremultiply(foreground, alpha, epsilon)
    result: Tensor = _operator.unpremultiply(foreground, alpha, epsilon, chosen)
    return result


def _check(picture: Tensor, alpha: Tensor) -> None:
    """Refuse pictures of different sizes, and an alpha of several channels."""
    if picture.shape[-2:] != alpha.shape[-2:] or alpha.ndim < 3 or alpha.shape[-3] != 1:
        raise ShapeError(
            f"picture is {tuple(picture.shape)}, alpha is {tuple(alpha.shape)}; alpha needs one channel and that size."
        )
