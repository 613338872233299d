"""A dataset clip in a folder, with a folder for each kind of picture in it."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from torch import Tensor

from ..errors import MediaError
from ..trimap import make_trimap_u8
from .dataset_clip import ClipSettings, DatasetClip
from .dataset_pictures import list_numbered, read_colour, read_size, resized, to_tensor, to_trimap
from .picture_files import read_picture

__all__ = ["FRAME_FOLDERS", "FolderClip"]

FRAME_FOLDERS = ("rgb", "image_allframe", "frames")
"""Names that the folder of frames may have."""

_ALPHAS = ("pha", "alpha")


class FolderClip(DatasetClip):
    """A folder with ``rgb`` or ``image_allframe``, and ``pha`` or ``alpha``, ``trimap``, ``bgr``, where they are there.

    Pictures belong together by the last number in their names. A ``trimap`` of the dataset comes first, then one made
    from true alpha, then ``trimap_<width>``.
    """

    def __init__(self, folder: Path, settings: ClipSettings) -> None:
        frames = self._frames = _numbered(folder, FRAME_FOLDERS)
        if not frames:
            raise MediaError(
                f"{folder}: holds no frame; expected pictures in {' or '.join(FRAME_FOLDERS)}.", path=folder
            )
        self._alphas = _numbered(folder, _ALPHAS)
        self._trimaps = _numbered(folder, ("trimap",))
        self._prepared = _numbered(folder, (f"trimap_{settings.trimap_width}",))
        self._backgrounds = _numbered(folder, ("bgr",))
        self._folder = folder
        super().__init__(folder.name, sorted(frames), settings)

    def _own_size(self) -> tuple[int, int]:
        return read_size(self._frames[min(self._frames)])

    def _picture(self, number: int) -> Tensor:
        return read_colour(self._frames[number], self._size)

    def _trimap(self, number: int) -> Tensor | None:
        given = self._trimaps.get(number)
        if given is None and number in self._alphas:
            levels = resized(read_picture(self._alphas[number], is_grey=True), self._size)
            return to_trimap(make_trimap_u8(levels, self._settings.trimap_width))
        given = given or self._prepared.get(number)
        if given is None:
            return None
        levels = resized(read_picture(given, is_grey=True), self._size, Image.Resampling.NEAREST)
        return to_trimap(levels)

    def _alpha(self, number: int) -> Tensor | None:
        path = self._alphas.get(number)
        if path is None:
            return None
        return to_tensor(resized(read_picture(path, is_grey=True), self._size)[..., None])

    def _background(self, number: int) -> Tensor:
        if number not in self._backgrounds:
            raise MediaError(f"{self._folder}: has no clean background (bgr) for frame {number}.")
        return read_colour(self._backgrounds[number], self._size)


def _numbered(clip: Path, folders: Sequence[str]) -> dict[int, Path]:
    """Return the pictures of the first folder that is there, by number."""
    folder = next((clip / name for name in folders if (clip / name).is_dir()), None)
    return {} if folder is None else list_numbered(folder)
