"""The page of ``benchmarks/quality.py``: tables in Markdown, contact sheets, learning curves."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from trimatte.core.sessions import SessionOptions
from trimatte.training.evaluate_session import Baselines
from trimatte.training.evaluation import ClipReport, ratios_to
from trimatte.training.evaluation.curves import COLOURS, draw_curves
from trimatte.training.evaluation.table import COLUMNS, flat_means
from trimatte.training.run_folder import commit_of_code

_CELL = 280
_COLUMNS = 4
_AROUND = 9  # lines of a log that a point of the curve is the median of
_WEIGHTS = Path(__file__).parent.parent / "weights" / "trimatte.safetensors"
_STYLE = (
    "<style>text{font:10px sans-serif;fill:#6b6b70}.title{font-size:12px;fill:#333}.end{text-anchor:end}"
    ".middle{text-anchor:middle}.grid{stroke:#ddd}polyline{fill:none;stroke-width:1.6}</style>"
)


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table whose first two columns are words."""
    lines = [head, ["---"] * min(2, len(head)) + ["---:"] * (len(head) - 2), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cells(row: Mapping[str, float], mark: float | None = None) -> list[str]:
    """Return the cells of a row of scores; those at most ``mark`` in bold."""
    texts = [f"{row[name]:.2f}" if name in row else "" for name in COLUMNS]
    if mark is None:
        return texts
    return [f"**{t}**" if t and row[name] <= mark else t for t, name in zip(texts, COLUMNS, strict=True)]


def score_table(reports: Sequence[ClipReport], known: Baselines) -> str:
    """Return every method's scores on every clip."""
    rows = []
    for report in reports:
        rows += [[report.name, f"**{method.name}**", *_cells(flat_means(method))] for method in report.methods]
        rows += [[report.name, name, *_cells(row)] for name, row in known.get(report.name, {}).items()]
    return markdown(["clip", "method", *COLUMNS], rows)


def ratio_table(
    reports: Sequence[ClipReport], known: Baselines, worst: Mapping[str, Sequence[tuple[float, float]]]
) -> str:
    """Return our scores over each baseline's, per clip and in the mean, and the worst frame of each clip."""
    rows = []
    for ratios in ratios_to(reports, known):
        if ratios.method in {"prop_cf", "oracle_cf"}:
            rows += [[ratios.method, clip, *_cells(row, 1.0)] for clip, row in ratios.by_clip.items()]
        rows.append([ratios.method, "**mean**", *_cells(ratios.mean(), 1.0)])
    table = markdown(["ours over", "clip", *COLUMNS], rows)
    lines = []
    for name, pairs in worst.items():
        lost, flooded = (np.array(part) for part in zip(*pairs, strict=True))
        parts = [cell for values in (lost, flooded) for cell in (str(int(values.argmax())), f"{values.max():.1%}")]
        lines.append([name, *parts])
    head = ["clip", "worst frame", "of the subject lost", "worst frame", "flooded in, of the subject's size"]
    return f"{table}\n\n{markdown(head, lines)}"


def real_table(clips: Sequence[tuple[str, Mapping[int, float], Sequence[float]]]) -> str:
    """Return how the matte's size changes, for clips of (name, frame -> area, overlaps with a mask)."""
    rows = []
    for name, areas, overlaps in clips:
        numbers, sizes = list(areas), list(areas.values())
        first = max(sizes[0], 1e-6)
        steps = [abs(b - a) / first for a, b in itertools.pairwise(sizes)] or [0.0]
        row = [
            name,
            str(len(sizes)),
            f"{sizes[0]:.1%}",
            f"{min(sizes) / first:.2f} at {min(areas, key=areas.__getitem__)}",
        ]
        row.append(f"{max(sizes) / first:.2f} at {max(areas, key=areas.__getitem__)}")
        row.append(f"{max(steps):.1%} to {numbers[min(int(np.argmax(steps)) + 1, len(numbers) - 1)]}")
        worst = f"worst {min(overlaps):.2f} at {numbers[int(np.argmin(overlaps))]}" if overlaps else ""
        row.append(f"{np.mean(overlaps):.2f}, {worst}" if overlaps else "")
        rows.append(row)
    head = ["clip", "frames", "size of the matte", "smallest / first", "largest / first"]
    return markdown([*head, "largest step", "overlap with the mask"], rows)


def ladder_table(clip: str, scores: Mapping[str, Mapping[str, float]]) -> str:
    """Return band scores per size and the ratio of the last to the first."""
    names = list(scores)
    rows = [[clip, size, *(f"{row[key]:.2f}" for key in ("MSE", "MAD"))] for size, row in scores.items()]
    ratio = [f"**{scores[names[-1]][key] / scores[names[0]][key]:.2f}**" for key in ("MSE", "MAD")]
    rows.append([clip, f"{names[-1]} / {names[0]}", *ratio])
    return markdown(["clip", "size", "band MSE", "band MAD"], rows)


def state_lines(options: SessionOptions, frames: int | None) -> str:
    """Return what the numbers were made with."""
    usual = SessionOptions()
    changed = [
        f"{f.name} {getattr(options, f.name)}"
        for f in fields(options)
        if getattr(options, f.name) != getattr(usual, f.name)
    ]
    digest = hashlib.sha256(_WEIGHTS.read_bytes()).hexdigest()[:12]
    length = "all frames" if frames is None else f"the first {frames} frames"
    return (
        f"Made from commit {commit_of_code()[:10]}, {length}, default weights {digest}, session options: "
        f"{', '.join(changed) or 'the defaults'} (working size {options.working_size}, band solver "
        f"{options.closed_form_iterations} steps)."
    )


def sheet(cells: Mapping[int, np.ndarray]) -> Image.Image:
    """Return a contact sheet of (H, W, 3) bytes, each with its frame number."""
    height, width = next(iter(cells.values())).shape[:2]
    tall = max(1, round(_CELL * height / width))
    rows = -(-len(cells) // _COLUMNS)
    page = Image.new("RGB", (_COLUMNS * _CELL, rows * tall), (24, 24, 26))
    draw = ImageDraw.Draw(page)
    for place, (number, picture) in enumerate(cells.items()):
        at = (place % _COLUMNS * _CELL, place // _COLUMNS * tall)
        page.paste(Image.fromarray(picture).resize((_CELL, tall), Image.Resampling.LANCZOS), at)
        draw.text((at[0] + 5, at[1] + 3), str(number), fill=(255, 255, 255), stroke_width=2, stroke_fill=(0, 0, 0))
    return page


def learning_curve(logs: Mapping[str, Sequence[Mapping[str, float]]], output: Path) -> None:
    """Draw the losses of runs over their steps; a point is the median of the lines around it."""
    if not logs:
        return
    charts = []
    for chart, (name, lines) in enumerate(logs.items()):
        shown = [
            key for key in ("total", "classes", "alpha_l1", "matte_l1", "l1") if any(key in line for line in lines)
        ]
        spacing = lines[-1]["step"] / max(len(lines), 1)
        curves = {key: _smooth([line.get(key) for line in lines]) for key in shown}
        svg = draw_curves(f"{name}: {', '.join(shown)} over steps", curves, spacing=spacing)
        inner = re.sub(r"^<svg [^>]*>|</svg>$", "", svg)  # nested pictures are not drawn everywhere
        charts.append(f'<g transform="translate(0 {chart * 190})">{inner}</g>')
        x = 60
        for colour, key in zip(COLOURS, shown, strict=False):
            charts.append(f'<text x="{x}" y="{chart * 190 + 183}" style="fill:{colour}">{key}</text>')
            x += 20 + 6 * len(key)
    height = 190 * len(logs)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 440 {height}" width="660">'
    output.write_text("".join([head, _STYLE, *charts, "</svg>\n"]), encoding="utf-8")


def _smooth(values: Sequence[float | None]) -> list[float | None]:
    """Return the running median."""
    smooth: list[float | None] = []
    for place in range(len(values)):
        around = [v for v in values[max(0, place - _AROUND // 2) : place + _AROUND // 2 + 1] if v is not None]
        smooth.append(float(np.median(around)) if around else None)
    return smooth


def write_blocks(page: Path, blocks: Mapping[str, str]) -> None:
    """Replace what stands between ``<!-- NAME -->`` and ``<!-- end NAME -->``; a block that is new goes to the end."""
    text = page.read_text(encoding="utf-8") if page.is_file() else "# Results\n"
    for name, block in blocks.items():
        framed = f"<!-- {name} -->\n{block}\n<!-- end {name} -->"
        pattern = re.compile(rf"<!-- {name} -->.*?<!-- end {name} -->", re.DOTALL)
        text = pattern.sub(lambda _, new=framed: new, text) if pattern.search(text) else f"{text}\n{framed}\n"
    page.write_text(text, encoding="utf-8")
