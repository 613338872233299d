"""Clips to learn from: objects over backgrounds, with distractors, occluders, motion blur and a memory frame."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from ..datasets import Foreground, Pack
from .appearance import degrade, drift
from .camera import flicker
from .drawn import draw_foreground
from .layers import LayerOptions, Moments, background_layer, foreground_layer
from .moments import KeyframeOptions, draw_moments
from .painted import paint_trimap
from .trimaps import random_element, trimap_from_alpha

__all__ = ["ClipOptions", "Composer", "TrainingClip"]

_SMALL = LayerOptions(size_low=0.2, size_high=0.6)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipOptions:
    """What happens in the clips, and how often."""

    layers: LayerOptions = field(default_factory=LayerOptions)
    """Motion and appearance of each layer."""
    kind_weights: tuple[float, float, float] = (0.65, 0.22, 0.13)
    """How often a foreground is a photo, a cut-out, a drawn shape."""
    drawn: float = 0.15
    """Share of foregrounds that are drawn instead: hair, fur, smoke, glass, holes, thin structures."""
    keyframes: KeyframeOptions = field(default_factory=KeyframeOptions)
    """Where the memory frames lie."""
    painted: float = 0.3
    """Share of clips whose memory trimaps look painted by a person: strokes, gaps, wobble."""
    new_scene: float = 0.08
    """Share of far memories with another background altogether."""
    distractor: float = 0.4
    """Share of clips with one or two other objects behind the target; one in eight is the target's twin."""
    companion: float = 0.08
    """Share of clips whose target is two objects."""
    occluder: float = 0.15
    """Share of clips in which another object passes in front."""
    motion_blur: float = 0.2
    """Share of clips with an open shutter."""
    shutter_samples: int = 3
    """Moments averaged for motion blur."""
    rolling: float = 0.15
    """Share of clips whose rows are exposed one after the other."""
    flicker: float = 0.15
    """Share of clips under a light that flickers, from frame to frame and in bands over the rows."""
    camouflage: float = 0.3
    """Share of clips whose background is moved towards the colours of the object."""
    visible: float = 0.02
    """Smallest share of the first memory frame that is certainly foreground."""
    unknown: float = 0.0
    """Smallest share of the queries that is unknown."""
    trimap_radius: tuple[float, float] = (2, 14)
    """Radius of the trimap's structuring element, in pixels; the same for memory and queries, so that the network
    carries on the band that the user painted."""


@dataclass(frozen=True, slots=True)
class TrainingClip:
    """One batch: query frames with truth, memory frames with their trimaps."""

    frames: Tensor
    """(B, T, 3, H, W) composites, 0..1."""
    alpha: Tensor
    """(B, T, 1, H, W)."""
    trimap: Tensor
    """(B, T, 1, H, W) 0, 0.5 or 1."""
    memory_frames: Tensor
    """(B, M, 3, H, W)."""
    memory_trimap: Tensor
    """(B, M, 1, H, W)."""


@dataclass(frozen=True, slots=True)
class _Exposure:
    """The moments at which layers are drawn: one per frame, or several while the shutter is open."""

    moments: Moments
    """Of N * samples pictures."""
    samples: int

    def shown(self, layer: Tensor) -> Tensor:
        """Average (N * samples, C, H, W) to (N, C, H, W)."""
        if self.samples == 1:
            return layer
        return layer.reshape(-1, self.samples, *layer.shape[1:]).mean(1)


