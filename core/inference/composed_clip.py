"""Clips of VideoMatting108, composed from foregrounds and backgrounds as they are read."""

import json
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError
from torch import Tensor

from ...kernels.composite import over
from ...kernels.morphology import ellipse
from ..errors import MediaError
from ..trimap import make_trimap
from .dataset_clip import ClipSettings, DatasetClip
from .dataset_pictures import list_numbered, read_colour, read_size, resized, to_tensor

__all__ = ["ComposedClip", "frame_pairs", "validation_names"]


class ComposedClip(DatasetClip):
    """A clip of VideoMatting108: RGBA foregrounds over the backgrounds that ``frame_corr.json`` names."""

    def __init__(self, root: Path, name: str, pairs: dict[str, str], settings: ClipSettings) -> None:
        folder = root / "FG_done" / name
        self._foregrounds = list_numbered(folder)
        if not self._foregrounds:
            raise MediaError(f"{folder}: holds no picture.", path=folder)
        keys = {number: f"{name}/{path.name}" for number, path in self._foregrounds.items()}
        missing = next((key for key in keys.values() if key not in pairs), None)
        if missing is not None:
            raise MediaError(f"{root / 'frame_corr.json'}: names no background for {missing}.")
        self._behind = {number: root / "BG_done" / pairs[key] for number, key in keys.items()}
        super().__init__(name, sorted(self._foregrounds), settings)

    def _own_size(self) -> tuple[int, int]:
        return read_size(self._foregrounds[min(self._foregrounds)])

    def _split(self, number: int) -> tuple[Tensor, Tensor]:
        """Return colour (3, H, W) and alpha (1, H, W), resized."""
        path = self._foregrounds[number]
        try:
            with Image.open(path) as picture:
                pixels = np.asarray(picture.convert("RGBA"))
        except (OSError, UnidentifiedImageError, SyntaxError, ValueError) as error:
            raise MediaError(f"{path}: not a readable picture ({error}).", path=path) from error
        colour, alpha = (resized(part, self._size) for part in (pixels[..., :3], pixels[..., 3]))
        return to_tensor(colour), to_tensor(alpha[..., None])

    def _picture(self, number: int) -> Tensor:
        colour, alpha = self._split(number)
        return over(colour, alpha, self._background(number))

    def _trimap(self, number: int) -> Tensor:
        return make_trimap(self._split(number)[1], ellipse(self._settings.trimap_width))

    def _alpha(self, number: int) -> Tensor | None:
        return self._split(number)[1]

    def _background(self, number: int) -> Tensor:
        return read_colour(self._behind[number], self._size)


def validation_names(root: Path) -> list[str]:
    """Return the names of the clips that the dataset keeps for validation.

    Raises:
        MediaError: the list cannot be read.
    """
    try:
        return (root / "val_videos.txt").read_text(encoding="utf-8").split()
    except OSError as error:
        raise MediaError(
            f"{root / 'val_videos.txt'}: cannot be read ({error.strerror}); it lists the clips."
        ) from error


def frame_pairs(root: Path) -> dict[str, str]:
    """Return the background of each foreground, ``CLIP/FILE`` for both.

    Raises:
        MediaError: the pairs cannot be read.
    """
    path = root / "frame_corr.json"
    try:
        pairs = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise MediaError(f"{path}: cannot be read ({error}); it pairs foregrounds with backgrounds.") from error
    if not isinstance(pairs, dict):
        raise MediaError(f"{path}: expected a background for each foreground by name.")
    return {str(key): str(value) for key, value in pairs.items()}
