"""Score a propagation network on clips with true alpha, from the trimap of the first frame alone.

This runs the network plainly, without sessions, refiner or cache: it answers how good the weights are and which
inference settings suit them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..core.media import open_clip
from .errors import DatasetError
from .metrics import ClipScores, score_clip

__all__ = ["EvaluationClip", "PropagationSettings", "propagate", "read_evaluation_clip", "score_propagation"]


@dataclass(frozen=True, slots=True)
class EvaluationClip:
    """A clip with a trimap on its first frame and true alpha."""

    name: str
    frames: np.ndarray
    """(T, H, W, 3) uint8."""
    trimap: np.ndarray
    """(H, W) uint8."""
    truth: np.ndarray
    """(T, H, W) uint8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PropagationSettings:
    """How the network is run."""

    working_size: int = 512
    """Long side of the picture the network sees, in pixels; 0: native."""
    reset_frames: int = 0
    """Restart the recurrent state after so many frames; 0: never, 1: every frame."""
    key_scale: float = 1.0
    """Factor of the affinities; above 1 the memory is read more sharply."""
    own_memory_frames: int = 0
    """Remember the own trimap every so many frames as a second memory; 0: never."""
    bfloat16: bool = True
    """Run under autocast."""


def read_evaluation_clip(folder: Path, frames: int | None = None) -> EvaluationClip:
    """Read ``rgb.mp4``, ``trimap_0000.png`` and ``alpha.mkv`` of a folder, the first ``frames`` frames or all.

    Raises:
        DatasetError: the folder has no true alpha.
    """
    if not (folder / "alpha.mkv").is_file():
        raise DatasetError(f"{folder} has no alpha.mkv; only clips with true alpha can be scored.")
    plate, alpha = open_clip(folder / "rgb.mp4"), open_clip(folder / "alpha.mkv")
    last = plate.last if frames is None else min(plate.last, plate.first + frames - 1)
    from PIL import Image

    with Image.open(folder / "trimap_0000.png") as picture:
        trimap = np.array(picture.convert("L"))
    numbers = range(plate.first, last + 1)
    rgb = np.stack([np.rint(plate.read(n) * 255).astype(np.uint8) for n in numbers])
    truth = np.stack([np.rint(alpha.read(n)[..., 0] * 255).astype(np.uint8) for n in numbers])
    return EvaluationClip(folder.name, rgb, trimap, truth)


def working_size_of(height: int, width: int, long_side: int) -> tuple[int, int]:
    """Return (height, width), multiples of 16, closest in shape with a long side of about ``long_side``."""
    scale = long_side / max(height, width) if long_side else 1.0
    return max(16, round(height * scale / 16) * 16), max(16, round(width * scale / 16) * 16)


def _resized(picture: np.ndarray, size: tuple[int, int]) -> Tensor:
    """Resize (H, W, C) bytes to (1, 1, C, h, w) in 0..1."""
    tensor = torch.from_numpy(picture).permute(2, 0, 1)[None].float() / 255
    return F.interpolate(tensor, size, mode="bilinear", antialias=True)[None]


@torch.no_grad()
def propagate(
    network: nn.Module, clip: EvaluationClip, settings: PropagationSettings
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield (matte, trimap) of each frame: (H, W) floats 0..1 at the size of the clip."""
    net: Any = network
    height, width = clip.trimap.shape
    size = working_size_of(height, width, settings.working_size)
    device = next(network.parameters()).device
    trimap = F.interpolate(torch.from_numpy(clip.trimap)[None, None].float() / 255, size, mode="area")[None]
    memory_trimap = (0.5 * ((trimap > 0.02).float() + (trimap > 0.98).float())).to(device)
    with _sharpened(net, settings.key_scale), torch.autocast(device.type, torch.bfloat16, enabled=settings.bfloat16):
        memory = net.encode_imgs_to_value(_resized(clip.frames[0], size).to(device), memory_trimap)
        own: tuple[Tensor, Tensor] | None = None
        state = net.default_rec
        for index, picture in enumerate(clip.frames):
            if settings.reset_frames and index % settings.reset_frames == 0:
                state = net.default_rec
            frame = _resized(picture, size).to(device)
            known = memory if own is None else (torch.cat([memory[0], own[0]], 1), torch.cat([memory[1], own[1]], 2))
            logits, _, matte, state = net.forward_with_memory(frame, *known, *state)
            predicted = logits.argmax(2, keepdim=True).float() / 2
            if settings.own_memory_frames and index and index % settings.own_memory_frames == 0:
                own = net.encode_imgs_to_value(frame, predicted)
            both = torch.cat([matte[0].float(), predicted[0]], 1)
            full = F.interpolate(both, (height, width), mode="bilinear").clamp(0, 1)[0].cpu().numpy()
            yield full[0], full[1]


class _sharpened:  # noqa: N801 - a context manager, used as a function
    """Scale the affinities of a network for a while: keys are both queries and memory, so each takes the root."""

    def __init__(self, network: Any, scale: float) -> None:
        self.parameters = list(network.bottleneck_fuse.project_key.parameters())
        self.factor = scale**0.5

    def __enter__(self) -> None:
        for parameter in self.parameters:
            parameter.mul_(self.factor)

    def __exit__(self, *_: object) -> None:
        for parameter in self.parameters:
            parameter.div_(self.factor)


def score_propagation(
    network: nn.Module, clip: EvaluationClip, settings: PropagationSettings, *, connectivity: bool = False
) -> ClipScores:
    """Propagate and score one clip; the network is put into evaluation mode."""
    network.eval()
    mattes = (matte for matte, _ in propagate(network, clip, settings))
    return score_clip(mattes, (truth / 255.0 for truth in clip.truth), connectivity=connectivity)
