"""What real video teaches without alpha: keys that find their way there and back, trimaps that survive the trip.

Source: Jabri et al., Space-Time Correspondence as a Contrastive Random Walk, NeurIPS 2020 (the walk of the keys);
Wang et al., Learning Correspondence from the Cycle-Consistency of Time, CVPR 2019 (the trip of the trimap).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..core.blocks.frames import per_frame
from .augment.drawn import body
from .augment.trimaps import random_element, trimap_from_alpha
from .losses.segmentation import labels_of_trimap

__all__ = ["drawn_trimaps", "snippet_clip", "unlabelled_terms", "walk_loss"]

_WALK, _TRIP, _AGREEMENT = 0.1, 0.3, 1.0
"""Factors of the three terms: hints, beside the truth of the composites."""


def snippet_clip(
    rng: np.random.Generator, snippets: Sequence[Tensor], *, batch: int, frames: int, size: tuple[int, int]
) -> Tensor:
    """Return (B, T, 3, H, W) in 0..1: consecutive frames of real video, cropped, forwards or backwards.

    Args:
        rng: source of every draw.
        snippets: (n, 3, h, w) uint8 each; one with fewer than ``frames`` frames is played back and forth.
        batch: B.
        frames: T.
        size: (height, width) in pixels.
    """
    clips = []
    for _ in range(batch):
        snippet = snippets[int(rng.integers(len(snippets)))]
        last = len(snippet) - 1
        order = (np.arange(frames) + int(rng.integers(2 * last + 1))) % max(2 * last, 1)
        part = snippet[torch.from_numpy(np.minimum(order, 2 * last - order)).to(snippet.device)]
        height, width = part.shape[-2:]
        scale = max(size[0] / height, size[1] / width) * float(rng.uniform(1, 1.6))
        tall, wide = max(size[0], round(height * scale)), max(size[1], round(width * scale))
        part = F.interpolate(part.float() / 255, (tall, wide), mode="bilinear", antialias=True)
        y, x = int(rng.integers(tall - size[0] + 1)), int(rng.integers(wide - size[1] + 1))
        clips.append(part[..., y : y + size[0], x : x + size[1]])
    return torch.stack(clips).clamp(0, 1)


def drawn_trimaps(rng: np.random.Generator, clip: Tensor) -> Tensor:
    """Return (B, 1, 1, H, W): a region to follow per clip. Whatever lies in it, it must be found again."""
    height, width = clip.shape[-2:]
    side = max(height, width)
    trimaps = []
    for _ in range(len(clip)):
        shape = body(rng, side, clip.device)
        shift = [int(v) for v in (rng.uniform(-0.25, 0.25, 2) * (height, width))]
        shape = shape.roll(shift, (0, 1))
        y, x = (side - height) // 2, (side - width) // 2
        alpha = shape[None, y : y + height, x : x + width]
        trimaps.append(trimap_from_alpha(alpha, random_element(rng, 2, 8).to(clip.device)))
    return torch.stack(trimaps)[:, None]


def walk_loss(keys: Tensor) -> Tensor:
    """How often a walk along similar keys, to the last frame and back, does not end where it began; about 0..1.

    Args:
        keys: (B, T, K, h, w), T at least 2; similarity is that of the memory read.
    """
    flat = keys.flatten(3).float()  # (B, T, K, N)
    steps = torch.einsum("btkn,btkm->btnm", flat[:, :-1], flat[:, 1:]) / math.sqrt(flat.shape[2])
    there, back = steps.softmax(3), steps.transpose(2, 3).softmax(3)
    walk = torch.eye(flat.shape[3], device=flat.device).expand(len(flat), -1, -1)
    for step in range(steps.shape[1]):
        walk = walk @ there[:, step]
    for step in reversed(range(steps.shape[1])):
        walk = walk @ back[:, step]
    home = walk.diagonal(dim1=1, dim2=2)
    return -(home + 1e-6).log().mean() / math.log(flat.shape[3])


def unlabelled_terms(network: nn.Module, clip: Tensor, trimap: Tensor) -> dict[str, Tensor]:
    """Loss terms of a clip without alpha, and their sum under ``total``.

    Args:
        network: an FTP-VM.
        clip: (B, T, 3, H, W), T at least 3.
        trimap: (B, 1, 1, H, W) of the first frame; any region.
    """
    net: Any = network
    keys = per_frame(net.bottleneck_fuse.project_key, net.backbone(clip)[3])
    there, _ = net(clip[:, 1:], clip[:, :1], trimap, segmentation_pass=True)
    arrived = there[:, -1:].detach().argmax(2, keepdim=True).float() / 2
    back, _ = net(clip[:, :-1].flip(1), clip[:, -1:], arrived, segmentation_pass=True)
    home = F.cross_entropy(back[:, -1].float(), labels_of_trimap(trimap)[:, 0])
    outward, homeward = there[:, :-1].float().softmax(2), back[:, :-1].float().flip(1).softmax(2)
    terms = {
        "walk": _WALK * walk_loss(keys),
        "trip": _TRIP * home,
        "agreement": _AGREEMENT * F.mse_loss(outward, homeward),
    }
    terms["total"] = torch.stack(list(terms.values())).sum()
    return terms
