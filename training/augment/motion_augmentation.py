"""The motion augmentation of RVM and FTP-VM: moves, recolours, blurs and pauses the layers of a clip together.

What happens to the foreground happens to its alpha, frame by frame; all draws come from the generator given, so a
seed names a sample whatever process makes it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from . import clip_colour
from .clip_affine import AffineRanges, eased_affines, random_affine, warp_clip
from .clip_crop import largest_crop, resize_clip
from .easing import random_easing
from .frame_sampler import pause

__all__ = ["Layers", "MotionAugmentation", "augment_layers"]

_STATIC = {"front": AffineRanges(scale=(0.5, 1.0)), "back": AffineRanges(scale=(1.0, 1.5))}


@dataclass(frozen=True, slots=True)
class Layers:
    """A clip that is not composed yet; all frames of 0..1."""

    foreground: Tensor
    """(T, 3, H, W) straight colours."""
    alpha: Tensor
    """(T, 1, H, W)."""
    background: Tensor
    """(T, 3, h, w); of its own size before the augmentation, of the foreground's after it."""

    def composed(self) -> Tensor:
        """Return the foreground over the background, (T, 3, H, W)."""
        return self.foreground * self.alpha + self.background * (1 - self.alpha)


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionAugmentation:
    """How often each step happens; the steps themselves are fixed."""

    size: int = 512
    """Side of the square that comes out, in pixels."""
    front_motion: float = 0.3
    """Of an eased motion of foreground and alpha."""
    back_motion: float = 0.15
    """Of an eased motion of the background."""
    whole_motion: float = 0.15
    """Of an eased motion of all."""
    flip: float = 0.5
    """Of each layer, by itself."""
    noise: float = 0.1
    """Of grain on both colours."""
    colour_jitter: float = 0.3
    """Of each colour, by itself; it drifts over the clip."""
    grey: float = 0.02
    """Of grey colours."""
    sharpen: float = 0.1
    """Of another sharpness of all."""
    blur: float = 0.02
    """Of a blur that changes over the clip; a third each for foreground, background and all."""
    pause: float = 0.03
    """Of a pause."""
    is_resized_first: bool = False
    """Resize before moving, and pause before recolouring (FTP-VM); otherwise last (RVM)."""

    @classmethod
    def video(cls, size: int) -> MotionAugmentation:
        """Return what RVM does to VideoMatte240K."""
        return cls(size=size)

    @classmethod
    def still(cls, size: int) -> MotionAugmentation:
        """Return what RVM does to ImageMatte: a still needs more motion."""
        return cls(size=size, front_motion=0.95, noise=0.05, grey=0.03, sharpen=0.05)

    @classmethod
    def off(cls, size: int) -> MotionAugmentation:
        """Return validation: only the static motion and the size remain."""
        return cls(
            size=size,
            front_motion=0.0,
            back_motion=0.0,
            whole_motion=0.0,
            flip=0.0,
            noise=0.0,
            colour_jitter=0.0,
            grey=0.0,
            sharpen=0.0,
            blur=0.0,
            pause=0.0,
        )

    def resized_first(self) -> MotionAugmentation:
        """Return the same in the order of FTP-VM."""
        return replace(self, is_resized_first=True)


def augment_layers(rng: np.random.Generator, layers: Layers, options: MotionAugmentation) -> Layers:
    """Augment a clip; the result is ``options.size`` pixels square.

    Source: Lin et al., RVM, WACV 2022, section 5; Huang and Lee, FTP-VM, CVPR 2023, section 4.
    """
    front = torch.cat([layers.foreground, layers.alpha], 1)
    back = layers.background
    if options.is_resized_first:
        front, back = _squares(front, back, options.size)
        front, back = _move(rng, front, back, options)
        front, back = _pause(rng, front, back, options)
    else:
        front, back = _move(rng, front, back, options)
        front, back = _squares(front, back, options.size)
    front, back = (clip.flip(-1) if rng.random() < options.flip else clip for clip in (front, back))
    front, back = _recolour(rng, front, back, options)
    front, back = _soften(rng, front, back, options)
    if not options.is_resized_first:
        front, back = _pause(rng, front, back, options)
    return Layers(front[:, :3].contiguous(), front[:, 3:].contiguous(), back.contiguous())


