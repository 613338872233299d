"""Effects in a process of their own: the same pictures, and crashes that are reported."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from trimatte.host_bridge import Host, HostError, HostProfile, PluginCrashedError, PluginRefusedError, PluginTable

Clip = npt.NDArray[np.float32]
Probe = Callable[[str], "object"]


@pytest.fixture(scope="module")
def isolated(probe_folder: Path) -> Iterator[PluginTable]:
    """The probes in a process of their own, which is killed after half a second of silence."""
    return Host([probe_folder / "Probes.ofx.bundle"], isolate=True, timeout=2.0).plugins()


def test_pictures_parameters_and_questions_are_those_of_this_process(
    isolated: PluginTable, probes: Callable[..., PluginTable], clip: Clip
) -> None:
    assert [(p.identifier, p.version) for p in isolated] == [(p.identifier, p.version) for p in probes()]
    answers = []
    for table in (isolated, probes()):
        with table["org.trimatte.probe.params"].create() as effect:
            effect.connect("Source", clip)
            effect.params["colour"] = (0.1, 0.2, 0.3, 1.0)
            effect.params["double"].set_key(0, 0.0)
            effect.params["double"].set_key(2, 1.0)
            effect.sync_private_data()
            values = {name: repr(effect.params[name]) for name in effect.params}
            answers.append((effect.render(1).tolist(), values, effect.preferences, effect.is_identity(0, (0, 0, 2, 2))))
    assert answers[0] == answers[1]


def test_frames_messages_and_progress_cross_the_border(isolated: PluginTable) -> None:
    asked: list[float] = []

    def frame(time_: float) -> Clip:
        asked.append(time_)
        return np.full((4, 5, 4), time_, np.float32)

    with isolated["org.trimatte.probe.temporal"].create() as effect:
        effect.connect("Source", frame, first=0, last=9)
        effect.params["offset"] = 2.0
        assert effect.render(3).max() == 4.0  # the mean of 3 and 5
    assert 5.0 in asked
    with isolated["org.trimatte.probe.params"].create() as effect:
        fractions: list[float] = []
        effect.on_progress = lambda fraction, _: fractions.append(fraction)
        effect.on_message = lambda message: message.text == "Keep 7?"
        effect.press("analyse")
        assert fractions == pytest.approx([0.1 * step for step in range(1, 11)])
        assert effect.params["boolean"].value() is True


def test_errors_of_effect_and_of_callbacks_are_themselves(isolated: PluginTable) -> None:
    with isolated["org.trimatte.probe.fail"].create() as effect:
        effect.connect("Source", np.zeros((1, 2, 2, 4), np.float32))
        effect.params["status"] = 1
        with pytest.raises(PluginRefusedError) as refusal:
            effect.render(0)
        assert refusal.value.status != 0
        assert refusal.value.action == "OfxImageEffectActionRender"
        with pytest.raises(HostError, match="no parameter 'nobody'"):
            effect.params["nobody"]

    class MineError(Exception):
        pass

    def broken(time_: float) -> Clip:
        if time_ > 0:
            raise MineError("no such frame here")
        return np.zeros((2, 2, 4), np.float32)

    with isolated["org.trimatte.probe.copy"].create() as effect:
        effect.connect("Source", broken, first=0, last=5)
        with pytest.raises(MineError):
            effect.render(1)
        assert effect.render(0).shape == (2, 2, 4)


def test_abort_does_not_wait_for_its_turn(isolated: PluginTable) -> None:
    with isolated["org.trimatte.probe.slow.instance"].create() as effect:
        effect.connect("Source", np.zeros((1, 2, 2, 4), np.float32))
        effect.params["steps"] = 500
        threading.Timer(0.2, effect.abort).start()
        begun = time.monotonic()
        with pytest.raises(HostError, match="aborted"):
            effect.render(0)
        assert time.monotonic() - begun < 2.0


@pytest.mark.parametrize(
    ("how", "told"),
    [("segfault", "SIGSEGV"), ("abort", "SIGABRT"), ("exit", "exit code 3"), ("hang", "no sign of life for 2 seconds")],
)
def test_a_crash_is_reported_and_the_next_instance_works(isolated: PluginTable, how: str, told: str) -> None:
    plugin = isolated["org.trimatte.probe.crash"]
    effect = plugin.create()
    effect.set_project((4, 3))
    effect.params["how"] = how
    with pytest.raises(PluginCrashedError, match=told) as crash:
        effect.render(0)
    assert "Probes.ofx" in str(crash.value)
    assert "render" in str(crash.value)
    with pytest.raises(PluginCrashedError, match="create the effect again"):
        effect.render(0)
    with plugin.create() as another:
        another.set_project((4, 3))
        assert another.render(0).shape == (3, 4, 4)
        assert another.render(0).max() == 0.5


def test_an_effect_that_crashes_when_it_is_described_is_a_line_in_the_table(
    probe_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIMATTE_PROBE_CRASH", "segfault")
    table = Host([probe_folder / "Probes.ofx.bundle"], isolate=True).plugins()
    with pytest.raises(PluginCrashedError, match="SIGSEGV"):
        _ = table["org.trimatte.probe.crash"].label
    assert table["org.trimatte.probe.ramp"].label == "Ramp"


def test_nothing_is_left_of_a_process_that_nobody_needs(probe_folder: Path) -> None:
    host = Host([probe_folder / "Probes.ofx.bundle"], isolate=True, profile=HostProfile(row_bytes="negative"))
    native = host.plugins()["org.trimatte.probe.ramp"]._native
    process = native._binary.process()  # type: ignore[union-attr]
    assert Path(f"/proc/{process.pid}").exists() or os.uname().sysname != "Linux"
    ended = process.end
    ended()
    with pytest.raises(ProcessLookupError):
        os.kill(process.pid, 0)
