"""``trimatte evaluate clips``: which model is scored, and what is refused."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.torch import save_file

from trimatte.core import create_network

from .conftest import Ran, paint


@pytest.fixture
def folder(tmp_path: Path, clip: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clip as the scores want it; the plates stand for the true alpha."""
    monkeypatch.setenv("TRIMATTE_DATA", str(tmp_path / "data"))
    folder = tmp_path / "shot"
    folder.mkdir()
    paint(folder / "trimap_0000.png")
    for name in ("rgb.mp4", "alpha.mkv"):
        shutil.copy(clip, folder / name)
    return folder


def test_imported_weights_are_scored_by_name(trimatte: Callable[..., Ran], folder: Path, tmp_path: Path) -> None:
    network: Any = create_network("rvm_mobilenetv3")
    save_file(
        {name: value.contiguous() for name, value in network.state_dict().items()}, tmp_path / "people.safetensors"
    )
    assert trimatte("weights", "import", tmp_path / "people.safetensors").code == 0
    arguments = ("evaluate", "clips", folder, "--frames", "2", "--device", "cpu", "--json")
    ran = trimatte(*arguments, "--model", "rvm", "--weights", "people")
    assert ran.code == 0, ran.err
    people, usual = (json.loads(text)["SAD"] for text in (ran.out, trimatte(*arguments).out))
    assert np.isfinite([people, usual]).all()
    assert people != usual


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--model", "rvm"), "no weights for rvm are imported"),
        (("--model", "sam"), "model must be one of ftpvm, dvm, rvm; got sam"),
        (("--model", "rvm", "--run", "here"), "leave --model and --weights out"),
    ],
)
def test_what_cannot_be_scored_is_one_line(
    trimatte: Callable[..., Ran], folder: Path, more: tuple[str, ...], message: str
) -> None:
    ran = trimatte("evaluate", "clips", folder, *more)
    assert ran.code == 2
    assert [message in line for line in ran.err.splitlines() if line] == [True], ran.err


def test_other_mattes_are_scored_beside_ours_and_reported(
    trimatte: Callable[..., Ran], folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "others").mkdir()
    shutil.copy(folder / "alpha.mkv", tmp_path / "others" / "shot.mkv")  # the truth itself
    arguments = ("evaluate", "clips", folder.parent, "--frames", "2", "--device", "cpu", "--no-conn", "--json")
    ran = trimatte(*arguments, "--against", f"truth={tmp_path / 'others'}", "--output", tmp_path / "report")
    assert ran.code == 0, ran.err
    lines = [json.loads(line) for line in ran.out.splitlines()]
    assert [(line["method"], line["SAD"] > 0) for line in lines] == [("trimatte", True), ("truth", False)]
    names = sorted(path.name for path in (tmp_path / "report").iterdir())
    assert names == ["clips.csv", "frames.csv", "ratios.csv", "report.html"]


def test_a_protocol_has_a_table_of_its_own(trimatte: Callable[..., Ran], folder: Path) -> None:
    ran = trimatte("evaluate", "clips", folder, "--frames", "2", "--device", "cpu", "--no-conn", "--protocol", "low")
    assert ran.code == 0, ran.err
    heads = [line.split() for line in ran.out.splitlines() if "method" in line]
    assert ["SAD" in heads[0], "mad" in heads[1], len(heads)] == [True, True, 2]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--against", "nothing"), "give NAME=DIR"),
        (("--against", "a=nowhere"), "nowhere is not a folder"),
        (("--no-own",), "nothing to score"),
        (("--protocol", "medium"), "use classic, low or high"),
    ],
)
def test_what_cannot_be_compared_is_one_line(
    trimatte: Callable[..., Ran], folder: Path, more: tuple[str, ...], message: str
) -> None:
    ran = trimatte("evaluate", "clips", folder, *more)
    assert ran.code == 2
    assert [message in line for line in ran.err.splitlines() if line] == [True], ran.err
