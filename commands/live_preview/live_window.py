"""The window of the webcam tool: the composite, the last remembered frame, keys. Source: FTP-VM's release."""

from typing import Protocol

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from ...core.inference.scribble import draw_scribble
from .picture_view import PictureView
from .scribble_window import ScribbleWindow

__all__ = ["LiveControls", "LiveWindow"]

_HEIGHT = 800
"""Pixels, of the composite and the remembered frame; both get smaller where the screen is."""
_HELP = "t: paint a trimap   c: forget the motion   v: forget all trimaps   q or Esc: quit"
_NO_TRIMAP = "this network needs no trimap   q or Esc: quit"


class LiveControls(Protocol):
    """What the keys reach; all return at once."""

    def remember(self, picture: np.ndarray, trimap: np.ndarray) -> None:
        """Remember a frame (H, W, 3) uint8 with its trimap (H, W) uint8."""

    def forget_motion(self) -> None:
        """Let go of the recurrent states."""

    def forget_memory(self) -> None:
        """Let go of all remembered frames."""


class LiveWindow(QWidget):
    """Shows what it is given; decides nothing."""

    closed = Signal()

    def __init__(self, size: tuple[int, int], controls: LiveControls | None) -> None:
        """Show frames of ``size`` (width, height); ``controls`` is ``None`` for a network without memory."""
        super().__init__()
        self._controls = controls
        self._frame: np.ndarray | None = None
        screen = self.screen().availableSize() * 0.8
        columns = 1 if controls is None else 2
        scale = min(_HEIGHT / size[1], screen.height() / size[1], screen.width() / (columns * size[0]))
        self._size = QSize(*size) * scale
        self.composite, self.memory = PictureView(self._size), PictureView(self._size)
        self.scribbles: ScribbleWindow | None = None
        self.note = QLabel(_NO_TRIMAP if controls is None else _HELP)
        layout = QGridLayout(self)
        for column, view in enumerate((self.composite, self.memory)[:columns]):
            layout.addWidget(view, 0, column)
        layout.addWidget(self.note, 1, 0, 1, columns)
        self.setWindowTitle("Trimatte live")
        self.resize(self.sizeHint())  # Qt alone would take two thirds of the screen at most
        self.forget_memory_shown()

    def show_frame(self, picture: np.ndarray, composite: np.ndarray) -> None:
        """Show the composite of the frame ``picture``, both (H, W, 3) uint8."""
        self._frame = picture
        self.composite.show_picture(composite)

    def show_memory(self, picture: np.ndarray, trimap: np.ndarray) -> None:
        """Show a remembered frame under its trimap."""
        self.memory.show_picture(draw_scribble(picture, trimap))

    def forget_memory_shown(self) -> None:
        """Show that nothing is remembered."""
        self.memory.show_picture(np.full((self._size.height(), self._size.width(), 3), 32, np.uint8))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt calls it so)
        """See the line of help."""
        key = event.key()
        if key in (Qt.Key.Key_Q, Qt.Key.Key_Escape):
            self.close()
        elif self._controls is None:
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_T:
            self._freeze()
        elif key == Qt.Key.Key_C:
            self._controls.forget_motion()
        elif key == Qt.Key.Key_V:
            self._controls.forget_memory()
            self.forget_memory_shown()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Take the painter's window along."""
        if self.scribbles is not None:
            self.scribbles.close()
        self.closed.emit()
        super().closeEvent(event)

    def _freeze(self) -> None:
        """Paint over the frame that is shown now; the picture behind goes on."""
        if self._frame is None:
            return
        if self.scribbles is not None:
            self.scribbles.close()
        self.scribbles = ScribbleWindow(self._frame, self._size)
        self.scribbles.done.connect(self._remember)
        self.scribbles.show()

    def _remember(self, picture: np.ndarray, trimap: np.ndarray) -> None:
        assert self._controls is not None
        self._controls.remember(picture, trimap)
        self.show_memory(picture, trimap)
