"""Random weights in a file, a small clip with trimaps, and real workers."""

import contextlib
import importlib.util
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import nn

from trimatte.core import create_network
from trimatte.host_bridge import Effect, Host, HostProfile
from trimatte.plugin import bundle_path

WIDTH, HEIGHT = 80, 48


def load(name: str) -> ModuleType:
    """Load a module beside this one, which no import path reaches under ``--import-mode=importlib``."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ShellSide = load("shell_side").ShellSide


@pytest.fixture(scope="session")
def random_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A weight file with networks that react to everything they are shown."""
    path = tmp_path_factory.mktemp("weights") / "random.safetensors"
    state: dict[str, torch.Tensor] = {}
    with torch.random.fork_rng():
        torch.manual_seed(3)
        for prefix, network in (
            ("ftpvm.", create_network("ftpvm", unused_stages=False)),
            ("st_fam.", create_network("st_fam")),
        ):
            for module in network.modules():
                if isinstance(module, nn.Conv2d | nn.Linear):
                    nn.init.kaiming_normal_(module.weight)
            state.update({prefix + name: tensor.contiguous() for name, tensor in network.state_dict().items()})
    save_file(state, path)
    return path


@pytest.fixture(scope="session")
def worker_environment(random_weights: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a worker needs to run away from the user's own files."""
    home = tmp_path_factory.mktemp("home")
    return {
        "TRIMATTE_WEIGHTS": str(random_weights),
        "TRIMATTE_CACHE": str(home / "cache"),
        "XDG_STATE_HOME": str(home / "state"),
        "TRIMATTE_PYTHON": sys.executable,
        "OMP_NUM_THREADS": "1",
    }


@pytest.fixture(scope="module")
def worker(worker_environment: dict[str, str]) -> Iterator[ShellSide]:
    """A real worker that many tests share."""
    shell = ShellSide(worker_environment)
    hello = shell.wait_for_hello()
    assert hello.values[1] == 0, hello.text
    yield shell
    shell.close()


@pytest.fixture
def new_worker(worker_environment: dict[str, str]) -> Iterator[Callable[..., ShellSide]]:
    """Start workers of the test's own, with more environment."""
    started: list[ShellSide] = []

    def start(**environment: str) -> ShellSide:
        started.append(ShellSide({**worker_environment, **environment}))
        return started[-1]

    yield start
    for shell in started:
        shell.close()


def plate(frame: int, width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """Plate (H, W, 4) float32: a disc that drifts over noise."""
    picture = np.ones((height, width, 4), np.float32)
    picture[..., :3] = np.random.default_rng(1000 + frame).random((height, width, 3)) * 0.4
    y, x = np.mgrid[:height, :width]
    picture[np.hypot(y - height / 2, x - width / 3 - 1.5 * frame) < height / 4, :3] += 0.5
    return picture


def trimap(frame: int, width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """Trimap (H, W) uint8 of the disc."""
    y, x = np.mgrid[:height, :width]
    distance = np.hypot(y - height / 2, x - width / 3 - 1.5 * frame) / height
    picture = np.full((height, width), 128, np.uint8)
    picture[distance < 0.15] = 255
    picture[distance > 0.35] = 0
    return picture


@pytest.fixture
def make_plate() -> Callable[..., np.ndarray]:
    return plate


@pytest.fixture
def make_trimap() -> Callable[..., np.ndarray]:
    return trimap


def save_trimaps(folder: Path) -> Path:
    """Write keyframes of the frames 0 and 6 into ``folder``, and return it."""
    for frame in (0, 6):
        Image.fromarray(trimap(frame)).save(folder / f"disc.{frame:04d}.png")
    return folder


@pytest.fixture
def keyframe_folder(tmp_path: Path) -> Path:
    """A folder with keyframes on the frames 0 and 6."""
    folder = tmp_path / "keyframes"
    folder.mkdir()
    return save_trimaps(folder)


@pytest.fixture
def settings(keyframe_folder: Path) -> dict[str, object]:
    """Parameters as the shell sends them."""
    return {
        "generation": 0,
        "task": "show",
        "clearsSolved": False,
        "clearsCache": False,
        "cacheLimit": 16,
        "outputPremultiplication": "OfxImageAlphaPremultiplied",
        "keyframes": str(keyframe_folder),
        "sourceFile": "",
        "trimapFrames": "",
        "trimapChannels": "Auto",
        "bandWidth": 0,
        "frameOffset": 0,
        "painted": "",
        "paintedBefore": "",
        "view": "Result",
        "output": "Premultiplied",
        "mix": 1.0,
        "clipBlack": 0.0,
        "clipWhite": 1.0,
        "matteGamma": 1.0,
        "shrinkGrow": 0.0,
        "edgeBlur": 0.0,
        "despeckle": 0,
        "estimateForeground": True,
        "despill": 0.0,
        "despillScreen": "Auto",
        "despillRule": "Average",
        "despillLuminance": True,
        "model": "FTP-VM",
        "weights": "",
        "workingResolution": "Native",
        "refine": True,
        "tiles": "512",
        "memoryBudget": 0.0,
        "inputSpace": "Auto",
        "ocioSpace": "",
        "ocioConfig": "",
        "hostSpace": "",
        "hostConfig": "",
        "device": "CPU",
        "kernels": "Auto",
        "cacheKey": "",
    }


@pytest.fixture
def wait_until() -> Callable[..., None]:
    def wait(condition: Callable[[], bool], seconds: float = 20.0) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "it never happened"
            time.sleep(0.02)

    return wait


def worker_pids() -> list[int]:
    """Return the workers that this process has started."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            status = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes()
            if int(status[1]) == os.getpid() and status[0] != "Z" and b"trimatte.plugin.worker" in command:
                found.append(int(folder.name))
    return found


@pytest.fixture
def workers() -> Callable[[], list[int]]:
    return worker_pids


@pytest.fixture(scope="module")
def shell_environment(worker_environment: dict[str, str]) -> Iterator[pytest.MonkeyPatch]:
    """Environment of every worker that the shell starts in this process; none lives before or after."""
    end_workers()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in worker_environment.items():
            patch.setenv(name, value)
        yield patch
    end_workers()


def end_workers() -> None:
    """End the workers of this process: the next one sees the environment of the test that needs it."""
    for pid in worker_pids():
        os.kill(pid, 9)


@pytest.fixture
def disc(make_plate: Callable[..., np.ndarray]) -> Callable[[float], np.ndarray]:
    """Plates of the disc as a function of the time, for a host's clip."""
    return lambda time: make_plate(round(time))


@pytest.fixture
def make_effect(disc: Any, keyframe_folder: Path) -> Iterator[Callable[..., Effect]]:
    """Create effects that are connected and set, in a host that looks as the test wants."""
    made: list[Effect] = []

    def make(
        frames: Any = disc, *, depth: Any = None, context: str = "filter", offset: Any = (0, 0), **profile: Any
    ) -> Effect:
        bundle = os.environ.get("TRIMATTE_TEST_BUNDLE") or bundle_path()  # `make sanitize-shell` names one of its own
        host = Host([bundle], profile=HostProfile(**profile))
        effect = host.plugins()["org.trimatte.Trimatte"].create(context, depth=depth)
        made.append(effect)
        effect.connect("Source", frames, first=0, last=7, offset=offset)
        effect.params["keyframes"] = str(keyframe_folder)
        effect.params["workingResolution"] = "Native"
        effect.params["device"] = "CPU"
        return effect

    yield make
    for effect in made:
        effect.close()
