"""The clips of a dataset on disk: folders of pictures, or VideoMatting108."""

from collections.abc import Callable, Sequence
from pathlib import Path

from ..errors import MediaError
from .composed_clip import ComposedClip, frame_pairs, validation_names
from .dataset_clip import ClipSettings, DatasetClip
from .folder_clip import FRAME_FOLDERS, FolderClip

__all__ = ["ClipSettings", "DatasetClip", "find_clips"]


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
        found = {name: _composed(root, name, settings) for name in validation_names(root)}
    else:
        folders = sorted(path for path in root.iterdir() if any((path / frames).is_dir() for frames in FRAME_FOLDERS))
        found = {folder.name: _from_folder(folder, settings) for folder in folders}
    if not found:
        raise MediaError(
            f"{root}: holds no clip; each needs a folder {' or '.join(FRAME_FOLDERS)} of pictures.", path=root
        )
    absent = [name for name in names if name not in found]
    if absent:
        raise MediaError(f"{root}: has no clip {', '.join(absent)}; the clips are {', '.join(found)}.", path=root)
    return [found[name] for name in (names or found)]


def _composed(root: Path, name: str, settings: ClipSettings) -> Callable[[], DatasetClip]:
    return lambda: ComposedClip(root, name, frame_pairs(root), settings)


def _from_folder(folder: Path, settings: ClipSettings) -> Callable[[], DatasetClip]:
    return lambda: FolderClip(folder, settings)
