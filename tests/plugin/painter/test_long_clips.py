"""A movie of ten thousand frames: the window answers at once while it opens, and while frames are solved."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PySide6.QtCore import QTimer

from trimatte.core.sessions.review import least_certain
from trimatte.plugin.painter.app import Painter
from trimatte.plugin.painter.steadiness import spare_the_collector
from trimatte.plugin.painter.time_actions import review_list
from trimatte.plugin.painter.window import PainterWindow

from .still import Watchdog

FRAMES = 10_000


@pytest.fixture(scope="module")
def movie(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("long") / "long.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=24, options={"preset": "ultrafast", "g": "48", "crf": "30"})
        stream.width, stream.height, stream.pix_fmt = 160, 90, "yuv420p"
        frame = av.VideoFrame(160, 90, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes([128]) * plane.buffer_size)
        for number in range(FRAMES):
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.fixture
def painter() -> Iterator[Painter]:
    spare_the_collector()
    made = Painter()
    yield made
    if made.window is not None:
        made.window.close()


def opened(painter: Painter, movie: Path, wait_for: Any) -> PainterWindow:
    assert painter.open(movie)
    assert painter.window is not None
    come: list[int] = []
    painter.window.desk.shot.thumbnails.ready.connect(come.append)
    wait_for(lambda: len(come) > 5)
    return painter.window


def test_it_opens_without_a_stutter(painter: Painter, movie: Path, wait_for: Any) -> None:
    watchdog = Watchdog()
    window = opened(painter, movie, wait_for)
    assert len(window.desk.shot.frames) == FRAMES
    assert watchdog.num_turns > 12
    assert not watchdog.slow


def test_frames_come_in_without_a_stutter(painter: Painter, movie: Path, wait_for: Any) -> None:
    """Hundreds a second, as those do that are found in the cache, with all others solved already."""
    window = opened(painter, movie, wait_for)
    shot, rows = window.desk.shot, []
    shot.confidence.update({frame: 0.7 + 0.2 * float(np.sin(frame / 50)) for frame in shot.frames})
    shot.surveyed.connect(lambda: rows.append("told"))
    coming = iter(range(0, FRAMES, 50))
    timer = QTimer()
    timer.timeout.connect(lambda: shot.solver.solved.emit(next(coming, 0), 0.1))
    watchdog = Watchdog()
    began = time.monotonic()
    timer.start(5)
    wait_for(lambda: len(rows) > 12)
    timer.stop()
    assert time.monotonic() - began > 1.1  # ten a second at most
    assert watchdog.num_turns > 12
    assert not watchdog.slow
    wait_for(lambda: window.review_panel.item(0).text() == "0    10 % sure")


def test_the_list_of_frames_worth_a_look_is_that_of_all_frames(painter: Painter, movie: Path, wait_for: Any) -> None:
    desk = opened(painter, movie, wait_for).desk
    generator = np.random.default_rng(3)
    values = {
        "even": np.full(FRAMES, 0.5),
        "weak stretches": np.repeat(generator.random(FRAMES // 100), 100),
        "noise": generator.random(FRAMES),
    }
    for name, sure in values.items():
        desk.shot.confidence = dict(zip(generator.permutation(FRAMES).tolist(), sure.tolist(), strict=True))
        expected = [(item.frame, item.confidence) for item in least_certain(desk.shot.confidence, 20, 8)]
        assert review_list(desk) == expected, name
