"""Between linear light and sRGB. Source: IEC 61966-2-1:1999."""

from torch import Tensor

from ..backends import Backend, choose_backend
from . import _operator, _torch

__all__ = ["decode_srgb", "encode_srgb"]

TWINS: tuple[Backend, ...] = ("native", "opencl", "cupy")
"""Backends that have these operations beside the reference."""


def encode_srgb(linear: Tensor, *, backend: Backend | None = None) -> Tensor:
    """Turn linear light into sRGB, number by number.

    Args:
        linear: light of any shape; 1 is white. Nothing is clipped: the curve goes on above 1, and is mirrored below 0.
        backend: ``None`` takes the fastest one for the device of ``linear``.

    Returns:
        The same shape; :func:`decode_srgb` brings it back to the last digits.

    Raises:
        BackendUnavailableError: ``backend`` is not installed or cannot use this device; never replaced silently.

    Source: IEC 61966-2-1:1999, 5.2; mirrored as in CSS Color 4, section 10.
    """
    chosen = choose_backend(linear.device, backend, TWINS)
    if chosen == "torch":
        return _torch.encode_srgb(linear)
    result: Tensor = _operator.encode_srgb(linear, chosen)
    return result


def decode_srgb(encoded: Tensor, *, backend: Backend | None = None) -> Tensor:
    """Turn sRGB into linear light, number by number: the inverse of :func:`encode_srgb`, also below 0 and above 1.

    Raises:
        BackendUnavailableError: ``backend`` is not installed or cannot use this device; never replaced silently.
    """
    chosen = choose_backend(encoded.device, backend, TWINS)
    if chosen == "torch":
        return _torch.decode_srgb(encoded)
    result: Tensor = _operator.decode_srgb(encoded, chosen)
    return result
