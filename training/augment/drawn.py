"""Foregrounds that photographs give too few of: hair, fur, smoke, glass, holes, thin structures; drawn on the device.

Everything follows from one draw of numbers, so a seed gives the same picture on any device up to rounding.
"""

from __future__ import annotations

import math
from typing import Final, Literal, get_args

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..datasets import Foreground
from .strands import Strands, draw_strands

__all__ = ["DRAWN_KINDS", "DrawnKind", "body", "draw_foreground", "fractal_noise"]

DrawnKind = Literal["hair", "fur", "smoke", "glass", "holes", "thin"]
DRAWN_KINDS: Final[tuple[DrawnKind, ...]] = get_args(DrawnKind)


def fractal_noise(rng: np.random.Generator, side: int, device: torch.device, *, coarsest: int = 3) -> Tensor:
    """Return (side, side) noise of mean 0 and variance about 1 whose detail falls with its size."""
    total = torch.zeros(side, side, device=device)
    knots, weight, power = coarsest, 1.0, 0.0
    while knots < side / 2:
        cells = torch.from_numpy(rng.normal(size=(1, 1, knots, knots)).astype(np.float32)).to(device)
        total = total + weight * F.interpolate(cells, (side, side), mode="bicubic", align_corners=True)[0, 0]
        power += weight * weight * 0.5  # bicubic halves the variance, about
        knots, weight = knots * 2, weight * 0.6
    return total / math.sqrt(power)


def _radius(rng: np.random.Generator) -> tuple[float, np.ndarray]:
    """Return the mean radius of a body, relative to half the side, and (k, 2) amplitudes of its waves."""
    waves = rng.normal(size=(6, 2)) * 0.12 / np.arange(1, 7)[:, None]
    waves[0] = 0  # a shift, not a shape
    return float(rng.uniform(0.45, 0.62)), waves


def _reach(angle: Tensor, mean: float, waves: np.ndarray) -> Tensor:
    """Return the radius of a body in a direction, relative to half the side."""
    reach = torch.full_like(angle, mean)
    for order, (cosine, sine) in enumerate(waves, start=1):
        reach = reach + mean * (float(cosine) * torch.cos(order * angle) + float(sine) * torch.sin(order * angle))
    return reach


def body(rng: np.random.Generator, side: int, device: torch.device, *, softness: float = 1.0) -> Tensor:
    """Return the alpha (side, side) of a smooth round body; its edge is ``softness`` pixels wide."""
    return _body(side, device, _radius(rng), softness)


def _body(side: int, device: torch.device, shape: tuple[float, np.ndarray], softness: float = 1.0) -> Tensor:
    line = torch.linspace(-1, 1, side, device=device)
    y, x = line[:, None], line[None, :]
    inside = _reach(torch.atan2(y, x.expand(side, -1)), *shape) - torch.hypot(x.expand(side, -1), y.expand(-1, side))
    return (inside * side / 2 / softness + 0.5).clamp(0, 1)


def _contour(rng: np.random.Generator, shape: tuple[float, np.ndarray], angles: np.ndarray, depth: float) -> np.ndarray:
    """Return (n, 2) points x, y at or a little inside the contour of a body; -1..1."""
    reach = _reach(torch.from_numpy(angles), *shape).numpy() * (1 - depth * rng.random(len(angles)))
    return np.stack([reach * np.cos(angles), reach * np.sin(angles)], 1)