class Composer:
    """Composes clips on the device of its pack."""

    def __init__(self, pack: Pack, options: ClipOptions | None = None) -> None:
        self.pack = pack
        self.options = options or ClipOptions()
        self.device = pack.backgrounds[0].device
        kinds = ("photo", "cut", "shape")
        self._by_kind = [[f for f in pack.foregrounds if f.kind == kind] for kind in kinds]
        weights = np.array(
            [w if group else 0.0 for w, group in zip(self.options.kind_weights, self._by_kind, strict=True)]
        )
        self._kind_odds = weights / weights.sum()

    def clip(
        self, rng: np.random.Generator, *, batch: int, frames: int, size: tuple[int, int], memories: int = 1
    ) -> TrainingClip:
        """Compose a batch.

        Args:
            rng: source of every draw; the same seed gives the same clip.
            batch: B, number of independent clips.
            frames: T, consecutive query frames.
            size: (height, width) in pixels.
            memories: M, memory frames; where they lie is drawn, see :class:`~.moments.KeyframeOptions`.
        """
        parts = [self._visible(rng, frames, size, memories) for _ in range(batch)]
        return TrainingClip(*(torch.stack([part[i] for part in parts]) for i in range(5)))

    def _visible(
        self, rng: np.random.Generator, frames: int, size: tuple[int, int], memories: int
    ) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Compose until the memory shows enough of the object, as a user's keyframe does."""
        for _ in range(4):
            one = self._one(rng, frames, size, memories)
            shown, unknown = (one[4][0] == 1).float().mean(), (one[2] == 0.5).float().mean()
            if shown >= self.options.visible and unknown >= self.options.unknown:
                break
        return one

    def _foreground(self, rng: np.random.Generator) -> Foreground:
        if rng.random() < self.options.drawn:
            return draw_foreground(rng, self.pack.backgrounds[int(rng.integers(len(self.pack.backgrounds)))])
        group = self._by_kind[int(rng.choice(3, p=self._kind_odds))]
        return group[int(rng.integers(len(group)))]

    def _one(
        self, rng: np.random.Generator, frames: int, size: tuple[int, int], memories: int
    ) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        drawn = draw_moments(rng, frames, memories, self.options.keyframes)
        times = torch.tensor(drawn.times, dtype=torch.float32, device=self.device)
        exposure = self._exposure(rng, times, size)
        seed = int(rng.integers(2**62))
        fg = self._foreground(rng)
        target = self._object(rng, fg, exposure, self.options.layers)
        if rng.random() < self.options.companion:
            target = _over(self._object(rng, self._foreground(rng), exposure, _SMALL), target)
        back = exposure.shown(background_layer(rng, self.pack, exposure.moments, self.options.layers))
        if drawn.is_far and rng.random() < self.options.new_scene:
            other = background_layer(rng, self.pack, Moments(times[:1], size), self.options.layers)
            back = torch.cat([other, back[1:]])
        if rng.random() < self.options.camouflage:
            back = _towards(back, target, float(rng.uniform(0.3, 0.9)))
        back = self._with_distractors(rng, back, fg, exposure)
        alpha = target[:, 3:]
        rgb = target[:, :3] + (1 - alpha) * back
        if rng.random() < self.options.occluder:
            layer = self._object(rng, self._foreground(rng), exposure, _SMALL)
            rgb = layer[:, :3] + (1 - layer[:, 3:]) * rgb
            alpha = alpha * (1 - layer[:, 3:])
        local = np.random.default_rng(seed)  # independent of how many layers were drawn
        rgb = rgb * drift(local, times, 0.5 * self.options.layers.light)
        if local.random() < self.options.flicker:
            rgb = rgb * flicker(local, len(times), size[0], float(local.uniform(0.01, 0.12)), self.device)
        rgb = degrade(local, rgb.clamp(0, 1))
        alpha = alpha.clamp(0, 1)
        trimap = trimap_from_alpha(alpha, random_element(local, *self.options.trimap_radius).to(self.device))
        remembered = trimap[:memories]
        if local.random() < self.options.painted:
            remembered = torch.stack([paint_trimap(local, a, self.options.trimap_radius) for a in alpha[:memories]])
        return rgb[memories:], alpha[memories:], trimap[memories:], rgb[:memories], remembered

    def _exposure(self, rng: np.random.Generator, times: Tensor, size: tuple[int, int]) -> _Exposure:
        readout = float(rng.uniform(0.2, 1)) if rng.random() < self.options.rolling else 0.0
        if rng.random() >= self.options.motion_blur:
            return _Exposure(Moments(times, size, readout), 1)
        samples, shutter = self.options.shutter_samples, float(rng.uniform(0.3, 1.2))
        open_at = torch.linspace(-0.5, 0.5, samples, device=self.device) * shutter
        return _Exposure(Moments((times[:, None] + open_at).flatten(), size, readout), samples)

    def _object(self, rng: np.random.Generator, fg: Foreground, exposure: _Exposure, options: LayerOptions) -> Tensor:
        return exposure.shown(foreground_layer(rng, self.pack, fg, exposure.moments, options))

    def _with_distractors(self, rng: np.random.Generator, back: Tensor, fg: Foreground, exposure: _Exposure) -> Tensor:
        if rng.random() >= self.options.distractor:
            return back
        for _ in range(int(rng.integers(1, 3))):
            other = fg if rng.random() < 0.12 else self._foreground(rng)
            options = _SMALL if rng.random() < 0.5 else self.options.layers
            layer = self._object(rng, other, exposure, options)
            back = layer[:, :3] + (1 - layer[:, 3:]) * back
        return back


def _over(front: Tensor, behind: Tensor) -> Tensor:
    """Composite premultiplied (N, 4, H, W) layers."""
    return front + (1 - front[:, 3:]) * behind


def _towards(back: Tensor, target: Tensor, amount: float) -> Tensor:
    """Move the mean colour of the background towards that of the object."""
    own = back.mean((0, 2, 3))
    wanted = target[:, :3].sum((0, 2, 3)) / target[:, 3].sum().clamp(min=1)
    return (back + amount * (wanted - own)[:, None, None]).clamp(0, 1)
