"""Draw a contact sheet: for some frames the plate, the trimap over it, the matte, the result, and an edge at 200 %."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image, ImageDraw

from ..plugin.views import OVERLAY_COLOURS, OVERLAY_STRENGTH

CELL_WIDTH: Final = 320
"""Pixels across of one picture of the sheet."""
_GAP, _CAPTION = 6, 18
_CHECKER = 12
_PAPER, _INK = (24, 24, 26), (220, 220, 220)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One frame of the sheet; pictures are float 0..1 or uint8, all of one size."""

    frame: int
    plate: np.ndarray
    """(H, W, 3) float32 sRGB, 0..1."""
    alpha: np.ndarray
    """(H, W) float32, 0..1."""
    trimap: np.ndarray | None = None
    """(H, W) uint8, 0, 128, 255."""
    truth: np.ndarray | None = None
    """(H, W) float32, the true alpha."""


def choose_frames(first: int, last: int, count: int) -> list[int]:
    """Return at most ``count`` frames, evenly spread, both ends included."""
    return sorted({round(float(frame)) for frame in np.linspace(first, last, min(count, last - first + 1))})


def draw_sheet(rows: Sequence[SheetRow]) -> Image.Image:
    """Return the sheet; columns that no row has are left out."""
    columns: list[tuple[str, Callable[[SheetRow], np.ndarray]]] = [("plate", lambda row: row.plate)]
    if any(row.trimap is not None for row in rows):
        columns.append(("trimap", _overlay))
    columns += [("matte", lambda row: _grey(row.alpha)), ("result", _over_checker)]
    if any(row.truth is not None for row in rows):
        columns.append(("true alpha", lambda row: _grey(row.alpha if row.truth is None else row.truth)))
    columns += [
        ("plate 200 %", lambda row: _crop(row, row.plate)),
        ("matte 200 %", lambda row: _crop(row, _grey(row.alpha))),
    ]
    columns.append(("result 200 %", lambda row: _crop(row, _over_checker(row))))
    height, width = rows[0].alpha.shape
    cell = (CELL_WIDTH, max(1, round(CELL_WIDTH * height / width)))
    sheet = Image.new(
        "RGB",
        (len(columns) * (cell[0] + _GAP) + _GAP, len(rows) * (cell[1] + _GAP) + _CAPTION + _GAP),
        _PAPER,
    )
    draw = ImageDraw.Draw(sheet)
    for column, (name, picture_of) in enumerate(columns):
        left = _GAP + column * (cell[0] + _GAP)
        draw.text((left, 3), name, fill=_INK)
        for index, row in enumerate(rows):
            top = _CAPTION + index * (cell[1] + _GAP)
            sheet.paste(_fit(picture_of(row), cell), (left, top))
            if column == 0:
                draw.text((left + 4, top + 3), str(row.frame), fill=_INK, stroke_width=2, stroke_fill=_PAPER)
    return sheet


def _grey(alpha: np.ndarray) -> np.ndarray:
    return np.repeat(alpha[..., None], 3, axis=2)


def _overlay(row: SheetRow) -> np.ndarray:
    if row.trimap is None:
        return row.plate
    colours = np.zeros((256, 3), np.float32)
    colours[list(OVERLAY_COLOURS)] = list(OVERLAY_COLOURS.values())
    overlay: np.ndarray = row.plate * (1 - OVERLAY_STRENGTH) + colours[row.trimap] * OVERLAY_STRENGTH
    return overlay


def _over_checker(row: SheetRow) -> np.ndarray:
    height, width = row.alpha.shape
    y, x = np.mgrid[:height, :width] // _CHECKER
    checker = np.where((x + y) % 2, 0.62, 0.44).astype(np.float32)[..., None]
    alpha = row.alpha[..., None]
    result: np.ndarray = row.plate * alpha + checker * (1 - alpha)
    return result


def _crop(row: SheetRow, picture: np.ndarray) -> np.ndarray:
    """Cut the window of half the cell in which the matte is softest; enlarged to the cell it shows 200 %."""
    height, width = row.alpha.shape
    across = min(width, CELL_WIDTH // 2)
    down = min(height, max(1, round(across * height / width)))
    soft = row.alpha * (1 - row.alpha)
    sums = np.pad(soft, ((1, 0), (1, 0))).cumsum(0).cumsum(1)
    window = sums[down:, across:] - sums[:-down, across:] - sums[down:, :-across] + sums[:-down, :-across]
    top, left = np.unravel_index(int(window.argmax()), window.shape)
    return picture[top : top + down, left : left + across]


def _fit(picture: np.ndarray, cell: tuple[int, int]) -> Image.Image:
    levels = (np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8)
    enlarges = levels.shape[1] < cell[0]
    return Image.fromarray(levels).resize(cell, Image.Resampling.NEAREST if enlarges else Image.Resampling.LANCZOS)
