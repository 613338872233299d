"""The keyframes of a clip while they are painted: every change is one entry of the history."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from .brush import Brush, Place, paint_line
from .history import Change, History
from .patch import Patch
from .region import Region
from .shapes import paint_mask

Listener = Callable[[Sequence[Patch]], None]


@dataclass(slots=True)
class PaintedKeyframe:
    """One keyframe."""

    trimap: np.ndarray
    """(H, W) uint8 of 0, 128, 255."""
    base: np.ndarray
    """The same before anything was painted on it: what the eraser brings back."""


@dataclass(slots=True)
class Gesture:
    """A stroke, or another change of one keyframe, that is under way."""

    name: str
    frame: int
    keyframe: PaintedKeyframe
    before: np.ndarray
    region: Region = field(default_factory=lambda: Region(0, 0, 0, 0))
    """What may have changed until now."""

    def line(self, brush: Brush, start: Place, end: Place) -> Region:
        """Paint on from ``start`` to ``end``; returns the region to draw again."""
        return self._touched(paint_line(self.keyframe.trimap, self.keyframe.base, brush, start, end))

    def fill(self, mask: np.ndarray, level: int | None) -> Region:
        """Give ``level`` (``None`` erases) to what is set in ``mask`` (H, W) bool."""
        keyframe = self.keyframe
        return self._touched(paint_mask(keyframe.trimap, mask, keyframe.base if level is None else level))

    def replace(self, trimap: np.ndarray) -> Region:
        """Take ``trimap`` (H, W) uint8 instead."""
        return self._touched(paint_mask(self.keyframe.trimap, self.keyframe.trimap != trimap, trimap))

    def _touched(self, region: Region) -> Region:
        self.region |= region
        return region


class KeyframeDocument:
    """The trimaps of one clip. Not for several threads: it belongs to the window."""

    def __init__(self, size: tuple[int, int], keyframes: Mapping[int, np.ndarray], history: History | None = None):
        """Begin with ``keyframes``, frame -> (H, W) uint8; ``size`` is (width, height) of the clip in pixels."""
        self.size = size
        self.history = history or History()
        self._keyframes = {frame: PaintedKeyframe(trimap.copy(), trimap.copy()) for frame, trimap in keyframes.items()}
        self._listeners: list[Listener] = []

    @property
    def frames(self) -> tuple[int, ...]:
        """Frames with a keyframe, ascending."""
        return tuple(sorted(self._keyframes))

    def trimap(self, frame: int) -> np.ndarray | None:
        """Return the trimap (H, W) uint8 of ``frame``, not to be written to; ``None`` where there is no keyframe."""
        keyframe = self._keyframes.get(frame)
        if keyframe is None:
            return None
        seen = keyframe.trimap.view()
        seen.flags.writeable = False
        return seen

    def listen(self, listener: Listener) -> None:
        """Have ``listener`` called after every change, with the patches that made it."""
        self._listeners.append(listener)

    def begin(self, name: str, frame: int) -> Gesture:
        """Begin to change the keyframe of ``frame``; :meth:`end` or :meth:`cancel` it before anything else.

        Raises:
            KeyError: there is no keyframe.
        """
        keyframe = self._keyframes[frame]
        return Gesture(name, frame, keyframe, keyframe.trimap.copy())

    def end(self, gesture: Gesture) -> None:
        """Make ``gesture`` one entry of the history, unless it changed nothing."""
        changed = _changed(gesture.region, gesture.before, gesture.keyframe.trimap)
        if changed:
            self._add(gesture.name, [Patch.of(gesture.frame, changed, gesture.before, gesture.keyframe.trimap)])

    def cancel(self, gesture: Gesture) -> None:
        """Take ``gesture`` back as if it had never begun."""
        gesture.keyframe.trimap[...] = gesture.before

    def add(self, frame: int, trimap: np.ndarray, name: str = "Add keyframe") -> None:
        """Make ``trimap`` (H, W) uint8 the keyframe of ``frame``, in place of the one that is there."""
        before = self.trimap(frame)
        self._apply_and_add(name, [Patch.of(frame, Region.whole(trimap), before, trimap)])

    def take(self, change: Change) -> None:
        """Do what :func:`change_of` or :func:`change_of_move` made of keyframes as they still are."""
        self._apply_and_add(change.name, list(change.patches))

    def delete(self, frame: int) -> None:
        """Remove the keyframe of ``frame``, if there is one."""
        before = self.trimap(frame)
        if before is not None:
            self._apply_and_add("Delete keyframe", [Patch.of(frame, Region.whole(before), before, None)])

    def undo(self) -> tuple[int, ...]:
        """Take the last change back; returns the frames that it changed."""
        return self._apply(self.history.undo())

    def redo(self) -> tuple[int, ...]:
        """Do again what was taken back last; returns the frames that it changed."""
        return self._apply(self.history.redo())

    def missing(self, patches: Sequence[Patch]) -> list[Patch]:
        """Return those of ``patches`` that lie in the picture, or none if the document is as they say already."""
        width, height = self.size
        fitting = [patch for patch in patches if patch.region & Region(0, 0, width, height) == patch.region]
        twin = KeyframeDocument(self.size, {frame: keyframe.trimap for frame, keyframe in self._keyframes.items()})
        changes: list[Sequence[Patch]] = []
        twin.listen(changes.append)
        twin.replay(fitting)
        return fitting if changes else []

    def replay(self, patches: Sequence[Patch]) -> None:
        """Apply ``patches`` of a journal as one change; pixels that already are as they say stay."""
        before = {patch.frame: _copied(self.trimap(patch.frame)) for patch in patches}
        for patch in patches:
            self._set(patch)
        found = []
        for frame, was in before.items():
            now = self.trimap(frame)
            if was is None and now is None:
                continue
            if was is None or now is None or not np.array_equal(was, now):
                whole = Region(0, 0, *self.size)
                found.append(Patch.of(frame, whole, was, now))
        if found:
            self._add("Recover", found)

    def _apply_and_add(self, name: str, patches: list[Patch]) -> None:
        for patch in patches:
            self._set(patch)
        self._add(name, patches)

    def _add(self, name: str, patches: list[Patch]) -> None:
        self.history.add(Change(name, tuple(patches)))
        self._tell(patches)

    def _apply(self, patches: Sequence[Patch]) -> tuple[int, ...]:
        for patch in patches:
            self._set(patch)
        if patches:
            self._tell(patches)
        return tuple(patch.frame for patch in patches)

    def _set(self, patch: Patch) -> None:
        pixels = patch.pixels()
        if pixels is None:
            self._keyframes.pop(patch.frame, None)
        elif patch.frame in self._keyframes:
            self._keyframes[patch.frame].trimap[patch.region.slices] = pixels
        else:
            self._keyframes[patch.frame] = PaintedKeyframe(pixels.copy(), pixels.copy())

    def _tell(self, patches: Sequence[Patch]) -> None:
        for listener in self._listeners:
            listener(patches)


def change_of(name: str, frame: int, before: np.ndarray | None, after: np.ndarray) -> Change | None:
    """Return the change that makes ``after`` (H, W) uint8 the keyframe of ``frame``; ``None``: it is so already.

    Compresses pixels, so not on the window's thread for large pictures; ``before`` is the keyframe that is there.
    """
    whole = Region.whole(after)
    region = whole if before is None else _changed(whole, before, after)
    return Change(name, (Patch.of(frame, region, before, after),)) if region else None


def change_of_move(frame: int, moved: np.ndarray, target: int, replaced: np.ndarray | None) -> Change:
    """Return the change that makes ``moved`` (H, W) uint8, the keyframe of ``frame``, that of ``target``.

    ``replaced`` is the one that is there. Compresses pixels, so not on the window's thread for large pictures.
    """
    whole = Region.whole(moved)
    gone = Patch.of(frame, whole, moved, None)
    come = replace(Patch.of(target, whole, replaced, None), after=gone.before)  # compressed once
    return Change("Move keyframe", (come, gone))


def _changed(region: Region, before: np.ndarray, after: np.ndarray) -> Region:
    """Return what differs within ``region``."""
    found = Region.of_mask(before[region.slices] != after[region.slices]) if region else region
    if not found:
        return found
    return Region(
        found.left + region.left, found.top + region.top, found.right + region.left, found.bottom + region.top
    )


def _copied(picture: np.ndarray | None) -> np.ndarray | None:
    return None if picture is None else picture.copy()
