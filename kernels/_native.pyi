"""What the C++ kernels offer; the doors have checked the shapes, arrays are contiguous float32 or float64."""

from collections.abc import Sequence

from torch import Tensor

def apply_fit(guide: Tensor, fit: Tensor, out: Tensor, threads: int) -> None: ...
def box_mean(picture: Tensor, out: Tensor, radius: int, border: int, threads: int) -> None: ...
def bundle_channels(image: Tensor, picture: Tensor, threads: int) -> None: ...
def correlation(first: Tensor, second: Tensor, out: Tensor, radius: int, threads: int) -> None: ...
def correlation_backward(
    gradient: Tensor,
    first: Tensor,
    second: Tensor,
    first_gradient: Tensor,
    second_gradient: Tensor,
    radius: int,
    threads: int,
) -> None: ...
def deform_conv(
    picture: Tensor,
    offset: Tensor,
    mask: Tensor,
    weights: Tensor,
    bias: Tensor,
    out: Tensor,
    sizes: Sequence[int],
    threads: int,
) -> None: ...
def deform_gradients(
    picture: Tensor,
    offset: Tensor,
    mask: Tensor,
    weights: Tensor,
    gradient: Tensor,
    picture_gradient: Tensor,
    offset_gradient: Tensor,
    mask_gradient: Tensor,
    weight_gradient: Tensor,
    sizes: Sequence[int],
    threads: int,
) -> None: ...
def decode_srgb(encoded: Tensor, out: Tensor, threads: int) -> None: ...
def dilate(image: Tensor, out: Tensor, rows: list[tuple[int, int, int]], erodes: bool, threads: int) -> None: ...
def encode_srgb(linear: Tensor, out: Tensor, threads: int) -> None: ...
def fit_colour(
    plate: Tensor,
    matte: Tensor,
    weight: Tensor,
    scratch: Tensor,
    out: Tensor,
    radius: int,
    epsilon: float,
    threads: int,
) -> None: ...
def fit_linear(guide: Tensor, picture: Tensor, out: Tensor, radius: int, epsilon: float, threads: int) -> None: ...
def finesse_blur(matte: Tensor, weights: Tensor, out: Tensor, threads: int) -> None: ...
def finesse_despeckle(matte: Tensor, out: Tensor, size: int, threads: int) -> None: ...
def finesse_grow(matte: Tensor, out: Tensor, inner: int, outer: int, share: float, sign: int, threads: int) -> None: ...
def finesse_levels(matte: Tensor, out: Tensor, black: float, white: float, exponent: float, threads: int) -> None: ...
def fuse_blurred(
    picture: Tensor,
    alpha: Tensor,
    foreground: Tensor,
    background: Tensor,
    next_foreground: Tensor,
    next_background: Tensor,
    radius: int,
    epsilon: float,
    threads: int,
) -> None: ...
def memory_read(
    query: Tensor, keys: Tensor, values: Tensor, out: Tensor, statistics: Tensor, top_k: int, threads: int
) -> None: ...
def memory_read_backward(
    gradient: Tensor,
    query: Tensor,
    keys: Tensor,
    values: Tensor,
    out: Tensor,
    statistics: Tensor,
    query_gradient: Tensor,
    key_gradient: Tensor,
    value_gradient: Tensor,
    top_k: int,
    threads: int,
) -> None: ...
def over(foreground: Tensor, alpha: Tensor, background: Tensor, out: Tensor, threads: int) -> None: ...
def premultiply(foreground: Tensor, alpha: Tensor, out: Tensor, threads: int) -> None: ...
def solve_closed_form(
    plate: Tensor,
    alpha: Tensor,
    open_region: Tensor,
    out: Tensor,
    numbers: Sequence[float],
    iterations: int,
    threads: int,
) -> None: ...
def spread_colour(colour: Tensor, weight: Tensor, out: Tensor, least: float, threads: int) -> None: ...
def take_spill(
    colour: Tensor, out: Tensor, channel: int, is_limit: bool, amount: float, given: float, threads: int
) -> None: ...
def unpremultiply(foreground: Tensor, alpha: Tensor, out: Tensor, epsilon: float, threads: int) -> None: ...
def warp_coverage(flow: Tensor, out: Tensor, stretch: tuple[float, float], threads: int) -> None: ...
def warp_gather(image: Tensor, flow: Tensor, out: Tensor, stretch: tuple[float, float], threads: int) -> None: ...
def warp_scatter(values: Tensor, flow: Tensor, out: Tensor, stretch: tuple[float, float], threads: int) -> None: ...
def warp_slopes(
    map: Tensor, factor: Tensor, flow: Tensor, out: Tensor, stretch: tuple[float, float], threads: int
) -> None: ...
def warp_splat(
    image: Tensor, weights: Tensor | None, flow: Tensor, out: Tensor, total: Tensor, threads: int
) -> None: ...
