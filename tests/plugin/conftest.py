"""Random weights in a file, a small clip with trimaps, and a shell written in Python that speaks to a real worker."""

import contextlib
import json
import mmap
import os
import select
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import nn

from trimatte.core import create_network
from trimatte.plugin import _bridge

WIDTH, HEIGHT, FIRST, LAST = 80, 48, 0, 7

HEADER, IMAGE, TEXT = "IHHIIQ", "QiiiiII", "2048s"
FORMATS = {
    1: ("hello", f"={HEADER}ii{TEXT}"),
    2: ("open_channel", f"={HEADER}"),
    3: ("forget", f"={HEADER}Q"),
    16: ("render", f"={HEADER}QQQIIddddd{IMAGE}{IMAGE}"),
    17: ("fetch_frame", f"={HEADER}d"),
    18: ("frame_ready", f"={HEADER}Qd{IMAGE}"),
    19: ("frame_missing", f"={HEADER}d{TEXT}"),
    20: ("progress", f"={HEADER}d"),
    21: ("heartbeat", f"={HEADER}d"),
    22: ("cancel", f"={HEADER}"),
    23: ("done", f"={HEADER}ii{TEXT}"),
}
NUMBERS = {name: number for number, (name, _) in FORMATS.items()}
DEPTHS = {"uint8": 1, "uint16": 2, "float16": 3, "float32": 4}
MAGIC = 0x54724D31


def pack(name: str, *values: object, request: int = 0) -> bytes:
    number = NUMBERS[name]
    layout = FORMATS[number][1]
    return struct.pack(layout, MAGIC, _bridge.PROTOCOL_VERSION, number, struct.calcsize(layout), 0, request, *values)


@dataclass
class Message:
    name: str
    request: int
    values: tuple[object, ...]

    @property
    def text(self) -> str:
        last = self.values[-1]
        assert isinstance(last, bytes)
        return last.split(b"\0")[0].decode()


def unpack(data: bytes) -> Message:
    magic, version, number, size, _, request = struct.unpack_from(f"={HEADER}", data)
    assert (magic, version, size) == (MAGIC, _bridge.PROTOCOL_VERSION, len(data))
    name, layout = FORMATS[number]
    return Message(name, request, struct.unpack(layout, data)[6:])


def receive(end: socket.socket, seconds: float = 60.0) -> Message | None:
    """Return the next message, ``None`` at the end of file; fails when nothing comes."""
    ready, _, _ = select.select([end], [], [], seconds)
    assert ready, "the other side says nothing"
    data = end.recv(4096)
    return unpack(data) if data else None


@dataclass
class ShellChannel:
    """The shell's end of one channel."""

    end: socket.socket
    memory: int
    requests: int = 0
    heard: list[str] = field(default_factory=list)

    def render(
        self,
        plates: Callable[[int], np.ndarray | None],
        settings: dict[str, object],
        *,
        time: float = 0.0,
        window: tuple[int, int, int, int] | None = None,
        origin: tuple[int, int] = (0, 0),
        frames: tuple[int, int] | None = (FIRST, LAST),
        instance: int = 1,
        scale: tuple[float, float] = (1.0, 1.0),
        temporal: bool = True,
    ) -> tuple[int, str, np.ndarray]:
        """Ask for one frame and serve plates until it is done: status, text, picture."""
        self.requests += 1
        plate = plates(round(time))
        assert plate is not None
        source = (origin[0], origin[1], origin[0] + plate.shape[1], origin[1] + plate.shape[0])
        window = window or source
        words = json.dumps(settings).encode()
        output_at = 65536 + _aligned(plate.nbytes)
        shape = (window[3] - window[1], window[2] - window[0], plate.shape[2])
        scratch = output_at + _aligned(int(np.prod(shape)) * plate.itemsize)
        self._write(0, words)
        self._write(65536, plate.tobytes())
        self._write(output_at, bytes(scratch - output_at))
        depth = DEPTHS[plate.dtype.name]
        first, last = frames or (0, 0)
        flags = (1 if temporal else 0) | (2 if frames else 0)
        message = pack(
            "render", instance, scratch, 0, len(words), flags, time, float(first), float(last), *scale,
            65536, *source, depth, plate.shape[2], output_at, *window, depth, plate.shape[2], request=self.requests,
        )  # fmt: skip
        self.end.send(message)
        status, text = self._serve(plates, scratch, depth)
        with mmap.mmap(self.memory, scratch) as memory:
            picture = np.frombuffer(memory[output_at:scratch], plate.dtype)[: int(np.prod(shape))].reshape(shape)
        return status, text, picture

    def _serve(self, plates: Callable[[int], np.ndarray | None], scratch: int, depth: int) -> tuple[int, str]:
        while True:
            message = receive(self.end)
            assert message is not None, "the worker closed the channel"
            self.heard.append(message.name)
            if message.name == "done":
                assert message.request == self.requests
                status = message.values[0]
                assert isinstance(status, int)
                return status, message.text
            if message.name == "fetch_frame":
                when = message.values[0]
                assert isinstance(when, float)
                self._give(when, plates(round(when)), scratch, depth)

    def _give(self, when: float, plate: np.ndarray | None, scratch: int, depth: int) -> None:
        if plate is None:
            self.end.send(pack("frame_missing", when, b"there is none", request=self.requests))
            return
        self._write(scratch, plate.tobytes())
        box = (0, 0, plate.shape[1], plate.shape[0])
        image = (scratch, *box, depth, plate.shape[2])
        self.end.send(pack("frame_ready", scratch + plate.nbytes, when, *image, request=self.requests))

    def _write(self, offset: int, data: bytes) -> None:
        if os.fstat(self.memory).st_size < offset + len(data):
            os.ftruncate(self.memory, offset + len(data))
        os.pwrite(self.memory, data, offset)


