"""Several threads, aborts, and the end of the process."""

import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from trimatte.host_bridge import Effect, PluginTable, RenderAbortedError

Create = Callable[..., Effect]
Clip = npt.NDArray[np.float32]


def most_at_once(effects: list[Effect], clip: Clip) -> int:
    """Render on four threads and return how many renders the slow probe saw at once."""
    for effect in effects:
        effect.connect("Source", clip)
    with ThreadPoolExecutor(4) as pool:
        pictures = pool.map(lambda number: effects[number % len(effects)].render(number % 3), range(8))
        return int(max(picture.max() for picture in pictures))


@pytest.mark.parametrize(
    ("safety", "instances", "expected"),
    [("unsafe", 1, {1}), ("unsafe", 2, {1}), ("instance", 1, {1}), ("instance", 2, {2}), ("fully", 1, {2, 3, 4})],
)
def test_no_more_renders_run_at_once_than_the_effect_declared_safe(
    probes: Callable[..., PluginTable], clip: Clip, safety: str, instances: int, expected: set[int]
) -> None:
    plugin = probes()[f"org.trimatte.probe.slow.{safety}"]
    effects = [plugin.create() for _ in range(instances)]
    try:
        assert most_at_once(effects, clip) in expected
    finally:
        for effect in effects:
            effect.close()


def test_frames_rendered_on_threads_are_those_rendered_one_by_one(create: Create) -> None:
    frames = np.random.default_rng(2).random((40, 9, 16, 4), dtype=np.float32)
    effect = create("temporal")
    effect.connect("Source", frames)
    order = np.random.default_rng(3).permutation(40)
    with ThreadPoolExecutor(4) as pool:
        pictures = dict(zip(order, pool.map(lambda number: effect.render(int(number)), order), strict=True))
    for number in range(40):
        np.testing.assert_array_equal(pictures[number], effect.render(number))


def test_python_runs_while_the_effect_works(create: Create, clip: Clip) -> None:
    effect = create("slow.fully")
    effect.connect("Source", clip)
    effect.params["steps"] = 30
    worker = threading.Thread(target=effect.render, args=(0,))
    started = time.perf_counter()
    worker.start()
    turns = 0
    while worker.is_alive():
        time.sleep(0.005)
        turns += 1
    assert turns > 10
    assert time.perf_counter() - started < 5


def test_abort_from_another_thread_stops_the_render_and_not_the_next_one(create: Create, clip: Clip) -> None:
    effect = create("slow.instance")
    effect.connect("Source", clip)
    effect.params["steps"] = 3000  # half a minute
    timer = threading.Timer(0.2, effect.abort)
    timer.start()
    started = time.perf_counter()
    with pytest.raises(RenderAbortedError, match="aborted"):
        effect.render(0)
    assert time.perf_counter() - started < 5
    timer.join()
    effect.params["steps"] = 1
    assert effect.render(0).shape == (7, 11, 4)


def test_the_callable_given_to_render_stops_it(create: Create, clip: Clip) -> None:
    effect = create("slow.instance")
    effect.connect("Source", clip)
    effect.params["steps"] = 3000
    deadline = time.perf_counter() + 0.2
    with pytest.raises(RenderAbortedError):
        effect.render(0, abort=lambda: time.perf_counter() > deadline)
    effect.params["steps"] = 1
    effect.render(0, abort=lambda: False)


def test_what_the_abort_callable_raises_reaches_the_caller(create: Create, clip: Clip) -> None:
    def broken() -> bool:
        raise ZeroDivisionError("in abort")

    effect = create("slow.instance")
    effect.connect("Source", clip)
    with pytest.raises(ZeroDivisionError, match="in abort"):
        effect.render(0, abort=broken)


def test_closing_waits_for_renders_of_other_threads(create: Create, clip: Clip) -> None:
    effect = create("slow.instance")
    effect.connect("Source", clip)
    effect.params["steps"] = 3000
    failures: list[BaseException] = []

    def render() -> None:
        try:
            effect.render(0)
        except RenderAbortedError as error:
            failures.append(error)

    worker = threading.Thread(target=render)
    worker.start()
    time.sleep(0.2)
    effect.close()  # aborts it, waits for it, destroys
    worker.join(5)
    assert not worker.is_alive()
    assert len(failures) == 1


PRELUDE = """
import os, signal, sys, threading, time
import numpy as np
from trimatte.host_bridge import Host
plugins = Host([sys.argv[1]]).plugins()
clip = np.zeros((3, 8, 8, 4), np.float32)
def slow(steps):
    effect = plugins["org.trimatte.probe.slow.instance"].create()
    effect.connect("Source", clip)
    effect.params["steps"] = steps
    return effect
"""


def run(script: str, probe_folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", PRELUDE + textwrap.dedent(script), str(probe_folder)],
        capture_output=True,
        text=True,
        timeout=60,
        env={"PATH": "/usr/bin:/bin", **environment},
        check=False,
    )


def test_instances_are_destroyed_before_their_plugin_is_unloaded_at_exit(probe_folder: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    result = run(
        """
        effects = [plugins["org.trimatte.probe.log"].create() for _ in range(2)]
        cycle = [effects]
        cycle.append(cycle)  # nothing is freed before the interpreter ends
        """,
        probe_folder,
        TRIMATTE_PROBE_LOG=str(log),
    )
    assert result.returncode == 0, result.stderr
    assert log.read_text().split()[-3:] == ["OfxActionDestroyInstance", "OfxActionDestroyInstance", "OfxActionUnload"]


def test_a_forgotten_effect_may_call_python_from_another_thread_as_it_ends(probe_folder: Path) -> None:
    result = run(
        """
        effect = plugins["org.trimatte.probe.log"].create()
        del effect
        print("ends")
        """,
        probe_folder,
    )
    assert (result.returncode, result.stdout) == (0, "ends\n"), result.stderr


def test_the_process_ends_while_a_thread_renders(probe_folder: Path) -> None:
    result = run(
        """
        effect = slow(3000)
        threading.Thread(target=effect.render, args=(0,), daemon=True).start()
        time.sleep(0.3)
        print("ends")
        """,
        probe_folder,
    )
    assert (result.returncode, result.stdout) == (0, "ends\n"), result.stderr


def test_the_process_ends_while_a_render_waits_for_python(probe_folder: Path) -> None:
    result = run(
        """
        def read(time_):
            if threading.current_thread() is not threading.main_thread():
                time.sleep(1)
            return clip[0]
        effect = plugins["org.trimatte.probe.copy"].create()
        effect.connect("Source", read, first=0, last=2)
        threading.Thread(target=effect.render, args=(0,), daemon=True).start()
        time.sleep(0.3)
        print("ends")
        """,
        probe_folder,
    )
    assert (result.returncode, result.stdout) == (0, "ends\n"), result.stderr


def test_ctrl_c_reaches_a_render_on_the_main_thread(probe_folder: Path) -> None:
    result = run(
        """
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a background shell ignores it for its children
        effect = slow(3000)
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
        started = time.perf_counter()
        try:
            effect.render(0)
        except KeyboardInterrupt:
            print("interrupted", time.perf_counter() - started < 5)
        """,
        probe_folder,
    )
    assert (result.returncode, result.stdout) == (0, "interrupted True\n"), result.stderr
