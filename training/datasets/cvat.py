"""Annotated movies: the tracks of a CVAT video export, and the pictures cut out by them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from ...core.inference.picture_files import write_picture
from ...core.media import open_clip
from ..errors import DatasetError
from .green_screen_clip import bytes_of

__all__ = ["Box", "extract_objects", "find_pairs", "read_boxes", "relabel_defective"]

DEFECT, OBJECT, DEFECTIVE = "defect", "bottle", "defective"
_MOVIES = (".avi", ".mp4", ".mov", ".mkv", ".webm")


@dataclass(frozen=True, slots=True)
class Box:
    """One object in one frame."""

    track: int
    """Number of the track in its file."""
    label: str
    frame: int
    """Counted from 0."""
    left: float
    top: float
    right: float
    bottom: float
    """Sides in pixels, y down."""

    def overlaps(self, other: "Box") -> bool:
        """Tell whether two boxes of one frame share any area."""
        across = min(self.right, other.right) > max(self.left, other.left)
        return self.frame == other.frame and across and min(self.bottom, other.bottom) > max(self.top, other.top)


def find_pairs(folder: Path, count: int | None = None) -> list[tuple[Path, Path]]:
    """Return (movie, annotation) for ``1.avi`` + ``1.xml``, ``2.avi`` + ``2.xml`` and so on, by number.

    Args:
        folder: holds movies and annotations of equal names.
        count: take the pairs 1 to ``count``, which must all be there; ``None`` takes all.

    Raises:
        DatasetError: no folder, no annotation, or one half of a pair is missing.
    """
    if not folder.is_dir():
        raise DatasetError(f"{folder}: no such folder; expected pairs such as 1.avi and 1.xml.")
    annotations = {path.stem: path for path in sorted(folder.glob("*.xml"))}
    movies = {path.stem: path for path in sorted(folder.iterdir()) if path.suffix.lower() in _MOVIES}
    wanted = sorted(annotations | movies, key=_number) if count is None else [str(n + 1) for n in range(count)]
    for name in wanted:
        if name not in movies:
            raise DatasetError(
                f"{folder / name}.xml: has no movie; put {name}.avi (or {', '.join(_MOVIES[1:])}) beside it."
            )
        if name not in annotations:
            raise DatasetError(f"{movies[name]}: has no annotation; put {name}.xml beside it.")
    if not wanted:
        raise DatasetError(f"{folder}: holds no pair of movie and annotation, such as 1.avi and 1.xml.")
    return [(movies[name], annotations[name]) for name in wanted]


def read_boxes(path: Path) -> list[Box]:
    """Read the visible boxes of all tracks of a CVAT video export (``<track label><box frame xtl ytl xbr ybr>``).

    Raises:
        DatasetError: missing, torn, without tracks, or a box without its numbers.
    """
    try:
        root = ElementTree.parse(path).getroot()
    except FileNotFoundError as error:
        raise DatasetError(f"{path}: no such annotation; check the path.") from error
    except (ElementTree.ParseError, OSError) as error:
        raise DatasetError(f"{path}: not readable as XML ({error}); export it again.") from error
    tracks = root.findall("track")
    if not tracks:
        raise DatasetError(f"{path}: holds no <track>; export it as 'CVAT for video'.")
    boxes = []
    for number, track in enumerate(tracks):
        for box in track.iter("box"):
            if box.get("outside", "0") == "0":
                boxes.append(_read_box(path, number, track.get("label", ""), box.attrib))
    return boxes


def relabel_defective(boxes: Sequence[Box], *, is_whole_track: bool = False) -> list[Box]:
    """Rename objects with a defect and drop the defects themselves.

    Args:
        boxes: of one movie.
        is_whole_track: an object that is defective in one frame is so in all; without it, only in the frames
            where a ``defect`` box overlaps it.
    """
    defects = [box for box in boxes if box.label == DEFECT]
    objects = [box for box in boxes if box.label != DEFECT]
    marked = {box for box in objects if any(box.overlaps(defect) for defect in defects)}
    tracks = {box.track for box in marked} if is_whole_track else set()
    return [replace(box, label=DEFECTIVE) if box in marked or box.track in tracks else box for box in objects]


def extract_objects(movie: Path, boxes: Sequence[Box], crops: Path | None, frames: Path | None) -> Iterator[int]:
    """Write objects and whole frames of one movie as PNG and yield the frame after each frame.

    Objects go to ``crops/<label>/<movie>_<frame>_<track>.png``, frames with objects to ``frames/<movie>_<frame>.png``.

    Args:
        movie: read frame by frame.
        boxes: what to cut out; parts outside the picture are left out.
        crops: folder of the objects; ``None``: none.
        frames: folder of the frames; ``None``: none.

    Raises:
        MediaError: the movie cannot be read or a picture cannot be written.
        DatasetError: a box lies behind the end of the movie.
    """
    with open_clip(movie) as clip:
        for number in sorted({box.frame for box in boxes}):
            if not clip.first <= number <= clip.last:
                raise DatasetError(
                    f"{movie}: has frames {clip.first} to {clip.last}, an annotation names frame {number}."
                )
            picture = bytes_of(clip.read_native(number))
            name = f"{movie.stem}_{number:05d}"
            if frames is not None:
                write_picture(frames / f"{name}.png", picture)
            for box in boxes:
                part = _cut(picture, box)
                if crops is not None and box.frame == number and part.size:
                    write_picture(crops / _folder(box.label) / f"{name}_{box.track}.png", part)
            yield number


def _cut(picture: np.ndarray, box: Box) -> np.ndarray:
    left, top = max(0, int(box.left)), max(0, int(box.top))
    right, bottom = max(0, int(np.ceil(box.right))), max(0, int(np.ceil(box.bottom)))
    return picture[top:bottom, left:right]


def _folder(label: str) -> str:
    """Return a label as a folder name that cannot leave its place."""
    return "".join(letter if letter.isalnum() or letter in " -_" else "_" for letter in label) or "unnamed"


def _number(name: str) -> tuple[int, str]:
    return (int(name), "") if name.isdecimal() else (1 << 62, name)


def _read_box(path: Path, track: int, label: str, attributes: dict[str, str]) -> Box:
    try:
        sides = [float(attributes[name]) for name in ("xtl", "ytl", "xbr", "ybr")]
        return Box(track, label, int(attributes["frame"]), sides[0], sides[1], sides[2], sides[3])
    except (KeyError, ValueError) as error:
        raise DatasetError(
            f"{path}: a box of track {track} ({label}) lacks a number ({error}); it needs frame, xtl, ytl, xbr, ybr."
        ) from error
