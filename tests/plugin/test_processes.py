"""The bundle in host processes of their own: other hosts, other places, and the end of a process."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trimatte.plugin import bundle_path

HERE = Path(__file__).parent


def run(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120, check=False
    )


def run_gil_host(
    environment: dict[str, str],
    bundle: Path,
    keyframes: Path,
    rows: int = 1,
    window: tuple[int, ...] = (0, 0, 80, 48),
    space: str = "",
) -> dict[str, Any]:
    words = [str(bundle), str(keyframes), str(rows), json.dumps(window), space]
    return run_host([sys.executable, str(HERE / "gil_host.py"), *words], environment)


def run_host(command: list[str], environment: dict[str, str]) -> dict[str, Any]:
    done = run(command, environment)
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    assert report["lent"] == 0
    return report


@pytest.fixture
def one_keyframe(keyframe_folder: Path) -> Path:
    """A clip of one frame has one keyframe at most."""
    next(keyframe_folder.glob("*0006.png")).unlink()
    return keyframe_folder


def test_a_host_that_holds_the_gil_gets_its_picture(
    worker_environment: Any, one_keyframe: Path, make_trimap: Any
) -> None:
    whole = run_gil_host(worker_environment, bundle_path(), one_keyframe)
    assert set(whole["status"].values()) == {0}, whole["messages"]
    matte = np.array(whole["matte"])
    assert (matte[make_trimap(0) == 255] == 1).all()
    assert (matte[make_trimap(0) == 0] == 0).all()
    part = run_gil_host(worker_environment, bundle_path(), one_keyframe, -1, (11, 5, 40, 31))
    assert part["untouched_outside"]
    np.testing.assert_array_equal(np.array(part["matte"]), matte[48 - 31 : 48 - 5, 11:40])


def test_what_a_host_says_of_its_colour_is_followed(worker_environment: Any, one_keyframe: Path) -> None:
    report = run_gil_host(worker_environment, bundle_path(), one_keyframe, space="ACEScg")
    assert report["style"] == "OfxImageEffectColourManagementFull"
    assert report["status"]["render"] == 0, report["messages"]
    assert report["output_space"] == "ACEScg"
    plain = run_gil_host(worker_environment, bundle_path(), one_keyframe)
    assert plain["output_space"] is None
    assert plain["matte"] != report["matte"]
    vague = run_gil_host(worker_environment, bundle_path(), one_keyframe, space="ofx_scene_linear")
    assert vague["status"]["render"] == 1
    assert "set Input space to the one it is" in vague["messages"][0]


@pytest.mark.parametrize("rows", [1, -1])
def test_a_failure_leaves_the_source_in_the_window(worker_environment: Any, tmp_path: Path, rows: int) -> None:
    report = run_gil_host(
        worker_environment | {"TRIMATTE_PYTHON": "/no"}, bundle_path(), tmp_path, rows, (3, 4, 70, 40)
    )
    assert report["status"]["render"] == 1
    assert report["is_source"]
    assert report["untouched_outside"]
    assert len(report["messages"]) == 1
    assert "/no" in report["messages"][0]


def test_the_bundle_finds_its_python_through_a_link(
    worker_environment: dict[str, str], one_keyframe: Path, tmp_path: Path
) -> None:
    """The place that counts is where the bundle really is, not where the host found it."""
    environment = {name: value for name, value in worker_environment.items() if name != "TRIMATTE_PYTHON"}
    home = tmp_path / "venv"
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "python").symlink_to(sys.executable)
    shutil.copy(Path(sys.prefix) / "pyvenv.cfg", home / "pyvenv.cfg")
    (home / "lib").symlink_to(Path(sys.prefix) / "lib")
    real = home / "share" / "deep" / "Trimatte.ofx.bundle"
    shutil.copytree(bundle_path(), real)
    link = tmp_path / "OFX" / "Trimatte.ofx.bundle"
    link.parent.mkdir()
    link.symlink_to(real)
    report = run_gil_host(environment, link, one_keyframe)
    assert report["status"]["render"] == 0, report["messages"]


def test_a_note_in_the_bundle_names_its_python(
    worker_environment: dict[str, str], one_keyframe: Path, tmp_path: Path
) -> None:
    environment = {name: value for name, value in worker_environment.items() if name != "TRIMATTE_PYTHON"}
    bundle = tmp_path / "Trimatte.ofx.bundle"
    shutil.copytree(bundle_path(), bundle)
    report = run_gil_host(environment, bundle, one_keyframe)
    assert report["status"]["render"] == 1
    assert "run 'trimatte install-plugin' again" in report["messages"][0]
    (bundle / "Contents" / "Resources" / "python.txt").write_text(f"{sys.executable}\n")
    assert run_gil_host(environment, bundle, one_keyframe)["status"]["render"] == 0


def test_what_bends_python_in_the_host_does_not_reach_the_worker(
    worker_environment: dict[str, str], one_keyframe: Path, tmp_path: Path
) -> None:
    (tmp_path / "json.py").write_text("raise ImportError('bent')")
    # The host bends its own environment once it runs, as one that embeds another Python does.
    host = (
        "import os, sys, runpy; bent, sys.argv = sys.argv[1], sys.argv[2:];"
        "os.environ.update(PYTHONPATH=bent, PYTHONHOME='/nowhere', LD_LIBRARY_PATH=bent, LD_PRELOAD='');"
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    arguments = [str(HERE / "gil_host.py"), str(bundle_path()), str(one_keyframe), "1", "[0, 0, 80, 48]"]
    report = run_host([sys.executable, "-c", host, str(tmp_path), *arguments], worker_environment)
    assert report["status"]["render"] == 0, report["messages"]


EXITING_HOST = """
import os, sys, threading, time
import numpy as np
from trimatte.host_bridge import Host

effect = Host([sys.argv[1]]).plugins()["org.trimatte.Trimatte"].create("filter")
fetched = threading.Event()

def slow(frame):
    plate = np.full((48, 80, 4), 0.1 * frame, np.float32)
    if threading.current_thread() is not threading.main_thread():
        fetched.set()
        time.sleep(0.3)
    return plate

effect.connect("Source", slow, first=0, last=7)
effect.params["keyframes"] = sys.argv[2]
effect.params["device"] = "CPU"

def render():
    try:
        effect.render(3)
    except Exception:
        pass

threading.Thread(target=render, daemon=True).start()
assert fetched.wait(60)
time.sleep(0.5)
children = [int(line) for line in os.popen(f"pgrep -P {os.getpid()} -f trimatte.plugin.worker").read().split()]
print(children[0], flush=True)
if sys.argv[3] == "abrupt":
    os._exit(7)
"""


def has_ended(pid: int) -> bool:
    """Return whether the process is gone; where no init collects orphans, it stays as a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.mark.parametrize(("way", "code"), [("orderly", 0), ("abrupt", 7)])
def test_a_host_may_end_while_it_renders(
    worker_environment: dict[str, str], keyframe_folder: Path, wait_until: Any, way: str, code: int
) -> None:
    start = time.monotonic()
    done = run([sys.executable, "-c", EXITING_HOST, str(bundle_path()), str(keyframe_folder), way], worker_environment)
    assert done.returncode == code, done.stderr
    assert time.monotonic() - start < 45
    wait_until(lambda: has_ended(int(done.stdout)), 10)
