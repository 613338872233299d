"""The painter on a real screen with a real pointer: open, paint, track, export; equal to ``trimatte render``."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("PySide6.QtWidgets", reason="PySide6 is missing (trimatte[painter])", exc_type=ImportError)

from trimatte.core.media import open_clip
from trimatte.core.trimap import read_levels

_SHARED = Path(os.environ.get("TRIMATTE_SHARED", Path(__file__).resolve().parents[3] / "shared"))
CLIP = _SHARED / "clips" / "real_dove" / "rgb.mp4"
LAST = 3

for _program in ("Xvfb", "xdotool"):
    if shutil.which(_program) is None:
        pytest.skip(f"{_program} is not here (Debian: apt-get install xvfb xdotool)", allow_module_level=True)


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A screen of its own; the environment of programs that are to appear on it."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1500x950x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as pipe:
        number = pipe.readline().strip()
    environment = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    yield environment | {
        "DISPLAY": f":{number}",
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "TRIMATTE_CACHE": str(tmp_path / "cache"),
    }
    server.terminate()
    server.wait(10)


def wait(condition: Callable[[], object], what: str, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what}: waited {seconds} s"
        time.sleep(0.1)


@contextmanager
def running(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``command``; it is killed if the block fails."""
    process = subprocess.Popen(command, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


@pytest.mark.skipif(not CLIP.exists(), reason=f"{CLIP} is not here; set TRIMATTE_SHARED")
def test_what_is_painted_with_a_pointer_and_exported_equals_a_render(screen: dict[str, str], tmp_path: Path) -> None:
    folder, movie = tmp_path / "keyframes", tmp_path / "matted.mov"
    keyframe = folder / "trimap.0000.png"

    def hand(*arguments: object) -> str:
        return subprocess.run(
            ["xdotool", *map(str, arguments)], env=screen, check=True, capture_output=True, text=True, timeout=30
        ).stdout

    def find(name: str) -> str:
        found = subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--name", name],
            env=screen,
            capture_output=True,
            text=True,
            check=False,
        )
        return found.stdout.split("\n")[0]

    command = [sys.executable, "-m", "trimatte", "paint", str(CLIP), "--keyframes", str(folder)]
    with running(command, screen) as painter:
        wait(lambda: find(f"{CLIP.name} - Trimatte painter"), "the window")
        window = find(f"{CLIP.name} - Trimatte painter")
        hand("windowfocus", "--sync", window)
        # a lasso around the middle of the viewer, then the band, as a user would begin
        corners = [(420, 260), (760, 240), (800, 560), (440, 600), (420, 260)]
        hand("key", "p", "mousemove", *corners[0], "mousedown", 1)
        for x, y in corners[1:]:
            hand("mousemove", x, y, "sleep", 0.05)
        hand("mouseup", 1)
        wait(lambda: keyframe.exists() and 255 in read_levels(keyframe), "the first keyframe")
        assert set(np.unique(read_levels(keyframe))) == {0, 255}
        hand("key", "e")
        wait(lambda: 128 in read_levels(keyframe), "the band")
        hand("key", *["Right"] * LAST, "o", "Home", "t")
        time.sleep(1)
        hand("key", "ctrl+e")
        wait(lambda: find("^Export$"), "the dialog")
        hand("windowfocus", "--sync", find("^Export$"))
        hand("key", "ctrl+a", "type", str(movie))
        hand("key", "Return")
        wait(movie.exists, "the export")
        hand("windowfocus", "--sync", window)
        hand("key", "ctrl+q")
        assert painter.wait(30) == 0

    rendered = tmp_path / "rendered.mov"
    arguments = [str(CLIP), "--keyframes", str(folder), "-o", str(rendered), "--range", f"0-{LAST}"]
    fresh = screen | {"TRIMATTE_CACHE": str(tmp_path / "another cache")}
    subprocess.run([sys.executable, "-m", "trimatte", "render", *arguments], env=fresh, check=True, capture_output=True)
    with open_clip(movie) as exported, open_clip(rendered) as expected:
        assert exported.last == expected.last == LAST
        for frame in range(LAST + 1):
            np.testing.assert_array_equal(exported.read_native(frame), expected.read_native(frame))
        assert expected.read_native(0)[..., 3].std() > 0  # a matte, not nothing
