"""FTP-VM: one network that carries a trimap through a clip and predicts alpha inside its unknown region."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...kernels.errors import ShapeError
from ..backbones.mobilenet_v3 import MobileNetV3Large
from ..blocks.frames import per_frame, split_time
from ..blocks.image_pyramid import image_pyramid
from ..memory.reader import MemoryReader
from ..memory.trimap_fusion import TrimapFusion
from ..refine.guided_filter import fast_guided_filter
from .ftp_vm_decoders import MattingDecoder, State, TrimapDecoder
from .ftp_vm_frames import full_matte, full_matte_of_trimap, shrink, shrunk_size, unpad

__all__ = ["FTPVM", "FtpVmOptions"]

Result = list[Any]
"""``[logits, alpha, full, [rec_seg, rec_mat]]``, or ``[logits, rec_seg]`` of a segmentation pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FtpVmOptions:
    """What may vary in :class:`FTPVM`; every other size is that of the official checkpoint."""

    unused_stages: bool = True
    """Keep the two backbone stages that never run (2.2 M parameters), so that every official key has a place."""
    aligned_refiner: bool = False
    """Cut the padding of the small picture off before the matte is carried to full size. The release stretches it
    along, so its matte is shifted and shrunk by some pixels whenever the small size is no multiple of 16."""
    mask_channels: int = 1
    """Channels that describe a memory frame: 1, its trimap; 2 and 3 are variants of training without weights."""


