"""FUNet: a small U-Net that turns a frame and its motion mask into a person mask."""

from dataclasses import dataclass

from torch import Tensor, nn

from ...kernels.errors import ShapeError
from ..flow.unet import UNet

__all__ = ["FlowUNet", "FlowUNetOptions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowUNetOptions:
    """FUNet has no variants: the release stores its options and always builds the same network."""


class FlowUNet(nn.Module):
    """Segment the mover of a frame. Source: Kuang and Tie, Flow-based Video Segmentation, arXiv 2104.09752."""

    def __init__(self, options: FlowUNetOptions | None = None) -> None:
        super().__init__()
        del options
        self.unet = UNet()

    def forward(self, inputs: Tensor) -> Tensor:
        """Return the logits of the mask.

        Args:
            inputs: (B, 4, H, W) motion mask, R, G, B, each 0..1 (:func:`trimatte.core.flow.funet_inputs` makes
                them); sides of at least 4.

        Returns:
            (B, 1, 4 * (H // 4), 4 * (W // 4)) logits.

        Raises:
            ShapeError: another number of channels, or a side below 4.
        """
        if inputs.ndim != 4 or inputs.shape[1] != 4 or min(inputs.shape[-2:]) < 4:
            raise ShapeError(f"inputs are {tuple(inputs.shape)}; give (B, 4, H, W): mask, R, G, B, sides of 4 or more.")
        logits: Tensor = self.unet(inputs)
        return logits
