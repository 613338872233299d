"""How the painter feels: ``python benchmarks/painter.py [1080p] [4k] [long]``, no screen needed.

``1080p`` and ``4k`` solve a movie of that size, then measure in one window of 1440x900: a full redraw, one move of a
large brush, a step of the wheel (median and slowest, in milliseconds until the window is drawn), scrubbing (until a
frame is seen, and until it is there at full size), and playing in four views: frames shown each second of those that
are due, in the first round and in the third. ``long`` opens a movie of 10,000 frames. Every line ends with the memory
of the process. The window's own thread is watched all the time: ``stood still`` is the longest turn of its event
loop, without what other processes took of it.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import av
import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from trimatte.core.media import encode_image
from trimatte.core.sessions import FrameCache, SessionOptions
from trimatte.plugin.painter.painter_views import PainterView
from trimatte.plugin.painter.shot import PainterShot
from trimatte.plugin.painter.steadiness import load_operators, steady_the_process
from trimatte.plugin.painter.theme import apply_theme
from trimatte.plugin.painter.tracking import Track
from trimatte.plugin.painter.window import PainterWindow
from trimatte.tests.plugin.painter.still import Watchdog

SIZES = {"1080p": (1920, 1080), "4k": (3840, 2160)}
RATE = 24
SOLVED = 48
LONG = 10_000
PLAYED = (PainterView.SOURCE, PainterView.OVERLAY, PainterView.MATTE, PainterView.OVER_CHECKER)


def write_movie(path: Path, size: tuple[int, int], num_frames: int) -> None:
    """Write a bright disc over a texture that drifts, as H.264 with a key frame every second."""
    width, height = size
    rows, columns = np.mgrid[:height, :width]
    texture = np.random.default_rng(1).integers(30, 110, (height // 4 + 1, width // 4 + 400), dtype=np.uint8)
    texture = texture.repeat(4, axis=0).repeat(4, axis=1)[:height]
    inside = np.hypot(columns - width / 2, rows - height / 2) < height / 4
    with av.open(str(path), "w") as container:
        stream = container.add_stream(
            "libx264", rate=RATE, options={"preset": "ultrafast", "g": str(RATE), "crf": "23"}
        )
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(num_frames):
            luma = np.where(inside, 200, texture[:, 4 * (number % 300) :][:, :width]).astype(np.uint8)
            frame = av.VideoFrame(width, height, "yuv420p")
            for plane, pixels in zip(frame.planes, (luma, None, None), strict=True):
                filled = np.full((plane.height, plane.line_size), 128, np.uint8)
                if pixels is not None:
                    filled[:, :width] = pixels
                plane.update(filled.tobytes())
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def trimap(size: tuple[int, int]) -> np.ndarray:
    """Return the disc with a band."""
    width, height = size
    rows, columns = np.mgrid[:height, :width]
    distance = np.hypot(columns - width / 2, rows - height / 2) / height
    return np.where(distance < 0.235, 255, np.where(distance < 0.265, 128, 0)).astype(np.uint8)


def resident() -> str:
    """Return what the process holds in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return f"{pages * os.sysconf('SC_PAGE_SIZE') / 2**30:.2f} GB resident"


class Watch(Watchdog):
    """The longest turn of the event loop since it was asked last."""

    def take(self) -> str:
        """Return it in words, and begin anew."""
        longest, self.longest = self.longest, 0.0
        return f"stood still {1000 * longest:.0f} ms"


def wait(condition: Callable[[], object], seconds: float = 3600) -> float:
    """Let the window work until ``condition`` holds; returns after how many seconds."""
    began = time.perf_counter()
    while not condition():
        QApplication.processEvents()
        time.sleep(0.001)
        if time.perf_counter() - began > seconds:
            break
    return time.perf_counter() - began


def drawn(act: Callable[[int], object], times: int = 12) -> str:
    """Do ``act`` some times; returns how long it takes until the window is drawn."""
    taken = []
    for number in range(times):
        began = time.perf_counter()
        act(number)
        QApplication.processEvents()
        taken.append(1000 * (time.perf_counter() - began))
        wait(lambda: False, 0.02)
    return f"{statistics.median(taken):5.1f} ms, slowest {max(taken):5.1f} ms"


