"""How good the mattes are: ``python benchmarks/quality.py ../shared/clips`` renders every clip and writes docs/results.

Clips with true alpha are scored, whole and in the unknown band, beside the baselines that stand in the folder's
README.md; for the others a contact sheet and the size of the matte over time show where a subject is lost or
background floods in. ``--ladder`` also enlarges one clip to 1080 and 2160 lines. The page's tables and pictures are
replaced, its words stay. Everything runs in a session as users get it, from one trimap on the first frame.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from quality_page import (
    ladder_table,
    learning_curve,
    ratio_table,
    real_table,
    score_table,
    sheet,
    state_lines,
    write_blocks,
)

from trimatte.core.media import open_clip
from trimatte.core.sessions import MattingSession, SessionOptions
from trimatte.core.trimap import check_trimap, read_trimap
from trimatte.training.evaluate_session import read_baselines
from trimatte.training.evaluation import ReportOptions, score_folder, write_report, write_tables
from trimatte.training.metrics import score_clip

SHEET_CELLS = 12
LADDER = ((1080, "1080p"), (2160, "2160p"))


def over_green(plate: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Return (H, W, 3) bytes: a plate of 0..1 over green by a matte."""
    green = np.array([40, 170, 60]) / 255
    mixed = plate[..., :3] * alpha[..., None] + green * (1 - alpha[..., None])
    result: np.ndarray = np.rint(mixed * 255).clip(0, 255).astype(np.uint8)
    return result


def chosen_frames(count: int) -> list[int]:
    """Return the frames of a sheet, both ends included."""
    return sorted({round(float(frame)) for frame in np.linspace(0, count - 1, min(SHEET_CELLS, count))})


def draw_sheet(folder: Path, matte: Callable[[int], np.ndarray], count: int, output: Path) -> None:
    """Write the contact sheet of a clip; ``matte`` returns (H, W) of 0..1."""
    plates = open_clip(folder / "rgb.mp4")
    try:
        cells = {n: over_green(plates.read(plates.first + n), matte(n)) for n in chosen_frames(count)}
    finally:
        plates.close()
    sheet(cells).save(output, quality=80, optimize=True, progressive=True)


def lost_and_flooded(matte: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Return the share of the solid subject that is missing and wrong background, both relative to the subject."""
    solid = max(float((truth > 0.98).sum()), 1.0)
    return float(((truth > 0.98) & (matte < 0.5)).sum()) / solid, float(((truth < 0.02) & (matte > 0.5)).sum()) / solid


def score_true(folders: list[Path], arguments: argparse.Namespace, options: SessionOptions) -> dict[str, str]:
    """Score clips with true alpha; return the page's blocks."""
    known = read_baselines(arguments.clips / "README.md")
    reports = []
    for folder in folders:
        started = time.monotonic()
        report = score_folder(folder, options, options=ReportOptions(frames=arguments.frames))
        reports.append(report)
        mattes = report.methods[0].mattes
        count = len(report.truth)
        draw_sheet(folder, lambda n, kept=mattes: kept[n] / 255.0, count, arguments.output / f"{folder.name}.jpg")
        print(f"{folder.name}: {count} frames, {time.monotonic() - started:.0f} s", flush=True)
    write_tables(reports, known, arguments.output)
    (arguments.output / "ratios.csv").unlink()  # they stand on the page
    _keep_curves(arguments.output / "frames.csv")
    if arguments.report is not None:
        arguments.report.mkdir(parents=True, exist_ok=True)
        write_report(reports, known, arguments.report / "report.html", about="docs/results")
    worst = {
        report.name: [
            lost_and_flooded(report.methods[0].mattes[n] / 255.0, report.truth[n] / 255.0)
            for n in range(len(report.truth))
        ]
        for report in reports
    }
    return {"scores": score_table(reports, known), "ratios": ratio_table(reports, known, worst)}


def _keep_curves(path: Path) -> None:
    """Keep the columns that curves are drawn from: the whole table is large."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = ["clip", "frame", "SAD", "MSE", "dtSSD", "band MSE", "band dtSSD"]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names, extrasaction="ignore", restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@dataclass(frozen=True, slots=True)
class RealClip:
    """What can be said of a matte without its truth."""

    name: str
    areas: dict[int, float]
    """Frame -> size of the matte, relative to the frame."""
    overlaps: list[float]
    """Intersection over union with a hard mask of each frame, where the clip has one."""


@dataclass(frozen=True, slots=True)
class Unnamed:
    """A clip without identity: nothing of it stays in the user's cache."""

    first: int
    last: int
    width: int
    height: int
    read: Callable[[int], np.ndarray]
    identity: str = ""


def look_at_real(folder: Path, arguments: argparse.Namespace, options: SessionOptions) -> RealClip:
    """Render a clip without true alpha, draw its sheet and measure its matte."""
    started = time.monotonic()
    masks = open_clip(folder / "mask.mkv") if (folder / "mask.mkv").is_file() else None
    plates = open_clip(folder / "rgb.mp4")
    count = min(len(plates), arguments.frames or len(plates))
    wanted = chosen_frames(count) if arguments.sparse else list(range(count))
    source = Unnamed(plates.first, plates.first + count - 1, plates.width, plates.height, plates.read)
    keyframes = {plates.first: read_trimap(folder / "trimap_0000.png", (plates.width, plates.height))}
    mattes: dict[int, np.ndarray] = {}
    overlaps = []
    with MattingSession(source, keyframes, options) as session:
        for number in wanted:
            alpha = session.solve(plates.first + number).alpha
            mattes[number] = np.rint(alpha * 255).astype(np.uint8)
            if masks is not None:
                mask, matte = masks.read(masks.first + number)[..., 0] > 0.5, alpha > 0.5
                overlaps.append(float((mask & matte).sum() / max(int((mask | matte).sum()), 1)))
    draw_sheet(folder, lambda n: mattes[n] / 255.0, count, arguments.output / f"{folder.name}.jpg")
    print(f"{folder.name}: {len(mattes)} of {count} frames, {time.monotonic() - started:.0f} s", flush=True)
    return RealClip(folder.name, {n: float(matte.mean()) / 255 for n, matte in mattes.items()}, overlaps)


def _enlarge(picture: np.ndarray, height: int, width: int) -> np.ndarray:
    given = torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1)[None]
    large = F.interpolate(given, (height, width), mode="bicubic", antialias=True).clamp(0, 1)
    result: np.ndarray = np.ascontiguousarray(large[0].permute(1, 2, 0).numpy())
    return result


