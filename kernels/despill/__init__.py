"""Take the light of a screen out of the colour of what stands before it."""

from math import prod
from typing import Final, Literal, get_args

from torch import Tensor

from ..backends import Backend, choose_backend
from ..errors import ShapeError
from . import _operator, _torch

__all__ = ["SpillRule", "take_spill"]

SpillRule = Literal["average", "limit"]
"""How much of the screen's channel may stay: the average of the two others, or the larger of them."""

LUMINANCE: Final = (0.2126, 0.7152, 0.0722)
"""Shares of red, green and blue. Source: ITU-R BT.709-6, 3.2."""

TWINS: tuple[Backend, ...] = ("native", "opencl", "cupy")
"""Backends that have this operation beside the reference."""


def take_spill(
    colour: Tensor,
    *,
    channel: int,
    amount: float = 1.0,
    rule: SpillRule = "average",
    keep_luminance: bool = True,
    backend: Backend | None = None,
) -> Tensor:
    """Lower one channel towards what the two others allow.

    Args:
        colour: (..., 3, H, W) straight linear or display RGB, of any brightness.
        channel: that of the screen: 0 red, 1 green, 2 blue.
        amount: share of the excess that goes, 0..1.
        rule: how much may stay, see :data:`SpillRule`.
        keep_luminance: give back as grey what is taken of the brightness.
        backend: ``None`` takes the fastest one for the device of ``colour``.

    Returns:
        (..., 3, H, W); to the bit what it was where nothing is taken. An excess that is infinite or no number is none.
        Without gradients on the fast backends: nothing trains through it.

    Raises:
        ShapeError: ``colour`` has no three channels, or the channel or the rule is unknown.
        BackendUnavailableError: ``backend`` is not installed or cannot use this device; never replaced silently.
    """
    if colour.ndim < 3 or colour.shape[-3] != 3:
        raise ShapeError(f"colour is {tuple(colour.shape)}; give (..., 3, height, width).")
    if channel not in (0, 1, 2) or rule not in get_args(SpillRule):
        rules = " or ".join(get_args(SpillRule))
        raise ShapeError(f"channel is {channel}, rule is {rule!r}; use 0, 1 or 2, and {rules}.")
    chosen = choose_backend(colour.device, backend, TWINS)
    pictures = colour.reshape(prod(colour.shape[:-3]), *colour.shape[-3:])
    settings = channel, rule == "limit", [float(amount), LUMINANCE[channel] if keep_luminance else 0.0]
    if chosen == "torch":
        return _torch.take_spill(pictures, *settings).reshape(colour.shape)
    found: Tensor = _operator.take_spill(pictures, *settings, chosen)
    return found.reshape(colour.shape)
