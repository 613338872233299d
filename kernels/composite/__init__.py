"""Lay pictures over each other. Source: Porter and Duff, Compositing Digital Images, SIGGRAPH 1984."""

from torch import Tensor

from ..errors import ShapeError
from .foreground import estimate_foreground

__all__ = ["estimate_foreground", "over", "premultiply", "unpremultiply"]


def over(foreground: Tensor, alpha: Tensor, background: Tensor) -> Tensor:
    """Lay a straight foreground over a background.

    Args:
        foreground: (..., C, H, W) straight colour, not multiplied by alpha.
        alpha: (..., 1, H, W), 0..1.
        background: (..., C, H, W).

    Returns:
        (..., C, H, W) ``foreground * alpha + background * (1 - alpha)``.

    Raises:
        ShapeError: the pictures differ in size.
    """
    _check(foreground, alpha)
    _check(background, alpha)
    return background + (foreground - background) * alpha


def premultiply(foreground: Tensor, alpha: Tensor) -> Tensor:
    """Multiply a straight colour (..., C, H, W) by alpha (..., 1, H, W).

    Raises:
        ShapeError: the pictures differ in size.
    """
    _check(foreground, alpha)
    return foreground * alpha


def unpremultiply(foreground: Tensor, alpha: Tensor, *, epsilon: float = 1e-6) -> Tensor:
    """Divide a premultiplied colour (..., C, H, W) by alpha (..., 1, H, W); black where alpha is below ``epsilon``.

    Raises:
        ShapeError: the pictures differ in size.
    """
    _check(foreground, alpha)
    return (foreground / alpha.clamp(min=epsilon)) * (alpha >= epsilon)


def _check(picture: Tensor, alpha: Tensor) -> None:
    """Refuse pictures of different sizes, and an alpha of several channels."""
    if picture.shape[-2:] != alpha.shape[-2:] or alpha.ndim < 3 or alpha.shape[-3] != 1:
        raise ShapeError(
            f"picture is {tuple(picture.shape)}, alpha is {tuple(alpha.shape)}; alpha needs one channel and that size."
        )
