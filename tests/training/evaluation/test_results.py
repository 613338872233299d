"""Several methods on one clip: scored against the same truth, with the frames kept."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from trimatte.core.sessions import SessionOptions
from trimatte.training.errors import DatasetError
from trimatte.training.evaluation import ReportOptions, clip_folders, find_mattes, score_folder
from trimatte.training.evaluation.results import KeptFrames
from trimatte.training.metrics.robust_video_matting import rvm_metrics

from .conftest import FRAMES, HEIGHT, WIDTH, true_alpha

Write = Callable[[str, Callable[[int], np.ndarray]], Path]
_ONLY_OTHERS = ReportOptions(has_own=False)


def test_what_equals_the_truth_has_no_error_and_what_is_shifted_has_a_known_one(
    clips: Path, write_mattes: Write
) -> None:
    against = {
        "right": write_mattes("right", true_alpha),
        "shifted": write_mattes("shifted", lambda frame: np.roll(true_alpha(frame), 1, axis=1)),
    }
    report = score_folder(clips / "square", SessionOptions(), against=against, options=_ONLY_OTHERS)
    right, shifted = report.methods
    assert max(row[name] for row in right.scores.whole for name in row) == 0
    # one column of 40 pixels too many and one too few
    assert [row["SAD"] for row in shifted.scores.whole] == pytest.approx([80 / 1000] * FRAMES)
    np.testing.assert_array_equal(shifted.mattes[2], np.roll(true_alpha(2), 1, axis=1))


@pytest.mark.parametrize("protocol", ["low", "high"])
def test_a_protocol_adds_the_metrics_of_rvm(clips: Path, write_mattes: Write, protocol: str) -> None:
    half = write_mattes("half", lambda frame: true_alpha(frame) // 2)
    options = ReportOptions(has_own=False, protocol=protocol)  # type: ignore[arg-type]
    (method,) = score_folder(clips / "square", SessionOptions(), against={"half": half}, options=options).methods
    before = true_alpha(0) // 2, true_alpha(0)
    expected = rvm_metrics(true_alpha(1) // 2, true_alpha(1), before, protocol=protocol)  # type: ignore[arg-type]
    assert method.protocol[1] == pytest.approx(expected)
    assert ("conn" in method.protocol[1]) == (protocol == "low")
    # stretched to 0..1 half the truth has the edges of the truth
    assert (method.protocol[1]["grad"] < 1e-6) == (protocol == "low")


def test_too_few_mattes_are_refused(clips: Path, write_mattes: Write) -> None:
    folder = write_mattes("few", true_alpha)
    (folder / "square" / "m.0003.png").unlink()
    with pytest.raises(DatasetError, match="has 3 mattes for 4 frames"):
        score_folder(clips / "square", SessionOptions(), against={"few": folder}, options=_ONLY_OTHERS)


def test_a_clip_without_mattes_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"no mattes for shot; expected the folder shot or a movie shot\.mkv"):
        find_mattes(tmp_path, "shot")
    (tmp_path / "shot.mov").touch()
    assert find_mattes(tmp_path, "shot") == tmp_path / "shot.mov"


def test_a_folder_of_clips_stands_for_its_clips(clips: Path, tmp_path: Path) -> None:
    assert clip_folders([clips]) == clip_folders([clips / "square"]) == [clips / "square"]
    with pytest.raises(DatasetError, match=r"no alpha\.mkv"):
        clip_folders([tmp_path / "nowhere"])


def test_kept_frames_come_back(tmp_path: Path) -> None:
    kept = KeptFrames()
    levels = np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH), dtype=np.uint8)
    kept.keep(levels / 255)
    np.testing.assert_array_equal(kept[0], levels)
