"""Nothing that happens behind the effect may take the host down, hang it, or cost it more than one frame."""

import os
import signal
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from trimatte.host_bridge import Effect, Host, PluginRefusedError, RenderAbortedError
from trimatte.plugin import bundle_path

pytestmark = pytest.mark.usefixtures("shell_environment")


class SlowDisc:
    """Plates that take their time while ``is_slow``, so that there is a middle of a render."""

    first, last = 0, 7

    def __init__(self, plate: Callable[[float], np.ndarray]) -> None:
        self._plate = plate
        self.is_slow = False
        self.reached = threading.Event()

    def read(self, frame: int, /) -> np.ndarray:
        if self.is_slow:
            self.reached.set()
            time.sleep(0.2)
        return self._plate(frame)


@pytest.fixture
def slow_disc(disc: Any) -> SlowDisc:
    return SlowDisc(disc)


@pytest.fixture
def effect(slow_disc: SlowDisc, keyframe_folder: Path) -> Iterator[Effect]:
    with Host([bundle_path()]).plugins()["org.trimatte.Trimatte"].create("filter") as made:
        made.connect("Source", slow_disc)
        made.params["keyframes"] = str(keyframe_folder)
        made.params["workingResolution"] = "Native"
        made.params["device"] = "CPU"
        yield made


@pytest.fixture
def fresh_worker(workers: Any, wait_until: Any) -> None:
    """The next render starts a worker."""
    for pid in workers():
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not workers())


def in_the_middle(disc: SlowDisc, action: Callable[[], None]) -> threading.Thread:
    """Run ``action`` a little after the next render has fetched its first plates."""
    disc.is_slow = True
    disc.reached.clear()

    def run() -> None:
        assert disc.reached.wait(30)
        time.sleep(0.5)
        action()
        disc.is_slow = False

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_worker_killed_in_the_middle_costs_nothing_but_time(
    effect: Effect, slow_disc: SlowDisc, workers: Any
) -> None:
    expected = effect.render(2)
    (first,) = workers()
    effect.params["refine"] = False  # nothing of this is solved yet
    other = effect.render(2)
    effect.purge_caches()
    thread = in_the_middle(slow_disc, lambda: os.kill(first, signal.SIGKILL))
    start = time.monotonic()
    picture = effect.render(2)
    thread.join()
    assert time.monotonic() - start < 30
    np.testing.assert_array_equal(picture, other)
    assert workers() != [first]
    assert effect.persistent_message is None
    effect.params["refine"] = True
    np.testing.assert_array_equal(effect.render(2), expected)


def stop(pid: int, wait_until: Callable[..., None]) -> None:
    """Stop a process; the signal is on its way for a while, and a thread that has not met it yet still answers."""
    os.kill(pid, signal.SIGSTOP)

    def stands() -> bool:
        return all(
            task.read_text().rpartition(")")[2].split()[0] == "T" for task in Path(f"/proc/{pid}/task").glob("*/stat")
        )

    wait_until(stands)


def test_a_worker_that_stands_still_is_replaced(
    effect: Effect, workers: Any, wait_until: Any, shell_environment: pytest.MonkeyPatch
) -> None:
    expected = effect.render(1)
    (first,) = workers()
    stop(first, wait_until)
    shell_environment.setenv("TRIMATTE_STALL_SECONDS", "1")
    with ThreadPoolExecutor(1) as pool:
        start = time.monotonic()
        picture = pool.submit(effect.render, 1)
        wait_until(lambda: workers() and first not in workers())
        noticed = time.monotonic() - start
        shell_environment.delenv("TRIMATTE_STALL_SECONDS")  # one second is short for a new worker on a busy machine
        np.testing.assert_array_equal(picture.result(60), expected)
    assert noticed < 10
    np.testing.assert_array_equal(effect.render(1), expected)


def test_an_abort_returns_at_once_and_the_worker_goes_on(effect: Effect, slow_disc: SlowDisc, workers: Any) -> None:
    effect.render(0)
    before = workers()
    slow_disc.is_slow = True
    start = time.monotonic()
    with pytest.raises(RenderAbortedError):
        effect.render(3, abort=lambda: time.monotonic() - start > 0.4)
    assert time.monotonic() - start < 1.5
    slow_disc.is_slow = False
    assert effect.render(3)[..., 3].max() > 0
    assert workers() == before
    assert effect.persistent_message is None


def test_an_abort_ends_the_wait_for_a_worker_that_starts(effect: Effect, fresh_worker: None) -> None:
    start = time.monotonic()
    with pytest.raises(RenderAbortedError):
        effect.render(3, abort=lambda: True)
    assert time.monotonic() - start < 1.0
    assert effect.render(3)[..., 3].max() > 0


def test_a_host_that_forks_gets_a_worker_of_its_own(effect: Effect, workers: Any) -> None:
    expected = effect.render(4)
    before = workers()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = 0 if np.array_equal(effect.render(4), expected) and workers() != before else 2
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    np.testing.assert_array_equal(effect.render(4), expected)
    assert workers() == before


