"""How a still foreground moves over a background in DVM's composites: a random walk with turns and zoom."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image

__all__ = ["Pose", "paste", "random_walk"]

_NEW_DIRECTION = 20
"""Frames after which all velocities are drawn anew."""
_MARGIN = 0.05
_MOST_TURN = 60.0
_ZOOM = (0.9, 1.1)


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the foreground is in one frame."""

    x: float
    """Centre, in pixels from the left of the canvas."""
    y: float
    angle: float
    """Degrees, counterclockwise."""
    zoom: float


def random_walk(rng: np.random.Generator, num_frames: int, canvas: tuple[int, int]) -> list[Pose]:
    """Draw a walk over a canvas of (height, width) pixels, from its middle.

    Every 20 frames come a speed of 0.5 to 2 pixels a frame in a new direction, a turn of up to 1 degree and a change
    of zoom of up to 0.015 a frame. The centre is reflected at 5 % and 95 % of the canvas.

    Source: Sun et al., DVM, CVPR 2021, data preparation of the release.
    """
    height, width = canvas
    x, y, angle, zoom = width / 2, height / 2, 0.0, _ZOOM[0]
    step_x = step_y = turn = growth = 0.0
    poses = []
    for frame in range(num_frames):
        if frame % _NEW_DIRECTION == 0:
            speed, direction = rng.uniform(0.5, 2), rng.uniform(0, 2 * math.pi)
            step_x, step_y = speed * math.cos(direction), speed * math.sin(direction)
            turn, growth = rng.uniform(-1, 1), rng.uniform(-0.015, 0.015)
        poses.append(Pose(x, y, angle, zoom))
        x, step_x = _reflected(x + step_x, step_x, width)
        y, step_y = _reflected(y + step_y, step_y, height)
        angle = min(max(angle + turn, -_MOST_TURN), _MOST_TURN)
        zoom = min(max(zoom + growth, _ZOOM[0]), _ZOOM[1])
    return poses


def _reflected(place: float, step: float, side: int) -> tuple[float, float]:
    low, high = _MARGIN * side, (1 - _MARGIN) * side
    if place < low:
        return min(2 * low - place, high), -step
    if place > high:
        return max(2 * high - place, low), -step
    return place, step


def paste(picture: np.ndarray, pose: Pose, canvas: tuple[int, int]) -> np.ndarray:
    """Return ``picture`` (h, w, 4) uint8 RGBA, straight, turned and zoomed about its centre on an empty canvas.

    Args:
        picture: the foreground.
        pose: where it goes.
        canvas: (height, width) in pixels.

    Returns:
        (H, W, 4) uint8, straight; transparent off the picture.
    """
    sine, cosine = (function(math.radians(pose.angle)) / pose.zoom for function in (math.sin, math.cos))
    middle_y, middle_x = (side / 2 for side in picture.shape[:2])
    matrix = (  # from a place on the canvas to one in the picture; y points down
        cosine,
        -sine,
        middle_x - cosine * pose.x + sine * pose.y,
        sine,
        cosine,
        middle_y - sine * pose.x - cosine * pose.y,
    )
    size = (canvas[1], canvas[0])
    framed = Image.fromarray(picture)  # Pillow resamples RGBA premultiplied, so no dark fringe comes in
    return np.asarray(framed.transform(size, Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC))
