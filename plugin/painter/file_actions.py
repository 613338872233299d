"""What the menu File asks for: clips, folders, exports; and what may lie behind the foreground."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QColorDialog, QFileDialog

from ...kernels.errors import TrimatteError
from .export import FORMATS, ExportWish
from .painter_views import PainterView

if TYPE_CHECKING:
    from .window import PainterWindow


def ask_for_clip(window: PainterWindow) -> None:
    """Ask for another clip."""
    name, _ = QFileDialog.getOpenFileName(window, "Open a movie, or one image of a sequence")
    if name:
        window.wants_clip.emit(Path(name))


def ask_for_folder(window: PainterWindow) -> None:
    """Ask for another folder of keyframes."""
    name = QFileDialog.getExistingDirectory(window, "Folder with keyframes", str(window.desk.shot.folder))
    if name:
        window.wants_folder.emit(Path(name))


def ask_for_export(window: PainterWindow) -> None:
    """Ask where to and in which format, then render."""
    shot = window.desk.shot
    if window.export.is_busy:
        window.say("An export is under way; Esc ends it.")
        return
    if shot.unfinished:
        frame, reason = next(iter(shot.unfinished.items()))
        window.desk.go(frame)
        window.say(f"Frame {frame}: {reason}.")
        return
    stem = shot.path.stem.rstrip("0123456789%d.#_-") or shot.path.stem
    name, words = QFileDialog.getSaveFileName(
        window, "Export", str(shot.path.parent / f"{stem}_matted.mov"), ";;".join(FORMATS)
    )
    if name:
        format_name, suffix = FORMATS.get(words, next(iter(FORMATS.values())))
        start_export(window, Path(name).with_suffix(suffix), format_name)


def start_export(window: PainterWindow, output: Path, format_name: str) -> None:
    """Render the marked range to ``output``."""
    shot = window.desk.shot
    if not shot.wait_until_saved(5):
        window.say(f"The keyframes are not saved to {shot.folder} yet; nothing was exported.")
        return
    window.begin_progress("Export")
    window.export.start(
        ExportWish(
            clip=shot.path,
            keyframes=shot.folder,
            output=output,
            format_name=format_name,
            frames=window.desk.timeline.marked,
            options=shot.options,
            space=shot.space,
        )
    )


def ask_for_backdrop_colour(window: PainterWindow) -> None:
    """Ask for the colour behind the foreground."""
    before = QColor(*window.desk.shot.backdrop.colour)
    colour = QColorDialog.getColor(before, window, "Colour behind the foreground")
    if colour.isValid():
        window.desk.set_backdrop(colour=(colour.red(), colour.green(), colour.blue()))
        window.show_view(PainterView.OVER_COLOUR)


def ask_for_backdrop_picture(window: PainterWindow) -> None:
    """Ask for the picture behind the foreground."""
    name, _ = QFileDialog.getOpenFileName(window, "Picture behind the foreground")
    if not name:
        return
    try:
        window.desk.set_backdrop(picture=Path(name))
    except TrimatteError as error:
        window.say(str(error))
    else:
        window.show_view(PainterView.OVER_PICTURE)
