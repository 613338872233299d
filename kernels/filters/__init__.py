"""Means over windows, and pictures fitted to the colours of a guide within windows."""

from .box import Border, box_mean
from .colour_fit import fit_colour
from .linear_fit import apply_fit, fast_guided_filter, fit_linear

__all__ = ["Border", "apply_fit", "box_mean", "fast_guided_filter", "fit_colour", "fit_linear"]
