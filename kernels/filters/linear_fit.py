"""Carry a picture from a small frame to a large one, as a local linear function of the frame.

Source: He, Sun and Tang, Guided Image Filtering, TPAMI 2013; He and Sun, Fast Guided Filter, arXiv 1505.00996.
"""

import torch
from torch import Tensor

from ..backends import Backend, choose_backend
from ..errors import ShapeError
from . import _operator, _torch
from .box import TWINS, check_window

__all__ = ["apply_fit", "fast_guided_filter", "fit_linear"]


def fast_guided_filter(
    guide: Tensor,
    small_guide: Tensor,
    small_picture: Tensor,
    *,
    radius: int = 1,
    epsilon: float = 1e-5,
    backend: Backend | None = None,
) -> Tensor:
    """Return ``small_picture`` at the size of ``guide``, whose edges it follows; not clamped.

    Args:
        guide: (B, C, H, W), each channel guides its own; one channel guides all.
        small_guide: (B, C, h, w) or (B, 1, h, w), the same at the size of the picture.
        small_picture: (B, C, h, w).
        radius: reach of a fit in pixels of the small picture.
        epsilon: variance below which the guide counts as flat.
        backend: ``None`` takes the fastest one for the device of ``guide``.

    Returns:
        (B, C, H, W), float32 or float64: flat areas divide a tiny covariance by a tiny variance, which would be noise
        in half precision.

    Raises:
        ShapeError: the pictures do not fit together.
        BackendUnavailableError: ``backend`` is not installed or cannot use this device; never replaced silently.
    """
    wide = torch.promote_types(small_picture.dtype, torch.float32)
    fit = fit_linear(small_guide.to(wide), small_picture.to(wide), radius=radius, epsilon=epsilon, backend=backend)
    return apply_fit(guide.to(wide).expand(-1, small_picture.shape[1], -1, -1), fit, backend=backend)


def fit_linear(
    guide: Tensor, picture: Tensor, *, radius: int = 1, epsilon: float = 1e-5, backend: Backend | None = None
) -> Tensor:
    """Fit ``picture`` to ``guide`` within the window around each pixel; zeros outside the frame count as pixels.

    Args:
        guide: (B, C, H, W), or (B, 1, H, W) for all channels.
        picture: (B, C, H, W).
        radius: reach of the window in pixels.
        epsilon: variance below which the guide counts as flat.
        backend: ``None`` takes the fastest one for the device of ``picture``.

    Returns:
        (B, 2 * C, H, W): the slopes of all channels, then their offsets, for :func:`apply_fit`.

    Raises:
        ShapeError: the pictures do not fit together, or ``radius`` is negative.
        BackendUnavailableError: ``backend`` is not installed or cannot use this device; never replaced silently.
    """
    check_window(radius, guide, picture)
    if guide.shape[1] not in (1, picture.shape[1]) or guide[:, :1].shape != picture[:, :1].shape:
        raise ShapeError(
            f"guide is {tuple(guide.shape)}, picture is {tuple(picture.shape)}; give one size, and a guide of one "
            "channel or as many as the picture has."
        )
    guide = guide.expand_as(picture)
    chosen = choose_backend(picture.device, backend, TWINS)
    if chosen == "torch":
        return _torch.fit_linear(guide, picture, radius, epsilon)
    result: Tensor = _operator.fit_linear(guide, picture, radius, epsilon, chosen)
    return result


def apply_fit(guide: Tensor, fit: Tensor, *, backend: Backend | None = None) -> Tensor:
    """Enlarge a fit to the size of ``guide`` (bilinear, pixel centres kept) and return its values there.

    Args:
        guide: (B, C, H, W).
        fit: (B, C + G, h, w): a slope for each channel of the guide, then G offsets, each for C / G channels in turn;
            from :func:`fit_linear` (G = C) or :func:`~.colour_fit.fit_colour` (G = 1).
        backend: ``None`` takes the fastest one for the device of ``guide``.

    Returns:
        (B, G, H, W) sums of slope times guide, plus offset; not clamped.

    Raises:
        ShapeError: the channels do not fit together.
        BackendUnavailableError: ``backend`` is not installed or cannot use this device; never replaced silently.
    """
    check_window(0, guide, fit)
    groups = fit.shape[1] - guide.shape[1]
    if groups < 1 or guide.shape[1] % groups or guide.shape[0] != fit.shape[0]:
        raise ShapeError(
            f"guide is {tuple(guide.shape)}, fit is {tuple(fit.shape)}; give one batch, and a fit with a slope for "
            "each channel of the guide and then its offsets."
        )
    chosen = choose_backend(guide.device, backend, TWINS)
    if chosen == "torch":
        return _torch.apply_fit(guide, fit)
    result: Tensor = _operator.apply_fit(guide, fit, chosen)
    return result
