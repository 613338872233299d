"""Writes keyframes behind the window's back: at once, whole or not at all, the newest state of each frame."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from ....core.media import encode_image
from ...keyframes import replace_file
from .journal import Journal


class KeyframeSaver:
    """One thread that writes; what cannot be written is kept, reported and tried again with the next change."""

    def __init__(
        self, folder: Path, journal: Journal, files: Mapping[int, Path], report: Callable[[str | None], None]
    ) -> None:
        """Write to ``folder``.

        Args:
            folder: of the keyframes; made when something is written.
            journal: cleared whenever all that it holds is in the files.
            files: frame -> the file that it was read from, which keeps its name.
            report: called on the thread with what went wrong, or with ``None`` once all is written again.
        """
        self._folder, self._journal, self._report = folder, journal, report
        self._files = dict(files)
        self._waiting: dict[int, np.ndarray | None] = {}
        self._failed: dict[int, np.ndarray | None] = {}
        self._num_records = 0
        self._changed = threading.Condition()
        self._is_writing = self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="keyframe saver", daemon=True)
        self._thread.start()

    def save(self, frames: Mapping[int, np.ndarray | None]) -> None:
        """Write the trimaps (H, W) uint8 of ``frames``, or remove the file where it is ``None``; returns at once.

        They are not to change afterwards.
        """
        with self._changed:
            self._waiting.update(frames)
            self._num_records = self._journal.num_records
            self._changed.notify_all()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until everything was tried; tells whether all of it is in the files."""
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting and not self._is_writing, seconds)
            return not (self._waiting or self._is_writing or self._failed)

    def close(self) -> bool:
        """Write what is waiting, then end; tells whether all of it is in the files."""
        with self._changed:
            self._is_closed = True
            if self._failed:  # one last time
                self._waiting = {**self._failed, **self._waiting}
            self._changed.notify_all()
        self._thread.join()
        return not self._failed

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._is_closed)
                if not self._waiting:
                    return
                batch = {**self._failed, **self._waiting}
                num_records = self._num_records
                self._waiting, self._failed, self._is_writing = {}, {}, True
            self._journal.sync()
            failed, reason = self._write(batch)
            if not failed:
                self._journal.clear(num_records)
            self._report(reason)
            with self._changed:
                self._failed, self._is_writing = failed, False
                self._changed.notify_all()

    def _write(self, batch: Mapping[int, np.ndarray | None]) -> tuple[dict[int, np.ndarray | None], str | None]:
        """Write new files first and remove old ones last, so that a keyframe that moves is never in neither."""
        failed: dict[int, np.ndarray | None] = {}
        reason = None
        for frame, trimap in sorted(batch.items(), key=lambda item: item[1] is None):
            try:
                self._write_one(frame, trimap)
            except OSError as error:
                failed[frame] = trimap
                reason = f"the keyframe of frame {frame} is not saved: {self._folder}: {error.strerror or error}."
        return failed, reason

    def _write_one(self, frame: int, trimap: np.ndarray | None) -> None:
        path = self._files.get(frame) or self._folder / f"trimap.{frame:04d}.png"
        if trimap is None:
            path.unlink(missing_ok=True)
            self._files.pop(frame, None)
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        replace_file(path, encode_image(trimap, "png"))
        self._files[frame] = path
