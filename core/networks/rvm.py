"""RVM: mattes people in video without a trimap."""

from dataclasses import dataclass
from typing import Literal

from torch import Tensor, nn
from torch.nn import functional as F

from ...kernels.errors import ShapeError, TrimatteError
from ..backbones.mobilenet_v3_dilated import DilatedMobileNetV3Large
from ..backbones.resnet import ResNet50
from ..blocks.deep_guided_filter import DeepGuidedFilter
from ..blocks.fast_guided_filter import FastGuidedFilter
from ..blocks.frames import per_frame, split_time
from ..blocks.lr_aspp import LRASPP
from .rvm_decoder import HIDDEN_CHANNELS, RecurrentDecoder, States

__all__ = ["RVM", "RvmOptions", "automatic_ratio", "rvm_mobilenetv3", "rvm_resnet50"]

_REFINERS = ("deep_guided_filter", "fast_guided_filter")


@dataclass(frozen=True, slots=True, kw_only=True)
class RvmOptions:
    """What may vary in :class:`RVM` beside its backbone."""

    refiner: Literal["deep_guided_filter", "fast_guided_filter"] = "deep_guided_filter"
    """What carries the result from working size to full size; the fast one has no weights."""

    def __post_init__(self) -> None:
        if self.refiner not in _REFINERS:
            raise TrimatteError(f"refiner is {self.refiner!r}; expected one of {', '.join(_REFINERS)}.")