class _Head(nn.Module):
    """A pointwise convolution; named as in the checkpoint: ``seg_project.conv``, ``mat_project.conv``."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, 1)

    def forward(self, feature: Tensor) -> Tensor:
        """Map (B, in, H, W) to (B, out, H, W)."""
        result: Tensor = self.conv(feature)
        return result


class _Backbone(nn.Module):
    """Named as in the checkpoint: ``backbone.backbone``."""

    def __init__(self, *, unused_stages: bool) -> None:
        super().__init__()
        self.backbone = MobileNetV3Large(unused_stages=unused_stages)

    def forward(self, clip: Tensor) -> list[Tensor]:
        """Encode (B, T, 3, H, W) into features (B, T, C, h, w) at 1/2, 1/4, 1/8, 1/16."""
        return [split_time(feature, clip) for feature in self.backbone(clip.flatten(0, 1))]


class FTPVM(nn.Module):
    """Fast trimap propagation video matting. Source: Huang and Lee, CVPR 2023.

    Frames are RGB, 0..1, without normalisation; H and W are multiples of 16 when the ratio is 1.
    Trimap logits hold background, unknown, foreground; alpha means something in unknown pixels only.
    """

    def __init__(self, options: FtpVmOptions | None = None) -> None:
        super().__init__()
        options = options or FtpVmOptions()
        self.default_rec: list[State] = [[None, None], [None, None]]
        self.aligned_refiner = options.aligned_refiner
        self.backbone = _Backbone(unused_stages=options.unused_stages)
        half, quarter, eighth, sixteenth = MobileNetV3Large.channels
        self.trimap_fuse = TrimapFusion(MobileNetV3Large.channels, options.mask_channels)
        self.bottleneck_fuse = MemoryReader(sixteenth, key_channels=32, value_channels=sixteenth, out_channels=128)
        self.seg_decoder = TrimapDecoder(eighth, (128, 96, 48, 16))
        self.seg_project = _Head(16, 3)
        self.mat_decoder = MattingDecoder((128, 48), (half, quarter), (64, 32, 16, 8))
        self.mat_project = _Head(8, 1)

    def forward(  # noqa: PLR0917  (the order of the official interface)
        self,
        query_frames: Tensor,
        memory_frames: Tensor,
        memory_trimaps: Tensor,
        rec_seg: State | None = None,
        rec_mat: State | None = None,
        downsample_ratio: float = 1,
        segmentation_pass: bool = False,
        replace_given_seg: bool = False,
    ) -> Result:
        """Encode the memory and matte the query frames; the backbone sees both in one batch.

        Args:
            query_frames: (B, T, 3, H, W).
            memory_frames: (B, M, 3, H, W).
            memory_trimaps: (B, M, 1, H, W), 0 background, 0.5 unknown, 1 foreground.
            rec_seg: states of the trimap decoder, from the chunk before.
            rec_mat: states of the matting decoder, from the chunk before.
            downsample_ratio: size of the picture the network sees, relative to the frames.
            segmentation_pass: skip the matting decoder.
            replace_given_seg: fuse the first M query frames from the memory trimaps, not the predicted ones.

        Returns:
            ``[logits (B, T, 3, h, w), alpha (B, T, 1, h, w), full matte (B, T, 1, H, W), [rec_seg, rec_mat]]``;
            h and w are the padded small size. With ``segmentation_pass``: ``[logits, rec_seg]``.

        Raises:
            ShapeError: an input has not five dimensions.
        """
        self._check(query_frames, memory_frames, memory_trimaps)
        query, memory = shrink(query_frames, downsample_ratio), shrink(memory_frames, downsample_ratio)
        trimaps = shrink(memory_trimaps, downsample_ratio)
        num_queries = query.shape[1]
        features = self.backbone(torch.cat([query, memory], dim=1))
        memory_features = [feature[:, num_queries:] for feature in features]
        value = self.trimap_fuse(memory_features, trimaps)
        return self._decode(
            query_frames,
            query,
            [feature[:, :num_queries] for feature in features],
            (memory_features[3], value),
            (rec_seg, rec_mat),
            ratio=downsample_ratio,
            segmentation_pass=segmentation_pass,
            given_trimaps=trimaps if replace_given_seg else None,
        )

    def encode_imgs_to_value(
        self, frames: Tensor, trimaps: Tensor, downsample_ratio: float = 1
    ) -> tuple[Tensor, Tensor]:
        """Encode memory frames (B, M, 3, H, W) with trimaps (B, M, 1, H, W).

        Returns:
            ``m_feat16`` (B, M, 112, h, w) and ``m_value`` (B, 112, M, h, w): mind the order of axes.
        """
        self._check(frames, trimaps)
        features = self.backbone(shrink(frames, downsample_ratio))
        value = self.trimap_fuse(features, shrink(trimaps, downsample_ratio))
        return features[3], value.transpose(1, 2)

    def forward_with_memory(  # noqa: PLR0917
        self,
        query_frames: Tensor,
        m_feat16: Tensor,
        m_value: Tensor,
        rec_seg: State | None = None,
        rec_mat: State | None = None,
        downsample_ratio: float = 1,
        segmentation_pass: bool = False,
    ) -> Result:
        """Matte the query frames with an encoded memory; arguments and results as in :meth:`forward`."""
        self._check(query_frames, m_feat16, m_value)
        query = shrink(query_frames, downsample_ratio)
        return self._decode(
            query_frames,
            query,
            self.backbone(query),
            (m_feat16, m_value.transpose(1, 2)),
            (rec_seg, rec_mat),
            ratio=downsample_ratio,
            segmentation_pass=segmentation_pass,
        )

    def _decode(
        self,
        frames: Tensor,
        query: Tensor,
        features: Sequence[Tensor],
        memory: tuple[Tensor, Tensor],
        states: tuple[State | None, State | None],
        *,
        ratio: float,
        segmentation_pass: bool,
        given_trimaps: Tensor | None = None,
    ) -> Result:
        """Read the memory (features, values), decode, fuse; ``query`` is ``frames`` at the size the network sees."""
        rec_seg = states[0] or self.default_rec[0]
        rec_mat = states[1] or self.default_rec[1]
        half, quarter, eighth = image_pyramid(query, 3)
        fused = self.bottleneck_fuse(features[3], *memory)
        x16, x4, hidden, rec_seg = self.seg_decoder(fused, features[2], eighth, quarter, rec_seg)
        logits4 = per_frame(self.seg_project, hidden)
        logits = F.interpolate(logits4.flatten(0, 1), scale_factor=4, mode="bilinear", align_corners=False)
        logits = split_time(logits, query)
        if segmentation_pass:
            return [logits, rec_seg]
        hidden, rec_mat = self.mat_decoder(x16, x4, list(features[:2]), [query, half, quarter], rec_mat)
        alpha = per_frame(self.mat_project, hidden).sigmoid()
        full = full_matte(logits, alpha)
        if given_trimaps is not None:
            count = given_trimaps.shape[1]
            given = full_matte_of_trimap(given_trimaps[:, : full.shape[1]], alpha[:, :count])
            full = torch.cat([given, full[:, count:]], dim=1)
        if query is not frames:
            if self.aligned_refiner:
                query, full = (unpad(clip, shrunk_size(frames, ratio)) for clip in (query, full))
            pictures = (clip.flatten(0, 1) for clip in (frames, query, full))
            full = split_time(fast_guided_filter(*pictures), frames)
        return [logits, alpha, full, [rec_seg, rec_mat]]

    @staticmethod
    def _check(*clips: Tensor) -> None:
        """Refuse anything that is not a clip."""
        for clip in clips:
            if clip.ndim != 5:
                raise ShapeError(f"got {tuple(clip.shape)}; expected five dimensions: batch, time, channels, H, W.")
