"""Draw the painter's pictures for the documentation: ``python docs/draw_painter.py``, no screen needed."""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PIL import Image
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from trimatte.commands.demo import write_sample
from trimatte.core.sessions import FrameCache
from trimatte.plugin.painter.keyboard_map import KeyboardMap
from trimatte.plugin.painter.painter_views import PainterView
from trimatte.plugin.painter.shot import PainterShot
from trimatte.plugin.painter.theme import apply_theme
from trimatte.plugin.painter.tracking import Track
from trimatte.plugin.painter.window import PainterWindow

PICTURES = Path(__file__).parent
FRAMES = 24


def wait(condition: Callable[[], object]) -> None:
    """Let the window work until ``condition`` holds."""
    while not condition():
        QApplication.processEvents()
        time.sleep(0.01)  # QTest.qWait keeps the GIL: threads would stand still


def rest(seconds: float = 0.5) -> None:
    """Let the window work for a while."""
    end = time.monotonic() + seconds
    wait(lambda: time.monotonic() > end)


def save(widget: QWidget, name: str) -> None:
    """Keep what ``widget`` shows in 256 colours: pages with pictures are to load fast."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    picture = Image.fromarray(pixels[:, : 3 * image.width()].reshape(image.height(), image.width(), 3))
    picture.quantize(256).save(PICTURES / name, optimize=True)


def main() -> None:
    """Draw all pictures."""
    application = QApplication([])
    apply_theme(application)
    with tempfile.TemporaryDirectory() as name, FrameCache.private() as cache:
        folder = Path(name)
        clip, _, trimap = write_sample(folder, FRAMES)
        keyframes = folder / "keyframes"
        keyframes.mkdir()
        trimap.rename(keyframes / "trimap.0000.png")
        window = PainterWindow(PainterShot(clip, keyframes, cache=cache))
        window.resize(1280, 760)
        window.show()
        desk, viewer = window.desk, window.desk.viewer
        viewer.fit()
        wait(lambda: desk.shot.plates.get(0))
        wait(lambda: all(desk.shot.thumbnails.get(frame) for frame in (0, FRAMES // 2)))
        viewer.show_cursor(QPointF(viewer.width() * 0.36, viewer.height() * 0.62))
        rest()
        save(window, "painter_overlay.png")
        window.track(Track.FORWARD)
        wait(lambda: len(desk.shot.confidence) == FRAMES and not desk.shot.solver.is_busy)
        desk.go(FRAMES * 2 // 3)
        window.show_view(PainterView.OVER_CHECKER)
        viewer.set_wipe(0.42)
        viewer.show_cursor(None)
        wait(lambda: desk.shot.mattes.get(desk.frame))
        rest()
        save(window, "painter_matte.png")
        keys = KeyboardMap(window)
        keys.resize(960, 640)  # no screen here says how much room there is
        keys.show()
        rest()
        save(keys, "painter_keys.png")
        window.close()


if __name__ == "__main__":
    main()
