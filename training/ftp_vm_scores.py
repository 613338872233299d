"""Score the mattes that FTP-VM's dataset loop wrote, as the evaluator of its release does."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from ..core.errors import MediaError
from ..core.inference.picture_files import read_picture
from .metrics import ftp_vm_metrics

__all__ = ["score_folder", "write_scores"]

Rows = dict[str, dict[str, dict[str, float]]]
"""Clip -> frame -> metric -> value."""


def score_folder(results: Path, truth: Path) -> Rows:
    """Score every frame that has true alpha.

    Args:
        results: folder of a model: ``CLIP/pha/%04d.png``.
        truth: ``CLIP/pha`` and ``CLIP/trimap`` with the same names.

    Raises:
        MediaError: a matte is missing, unreadable or of another size; or nothing has true alpha.
    """
    rows: Rows = {}
    for clip in (
        sorted(path for path in truth.iterdir() if (path / "pha").is_dir() and (results / path.name).is_dir())
        if truth.is_dir()
        else []
    ):
        frames: dict[str, dict[str, float]] = {}
        before: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None
        for true_path in sorted((clip / "pha").glob("*.png")):
            pictures = [
                read_picture(path, is_grey=True)
                for path in (results / clip.name / "pha" / true_path.name, true_path, clip / "trimap" / true_path.name)
            ]
            if len({picture.shape for picture in pictures}) > 1:
                raise MediaError(
                    f"{results / clip.name}: {true_path.name} has another size than the truth; matte again."
                )
            triple = (pictures[0], pictures[1], pictures[2])
            frames[true_path.stem] = ftp_vm_metrics(*triple, before=before)
            before = triple
        if frames:
            rows[clip.name] = frames
    if not rows:
        raise MediaError(f"{truth}: holds no true alpha (CLIP/pha/*.png) to compare with.")
    return rows


def write_scores(rows: Rows, path: Path) -> dict[str, float]:
    """Write every number and both means as JSON; return the clip-wise means.

    Frame-wise: the mean over frame numbers of the mean over clips. Clip-wise: the mean over clips of their means.
    """
    names = list(next(iter(next(iter(rows.values())).values())))
    clips = {
        clip: {name: float(np.mean([frame[name] for frame in frames.values()])) for name in names}
        for clip, frames in rows.items()
    }
    numbers = sorted({number for frames in rows.values() for number in frames})
    frame_wise = {
        name: float(np.mean([np.mean([frames[n][name] for frames in rows.values() if n in frames]) for n in numbers]))
        for name in names
    }
    clip_wise = {name: float(np.mean([clip[name] for clip in clips.values()])) for name in names}
    summary = {"clip_wise": clip_wise, "frame_wise": frame_wise, "clips": clips, "frames": rows}
    temporary = path.with_name(f".{path.name}.part")
    try:
        temporary.write_text(json.dumps(summary, indent=1), encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise MediaError(f"{path}: cannot be written ({error.strerror}).", path=path) from error
    return clip_wise
