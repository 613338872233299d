"""Clips of evaluation datasets with their trimaps: folders of pictures, and VideoMatting108 composed as it goes."""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image, UnidentifiedImageError
from torch import Tensor

from ..errors import MediaError
from ..morphology import ellipse
from ..trimap import make_trimap, make_trimap_u8
from .picture_files import PICTURE_SUFFIXES, read_picture

__all__ = ["ClipSettings", "DatasetClip", "find_clips"]

_NUMBER = re.compile(r"\d+")
_FRAMES = ("rgb", "image_allframe", "frames")
_ALPHAS = ("pha", "alpha")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipSettings:
    """How clips are read."""

    size: tuple[int, int] = (1024, 576)
    """(width, height) in pixels that everything is resized to."""
    keeps_shape: bool = False
    """Fit into ``size`` with the shape of the pictures; the release stretches them."""
    trimap_width: int = 25
    """Diameter, in pixels, of the ellipse that makes trimaps from true alpha."""
    workers: int = 0
    """Threads that read pictures of one call side by side; 0: the caller's."""


class DatasetClip(ABC):
    """A clip of a dataset; satisfies :class:`~.ftp_vm_dataset.GuidedClip`."""

    def __init__(self, name: str, numbers: Sequence[int], settings: ClipSettings) -> None:
        self.name = name
        self._numbers, self._settings = list(numbers), settings
        self._size = _fitting(self._own_size(), settings.size) if settings.keeps_shape else settings.size

    def __len__(self) -> int:
        return len(self._numbers)

    def frames(self, first: int, end: int) -> Tensor:
        """Return (T, 3, H, W), 0..1."""
        wanted = self._numbers[first:end]
        if self._settings.workers < 1:
            return torch.stack([self._picture(number) for number in wanted])
        with ThreadPoolExecutor(self._settings.workers) as pool:
            return torch.stack(list(pool.map(self._picture, wanted)))

    def trimap(self, frame: int) -> Tensor:
        """Return (1, H, W) 0, 0.5 or 1.

        Raises:
            MediaError: there is neither a trimap nor true alpha for the frame.
        """
        found = self._trimap(self._numbers[frame])
        if found is None:
            raise MediaError(f"{self.name}: has neither a trimap nor true alpha for frame {self._numbers[frame]}.")
        return found

    def trimap_if_any(self, frame: int) -> Tensor | None:
        """Return (1, H, W) 0, 0.5 or 1, where there is a trimap or true alpha."""
        return self._trimap(self._numbers[frame])

    def alpha(self, frame: int) -> Tensor | None:
        """Return true alpha (1, H, W), 0..1, where the dataset has it."""
        return self._alpha(self._numbers[frame])

    def background(self, frame: int) -> Tensor:
        """Return the clean background (3, H, W), 0..1.

        Raises:
            MediaError: the dataset has none.
        """
        return self._background(self._numbers[frame])

    @abstractmethod
    def _own_size(self) -> tuple[int, int]:
        """Return (width, height) of the pictures as they are."""

    @abstractmethod
    def _picture(self, number: int) -> Tensor: ...

    @abstractmethod
    def _trimap(self, number: int) -> Tensor | None: ...

    @abstractmethod
    def _alpha(self, number: int) -> Tensor | None: ...

    @abstractmethod
    def _background(self, number: int) -> Tensor: ...


