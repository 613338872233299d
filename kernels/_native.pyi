"""What the C++ kernels offer; the doors have checked the shapes, arrays are contiguous float32 or float64."""

from torch import Tensor

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
def decode_srgb(encoded: Tensor, out: Tensor, threads: int) -> None: ...
def encode_srgb(linear: Tensor, out: Tensor, threads: int) -> None: ...
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
def unpremultiply(foreground: Tensor, alpha: Tensor, out: Tensor, epsilon: float, threads: int) -> None: ...