class _Head(nn.Module):
    """A pointwise convolution; named as in the checkpoint: ``project_mat.conv``, ``project_seg.conv``."""

    def __init__(self, out_channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(HIDDEN_CHANNELS, out_channels, 1)

    def forward(self, feature: Tensor) -> Tensor:
        """Map (N, 16, H, W) to (N, out, H, W)."""
        result: Tensor = self.conv(feature)
        return result


class RVM(nn.Module):
    """Robust video matting. Source: Lin et al., WACV 2022.

    Frames are RGB, 0..1, of any size. Build it with :func:`rvm_mobilenetv3` or :func:`rvm_resnet50`.

    Args:
        backbone: gives features at 1/2, 1/4, 1/8 and, among others, 1/16.
        taps: which four features of the backbone are used, finest first.
        feature_channels: their channels.
        reduced_channels: channels of the deepest feature behind the pyramid.
        decoder_channels: channels of the decoder at 1/2, 1/4 and 1/8.
        options: see :class:`RvmOptions`.
    """

    def __init__(
        self,
        backbone: nn.Module,
        *,
        taps: tuple[int, int, int, int],
        feature_channels: tuple[int, int, int, int],
        reduced_channels: int,
        decoder_channels: tuple[int, int, int],
        options: RvmOptions | None = None,
    ) -> None:
        super().__init__()
        options = options or RvmOptions()
        self.taps = taps
        self.backbone = backbone
        self.aspp = LRASPP(feature_channels[3], reduced_channels)
        self.decoder = RecurrentDecoder((*feature_channels[:3], reduced_channels), decoder_channels)
        self.project_mat = _Head(4)
        self.project_seg = _Head(1)
        self.refiner: DeepGuidedFilter | FastGuidedFilter = (
            DeepGuidedFilter(HIDDEN_CHANNELS) if options.refiner == "deep_guided_filter" else FastGuidedFilter()
        )

    def forward(  # noqa: PLR0917  (the order of the official interface)
        self,
        src: Tensor,
        r1: Tensor | None = None,
        r2: Tensor | None = None,
        r3: Tensor | None = None,
        r4: Tensor | None = None,
        downsample_ratio: float = 1,
        segmentation_pass: bool = False,
    ) -> list[Tensor]:
        """Matte frames that follow those of the call before, whose states are passed on.

        Args:
            src: (B, T, 3, H, W) clips or (B, 3, H, W) single frames.
            r1: state at 1/2 of the working size, (B, C, h, w); ``None`` starts a clip.
            r2: state at 1/4.
            r3: state at 1/8.
            r4: state at 1/16.
            downsample_ratio: working size relative to the frames; at 1 the refiner does not run.
            segmentation_pass: predict a segmentation instead of a matte.

        Returns:
            ``[foreground (…, 3, H, W), alpha (…, 1, H, W), r1, r2, r3, r4]``, colours and alpha in 0..1; or
            ``[logits (…, 1, h, w), r1, r2, r3, r4]`` at working size. As many dimensions as ``src``.

        Raises:
            ShapeError: ``src`` is not RGB frames or clips, the ratio leaves no pixel, or a state has another size.
        """
        frames = self._clip(src)
        small = self._shrink(frames, downsample_ratio)
        states: States = [r1, r2, r3, r4]
        self._check_states(states, small)
        features = [split_time(feature, small) for feature in self._features(small.flatten(0, 1))]
        hidden, last = self.decoder(small, features, states)
        if segmentation_pass:
            return [_like(per_frame(self.project_seg, hidden), src), *last]
        output = per_frame(self.project_mat, hidden)
        if downsample_ratio != 1:
            pictures = (clip.flatten(0, 1) for clip in (frames, small, output, hidden))
            output = split_time(self.refiner(*pictures), frames)
        residual, alpha = output[:, :, :3], output[:, :, 3:]
        return [_like((residual + frames).clamp(0, 1), src), _like(alpha.clamp(0, 1), src), *last]

    def _features(self, pictures: Tensor) -> list[Tensor]:
        """Encode (N, 3, h, w) into the four features the decoder reads."""
        features = self.backbone(pictures)
        half, quarter, eighth, deep = (features[tap] for tap in self.taps)
        return [half, quarter, eighth, self.aspp(deep)]

    @staticmethod
    def _clip(src: Tensor) -> Tensor:
        """Return ``src`` as (B, T, 3, H, W)."""
        if src.ndim not in {4, 5} or src.shape[-3] != 3:
            raise ShapeError(f"src is {tuple(src.shape)}; expected RGB as (B, 3, H, W) or (B, T, 3, H, W).")
        return src if src.ndim == 5 else src.unsqueeze(1)

    @staticmethod
    def _shrink(frames: Tensor, ratio: float) -> Tensor:
        """Resize (B, T, 3, H, W) by ``ratio``; sampling positions come from the ratio, not from the rounded size."""
        height, width = frames.shape[-2:]
        if ratio <= 0 or min(height, width) * ratio < 1:
            raise ShapeError(f"downsample_ratio {ratio} leaves no pixel of {width}x{height}; choose a larger one.")
        if ratio == 1:
            return frames
        small = F.interpolate(
            frames.flatten(0, 1), scale_factor=ratio, mode="bilinear", align_corners=False, recompute_scale_factor=False
        )
        return split_time(small, frames)

    def _check_states(self, states: States, small: Tensor) -> None:
        """Refuse states of another batch, size or variant; there is no silent reset."""
        height, width = small.shape[-2:]
        for index, (state, channels) in enumerate(zip(states, self.decoder.state_channels, strict=True)):
            height, width = -(-height // 2), -(-width // 2)
            expected = (small.shape[0], channels, height, width)
            if state is not None and tuple(state.shape) != expected:
                raise ShapeError(
                    f"r{index + 1} is {tuple(state.shape)}, expected {expected}; "
                    "start again with None when size, ratio or network change."
                )


def _like(clip: Tensor, src: Tensor) -> Tensor:
    """Drop the time axis again where ``src`` has none."""
    return clip if src.ndim == 5 else clip.squeeze(1)


def rvm_mobilenetv3(options: RvmOptions | None = None) -> RVM:
    """Build the light variant: 3.7 M parameters; it normalises frames itself."""
    return RVM(
        DilatedMobileNetV3Large(),
        taps=(0, 1, 2, 3),
        feature_channels=DilatedMobileNetV3Large.channels,
        reduced_channels=128,
        decoder_channels=(32, 40, 80),
        options=options,
    )


def rvm_resnet50(options: RvmOptions | None = None) -> RVM:
    """Build the heavy variant: 26.9 M parameters; it sees frames without normalisation, as it was trained."""
    return RVM(
        ResNet50(is_dilated=True),
        taps=(0, 1, 2, 4),
        feature_channels=(64, 256, 512, 2048),
        reduced_channels=256,
        decoder_channels=(32, 64, 128),
        options=options,
    )


def automatic_ratio(height: int, width: int) -> float:
    """Return the ratio that brings the long side to 512 pixels, at most 1. Source: RVM, inference guide."""
    return min(512 / max(height, width), 1)
