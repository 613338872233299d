"""The painter as a program: opens clips, asks what has to be asked, shows windows."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from ...core.sessions import SessionOptions
from ...kernels.errors import TrimatteError
from ..colour_choice import ColourChoice
from .display import check_display
from .document.keyframe_size import TrimapSizeError, scale_keyframes
from .patience import wait_for
from .recent import remember_clip
from .shot import PainterShot
from .shot_files import ShotFiles
from .steadiness import Collector, load_operators, steady_the_process
from .theme import apply_theme
from .window import PainterWindow

_SIZE: Final = (1440, 900)


class Painter:
    """Holds the one window; another clip replaces it."""

    def __init__(self, options: SessionOptions | None = None, space: ColourChoice | None = None) -> None:
        self._options, self._space = options, space
        self.window: PainterWindow | None = None

    def open(self, clip: Path, folder: Path | None = None, frame: int | None = None) -> bool:
        """Show ``clip`` with the keyframes in ``folder``, first at ``frame`` or at a keyframe.

        A failure is shown, and what was open stays. Tells whether it worked.
        """
        try:
            shot = self._open(clip, folder)
        except TrimatteError as error:
            self._refuse(str(error))
            return False
        if shot is None:
            return False
        self._recover(shot)
        remember_clip(clip)
        self._show(PainterWindow(shot))
        if self.window is not None and frame is not None:
            self.window.desk.go(frame)
        return True

    def ask(self) -> bool:
        """Ask for a clip and open it."""
        name, _ = QFileDialog.getOpenFileName(None, "Open a movie, or one image of a sequence")
        return bool(name) and self.open(Path(name))

    def _open(self, clip: Path, folder: Path | None) -> PainterShot | None:
        try:
            files = self._read(clip, folder)
        except TrimapSizeError as error:
            if not self._may_scale(error):
                return None
            wait_for(self.window, "Scaling the keyframes", partial(scale_keyframes, error.path.parent, error.expected))
            files = self._read(clip, folder)
        return None if files is None else PainterShot(clip, options=self._options, files=files)

    def _read(self, clip: Path, folder: Path | None) -> ShotFiles | None:
        return wait_for(
            self.window,
            f"Opening {clip.name}",
            lambda: self._read_here(clip, folder),
            lambda files: files.file.clip.close(),
        )

    def _read_here(self, clip: Path, folder: Path | None) -> ShotFiles:
        load_operators()
        return ShotFiles.read(clip, folder, self._space)

    def _show(self, window: PainterWindow) -> None:
        before, self.window = self.window, window
        window.wants_clip.connect(self.open)
        window.wants_folder.connect(lambda folder: self.open(window.desk.shot.path, folder))
        screen = window.screen().availableSize()
        window.resize(min(_SIZE[0], screen.width()), min(_SIZE[1], screen.height()))
        window.show()
        window.desk.viewer.fit()
        if before is not None:
            before.close()

    def _recover(self, shot: PainterShot) -> None:
        if not shot.recovered:
            return
        frames = ", ".join(map(str, sorted({patch.frame for patch in shot.recovered})))
        answer = QMessageBox.question(
            self.window,
            "The painter ended unexpectedly",
            f"What was painted last on frame {frames} had not been saved. Take it back into the trimaps?",
            QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No,
            QMessageBox.StandardButton.Yes,
        )
        shot.recover() if answer == QMessageBox.StandardButton.Yes else shot.discard()

    def _may_scale(self, error: TrimapSizeError) -> bool:
        answer = QMessageBox.question(
            self.window,
            "Keyframes of another size",
            f"{error}\n\nScale the keyframes to the clip? The old files stay beside them as .bak.",
            QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No,
            QMessageBox.StandardButton.Yes,
        )
        return answer == QMessageBox.StandardButton.Yes

    def _refuse(self, text: str) -> None:
        QMessageBox.critical(self.window, "Trimatte painter", text)


def run_painter(
    clip: Path | None,
    folder: Path | None,
    options: SessionOptions | None = None,
    space: ColourChoice | None = None,
    frame: int | None = None,
) -> int:
    """Open the window and stay until it is closed; returns the exit code.

    ``space`` is that of every clip that is opened; ``None`` goes by the file. ``frame`` is shown first.

    Raises:
        NoDisplayError: there is no screen.
    """
    check_display("use 'trimatte render' with trimaps that were painted elsewhere")
    steady_the_process()
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("Trimatte painter")
    apply_theme(application)
    Collector(application)
    painter = Painter(options, space)
    is_open = painter.ask() if clip is None else painter.open(clip, folder, frame)
    return application.exec() if is_open else 2
