"""FTP-VM as a task: chunks of a composed clip, state carried on, alpha trained in a window."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..core.blocks.frames import split_time
from .augment import Composer, TrainingClip
from .datasets import Pack
from .losses import FtpVmLossOptions, ftp_vm_loss
from .options import Stage
from .unlabelled import drawn_trimaps, snippet_clip, unlabelled_terms

__all__ = ["PropagationTask", "pack_record"]

State = list[Tensor | None]

_SHOWN_SEED = (0, 1)  # of the clip in the sample pictures


def pack_record(pack: Pack) -> dict[str, Any]:
    """Say what is in a pack, for ``data.json``; its digest names every file."""
    return {
        "kind": "training pack",
        "foregrounds": dict(Counter(foreground.kind for foreground in pack.foregrounds)),
        "backgrounds": len(pack.backgrounds),
        "snippets": len(pack.snippets),
    }


def _detached(state: State) -> State:
    return [None if tensor is None else tensor.detach() for tensor in state]


def _own_trimap(logits: Tensor) -> Tensor:
    """Return the network's trimap (B, 1, 1, H, W) of the last frame of logits (B, T, 3, H, W)."""
    return logits[:, -1:].detach().argmax(2, keepdim=True).float() / 2


def choose_window(rng: np.random.Generator, trimap: Tensor, side: int) -> tuple[int, int]:
    """Choose the top left corner of a square for one clip, around an unknown pixel, on the grid of 1/16.

    Args:
        rng: source of the draw.
        trimap: (T, 1, H, W).
        side: of the square, in pixels, at most H and W.
    """
    height, width = trimap.shape[-2:]
    unknown = (trimap == 0.5).any(0)[0].nonzero()
    y, x = height // 2, width // 2
    if len(unknown):
        y, x = (int(v) for v in unknown[int(rng.integers(len(unknown)))])
    corner = []
    for centre, size in ((y, height), (x, width)):
        start = centre - side // 2 + int(rng.integers(-side // 4, side // 4 + 1))
        corner.append(min(max(start, 0), size - side) // 16 * 16)
    return corner[0], corner[1]


@dataclass(frozen=True, slots=True)
class Squares:
    """A square in each clip of a batch, on the grid of 1/16."""

    corners: list[tuple[int, int]]
    side: int

    def cut(self, clip: Tensor, stride: int = 1) -> Tensor:
        """Cut each clip's square out of (B, T, C, H / stride, W / stride)."""
        size = self.side // stride
        parts = [
            one[..., y // stride : y // stride + size, x // stride : x // stride + size]
            for one, (y, x) in zip(clip, self.corners, strict=True)
        ]
        return torch.stack(parts)


class PropagationTask:
    """Trains FTP-VM on clips of a composer."""

    def __init__(self, network: nn.Module, composer: Composer, *, bfloat16: bool = True) -> None:
        self.network = network
        self.composer = composer
        self.bfloat16 = bfloat16
        self.data_digest = composer.pack.digest
        self._shown: TrainingClip | None = None

    def manifest(self) -> dict[str, Any]:
        """Say what the clips are composed of."""
        return pack_record(self.composer.pack)

    def pictures(self) -> list[Tensor]:
        """Return plate, trimap and matte of the last frame of a clip, and their truth."""
        if self._shown is None:
            self._shown = self.composer.clip(np.random.default_rng(_SHOWN_SEED), batch=1, frames=4, size=(224, 320))
        clip = self._shown
        logits, _, matte, _ = self.network(clip.frames, clip.memory_frames, clip.memory_trimap)
        trimap = logits[0, -1].argmax(0, keepdim=True).float() / 2
        return [clip.frames[0, -1], clip.trimap[0, -1], trimap, clip.alpha[0, -1], matte[0, -1]]

    def losses(self, rng: np.random.Generator, stage: Stage) -> Iterator[dict[str, Tensor]]:
        """Yield the loss terms of each chunk of one batch of clips."""
        size = stage.sizes[int(rng.integers(len(stage.sizes)))]
        if self.composer.pack.snippets and rng.random() < stage.unlabelled:
            yield self._unlabelled(rng, stage, size)
            return
        chunks = int(rng.integers(stage.chunks[0], stage.chunks[1] + 1))
        memories = 1 + int(rng.choice([1, 2]) if rng.random() < stage.second_memory else 0)
        clip = self.composer.clip(rng, batch=stage.batch, frames=stage.frames * chunks, size=size, memories=memories)
        matting = rng.random() < stage.matting
        squares = None
        if matting:
            side = min(stage.window or max(size), *size)
            squares = Squares([choose_window(rng, trimap, side) for trimap in clip.trimap], side)
        options = FtpVmLossOptions(
            cross_entropy="normal",
            variation_weight=stage.variation_weight,
            class_weight=stage.class_weight,
            coherence_weight=stage.coherence_weight,
            alpha_weight=stage.boundary_weight,
            matte_weight=stage.boundary_weight,
        )
        memory = (clip.memory_frames, clip.memory_trimap)
        states: tuple[State, State] = ([None, None], [None, None])
        for start in range(0, stage.frames * chunks, stage.frames):
            part = slice(start, start + stage.frames)
            frames, trimap = clip.frames[:, part], clip.trimap[:, part]
            with torch.autocast(frames.device.type, torch.bfloat16, enabled=self.bfloat16):
                logits, alpha, states = self._run(frames, memory, states, squares)
            logits = logits.float()
            if squares is None or alpha is None:
                yield ftp_vm_loss(logits, trimap, options=options)
            else:
                classes = squares.cut(logits.detach()).argmax(2, keepdim=True)
                alpha = alpha.float()
                yield ftp_vm_loss(
                    logits,
                    trimap,
                    alpha,
                    alpha * (classes == 1) + (classes == 2),
                    squares.cut(clip.alpha[:, part]),
                    alpha_trimap=squares.cut(trimap),
                    options=options,
                )
            states = (_detached(states[0]), _detached(states[1]))
            memory = (clip.memory_frames, clip.memory_trimap)
            if rng.random() < stage.own_memory:
                memory = (
                    torch.cat([memory[0], frames[:, -1:]], 1),
                    torch.cat([memory[1], _own_trimap(logits)], 1),
                )

    def _unlabelled(self, rng: np.random.Generator, stage: Stage, size: tuple[int, int]) -> dict[str, Tensor]:
        """Return the loss terms of real video without alpha."""
        frames = max(3, min(stage.frames + 1, 6))
        clip = snippet_clip(rng, self.composer.pack.snippets, batch=stage.batch, frames=frames, size=size)
        with torch.autocast(clip.device.type, torch.bfloat16, enabled=self.bfloat16):
            return unlabelled_terms(self.network, clip, drawn_trimaps(rng, clip))

    def _run(
        self,
        frames: Tensor,
        memory: tuple[Tensor, Tensor],
        states: tuple[State, State],
        squares: Squares | None,
    ) -> tuple[Tensor, Tensor | None, tuple[State, State]]:
        """Run the network; the matting decoder only in a square per clip, which two thirds of the cost go to.

        The parts are those that ``FTPVM.forward`` joins; only the square is new.
        """
        net: Any = self.network
        count = frames.shape[1]
        features = net.backbone(torch.cat([frames, memory[0]], 1))
        remembered = [feature[:, count:] for feature in features]
        features = [feature[:, :count] for feature in features]
        value = net.trimap_fuse(remembered, memory[1])
        fused = net.bottleneck_fuse(features[3], remembered[3], value)
        pictures = [frames]
        for _ in range(3):
            pictures.append(split_time(F.avg_pool2d(pictures[-1].flatten(0, 1), 2), frames))
        x16, x4, hidden, seg_state = net.seg_decoder(fused, features[2], pictures[3], pictures[2], states[0])
        logits4 = net.seg_project(hidden.flatten(0, 1))
        logits = F.interpolate(logits4, scale_factor=4, mode="bilinear", align_corners=False)
        logits = split_time(logits, frames)
        if squares is None:
            return logits, None, (seg_state, states[1])
        hidden, mat_state = net.mat_decoder(
            squares.cut(x16, 16),
            squares.cut(x4, 4),
            [squares.cut(features[0], 2), squares.cut(features[1], 4)],
            [squares.cut(picture, 2**level) for level, picture in enumerate(pictures[:3])],
            states[1],
        )
        alpha = split_time(net.mat_project(hidden.flatten(0, 1)).sigmoid(), frames)
        return logits, alpha, (seg_state, mat_state)
