"""Scores as tables: every frame, the mean of every clip, and ratios to other methods."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .results import OURS, ClipReport, MethodResult

__all__ = ["COLUMNS", "Ratios", "flat_means", "ratios_to", "write_tables"]

COLUMNS = ("SAD", "MSE", "Grad", "Conn", "dtSSD", "band SAD", "band MSE", "band dtSSD")
"""What the printed table and the report show; the CSV files have all."""

Baselines = Mapping[str, Mapping[str, Mapping[str, float]]]
"""Clip -> method -> score -> value."""

_Row = dict[str, float | str | int]


@dataclass(frozen=True, slots=True)
class Ratios:
    """Our scores over those of another method."""

    method: str
    by_clip: dict[str, dict[str, float]]
    """Clip -> score -> ratio; below 1 ours is better."""

    def mean(self) -> dict[str, float]:
        """Return the mean over the clips."""
        names = dict.fromkeys(name for row in self.by_clip.values() for name in row)
        return {name: float(np.mean([row[name] for row in self.by_clip.values() if name in row])) for name in names}


def _frame_row(method: MethodResult, frame: int) -> dict[str, float]:
    further = method.protocol[frame] if method.protocol else {}
    row = dict(method.scores.whole[frame])
    row |= {f"band {name}": value for name, value in method.scores.unknown[frame].items()}
    return row | {f"protocol {name}": value for name, value in further.items()}


def flat_means(method: MethodResult) -> dict[str, float]:
    """Return the mean of every score of a method on a clip, those of the band behind ``band``."""
    means = method.scores.mean() | {f"band {n}": v for n, v in method.scores.mean("unknown").items()}
    names = dict.fromkeys(name for row in method.protocol for name in row)
    return means | {f"protocol {name}": float(np.mean([row[name] for row in method.protocol])) for name in names}


def ratios_to(reports: Sequence[ClipReport], baselines: Baselines) -> list[Ratios]:
    """Return our ratios to every other method, measured here or known from a page."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    for report in reports:
        means = {method.name: flat_means(method) for method in report.methods}
        ours = means.pop(OURS, None)
        if ours is None:
            continue
        for name, theirs in {**baselines.get(report.name, {}), **means}.items():
            ratios = {score: ours[score] / value for score, value in theirs.items() if score in ours and value > 0}
            found.setdefault(name, {})[report.name] = ratios
    return [Ratios(name, by_clip) for name, by_clip in found.items()]


def write_tables(reports: Sequence[ClipReport], baselines: Baselines, folder: Path) -> None:
    """Write ``frames.csv``, ``clips.csv`` and ``ratios.csv``; baselines go into the last two."""
    frames: list[_Row] = [
        {"clip": report.name, "method": method.name, "frame": frame, **_frame_row(method, frame)}
        for report in reports
        for method in report.methods
        for frame in range(len(report.truth))
    ]
    _write(folder / "frames.csv", frames)
    means: list[_Row] = []
    for report in reports:
        means += [{"clip": report.name, "method": m.name, **flat_means(m)} for m in report.methods]
        means += [{"clip": report.name, "method": n, **row} for n, row in baselines.get(report.name, {}).items()]
    _write(folder / "clips.csv", means)
    rows: list[_Row] = []
    for ratios in ratios_to(reports, baselines):
        every = {**ratios.by_clip, "mean": ratios.mean()}
        rows += [{"against": ratios.method, "clip": clip, **row} for clip, row in every.items()]
    _write(folder / "ratios.csv", rows)


def _write(path: Path, rows: Sequence[_Row]) -> None:
    names = dict.fromkeys(name for row in rows for name in row)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(names))
        writer.writeheader()
        for row in rows:
            writer.writerow({n: f"{v:.6g}" if isinstance(v, float) else v for n, v in row.items()})
