"""Hosts that do what no standard allows, on top of the one of ``gil_host.py``: ``odd_host.py BUNDLE KEYFRAMES``.

Runs every scenario below and prints one JSON object; what it should say is in ``test_odd_host.py``.
"""

from __future__ import annotations

import ctypes
import faulthandler
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from ctypes import c_double, c_int, c_void_p
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

import gil_host
from gil_host import FAILED, HEIGHT, OK, WIDTH

FIRST, LAST = 0, 7
BIG = 2**31 - 1
WILD: list[tuple[str, bytes | int | float]] = [
    *(("view", number) for number in (-1, 999, BIG)),
    ("output", -5),
    ("workingResolution", 99),
    ("tiles", -1),
    ("device", BIG),
    *(("mix", number) for number in (-3.0, 1e300, float("nan"))),
    *(("clipBlack", number) for number in (2.0, float("-inf"), float("nan"))),
    *(("matteGamma", number) for number in (0.0, -1.0, float("inf"), float("nan"))),
    *(("shrinkGrow", number) for number in (1e300, -1e9)),
    *(("edgeBlur", number) for number in (-1.0, 1e12)),
    *(("despeckle", number) for number in (-5, BIG)),
    *(("bandWidth", number) for number in (-1, BIG)),
    *(("frameOffset", number) for number in (-BIG, BIG)),
    *(("memoryBudget", number) for number in (-1.0, float("nan"))),
    *(("cacheLimit", number) for number in (-1, 0, BIG)),
    *(("keyframes", text) for text in (b"", b"{", b'{"format": 1}', b"\xff\xfe", b"x" * 1_000_000, b'\n"\\;=%s')),
    ("cacheKey", "sch\u00f6n \U0001f600 ".encode() * 50_000),
    ("sourceFile", b"x" * 1_000_000),
    ("ocioSpace", b"x" * 1_000_000),
]
"""Parameters and what a host with a damaged project might say of them."""


