"""A picture in a window: as large as fits, its shape kept."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

__all__ = ["PictureView"]


class PictureView(QWidget):
    """Shows (H, W, 3) uint8 RGB."""

    def __init__(self, wanted: QSize) -> None:
        """Ask the layout for ``wanted`` pixels."""
        super().__init__()
        self._wanted = wanted
        self._image: QImage | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_picture(self, picture: np.ndarray) -> None:
        """Show ``picture`` from now on."""
        height, width = picture.shape[:2]
        data = np.ascontiguousarray(picture)
        self._image = QImage(data.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
        self.update()

    def on_picture(self, place: QPointF) -> tuple[float, float]:
        """Return where a place of the window lies on the picture: x and y in pixels, also beside it."""
        fit = self._fit()
        assert self._image is not None
        scale = self._image.width() / max(fit.width(), 1e-6)
        return (place.x() - fit.x()) * scale, (place.y() - fit.y()) * scale

    def _fit(self) -> QRectF:
        """Return where the picture is drawn."""
        assert self._image is not None
        size = self._image.size().toSizeF()
        scale = min(self.width() / size.width(), self.height() / size.height())
        size *= scale
        return QRectF((self.width() - size.width()) / 2, (self.height() - size.height()) / 2, *size.toTuple())

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt calls it so)
        """Return the size to begin with."""
        return self._wanted

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw the picture, if there is one."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), 0x202020)
        if self._image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self._fit(), self._image)
        painter.end()
