"""A 7x7 view out of four one-dimensional convolutions."""

from torch import Tensor, nn

__all__ = ["LargeKernel"]


class LargeKernel(nn.Module):
    """Two separable paths, added. Source: Peng et al., Large Kernel Matters, CVPR 2017, figure 3.

    The right path pads crosswise, as the release of DVM does: between its two convolutions the feature is
    six rows taller and six columns narrower, so W must be 7 or more and borders mix in zeros and the bias.
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        tall, wide, pad_rows, pad_columns = (7, 1), (1, 7), (3, 0), (0, 3)
        self.conv_l1 = nn.Conv2d(in_channels, out_channels, tall, padding=pad_rows)
        self.conv_l2 = nn.Conv2d(out_channels, out_channels, wide, padding=pad_columns)
        self.conv_r1 = nn.Conv2d(in_channels, out_channels, wide, padding=pad_rows)
        self.conv_r2 = nn.Conv2d(out_channels, out_channels, tall, padding=pad_columns)

    def forward(self, feature: Tensor) -> Tensor:
        """Map (B, in, H, W) to (B, out, H, W)."""
        left = self.conv_l2(self.conv_l1(feature))
        both: Tensor = left + self.conv_r2(self.conv_r1(feature))
        return both
