"""Every action of the painter: its menu, its words, its keys. The keyboard map is this table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from . import file_actions as files
from . import time_actions as time
from . import trimap_actions as trimap
from .painter_views import PainterView
from .tools import Paint, Tool
from .tracking import Track

if TYPE_CHECKING:
    from .window import PainterWindow


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One line of a menu."""

    menu: str
    text: str
    """As the menu says it; "" draws a line."""
    keys: tuple[str, ...]
    """The first one is shown."""
    run: Callable[[PainterWindow], object]
    group: str = ""
    """Actions of one group exclude each other and show which one holds."""


def _line(menu: str) -> ActionSpec:
    return ActionSpec(menu, "", (), lambda _window: None)


def _paint(paint: Paint, key: str) -> ActionSpec:
    return ActionSpec("Paint", paint.value, (key,), lambda w: w.desk.tools.take_paint(paint), "paint")


def _tool(tool: Tool, key: str) -> ActionSpec:
    return ActionSpec("Paint", tool.value, (key,), lambda w: w.desk.tools.take_tool(tool), "tool")


def _view(view: PainterView, number: int) -> ActionSpec:
    return ActionSpec("View", view.value, (f"F{number}",), lambda w: w.show_view(view), "view")


def _track(what: Track, key: str) -> ActionSpec:
    return ActionSpec("Track", what.value, (key,), lambda w: w.track(what))


