"""Pictures in the layout of MVTec AD: ``<root>/<class>/train/good`` and ``<root>/<class>/test/<good or a defect>``."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...core.errors import MediaError
from ...core.inference.picture_files import list_pictures, read_picture
from ..errors import DatasetError

__all__ = ["MvtecDataset", "MvtecItem"]

GOOD = "good"


@dataclass(frozen=True, slots=True)
class MvtecItem:
    """One picture of the dataset."""

    path: Path
    kind: str
    """``good``, or the name of the defect."""

    @property
    def is_defective(self) -> bool:
        """Whether the picture shows a defect."""
        return self.kind != GOOD

    def read(self) -> np.ndarray:
        """Return (H, W, 3) uint8 RGB.

        Raises:
            MediaError: torn, or not a picture.
        """
        return read_picture(self.path)


class MvtecDataset:
    """The pictures of one class, in the order of kinds and names. Source: Bergmann et al., MVTec AD, CVPR 2019."""

    def __init__(self, dataset_path: Path, class_name: str) -> None:
        """Find all pictures; none is read yet.

        Raises:
            DatasetError: no such class, a part is missing, or the training part holds defects.
        """
        root = dataset_path / class_name
        if not root.is_dir():
            known = (
                sorted(path.name for path in dataset_path.iterdir() if path.is_dir()) if dataset_path.is_dir() else []
            )
            raise DatasetError(f"{root}: no such class; {dataset_path} holds {', '.join(known) or 'none'}.")
        self.train = tuple(_items(root / "train"))
        self.test = tuple(_items(root / "test"))
        defects = sorted({item.kind for item in self.train if item.is_defective})
        if defects:
            raise DatasetError(f"{root / 'train'}: holds {', '.join(defects)}; training takes good pictures only.")

    @property
    def kinds(self) -> tuple[str, ...]:
        """Names of the kinds in the test part, ``good`` first."""
        return tuple(sorted({item.kind for item in self.test}, key=lambda kind: (kind != GOOD, kind)))


def _items(folder: Path) -> Iterator[MvtecItem]:
    """Yield the pictures of one part."""
    if not (folder / GOOD).is_dir():
        raise DatasetError(f"{folder / GOOD}: no such folder; good pictures belong there.")
    for kind in sorted(path for path in folder.iterdir() if path.is_dir()):
        try:
            pictures = list_pictures(kind)
        except MediaError as error:
            raise DatasetError(str(error)) from error
        yield from (MvtecItem(path, kind.name) for path in pictures)