def _squares(front: Tensor, back: Tensor, size: int) -> tuple[Tensor, Tensor]:
    parts = [largest_crop((clip.shape[-2], clip.shape[-1])).cut(clip) for clip in (front, back)]
    return resize_clip(parts[0], (size, size)), resize_clip(parts[1], (size, size))


def _move(rng: np.random.Generator, front: Tensor, back: Tensor, options: MotionAugmentation) -> tuple[Tensor, Tensor]:
    """Move both by the static motion and by eased ones; the matrices are joined, so each is resampled once."""
    count = len(front)
    sizes = {"front": (front.shape[-2], front.shape[-1]), "back": (back.shape[-2], back.shape[-1])}
    matrices = {name: np.stack([np.eye(3)] * count) for name in sizes}

    def move(name: str, motions: list[np.ndarray]) -> None:
        matrices[name] = np.stack(motions) @ matrices[name]

    for name, chance in (("front", options.front_motion), ("back", options.back_motion)):
        if rng.random() < chance:
            move(name, [motion.matrix(sizes[name]) for motion in eased_affines(rng, count, AffineRanges())])
    if rng.random() < options.whole_motion:
        motions = eased_affines(rng, count, AffineRanges())
        for name, size in sizes.items():
            move(name, [motion.matrix(size) for motion in motions])
    for name, size in sizes.items():
        move(name, [random_affine(rng, _STATIC[name]).matrix(size)] * count)
    return warp_clip(front, matrices["front"]), warp_clip(back, matrices["back"])


def _pause(rng: np.random.Generator, front: Tensor, back: Tensor, options: MotionAugmentation) -> tuple[Tensor, Tensor]:
    if rng.random() >= options.pause:
        return front, back
    order = pause(rng, len(front))
    return front[order], back[order]


def _recolour(
    rng: np.random.Generator, front: Tensor, back: Tensor, options: MotionAugmentation
) -> tuple[Tensor, Tensor]:
    """Add grain, let colours drift, take them away."""
    colours, alpha = front[:, :3], front[:, 3:]
    if rng.random() < options.noise:
        grain, is_grey = 1 + 3 * rng.random(), bool(rng.random() < 0.5)
        colours, back = (
            clip_colour.add_grain(rng, clip, grain=grain, amplitude=rng.random() * 0.2 / grain, is_grey=is_grey)
            for clip in (colours, back)
        )
    colours, back = (_drifting(rng, clip) if rng.random() < options.colour_jitter else clip for clip in (colours, back))
    if rng.random() < options.grey:
        colours, back = clip_colour.greyscale(colours), clip_colour.greyscale(back)
    return torch.cat([colours, alpha], 1), back


def _drifting(rng: np.random.Generator, clip: Tensor) -> Tensor:
    """Let brightness, contrast, saturation and hue drift between two draws each."""
    ends = rng.normal(0, 0.1, (4, 2))
    strength, easing = rng.random() * 0.2, random_easing(rng)
    shares = torch.tensor([strength * easing(frame / max(len(clip) - 1, 1)) for frame in range(len(clip))])
    drifts = [float(first) * (1 - shares) + float(last) * shares for first, last in ends]
    for change, drift in zip(
        (clip_colour.brightness, clip_colour.contrast, clip_colour.saturation), drifts[:3], strict=True
    ):
        clip = change(clip, (1 + drift).clamp_min(0.1))
    return clip_colour.hue(clip, (0.1 * drifts[3]).clamp(-0.5, 0.5))


def _soften(
    rng: np.random.Generator, front: Tensor, back: Tensor, options: MotionAugmentation
) -> tuple[Tensor, Tensor]:
    """Sharpen or blur; alpha goes with the foreground."""
    if rng.random() < options.sharpen:
        factor = 8 * rng.random()
        front, back = clip_colour.sharpness(front, factor), clip_colour.sharpness(back, factor)
    for is_front, is_back in ((True, False), (False, True), (True, True)):
        if rng.random() < options.blur / 3:
            sigmas = _eased_sigmas(rng, len(front))
            front = clip_colour.blur(front, sigmas) if is_front else front
            back = clip_colour.blur(back, sigmas) if is_back else back
    return front, back


def _eased_sigmas(rng: np.random.Generator, count: int) -> Tensor:
    first, last = 10 * rng.random(2)
    easing = random_easing(rng)
    shares = [easing(frame / max(count - 1, 1)) for frame in range(count)]
    return torch.tensor([first * (1 - share) + last * share for share in shares]).clamp_min(0)
