"""What every writer offers: pictures in by frame number, files under their final names only when they are whole."""

from abc import abstractmethod
from typing import Literal

import numpy as np

from ...errors import MediaError
from ...whole_output import WholeOutput

AlphaMode = Literal["straight", "premultiplied", "none"]
"""How colour and alpha of RGBA pictures go together; stated in the files."""


class FrameWriter(WholeOutput):
    """Takes frames, each once; used as a context manager it finishes, or after an error leaves nothing torn."""

    @abstractmethod
    def write(self, frame: int, picture: np.ndarray) -> None:
        """Store ``picture``: (H, W) grey, (H, W, 3) RGB or (H, W, 4) RGBA.

        uint8, uint16 or, scene-linear, float32, as the format wants.

        Raises:
            MediaError: the file cannot be written; the message says why.
        """

    def __enter__(self) -> "FrameWriter":
        return self


def cannot_write(path: object, error: Exception) -> MediaError:
    """Return the error that says why ``path`` was not written."""
    reason = getattr(error, "strerror", None) or str(error)
    return MediaError(f"{path}: cannot be written ({reason}); free some space or choose another output.")
