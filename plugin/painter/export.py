"""Export: ``trimatte render`` on the same keyframes, as a process of its own; what is solved is not solved again."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QProcess, Signal

from ...core.sessions import SessionOptions
from ..colour_choice import ColourChoice

FORMATS: Final = {
    "ProRes 4444, with alpha (*.mov)": ("prores4444", ".mov"),
    "PNG 16 bit, with alpha (folder)": ("png16", ""),
    "FFV1, lossless, with alpha (*.mkv)": ("ffv1", ".mkv"),
    "WebM VP9, with alpha (*.webm)": ("webm", ".webm"),
    "TIFF 16 bit, with alpha (folder)": ("tiff16", ""),
    "EXR half, scene-linear, with alpha (folder)": ("exr", ""),
}
"""Words of the dialog -> name and suffix of the format."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportWish:
    """What ``trimatte render`` is asked for."""

    clip: Path
    keyframes: Path
    output: Path
    format_name: str
    frames: tuple[int, int]
    """First and last, both included."""
    options: SessionOptions
    space: ColourChoice
    """Of the clip."""

    def arguments(self) -> list[str]:
        """Return what follows ``trimatte render``."""
        options = self.options
        words = [str(self.clip), "--keyframes", str(self.keyframes), "-o", str(self.output)]
        words += ["--format", self.format_name, "--range", f"{self.frames[0]}-{self.frames[1]}"]
        words += self.space.arguments
        words += ["--model", options.model, "--weights", options.weights, "--device", options.device]
        words += ["--working-resolution", str(options.working_size or "native"), "--kernels", options.kernels]
        return words if options.refine else [*words, "--no-refine"]


class Export(QObject):
    """One export at a time."""

    progressed = Signal(float)
    ended = Signal(str, bool)
    """A line for the user, and whether all frames are there."""

    def __init__(self) -> None:
        super().__init__()
        self._process: QProcess | None = None
        self._total = self._done = 0
        self._line, self._reason = b"", ""

    @property
    def is_busy(self) -> bool:
        """Whether an export is under way."""
        return self._process is not None

    def start(self, wish: ExportWish) -> None:
        """Render what ``wish`` says; what is there is replaced."""
        frames = wish.frames
        arguments = ["-m", "trimatte", "render", *wish.arguments(), "--overwrite", "--json"]
        self._total, self._done, self._line, self._reason = frames[1] - frames[0] + 1, 0, b"", ""
        self._process = QProcess(self)
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.finished.connect(self._finish)
        self._process.errorOccurred.connect(self._fail)
        self._process.start(sys.executable, arguments)
        self._process.closeWriteChannel()

    def cancel(self) -> None:
        """Stop; frames that are whole are kept."""
        if self._process is not None:
            self._process.terminate()

    def close(self) -> None:
        """Stop and wait."""
        if self._process is not None:
            process, self._process = self._process, None
            process.finished.disconnect(self._finish)
            process.errorOccurred.disconnect(self._fail)
            process.terminate()
            if not process.waitForFinished(5000):
                process.kill()
                process.waitForFinished(1000)

    def _read(self) -> None:
        assert self._process is not None
        *lines, self._line = (self._line + self._process.readAllStandardOutput().data()).split(b"\n")
        for line in lines:
            event = json.loads(line)
            if event["event"] == "frame":
                self._done += 1
                self.progressed.emit(self._done / self._total)
            elif event["event"] == "error":
                self._reason = event["message"]
            elif event["event"] == "done":
                self._reason = f"{event['frames']} frames in {event['output']}"

    def _finish(self, exit_code: int, _status: QProcess.ExitStatus) -> None:
        if self._process is None:
            return
        self._read()
        errors = bytes(self._process.readAllStandardError().data()).decode(errors="replace").split("\n")
        last = next((line.strip() for line in reversed(errors) if line.strip()), "nothing was said")
        self._process.deleteLater()
        self._process = None
        self.ended.emit(self._reason or f"The export ended with code {exit_code}: {last}", exit_code == 0)

    def _fail(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart and self._process is not None:
            self._process = None
            self.ended.emit(f"The export cannot start: {sys.executable} does not run.", False)
