"""FUNet on frames: flow, motion mask, network, mask."""

from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from ...kernels.errors import ShapeError, TrimatteError
from ..flow.motion_mask import MotionGrey, funet_inputs, motion_mask
from ..networks.flow_unet import FlowUNet
from ..networks.pwcnet import PwcNet

__all__ = ["FunetMask", "FunetOptions", "FunetPredictor", "bgr_tensor", "funet_probability"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FunetOptions:
    """How :class:`FunetPredictor` runs."""

    mask_threshold: float = 0.5
    """Probability above which a pixel belongs to the mask, 0..1."""
    flow_threshold: float | None = None
    """Pixels to the right from which a pixel moves; ``None`` takes the number of ``mask_threshold``, as the
    release does with its one option for both."""
    scale: float = 1.0
    """Size of the picture the network sees relative to the frame, above 0."""
    is_mended: bool = False
    """Show the network moving pixels as 1, as in its training, not as 76 / 255 (quirk Q3)."""

    def __post_init__(self) -> None:
        if not 0 <= self.mask_threshold <= 1:
            raise TrimatteError(f"mask_threshold is {self.mask_threshold}; give a probability, 0 to 1.")
        if self.scale <= 0:
            raise TrimatteError(f"scale is {self.scale}; give a factor above 0.")


@dataclass(frozen=True, slots=True)
class FunetMask:
    """What :class:`FunetPredictor` finds in one frame of H x W pixels."""

    probability: np.ndarray
    """(H, W) float32 0..1, a multiple of 1 / 255."""
    mask: np.ndarray
    """(H, W) booleans: the person."""
    moving: np.ndarray
    """(H, W) booleans: the motion mask that the network saw."""


class FunetPredictor:
    """Segment the mover of frames. Source: Kuang and Tie, Flow-based Video Segmentation, arXiv 2104.09752."""

    def __init__(self, network: FlowUNet, flow_network: PwcNet, options: FunetOptions | None = None) -> None:
        self.network = network.eval()
        self.flow_network = flow_network.eval()
        self.options = options or FunetOptions()

    @torch.inference_mode()
    def predict(self, previous: np.ndarray | None, frame: np.ndarray) -> FunetMask:
        """Segment ``frame``.

        Args:
            previous: (H, W, 3) uint8 RGB, the frame before; ``None`` at the start of a sequence.
            frame: (H, W, 3) uint8 RGB.

        Raises:
            ShapeError: the frames differ in size.
        """
        previous = frame if previous is None else previous
        if previous.shape != frame.shape:
            raise ShapeError(f"previous is {previous.shape}, frame is {frame.shape}; one sequence has one size.")
        options = self.options
        device = next(self.network.parameters()).device
        pair = [bgr_tensor(picture).to(device) for picture in (previous, frame)]
        threshold = options.mask_threshold if options.flow_threshold is None else options.flow_threshold
        moving = motion_mask(self.flow_network.estimate(*pair), threshold)[0].cpu().numpy()
        colour: MotionGrey = "white" if options.is_mended else "red"
        inputs = torch.from_numpy(funet_inputs(frame, moving, scale=options.scale, colour=colour)).to(device)
        probability = funet_probability(self._logits(inputs[None]), frame.shape[:2])
        return FunetMask(probability, probability > options.mask_threshold, moving)

    def _logits(self, inputs: Tensor) -> Tensor:
        """Run the network on inputs of any size: padded to multiples of 4 by repeating the border."""
        height, width = inputs.shape[-2:]
        padded = F.pad(inputs, (0, -width % 4, 0, -height % 4), mode="replicate")
        logits: Tensor = self.network(padded)
        return logits[0, 0, :height, :width]


def funet_probability(logits: Tensor, size: tuple[int, ...]) -> np.ndarray:
    """Return the probability at ``size`` (height, width): (H, W) float32, through 8 bits as the release does.

    Args:
        logits: (h, w) of the network.
        size: (height, width) of the frame. The release scales to the height only, so that upright and ragged
            frames get a mask of another size (quirk Q5); here every frame gets its own.
    """
    grey = (logits.sigmoid() * 255).to(torch.uint8).cpu().numpy()  # truncates
    resized = Image.fromarray(grey).resize((size[1], size[0]), Image.Resampling.BILINEAR)
    return np.asarray(resized, np.float32) / np.float32(255)


def bgr_tensor(frame: np.ndarray) -> Tensor:
    """Return (1, 3, H, W) float32 BGR 0..1, what PWC-Net takes, for (H, W, 3) uint8 RGB."""
    return torch.from_numpy(np.ascontiguousarray(frame[..., ::-1].transpose(2, 0, 1), np.float32))[None] / 255
