from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from trimatte.cli import main
from trimatte.training.datasets.published import PUBLISHED


def _run(arguments: list[str]) -> int:
    with pytest.raises(SystemExit) as left:
        main(["dataset", *arguments])
    assert isinstance(left.value.code, int)
    return left.value.code


def _spd(root: Path) -> None:
    for kind in ("img", "seg"):
        (root / kind).mkdir(parents=True)
        Image.fromarray(np.zeros((4, 4), np.uint8)).save(root / kind / "a.png")


def test_a_whole_dataset_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _spd(tmp_path)
    assert _run(["check", "spd", str(tmp_path), "--deep"]) == 0
    assert "nothing is missing" in capsys.readouterr().out


def test_a_gap_is_named_and_the_exit_code_is_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _spd(tmp_path)
    (tmp_path / "seg" / "a.png").unlink()
    assert _run(["check", "SPD", str(tmp_path)]) == 2
    assert "0 masks for 1 pictures" in capsys.readouterr().out


def test_an_unknown_dataset_is_one_line_of_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["check", "imagenet", str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_all_datasets_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["list"]) == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in PUBLISHED)


def test_composites_whose_files_are_missing_are_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "list.txt").write_text("image+boy.png+0001.mp4\nvideo+3+0001.mp4\n")
    options = ["-i", str(tmp_path), "-o", str(tmp_path / "out"), "--file_path", str(tmp_path / "list.txt")]
    assert _run(["process", *options, "--n_proc", "1", "--image_only"]) == 0
    shown = capsys.readouterr()
    assert "0 clips written, 1 left out" in shown.out
    assert "boy.png is missing" in shown.err
