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