def measure(name: str, folder: Path) -> None:
    """Measure one size."""
    size = SIZES[name]
    clip, keyframes = folder / f"{name}.mp4", folder / f"{name}_keyframes"
    write_movie(clip, size, SOLVED)
    keyframes.mkdir()
    (keyframes / "trimap.0000.png").write_bytes(encode_image(trimap(size), "png"))
    with FrameCache(folder / "cache") as cache:
        options = SessionOptions(working_size=256, refine=False)  # how it was solved does not matter here
        window = PainterWindow(PainterShot(clip, keyframes, options, cache))
        window.resize(1440, 900)
        window.show()
        desk, viewer = window.desk, window.desk.viewer
        viewer.fit()
        window.track(Track.FORWARD)
        wait(lambda: len(desk.shot.confidence) == SOLVED and not desk.shot.solver.is_busy)
        watch = Watch()
        wait(lambda: desk.shot.plates.get(0))
        print(f"{name}: {SOLVED} frames, viewer {viewer.width()}x{viewer.height()}; {resident()}", flush=True)
        print(f"  full redraw      {drawn(lambda _: viewer.update())}")
        desk.tools.set_radius(size[1] / 20)
        left = Qt.MouseButton.LeftButton
        QTest.mousePress(viewer, left, pos=QPoint(300, 300))
        print(f"  move of a stroke {drawn(lambda n: QTest.mouseMove(viewer, QPoint(310 + 15 * n, 300 + 9 * n)))}")
        QTest.mouseRelease(viewer, left, pos=QPoint(500, 420))
        window.undo()
        middle = QPointF(viewer.width() / 2, viewer.height() / 2)
        print(f"  zoom             {drawn(lambda n: viewer.zoom_by(1.2 if n < 6 else 1 / 1.2, middle))}")
        viewer.fit()
        wait(lambda: len(desk.shot.confidence) == SOLVED and not desk.shot.solver.is_busy, 60)
        print(f"  ({watch.take()} until here)")
        scrub(window, watch)
        for view in PLAYED:
            play(window, view, watch)
        window.close()


def scrub(window: PainterWindow, watch: Watch) -> None:
    """Drag to frames far apart."""
    shot = window.desk.shot
    window.show_view(PainterView.OVER_CHECKER)
    seen, whole = [], []
    for frame in (20, 5, 40, 12, 33, 27):
        began = time.perf_counter()
        window.desk.scrub(frame)
        wait(lambda f=frame: shot.small_mattes.get(f) or shot.mattes.get(f))
        seen.append(1000 * (time.perf_counter() - began))
        wait(lambda f=frame: shot.mattes.get(f))
        whole.append(1000 * (time.perf_counter() - began))
    words = f"seen after {statistics.median(seen):.0f} ms, whole after {statistics.median(whole):.0f} ms"
    print(f"  scrub            {words}; {watch.take()}; {resident()}", flush=True)


def play(window: PainterWindow, view: PainterView, watch: Watch) -> None:
    """Play three rounds; count the frames that are shown in the first and in the third."""
    desk = window.desk
    desk.go(0)
    window.show_view(view)
    wait(lambda: desk.shot.plates.get(0), 5)
    watch.take()
    paced: list[tuple[float, float, float]] = []
    note = desk.screening.paced.connect(lambda shown, due: paced.append((time.monotonic(), shown, due)))
    began, seconds = time.monotonic(), SOLVED / RATE
    desk.player.play(0, 0, SOLVED - 1, 1)
    wait(lambda: time.monotonic() - began > 3 * seconds + 0.3)
    desk.player.stop()
    desk.screening.paced.disconnect(note)
    rounds = []
    for number in (1, 3):
        end = began + number * seconds + 0.3
        rounds.append(statistics.mean(shown for at, shown, _ in paced if end - seconds < at <= end))
    words = f"{rounds[0]:4.1f} of {paced[0][2]:.0f} frames a second in round 1, {rounds[1]:4.1f} in round 3"
    print(f"  play {view.value:12s}{words}; {watch.take()}; {resident()}", flush=True)


def measure_long(folder: Path) -> None:
    """Open a movie of 10,000 frames, all of them solved as far as the timeline is concerned."""
    clip = folder / "long.mp4"
    write_movie(clip, (960, 540), LONG)
    watch = Watch()
    began = time.perf_counter()
    with FrameCache(folder / "cache") as cache:
        shot = PainterShot(clip, folder / "long_keyframes", cache=cache)
        read = time.perf_counter() - began
        window = PainterWindow(shot)
        window.resize(1440, 900)
        window.show()
        watch.take()
        began = time.perf_counter()
        come: list[float] = []
        shot.thumbnails.ready.connect(lambda _frame: come.append(time.perf_counter() - began))
        wait(lambda: come)
        wait(lambda: time.perf_counter() - began > come[-1] + 2)
        print(f"long: {LONG} frames of 960x540; read in {read:.2f} s")
        print(
            f"  thumbnails       first after {1000 * come[0]:.0f} ms, all {len(come)} after {come[-1]:.2f} s; ", end=""
        )
        print(f"{watch.take()}; {resident()}", flush=True)
        shot.confidence.update({frame: 0.5 + 0.4 * np.sin(frame / 50) for frame in shot.frames})
        shot.surveyed.emit()
        print(f"  go to a frame    {drawn(lambda n: window.desk.scrub(700 * n))}")
        print(f"  a frame solved   {drawn(lambda n: shot.surveyed.emit())}; {watch.take()}; {resident()}")
        window.close()


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", default=["1080p", "4k", "long"], help="1080p, 4k, long")
    wanted = parser.parse_args().what
    steady_the_process()
    load_operators()
    application = QApplication([])
    apply_theme(application)
    with tempfile.TemporaryDirectory() as name:
        for what in wanted:
            measure_long(Path(name)) if what == "long" else measure(what, Path(name))


if __name__ == "__main__":
    main()
