"""``trimatte live``: a movie as the camera, a movie or a pipe as the output, one line for what is wrong."""

import os
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
from PIL import Image

from trimatte.cli import main
from trimatte.core import create_network
from trimatte.core.checkpoints import save_weights
from trimatte.core.media.open import open_clip
from trimatte.core.media.writers import FORMATS, MovieWriter

WIDTH, HEIGHT = 64, 48


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
    """A movie of 0.6 seconds, with its first frame and a trimap beside it."""
    path = tmp_path / "camera.mp4"
    picture = np.kron(np.random.default_rng(0).integers(0, 256, (6, 8, 3), np.uint8), np.ones((8, 8, 1), np.uint8))
    trimap = np.zeros((HEIGHT, WIDTH), np.uint8)
    trimap[8:40, 10:50], trimap[14:34, 16:44] = 128, 255
    with MovieWriter(path, FORMATS["mp4"], size=(WIDTH, HEIGHT), channels=3, rate=Fraction(20)) as writer:
        for number in range(12):
            writer.write(number, np.roll(picture, number, axis=1))
    Image.fromarray(picture).save(tmp_path / "memory.png")
    Image.fromarray(trimap).save(tmp_path / "mask.png")
    return path


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as left:
        main(["live", *map(str, arguments)])
    assert isinstance(left.value.code, int)
    return left.value.code


def test_a_movie_as_camera_becomes_a_movie(
    camera: Path, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    memory = ["--memory-img", tmp_path / "memory.png", "--memory-mask", tmp_path / "mask.png"]
    model = ["--model", weights / "ftpvm.safetensors", "--device", "cpu", "--target-size", 32]
    assert run(camera, "--output", tmp_path / "live.mp4", *memory, *model, "--background", "#0000ff") == 0
    assert "12 frames came, " in capsys.readouterr().err
    with open_clip(tmp_path / "live.mp4") as clip:
        assert clip.rate == 20
        assert 4 <= len(clip) <= 12  # a busy machine drops some
        assert clip.read(0)[..., 2].mean() > 0.5  # the corners are blue now
        with open_clip(camera) as plate:
            assert np.abs(clip.read(0) - plate.read(0)).mean() > 0.02  # random weights keep most of some frames


def test_a_clean_plate_is_taken_from_the_camera(camera: Path, weights: Path, tmp_path: Path) -> None:
    model = ["--model", weights / "ftpvm.safetensors", "--device", "cpu"]
    assert run(camera, "--output", tmp_path / "live.mkv", "--plate-seconds", 0.1, *model, "--rate", 10) == 0
    with open_clip(tmp_path / "live.mkv") as clip:
        assert clip.rate == 10


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
    assert 1 <= len(frames) <= 12
    assert (frames[0].width, frames[0].height) == (WIDTH, HEIGHT)


def test_ctrl_c_ends_the_run_and_keeps_the_movie(weights: Path, tmp_path: Path) -> None:
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
    assert run(*source, *model, "--seconds", 20) == 0
    thread.join()
    assert not part.exists()
    with open_clip(tmp_path / "live.mp4") as clip:
        assert len(clip) >= 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "give either --memory-img or --plate-seconds"),
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
