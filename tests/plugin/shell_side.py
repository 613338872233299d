"""A shell written in Python: the other end of the worker's wire, and so a second witness of its format."""

import contextlib
import json
import mmap
import os
import select
import socket
import struct
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from trimatte.plugin import _bridge

FIRST, LAST = 0, 7

HEADER, IMAGE, TEXT = "IHHIIQ", "QiiiiII", "2048s"
FORMATS = {
    1: ("hello", f"={HEADER}ii{TEXT}"),
    2: ("open_channel", f"={HEADER}"),
    3: ("forget", f"={HEADER}Q"),
    16: ("render", f"={HEADER}QQQIIddddd{IMAGE}{IMAGE}"),
    17: ("fetch_frame", f"={HEADER}dII"),
    18: ("frame_ready", f"={HEADER}Qd{IMAGE}"),
    19: ("frame_missing", f"={HEADER}d{TEXT}"),
    20: ("progress", f"={HEADER}d"),
    21: ("heartbeat", f"={HEADER}d"),
    22: ("cancel", f"={HEADER}"),
    23: ("done", f"={HEADER}ii{TEXT}"),
    24: ("set_text", f"={HEADER}II4000s"),
    25: ("go_to", f"={HEADER}d"),
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
