"""Move pictures along optical flow: backward warp (gather) and forward splat (scatter)."""

from .backward import TWINS, WarpForm, backward_warp, warp_coverage
from .forward import SplatMode, forward_splat

__all__ = ["TWINS", "SplatMode", "WarpForm", "backward_warp", "forward_splat", "warp_coverage"]
