"""Scores of several methods on one clip, with their mattes kept small for the pictures of a report."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from ...core.media import open_clip
from ...core.sessions import SessionOptions
from ...core.weights import Models
from ..evaluate_session import session_mattes
from ..metrics import ClipScores, score_clip
from ..metrics.robust_video_matting import RvmProtocol, rvm_metrics
from .sources import find_mattes, read_mattes

__all__ = ["OURS", "ClipReport", "KeptFrames", "MethodResult", "ReportOptions", "score_folder"]

OURS = "trimatte"
"""How our own result is called."""

Protocol = Literal["classic", "low", "high"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOptions:
    """What is scored, and how."""

    frames: int | None = None
    """Only the first so many frames; ``None``: all."""
    protocol: Protocol = "classic"
    """``low`` and ``high`` add the metrics of RVM's low- and high-resolution scripts to the usual ones."""
    connectivity: bool = True
    """Compute Conn, which takes most of the time."""
    has_own: bool = True
    """Matte the clips ourselves too, not only score what others did."""


class KeptFrames:
    """8-bit mattes in memory, compressed: a 1080p matte takes some 30 kB."""

    def __init__(self) -> None:
        self._parts: list[tuple[bytes, tuple[int, ...]]] = []

    def keep(self, matte: np.ndarray) -> np.ndarray:
        """Keep a matte (H, W) of 0..1; return it as it came."""
        levels = np.rint(np.clip(matte, 0, 1) * 255).astype(np.uint8)
        self._parts.append((zlib.compress(levels.tobytes(), 1), levels.shape))
        return matte

    def __len__(self) -> int:
        return len(self._parts)

    def __getitem__(self, frame: int) -> np.ndarray:
        content, shape = self._parts[frame]
        return np.frombuffer(zlib.decompress(content), np.uint8).reshape(shape)


@dataclass(frozen=True, slots=True)
class MethodResult:
    """What one method made of a clip."""

    name: str
    scores: ClipScores
    protocol: list[dict[str, float]]
    """Further metrics of each frame, of the protocol that was asked for."""
    mattes: KeptFrames


@dataclass(frozen=True, slots=True)
class ClipReport:
    """A clip, and every method's result on it."""

    name: str
    plates: Path
    truth: KeptFrames
    methods: list[MethodResult] = field(default_factory=list)


def score_folder(
    folder: Path,
    session: SessionOptions,
    models: Models | None = None,
    *,
    against: Mapping[str, Path] | None = None,
    options: ReportOptions | None = None,
) -> ClipReport:
    """Matte the clip of a folder and score the mattes, and those of others, against ``alpha.mkv``.

    Args:
        folder: with ``rgb.mp4``, ``trimap_0000.png`` and ``alpha.mkv``.
        session: how it is matted.
        models: networks; ``None``: those of the session's options.
        against: name → folder of results.
        options: what is scored.

    Raises:
        DatasetError: something is missing, or mattes are too few.
        ShapeError: mattes differ in size from the truth.
    """
    options = options or ReportOptions()
    truth = KeptFrames()
    for alpha in _truths(folder, options.frames):
        truth.keep(alpha)
    report = ClipReport(folder.name, folder / "rgb.mp4", truth)
    if options.has_own:
        report.methods.append(
            _scored(OURS, session_mattes(folder, session, models, len(truth)), folder, truth, options)
        )
    for name, results in (against or {}).items():
        mattes = read_mattes(find_mattes(results, folder.name), len(truth))
        report.methods.append(_scored(name, mattes, folder, truth, options))
    return report


def _truths(folder: Path, frames: int | None) -> Iterator[np.ndarray]:
    alpha = open_clip(folder / "alpha.mkv")
    last = alpha.last if frames is None else min(alpha.last, alpha.first + frames - 1)
    try:
        for number in range(alpha.first, last + 1):
            yield alpha.read(number)[..., 0]
    finally:
        alpha.close()


def _scored(
    name: str, mattes: Iterable[np.ndarray], folder: Path, truth: KeptFrames, options: ReportOptions
) -> MethodResult:
    kept = KeptFrames()
    exact = _truths(folder, len(truth))  # read again: what is kept has 8 bits
    scores = score_clip((kept.keep(matte) for matte in mattes), exact, connectivity=options.connectivity)
    further = [] if options.protocol == "classic" else list(_by_protocol(kept, truth, options.protocol))
    return MethodResult(name, scores, further, kept)


def _by_protocol(mattes: KeptFrames, truth: KeptFrames, protocol: RvmProtocol) -> Iterator[dict[str, float]]:
    before: tuple[np.ndarray, np.ndarray] | None = None
    for frame in range(len(truth)):
        pair = mattes[frame], truth[frame]
        yield rvm_metrics(*pair, before, protocol=protocol)
        before = pair
