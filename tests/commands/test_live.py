"""``trimatte live``: a movie as the camera, a movie or a pipe as the output, one line for what is wrong."""

import importlib.util
import os
import re
import signal
import subprocess
import sys
import threading
import time
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import av
import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from trimatte.cli import main
from trimatte.core import create_network
from trimatte.core.checkpoints import save_weights
from trimatte.core.media.open import open_clip

from ..core.media import movies

WIDTH, HEIGHT = movies.WIDTH, movies.HEIGHT
FRAMES = 12
needs_qt = pytest.mark.skipif(importlib.util.find_spec("PySide6") is None, reason="PySide6 is missing")


@pytest.fixture(autouse=True)
def _own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIMATTE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("TRIMATTE_WEIGHTS", str(tmp_path / "none.safetensors"))


@pytest.fixture(scope="module")
def weights(golden_weights: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weights")
    for name in ("ftpvm", "rvm_mobilenetv3"):
        save_weights(golden_weights.fill(create_network(name), 0, 0.87).state_dict(), folder / f"{name}.safetensors")
    return folder


@pytest.fixture
def camera(tmp_path: Path) -> Path:
    """A movie of half a second whose frames carry their numbers, with a picture and a trimap beside it."""
    path = movies.write_movie(tmp_path / "camera.mp4", frames=FRAMES, rate=Fraction(24))
    trimap = np.zeros((HEIGHT, WIDTH), np.uint8)
    trimap[8:56, 20:100], trimap[14:50, 28:92] = 128, 255
    Image.fromarray(movies.numbered(0)).save(tmp_path / "memory.png")
    Image.fromarray(trimap).save(tmp_path / "mask.png")
    return path


def half_there(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Change FTP-VM so that every pixel is unknown, and its alpha is one half."""
    for head, bias in (("seg_project", [-9.0, 9.0, -9.0]), ("mat_project", [0.0])):
        state[f"{head}.conv.weight"].zero_()
        state[f"{head}.conv.bias"].copy_(torch.tensor(bias))
    return state


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as left:
        main(["live", *map(str, arguments)])
    assert isinstance(left.value.code, int)
    return left.value.code


def test_every_frame_that_is_shown_is_its_plate_over_the_background(
    camera: Path, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    memory = ["--memory-img", tmp_path / "memory.png", "--memory-mask", tmp_path / "mask.png"]
    half = load_file(weights / "ftpvm.safetensors")
    model = ["--model", save_weights(half_there(half), tmp_path / "half.safetensors"), "--device", "cpu"]
    assert run(camera, "--output", tmp_path / "live.mp4", *memory, *model, "--background", "#0000ff") == 0
    report = re.search(rf"{FRAMES} frames came, (\d+) matted, (\d+) dropped", capsys.readouterr().err)
    assert report is not None
    matted, dropped = map(int, report.groups())
    assert matted + dropped == FRAMES
    with open_clip(tmp_path / "live.mp4") as clip, open_clip(camera) as plates:
        assert clip.rate == 24
        shown = [clip.read(number) for number in range(clip.first, clip.last + 1)]
        numbers = [movies.number_in(half_back(picture)) for picture in shown]
        assert len(set(numbers)) == matted
        assert numbers[-1] == FRAMES - 1  # the newest one is never the one that is dropped
        assert numbers == sorted(numbers)
        assert all(number <= numbers[0] + place for place, number in enumerate(numbers))  # none is ahead of its time
        for picture, number in zip(shown, numbers, strict=True):
            expected = (plates.read(number) + np.array([0, 0, 1], np.float32)) / 2
            assert np.abs(picture - expected).mean() < 0.02  # what H.264 loses


def half_back(composite: np.ndarray) -> np.ndarray:
    """Take half of blue away from (H, W, 3), 0..1."""
    return (composite - np.array([0, 0, 0.5], np.float32)) * 2


@needs_qt
def test_a_window_alone_is_enough_and_closes_when_the_camera_ends(
    camera: Path, weights: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert run(camera, "--window", "--model", weights / "ftpvm.safetensors", "--device", "cpu") == 0
    assert f"{FRAMES} frames came, " in capsys.readouterr().err


def test_without_pyside_one_line_names_what_to_install(
    camera: Path, weights: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if "live_preview" in name]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "PySide6", None)
    monkeypatch.setitem(sys.modules, "PySide6.QtCore", None)
    assert run(camera, "--window", "--model", weights / "ftpvm.safetensors") == 2
    shown = capsys.readouterr().err
    assert "pip install 'trimatte[painter]'" in shown
    assert shown.count("\n") == 1


def test_a_clean_plate_is_taken_from_the_camera(camera: Path, weights: Path, tmp_path: Path) -> None:
    model = ["--model", weights / "ftpvm.safetensors", "--device", "cpu"]
    assert run(camera, "--output", tmp_path / "live.mkv", "--plate-seconds", 0.1, *model, "--rate", 10) == 0
    with open_clip(tmp_path / "live.mkv") as clip:
        assert clip.rate == 10
        assert len(clip) <= 5  # of the 0.4 s after the plate


def test_rvm_needs_no_memory_and_a_pipe_carries_pictures(camera: Path, weights: Path, tmp_path: Path) -> None:
    arguments = ["--network", "rvm_mobilenetv3", "--model", weights / "rvm_mobilenetv3.safetensors", "--device", "cpu"]
    command = [sys.executable, "-m", "trimatte", "live", camera, "--output", "-", *arguments]
    path = tmp_path / "pipe.nut"
    with path.open("wb") as pipe:
        done = subprocess.run(
            list(map(str, command)), stdout=pipe, stderr=subprocess.PIPE, timeout=60, check=False, text=True
        )
    assert done.returncode == 0, done.stderr
    assert "frames came" in done.stderr
    with av.open(str(path)) as container:
        assert container.format.name == "nut"
        frames = list(container.decode(video=0))
    assert 1 <= len(frames) <= FRAMES
    assert (frames[0].width, frames[0].height) == (WIDTH, HEIGHT)


@pytest.mark.parametrize("window", [[], pytest.param(["--window"], marks=needs_qt)])
def test_ctrl_c_ends_the_run_and_keeps_the_movie(
    weights: Path, tmp_path: Path, window: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    model = ["--network", "rvm_mobilenetv3", "--model", weights / "rvm_mobilenetv3.safetensors", "--device", "cpu"]
    source = ["testsrc=size=64x48:rate=10,realtime", "--camera-format", "lavfi", "--output", tmp_path / "live.mp4"]
    part = tmp_path / ".live.mp4.trimatte-part"

    def interrupt() -> None:
        while not part.exists():
            time.sleep(0.02)
        time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    begin = time.monotonic()
    assert run(*source, *model, *window, "--seconds", 60) == 0
    thread.join()
    assert time.monotonic() - begin < 60
    assert not part.exists()
    with open_clip(tmp_path / "live.mp4") as clip:
        assert len(clip) >= 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "give either --memory-img or --plate-seconds"),
        (["--window", "--memory-img", "memory.png", "--plate-seconds", 1], "give either --memory-img or --plate-"),
        (["--memory-img", "memory.png", "--plate-seconds", 1], "give either --memory-img or --plate-seconds"),
        (["--memory-img", "none.png"], "none.png: no such picture"),
        (["--memory-img", "memory.png", "--background", "nothing"], "'nothing' is no background"),
        (["--memory-img", "memory.png", "--camera-option", "fast"], "'fast': expected NAME=VALUE"),
        (["--plate-seconds", 9], "the camera ended before 9 s"),
        (["--network", "rvm_resnet50", "--model", "rvm_resnet50"], "no weights are called 'rvm_resnet50'"),
    ],
)
def test_bad_options_end_with_code_2(
    camera: Path,
    weights: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: list[object],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    model = [] if "--model" in options else ["--model", weights / "ftpvm.safetensors"]
    assert run(camera, "--output", "live.mp4", "--device", "cpu", *model, *options) == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.glob("*live*"))
