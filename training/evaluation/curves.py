"""Curves over frames as inline SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

__all__ = ["COLOURS", "draw_curves"]

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f")
"""Told apart by most colour-blind people; the first is ours. Source: Okabe and Ito."""

_WIDTH, _HEIGHT = 440, 170
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 10, 24, 22


def _step(span: float) -> float:
    """Return a round distance between some four ticks."""
    if span <= 0:
        return 1.0
    rough = span / 4
    power = 10 ** math.floor(math.log10(rough))
    return float(next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough))


def draw_curves(title: str, lines: Mapping[str, Sequence[float | None]], *, spacing: float = 1.0) -> str:
    """Return an SVG with a line per name over the frames from 0; gaps where a value is missing.

    Args:
        title: of the chart.
        lines: name -> values at equal distances.
        spacing: what the distance between two values counts on the axis.
    """
    values = [value for line in lines.values() for value in line if value is not None]
    highest = max(values, default=0.0) or 1.0
    count = max((len(line) for line in lines.values()), default=1)
    step = _step(highest)
    top = math.ceil(highest / step) * step

    def x(frame: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * frame / max(count - 1, 1)

    def y(value: float) -> float:
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * value / top

    parts = [
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(title)}">',
        f'<text x="{_LEFT}" y="14" class="title">{escape(title)}</text>',
    ]
    for tick in range(round(top / step) + 1):
        at = y(tick * step)
        parts.append(f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{at:.1f}" y2="{at:.1f}" class="grid"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{at + 3.5:.1f}" class="tick end">{tick * step:g}</text>')
    apart = max(1, round(_step((count - 1) * spacing)))
    for frame in range(0, math.floor((count - 1) * spacing) + 1, apart):
        parts.append(f'<text x="{x(frame / spacing):.1f}" y="{_HEIGHT - 6}" class="tick middle">{frame}</text>')
    coloured = list(zip(COLOURS * (1 + len(lines) // len(COLOURS)), lines.items(), strict=False))
    for colour, (name, line) in reversed(coloured):  # the first one on top
        for run in _runs(line):
            points = " ".join(f"{x(frame):.1f},{y(value):.1f}" for frame, value in run)
            parts.append(f'<polyline points="{points}" stroke="{colour}"><title>{escape(name)}</title></polyline>')
    return "".join([*parts, "</svg>"])


def _runs(line: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """Split a line at missing values."""
    runs: list[list[tuple[int, float]]] = [[]]
    for frame, value in enumerate(line):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((frame, value))
    return [run for run in runs if run]
