"""One moving picture over time: a foreground on a path, a photograph that is panned, a snippet that plays."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..datasets import Foreground, Pack
from .appearance import colour_shift, drift
from .camera import defocus, roll_rows
from .motion import Joint, Path, elastic_shift, random_wave, warp_points

__all__ = ["LayerOptions", "Moments", "background_layer", "foreground_layer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerOptions:
    """How much layers move and change."""

    size_low: float = 0.4
    """Smallest object, relative to the frame (its height or width, whichever fills more)."""
    size_high: float = 1.15
    """Largest object."""
    travel: float = 0.22
    """Largest distance of the centre from its mean, relative to the frame's short side."""
    speed: float = 0.045
    """Largest displacement per frame, relative to the frame's short side."""
    elastic: float = 0.025
    """Typical elastic displacement, relative to the short side."""
    colour: float = 0.13
    """Strength of the colour change per layer."""
    light: float = 0.2
    """Largest change of light over time."""
    defocus: float = 0.15
    """Share of layers that lie out of focus."""
    softest: float = 0.02
    """Radius of the largest disc of defocus, relative to the frame's short side."""


@dataclass(frozen=True, slots=True)
class Moments:
    """When a layer is seen, and how large the frame is."""

    times: Tensor
    """(N,) in frames: when the top row is exposed."""
    size: tuple[int, int]
    """(height, width) in pixels."""
    readout: float = 0.0
    """Frames that pass until the bottom row is exposed; 0: all rows at once."""


def _rolled(warp: Callable[[Tensor], Tensor], moments: Moments) -> Tensor:
    """Return sampling positions whose rows are exposed one after the other."""
    grid = warp(moments.times)
    return grid if moments.readout == 0 else roll_rows(grid, warp(moments.times + moments.readout))


def _sample(layer: Tensor, grid: Tensor, padding: str) -> Tensor:
    """Sample (C, h, w) or (N, C, h, w) bytes at (N, H, W, 2), smoothed first where they are shrunk; 0..1."""
    return F.grid_sample(layer, grid, mode="bilinear", padding_mode=padding, align_corners=False)


def _shrunk(layer: Tensor, scale: float) -> Tensor:
    """Return (1 or N, C, h, w) as floats 0..1, reduced if the frame shows it at ``scale`` < 1."""
    layer = (layer if layer.dim() == 4 else layer[None]).float() / 255
    if scale > 0.75:
        return layer
    size = [max(4, round(n * scale * 1.15)) for n in layer.shape[-2:]]
    return F.interpolate(layer, size, mode="bilinear", antialias=True)


def _place(rng: np.random.Generator, fg: Foreground, frame: tuple[int, int], options: LayerOptions) -> Path:
    """Draw a path that keeps cut borders at or outside the border of the frame, most of the time."""
    height, width = frame
    short = min(frame)
    tall, wide = fg.rgba.shape[1:]
    size = rng.uniform(options.size_low, options.size_high)
    fit = min(height / tall, width / wide) if rng.random() < 0.6 else height / tall
    scale = size * fit
    if {"top", "bottom"} <= fg.cut_at:
        scale = max(scale, 0.95 * height / tall)
    if {"left", "right"} <= fg.cut_at:
        scale = max(scale, 0.95 * width / wide)
    half_h, half_w = tall * scale / 2, wide * scale / 2
    x = rng.uniform(-0.5, 0.5) * max(width - half_w, 0.3 * width)
    y = rng.uniform(-0.5, 0.5) * max(height - half_h, 0.3 * height)
    low, high = -0.03 * short, 0.12 * short
    if "bottom" in fg.cut_at:
        y = height / 2 - half_h + rng.uniform(low, high)
    elif "top" in fg.cut_at:
        y = -height / 2 + half_h - rng.uniform(low, high)
    if "right" in fg.cut_at and "left" not in fg.cut_at:
        x = width / 2 - half_w + rng.uniform(low, high)
    elif "left" in fg.cut_at and "right" not in fg.cut_at:
        x = -width / 2 + half_w - rng.uniform(low, high)
    turn = 0.08 if fg.cut_at else 0.3
    travel, speed = options.travel * short, options.speed * short * rng.uniform(0.05, 1) ** 1.5
    calm_y = 0.35 if {"top", "bottom"} & fg.cut_at else 1.0
    return Path(
        random_wave(rng, x, travel, speed),
        random_wave(rng, y, travel * calm_y, speed * calm_y),
        random_wave(rng, math.log(scale), 0.25, 0.02),
        random_wave(rng, rng.normal(0, turn / 2), turn, 0.03),
    )


def _joints(rng: np.random.Generator) -> tuple[Joint, ...]:
    joints = []
    for _ in range(int(rng.choice([0, 1, 2], p=[0.4, 0.35, 0.25]))):
        direction = rng.uniform(0, 2 * math.pi)
        pivot = rng.uniform(-0.6, 0.6, 2)
        joints.append(
            Joint(
                (float(pivot[0]), float(pivot[1])),
                (math.cos(direction), math.sin(direction)),
                float(rng.uniform(6, 25)),
                random_wave(rng, rng.normal(0, 0.15), 0.5, 0.08),
            )
        )
    return tuple(joints)


