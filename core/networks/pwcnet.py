"""PWC-Net: optical flow from a feature pyramid, warping and cost volumes."""

from dataclasses import dataclass
from typing import get_args

from torch import Tensor, nn
from torch.nn import functional as F

from ...kernels.errors import ShapeError, TrimatteError
from ...kernels.warp import WarpForm
from ..flow.decoder import FLOW_SCALE, FlowDecoder, FlowRefiner
from ..flow.extractor import FeatureExtractor

__all__ = ["PwcNet", "PwcNetOptions"]

_STRIDE = 64
_LEVELS = {6: "netSix", 5: "netFiv", 4: "netFou", 3: "netThr", 2: "netTwo"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PwcNetOptions:
    """Variants of :class:`PwcNet`."""

    warp: WarpForm = "exact"
    """``exact``: the warp that the published weights were made for; ``half``: the copy inside FUNet's release."""

    def __post_init__(self) -> None:
        if self.warp not in get_args(WarpForm):
            raise TrimatteError(f"warp is {self.warp!r}; use one of {', '.join(get_args(WarpForm))}.")


class PwcNet(nn.Module):
    """Estimate the flow between two frames. Frames are **BGR**, 0..1. Source: Sun et al., PWC-Net, CVPR 2018."""

    def __init__(self, options: PwcNetOptions | None = None) -> None:
        super().__init__()
        form = (options or PwcNetOptions()).warp
        self.netExtractor = FeatureExtractor()
        for level in sorted(_LEVELS):
            self.add_module(_LEVELS[level], FlowDecoder(level, form))
        self.netRefiner = FlowRefiner()

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Return the flow at a quarter of the size.

        Args:
            first: (B, 3, H, W) BGR 0..1; H and W are multiples of 64.
            second: (B, 3, H, W) BGR 0..1.

        Returns:
            (B, 2, H / 4, W / 4) displacement from ``first`` to ``second`` in pixels of the full-size
            frame, x (right) before y (down).

        Raises:
            ShapeError: the frames differ in shape, or their size is not a multiple of 64.
        """
        _check(first, second)
        if first.shape[-2] % _STRIDE or first.shape[-1] % _STRIDE:
            raise ShapeError(f"frames are {tuple(first.shape)}; sides must be multiples of {_STRIDE}, or use estimate.")
        features = list(zip(self.netExtractor(first), self.netExtractor(second), strict=True))
        state: tuple[Tensor, Tensor] | None = None
        for level, name in _LEVELS.items():
            state = self.get_submodule(name)(*features[level - 1], state)
        assert state is not None
        flow, feature = state
        refined: Tensor = (flow + self.netRefiner(feature)) * FLOW_SCALE
        return refined

    def estimate(self, first: Tensor, second: Tensor) -> Tensor:
        """Return the flow in pixels at the size of the frames, which may be any size.

        Args:
            first: (B, 3, H, W) **BGR** 0..1 (flip RGB with ``frame.flip(1)``).
            second: (B, 3, H, W) BGR 0..1.

        Returns:
            (B, 2, H, W) displacement from ``first`` to ``second`` in pixels, x (right) before y (down).

        Raises:
            ShapeError: the frames differ in shape or are not (B, 3, H, W).
        """
        _check(first, second)
        height, width = first.shape[-2:]
        size = [-(-side // _STRIDE) * _STRIDE for side in (height, width)]
        flow = self(*(F.interpolate(frame, size=size, mode="bilinear") for frame in (first, second)))
        flow = F.interpolate(flow, size=(height, width), mode="bilinear")
        ratio = flow.new_tensor([width / size[1], height / size[0]])
        scaled: Tensor = flow * ratio[:, None, None]
        return scaled


def _check(first: Tensor, second: Tensor) -> None:
    if first.shape != second.shape or first.ndim != 4 or first.shape[1] != 3:
        raise ShapeError(
            f"first is {tuple(first.shape)}, second is {tuple(second.shape)}; give two (B, 3, H, W) of one size."
        )