def plate(frame: int, width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """Picture (H, W, 4) of a frame, y up."""
    picture = np.ones((height, width, 4), np.float32)
    picture[..., :3] = np.random.default_rng(1000 + frame).random((height, width, 3)) * 0.4
    y, x = np.mgrid[:height, :width]
    picture[np.hypot(y - height / 2, x - width / 3 - 1.5 * frame) < height / 4, :3] += 0.5
    return picture


class Host(gil_host.Host):
    """Offers other frames; ``hidden`` properties answer Unknown, and what is read is noted in ``seen``."""

    def __init__(self, bundle: Path, hidden: frozenset[str] = frozenset(), name: str = "test.odd") -> None:
        self.seen: set[str] = set()
        self.sets_of_images: set[int] = set()
        self.frame_at: Callable[[int], np.ndarray | None] = plate
        super().__init__(bundle, 1)
        self.hidden = hidden
        self.properties.sets[self.struct.host] = {
            "OfxPropName": [name],
            "OfxImageEffectPropTemporalClipAccess": [1],
            "OfxImageEffectPropSupportedComponents": ["OfxImageComponentRGBA"],
            "OfxImageEffectHostPropIsBackground": [1],
        }
        get = self.properties.get

        def watched(number: int, key: bytes, index: int) -> object | None:
            self.seen.add(key.decode())
            return None if key.decode() in self.hidden else get(number, key, index)

        self.properties.get = watched  # type: ignore[method-assign]
        self.colour = {"OfxImageEffectPropFrameRange": [float(FIRST), float(LAST)], "OfxImageClipPropConnected": 1}
        self.effect = self.properties.new()

    def describe(self, context: str = "Filter") -> list[int]:
        name = f"OfxImageEffectContext{context}"
        return [
            self.act("OfxActionLoad"),
            self.act("OfxActionDescribe", self.effect),
            self.act(
                "OfxImageEffectActionDescribeInContext",
                self.effect,
                self.properties.new(OfxImageEffectPropContext=name),
            ),
        ]

    def create(self, keyframes: str) -> int:
        self.params = {"keyframes": keyframes.encode(), "view": 1, "device": 1, "workingResolution": 5, "refine": 0}
        return self.act("OfxActionCreateInstance", self.effect)

    def render(self, frame: int) -> int:
        self.plate = plate(frame)
        self.output[:] = 9
        inside = self.properties.new(
            OfxPropTime=float(frame),
            OfxImageEffectPropRenderWindow=[0, 0, WIDTH, HEIGHT],
            OfxImageEffectPropRenderScale=[1.0, 1.0],
        )
        self.frame = frame
        return self.act("OfxImageEffectActionRender", self.effect, inside)

    def source_changed(self) -> int:
        inside = self.properties.new(
            OfxPropType="OfxTypeClip", OfxPropName="Source", OfxPropChangeReason="OfxChangeUserEdited", OfxPropTime=0.0
        )
        return self.act("OfxActionInstanceChanged", self.effect, inside)

    def destroy(self) -> int:
        return self.act("OfxActionDestroyInstance", self.effect)

    @property
    def matte(self) -> np.ndarray:
        pad = gil_host.PAD
        return self.output[pad:-pad, pad:-pad, 0].copy()

    def _effect_suite(self) -> object:
        table: Any = super()._effect_suite()

        def image(clip: int, time: float, _region: int, target: int) -> int:
            if clip != 1:
                number = self._image(self.output, gil_host.PAD)
            else:
                picture = self.plate if round(time) == self.frame else self.frame_at(round(time))
                if picture is None:
                    return FAILED
                picture = np.ascontiguousarray(picture)
                self.properties.kept.append(picture)
                number = self._image(picture, 0)
                self.properties.sets[number]["OfxImagePropBounds"] = [0, 0, picture.shape[1], picture.shape[0]]
            self.lent += 1
            ctypes.cast(target, ctypes.POINTER(c_void_p))[0] = number
            return OK

        table[5] = self._keep(ctypes.PYFUNCTYPE(c_int, c_void_p, c_double, c_void_p, c_void_p), image)
        return table


def workers() -> list[int]:
    """Return the workers of this process."""
    command = ["pgrep", "-P", str(os.getpid()), "-f", "trimatte.plugin.worker"]
    found = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return [int(pid) for pid in found.split()]


def missing(bundle: Path, keyframes: str) -> dict[str, Any]:
    """Render without one of the properties that the effect reads, each in turn."""
    whole = Host(bundle)
    status = [*whole.describe(), whole.create(keyframes), whole.render(3)]
    matte = whole.matte
    report: dict[str, Any] = {"whole": status, "messages": whole.messages, "without": {}}
    for name in sorted(whole.seen):
        host = Host(bundle, frozenset({name}))
        status = [*host.describe(), host.create(keyframes), host.render(3)]
        report["without"][name] = {
            "status": status,
            "equal": bool((host.matte == matte).all()),
            "messages": host.messages,
            "lent": host.lent,
        }
    whole.plugin.setHost(ctypes.byref(whole.struct))
    report["again"] = [whole.act("OfxActionLoad"), whole.render(3), bool((whole.matte == matte).all())]
    return report


def neighbours(bundle: Path, keyframes: str) -> dict[str, Any]:
    """Answer for other frames with nothing, with the current frame, with another size, and then as it should be."""
    answers: dict[str, Callable[[int], np.ndarray | None]] = {
        "none": lambda frame: None,
        "smaller": lambda frame: plate(frame, WIDTH // 2, HEIGHT // 2),
        "larger": lambda frame: plate(frame, WIDTH + 9, HEIGHT + 5),
        "empty": lambda frame: np.zeros((0, 0, 4), np.float32),
        "current": lambda frame: plate(3),
    }
    report: dict[str, Any] = {}
    for name, answer in answers.items():
        host = Host(bundle)
        host.describe()
        host.create(keyframes)
        host.frame_at = answer
        status = host.render(3)
        is_source = bool((host.matte == plate(3)[..., 0]).all())
        told = list(host.messages)
        host.frame_at = plate
        host.source_changed()
        next_status = host.render(3)
        report[name] = {
            "status": status,
            "is_source": is_source,
            "messages": told,
            "next": next_status,
            "matte": host.matte.tolist(),
            "lent": host.lent,
            "destroyed": host.destroy(),
        }
    return report


def again(bundle: Path, keyframes: str) -> dict[str, Any]:
    """Do all for every frame as MLT does, each time through a plug-in that was fetched anew from a library reopened."""
    report: dict[str, Any] = {"status": [], "mattes": [], "workers": []}
    for frame in (3, 5, 3, 3):
        host = Host(bundle, name="MLT")
        status = [*host.describe(), host.create(keyframes), host.render(frame), host.destroy()]
        status.append(host.act("OfxActionUnload"))
        report["status"].append(status)
        report["mattes"].append(host.matte.tolist())
        report["workers"].append(workers())
        ctypes.memset(ctypes.byref(host.struct), 0xFF, ctypes.sizeof(host.struct))  # freed, and used for other things
        ctypes.CDLL(None).dlclose(c_void_p(host.library._handle))
    return report


def fork(bundle: Path, keyframes: str) -> dict[str, Any]:
    """Fork before the first frame; child and parent render, and neither tidies up."""
    host = Host(bundle)
    host.describe()
    host.create(keyframes)
    reader, writer = os.pipe()
    child = os.fork()
    status = host.render(3)
    report = {"status": status, "matte": host.matte.tolist(), "workers": workers(), "messages": host.messages}
    if child == 0:
        with os.fdopen(writer, "w") as pipe:
            json.dump(report, pipe)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        report["child"] = json.load(pipe)
    report["child_code"] = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    report["next"] = host.render(3)
    report["workers_after"] = workers()
    return report


def wild(bundle: Path, keyframes: str) -> dict[str, Any]:
    """Hand out parameters that no page would give, each for one frame."""
    host = Host(bundle)
    host.describe()
    host.create(keyframes)
    report: dict[str, Any] = {"first": host.render(3), "wild": []}
    page, matte = dict(host.params), host.matte
    for name, value in WILD:
        host.messages.clear()
        host.params = page | {name: value}
        start = time.monotonic()
        status = host.render(3)
        report["wild"].append([name, repr(value)[:40], status, list(host.messages), time.monotonic() - start])
    host.params = page
    report["last"] = [host.render(3), bool((host.matte == matte).all())]
    return report


if __name__ == "__main__":
    faulthandler.enable()
    words = Path(sys.argv[1]), sys.argv[2]
    report = {scenario.__name__: scenario(*words) for scenario in (fork, missing, neighbours, wild, again)}
    sys.stdout.write(json.dumps(report) + "\n")
    sys.stdout.flush()
    os._exit(0)  # neither DestroyInstance nor Unload
