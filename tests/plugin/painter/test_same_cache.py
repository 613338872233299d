"""What was solved in the painter is not solved again in a host."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from trimatte.core.media import open_clip
from trimatte.plugin.painter.window import PainterWindow


def _rendered(clip: Path, folder: Path, output: Path) -> list[str]:
    """Render through host and effect in a process of its own; return what its worker's log says of networks."""
    state = output.parent / f"{output.name} state"
    threads = str(torch.get_num_threads())  # the same bits: tests of other rooms change the number
    environment = {**os.environ, "TRIMATTE_TRACE": "1", "XDG_STATE_HOME": str(state), "OMP_NUM_THREADS": threads}
    command = [sys.executable, "-m", "trimatte", "render", clip, "--keyframes", folder, "-o", output, "--view", "matte"]
    subprocess.run(command, check=True, env=environment, capture_output=True, timeout=120)
    workers = sorted((state / "trimatte").glob("worker-*.log"))
    assert workers
    return [line for log in workers for line in log.read_text().splitlines() if "the networks run" in line]


def test_the_effect_finds_the_mattes_of_the_painter(
    open_window: Callable[..., PainterWindow],
    clip: Path,
    folder: Path,
    paint_trimap: Any,
    wait_for: Any,
    tmp_path: Path,
) -> None:
    window = open_window({1001: paint_trimap(1001)})
    shot = window.desk.shot
    QTest.keyClick(window, Qt.Key.Key_T)
    wait_for(lambda: len(shot.confidence) == 6 and not shot.solver.is_busy)
    assert _rendered(clip, folder, tmp_path / "after") == []
    os.environ["TRIMATTE_CACHE"] = str(tmp_path / "other cache")  # the fixture of the painter's tests puts it back
    assert len(_rendered(clip, folder, tmp_path / "alone")) == len(shot.frames)
    for frame in shot.frames:
        ours, alone = (open_clip(next((tmp_path / name).glob(f"*{frame}.png"))) for name in ("after", "alone"))
        np.testing.assert_array_equal(ours.read(ours.first), alone.read(alone.first))
