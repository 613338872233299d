"""Mattes of a dataset are scored frame by frame, and both means are written."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from trimatte.core.errors import MediaError
from trimatte.training.ftp_vm_scores import score_folder, write_scores
from trimatte.training.metrics import ftp_vm_metrics


def save(path: Path, picture: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Results and truth of clips ``a`` (frames 0 and 1) and ``b`` (frame 1)."""
    random = np.random.default_rng(2)
    for name, numbers in (("a", (0, 1)), ("b", (1,))):
        for number in numbers:
            truth = random.integers(0, 256, (12, 16), np.uint8)
            save(tmp_path / "GT" / name / "pha" / f"{number:04d}.png", truth)
            trimap = random.choice(np.array([0, 128, 255], np.uint8), (12, 16))
            save(tmp_path / "GT" / name / "trimap" / f"{number:04d}.png", trimap)
            save(tmp_path / "FTPVM" / name / "pha" / f"{number:04d}.png", truth // 2)
    return tmp_path / "FTPVM", tmp_path / "GT"


def read(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path))


def test_scores_are_those_of_the_metrics(folders: tuple[Path, Path]) -> None:
    results, truth = folders
    rows = score_folder(results, truth)
    assert {name: list(frames) for name, frames in rows.items()} == {"a": ["0000", "0001"], "b": ["0001"]}
    triples = [
        tuple(
            read(folder / f"{number:04d}.png")
            for folder in (results / "a" / "pha", truth / "a" / "pha", truth / "a" / "trimap")
        )
        for number in (0, 1)
    ]
    assert rows["a"]["0001"] == ftp_vm_metrics(*triples[1], before=triples[0])  # type: ignore[arg-type]


def test_both_means_are_written(folders: tuple[Path, Path], tmp_path: Path) -> None:
    rows = score_folder(*folders)
    means = write_scores(rows, tmp_path / "scores.json")
    a0, a1, b1 = rows["a"]["0000"]["mad"], rows["a"]["0001"]["mad"], rows["b"]["0001"]["mad"]
    written = json.loads((tmp_path / "scores.json").read_text())
    assert means["mad"] == written["clip_wise"]["mad"] == pytest.approx(((a0 + a1) / 2 + b1) / 2)
    assert written["frame_wise"]["mad"] == pytest.approx((a0 + (a1 + b1) / 2) / 2)
    assert written["clips"]["b"]["mad"] == b1


def test_missing_and_misshapen_mattes_are_named(folders: tuple[Path, Path], tmp_path: Path) -> None:
    results, truth = folders
    save(results / "b" / "pha" / "0001.png", np.zeros((5, 5), np.uint8))
    with pytest.raises(MediaError, match=r"0001\.png has another size than the truth"):
        score_folder(results, truth)
    (results / "a" / "pha" / "0001.png").unlink()
    with pytest.raises(MediaError, match="no such picture"):
        score_folder(results, truth)
    with pytest.raises(MediaError, match="holds no true alpha"):
        score_folder(results, tmp_path / "none")