def _hold_cut_sides(grid: Tensor, fg: Foreground) -> Tensor:
    """Repeat the last row or column of sides that cut the object, so that no straight edge enters the frame."""
    x, y = grid[..., 0], grid[..., 1]
    limit_x, limit_y = 1 - 3 / fg.rgba.shape[2], 1 - 3 / fg.rgba.shape[1]
    x = x.clamp(min=-limit_x) if "left" in fg.cut_at else x
    x = x.clamp(max=limit_x) if "right" in fg.cut_at else x
    y = y.clamp(min=-limit_y) if "top" in fg.cut_at else y
    y = y.clamp(max=limit_y) if "bottom" in fg.cut_at else y
    return torch.stack([x, y], -1)


def _texture(rng: np.random.Generator, rgba: Tensor, pack: Pack) -> Tensor:
    """Replace the colours of (4, h, w) bytes by a photograph: shape says nothing about appearance."""
    photo = pack.backgrounds[int(rng.integers(len(pack.backgrounds)))].float()[None]
    colour = F.interpolate(photo, list(rgba.shape[1:]), mode="bilinear", antialias=True)[0]
    alpha = rgba[3:].float()
    return torch.cat([colour * alpha / 255, alpha])


def foreground_layer(
    rng: np.random.Generator,
    pack: Pack,
    fg: Foreground,
    moments: Moments,
    options: LayerOptions,
) -> Tensor:
    """Return (N, 4, H, W) premultiplied RGBA in 0..1 of one object."""
    times, frame = moments.times, moments.size
    path = _place(rng, fg, frame, options)
    flip = rng.random() < 0.5 and not {"left", "right"} & fg.cut_at
    rgba: Tensor = fg.rgba.flip(-1) if flip else fg.rgba
    if rng.random() < (0.12 if fg.kind == "photo" else 0.35):
        rgba = _texture(rng, rgba, pack)
    shift = None
    if rng.random() < 0.6:
        amplitude = options.elastic * min(frame) * rng.uniform(0.2, 1)
        shift = elastic_shift(rng, times, amplitude)
    joints = _joints(rng)

    def warp(at: Tensor) -> Tensor:
        return warp_points(path, at, frame, (rgba.shape[1], rgba.shape[2]), shift=shift, joints=joints)

    grid = _rolled(warp, moments)
    layer = _shrunk(rgba, math.exp(path.log_scale.base))
    layer = _sample(layer.expand(len(times), -1, -1, -1), _hold_cut_sides(grid, fg), "zeros")
    alpha = layer[:, 3:]
    straight = layer[:, :3] / alpha.clamp(min=1e-3)
    colour = colour_shift(rng, straight.clamp(0, 1), options.colour) * drift(rng, times, options.light)
    return _focused(rng, torch.cat([colour.clamp(0, 1) * alpha, alpha], 1), options)


def _focused(rng: np.random.Generator, layer: Tensor, options: LayerOptions) -> Tensor:
    """Put a layer out of focus, now and then."""
    if rng.random() >= options.defocus:
        return layer
    return defocus(layer, float(rng.uniform(0.1, 1)) * options.softest * min(layer.shape[-2:]))


def background_layer(rng: np.random.Generator, pack: Pack, moments: Moments, options: LayerOptions) -> Tensor:
    """Return (N, 3, H, W) in 0..1: a photograph under a moving camera or, one time in four, real video."""
    times, frame = moments.times, moments.size
    if pack.snippets and rng.random() < 0.25:
        snippet = pack.snippets[int(rng.integers(len(pack.snippets)))]
        period = 2 * (len(snippet) - 1)
        phase = (times.round().long() + int(rng.integers(period))) % period  # plays back and forth
        source = snippet[torch.minimum(phase, period - phase)]
    else:
        source = pack.backgrounds[int(rng.integers(len(pack.backgrounds)))]
    if rng.random() < 0.5:
        source = source.flip(-1)
    tall, wide = source.shape[-2:]
    cover = max(frame[0] / tall, frame[1] / wide)
    zoom = cover * rng.uniform(1.0, 1.8)
    slack_x, slack_y = max(wide * zoom - frame[1], 0) / 2, max(tall * zoom - frame[0], 0) / 2
    speed = options.speed * min(frame) * rng.uniform(0.02, 1) ** 2
    travel = 0.3 * min(frame)
    path = Path(
        random_wave(rng, rng.uniform(-1, 1) * slack_x, travel, speed),
        random_wave(rng, rng.uniform(-1, 1) * slack_y, travel, speed / 2),
        random_wave(rng, math.log(zoom), 0.12, 0.01),
        random_wave(rng, rng.normal(0, 0.03), 0.06, 0.01),
    )
    grid = _rolled(lambda at: warp_points(path, at, frame, (tall, wide)), moments)
    layer = _shrunk(source, zoom)
    layer = _sample(layer.expand(len(times), -1, -1, -1), grid, "reflection")
    colour = colour_shift(rng, layer.clamp(0, 1), options.colour) * drift(rng, times, options.light)
    return _focused(rng, colour.clamp(0, 1), options)
