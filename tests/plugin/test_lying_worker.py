"""A worker that lies can cost a frame; it can neither crash the host, nor hang it, nor write outside the picture."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trimatte.host_bridge import Effect, Host, PluginRefusedError, RenderAbortedError
from trimatte.plugin import bundle_path

from .conftest import load

install = load("liar").install

pytestmark = pytest.mark.usefixtures("shell_environment")

LOST = "lost twice on this frame"

LIES = {
    "a message of another version": ("say(head('heartbeat', 1, version=99) + bytes(8))", rf"{LOST} \(.*version 99"),
    "a message that is not ours": ("say(head('heartbeat', 1, magic=7) + bytes(8))", rf"{LOST} \(a message is not ours"),
    "an empty message": ("say(b'?')", rf"{LOST} \(a message is shorter than its header"),
    "half a message": ("say(done(0)[:100])", rf"{LOST} \(a message was cut"),
    "more than it says": ("say(fetch(1) + bytes(64))", rf"{LOST} \(a message was cut"),
    "a size of its own": ("say(head('done', 1, size=40) + bytes(16))", rf"{LOST} \(a message has the wrong size"),
    "a huge length": ("say(head('done', 1, size=0xffffffff) + bytes(2056))", rf"{LOST} \(a message was cut"),
    "a message longer than any": ("say(done(0) + bytes(60000))", rf"{LOST} \(a message is longer than any of ours"),
    "garbage": ("import random\nsay(random.Random(5).randbytes(2080))", rf"{LOST} \(a message is not ours"),
    "words of the shell": ("say(head('cancel', REQUEST))", rf"{LOST} \(the worker sent a message that only the shell"),
    "a type that is none": (
        "say(struct.pack('=IHHIIQ', MAGIC, VERSION, 77, 24, 0, REQUEST))",
        rf"{LOST} \(the worker sent a message that only the shell",
    ),
    "an ending that is none": ("say(done(77))", rf"{LOST} \(the worker ended in a way that does not exist"),
    "a negative ending": ("say(done(-1))", rf"{LOST} \(the worker ended in a way that does not exist"),
    "a question for no time": ("say(fetch(math.nan))", rf"{LOST} \(the worker asked for a frame that cannot"),
    "a question for all time": ("say(fetch(math.inf))", rf"{LOST} \(the worker asked for a frame that canno"),
    "questions without end": (
        "while True:\n    say(fetch(1.0))\n    hear()",
        rf"{LOST} \(the worker asked for frames without end",
    ),
    "progress that is no number": ("say(number('progress', math.nan))", rf"{LOST} \(the worker does not know how far"),
    "a heart before the beginning": ("say(number('heartbeat', math.nan))", rf"{LOST} \(no sign of life"),
    "a parameter that is none": ("say(set_text(9, 1, b'x'))", rf"{LOST} \(the worker sets a parameter that"),
    "a text longer than its message": ("say(set_text(0, 0xffffffff))", rf"{LOST} \(the worker sets a parameter"),
    "a place at no time": ("say(number('go_to', math.nan))", rf"{LOST} \(the worker asked for a frame that cannot be"),
    "silence": ("time.sleep(9)", rf"{LOST} \(no sign of life"),
    "a word, then silence": ("say(number('progress', 0.5)); time.sleep(9)", rf"{LOST} \(no sign of life"),
    "a beating heart and nothing else": (
        "while True:\n    say(number('heartbeat', 0.0))\n    time.sleep(0.05)",
        rf"{LOST} \(no sign of life",
    ),
    "an end of file": ("channel.close(); time.sleep(0.3); os._exit(4)", rf"{LOST} \(exit code 4\)"),
    "a crash": ("os.kill(os.getpid(), 11)", rf"{LOST} \(signal Segmentation fault\)"),
    "text without an end": ("say(done(1, b'x' * 2048))", "x{2048}"),
    "text that is none": (
        r"say(done(1, b'\xff\xc0\x80 \xed\xa0\x80 %s%n \x1b[2J \xe2\x82'))",
        r"\?\?\? \?\?\? %s%n \?\[2J \?\?",
    ),
    "a clip that is none": ("say(fetch(1.0, 99)); hear(); say(done(1, b'heard'))", "heard"),
    "descriptors instead of words": ("socket.send_fds(channel, [b'!'], [0, 1, 2, 0, 1])", rf"{LOST} \(a message is s"),
}  # fmt: skip


@pytest.fixture
def effect(disc: Any, keyframe_folder: Path) -> Iterator[Effect]:
    bundle = os.environ.get("TRIMATTE_TEST_BUNDLE") or bundle_path()  # `make sanitize-shell` names one of its own
    with Host([bundle]).plugins()["org.trimatte.Trimatte"].create("filter") as made:
        made.connect("Source", disc, first=0, last=7)
        made.params["keyframes"] = str(keyframe_folder)
        yield made


@pytest.fixture
def lying(tmp_path: Path, workers: Any, wait_until: Any) -> Iterator[Any]:
    """Start no other worker than one that tells this lie."""
    with pytest.MonkeyPatch.context() as patch:

        def tell(lie: str) -> None:
            for pid in workers():
                os.kill(pid, signal.SIGKILL)
            wait_until(lambda: not workers())
            patch.setenv("TRIMATTE_PYTHON", install(tmp_path, lie))
            patch.setenv("TRIMATTE_STALL_SECONDS", "0.4")
            patch.setenv("TRIMATTE_HANG_SECONDS", "0.03")

        yield tell
        for pid in workers():
            os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_costs_a_frame_and_is_named(effect: Effect, lying: Any, lie: str) -> None:
    words, message = LIES[lie]
    lying(words)
    start = time.monotonic()
    with pytest.raises(PluginRefusedError, match=message):
        effect.render(1)
    assert time.monotonic() - start < 8
    assert effect.leaked_images == 0


def test_a_worker_that_never_stops_talking_can_be_stopped(effect: Effect, lying: Any) -> None:
    lying("flood(number('progress', 0.5))")
    start = time.monotonic()
    with pytest.raises(RenderAbortedError):
        effect.render(1, abort=lambda: time.monotonic() - start > 1)
    assert time.monotonic() - start < 4


def test_a_picture_that_was_never_drawn_stays_inside_the_window(effect: Effect, lying: Any) -> None:
    """Our host marks what lies around the window, and raises where it was touched."""
    lying("os.ftruncate(memory, os.fstat(memory).st_size + (1 << 20)); say(done(0))")
    picture = effect.render(1, margin=3)
    np.testing.assert_array_equal(picture, 0)


def test_the_memory_cannot_be_taken_from_under_the_host(effect: Effect, lying: Any) -> None:
    lying(
        "import fcntl\n"
        "refused = 0\n"
        "seal = lambda: fcntl.fcntl(memory, fcntl.F_ADD_SEALS, fcntl.F_SEAL_GROW)\n"
        "for act in (lambda: os.ftruncate(memory, 0), seal):\n"
        "    try:\n"
        "        act()\n"
        "    except PermissionError:\n"
        "        refused += 1\n"
        "say(fetch(2.0)); hear(); say(done(1, b'refused %d times' % refused))"
    )
    with pytest.raises(PluginRefusedError, match="refused 2 times"):
        effect.render(1)


def test_late_words_of_the_request_before_are_not_heard(effect: Effect, lying: Any) -> None:
    lying("say(done(1, b'late', request=REQUEST - 1)); say(fetch(1.0)); hear(); say(done(1, b'in time'))")
    for _ in range(2):
        with pytest.raises(PluginRefusedError, match="in time"):
            effect.render(1)
