"""Operations on arrays: no modules, no files, no clips."""

from .closed_form import solve_closed_form
from .composite import over, premultiply, unpremultiply
from .correlation import correlation
from .deform_conv import deform_conv
from .despill import take_spill
from .filters import apply_fit, box_mean, fast_guided_filter, fit_colour, fit_linear
from .finesse import FinesseOptions, blur_edge, clip_matte, despeckle, finesse, gamma_matte, grow_matte
from .foreground import estimate_foreground
from .memory_read import memory_read
from .morphology import dilate, ellipse, erode, rectangle
from .spread import spread_colour
from .transfer import decode_srgb, encode_srgb
from .warp import backward_warp, forward_splat, warp_coverage

__all__ = [
    "FinesseOptions",
    "apply_fit",
    "backward_warp",
    "blur_edge",
    "box_mean",
    "clip_matte",
    "correlation",
    "decode_srgb",
    "deform_conv",
    "despeckle",
    "dilate",
    "ellipse",
    "encode_srgb",
    "erode",
    "estimate_foreground",
    "fast_guided_filter",
    "finesse",
    "fit_colour",
    "fit_linear",
    "forward_splat",
    "gamma_matte",
    "grow_matte",
    "memory_read",
    "over",
    "premultiply",
    "rectangle",
    "solve_closed_form",
    "spread_colour",
    "take_spill",
    "unpremultiply",
    "warp_coverage",
]
