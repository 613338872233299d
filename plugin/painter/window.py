"""The window: menus, viewer, timeline, panels; what a menu does to them is in the rooms it names."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtWidgets import (
    QDockWidget,
    QLabel,
    QMainWindow,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from .actions import ACTIONS
from .desk import Desk
from .export import Export
from .file_actions import may_lose
from .keyboard_map import KeyboardMap
from .painter_views import PainterView
from .panels import BrushPanel, ReviewPanel
from .probe import describe_pixel
from .recent import recent_clips
from .shot import PainterShot
from .toolbar import PainterToolBar
from .tracking import Track, frames_to_track
from .work_bar import WorkBar

_MESSAGE_MILLISECONDS = 8000
_PLACE_OF_RECENT = 1  # in the menu File


class PainterWindow(QMainWindow):
    """One clip in a window."""

    wants_clip = Signal(Path)
    """The user wants to open another clip; this window stays until that one is open."""
    wants_folder = Signal(Path)
    """The same clip with the keyframes of another folder."""

    desk: Desk
    export: Export

    def __init__(self, shot: PainterShot) -> None:
        super().__init__()
        self.desk = Desk(shot)
        self.export = Export()
        self.actions_of: dict[tuple[str, str], QAction] = {}
        """(menu, words) -> action."""
        self._menus: dict[str, QMenu] = {}
        self._lay_out()
        self._build_menus()
        self._connect()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)  # with its dialogs
        self.setAcceptDrops(True)
        self.setWindowTitle(f"{shot.path.name} - Trimatte painter")
        self.desk.viewer.setFocus()
        self._show_frame(self.desk.frame)

    # What menus do

    def undo(self) -> None:
        """Take the last change back and show where it was."""
        if not self.desk.pointer.cancel():
            self._show_changed(self.desk.shot.document.undo())

    def redo(self) -> None:
        """Do it again."""
        if not self.desk.pointer.is_painting:
            self._show_changed(self.desk.shot.document.redo())

    def scale_brush(self, factor: float) -> None:
        """Make the brush larger or smaller."""
        self.desk.tools.set_radius(self.desk.tools.brush.radius * factor)

    def harden_brush(self, by: float) -> None:
        """Make the brush harder or softer."""
        self.desk.tools.set_hardness(self.desk.tools.brush.hardness + by)

    def add_keyframe(self) -> None:
        """Make the frame that is shown a keyframe."""
        if self.desk.shot.document.trimap(self.desk.frame) is None:
            self.desk.keyframe_to_paint(lambda _frame: None)
        else:
            self.say("This frame is a keyframe already.")

    def delete_keyframe(self) -> None:
        """Delete the keyframe that is shown."""
        self.desk.pointer.cancel()
        self.desk.shot.document.delete(self.desk.frame)

    def track(self, what: Track) -> None:
        """Solve frames; mattes come as they are done."""
        desk = self.desk
        if desk.aside.is_busy:  # a band that is being made belongs to what is tracked
            desk.aside.when_free(lambda: self.track(what))
            return
        if desk.frame in desk.shot.unfinished:
            self.say(f"Frame {desk.frame}: {desk.shot.unfinished[desk.frame]}.")
            return
        desk.shot.track(frames_to_track(what, desk.frame, desk.shot.frames, desk.timeline.marked))
        self.work_bar.begin(what.value)

    def cancel(self) -> None:
        """End what is under way: the stroke, else the trimap that is made, the track, the export, the playing."""
        if not self.desk.pointer.cancel():
            self.desk.aside.cancel()
            self.desk.shot.solver.cancel()
            self.export.cancel()
            self.desk.player.stop()

    def show_view(self, view: PainterView) -> None:
        """Show another view of every frame."""
        self.desk.show_view(view)
        self._show_view(view)

    def toggle_wipe(self) -> None:
        """Show the source on the left of a line, or no longer."""
        viewer = self.desk.viewer
        viewer.set_wipe(0.5 if viewer.wipe is None else None)

    def show_keyboard_map(self) -> None:
        """Show all keys."""
        shown = self.findChild(KeyboardMap) or KeyboardMap(self)
        shown.show()
        shown.raise_()

    def say(self, text: str) -> None:
        """Show a line to the user."""
        if text:
            self.statusBar().showMessage(text, _MESSAGE_MILLISECONDS)

    # Events of the window

    def event(self, event: QEvent) -> bool:
        """Keep a message when the pointer goes over a menu or a button: Qt would wipe it out."""
        return event.type() == QEvent.Type.StatusTip or super().event(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  (Qt calls it so)
        """Save what is not saved, end all threads; ask before anything is lost."""
        if not self.desk.shot.wait_until_saved(5) and not may_lose(self, self._unsaved.toolTip()):
            event.ignore()
            return
        self.hide()  # a network that runs ends first
        self.export.close()
        self.desk.close()
        event.accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Take files."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Open a clip, or a folder of keyframes."""
        path = Path(event.mimeData().urls()[0].toLocalFile())
        (self.wants_folder if path.is_dir() else self.wants_clip).emit(path)

    # Building

    def _lay_out(self) -> None:
        desk = self.desk
        middle = QWidget()
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(desk.viewer, 1)
        layout.addWidget(desk.timeline)
        self.setCentralWidget(middle)
        self.brush_panel = BrushPanel(desk.tools, desk.viewer.opacity)
        self.review_panel = ReviewPanel(desk)
        for title, panel in (("Brush", self.brush_panel), ("Worth a look", self.review_panel)):
            dock = QDockWidget(title, self)
            dock.setObjectName(title)
            dock.setWidget(panel)
            dock.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetMovable)
            self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        self._place, self._probe, self._unsaved, self._pace = QLabel(), QLabel(), QLabel(), QLabel()
        self.work_bar = WorkBar(desk.shot.solver, self.export, desk.aside)
        for widget in (self._unsaved, self.work_bar, self._probe, self._pace, self._place):
            self.statusBar().addPermanentWidget(widget)

    def _build_menus(self) -> None:
        groups: dict[str, QActionGroup] = {}
        for spec in ACTIONS:
            menu = self._menu(spec.menu)
            if not spec.text:
                menu.addSeparator()
                continue
            action = menu.addAction(spec.text)
            action.setShortcuts([QKeySequence(keys) for keys in spec.keys])
            action.triggered.connect(lambda _checked=False, run=spec.run: run(self))
            self.actions_of[spec.menu, spec.text] = action
            if spec.group:
                action.setCheckable(True)
                groups.setdefault(spec.group, QActionGroup(self)).addAction(action)
        self._fill_recent()
        self.tool_bar = PainterToolBar(self.actions_of)
        self.tool_bar.view_chosen.connect(self.show_view)
        self.addToolBar(self.tool_bar)

    def _menu(self, title: str) -> QMenu:
        """Return the menu called ``title``, made at its first action."""
        if title not in self._menus:
            self._menus[title] = self.menuBar().addMenu(title)
        return self._menus[title]

    def _fill_recent(self) -> None:
        recent = QMenu("Open recent", self)
        file_menu = self._menu("File")
        file_menu.insertMenu(file_menu.actions()[_PLACE_OF_RECENT], recent)
        for path in recent_clips():
            recent.addAction(str(path)).triggered.connect(lambda _checked=False, p=path: self.wants_clip.emit(p))
        recent.setEnabled(not recent.isEmpty())

    def _connect(self) -> None:
        desk = self.desk
        desk.said.connect(self.say)
        desk.screening.paced.connect(self._show_pace)
        desk.player.stopped.connect(lambda: self._pace.setText(""))
        desk.frame_changed.connect(self._show_frame)
        desk.tools.changed.connect(self._show_tools)
        desk.pointer.hovered.connect(lambda place: self._probe.setText(describe_pixel(desk, place)))
        desk.aside.began.connect(self._begin_aside)
        desk.aside.ended.connect(lambda reason: self.say(reason or "Done."))
        desk.shot.saved.connect(self._show_saved)
        desk.shot.changed.connect(lambda _patches: self._show_history())
        desk.shot.solver.stopped.connect(self._end_track)
        self.export.ended.connect(self._end_export)
        self.brush_panel.opacity_changed.connect(desk.set_opacity)
        self._show_tools()
        self._show_history()
        self._show_view(desk.viewer.view)

    # Showing

    def _show_frame(self, frame: int) -> None:
        frames = self.desk.shot.frames
        self._place.setText(f"Frame {frame} of {frames.start}-{frames.stop - 1}")

    def _show_pace(self, shown: float, due: float) -> None:
        is_whole = shown >= 0.95 * due
        self._pace.setText("" if is_whole else f"{shown:.0f} of {due:.3g} frames a second")
        self._pace.setToolTip("" if is_whole else "Frames that come too late are left out; the next round has them")

    def _show_changed(self, frames: tuple[int, ...]) -> None:
        if frames and self.desk.frame not in frames:
            self.desk.go(frames[0])

    def _show_view(self, view: PainterView) -> None:
        self.actions_of["View", view.value].setChecked(True)
        self.tool_bar.show_view(view)

    def _show_tools(self) -> None:
        tools = self.desk.tools
        self.actions_of["Paint", tools.tool.value].setChecked(True)
        self.actions_of["Paint", tools.paint.value].setChecked(True)

    def _show_history(self) -> None:
        history = self.desk.shot.document.history
        for word, name in (("Undo", history.undo_name), ("Redo", history.redo_name)):
            action = self.actions_of["Edit", word]
            action.setText(f"{word} {name[0].lower()}{name[1:]}" if name else word)
            action.setEnabled(name is not None)

    def _begin_aside(self, name: str) -> None:
        self.statusBar().showMessage(f"{name} ...  Esc gives it up")

    def _end_export(self, text: str, _is_whole: bool) -> None:
        self.statusBar().showMessage(text)  # until something else is said: the user may have been away

    def _end_track(self, reason: str) -> None:
        is_first = not self.desk.shot.view.is_solved and bool(self.desk.shot.confidence)
        hint = "Solved. F4 shows the matte, F6 the result over a checker." if is_first else "Solved."
        self.say(reason or hint)

    def _show_saved(self, reason: str) -> None:
        self._unsaved.setText("Not saved" if reason else "")
        self._unsaved.setToolTip(reason)
        self.say(reason)