ACTIONS: Final[tuple[ActionSpec, ...]] = (
    ActionSpec("File", "Open clip...", ("Ctrl+O",), files.ask_for_clip),
    ActionSpec("File", "Open keyframe folder...", ("Ctrl+Shift+O",), files.ask_for_folder),
    _line("File"),
    ActionSpec("File", "Export...", ("Ctrl+E",), files.ask_for_export),
    _line("File"),
    ActionSpec("File", "Quit", ("Ctrl+Q",), lambda w: w.close()),
    ActionSpec("Edit", "Undo", ("Ctrl+Z",), lambda w: w.undo()),
    ActionSpec("Edit", "Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), lambda w: w.redo()),
    _paint(Paint.FOREGROUND, "1"),
    _paint(Paint.BACKGROUND, "2"),
    _paint(Paint.UNKNOWN, "3"),
    _paint(Paint.ERASER, "4"),
    _line("Paint"),
    _tool(Tool.BRUSH, "B"),
    _tool(Tool.LASSO, "P"),
    _tool(Tool.FILL, "G"),
    _line("Paint"),
    ActionSpec("Paint", "Larger brush", ("]",), lambda w: w.scale_brush(1.15)),
    ActionSpec("Paint", "Smaller brush", ("[",), lambda w: w.scale_brush(1 / 1.15)),
    ActionSpec("Paint", "Harder brush", ("}", "Shift+]"), lambda w: w.harden_brush(0.1)),
    ActionSpec("Paint", "Softer brush", ("{", "Shift+["), lambda w: w.harden_brush(-0.1)),
    ActionSpec("Trimap", "Add keyframe", ("A",), lambda w: w.add_keyframe()),
    ActionSpec("Trimap", "Delete keyframe", ("Del",), lambda w: w.delete_keyframe()),
    ActionSpec("Trimap", "Copy nearest keyframe", ("C",), lambda w: trimap.copy_nearest(w.desk)),
    ActionSpec("Trimap", "Keyframe from matte", ("M",), lambda w: trimap.keep_matte(w.desk)),
    _line("Trimap"),
    ActionSpec("Trimap", "Band from edge", ("E",), lambda w: trimap.make_band(w.desk)),
    ActionSpec("Trimap", "Grow band", ("+", "="), lambda w: trimap.widen_band(w.desk)),
    ActionSpec("Trimap", "Shrink band", ("-",), lambda w: trimap.narrow_band(w.desk)),
    ActionSpec("Trimap", "Widen at hair", ("H",), lambda w: trimap.open_for_hair(w.desk)),
    _line("Trimap"),
    ActionSpec("Trimap", "From mask or alpha...", ("Shift+M",), lambda w: trimap.begin_from_file(w.desk)),
    ActionSpec("Trimap", "From coloured screen...", ("Shift+S",), lambda w: trimap.begin_from_screen(w.desk)),
    ActionSpec("Trimap", "From people (RVM)", ("Shift+P",), lambda w: trimap.begin_from_people(w.desk)),
    _track(Track.FORWARD, "T"),
    _track(Track.BACKWARD, "Shift+T"),
    _track(Track.BOTH, "Ctrl+T"),
    _track(Track.THIS_FRAME, "S"),
    _track(Track.RANGE, "R"),
    ActionSpec("Track", "Cancel", ("Esc",), lambda w: w.cancel()),
    _line("Track"),
    ActionSpec("Track", "Worst frame", ("N",), lambda w: time.go_to_review(w.desk, 0)),
    ActionSpec("Track", "Next worst frame", ("Shift+N",), lambda w: time.go_to_review(w.desk, 1)),
    ActionSpec("Time", "Next frame", ("Right",), lambda w: w.desk.go(w.desk.frame + 1)),
    ActionSpec("Time", "Previous frame", ("Left",), lambda w: w.desk.go(w.desk.frame - 1)),
    ActionSpec("Time", "Ten frames on", ("Shift+Right",), lambda w: w.desk.go(w.desk.frame + 10)),
    ActionSpec("Time", "Ten frames back", ("Shift+Left",), lambda w: w.desk.go(w.desk.frame - 10)),
    ActionSpec("Time", "Next keyframe", ("Up",), lambda w: time.go_to_keyframe(w.desk, +1)),
    ActionSpec("Time", "Previous keyframe", ("Down",), lambda w: time.go_to_keyframe(w.desk, -1)),
    ActionSpec("Time", "First frame", ("Home",), lambda w: w.desk.go(w.desk.timeline.marked[0])),
    ActionSpec("Time", "Last frame", ("End",), lambda w: w.desk.go(w.desk.timeline.marked[1])),
    _line("Time"),
    ActionSpec("Time", "Play forward", ("L",), lambda w: time.shuttle(w.desk, +1)),
    ActionSpec("Time", "Stop", ("K",), lambda w: w.desk.player.stop()),
    ActionSpec("Time", "Play backward", ("J",), lambda w: time.shuttle(w.desk, -1)),
    _line("Time"),
    ActionSpec("Time", "Mark in", ("I",), lambda w: time.mark_in(w.desk)),
    ActionSpec("Time", "Mark out", ("O",), lambda w: time.mark_out(w.desk)),
    ActionSpec("Time", "Whole clip", ("Shift+I",), lambda w: time.mark_all(w.desk)),
    *(_view(view, number) for number, view in enumerate(PainterView, start=1)),
    _line("View"),
    ActionSpec("View", "Colour behind...", ("Shift+C",), files.ask_for_backdrop_colour),
    ActionSpec("View", "Picture behind...", ("Shift+B",), files.ask_for_backdrop_picture),
    ActionSpec("View", "Wipe", ("W",), lambda w: w.toggle_wipe()),
    _line("View"),
    ActionSpec("View", "Fit", ("F",), lambda w: w.desk.viewer.fit()),
    ActionSpec("View", "1:1", ("Ctrl+1",), lambda w: w.desk.viewer.show_pixels()),
    ActionSpec("View", "Zoom in", ("Ctrl++", "Ctrl+="), lambda w: w.desk.viewer.zoom_by(1.5)),
    ActionSpec("View", "Zoom out", ("Ctrl+-",), lambda w: w.desk.viewer.zoom_by(1 / 1.5)),
    ActionSpec("Help", "Keyboard map", ("?",), lambda w: w.show_keyboard_map()),
)

POINTER_KEYS: Final = (
    ("Left drag", "paint, or draw the lasso"),
    ("Alt + click", "line from the last stroke"),
    ("Shift + drag", "size of the brush"),
    ("Middle drag, Alt + drag", "pan"),
    ("Space + drag", "pan"),
    ("Wheel", "zoom to the pointer"),
    ("Drag a diamond", "move its keyframe"),
    ("Wheel on timeline", "next, previous frame"),
    ("Drag the wipe", "move the line"),
)
"""What the keyboard map says about the pointer."""