class ShellSide:
    """A shell in Python: starts a worker and opens channels."""

    pack = staticmethod(pack)
    receive = staticmethod(receive)

    def __init__(self, environment: dict[str, str]) -> None:
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-I", "-m", "trimatte.plugin.worker", str(theirs.fileno())]
        self.process = subprocess.Popen(
            command, pass_fds=[theirs.fileno()], env={**os.environ, **environment}, start_new_session=True
        )
        theirs.close()
        self.channels: list[ShellChannel] = []

    def wait_for_hello(self) -> Message:
        hello = receive(self.control)
        assert hello is not None, "the worker left without a word"
        assert hello.name == "hello"
        return hello

    def open_channel(self) -> ShellChannel:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        memory = os.memfd_create("test")
        socket.send_fds(self.control, [pack("open_channel")], [theirs.fileno(), memory])
        theirs.close()
        self.channels.append(ShellChannel(ours, memory))
        return self.channels[-1]

    def close(self) -> None:
        self.control.close()
        for channel in self.channels:
            channel.end.close()
            os.close(channel.memory)
        try:
            self.process.wait(10)
        finally:
            with contextlib.suppress(ProcessLookupError):
                self.process.kill()
            self.process.wait()


def _aligned(size: int) -> int:
    return (size + 4095) // 4096 * 4096


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


@pytest.fixture(scope="session")
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


@pytest.fixture
def keyframe_folder(tmp_path: Path) -> Path:
    """A folder with keyframes on the frames 0 and 6."""
    folder = tmp_path / "keyframes"
    folder.mkdir()
    for frame in (0, 6):
        Image.fromarray(trimap(frame)).save(folder / f"disc.{frame:04d}.png")
    return folder


@pytest.fixture
def settings(keyframe_folder: Path) -> dict[str, object]:
    """Parameters as the shell sends them."""
    return {
        "generation": 0,
        "outputPremultiplication": "OfxImageAlphaPremultiplied",
        "keyframes": str(keyframe_folder),
        "frameOffset": 0,
        "view": "Result",
        "output": "Premultiplied",
        "workingResolution": "Native",
        "refine": True,
        "device": "CPU",
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
    _end_workers()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in worker_environment.items():
            patch.setenv(name, value)
        yield patch
    _end_workers()


def _end_workers() -> None:
    for pid in worker_pids():
        os.kill(pid, 9)


@pytest.fixture
def disc(make_plate: Callable[..., np.ndarray]) -> Callable[[float], np.ndarray]:
    """Plates of the disc as a function of the time, for a host's clip."""
    return lambda time: make_plate(round(time))