class _FolderClip(DatasetClip):
    """A folder with ``rgb`` or ``image_allframe``, and ``pha`` or ``alpha``, ``trimap``, ``bgr``, where they are there.

    Pictures belong together by the last number in their names. A ``trimap`` of the dataset comes first, then one made
    from true alpha, then ``trimap_<width>``.
    """

    def __init__(self, folder: Path, settings: ClipSettings) -> None:
        frames = _numbered(folder, _FRAMES)
        self._frames = frames
        self._alphas = _numbered(folder, _ALPHAS)
        self._trimaps = _numbered(folder, ("trimap",))
        self._prepared = _numbered(folder, (f"trimap_{settings.trimap_width}",))
        self._backgrounds = _numbered(folder, ("bgr",))
        self._folder = folder
        super().__init__(folder.name, sorted(frames), settings)

    def _own_size(self) -> tuple[int, int]:
        return _size_of(self._frames[min(self._frames)])

    def _picture(self, number: int) -> Tensor:
        return _colour(self._frames[number], self._size)

    def _trimap(self, number: int) -> Tensor | None:
        given = self._trimaps.get(number)
        if given is None and number in self._alphas:
            levels = _resized(read_picture(self._alphas[number], is_grey=True), self._size)
            return _trimap_levels(make_trimap_u8(levels, self._settings.trimap_width))
        given = given or self._prepared.get(number)
        if given is None:
            return None
        levels = _resized(read_picture(given, is_grey=True), self._size, Image.Resampling.NEAREST)
        return _trimap_levels(levels)

    def _alpha(self, number: int) -> Tensor | None:
        path = self._alphas.get(number)
        if path is None:
            return None
        return _tensor(_resized(read_picture(path, is_grey=True), self._size)[..., None])

    def _background(self, number: int) -> Tensor:
        if number not in self._backgrounds:
            raise MediaError(f"{self._folder}: has no clean background (bgr) for frame {number}.")
        return _colour(self._backgrounds[number], self._size)


class _ComposedClip(DatasetClip):
    """A clip of VideoMatting108: RGBA foregrounds over the backgrounds that ``frame_corr.json`` names."""

    def __init__(self, root: Path, name: str, pairs: dict[str, str], settings: ClipSettings) -> None:
        folder = root / "FG_done" / name
        self._foregrounds = {int(_last_number(path)): path for path in _pictures(folder)}
        if not self._foregrounds:
            raise MediaError(f"{folder}: holds no picture.", path=folder)
        keys = {number: f"{name}/{path.name}" for number, path in self._foregrounds.items()}
        missing = next((key for key in keys.values() if key not in pairs), None)
        if missing is not None:
            raise MediaError(f"{root / 'frame_corr.json'}: names no background for {missing}.")
        self._behind = {number: root / "BG_done" / pairs[key] for number, key in keys.items()}
        super().__init__(name, sorted(self._foregrounds), settings)

    def _own_size(self) -> tuple[int, int]:
        return _size_of(self._foregrounds[min(self._foregrounds)])

    def _split(self, number: int) -> tuple[Tensor, Tensor]:
        """Return colour (3, H, W) and alpha (1, H, W), resized."""
        path = self._foregrounds[number]
        try:
            with Image.open(path) as picture:
                pixels = np.asarray(picture.convert("RGBA"))
        except (OSError, UnidentifiedImageError, SyntaxError, ValueError) as error:
            raise MediaError(f"{path}: not a readable picture ({error}).", path=path) from error
        colour, alpha = (_resized(part, self._size) for part in (pixels[..., :3], pixels[..., 3]))
        return _tensor(colour), _tensor(alpha[..., None])

    def _picture(self, number: int) -> Tensor:
        colour, alpha = self._split(number)
        return colour * alpha + self._background(number) * (1 - alpha)

    def _trimap(self, number: int) -> Tensor:
        return make_trimap(self._split(number)[1], ellipse(self._settings.trimap_width))

    def _alpha(self, number: int) -> Tensor | None:
        return self._split(number)[1]

    def _background(self, number: int) -> Tensor:
        return _colour(self._behind[number], self._size)


