"""DVM: a large causal matting network over trimaps, 319 M parameters."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ...kernels.errors import ShapeError, TrimatteError
from ..backbones.resnet import ResNet50
from ..refine.dvm_decoder import DvmDecoder, DvmRefineStage
from ..refine.frame_fusion import FrameFusion

__all__ = ["DVM_STRIDE", "DVM_WIDTH", "Dvm", "DvmOptions", "dvm_inputs"]

DVM_STRIDE = 32
"""Sides of the input are multiples of this."""
DVM_WIDTH = 224
"""Least width of the input: the crosswise padding of :class:`~trimatte.core.blocks.large_kernel.LargeKernel`."""

_MEAN = (0.485, 0.456, 0.406)
_STD = (0.229, 0.224, 0.225)


@dataclass(frozen=True, slots=True, kw_only=True)
class DvmOptions:
    """Variants of :class:`Dvm`; the published weights have the defaults."""

    shift: int = 2
    """Earlier frames that each output sees."""
    refine: bool = True
    """Correct the matte once more at full size."""

    def __post_init__(self) -> None:
        if self.shift < 0:
            raise TrimatteError(f"shift is {self.shift}; give 0 or more earlier frames.")


class Dvm(nn.Module):
    """Matte the last frames of a window. Source: Sun et al., Deep Video Matting, CVPR 2021."""

    def __init__(self, options: DvmOptions | None = None) -> None:
        super().__init__()
        options = options or DvmOptions()
        self.shift = options.shift
        self.encoder = ResNet50(in_channels=4)
        self.fusion = FrameFusion(ResNet50.channels, options.shift)
        self.decoder = DvmDecoder(ResNet50.channels)
        self.pred_head = nn.Conv2d(64, 1, 3, padding=1)
        self.refine: DvmRefineStage | None = None
        self.refine_head: nn.Conv2d | None = None
        if options.refine:
            self.refine = DvmRefineStage()
            self.refine_head = nn.Conv2d(64, 1, 3, padding=1)

    def forward(self, inputs: Tensor, num_outputs: int = 1) -> tuple[Tensor, Tensor]:
        """Matte the last ``num_outputs`` frames of one clip; output j sees the frames j to j + shift.

        Args:
            inputs: (shift + num_outputs, 4, H, W) consecutive frames of :func:`dvm_inputs`, oldest first;
                H and W are multiples of 32, W is 224 or more. The weights do not depend on ``num_outputs``.
            num_outputs: frames matted by this call.

        Returns:
            (num_outputs, 1, H, W) alpha 0..1 before and after the refine stage; without the stage the second is
            a single zero.

        Raises:
            ShapeError: another number of frames or channels, or a size the network cannot take.
        """
        _check(inputs, self.shift, num_outputs)
        decoded = self.decoder(self.fusion(self.encoder(inputs)), inputs[-num_outputs:])
        logits: Tensor = self.pred_head(decoded)
        alpha = logits.sigmoid()
        if self.refine is None or self.refine_head is None:
            return alpha, alpha.new_zeros(())
        correction = self.refine_head(self.refine(inputs[-num_outputs:, :3], alpha))
        return alpha, (logits + correction).sigmoid()


def dvm_inputs(frames: Tensor, trimaps: Tensor) -> Tensor:
    """Return what :class:`Dvm` takes, (T, 4, H, W): normalised RGB and the trimap.

    Args:
        frames: (T, 3, H, W) RGB 0..255.
        trimaps: (T, 1, H, W) 0, 128 or 255.

    Raises:
        ShapeError: frames and trimaps do not fit together.
    """
    if frames.ndim != 4 or frames.shape[1] != 3 or trimaps.shape != (frames.shape[0], 1, *frames.shape[2:]):
        raise ShapeError(
            f"frames are {tuple(frames.shape)}, trimaps {tuple(trimaps.shape)}; give (T, 3, H, W) and (T, 1, H, W)."
        )
    mean, std = (frames.new_tensor(values, dtype=torch.float32)[:, None, None] for values in (_MEAN, _STD))
    return torch.cat([(frames / 255 - mean) / std, trimaps / 255], dim=1)


def _check(inputs: Tensor, shift: int, num_outputs: int) -> None:
    if num_outputs < 1:
        raise ShapeError(f"num_outputs is {num_outputs}; ask for one frame or more.")
    if inputs.ndim != 4 or inputs.shape[:2] != (shift + num_outputs, 4):
        raise ShapeError(
            f"inputs are {tuple(inputs.shape)}; {num_outputs} outputs with shift {shift} need "
            f"({shift + num_outputs}, 4, H, W): the earlier frames first."
        )
    height, width = inputs.shape[-2:]
    if height % DVM_STRIDE or width % DVM_STRIDE or width < DVM_WIDTH:
        raise ShapeError(
            f"inputs are {width} x {height} pixels; give multiples of {DVM_STRIDE}, {DVM_WIDTH} wide or more; pad them."
        )
