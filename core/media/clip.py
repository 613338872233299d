"""What every clip offers: numbered frames, read in any order, from any thread, as display-referred sRGB."""

from abc import ABC, abstractmethod
from collections import OrderedDict
from fractions import Fraction
from threading import RLock
from types import TracebackType

import numpy as np

from ..errors import MediaError

KEPT_FRAMES = 4
"""Converted pictures a clip keeps: t-1, t, t+1 and one keyframe."""


class Clip(ABC):
    """A movie or a numbered sequence of images; a frame source for the session and for the host."""

    path: str
    """What was opened, as the user wrote it."""
    first: int
    """Number of the first frame: 0 in a movie, the number in its file name in a sequence."""
    last: int
    """Number of the last frame, included; in a damaged movie the last that the file declares."""
    width: int
    """Pixels across, after rotation."""
    height: int
    """Pixels down, after rotation."""
    rate: Fraction | None
    """Frames a second; ``None`` where nothing states it (a sequence) or no single one exists."""
    pixel_aspect: Fraction
    """Width of a pixel over its height."""
    has_audio: bool
    """Whether the file has sound."""
    identity: str
    """Changes when the file changes: SHA-256 of path, size and time of last change."""
    first_unreadable: int | None
    """First frame behind the damage of a truncated movie; ``None`` in a whole clip."""
    bits: int
    """8, 16 or 32 (scene-linear float): depth of :meth:`read_native`."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._kept: OrderedDict[int, np.ndarray] = OrderedDict()

    def __len__(self) -> int:
        return self.last - self.first + 1

    def __enter__(self) -> "Clip":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @property
    def last_readable(self) -> int:
        """Number of the last frame in front of any damage."""
        return self.last if self.first_unreadable is None else self.first_unreadable - 1

    def read(self, frame: int) -> np.ndarray:
        """Return frame ``frame`` as (H, W, 3) float32 sRGB in 0..1, y down; alpha of the file is left out.

        Float files are taken as linear Rec.709; who knows of another space converts :meth:`read_native`.

        Raises:
            MediaError: no such frame, or it cannot be read.
        """
        native = self.read_native(frame)[..., :3]
        if native.dtype == np.float32:
            return _encode(native)
        return native.astype(np.float32) / np.float32(255 if native.dtype == np.uint8 else 65535)

    def read_codes(self, frame: int) -> np.ndarray:
        """Return frame ``frame`` as (H, W, 3) sRGB codes, uint8 or uint16; float files as in :meth:`read`.

        Raises:
            MediaError: no such frame, or it cannot be read.
        """
        native = self.read_native(frame)[..., :3]
        return (_encode(native) * 65535 + 0.5).astype(np.uint16) if native.dtype == np.float32 else native

    def read_native(self, frame: int) -> np.ndarray:
        """Return frame ``frame`` as (H, W, 3 or 4), as the file has it: uint8, uint16 or float32; read-only.

        Integers are display-referred and span 0..1 over their whole range. Float is scene-linear and may lie outside
        of 0..1; its primaries are not known here.

        Raises:
            MediaError: no such frame, or it cannot be read.
        """
        if not self.first <= frame <= self.last:
            raise MediaError(f"{self.path}: has frames {self.first}-{self.last}, not {frame}.")
        with self._lock:
            picture = self._kept.get(frame)
            if picture is None:
                picture = np.ascontiguousarray(self._load(frame))
                picture.setflags(write=False)
                self._kept[frame] = picture
                if len(self._kept) > KEPT_FRAMES:
                    self._kept.popitem(last=False)
            else:
                self._kept.move_to_end(frame)
            return picture

    def read_preview(self, frame: int, factor: int) -> np.ndarray | None:
        """Return ``frame`` ``factor`` times smaller for a screen, (h, w, 3) uint8.

        ``None`` where nothing is faster than :meth:`read_native`, which says also why a frame cannot be read.
        """
        return None

    def start_before(self, frame: int) -> int:
        """Return the last frame at or before ``frame`` that is decoded without any other one."""
        return frame

    def close(self) -> None:
        """Let go of the file; reading afterwards is an error."""
        with self._lock:
            self._kept.clear()
            self._release()

    @abstractmethod
    def _load(self, frame: int) -> np.ndarray:
        """Decode one frame; called under the lock."""

    def _release(self) -> None:  # noqa: B027  (a sequence holds nothing open)
        """Close what is open; called under the lock."""


def _encode(linear: np.ndarray) -> np.ndarray:
    """Return (H, W, 3) linear Rec.709 as sRGB in 0..1, clipped; NaN is 0."""
    import torch  # here: who reads movies need not wait for it

    from ...kernels.transfer import encode_srgb

    bounded = np.clip(np.nan_to_num(linear, nan=0.0, posinf=1.0, neginf=0.0), 0, 1)
    return encode_srgb(torch.from_numpy(np.ascontiguousarray(bounded))).numpy()
