"""``trimatte finetune``: a result is kept under a name if it is better, used by name, and rolled back."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from trimatte.core.weights_store import WeightsStore

from ..plugin.conftest import end_workers
from .conftest import Ran, paint


@pytest.fixture
def keyframes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRIMATTE_DATA", str(tmp_path / "data"))
    end_workers()
    folder = tmp_path / "keyframes"
    folder.mkdir()
    for frame in (0, 4):
        paint(folder / f"trimap.{frame:04d}.png")
    return folder


def test_a_result_is_kept_by_name_rendered_with_and_rolled_back(
    trimatte: Callable[..., Ran], clip: Path, keyframes: Path, tmp_path: Path
) -> None:
    arguments = ("finetune", clip, "--keyframes", keyframes, "--steps", 1, "--working-size", 64, "--json")
    ran = trimatte(*arguments, "--name", "mine", "--keep-anyway")
    assert ran.code == 0, ran.err
    report = json.loads(ran.out)
    assert report["name"] == "mine"
    assert report["held_out"] == 4
    assert set(report["before"]) == set(report["after"]) == {"MSE", "unknown MSE", "Grad"}
    assert "frame 4, held out" in ran.err
    first = WeightsStore().find("mine")
    assert "trained on shot.mp4" in first.record["source"]
    ran = trimatte(
        "render", clip, "--keyframes", keyframes, "--weights", "mine", "--range", "1-1", "-o", tmp_path / "o"
    )
    assert ran.code == 0, ran.err
    assert trimatte(*arguments, "--name", "mine", "--keep-anyway", "--decoders").code == 0
    assert WeightsStore().names() == ["mine", "mine.1"]
    assert WeightsStore().find("mine").sha256 != first.sha256
    assert trimatte("weights", "rollback", "mine").code == 0
    assert WeightsStore().names() == ["mine"]
    assert WeightsStore().find("mine").sha256 == first.sha256


def test_what_is_not_better_is_not_kept(
    trimatte: Callable[..., Ran], clip: Path, keyframes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trimatte.training.finetune.adapt._score", lambda work, frame, models: {"MSE": 1.0})
    ran = trimatte("finetune", clip, "--keyframes", keyframes, "--steps", 1, "--working-size", 64, "--json")
    assert ran.code == 0, ran.err
    assert "nothing was kept" in ran.err
    assert json.loads(ran.out)["name"] is None
    assert WeightsStore().names() == []


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--held-out", 3), "frame 3 has no keyframe"),
        (("--steps", 1, "--minutes", 1.0), "either in minutes or in steps"),
        (("--weights", "nobody"), "no weights are called 'nobody'"),
    ],
)
def test_what_cannot_be_trained_on_is_one_line(
    trimatte: Callable[..., Ran], clip: Path, keyframes: Path, more: tuple[object, ...], message: str
) -> None:
    ran = trimatte("finetune", clip, "--keyframes", keyframes, *more)
    assert ran.code == 2
    assert [message in line for line in ran.err.splitlines() if line] == [True], ran.err


def test_one_keyframe_is_not_enough(trimatte: Callable[..., Ran], clip: Path, keyframes: Path) -> None:
    (keyframes / "trimap.0004.png").unlink()
    ran = trimatte("finetune", clip, "--keyframes", keyframes, "--steps", 1)
    assert ran.code == 2
    assert "paint two or more" in ran.err


def test_nothing_had_the_name_before(trimatte: Callable[..., Ran], keyframes: Path) -> None:
    ran = trimatte("weights", "rollback", "mine")
    assert ran.code == 2
    assert "nothing was called 'mine' before" in ran.err