def save(folder: Path, name: str, picture: np.ndarray) -> str:
    folder.mkdir(exist_ok=True)
    Image.fromarray(picture).save(folder / name)
    return str(folder)


BAD_FOLDERS: dict[str, tuple[Callable[[Path], str], str]] = {
    "missing": (str, "cannot be read"),
    "endless": (lambda folder: "x" * 1_000_000, "the keyframe folder xxx"),
    "empty": (lambda folder: str(folder.mkdir() or folder), "holds no keyframe"),
    "size": (
        lambda folder: save(folder, "a.0.png", np.tile(np.uint8([[0, 128, 255]]), (9, 1))),
        r"a\.0\.png is 3x9, the plate is 80x48",
    ),
    "outside": (
        lambda folder: save(folder, "a.99.png", np.tile(np.uint8([0, 128, 255, 255]), (48, 20))),
        "keyframe 99 lies outside the clip",
    ),
    "levels": (
        lambda folder: save(folder, "a.0.png", np.tile(np.uint8([0, 128, 255, 40]), (48, 20))),
        "other grey levels",
    ),
    "known": (
        lambda folder: save(folder, "a.0.png", np.tile(np.uint8([0, 255, 255, 255]), (48, 20))),
        "no unknown region",
    ),
}


@pytest.mark.parametrize("case", list(BAD_FOLDERS))
def test_bad_keyframes_are_one_line_that_goes_away(
    effect: Effect, keyframe_folder: Path, tmp_path: Path, case: str
) -> None:
    make_folder, message = BAD_FOLDERS[case]
    effect.params["keyframes"] = make_folder(tmp_path / "100% bad")
    with pytest.raises(PluginRefusedError, match=message) as refused:
        effect.render(0)
    assert "\n" not in refused.value.message
    assert effect.persistent_message is not None
    assert effect.persistent_message.type == "Error"
    effect.params["keyframes"] = str(keyframe_folder)
    effect.render(0)
    assert effect.persistent_message is None


def script(tmp_path: Path, text: str) -> str:
    """Return a program that stands where Python should be."""
    path = tmp_path / "python"
    path.write_text(f"#!{sys.executable}\n{text}")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


GARBAGE = """
import os, socket, sys, time
control = socket.socket(fileno=3)
{act}
time.sleep(60)
"""

FALSE_PYTHONS = {
    "says why it fails": ("import sys\nsys.exit('the sky is falling')", "the sky is falling"),
    "ends at once": ("", r"ended before it was ready \(exit code 0\)"),
    "is never ready": ("import time\ntime.sleep(60)", "did not start in time"),
    "speaks garbage": (GARBAGE.format(act="control.send(b'hello?')"), "is not of this version"),
    "speaks another version": (
        GARBAGE.format(
            act="import struct\ncontrol.send(struct.pack('=IHHIIQii2048s', 0x54724d31, 99, 1, 2080, 0, 0, 1, 0, b''))"
        ),
        "version 99",
    ),
    "greets and talks nonsense": (
        GARBAGE.format(
            act="import struct, array\n"
            "control.send(struct.pack('=IHHIIQii2048s', 0x54724d31, 2, 1, 2080, 0, 0, 1, 0, b''))\n"
            "data, fds, _, _ = socket.recv_fds(control, 4096, 4)\n"
            "channel = socket.socket(fileno=fds[0]); channel.recv(4096); channel.send(b'x' * 100)"
        ),
        r"lost twice on this frame \(a message is not ours\)",
    ),
}


@pytest.mark.parametrize("case", list(FALSE_PYTHONS))
def test_a_worker_that_is_none_is_a_message(
    effect: Effect, fresh_worker: None, shell_environment: pytest.MonkeyPatch, tmp_path: Path, case: str
) -> None:
    text, message = FALSE_PYTHONS[case]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIMATTE_PYTHON", script(tmp_path, text))
        patch.setenv("TRIMATTE_START_SECONDS", "1.5")
        patch.setenv("TRIMATTE_HANG_SECONDS", "0.5")
        start = time.monotonic()
        with pytest.raises(PluginRefusedError, match=message):
            effect.render(0)
        assert time.monotonic() - start < 10
    if case == "greets and talks nonsense":  # once, because a worker takes seconds to start
        assert effect.render(0)[..., 3].max() == 1  # the next frame works


def test_a_python_that_is_not_there_is_named(
    effect: Effect, fresh_worker: None, shell_environment: pytest.MonkeyPatch
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIMATTE_PYTHON", "/nowhere/python")
        with pytest.raises(PluginRefusedError, match="TRIMATTE_PYTHON names the Python /nowhere/python"):
            effect.render(0)


def test_torn_weights_are_named(
    effect: Effect, fresh_worker: None, workers: Any, shell_environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    torn = tmp_path / "torn.safetensors"
    torn.write_bytes(b"\x10" * 100)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIMATTE_WEIGHTS", str(torn))
        with pytest.raises(PluginRefusedError, match=r"torn\.safetensors"):
            effect.render(0)
    os.kill(workers()[0], signal.SIGKILL)  # it would keep looking for the torn file
