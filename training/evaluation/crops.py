"""Pictures of a report: the frames that are worst, and the edge where each is worst, enlarged."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

from .results import ClipReport

__all__ = ["EdgeCrop", "edge_crops", "png_address", "thumbnail", "worst_frames"]

_SIDE = 96
"""Pixels of the clip that a crop shows."""
_ENLARGED = 192
_THUMBNAIL = 280
"""Pixels across of a whole frame in the report."""


@dataclass(frozen=True, slots=True)
class EdgeCrop:
    """One place of a frame, as every method sees it; (S, S, 3) bytes."""

    x: int
    """Left border, in pixels of the clip."""
    y: int
    pictures: dict[str, np.ndarray]


def worst_frames(errors: list[float], count: int, spacing: int = 6) -> list[int]:
    """Return the frames with the largest errors, worst first, at least ``spacing`` apart."""
    chosen: list[int] = []
    for frame in sorted(range(len(errors)), key=lambda frame: -errors[frame]):
        if all(abs(frame - other) >= spacing for other in chosen):
            chosen.append(frame)
        if len(chosen) == count:
            break
    return chosen


def _box_sums(image: np.ndarray, side: int) -> np.ndarray:
    """Return the sum over each square of ``side`` that lies inside the picture."""
    sums = np.zeros((image.shape[0] + 1, image.shape[1] + 1))
    sums[1:, 1:] = image.cumsum(0).cumsum(1)
    result: np.ndarray = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    return result


def _grey(levels: np.ndarray) -> np.ndarray:
    return np.repeat(levels[..., None], 3, axis=2)


def _over_green(plate: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Composite the plate over green by a matte: what a wrong edge looks like in use."""
    alpha = levels[..., None] / 255.0
    mixed: np.ndarray = np.rint(plate * alpha + np.array([40, 170, 60]) * (1 - alpha)).astype(np.uint8)
    return mixed


def edge_crops(report: ClipReport, frame: int, plate: np.ndarray, deciding: str) -> EdgeCrop:
    """Cut out the square in which the method ``deciding`` errs most.

    Args:
        report: the clip.
        frame: counted from 0.
        plate: (H, W, 3) bytes of that frame.
        deciding: name of a method.
    """
    truth = report.truth[frame]
    ours = next(method for method in report.methods if method.name == deciding).mattes[frame]
    side = min(_SIDE, *truth.shape)
    sums = _box_sums((ours / 255.0 - truth / 255.0) ** 2, side)
    y, x = (int(v) for v in np.unravel_index(int(sums.argmax()), sums.shape))

    def cut(picture: np.ndarray) -> np.ndarray:
        part = Image.fromarray(np.ascontiguousarray(picture[y : y + side, x : x + side]))
        return np.asarray(part.resize((_ENLARGED, _ENLARGED), Image.Resampling.NEAREST))

    pictures = {"plate": cut(plate), "true alpha": cut(_grey(truth))}
    for method in report.methods:
        pictures[method.name] = cut(_grey(method.mattes[frame]))
    pictures[f"{deciding} over green"] = cut(_over_green(plate, ours))
    return EdgeCrop(x, y, pictures)


def thumbnail(picture: np.ndarray) -> np.ndarray:
    """Shrink (H, W) or (H, W, 3) bytes to the width of a thumbnail; never enlarge."""
    picture = _grey(picture) if picture.ndim == 2 else picture
    height, width = picture.shape[:2]
    if width <= _THUMBNAIL:
        return picture
    size = (_THUMBNAIL, max(1, round(height * _THUMBNAIL / width)))
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS))


def png_address(picture: np.ndarray) -> str:
    """Return bytes (H, W, 3) as the address of an embedded PNG."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
