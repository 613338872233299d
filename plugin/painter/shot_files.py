"""What is read before a clip can be shown, on any thread: a long movie is indexed, every keyframe decoded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...kernels.errors import TrimatteError
from ..colour import to_display
from ..colour_choice import ColourChoice
from ..keyframes import find_keyframes
from ..source_file import SourceFile
from .document import Journal, KeyframeDocument, Patch
from .document.keyframe_size import read_keyframe
from .recent import default_keyframe_folder


@dataclass(frozen=True, slots=True)
class ShotFiles:
    """A clip and its keyframes, read."""

    path: Path
    """Of the clip."""
    folder: Path
    """Of the keyframes; need not exist."""
    file: SourceFile
    space: ColourChoice
    """Of the clip's colours."""
    files: dict[int, Path]
    """Frame -> the file of its keyframe."""
    document: KeyframeDocument
    journal: Journal
    recovered: list[Patch]
    """Patches of a painter that crashed, which the files lack."""

    @classmethod
    def read(cls, path: Path, folder: Path | None, space: ColourChoice | None = None) -> ShotFiles:
        """Open the clip at ``path`` and the keyframes in ``folder``; ``None``: that beside the clip.

        Colours are of ``space``; ``None``: linear Rec.709 in a float file, else sRGB.

        Raises:
            MediaError: the clip cannot be decoded.
            ParameterError: the folder cannot be read, has two keyframes for one frame, or the space does not exist.
            TrimapSizeError: a keyframe is of another size than the clip.
            TrimapError: a keyframe is no trimap.
        """
        file = SourceFile(path)
        try:
            return cls._read(file, path, folder or default_keyframe_folder(file.clip, path), space)
        except TrimatteError:
            file.clip.close()
            raise

    @classmethod
    def _read(cls, file: SourceFile, path: Path, folder: Path, space: ColourChoice | None) -> ShotFiles:
        space = space or ColourChoice.of_file(file.clip.bits)
        to_display(np.zeros((1, 1, 3), np.float32), space)  # a space that is missing is found here
        size = (file.clip.width, file.clip.height)
        files = find_keyframes(folder, may_be_none=True) if folder.exists() else {}
        document = KeyframeDocument(size, {frame: read_keyframe(found, size) for frame, found in files.items()})
        journal = Journal(folder)
        left = journal.read()
        recovered = document.missing(left)
        if left and not recovered:
            journal.discard()
        return cls(path, folder, file, space, files, document, journal, recovered)
