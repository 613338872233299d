"""What a user may do to a finished matte."""

from dataclasses import dataclass

__all__ = ["FinesseOptions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FinesseOptions:
    """Settings of :func:`finesse`, in the order in which they work; the defaults change nothing.

    Ranges are checked by the steps themselves.
    """

    clip_black: float = 0.0
    """Alpha (0..1) that becomes 0, with all below it."""
    clip_white: float = 1.0
    """Alpha (0..1, more than ``clip_black``) that becomes 1, with all above it."""
    gamma: float = 1.0
    """More than 1 makes soft pixels denser, less than 1 thinner; 0 and 1 stay."""
    grow: float = 0.0
    """Pixels by which the matte grows on all sides; less than 0 shrinks it. Fractions move it by parts of a pixel."""
    edge_blur: float = 0.0
    """Standard deviation, in pixels, of the Gaussian that softens the edge."""
    despeckle: int = 0
    """Side, in pixels, of the largest islands and holes that are removed; 0 keeps all."""
