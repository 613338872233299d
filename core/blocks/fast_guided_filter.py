"""RVM's refiner without weights. Source: He and Sun, Fast Guided Filter, arXiv 1505.00996."""

from torch import Tensor, nn

from ...kernels import filters
from .deep_guided_filter import with_brightness

__all__ = ["FastGuidedFilter"]


class FastGuidedFilter(nn.Module):
    """Carry colour residual and alpha from a small frame to a large one; each channel has its own guide.

    Args:
        epsilon: variance below which the frame counts as flat.
    """

    def __init__(self, epsilon: float = 1e-5) -> None:
        super().__init__()
        self.epsilon = epsilon

    def forward(self, frame: Tensor, small_frame: Tensor, small_output: Tensor, hidden: Tensor) -> Tensor:
        """Return (N, 4, H, W), not clamped; arguments as in :meth:`DeepGuidedFilter.forward`, ``hidden`` is unused."""
        guide, small_guide = with_brightness(frame), with_brightness(small_frame)
        output = filters.fast_guided_filter(guide, small_guide, small_output, epsilon=self.epsilon)
        return output.to(frame.dtype)
