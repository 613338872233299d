"""Smooth motion: waves over time, paths of affine poses, elastic and articulated deformation of sampling grids.

Everything is a function of time (in frames, any real number), so that a memory frame may lie far from the queries and
a shutter may be open between two frames.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

__all__ = ["Joint", "Path", "Wave", "elastic_shift", "random_wave", "warp_points"]

_GRID_STEP = 4


@dataclass(frozen=True, slots=True)
class Wave:
    """``base`` plus a sum of sinusoids."""

    base: float
    terms: tuple[tuple[float, float, float], ...]
    """(amplitude, radians per frame, phase) each."""

    def at(self, times: Tensor) -> Tensor:
        """Values (N,) at ``times`` (N,)."""
        value = torch.full_like(times, self.base)
        for amplitude, speed, phase in self.terms:
            value = value + amplitude * torch.sin(speed * times + phase)
        return value


def random_wave(rng: np.random.Generator, base: float, amplitude: float, speed: float) -> Wave:
    """Draw a wave of two sinusoids.

    Args:
        rng: source of the draw.
        base: mean value.
        amplitude: largest distance from the base.
        speed: largest change per frame; short periods get a small amplitude.
    """
    terms = []
    for _ in range(2):
        omega = 2 * math.pi / rng.uniform(7, 70)
        size = min(amplitude / 2, speed / omega / 2) * rng.uniform(0.1, 1.0)
        terms.append((float(size), float(omega), float(rng.uniform(0, 2 * math.pi))))
    return Wave(base, tuple(terms))


@dataclass(frozen=True, slots=True)
class Path:
    """Pose of a layer over time: where its centre is, how large and how far turned it is."""

    x: Wave
    """Centre, in pixels from the centre of the frame."""
    y: Wave
    log_scale: Wave
    """Natural logarithm of frame pixels per layer pixel."""
    angle: Wave
    """Radians."""


@dataclass(frozen=True, slots=True)
class Joint:
    """A part of the object, behind a soft line through a pivot, that turns by itself."""

    pivot: tuple[float, float]
    """Relative to the half size of the layer."""
    normal: tuple[float, float]
    sharpness: float
    angle: Wave


def elastic_shift(rng: np.random.Generator, times: Tensor, amplitude: float) -> Tensor:
    """Return (N, 2, k, k) displacements in pixels at control points over the frame; they sway over time.

    Args:
        rng: source of the draw.
        times: (N,) in frames.
        amplitude: typical displacement in pixels.
    """
    knots = int(rng.integers(3, 7))
    fields = torch.from_numpy(rng.normal(size=(3, 2, knots, knots)).astype(np.float32)).to(times.device) * amplitude
    omega = 2 * math.pi / rng.uniform(10, 60)
    weights = torch.stack([torch.full_like(times, 0.6), torch.sin(omega * times), torch.cos(0.7 * omega * times)], 1)
    return torch.einsum("nk,kcij->ncij", weights, fields)


def _bend(points: Tensor, times: Tensor, joint: Joint) -> Tensor:
    """Turn the part behind the joint's line; points (N, H, W, 2) relative to the half size."""
    pivot = points.new_tensor(joint.pivot)
    offset = points - pivot
    side = offset @ points.new_tensor(joint.normal)
    angle = joint.angle.at(times)[:, None, None] * torch.sigmoid(side * joint.sharpness)
    sine, cosine = torch.sin(angle), torch.cos(angle)
    x, y = offset[..., 0], offset[..., 1]
    return torch.stack([cosine * x - sine * y, sine * x + cosine * y], -1) + pivot


def warp_points(
    path: Path,
    times: Tensor,
    frame_size: tuple[int, int],
    layer_size: tuple[int, int],
    *,
    shift: Tensor | None = None,
    joints: tuple[Joint, ...] = (),
) -> Tensor:
    """Say where each frame pixel lies in the layer.

    Args:
        path: pose of the layer.
        times: (N,) in frames.
        frame_size: (height, width) of the frame.
        layer_size: (height, width) of the layer, in layer pixels.
        shift: (N, 2, k, k) extra displacement in frame pixels at control points.
        joints: parts that turn by themselves.

    Returns:
        (N, H, W, 2) positions for ``grid_sample`` with ``align_corners=False``: -1 and 1 are the layer's borders.
    """
    height, width = frame_size
    device = times.device
    rows, columns = height // _GRID_STEP + 1, width // _GRID_STEP + 1  # smooth: exact enough at every fourth pixel
    ys = torch.linspace(-(height - 1) / 2, (height - 1) / 2, rows, device=device)
    xs = torch.linspace(-(width - 1) / 2, (width - 1) / 2, columns, device=device)
    points = torch.stack([xs.expand(rows, -1), ys[:, None].expand(-1, columns)], -1)[None]  # (1, rows, columns, 2)
    if shift is not None:
        fine = F.interpolate(shift, (rows, columns), mode="bicubic", align_corners=True)
        points = points + fine.permute(0, 2, 3, 1)
    centre = torch.stack([path.x.at(times), path.y.at(times)], -1)[:, None, None]
    angle, scale = path.angle.at(times), torch.exp(path.log_scale.at(times))
    sine, cosine = torch.sin(angle) / scale, torch.cos(angle) / scale
    turn = torch.stack([torch.stack([cosine, -sine], -1), torch.stack([sine, cosine], -1)], -2)  # (N, 2, 2)
    local = torch.einsum("nhwi,nij->nhwj", (points - centre).expand(len(times), -1, -1, -1), turn)
    half = max(layer_size) / 2
    for joint in joints:
        local = _bend(local / half, times, joint) * half
    local = (local / local.new_tensor([layer_size[1] / 2, layer_size[0] / 2])).permute(0, 3, 1, 2)
    return F.interpolate(local, (height, width), mode="bilinear", align_corners=True).permute(0, 2, 3, 1)
