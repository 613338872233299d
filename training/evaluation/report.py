"""The page of an evaluation: one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

import numpy as np

from ...core.media import open_clip
from .crops import edge_crops, png_address, thumbnail, worst_frames
from .curves import COLOURS, draw_curves
from .results import OURS, ClipReport, MethodResult
from .table import COLUMNS, Baselines, flat_means, ratios_to

__all__ = ["write_report"]

_CURVES = (("MSE", "MSE x1e3"), ("dtSSD", "dtSSD x1e2"))
_WORST = 3
_STYLE = """
:root { color-scheme: light dark; --ink: #1c1c1e; --soft: #6b6b70; --paper: #fff; --line: #ddd; --best: #0a7d38 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #eee; --soft: #a0a0a6; --paper: #17171a; --line: #3a3a40; --best: #53d18a } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2rem auto;
  max-width: 76rem; padding: 0 1rem }
h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line) }
table { border-collapse: collapse; font-variant-numeric: tabular-nums } .wide { overflow-x: auto }
th, td { padding: .15rem .7rem; text-align: right; border-bottom: 1px solid var(--line) }
th:first-child, td:first-child, td.name, th.name { text-align: left } td.best { color: var(--best); font-weight: 600 }
.row { display: flex; flex-wrap: wrap; gap: .8rem }
.curves { display: grid; grid-template-columns: repeat(auto-fit, minmax(26rem, 1fr)); gap: .5rem 1.5rem }
figure { margin: 0 } figcaption, .soft { color: var(--soft); font-size: .85rem } figure img { display: block }
img.crop { image-rendering: pixelated } .key { display: inline-block; width: .9rem; height: .25rem; margin: 0 .3rem }
svg text { fill: var(--soft); font-size: 10px } svg .title { fill: var(--ink); font-size: 12px }
svg .end { text-anchor: end } svg .middle { text-anchor: middle } svg .grid { stroke: var(--line) }
svg polyline { fill: none; stroke-width: 1.6 }
"""


def write_report(reports: Sequence[ClipReport], baselines: Baselines, path: Path, *, about: str = "") -> Path:
    """Write the page.

    Args:
        reports: at least one clip.
        baselines: clip -> method -> score -> value, known from elsewhere; shown beside what was measured.
        path: the file.
        about: a line under the title, for example the settings.
    """
    parts = [
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Mattes against true alpha</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>',
        f'<h1>Mattes against true alpha</h1><p class="soft">{escape(about)}</p>',
        _ratios(reports, baselines),
        *(_clip(report, baselines) for report in reports),
        '<p class="soft">SAD, Grad, Conn / 1000; MSE x1e3; dtSSD x1e2; means over frames; lower is better. '
        "Band: pixels near a soft or hard edge of the true alpha. Known: as another page gives it, over all its frames."
        "</p></html>",
    ]
    path.write_text("\n".join(parts) + "\n", encoding="utf-8")
    return path


def _ratios(reports: Sequence[ClipReport], baselines: Baselines) -> str:
    found = ratios_to(reports, baselines)
    if not found:
        return ""
    scores = [name for name in COLUMNS if any(name in ratios.mean() for ratios in found)]
    rows = "".join(_cells(ratios.method, len(ratios.by_clip), ratios.mean(), scores) for ratios in found)
    head = "".join(f"<th>{escape(name)}</th>" for name in scores)
    return (
        f"<h2>Ours over theirs</h2><p>Mean over the clips of our score divided by the other's; below 1 ours is better."
        f'</p><div class="wide"><table><tr><th>against</th><th>clips</th>{head}</tr>{rows}</table></div>'
    )


def _cells(name: str, clips: int, means: dict[str, float], scores: list[str]) -> str:
    cells = "".join(
        f'<td class="best">{means[s]:.2f}</td>' if means.get(s, 1) < 1 else f"<td>{_number(means.get(s))}</td>"
        for s in scores
    )
    return f"<tr><td>{escape(name)}</td><td>{clips}</td>{cells}</tr>"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _clip(report: ClipReport, baselines: Baselines) -> str:
    lines = [f"<h2>{escape(report.name)}</h2>", _table(report, baselines), _key(report)]
    lines.append('<div class="curves">')
    for score, title in _CURVES:
        for region, where in (("whole", "whole frame"), ("unknown", "band")):
            curves = {m.name: _line(m, region, score) for m in report.methods}
            lines.append(draw_curves(f"{title}, {where}", curves))
    lines.append("</div>")
    return "\n".join([*lines, *_worst(report)])


def _line(method: MethodResult, region: str, score: str) -> list[float | None]:
    rows: list[dict[str, float]] = getattr(method.scores, region)
    return [row.get(score) for row in rows]


def _key(report: ClipReport) -> str:
    names = (
        f'<span class="key" style="background:{COLOURS[i % len(COLOURS)]}"></span>{escape(method.name)} '
        for i, method in enumerate(report.methods)
    )
    return f"<p>{''.join(names)}</p>"


def _table(report: ClipReport, baselines: Baselines) -> str:
    rows = {method.name: flat_means(method) for method in report.methods}
    rows |= {f"{name} (known)": dict(row) for name, row in baselines.get(report.name, {}).items()}
    scores = [name for name in COLUMNS if any(name in row for row in rows.values())]
    scores += sorted({name for row in rows.values() for name in row if name.startswith("protocol ")})
    best = {name: min(row[name] for row in rows.values() if name in row) for name in scores}
    head = "".join(f"<th>{escape(name)}</th>" for name in scores)
    body = ""
    for name, row in rows.items():
        cells = "".join(
            f"<td{' class=best' if row.get(s) == best[s] else ''}>{_number(row.get(s))}</td>" for s in scores
        )
        body += f"<tr><td>{escape(name)}</td>{cells}</tr>"
    return f'<div class="wide"><table><tr><th>method</th>{head}</tr>{body}</table></div>'


def _worst(report: ClipReport) -> list[str]:
    """Return the worst frames of our result (else of the first method), whole and at the worst edge."""
    if not report.methods:
        return []
    method = next((m for m in report.methods if m.name == OURS), report.methods[0])
    errors = [row.get("MSE", 0.0) for row in method.scores.unknown]
    lines = [f"<h3>Worst frames of {escape(method.name)}</h3>"]
    plates = open_clip(report.plates)
    try:
        for frame in worst_frames(errors, _WORST):
            plate = np.rint(plates.read(plates.first + frame) * 255).astype(np.uint8)[..., :3]
            crop = edge_crops(report, frame, plate, method.name)
            off = np.abs(method.mattes[frame].astype(np.int16) - report.truth[frame]).astype(np.uint8)
            whole = {"plate": plate, "true alpha": report.truth[frame], method.name: method.mattes[frame], "error": off}
            lines.append(f'<p>Frame {frame}: band MSE {errors[frame]:.1f}</p><div class="row">')
            lines += [_figure(name, thumbnail(picture)) for name, picture in whole.items()]
            lines.append(f'</div><p class="soft">Worst edge, at x {crop.x}, y {crop.y}</p><div class="row">')
            lines += [_figure(name, picture, "crop") for name, picture in crop.pictures.items()]
            lines.append("</div>")
    finally:
        plates.close()
    return lines


def _figure(name: str, picture: np.ndarray, kind: str = "whole") -> str:
    height, width = picture.shape[:2]
    size = f'width="{width}" height="{height}"'
    image = f'<img class="{kind}" {size} alt="{escape(name)}" src="{png_address(picture)}">'
    return f"<figure>{image}<figcaption>{escape(name)}</figcaption></figure>"
