"""The timeline: thumbnails, keyframes, what is solved and how surely, the playhead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from .pictures import PictureStore

_THUMBNAILS, _SOLVED, _CURVE, _RULER = 46, 6, 26, 20  # heights of the rows, in pixels
_EDGE: Final = 8  # pixels beside the first and the last frame
_NOTCH: Final = 120  # of a wheel, in Qt's units
_GRIP: Final = 6  # pixels around a keyframe's mark

_GROUND = QColor(0x1E, 0x1E, 0x1E)
_UNSOLVED = QColor(0x45, 0x45, 0x45)
_DONE = QColor(0x3C, 0xA0, 0x64)
_DOUBT = QColor(0xE0, 0x7A, 0x3C)
_KEY = QColor(0xF2, 0xC9, 0x4C)
_TEXT = QColor(0xB8, 0xB8, 0xB8)
_HEAD = QColor(0xFF, 0xFF, 0xFF)


class Timeline(QWidget):
    """Shows what it is told; tells where the user points."""

    scrubbed = Signal(int)
    """A frame to show."""
    keyframe_moved = Signal(int, int)
    """A keyframe was dragged from one frame to another."""

    def __init__(self, frames: range, thumbnails: PictureStore, aspect: float) -> None:
        """Show ``frames``; ``aspect`` is width by height of a thumbnail."""
        super().__init__()
        self._frames, self._thumbnails, self._aspect = frames, thumbnails, aspect
        self.frame = frames.start
        self.marked = (frames.start, frames.stop - 1)
        """First and last frame between the in and out marks."""
        self._keyframes: tuple[int, ...] = ()
        self._unfinished: frozenset[int] = frozenset()
        self._confidence: Mapping[int, float] = {}
        self._solved, self._sure = np.zeros(0, np.int64), np.zeros(0)  # the same, ascending
        self._rows: QPixmap | None = None  # all but the playhead
        self._turned = 0  # of the wheel, less than a notch
        self._dragged: int | None = None
        self._target: int | None = None
        thumbnails.ready.connect(lambda _frame: self._change())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Timeline")

    def show_frame(self, frame: int) -> None:
        """Put the playhead on ``frame``."""
        for shown in (self.frame, frame):
            self.update(QRectF(self.column(shown) - 1, 0, 3, self.height()).toAlignedRect())
        self.frame = frame

    def show_keyframes(self, frames: Iterable[int], unfinished: Iterable[int]) -> None:
        """Mark ``frames``; those of them that cannot be used yet are hollow."""
        self._keyframes, self._unfinished = tuple(frames), frozenset(unfinished)
        self._change()

    def show_confidence(self, confidence: Mapping[int, float]) -> None:
        """Mark the frames that are solved; frame -> 0..1."""
        self._confidence = confidence
        frames = np.fromiter(confidence, np.int64, len(confidence))
        order = np.argsort(frames)
        self._solved = frames[order]
        self._sure = np.fromiter(confidence.values(), np.float64, len(confidence))[order]
        self._change()

    def mark(self, first: int, last: int) -> None:
        """Set the in and out marks."""
        self.marked = (first, last)
        self._change()

    def column(self, frame: float) -> float:
        """Return the middle of ``frame`` in pixels of the window."""
        return _EDGE + (frame - self._frames.start + 0.5) * self._step()

    def frame_at(self, x: float) -> int:
        """Return the frame at ``x``, the nearest one beside the clip."""
        number = int((x - _EDGE) // self._step())
        return self._frames.start + min(max(number, 0), len(self._frames) - 1)

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt calls it so)
        """Return the height that all rows need."""
        return QSize(600, _THUMBNAILS + _SOLVED + _CURVE + _RULER)

    minimumSizeHint = sizeHint  # noqa: N815

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Grip a keyframe, or scrub."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        place = event.position()
        near = [frame for frame in self._keyframes if abs(self.column(frame) - place.x()) <= _GRIP]
        if near and place.y() >= self.height() - _RULER:
            self._dragged = self._target = min(near, key=lambda frame: abs(self.column(frame) - place.x()))
        self.scrubbed.emit(self.frame_at(place.x()) if self._dragged is None else self._dragged)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Scrub on, or carry the keyframe along."""
        if not event.buttons() & Qt.MouseButton.LeftButton:
            return
        frame = self.frame_at(event.position().x())
        if self._dragged is not None:
            self._target = frame
            self._change()
        elif frame != self.frame:
            self.scrubbed.emit(frame)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:  # noqa: N802
        """Let the keyframe go."""
        dragged, target = self._dragged, self._target
        self._dragged = self._target = None
        if dragged is not None and target is not None and dragged != target:
            self.keyframe_moved.emit(dragged, target)
        self._change()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Go to the next or the previous frame: a long clip has many of them in one column."""
        self._turned += event.angleDelta().y() or event.angleDelta().x()
        steps = int(self._turned / _NOTCH)
        if steps:
            self._turned -= steps * _NOTCH
            self.scrubbed.emit(min(max(self.frame - steps, self._frames.start), self._frames.stop - 1))

    def event(self, event: QEvent) -> bool:
        """Say what is known of the frame under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.describe(self.frame_at(event.pos().x())), self)
            return True
        return super().event(event)

    def describe(self, frame: int) -> str:
        """Return what is known of ``frame``, and what can be done here."""
        words = [f"Frame {frame}"]
        if frame in self._keyframes:
            words.append("keyframe, not finished" if frame in self._unfinished else "keyframe")
        sure = self._confidence.get(frame)
        words.append("not solved" if sure is None else f"solved, {100 * sure:.0f} % sure")
        return f"{', '.join(words)}\nDrag to scrub; drag a diamond to move its keyframe"

    def resizeEvent(self, _event: QResizeEvent) -> None:  # noqa: N802
        """Draw all rows anew."""
        self._change()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the playhead over the rows, which are drawn when they change: a long clip has many marks."""
        if self._rows is None:
            self._rows = self._draw_rows()
        painter = QPainter(self)
        ratio, box = self._rows.devicePixelRatio(), event.rect()
        source = QRectF(box.x() * ratio, box.y() * ratio, box.width() * ratio, box.height() * ratio)
        painter.drawPixmap(QRectF(box), self._rows, source)
        painter.setPen(QPen(_HEAD, 1))
        painter.drawLine(QPointF(self.column(self.frame), 0), QPointF(self.column(self.frame), self.height()))
        painter.end()

    def _change(self) -> None:
        self._rows = None
        self.update()

    def _draw_rows(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        rows = QPixmap(self.size() * ratio)
        rows.setDevicePixelRatio(ratio)
        painter = QPainter(rows)
        painter.setFont(self.font())
        painter.fillRect(self.rect(), _GROUND)
        self._draw_thumbnails(painter)
        top = _THUMBNAILS
        self._draw_solved(painter, top)
        self._draw_curve(painter, top + _SOLVED)
        self._draw_ruler(painter, top + _SOLVED + _CURVE)
        self._draw_marked(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_keyframes(painter, self.height() - _RULER / 2)
        painter.end()
        return rows

    def _step(self) -> float:
        return max(self.width() - 2 * _EDGE, 1) / len(self._frames)

    def _draw_thumbnails(self, painter: QPainter) -> None:
        width = max(round(_THUMBNAILS * self._aspect), 1)
        places = range(_EDGE, self.width() - _EDGE, width + 1)
        wanted = [self.frame_at(place + width / 2) for place in places]
        self._thumbnails.want(wanted)
        painter.save()
        painter.setClipRect(_EDGE, 0, self.width() - 2 * _EDGE, _THUMBNAILS)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for place, frame in zip(places, wanted, strict=True):
            picture = self._thumbnails.get(frame)
            box = QRect(place, 1, width, _THUMBNAILS - 3)
            if picture is None:
                painter.fillRect(box, _UNSOLVED.darker(140))
            else:
                painter.drawImage(box, picture.sizes[0])
        painter.restore()

    def _draw_solved(self, painter: QPainter, top: int) -> None:
        left, right = self.column(self._frames.start - 0.5), self.column(self._frames.stop - 0.5)
        painter.fillRect(QRectF(left, top, right - left, _SOLVED - 2), _UNSOLVED)
        for first, last in runs(self._solved):
            left, right = self.column(first - 0.5), self.column(last + 0.5)
            painter.fillRect(QRectF(left, top, max(right - left, 1), _SOLVED - 2), _DONE)

    def _draw_curve(self, painter: QPainter, top: int) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(_DOUBT, 1.3))
        for x, sure in self._curve():
            places = [QPointF(*place) for place in zip(x, top + 2 + (_CURVE - 4) * (1 - sure), strict=True)]
            painter.drawPolyline(places) if len(places) > 1 else painter.drawPoint(places[0])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _curve(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Return columns and the least confidence in each, for every stretch: a long clip has many frames in one."""
        found = []
        for first, last in runs(self._solved):
            part = slice(*np.searchsorted(self._solved, (first, last + 1)))
            columns = np.rint(self.column(0) + self._solved[part] * self._step())
            starts = np.flatnonzero(np.diff(columns, prepend=-1.0))
            found.append((columns[starts], np.minimum.reduceat(self._sure[part], starts)))
        return found

    def _draw_ruler(self, painter: QPainter, top: int) -> None:
        painter.setPen(_TEXT)
        metrics = painter.fontMetrics()
        needed = metrics.horizontalAdvance(str(self._frames.stop)) + 24
        step = next(s for s in _ROUND_STEPS if s * self._step() >= needed or s >= len(self._frames))
        for frame in range(-(-self._frames.start // step) * step, self._frames.stop, step):
            x = self.column(frame)
            painter.drawLine(QPointF(x, top), QPointF(x, top + 4))
            box = QRectF(x - needed / 2, top + 3, needed, _RULER - 3)
            if box.left() >= 0 and box.right() <= self.width():
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(frame))

    def _draw_marked(self, painter: QPainter) -> None:
        """Darken what lies outside of the in and out marks."""
        left, right = self.column(self.marked[0] - 0.5), self.column(self.marked[1] + 0.5)
        shade = QColor(0, 0, 0, 130)
        painter.fillRect(QRectF(0, 0, left, self.height()), shade)
        painter.fillRect(QRectF(right, 0, self.width() - right, self.height()), shade)

    def _draw_keyframes(self, painter: QPainter, middle: float) -> None:
        for frame in self._keyframes:
            x = self.column(self._target if frame == self._dragged and self._target is not None else frame)
            mark = QPolygonF(
                [QPointF(x, middle - 6), QPointF(x + 6, middle), QPointF(x, middle + 6), QPointF(x - 6, middle)]
            )
            painter.setPen(QPen(_KEY if frame in self._unfinished else _GROUND, 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush if frame in self._unfinished else _KEY)
            painter.drawPolygon(mark)


_ROUND_STEPS: Final = [a * 10**b for b in range(8) for a in (1, 2, 5)]


def runs(frames: np.ndarray) -> list[tuple[int, int]]:
    """Return first and last frame of every stretch without a gap; ``frames``, (N,) integers, ascend."""
    ends = np.flatnonzero(np.diff(frames) != 1)
    first, last = np.append(frames[:1], frames[ends + 1]), np.append(frames[ends], frames[-1:])
    return list(zip(first.tolist(), last.tolist(), strict=True))
