"""The window in which a trimap is painted over a frozen frame. Source: the webcam tool of FTP-VM's release."""

import numpy as np
from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from ...core.inference.scribble import Scribble, draw_scribble
from .picture_view import PictureView

__all__ = ["ScribbleWindow"]

_HELP = (
    "left: paint   right: box   middle or a: next brush   e / q: larger / smaller   w: first size   "
    "r: clear   Esc: done (nothing painted: a clean background)"
)
_NAMES = {255: "foreground", 128: "unknown", 0: "background"}


class ScribbleWindow(QWidget):
    """Paints on one frame; ``done`` hands over the frame and its trimap, closing the window does not."""

    done = Signal(object, object)
    """(H, W, 3) uint8 frame and (H, W) uint8 trimap."""

    def __init__(self, picture: np.ndarray, size: QSize) -> None:
        """Paint over ``picture`` (H, W, 3) uint8, shown about as large as ``size``."""
        super().__init__()
        self.picture = picture
        self.scribble = Scribble(picture.shape[1], picture.shape[0])
        self.view = PictureView(size)
        self._note = QLabel()
        self._from: tuple[float, float] | None = None
        self._is_box = False
        layout = QVBoxLayout(self)
        layout.addWidget(self.view, 1)
        layout.addWidget(self._note)
        keys = QLabel(_HELP)
        keys.setWordWrap(True)
        layout.addWidget(keys)
        self._keys = {
            Qt.Key.Key_A: self.scribble.next_level,
            Qt.Key.Key_E: self.scribble.grow,
            Qt.Key.Key_Q: self.scribble.shrink,
            Qt.Key.Key_W: self.scribble.reset_brush,
            Qt.Key.Key_R: self.scribble.clear,
        }
        self.setWindowTitle("Trimatte: paint a trimap")
        self._draw()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt calls it so)
        """Change the brush, clear, or be done."""
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self.done.emit(self.picture, self.scribble.trimap)
            self.close()
        elif key in self._keys:
            self._keys[key]()
            self._draw()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Put a disc, begin a box, or change the brush."""
        if event.button() == Qt.MouseButton.MiddleButton:
            self.scribble.next_level()
        elif event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            self._from = self._place(event.position())
            self._is_box = event.button() == Qt.MouseButton.RightButton
            if not self._is_box:
                self.scribble.line(self._from, self._from)
        self._draw()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Draw on while the left button is down."""
        if self._from is not None and not self._is_box:
            place = self._place(event.position())
            self.scribble.line(self._from, place)
            self._from = place
            self._draw()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Fill the box, or end the line."""
        if self._from is not None and self._is_box:
            self.scribble.box(self._from, self._place(event.position()))
        self._from = None
        self._draw()

    def _place(self, position: QPointF) -> tuple[float, float]:
        return self.view.on_picture(self.view.mapFrom(self, position))

    def _draw(self) -> None:
        self.view.show_picture(draw_scribble(self.picture, self.scribble.trimap))
        self._note.setText(f"brush: {_NAMES[self.scribble.level]}, {self.scribble.diameter} pixels")
