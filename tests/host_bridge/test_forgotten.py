"""Effects and overlays that nobody closed: the plug-in still finds them as it destroys them, and nobody waits.

The probe uses its instance while it is destroyed, from that thread and from another, whose message comes to Python.
"""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

PRELUDE = """
import gc, sys, threading
from trimatte.host_bridge import Host, HostProfile
plugin = Host([sys.argv[1]], profile=HostProfile(overlays=True)).plugins()["org.trimatte.probe.last.words"]
"""
EFFECT = ["here:alive", "elsewhere:alive"]

WAYS = {
    "let go": """
        effect = plugin.create()
        del effect
    """,
    "collected": """
        effect = plugin.create()
        effect.on_progress = lambda fraction, label, effect=effect: True  # a cycle
        del effect
        gc.collect()
    """,
    "as an exception passes": """
        def render():
            effect = plugin.create()
            effect.connect("Source", "not frames")
        try:
            render()
        except Exception as error:
            print(type(error).__name__, flush=True)
    """,
    "while an exception is raised": """
        class Holder:
            def __init__(self): self.effect = plugin.create()
        def fail():
            Holder().effect.params["nothing"] = 1
        try:
            fail()
        except Exception as error:
            print(type(error).__name__, flush=True)
    """,
    "on another thread": """
        thread = threading.Thread(target=plugin.create)
        thread.start()
        thread.join()
    """,
}


def run(script: str, folder: Path, log: Path) -> subprocess.CompletedProcess[str]:
    """Run a script after the prelude in a process of its own; one that hangs is an error."""
    return subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", PRELUDE + textwrap.dedent(script), str(folder)],
        capture_output=True,
        text=True,
        timeout=30,
        env={"PATH": "/usr/bin:/bin", "TRIMATTE_PROBE_LOG": str(log)},
        check=False,
    )


@pytest.mark.parametrize("way", WAYS)
def test_the_plugin_finds_the_instance_that_it_is_told_to_destroy(way: str, probe_folder: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    result = run(textwrap.dedent(WAYS[way]) + "print('gone')\n", probe_folder, log)
    assert (result.returncode, result.stdout.split()[-1]) == (0, "gone"), result.stderr
    assert log.read_text().split() == [*EFFECT, "unload:alive"]


def test_an_overlay_that_is_let_go_is_destroyed_before_its_effect(probe_folder: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    script = """
        effect = plugin.create()
        overlay = effect.overlay()
        del overlay
        other = effect.overlay()
        del effect
        print("gone", flush=True)
        del other
    """
    result = run(script, probe_folder, log)
    assert (result.returncode, result.stdout) == (0, "gone\n"), result.stderr
    assert log.read_text().split() == ["overlay:alive", "overlay:alive", *EFFECT, "unload:alive"]


@pytest.mark.parametrize("ending", ["", "sys.exit(0)", "cycle = [effect]; cycle.append(cycle)", "plugin = None"])
def test_the_end_of_the_interpreter_destroys_what_lives(ending: str, probe_folder: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    result = run("effect = plugin.create()\noverlay = effect.overlay()\n" + ending, probe_folder, log)
    assert result.returncode == 0, result.stderr
    assert log.read_text().split() == ["overlay:alive", *EFFECT, "unload:alive"]


def test_an_exception_nobody_catches_ends_it_too(probe_folder: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    result = run("effect = plugin.create()\nraise RuntimeError('no more')", probe_folder, log)
    assert result.returncode == 1
    assert "RuntimeError: no more" in result.stderr
    assert log.read_text().split() == [*EFFECT, "unload:alive"]
