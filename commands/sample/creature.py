"""The foreground: a ball of fur. Every strand is a curve with a colour of its own, swaying as the ball moves."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image, ImageDraw

_JOINTS: Final = 7
"""Points of a strand."""
_LIGHT: Final = np.array([-0.5, -0.8])
"""Direction of the light, x right, y down."""


@dataclass(frozen=True, slots=True)
class Creature:
    """Fur and whiskers in units of the body's radius; roots by distance from the rim inwards."""

    roots: np.ndarray
    """(N, 2) x, y."""
    directions: np.ndarray
    """(N,) angle of growth, radians."""
    lengths: np.ndarray
    """(N,)."""
    widths: np.ndarray
    """(N,)."""
    colours: np.ndarray
    """(N, 3) uint8."""
    phases: np.ndarray
    """(N,) of the sway, radians."""

    @classmethod
    def grow(cls, *, seed: int, strands: int = 3800, whiskers: int = 26) -> "Creature":
        """Grow the fur of one creature."""
        rng = np.random.default_rng(seed)
        count = strands + whiskers
        angles = rng.uniform(0, 2 * np.pi, count)
        radii = np.sqrt(rng.uniform(0, 1, count)) * 0.97
        radii[strands:] = 0.55
        order = np.concatenate([np.argsort(-radii[:strands]), np.arange(strands, count)])
        roots = np.stack([np.cos(angles), np.sin(angles)], axis=1) * radii[:, None]
        lengths = rng.uniform(0.16, 0.34, count) * (1 + 0.5 * (rng.random(count) < 0.04))
        lengths[strands:] = rng.uniform(0.8, 1.3, whiskers)
        widths = rng.uniform(0.008, 0.02, count)
        widths[strands:] = 0.007
        shade = 0.62 + 0.38 * (roots @ _LIGHT) / np.linalg.norm(_LIGHT) + rng.normal(0, 0.1, count)
        base = np.array([225.0, 150.0, 80.0]) + rng.normal(0, 14, (count, 3))
        colours = np.clip(base * np.clip(shade, 0.25, 1.15)[:, None], 0, 255)
        colours[strands:] = 235
        directions = angles + rng.normal(0, 0.35, count)
        directions[strands:] = np.where(np.cos(angles[strands:]) > 0, 0, np.pi) + rng.normal(0, 0.3, whiskers)
        phases = rng.uniform(0, 2 * np.pi, count)
        return cls(roots[order], directions[order], lengths[order], widths[order], colours[order], phases[order])


def draw_creature(creature: Creature, frame: int, size: tuple[int, int]) -> tuple[Image.Image, Image.Image]:
    """Return colour on black and alpha of ``frame``, each of ``size`` (width, height)."""
    width, height = size
    radius = height * 0.24
    beat = frame / 24 * 2 * np.pi
    centre = np.array([width * (0.36 + 0.011 * frame), height * (0.56 - 0.07 * abs(np.sin(beat)))])
    turn = 0.22 * np.sin(beat)
    colour, alpha = Image.new("RGB", size), Image.new("L", size)
    draw_colour, draw_alpha = ImageDraw.Draw(colour), ImageDraw.Draw(alpha)
    box = [*(centre - radius), *(centre + radius)]
    draw_colour.ellipse(box, fill=(96, 60, 34))
    draw_alpha.ellipse(box, fill=255)
    for points, breadth, tint in _strands(creature, frame, centre, radius, turn):
        draw_colour.line(points, fill=tint, width=breadth, joint="curve")
        draw_alpha.line(points, fill=255, width=breadth, joint="curve")
    _draw_face(draw_colour, centre, radius, turn)
    return colour, alpha


def _strands(
    creature: Creature, frame: int, centre: np.ndarray, radius: float, turn: float
) -> list[tuple[list[tuple[float, float]], int, tuple[int, int, int]]]:
    """Return points, width and colour of every strand, in pixels, the rim first."""
    along = np.linspace(0, 1, _JOINTS)[None, :]  # (1, J)
    sway = 0.35 * np.sin(frame / 24 * 4 * np.pi + creature.phases * 0.3)[:, None]
    bend = (creature.directions + turn)[:, None] + sway * along**2
    steps = creature.lengths[:, None] / _JOINTS
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    roots = creature.roots @ rotation
    x = roots[:, :1] + np.cumsum(np.cos(bend) * steps, axis=1)
    y = roots[:, 1:] + np.cumsum(np.sin(bend) * steps, axis=1) + 0.25 * creature.lengths[:, None] * along**2
    points = np.stack([x, y], axis=2) * radius + centre
    breadths = np.maximum(1, np.round(creature.widths * radius)).astype(int)
    tints = creature.colours.astype(int)
    return [
        ([(float(px), float(py)) for px, py in strand], int(breadth), (int(r), int(g), int(b)))
        for strand, breadth, (r, g, b) in zip(points, breadths, tints, strict=True)
    ]


def _draw_face(draw: ImageDraw.ImageDraw, centre: np.ndarray, radius: float, turn: float) -> None:
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    for x, y, size, tint in (
        (-0.3, -0.18, 0.17, (245, 245, 240)),
        (0.3, -0.18, 0.17, (245, 245, 240)),
        (-0.26, -0.16, 0.09, (20, 20, 26)),
        (0.34, -0.16, 0.09, (20, 20, 26)),
        (0.03, 0.16, 0.08, (60, 30, 34)),
    ):
        middle = np.array([x, y]) @ rotation * radius + centre
        draw.ellipse([*(middle - size * radius), *(middle + size * radius)], fill=tint)