def find_clips(root: Path, settings: ClipSettings, names: Sequence[str] = ()) -> list[Callable[[], DatasetClip]]:
    """Return what opens each clip of a dataset, in order.

    Args:
        root: VideoMatting108 (``FG_done``, ``BG_done``, ``frame_corr.json``, ``val_videos.txt``), or a folder with
            one folder per clip (VideoMatte240K motion, RealHuman).
        settings: see :class:`ClipSettings`.
        names: take these clips only.

    Raises:
        MediaError: no such folder, no clip in it, or a clip that is not there.
    """
    if not root.is_dir():
        raise MediaError(f"{root}: no such folder; expected a dataset.", path=root)
    if (root / "FG_done").is_dir():
        found = {name: _composed(root, name, settings) for name in _validation_names(root)}
    else:
        folders = sorted(path for path in root.iterdir() if any((path / frames).is_dir() for frames in _FRAMES))
        found = {folder.name: _from_folder(folder, settings) for folder in folders}
    if not found:
        raise MediaError(f"{root}: holds no clip; each needs a folder {' or '.join(_FRAMES)} of pictures.", path=root)
    absent = [name for name in names if name not in found]
    if absent:
        raise MediaError(f"{root}: has no clip {', '.join(absent)}; the clips are {', '.join(found)}.", path=root)
    return [found[name] for name in (names or found)]


def _composed(root: Path, name: str, settings: ClipSettings) -> Callable[[], DatasetClip]:
    return lambda: _ComposedClip(root, name, _frame_pairs(root), settings)


def _from_folder(folder: Path, settings: ClipSettings) -> Callable[[], DatasetClip]:
    return lambda: _FolderClip(folder, settings)


def _validation_names(root: Path) -> list[str]:
    try:
        return (root / "val_videos.txt").read_text(encoding="utf-8").split()
    except OSError as error:
        raise MediaError(
            f"{root / 'val_videos.txt'}: cannot be read ({error.strerror}); it lists the clips."
        ) from error


def _frame_pairs(root: Path) -> dict[str, str]:
    path = root / "frame_corr.json"
    try:
        pairs = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise MediaError(f"{path}: cannot be read ({error}); it pairs foregrounds with backgrounds.") from error
    if not isinstance(pairs, dict):
        raise MediaError(f"{path}: expected a background for each foreground by name.")
    return {str(key): str(value) for key, value in pairs.items()}


def _pictures(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURE_SUFFIXES)


def _numbered(clip: Path, folders: Sequence[str]) -> dict[int, Path]:
    """Return the pictures of the first folder that is there, by number."""
    folder = next((clip / name for name in folders if (clip / name).is_dir()), None)
    return {} if folder is None else {int(_last_number(path)): path for path in _pictures(folder)}


def _last_number(path: Path) -> str:
    numbers = _NUMBER.findall(path.stem)
    if not numbers:
        raise MediaError(f"{path}: has no frame number in its name.", path=path)
    return str(numbers[-1])


def _colour(path: Path, size: tuple[int, int]) -> Tensor:
    return _tensor(_resized(read_picture(path), size))


def _size_of(path: Path) -> tuple[int, int]:
    height, width = read_picture(path).shape[:2]
    return width, height


def _fitting(own: tuple[int, int], size: tuple[int, int]) -> tuple[int, int]:
    """Return ``own`` scaled into ``size``, at least a pixel each way."""
    scale = min(size[0] / own[0], size[1] / own[1])
    return max(1, round(own[0] * scale)), max(1, round(own[1] * scale))


def _resized(
    picture: np.ndarray, size: tuple[int, int], resampling: Image.Resampling = Image.Resampling.BILINEAR
) -> np.ndarray:
    if picture.shape[1::-1] == size:
        return picture
    return np.asarray(Image.fromarray(np.ascontiguousarray(picture)).resize(size, resampling))


def _tensor(picture: np.ndarray) -> Tensor:
    """Turn (H, W, C) uint8 into (C, H, W), 0..1."""
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1).float() / 255


def _trimap_levels(levels: np.ndarray) -> Tensor:
    """Turn (H, W) uint8 into (1, H, W) with 0, 0.5 and 1."""
    return torch.from_numpy(np.where(levels >= 254, 1.0, np.where(levels <= 1, 0.0, 0.5))).float()[None]
