"""The desk: the clip, the frame that is shown, and the widgets that show it. Every action of a menu works on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
from PySide6.QtCore import QObject, Signal

from .aside import Aside
from .document import Change, Patch, Region, change_of, change_of_move
from .painter_views import PainterView
from .player import Player
from .pointer import Pointer
from .screening import Screening
from .shot import PainterShot
from .timeline import Timeline
from .tools import ToolState
from .viewer import Viewer


class Desk(QObject):
    """Keeps viewer and timeline on the frame of the moment."""

    frame_changed = Signal(int)
    said = Signal(str)
    """A line for the user."""

    def __init__(self, shot: PainterShot) -> None:
        super().__init__()
        self.shot = shot
        self.frame = next(iter(shot.document.frames), shot.frames.start)
        self.tools = ToolState()
        self.viewer = Viewer(shot.size)
        self.timeline = Timeline(shot.frames, shot.thumbnails, shot.size[0] / shot.size[1])
        self.player = Player(shot.clip.rate)
        self.pointer = Pointer(self.viewer, shot.document, self.tools, self)
        self.screening = Screening(shot, self.viewer, self.player)
        self.aside = Aside()
        shot.changed.connect(self._follow)
        shot.surveyed.connect(self._show_solved)
        self.screening.came.connect(self._picture_came)
        self.screening.failed.connect(self.said)
        self.timeline.scrubbed.connect(self.scrub)
        self.timeline.keyframe_moved.connect(self.move_keyframe)
        self.player.due.connect(self._show)
        self.aside.ended.connect(self.said)
        self._show_keyframes()
        self._show(self.frame)

    # Where we are

    def go(self, frame: int) -> None:
        """Show ``frame``, the nearest one beside the clip; playing ends."""
        self.player.stop()
        self._show(frame)

    def scrub(self, frame: int) -> None:
        """Show ``frame`` while the pointer is dragged along."""
        self.go(frame)

    def show_view(self, view: PainterView) -> None:
        """Show another view of every frame."""
        self.shot.show(view)
        self.viewer.show_solved(None)
        self.viewer.show_view(view)
        self._show(self.frame)

    def set_backdrop(self, *, colour: tuple[int, int, int] | None = None, picture: np.ndarray | None = None) -> None:
        """Put a colour or a picture, (H, W, 3) uint8 of the clip's size, behind the foreground."""
        backdrop = self.shot.backdrop
        if colour is not None:
            backdrop = replace(backdrop, colour=colour)
        if picture is not None:
            backdrop = replace(backdrop, picture=picture)
        self.shot.show(self.shot.view, backdrop)
        self._show_pictures()

    def set_opacity(self, opacity: float) -> None:
        """Set the strength of the overlay, 0..1."""
        self.viewer.set_opacity(opacity)
        self.shot.show(self.shot.view, replace(self.shot.backdrop, opacity=opacity))
        self._show_pictures()

    def keyframe_to_paint(self, then: Callable[[int | None], None]) -> None:
        """Call ``then`` with the frame that is shown, once it has a keyframe: what was found there, else background."""
        self.player.stop()
        frame, shot = self.frame, self.shot
        if shot.view.is_solved:
            self.said.emit("This paints the trimap; F3 shows it over the frame. T tracks again.")
        if self.aside.is_busy:
            self.said.emit("Wait a moment: the trimap is being worked on.")
            then(None)
        elif shot.document.trimap(frame) is not None:
            then(frame)
        elif frame not in shot.confidence:
            shot.document.add(frame, shot.empty_trimap())
            then(frame)
        else:
            found = partial(shot.found_trimap, frame)
            self.make_trimap("Add keyframe", found, lambda _is_made: then(frame), lambda: then(None))

    def make_trimap(
        self,
        name: str,
        make: Callable[[], np.ndarray | None],
        then: Callable[[bool], object],
        failed: Callable[[], object] = lambda: None,
    ) -> bool:
        """Let ``make`` compute a trimap beside the window and make it the keyframe of the frame that is shown.

        Calls ``then`` at the end: whether ``make`` had one; or ``failed``. Refused, with ``False``, while something
        else is made.
        """
        frame, shot = self.frame, self.shot
        before = shot.snapshot(frame)

        def work() -> tuple[bool, Change | None]:
            trimap = make()
            return trimap is not None, None if trimap is None else change_of(name, frame, before, trimap)

        def take(made: tuple[bool, Change | None]) -> None:
            is_made, change = made
            if shot.snapshot(frame) is not before:
                self.said.emit("The keyframe has been changed meanwhile; do it again.")
            elif change is not None:
                shot.document.take(change)
            then(is_made)

        return self.aside.run(name, work, take, failed)

    def move_keyframe(self, frame: int, target: int) -> None:
        """Move the keyframe of ``frame`` to ``target``; one that is there is replaced."""
        shot = self.shot
        moved, replaced = shot.snapshot(frame), shot.snapshot(target)
        if moved is None or target == frame:
            return

        def take(change: Change) -> None:
            if shot.snapshot(frame) is moved and shot.snapshot(target) is replaced:
                shot.document.take(change)
            else:
                self.said.emit("The keyframe has been changed meanwhile; do it again.")

        if not self.aside.run("Move keyframe", partial(change_of_move, frame, moved, target, replaced), take):
            self.said.emit("Wait a moment: the trimap is being worked on.")

    def close(self) -> bool:
        """End everything; tells whether all keyframes are in their files."""
        self.player.stop()
        self.screening.close()
        self.aside.close()
        return self.shot.close()

    # What is shown

    def _show(self, frame: int) -> None:
        frames = self.shot.frames
        frame = min(max(frame, frames.start), frames.stop - 1)
        if frame != self.frame and self.pointer.is_painting:
            return  # the stroke ends where it began
        self.frame = frame
        self.viewer.show_trimap(self.shot.document.trimap(frame))
        self._show_pictures()
        self.timeline.show_frame(frame)
        self.frame_changed.emit(frame)

    def _show_pictures(self) -> None:
        self.screening.show(self.frame)
        self.viewer.show_note(self._note())

    def _note(self) -> str:
        shot, frame = self.shot, self.frame
        if frame in shot.unfinished:
            return f"Keyframe {frame}: {shot.unfinished[frame]}"
        if frame in shot.document.frames:
            is_next = not (shot.confidence or shot.solver.is_busy)
            return f"Keyframe {frame} is ready: H widens it at hair, T tracks forward" if is_next else ""
        if frame in shot.confidence or shot.view is PainterView.SOURCE:
            return ""
        if not shot.document.frames:
            return "Draw round the subject with the lasso (P), then make a band (E); or begin from a mask (menu Trimap)"
        return f"Frame {frame} is not solved yet; T tracks forward"

    def _picture_came(self, frame: int) -> None:
        if frame == self.frame:
            self._show_pictures()

    def _show_solved(self) -> None:
        self.timeline.show_confidence(self.shot.confidence)
        self._show_pictures()

    def _show_keyframes(self) -> None:
        self.timeline.show_keyframes(self.shot.document.frames, self.shot.unfinished)

    def _follow(self, patches: list[Patch]) -> None:
        """Draw what has changed in the document."""
        self._show_keyframes()
        for patch in patches:
            if patch.frame == self.frame:
                self.viewer.show_trimap(self.shot.document.trimap(self.frame))
                self.viewer.damage(patch.region or Region(0, 0, *self.shot.size))
        self._show_pictures()
