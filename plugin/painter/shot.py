"""One clip with its keyframes, mattes and pictures: everything behind the window but the window."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from ...core.media import Clip, open_clip
from ...core.sessions import FrameCache, SessionOptions
from ...core.trimap import FOREGROUND, UNKNOWN
from ..colour import to_display
from ..colour_choice import ColourChoice
from .document import KeyframeSaver, Patch
from .painter_views import Backdrop, PainterView, draw_view
from .pictures import PictureStore
from .reel import REEL_BYTES, reduce_plate, reduce_result
from .shot_files import ShotFiles
from .solver import Solved, Solver

_SETTLE_MILLISECONDS: Final = 300
"""Of quiet after a change before the session takes the new keyframes: strokes come in rows."""

_TELL_MILLISECONDS: Final = 100
"""Between two signals of frames that were solved: those found in the cache come by hundreds."""

_THUMBNAIL_BYTES: Final = 64 << 20
_THUMBNAILS_ACROSS: Final = 20  # in a window of usual width


class PainterShot(QObject):
    """The document and the threads that serve it. Belongs to the window's thread."""

    changed = Signal(object)
    """Patches of the document that were just applied."""
    surveyed = Signal()
    """:attr:`confidence` has changed: which frames are solved, and how surely."""
    saved = Signal(str)
    """An empty text, or what could not be saved."""

    def __init__(
        self,
        path: Path,
        folder: Path | None = None,
        options: SessionOptions | None = None,
        cache: FrameCache | None = None,
        space: ColourChoice | None = None,
        *,
        files: ShotFiles | None = None,
    ) -> None:
        """Show the clip at ``path`` and the keyframes in ``folder``; ``files``: they have been read already.

        Raises:
            TrimatteError: what :meth:`ShotFiles.read` raises.
        """
        super().__init__()
        files = files or ShotFiles.read(path, folder, space)
        self.path, self.folder, self.file, self.space = files.path, files.folder, files.file, files.space
        self.options = options or SessionOptions()
        self.size = (self.clip.width, self.clip.height)
        self.document, self._journal = files.document, files.journal
        self.recovered = files.recovered
        """Patches of a painter that crashed; :meth:`recover` or :meth:`discard` them before anything is painted."""
        self._saver = KeyframeSaver(
            self.folder, self._journal, files.files, lambda reason: self.saved.emit(reason or "")
        )
        self._snapshots: dict[int, np.ndarray] = {}  # of the keyframes, for threads: they never change
        self._take_snapshots(self.document.frames)
        self.document.listen(self._follow)
        self.confidence: dict[int, float] = {}
        """Solved frame -> 0..1."""
        self.unfinished: dict[int, str] = {}
        """Keyframe that cannot be used yet -> why."""
        self._judge(self.document.frames)
        self.view, self.backdrop = PainterView.OVERLAY, Backdrop()
        self.plates = PictureStore(self._plate)
        self.mattes = PictureStore(self._matte)
        self.small_plates = PictureStore(self._small_plate, REEL_BYTES, num_sizes=1)
        self.small_mattes = PictureStore(self._small_matte, REEL_BYTES, num_sizes=1, num_threads=2)
        self.reduction = 1
        """By which the small pictures are smaller than the clip."""
        self.thumbnails = PictureStore(self._thumbnail, _THUMBNAIL_BYTES)
        self._thumbnail_clip: Clip | None = None
        self.solver = Solver(self.file, self.options, cache, self.space)
        self.solver.solved.connect(self._note_solved)
        self.solver.surveyed.connect(self._note_survey)
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MILLISECONDS)
        self._settle.timeout.connect(self.settle)
        self._tell = QTimer(self, singleShot=True, interval=_TELL_MILLISECONDS)
        self._tell.timeout.connect(self.surveyed)
        self.settle()

    @property
    def clip(self) -> Clip:
        """The file that is open."""
        return self.file.clip

    @property
    def frames(self) -> range:
        """Frames that can be decoded."""
        return range(self.clip.first, self.clip.last_readable + 1)

    def recover(self) -> None:
        """Apply what a crashed painter had not saved."""
        self.document.replay(self.recovered)
        self.recovered = []

    def discard(self) -> None:
        """Drop it."""
        self.recovered = []
        self._journal.discard()

    def snapshot(self, frame: int) -> np.ndarray | None:
        """Return the keyframe of ``frame`` as it is now, (H, W) uint8, for any thread: another array after a change."""
        return self._snapshots.get(frame)

    def found_trimap(self, frame: int) -> np.ndarray:
        """Return the trimap that was found at ``frame``; decompresses it, so not on the window's thread."""
        result = self.solver.result(frame)
        return self.empty_trimap() if result is None else result.trimap

    def empty_trimap(self) -> np.ndarray:
        """Return background alone."""
        return np.zeros(self.size[::-1], np.uint8)

    def settle(self) -> None:
        """Let the session have the keyframes that are finished, now."""
        self._settle.stop()
        ready = [frame for frame in self.document.frames if frame not in self.unfinished]
        self.solver.set_keyframes({frame: self._snapshots[frame] for frame in ready})

    def track(self, frames: Sequence[int]) -> None:
        """Solve ``frames`` in this order with the keyframes as they are."""
        self.settle()
        self.solver.track(frames)

    def show(self, view: PainterView, backdrop: Backdrop | None = None) -> None:
        """Make pictures of ``view`` from now on."""
        self.view, self.backdrop = view, backdrop or self.backdrop
        self._forget_mattes()

    def reduce(self, factor: int) -> None:
        """Make small pictures ``factor`` times smaller than the clip from now on."""
        if factor != self.reduction:
            self.reduction = factor
            self.small_plates.forget()
            self.small_mattes.forget()

    def pixels(self, frame: int) -> np.ndarray:
        """Return ``frame`` as it is shown: (H, W, 3) uint8 sRGB.

        Raises:
            MediaError: it cannot be decoded.
        """
        return self._shown(self.clip.read_native(frame)[..., :3])

    def wait_until_saved(self, seconds: float | None = None) -> bool:
        """Wait for the files; tells whether all keyframes are in them."""
        return self._saver.wait(seconds)

    def close(self) -> bool:
        """End all threads; tells whether all keyframes are in their files. Nothing is told afterwards."""
        self._settle.stop()
        self.solver.close()
        for store in (self.plates, self.mattes, self.small_plates, self.small_mattes, self.thumbnails):
            store.close()
        is_saved = self._saver.close()
        self.clip.close()
        if self._thumbnail_clip is not None:
            self._thumbnail_clip.close()
        self.blockSignals(True)
        return is_saved

    def _follow(self, patches: Sequence[Patch]) -> None:
        """Keep journal and files up with the document."""
        try:
            self._journal.add(patches)
        except OSError as error:
            self.saved.emit(f"nothing can be written to {self.folder}: {error.strerror or error}.")
        frames = {patch.frame for patch in patches}
        self._judge(frames)
        self._take_snapshots(frames)
        self._saver.save({frame: self._snapshots.get(frame) for frame in frames})
        self._settle.start()
        self.changed.emit(list(patches))

    def _take_snapshots(self, frames: Iterable[int]) -> None:
        for frame in frames:
            trimap = self.document.trimap(frame)
            if trimap is None:
                self._snapshots.pop(frame, None)
            else:
                self._snapshots[frame] = trimap.copy()

    def _judge(self, frames: Iterable[int]) -> None:
        """Find out which of the keyframes ``frames`` cannot be used yet."""
        for frame in frames:
            trimap = self.document.trimap(frame)
            reason = None if trimap is None else _missing(trimap)
            self.unfinished.pop(frame, None)
            if reason is not None:
                self.unfinished[frame] = reason

    def _note_solved(self, frame: int, confidence: float) -> None:
        self.confidence[frame] = confidence
        self._forget_mattes([frame])
        if not self._tell.isActive():
            self._tell.start()

    def _note_survey(self, solved: Solved) -> None:
        self.confidence = dict(solved.confidence)
        self._forget_mattes()
        self.surveyed.emit()

    def _plate(self, frame: int) -> np.ndarray:
        return self.pixels(frame)

    def _thumbnail(self, frame: int) -> np.ndarray:
        """Return the picture of ``frame``, or of one shortly before it that is decoded faster.

        From a clip of its own: the frame that is looked at is not to wait for it.
        """
        if self._thumbnail_clip is None:
            self._thumbnail_clip = open_clip(self.path)
        start = self._thumbnail_clip.start_before(frame)
        if frame - start < len(self.frames) / _THUMBNAILS_ACROSS:
            frame = start
        step = max(self.size[1] // 90, 1)
        return self._shown(self._thumbnail_clip.read_native(frame)[step // 2 :: step, step // 2 :: step, :3])

    def _matte(self, frame: int) -> np.ndarray | None:
        view, backdrop = self.view, self.backdrop
        result = self.solver.result(frame)
        if result is None or view is PainterView.SOURCE:
            return None
        if view.needs_plate:
            plate = to_display(self.file.read(frame, self.size), self.space)
        else:
            plate = np.empty((*result.alpha.shape, 3), np.float32)  # its size alone counts
        return draw_view(view, plate, result, backdrop)

    def _small_plate(self, frame: int) -> np.ndarray:
        return self._shown(self._small_pixels(frame, self.reduction))

    def _small_pixels(self, frame: int, factor: int) -> np.ndarray:
        """Return ``frame`` ``factor`` times smaller, (h, w, 3) uint8 or float32, in the colours of the file."""
        small = self.clip.read_preview(frame, factor)
        return reduce_plate(self.clip.read_native(frame)[..., :3], factor) if small is None else small

    def _small_matte(self, frame: int) -> np.ndarray | None:
        view, backdrop, factor = self.view, self.backdrop, self.reduction
        found = self.solver.result(frame)
        if found is None or view is PainterView.SOURCE:
            return None
        result = reduce_result(found, factor)
        plate = np.empty((*result.alpha.shape, 3), np.float32)
        if view.needs_plate:
            plate = to_display(self._small_pixels(frame, factor), self.space)
        if backdrop.picture is not None:
            backdrop = replace(backdrop, picture=backdrop.picture[::factor, ::factor])
        return draw_view(view, plate, result, backdrop, 1 / factor)

    def _shown(self, native: np.ndarray) -> np.ndarray:
        """Return pixels of the file as a screen shows them, (H, W, 3) uint8 sRGB."""
        if native.dtype == np.float32 or not self.space.is_display:
            return (to_display(native, self.space) * 255 + 0.5).astype(np.uint8)
        return native if native.dtype == np.uint8 else (native >> 8).astype(np.uint8)

    def _forget_mattes(self, frames: Sequence[int] | None = None) -> None:
        self.mattes.forget(frames)
        self.small_mattes.forget(frames)


def _missing(trimap: np.ndarray) -> str | None:
    """Say what a trimap lacks; ``None`` when it can be used."""
    if not (trimap == FOREGROUND).any():
        return "paint what is surely foreground"
    if not (trimap == UNKNOWN).any():
        return "the edge needs an unknown band; E makes one"
    return None