def _hair(rng: np.random.Generator, side: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Locks that grow from the upper part of a head, hang, curl and part."""
    shape = _radius(rng)
    count = int(rng.integers(120, 600))
    angles = rng.uniform(-math.pi - 0.4, 0.4, count)  # y points down: the upper half and the temples
    roots = _contour(rng, shape, angles, 0.3)
    lock = np.sin(angles * rng.integers(5, 15) + rng.uniform(0, 6)) * rng.uniform(0, 0.6)  # neighbours go together
    lean = angles + lock + rng.normal(0, 0.25, count)
    length = rng.uniform(0.05, rng.uniform(0.15, 0.6), count)[:, None]
    middle = roots + 0.5 * length * np.stack([np.cos(lean), np.sin(lean)], 1)
    lean = lean + rng.normal(0, 0.8, count)
    tips = middle + 0.5 * length * np.stack([np.cos(lean), np.sin(lean) + rng.uniform(0, 1.2)], 1)
    strands = Strands(roots, middle, tips, width=rng.uniform(0.6, 1.6, count), opacity=rng.uniform(0.5, 1, count))
    alpha, shade = draw_strands(strands, side, device, shades=rng.uniform(0.4, 1, count))
    return torch.maximum(alpha, _body(side, device, shape)), shade


def _fur(rng: np.random.Generator, side: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Short dense hairs all around a body."""
    shape = _radius(rng)
    count = int(rng.integers(900, 2500))
    angles = rng.uniform(0, 2 * math.pi, count)
    roots = _contour(rng, shape, angles, 0.15)
    swirl = rng.uniform(-0.9, 0.9) + 0.4 * np.sin(3 * angles + rng.uniform(0, 6))
    lean = angles + swirl + rng.normal(0, 0.3, count)
    length = (rng.uniform(0.03, 0.16) * rng.uniform(0.4, 1, count))[:, None]
    tips = roots + length * np.stack([np.cos(lean), np.sin(lean)], 1)
    strands = Strands(roots, (roots + tips) / 2, tips, width=np.full(count, 0.9), opacity=rng.uniform(0.6, 1, count))
    alpha, shade = draw_strands(strands, side, device, shades=rng.uniform(0.5, 1, count))
    return torch.maximum(alpha, _body(side, device, shape)), shade


def _smoke(rng: np.random.Generator, side: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """A cloud that thins out around a small dense core."""
    noise = fractal_noise(rng, side, device)
    mean, waves = _radius(rng)
    falloff = _body(side, device, (mean + 0.15, waves), softness=side / 5)
    cloud = torch.sigmoid((noise - float(rng.uniform(-0.6, 0.4))) * float(rng.uniform(1.2, 3))) * falloff
    core = _body(side, device, (mean * float(rng.uniform(0.25, 0.5)), waves), softness=float(rng.uniform(2, 20)))
    return torch.maximum(cloud * float(rng.uniform(0.4, 0.95)), core), 0.75 + 0.25 * torch.tanh(noise)


def _glass(rng: np.random.Generator, side: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """A vessel one sees through, with a rim, reflections and a solid foot."""
    mean, waves = _radius(rng)
    outer = _body(side, device, (mean, waves), softness=1.5)
    inner = _body(side, device, (mean - float(rng.uniform(0.02, 0.08)), waves), softness=float(rng.uniform(2, 12)))
    noise = fractal_noise(rng, side, device)
    shine = torch.sigmoid((noise - float(rng.uniform(1.0, 1.8))) * 8) * float(rng.uniform(0.4, 1))
    inside = torch.maximum(torch.full_like(noise, float(rng.uniform(0.05, 0.35))), shine)
    foot = torch.linspace(-1, 1, side, device=device)[:, None] > mean * float(rng.uniform(0.3, 0.7))
    rim = torch.lerp(torch.full_like(inside, 0.85), inside, inner)
    return outer * torch.maximum(rim, foot.float()), (0.6 + shine).clamp(max=1)


def _holes(rng: np.random.Generator, side: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Lace, a net, a fence: a body with many openings, in rows or anywhere."""
    line = torch.linspace(-1, 1, side, device=device)
    turn = rng.uniform(0, math.pi)
    x = line[None, :] * math.cos(turn) - line[:, None] * math.sin(turn)
    y = line[None, :] * math.sin(turn) + line[:, None] * math.cos(turn)
    solid = _body(side, device, _radius(rng))
    if rng.random() < 0.6:  # rows
        across, down = rng.uniform(4, 14, 2)
        wave = torch.cos(math.pi * across * x) * torch.cos(math.pi * down * y).abs()
        opening = (wave.abs() - float(rng.uniform(0.25, 0.7))) * side / (math.pi * max(across, down))
    else:
        opening = torch.full((side, side), -1.0, device=device)
        for _ in range(int(rng.integers(3, 16))):
            cx, cy = rng.uniform(-0.5, 0.5, 2)
            size, squeeze = rng.uniform(0.03, 0.2), rng.uniform(0.5, 1)
            opening = torch.maximum(opening, (size - torch.hypot(x - cx, (y - cy) / squeeze)) * side / 2)
    return solid * (1 - opening.add(0.5).clamp(0, 1)), torch.ones(side, side, device=device)


def _thin(rng: np.random.Generator, side: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Spokes of a wheel, wires, or twigs that branch off each other."""
    way = int(rng.integers(3))
    count = int(rng.integers(8, 30))
    if way == 0:  # spokes and their rim
        angles = np.arange(count) / count * 2 * math.pi + rng.uniform(0, 6)
        ring = np.stack([np.cos(angles), np.sin(angles)], 1) * rng.uniform(0.5, 0.8)
        roots, tips = np.concatenate([ring * 0.15, ring]), np.concatenate([ring, np.roll(ring, 1, 0)])
    elif way == 1:
        roots, tips = rng.uniform(-0.15, 0.15, (count // 2, 2)), rng.uniform(-0.85, 0.85, (count // 2, 2))
    else:
        roots, tips = np.array([[0.0, 0.9]]), np.array([[rng.uniform(-0.2, 0.2), -0.3]])
        for _ in range(count):
            parent, at = int(rng.integers(len(roots))), rng.uniform(0.2, 1)
            start = roots[parent] + at * (tips[parent] - roots[parent])
            step = 0.6 * (tips[parent] - roots[parent]) @ _turn(rng.choice([-1, 1]) * rng.uniform(0.3, 1))
            roots, tips = np.vstack([roots, start]), np.vstack([tips, start + step])
    middle = (roots + tips) / 2 + rng.normal(0, 0.03, roots.shape)
    width = rng.uniform(1, rng.uniform(2, 9), len(roots))
    strands = Strands(roots, middle, tips, width=width, opacity=np.ones(len(roots)), taper=0.4 if way == 2 else 0.0)
    alpha, shade = draw_strands(strands, side, device, shades=rng.uniform(0.5, 1, len(roots)))
    hub = _body(side, device, (float(rng.uniform(0.1, 0.3)), np.zeros((1, 2))))
    return torch.maximum(alpha, hub), shade


def _turn(angle: float) -> np.ndarray:
    return np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])


_DRAWERS = {"hair": _hair, "fur": _fur, "smoke": _smoke, "glass": _glass, "holes": _holes, "thin": _thin}


def draw_foreground(
    rng: np.random.Generator, photo: Tensor, kind: DrawnKind | None = None, *, side: int = 320
) -> Foreground:
    """Draw one object.

    Args:
        rng: source of every draw.
        photo: (3, h, w) uint8, whose colours the object takes; on the device to draw on.
        kind: what to draw; ``None``: any.
        side: of the square picture, in pixels.
    """
    chosen = kind or DRAWN_KINDS[int(rng.integers(len(DRAWN_KINDS)))]
    alpha, shade = _DRAWERS[chosen](rng, side, photo.device)
    colour = F.interpolate(photo.float()[None], (side, side), mode="bilinear", antialias=True)[0]
    plain = colour.mean((1, 2), keepdim=True)
    colour = torch.lerp(colour, plain, float(rng.uniform(0, 1)) if chosen in {"hair", "fur", "thin"} else 0.3)
    if chosen in {"smoke", "glass"}:  # grey, mostly light
        colour = torch.lerp(torch.full_like(colour, float(rng.uniform(60, 250))), colour, float(rng.uniform(0, 0.4)))
    rgba = torch.cat([(colour * shade).clamp(0, 255) * alpha, alpha[None] * 255])
    return Foreground(rgba.round().to(torch.uint8), f"drawn-{chosen}", frozenset())
