"""What the pointer does on the viewer: strokes, lasso, fill, size of the brush, pan, wipe."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final, Protocol

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QTabletEvent

from .document import KeyframeDocument, Region, flood_mask, polygon_mask
from .document.brush import Place
from .document.keyframe_document import Gesture
from .tools import Paint, Tool, ToolState
from .viewer import Viewer

_CLICK: Final = 4  # pixels of the window within which a press is a click
_SIZE_STEP: Final = 0.5  # pixels of radius for one of the pointer's way


class Canvas(Protocol):
    """What is painted on."""

    def keyframe_to_paint(self, then: Callable[[int | None], None]) -> None:
        """Call ``then`` with the frame whose keyframe is painted, at once or when it is there.

        With ``None`` where nothing can be painted now.
        """


class Pointer(QObject):
    """Watches the viewer's events; one gesture at a time."""

    hovered = Signal(object)
    """(x, y) of the picture under the pointer, or ``None`` when it has left."""
    painted = Signal()
    """A gesture has ended."""

    def __init__(self, viewer: Viewer, document: KeyframeDocument, tools: ToolState, canvas: Canvas) -> None:
        super().__init__(viewer)
        self._viewer, self._document, self._tools, self._canvas = viewer, document, tools, canvas
        self._gesture: Gesture | None = None
        self._waiting: list[Callable[[], None]] | None = None  # what was done before the keyframe was there
        self._last: Place | None = None  # where the stroke is
        self._end_of_last_stroke: tuple[float, float] | None = None
        self._drag: Callable[[QPointF], None] | None = None
        self._drag_place = QPointF()
        self._alt_place: QPointF | None = None  # where Alt was held at the press: a click or a drag?
        self._pressure = 1.0
        self._has_space = False
        viewer.installEventFilter(self)
        tools.changed.connect(self._show_brush)
        self._show_brush()

    @property
    def is_painting(self) -> bool:
        """Whether a gesture is under way."""
        return self._gesture is not None or self._waiting is not None

    def cancel(self) -> bool:
        """Take the gesture under way back; tells whether there was one."""
        if not self.is_painting:
            return False
        if self._gesture is not None:
            self._document.cancel(self._gesture)
        self._gesture = self._waiting = None
        self._viewer.lasso.clear()
        self._viewer.update()
        return True

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt calls it so)
        """Take what the pointer does; everything else is the viewer's."""
        kind = event.type()
        if isinstance(event, QTabletEvent):
            self._pressure = max(event.pressure(), 0.01)
            event.ignore()  # Qt sends it again as the mouse
            return False
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._has_space = kind == QEvent.Type.KeyPress
            return False
        if isinstance(event, QMouseEvent):
            if kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick):
                self._press(event)
            elif kind == QEvent.Type.MouseMove:
                self._move(event)
            elif kind == QEvent.Type.MouseButtonRelease:
                self._release(event)
            return True
        if kind == QEvent.Type.Leave:
            self._viewer.show_cursor(None)
            self.hovered.emit(None)
        return False

    # One gesture

    def _press(self, event: QMouseEvent) -> None:
        place, keys = event.position(), event.modifiers()
        if self.is_painting:
            return
        self._drag_place = place
        if event.button() == Qt.MouseButton.MiddleButton or (self._has_space and _is_left(event)):
            self._drag = self._viewer.pan
        elif not _is_left(event):
            return
        elif self._viewer.is_on_wipe(place):
            self._drag = lambda _by: self._viewer.drag_wipe(self._drag_place)
        elif keys & Qt.KeyboardModifier.ShiftModifier:
            self._drag = lambda by: self._tools.set_radius(self._tools.brush.radius + by.x() * _SIZE_STEP)
        elif keys & Qt.KeyboardModifier.AltModifier:
            self._drag, self._alt_place = self._viewer.pan, place
        else:
            self._begin(place, is_straight=False)

    def _move(self, event: QMouseEvent) -> None:
        place = event.position()
        if self._drag is not None:
            by, self._drag_place = place - self._drag_place, place
            self._drag(by)
        elif self.is_painting and event.buttons() & Qt.MouseButton.LeftButton:
            self._when_ready(partial(self._go_on, (*self._viewer.on_picture(place), self._pressure)))
        self._viewer.show_cursor(place if self._drag is None else self._viewer.cursor_place)
        self.hovered.emit(self._viewer.on_picture(place))

    def _release(self, event: QMouseEvent) -> None:
        alt_place, self._alt_place = self._alt_place, None
        if self._drag is not None:
            self._drag = None
            if alt_place is not None and (event.position() - alt_place).manhattanLength() < _CLICK:
                self._begin(event.position(), is_straight=True)
                if self.is_painting:
                    self._when_ready(self._finish)
        elif self.is_painting and _is_left(event):
            self._when_ready(self._finish)
        self._pressure = 1.0

    def _begin(self, place: QPointF, *, is_straight: bool) -> None:
        self._waiting = [
            partial(self._start, (*self._viewer.on_picture(place), self._pressure), is_straight=is_straight)
        ]
        self._canvas.keyframe_to_paint(self._catch_up)

    def _when_ready(self, act: Callable[[], None]) -> None:
        """Call ``act`` now, or after what waits for the keyframe."""
        act() if self._waiting is None else self._waiting.append(act)

    def _catch_up(self, frame: int | None) -> None:
        """Do what was done while the keyframe of ``frame`` was on its way; ``None``: it does not come."""
        waiting, self._waiting = self._waiting, None
        if frame is None or waiting is None:
            return
        self._gesture = self._document.begin(_name(self._tools), frame)
        for act in waiting:
            act()

    def _start(self, place: Place, *, is_straight: bool) -> None:
        assert self._gesture is not None
        tools, at = self._tools, place[:2]
        if tools.tool is Tool.LASSO:
            self._viewer.lasso[:] = [at]
        elif tools.tool is Tool.FILL:
            self._fill(self._gesture, at)
        else:
            start = self._end_of_last_stroke if is_straight and self._end_of_last_stroke is not None else at
            self._last = place
            self._damage(self._gesture.line(tools.brush, (*start, place[2]), place))

    def _go_on(self, place: Place) -> None:
        assert self._gesture is not None
        if self._tools.tool is Tool.LASSO:
            self._viewer.lasso.append(place[:2])
            self._viewer.update()
        elif self._tools.tool is Tool.BRUSH and self._last is not None:
            start, self._last = self._last, place
            self._damage(self._gesture.line(self._tools.brush, start, place))

    def _finish(self) -> None:
        assert self._gesture is not None
        gesture, self._gesture = self._gesture, None
        if self._tools.tool is Tool.LASSO:
            corners, self._viewer.lasso[:] = list(self._viewer.lasso), []
            if len(corners) > 2:
                gesture.fill(polygon_mask(corners, self._document.size), self._tools.paint.level)
            self._viewer.update()
        elif self._last is not None:
            self._end_of_last_stroke = self._last[:2]
        self._last = None
        self._document.end(gesture)
        self.painted.emit()

    def _fill(self, gesture: Gesture, at: tuple[float, float]) -> None:
        width, height = self._document.size
        seed = int(at[0] // 1), int(at[1] // 1)
        if 0 <= seed[0] < width and 0 <= seed[1] < height:
            self._damage(gesture.fill(flood_mask(gesture.keyframe.trimap, seed), self._tools.paint.level))

    def _damage(self, region: Region) -> None:
        self._viewer.damage(region)

    def _show_brush(self) -> None:
        is_brush = self._tools.tool is Tool.BRUSH
        self._viewer.cursor_radius = self._tools.brush.radius if is_brush else None
        self._viewer.setCursor(Qt.CursorShape.BlankCursor if is_brush else Qt.CursorShape.CrossCursor)
        self._viewer.update()


def _name(tools: ToolState) -> str:
    """Return what the menu says after 'Undo'."""
    if tools.tool is not Tool.BRUSH:
        return f"{tools.tool.value} {tools.paint.value.lower()}"
    return "Erase" if tools.paint is Paint.ERASER else f"Paint {tools.paint.value.lower()}"


def _is_left(event: QMouseEvent) -> bool:
    return event.button() == Qt.MouseButton.LeftButton
