"""The viewer: the frame, the trimap over it, the pointer that paints; draws only what is damaged."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from .document import Region
from .painter_views import TINTS, PainterView
from .pictures import Picture
from .placement import Placement

_SURROUND: Final = QColor(0x26, 0x26, 0x26)
_WHEEL_STEP: Final = 1.2  # of the zoom, for one notch
_MARGIN: Final = 2  # pixels of the window that smoothing reaches beyond a region


class Viewer(QWidget):
    """Shows pictures of one size; knows nothing of keyframes or strokes."""

    placed = Signal()
    """Zoom or pan has changed."""
    wiped = Signal(float)
    """Where the wipe is, as share of the picture's width."""

    def __init__(self, size: tuple[int, int]) -> None:
        """Show pictures of ``size`` (width, height) in pixels."""
        super().__init__()
        self.picture_size = size
        self.placement = Placement()
        self.view = PainterView.OVERLAY
        self.opacity = 0.45
        self.wipe: float | None = None
        """Share of the width left of which the source is shown; ``None``: no wipe."""
        self._is_fitted = True
        self._source: Picture | None = None
        self._shown: Picture | None = None
        self._trimap: QImage | None = None
        self._levels: np.ndarray | None = None  # what the trimap's picture looks into
        self._note = ""
        self.cursor_radius: float | None = None
        """Of the brush, in pixels of the picture; ``None``: the brush is not shown."""
        self.cursor_place: QPointF | None = None
        self.lasso: list[tuple[float, float]] = []
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 180)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Viewer")

    # What is shown

    def show_source(self, picture: Picture | None) -> None:
        """Show ``picture`` as the frame itself; ``None``: it is not decoded yet, the last one stays."""
        if picture is not None:
            self._source = picture
            self.update()

    def show_solved(self, picture: Picture | None) -> None:
        """Show ``picture`` of what was solved, where no keyframe is painted; ``None``: there is none."""
        self._shown = picture
        self.update()

    def show_trimap(self, trimap: np.ndarray | None) -> None:
        """Show ``trimap`` (H, W) uint8; looked into, not copied: tell :meth:`damage` when it changes."""
        self._levels, self._trimap = trimap, None
        if trimap is not None:
            height, width = trimap.shape
            self._trimap = QImage(trimap.data, width, height, width, QImage.Format.Format_Indexed8)
            self._colour_trimap()
        self.update()

    def show_note(self, text: str) -> None:
        """Show ``text`` in the corner, or nothing."""
        if text != self._note:
            self._note = text
            self.update()

    def show_view(self, view: PainterView) -> None:
        """Show another view."""
        self.view = view
        self._colour_trimap()
        self.update()

    def set_opacity(self, opacity: float) -> None:
        """Set the strength of the overlay, 0..1."""
        self.opacity = opacity
        self._colour_trimap()
        self.update()

    def set_wipe(self, share: float | None) -> None:
        """Show the source left of ``share`` of the width; ``None``: no wipe."""
        self.wipe = None if share is None else min(max(share, 0.0), 1.0)
        self.update()

    def damage(self, region: Region) -> None:
        """Draw ``region`` of the picture again."""
        if region:
            self.update(self._in_window(region).adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN))

    # Zoom and pan

    def fit(self) -> None:
        """Show all of the picture, also when the window changes."""
        self._is_fitted = True
        self._place(Placement.fitting(self.picture_size, self._window_size()))

    def show_pixels(self, zoom: float = 1.0) -> None:
        """Show ``zoom`` pixels of the screen for each of the picture, around what is in the middle."""
        middle = self.width() / 2, self.height() / 2
        self._is_fitted = False
        self._place(self.placement.zoomed(zoom / self.placement.zoom / self.devicePixelRatioF(), *middle))

    def zoom_by(self, factor: float, place: QPointF | None = None) -> None:
        """Zoom towards ``place`` of the window, or its middle."""
        place = QPointF(self.width() / 2, self.height() / 2) if place is None else place
        self._is_fitted = False
        self._place(self.placement.zoomed(factor, place.x(), place.y()))

    def pan(self, by: QPointF) -> None:
        """Move the picture."""
        self._is_fitted = False
        self._place(self.placement.moved(by.x(), by.y()))

    def on_picture(self, place: QPointF) -> tuple[float, float]:
        """Return where a place of the window lies in the picture, also beside it."""
        return self.placement.to_picture(place.x(), place.y())

    def is_on_wipe(self, place: QPointF) -> bool:
        """Tell whether the line of the wipe can be gripped at ``place``."""
        return self.wipe is not None and abs(place.x() - self._wipe_column()) < 6

    def drag_wipe(self, place: QPointF) -> None:
        """Move the line of the wipe to ``place``."""
        self.set_wipe(self.on_picture(place)[0] / self.picture_size[0])
        if self.wipe is not None:
            self.wiped.emit(self.wipe)

    def show_cursor(self, place: QPointF | None) -> None:
        """Draw the brush at ``place`` of the window; ``None``: nowhere."""
        before, self.cursor_place = self._cursor_box(), place
        for box in (before, self._cursor_box()):
            if box is not None:
                self.update(box)

    # Events of the window

    def resizeEvent(self, _event: QResizeEvent) -> None:  # noqa: N802  (Qt calls it so)
        """Keep all of the picture in view where it was."""
        if self._is_fitted:
            self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Zoom to the pointer."""
        notches = event.angleDelta().y() / 120
        if notches:
            self.zoom_by(_WHEEL_STEP**notches, event.position())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw what is damaged."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), _SURROUND)
        zoom = self.placement.zoom * self.devicePixelRatioF()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, zoom < 2)  # above, pixels are to be seen
        if self.wipe is None:
            self._draw_view(painter, event.rect())
        else:
            column = round(self._wipe_column())
            left, right = QRect(0, 0, column, self.height()), QRect(column, 0, self.width() - column, self.height())
            self._draw_image(painter, self._source, event.rect() & left)
            self._draw_view(painter, event.rect() & right)
            painter.setPen(QPen(QColor(255, 255, 255, 180), 1))
            painter.drawLine(column, 0, column, self.height())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_marks(painter)
        painter.end()

    # Drawing

    def _draw_view(self, painter: QPainter, exposed: QRect) -> None:
        is_painted = self._trimap is not None and not self.view.is_solved
        if self.view is PainterView.SOURCE:
            self._draw_image(painter, self._source, exposed)
        elif is_painted and self._trimap is not None:
            if self.view is PainterView.OVERLAY:
                self._draw_image(painter, self._source, exposed)
            self._draw_part(painter, self._trimap, exposed)
        else:
            self._draw_image(painter, self._shown or self._source, exposed)

    def _draw_image(self, painter: QPainter, picture: Picture | None, exposed: QRect) -> None:
        if picture is not None:
            self._draw_part(painter, picture.for_zoom(self.placement.zoom * self.devicePixelRatioF()), exposed)

    def _draw_part(self, painter: QPainter, image: QImage, exposed: QRect) -> None:
        """Draw the part of ``image``, of any size, that lies in ``exposed`` of the window."""
        width, height = self.picture_size
        part = Region(0, 0, width, height) & self._in_picture(exposed)
        if not part:
            return
        x, y = image.width() / width, image.height() / height
        source = QRectF(part.left * x, part.top * y, (part.right - part.left) * x, (part.bottom - part.top) * y)
        corner = QPointF(*self.placement.to_window(part.left, part.top))
        other = QPointF(*self.placement.to_window(part.right, part.bottom))
        painter.save()
        painter.setClipRect(exposed)
        painter.drawImage(QRectF(corner, other), image, source)
        painter.restore()

    def _draw_marks(self, painter: QPainter) -> None:
        if len(self.lasso) > 1:
            painter.setPen(QPen(QColor(255, 255, 255), 1, Qt.PenStyle.DashLine))
            painter.drawPolyline([QPointF(*self.placement.to_window(*place)) for place in self.lasso])
        if self.cursor_place is not None and self.cursor_radius is not None:
            radius = self.cursor_radius * self.placement.zoom
            for colour, more in ((QColor(0, 0, 0, 160), 1.0), (QColor(255, 255, 255), 0.0)):
                painter.setPen(QPen(colour, 1))
                painter.drawEllipse(self.cursor_place, radius + more, radius + more)
        if self._note:
            box = painter.fontMetrics().boundingRect(self._note).adjusted(-8, -5, 8, 5)
            box.moveTopLeft(QPoint(10, 10))
            painter.fillRect(box, QColor(0, 0, 0, 170))
            painter.setPen(QColor(235, 235, 235))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._note)

    def _colour_trimap(self) -> None:
        if self._trimap is None:
            return
        if self.view is PainterView.TRIMAP:
            table = [QColor(level, level, level).rgba() for level in range(256)]
        else:
            table = [0] * 256
            for level, tint in TINTS.items():
                table[level] = QColor(*tint, round(255 * self.opacity)).rgba()
        self._trimap.setColorTable(table)

    def _cursor_box(self) -> QRect | None:
        if self.cursor_place is None or self.cursor_radius is None:
            return None
        reach = math.ceil(self.cursor_radius * self.placement.zoom) + 4
        x, y = round(self.cursor_place.x()), round(self.cursor_place.y())
        return QRect(x - reach, y - reach, 2 * reach, 2 * reach)

    def _wipe_column(self) -> float:
        return self.placement.to_window((self.wipe or 0.0) * self.picture_size[0], 0)[0]

    def _in_window(self, region: Region) -> QRect:
        left, top = self.placement.to_window(region.left, region.top)
        right, bottom = self.placement.to_window(region.right, region.bottom)
        return QRectF(left, top, right - left, bottom - top).toAlignedRect()

    def _in_picture(self, exposed: QRect) -> Region:
        """Return the pixels that ``exposed`` of the window shows, and those that smoothing mixes with them."""
        left, top = self.on_picture(QPointF(exposed.left(), exposed.top()))
        right, bottom = self.on_picture(QPointF(exposed.right() + 1, exposed.bottom() + 1))
        reach = 2 + math.ceil(2 / self.placement.zoom)
        return Region(
            math.floor(left) - reach, math.floor(top) - reach, math.ceil(right) + reach, math.ceil(bottom) + reach
        )

    def _window_size(self) -> tuple[int, int]:
        return max(self.width(), 1), max(self.height(), 1)

    def _place(self, placement: Placement) -> None:
        self.placement = placement.snapped()
        self.update()
        self.placed.emit()
