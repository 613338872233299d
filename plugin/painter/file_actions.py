"""What the menu File asks for: clips, folders, exports; and what may lie behind the foreground."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QColorDialog, QFileDialog, QMessageBox

from .export import FORMATS, ExportWish
from .painter_views import PainterView, read_backdrop

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
    wish = ExportWish(
        clip=shot.path,
        keyframes=shot.folder,
        output=output,
        format_name=format_name,
        frames=window.desk.timeline.marked,
        options=shot.options,
        space=shot.space,
    )

    def start(is_saved: bool) -> None:
        if not is_saved:
            window.say(f"The keyframes are not saved to {shot.folder} yet; nothing was exported.")
        elif not window.export.is_busy:
            window.work_bar.begin("Export")
            window.export.start(wish)

    if not window.desk.aside.run("Save", lambda: shot.wait_until_saved(5), start):
        window.desk.aside.when_free(lambda: start_export(window, output, format_name))


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
    if name:
        use_backdrop(window, Path(name))


def use_backdrop(window: PainterWindow, path: Path) -> None:
    """Put the picture in ``path``, scaled to fill the frame, behind the foreground."""
    desk = window.desk

    def take(picture: np.ndarray) -> None:
        desk.set_backdrop(picture=picture)
        window.show_view(PainterView.OVER_PICTURE)

    if not desk.aside.run(f"Read {path.name}", lambda: read_backdrop(path, desk.shot.size), take):
        window.say("Wait a moment: something else is under way.")


def may_lose(window: PainterWindow, reason: str) -> bool:
    """Ask whether to close although keyframes are not in their files, for ``reason``."""
    answer = QMessageBox.warning(
        window,
        "Keyframes are not saved",
        f"{reason or 'The keyframes cannot be written.'}\n\nClose and lose what was painted?",
        QMessageBox.StandardButton.Discard | QMessageBox.StandardButton.Cancel,
        QMessageBox.StandardButton.Cancel,
    )
    return answer == QMessageBox.StandardButton.Discard
