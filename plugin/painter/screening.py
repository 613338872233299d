"""Which pictures are made for the frame that is shown, and those that come: full, or small while frames run."""

from __future__ import annotations

import math
import time
from collections import deque
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from .painter_views import PainterView
from .player import Player
from .reel import reduction
from .shot import PainterShot
from .viewer import Viewer

_AROUND: Final = (0, 1, -1, 2, 3)  # frames to have at full size, from the one that is shown
_AHEAD_PLAYING: Final = 24
_MOST_LEAD, _MOST_STEP = 12, 4
_REST_MILLISECONDS: Final = 120  # after which a frame that was scrubbed to is made at full size
_MEASURED_SECONDS: Final = 1.0


class Screening(QObject):
    """Keeps the pictures of the viewer on a frame; while frames run, in as few pixels as the viewer shows.

    Playing never waits: a frame whose picture is late is left out, and what is made next is chosen so that it is ready
    when it is due. Small pictures are kept, so that the next round has them all.
    """

    came = Signal(int)
    """A picture of a frame can be shown."""
    failed = Signal(str)
    paced = Signal(float, float)
    """While playing: frames shown each second, and those that are due."""

    def __init__(self, shot: PainterShot, viewer: Viewer, player: Player) -> None:
        super().__init__()
        self._shot, self._viewer, self._player = shot, viewer, player
        self._frame = shot.frames.start
        self._times: deque[float] = deque()  # at which frames were shown while playing
        self._last_shown: int | None = None
        self._told, self._began = 0.0, 0.0
        self._rest = QTimer(self, singleShot=True, interval=_REST_MILLISECONDS)
        self._rest.timeout.connect(self.refresh)
        viewer.placed.connect(self._fit)
        player.stopped.connect(self.refresh)
        for store in (shot.small_plates, shot.small_mattes):
            store.way_to = player.way_to
        for store in (shot.plates, shot.mattes, shot.small_plates, shot.small_mattes):
            store.ready.connect(self.came)
            store.failed.connect(lambda _frame, reason: self.failed.emit(reason))

    def show(self, frame: int) -> None:
        """Show ``frame`` from now on."""
        if frame != self._frame and self._shot.reduction > 1:
            self._rest.start()
        self._frame = frame
        self.refresh()

    def close(self) -> None:
        """Show nothing any more."""
        self._rest.stop()

    def refresh(self) -> None:
        """Show what is there of the frame, and have made what is not."""
        shot, frame = self._shot, self._frame
        is_playing = self._player.speed != 0
        is_small = is_playing or self._rest.isActive()
        plates, mattes = (shot.small_plates, shot.small_mattes) if is_small else (shot.plates, shot.mattes)
        others = (shot.plates, shot.mattes) if is_small else (shot.small_plates, shot.small_mattes)
        ahead = self._coming() if is_playing else self._around(is_small)
        plates.want(ahead if not is_small else [other for other in ahead if self._shows_plate(other)])
        mattes.want([other for other in ahead if self._has_matte(other)])
        for store in others:
            store.want([])
        plate = shot.plates.get(frame) or shot.small_plates.get(frame)
        matte = (shot.mattes.get(frame) or shot.small_mattes.get(frame)) if self._has_matte(frame) else None
        self._viewer.show_source(plate)
        if matte is not None or not self._has_matte(frame):
            self._viewer.show_solved(matte)
        if is_playing:
            self._measure((matte if self._has_matte(frame) else plate) is not None)
        else:
            self._last_shown = None

    def _around(self, is_small: bool) -> list[int]:
        """Return the frame that is shown, then those beside it: not before it is whole, nor while frames run by."""
        shot, frame = self._shot, self._frame
        is_whole = shot.plates.has(frame) and (not self._has_matte(frame) or shot.mattes.has(frame))
        if is_small or not is_whole:
            return [frame]
        return [frame + way for way in _AROUND if frame + way in shot.frames]

    def _has_matte(self, frame: int) -> bool:
        return frame in self._shot.confidence and self._shot.view is not PainterView.SOURCE

    def _shows_plate(self, frame: int) -> bool:
        """Tell whether the viewer draws the plate of ``frame`` itself."""
        is_painted = not self._shot.view.is_solved and frame in self._shot.document.frames
        return is_painted or self._viewer.wipe is not None or not self._has_matte(frame)

    def _coming(self) -> list[int]:
        """Return the frames to make while playing, the first one that can be ready in time first.

        Where all of them are too many, it is every other one, or fewer.
        """
        stores = (self._shot.small_plates, self._shot.small_mattes)
        due = self._player.rate_due
        lead = min(1 + math.ceil(due * max(store.pace for store in stores)), _MOST_LEAD)
        coming = self._player.coming(lead, _AHEAD_PLAYING)
        missing = [frame for frame in coming if not self._is_made(frame)]
        load = due * max(store.pace / store.num_threads for store in stores) * len(missing) / max(len(coming), 1)
        return missing[:: min(max(math.ceil(load), 1), _MOST_STEP)]  # decoders go forward: never back for the others

    def _is_made(self, frame: int) -> bool:
        shot = self._shot
        has_plate = not self._shows_plate(frame) or shot.small_plates.has(frame)
        return has_plate and (not self._has_matte(frame) or shot.small_mattes.has(frame))

    def _measure(self, is_shown: bool) -> None:
        """Count the frames that are shown while they are due, each once."""
        now = time.monotonic()
        if self._last_shown is None:  # playing begins
            self._times.clear()
            self._began = self._told = now
            self._last_shown = self._frame
            return
        if is_shown and self._frame != self._last_shown:
            self._last_shown = self._frame
            self._times.append(now)
        while self._times and now - self._times[0] > _MEASURED_SECONDS:
            self._times.popleft()
        if now - self._told > _MEASURED_SECONDS / 2 and now - self._began > _MEASURED_SECONDS:
            self._told = now
            self.paced.emit(len(self._times) / _MEASURED_SECONDS, self._player.rate_due)

    def _fit(self) -> None:
        """Make small pictures of the size of the viewer."""
        factor = reduction(self._viewer.placement.zoom * self._viewer.devicePixelRatioF())
        if factor != self._shot.reduction:
            self._shot.reduce(factor)
