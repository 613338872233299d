"""Score what a user gets: sessions with refiner, on clips with true alpha and a trimap on the first frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np

from ..core import create_network
from ..core.checkpoints import load_into
from ..core.media import open_clip
from ..core.networks.ftp_vm import FTPVM
from ..core.networks.st_fam import StFam
from ..core.sessions import MattingSession, SessionOptions
from ..core.trimap import read_trimap
from ..core.weights import Models
from .errors import DatasetError
from .export import averaged_weights
from .metrics import ClipScores, score_clip

__all__ = ["Baselines", "models_of_runs", "read_baselines", "score_session", "session_mattes"]

Baselines = dict[str, dict[str, dict[str, float]]]
"""Clip -> method -> score -> value."""


def models_of_runs(propagation_run: Path, refinement_run: Path | None = None) -> Models:
    """Return the averaged networks of two runs; without the second the refiner changes nothing.

    Raises:
        DatasetError: a run has no checkpoint.
    """
    propagation, refiner = create_network("ftpvm", unused_stages=False), create_network("st_fam")
    for network, run in ((propagation, propagation_run), (refiner, refinement_run)):
        if run is None:
            continue
        state = averaged_weights(run)
        if state is None:
            raise DatasetError(f"{run} has no checkpoint; train there first, or name another folder.")
        load_into(network, state)
    propagation.eval()
    refiner.eval()
    return Models(cast(FTPVM, propagation), cast(StFam, refiner), f"runs:{propagation_run}:{refinement_run}")


@dataclass(frozen=True, slots=True)
class _Anonymous:
    """A clip without identity: nothing of an evaluation stays in the user's cache."""

    first: int
    last: int
    width: int
    height: int
    read: Callable[[int], np.ndarray]
    identity: str = ""


def session_mattes(
    folder: Path, options: SessionOptions, models: Models | None = None, frames: int | None = None
) -> Iterator[np.ndarray]:
    """Solve the clip of a folder from ``trimap_0000.png`` and yield its mattes, (H, W) floats 0..1.

    Args:
        folder: with ``rgb.mp4`` and ``trimap_0000.png``.
        options: of the session.
        models: networks; ``None``: those of the options.
        frames: only the first so many.
    """
    plate = open_clip(folder / "rgb.mp4")
    last = plate.last if frames is None else min(plate.last, plate.first + frames - 1)
    source = _Anonymous(plate.first, last, plate.width, plate.height, plate.read)
    keyframes = {plate.first: read_trimap(folder / "trimap_0000.png", (plate.width, plate.height))}
    try:
        with MattingSession(source, keyframes, options, models=models) as session:
            for number in range(plate.first, last + 1):
                yield session.solve(number).alpha
    finally:
        plate.close()


def score_session(
    folder: Path,
    options: SessionOptions,
    models: Models | None = None,
    *,
    frames: int | None = None,
    connectivity: bool = True,
) -> ClipScores:
    """Solve the clip of a folder from ``trimap_0000.png`` and score it against ``alpha.mkv``.

    Args:
        folder: with ``rgb.mp4``, ``trimap_0000.png`` and ``alpha.mkv``.
        options: of the session.
        models: networks; ``None``: the default weights.
        frames: only the first so many.
        connectivity: compute Conn too.

    Raises:
        DatasetError: the folder has no true alpha.
    """
    if not (folder / "alpha.mkv").is_file():
        raise DatasetError(f"{folder} has no alpha.mkv; only clips with true alpha can be scored.")
    alpha = open_clip(folder / "alpha.mkv")
    last = alpha.last if frames is None else min(alpha.last, alpha.first + frames - 1)
    numbers = range(alpha.first, last + 1)
    try:
        mattes = session_mattes(folder, options, models, len(numbers))
        return score_clip(mattes, (alpha.read(number)[..., 0] for number in numbers), connectivity=connectivity)
    finally:
        alpha.close()


def read_baselines(page: Path) -> Baselines:
    """Read a Markdown table whose columns begin with ``clip`` and ``method``."""
    lines = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in page.read_text().splitlines()]
    header = next((cells for cells in lines if cells[:2] == ["clip", "method"]), None)
    result: Baselines = {}
    for cells in lines:
        if header is None or len(cells) != len(header) or cells == header or set(cells[0]) <= set("-: "):
            continue
        values = {name: float(cell) for name, cell in zip(header[2:], cells[2:], strict=True)}
        result.setdefault(cells[0], {})[cells[1]] = values
    return result
