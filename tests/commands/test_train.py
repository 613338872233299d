"""``trimatte train``: a small run from a pack, in pieces, into a folder that says what it was."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from trimatte.training.datasets import save_pack

from ..training.drawn_pack import draw_pack
from .conftest import Ran


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    save_pack(draw_pack(), tmp_path / "drawn.pt")
    return tmp_path / "drawn.pt"


def test_a_run_in_pieces_leaves_a_folder_that_says_all(
    trimatte: Callable[..., Ran], pack: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    arguments = ("train", "refiner", "--pack", pack, "--run", folder, "--steps", 2)
    more = ("--picture-steps", 1, "--keep-steps", 2, "--log-steps", 1)
    ran = trimatte(*arguments, *more, "--stop-after", 0.0001)
    assert ran.code == 0, ran.err
    assert "50.0% done; the same command goes on" in ran.err
    ran = trimatte(*arguments, *more)
    assert ran.code == 0, ran.err
    assert "2 steps" in ran.err
    assert "finished" in ran.err
    assert json.loads((folder / "options.json").read_text())["schedule"]["kind"] == "Cosine"
    assert json.loads((folder / "data.json").read_text())["digest"] == "drawn"
    launches = [json.loads(line) for line in (folder / "launches.jsonl").read_text().splitlines()]
    assert len(launches) == 2
    assert launches[0]["commit"]
    assert [json.loads(line)["step"] for line in (folder / "log.jsonl").read_text().splitlines()] == [1, 2]
    assert (folder / "checkpoint.pt").is_file()
    assert [path.name for path in (folder / "checkpoints").iterdir()] == ["step-0000002.safetensors"]
    with Image.open(folder / "pictures" / "0000002.png") as picture:
        assert picture.size == (4 * 256, 192)


def test_the_default_run_trains_both_networks_in_pieces_and_writes_the_weights(
    trimatte: Callable[..., Ran], pack: Path, tmp_path: Path
) -> None:
    folder, output = tmp_path / "run", tmp_path / "weights.safetensors"
    arguments = ("train", "default", "--pack", pack, "--run", folder, "--output", output)
    arguments += ("--steps", 4, "--machine", "gpu", "--rehearse", "--log-steps", 1)
    ran = trimatte(*arguments, "--stop-after", 0.0001)
    assert ran.code == 0, ran.err
    assert "the same command goes on" in ran.err
    assert not output.exists()
    ran = trimatte(*arguments)
    assert ran.code == 0, ran.err
    assert ran.err.count("finished") == 2
    assert json.loads(output.with_suffix(".json").read_text())["runs"]["ftpvm"]["steps"] >= 3
    stages = json.loads((folder / "ftpvm" / "options.json").read_text())["stages"]
    assert stages[-1]["frames"] * stages[-1]["chunks"][1] >= 12


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ((), "either in minutes or in steps"),
        (("--steps", 1, "--minutes", 2.0), "either in minutes or in steps"),
        (("--steps", 1, "--pack", "nowhere.pt"), "nowhere.pt"),
    ],
)
def test_what_cannot_be_trained_is_one_line(
    trimatte: Callable[..., Ran], pack: Path, tmp_path: Path, more: tuple[object, ...], message: str
) -> None:
    ran = trimatte("train", "refiner", "--pack", pack, "--run", tmp_path / "run", *more)
    assert ran.code == 2
    assert [message in line for line in ran.err.splitlines() if line] == [True], ran.err


def test_every_recipe_is_a_command(trimatte: Callable[..., Ran]) -> None:
    from trimatte.training.recipe import RECIPES

    page = trimatte("train", "--help").out
    for name in (*RECIPES, "refiner", "propagation", "default", "export", "pack"):
        assert name in page
    for name in RECIPES:
        ran = trimatte("train", name, "--help")
        assert ran.code == 0
        assert "--stop-after" in ran.out


def test_without_tensorboard_one_line_says_how_to_get_it(
    trimatte: Callable[..., Ran], pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "torch.utils.tensorboard", None)
    ran = trimatte("train", "refiner", "--pack", pack, "--run", tmp_path / "run", "--steps", 1, "--tensorboard")
    assert ran.code == 2
    assert "pip install 'trimatte[training]'" in ran.err
