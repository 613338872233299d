"""What the menu Trimap does to the keyframe that is shown, or makes one of."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import numpy as np
from PySide6.QtWidgets import QColorDialog, QFileDialog, QInputDialog

from ...core.sessions import MattingSession, SessionOptions
from ...core.weights_store import WeightsStore
from ...kernels.errors import TrimatteError
from ..source_file import FileClip
from .desk import Desk
from .document import starts
from .document.band import band_from_edge, grow_band, shrink_band, widen_at_hair

BAND_STEP: Final = 2
"""Pixels on each side, by which the band is grown or shrunk."""
HAIR_REACH: Final = 40
"""Pixels beyond the band in which hair is looked for, in a picture 1080 high."""


def band_width(desk: Desk) -> int:
    """Return the width of a fresh band, in pixels of the clip."""
    return max(round(starts.DEFAULT_BAND * desk.shot.size[1] / 1080), 9)


def make_band(desk: Desk) -> None:
    """Make an unknown band along the edge of what is foreground."""
    width = band_width(desk)
    _change(desk, "Band from edge", lambda trimap: band_from_edge(trimap, width, desk.aside.report))


def widen_band(desk: Desk) -> None:
    """Make the unknown region wider."""
    _change(desk, "Grow band", lambda trimap: grow_band(trimap, BAND_STEP))


def narrow_band(desk: Desk) -> None:
    """Make the unknown region narrower."""
    _change(desk, "Shrink band", lambda trimap: shrink_band(trimap, BAND_STEP))


def open_for_hair(desk: Desk) -> None:
    """Widen the unknown region where the picture shows hair beside it."""
    frame, reach = desk.frame, max(round(HAIR_REACH * desk.shot.size[1] / 1080), 8)

    def change(trimap: np.ndarray) -> np.ndarray:
        return widen_at_hair(trimap, desk.shot.pixels(frame), reach, desk.aside.report)

    _change(desk, "Widen at hair", change)


def copy_nearest(desk: Desk) -> None:
    """Take the trimap of the nearest keyframe, of two the earlier one."""
    others = [frame for frame in desk.shot.document.frames if frame != desk.frame]
    if not others:
        desk.said.emit("There is no other keyframe to copy.")
        return
    nearest = min(others, key=lambda frame: (abs(frame - desk.frame), frame))
    desk.shot.document.add(desk.frame, np.asarray(desk.shot.document.trimap(nearest)), f"Copy keyframe {nearest}")


def keep_matte(desk: Desk) -> None:
    """Make the matte of this frame, as it was solved, a keyframe to correct."""
    frame, width = desk.frame, band_width(desk)

    def make() -> np.ndarray | None:
        result = desk.shot.solver.result(frame)
        return None if result is None else starts.from_alpha(result.alpha, max(width // 2, 3))

    _make(desk, "Keyframe from matte", make, "This frame is not solved yet; track first (T).")


def begin_from_file(desk: Desk) -> None:
    """Ask for a mask or an alpha and make it the trimap."""
    name, _ = QFileDialog.getOpenFileName(
        desk.viewer, "Trimap from a mask or an alpha", str(desk.shot.path.parent), "Pictures (*.png *.tif *.tiff *.jpg)"
    )
    if name:
        use_file(desk, Path(name))


def use_file(desk: Desk, path: Path) -> None:
    """Make the mask or alpha in ``path`` the trimap of this frame."""
    size, width = desk.shot.size, band_width(desk)

    def make() -> np.ndarray:
        mask = starts.read_mask(path, size)
        is_hard = bool(((mask == 0) | (mask == 1)).all())
        return starts.from_mask((mask * 255).astype(np.uint8), width) if is_hard else starts.from_alpha(mask, width)

    _make(desk, f"Trimap from {path.name}", make)


def begin_from_screen(desk: Desk) -> None:
    """Ask for the colour of a screen and key it."""
    colour = QColorDialog.getColor(parent=desk.viewer, title="Colour of the screen")
    if not colour.isValid():
        return
    tolerance, is_sure = QInputDialog.getDouble(
        desk.viewer, "Trimap from a coloured screen", "Tolerance (0 to 1)", 0.25, 0.01, 1, 2
    )
    if is_sure:
        use_screen(desk, (colour.red(), colour.green(), colour.blue()), tolerance)


def use_screen(desk: Desk, screen: tuple[int, int, int], tolerance: float = 0.25) -> None:
    """Make the key of ``screen``, RGB 0..255, the trimap of this frame."""
    frame, width = desk.frame, band_width(desk)
    _make(
        desk,
        "Trimap from screen",
        lambda: starts.from_screen(desk.shot.pixels(frame), screen, tolerance=tolerance, band=width),
    )


def begin_from_people(desk: Desk) -> None:
    """Ask which weights of the network for people (RVM) to use, where several are imported, and use them."""
    names = _weights_for_people()
    if len(names) < 2:
        use_people(desk)
        return
    name, is_sure = QInputDialog.getItem(desk.viewer, "Trimap of people", "Weights", names, 0, False)
    if is_sure:
        use_people(desk, name)


def use_people(desk: Desk, weights: str = "") -> None:
    """Let the network for people make the trimap of this frame; ``weights``: their name, empty for the only ones."""
    shot, frame, width = desk.shot, desk.frame, band_width(desk)

    def make() -> np.ndarray:
        source = FileClip(shot.file, shot.size, "", shot.space)
        source.first = source.last = frame  # it looks at this frame alone
        report = desk.aside.report
        with MattingSession(source, {}, SessionOptions(model="rvm", weights=weights)) as session:
            result = session.solve(frame, progress=lambda share: report(0.9 * share), cancelled=desk.aside.is_given_up)
            return starts.from_alpha(result.alpha, width)

    _make(desk, "Trimap of people", make)


def _weights_for_people() -> list[str]:
    store, found = WeightsStore(), []
    for name in store.names():
        with suppress(TrimatteError):  # a broken one is not to hide the others
            if store.find(name).network.startswith("rvm"):
                found.append(name)
    return found


def _change(desk: Desk, name: str, change: Callable[[np.ndarray], np.ndarray]) -> None:
    """Apply ``change`` to the keyframe that is shown, as one entry of the history."""
    before = desk.shot.snapshot(desk.frame)
    if before is None:
        desk.said.emit("This frame has no keyframe; add one first (A).")
        return
    _make(desk, name, lambda: change(before))


def _make(desk: Desk, name: str, make: Callable[[], np.ndarray | None], otherwise: str = "") -> None:
    """Make a trimap for the frame that is shown; where ``make`` has none, say ``otherwise``."""

    def end(is_made: bool) -> None:
        if not is_made:
            desk.said.emit(otherwise)

    if desk.pointer.is_painting or not desk.make_trimap(name, make, end):
        desk.said.emit("Wait a moment: the trimap is being worked on.")