def climb(folder: Path, options: SessionOptions, frames: tuple[int, ...] = (2, 5, 8)) -> dict[str, dict[str, float]]:
    """Return the mean band scores of a few frames of one clip, enlarged to each size of the ladder."""
    plates, alphas = open_clip(folder / "rgb.mp4"), open_clip(folder / "alpha.mkv")
    with Image.open(folder / "trimap_0000.png") as picture:
        painted = picture.convert("L")
    scores = {}
    for height, name in LADDER:
        width = round(plates.width * height / plates.height / 2) * 2
        source = Unnamed(
            plates.first,
            plates.first + frames[-1],
            width,
            height,
            lambda number, size=(height, width): _enlarge(plates.read(number), *size),
        )
        large = np.asarray(painted.resize((width, height), Image.Resampling.NEAREST))
        keyframes = {plates.first: check_trimap(large)}
        rows = []
        with MattingSession(source, keyframes, options) as session:
            for number in frames:
                matte = session.solve(plates.first + number).alpha
                truth = _enlarge(alphas.read(alphas.first + number)[..., :1], height, width)[..., 0]
                rows.append(score_clip([matte], [truth], connectivity=False).mean("unknown"))
        scores[name] = {key: float(np.mean([row[key] for row in rows])) for key in ("MSE", "MAD")}
        print(f"{folder.name} {name}: band {scores[name]}", flush=True)
    return scores


def logs_of(arguments: argparse.Namespace) -> Iterator[tuple[str, list[dict[str, float]]]]:
    """Yield the name and the lines of each log; those that were kept beside the page, too."""
    folder: Path = arguments.output / "runs"
    for text in arguments.log:
        name, _, path = text.partition("=")
        folder.mkdir(parents=True, exist_ok=True)
        lines = [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]
        kept = ("step", "seconds", "total", "classes", "alpha_l1", "matte_l1", "l1")
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, kept, extrasaction="ignore", restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(lines)
    for file in sorted(folder.glob("*.csv")):
        with file.open(newline="", encoding="utf-8") as opened:
            yield file.stem, [{k: float(v) for k, v in row.items() if v} for row in csv.DictReader(opened)]


def main() -> None:
    """Render, score, draw, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("clips", type=Path, help="folder of clips, with README.md")
    parser.add_argument("--output", type=Path, default=Path(__file__).parent.parent / "docs" / "results")
    parser.add_argument("--only", nargs="*", help="names of clips; default: all")
    parser.add_argument("--frames", type=int, help="only the first so many")
    parser.add_argument("--sparse", action="store_true", help="real clips: only the frames of the sheets")
    parser.add_argument("--weights", default="", help="as of trimatte render")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--ladder", metavar="CLIP", help="enlarge this clip to 1080 and 2160 lines, too")
    parser.add_argument("--log", action="append", default=[], metavar="NAME=LOG", help="log.jsonl of a run to draw")
    parser.add_argument("--report", type=Path, help="folder for report.html of trimatte evaluate")
    parser.add_argument("--curves-only", action="store_true", help="draw the learning curves and nothing else")
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    options = SessionOptions(weights=arguments.weights, device=arguments.device)
    blocks: dict[str, str] = {}
    folders = sorted(path.parent for path in arguments.clips.glob("*/rgb.mp4"))
    folders = [folder for folder in folders if not arguments.only or folder.name in arguments.only]
    if arguments.curves_only:
        folders = []
    true = [folder for folder in folders if (folder / "alpha.mkv").is_file()]
    if true:
        blocks |= score_true(true, arguments, options)
    real: list[RealClip] = []
    for folder in folders:
        if folder not in true:
            real.append(look_at_real(folder, arguments, options))
            blocks["real"] = real_table([(clip.name, clip.areas, clip.overlaps) for clip in real])
            write_blocks(arguments.output / "README.md", blocks)  # a run that is stopped leaves what it has
    if arguments.ladder:
        blocks["ladder"] = ladder_table(arguments.ladder, climb(arguments.clips / arguments.ladder, options))
    if folders:
        blocks["state"] = state_lines(options, arguments.frames)
    learning_curve(dict(logs_of(arguments)), arguments.output / "learning.svg")
    write_blocks(arguments.output / "README.md", blocks)
    print(f"wrote {arguments.output / 'README.md'}")


if __name__ == "__main__":
    main()
