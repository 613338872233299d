"""Between native size and the size the memory network works at."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .frame_source import PlateReader

STRIDE = 16
"""The network halves its input four times."""


@dataclass(frozen=True, slots=True)
class WorkingSize:
    """Native, working and padded size of a clip; one scale for both sides."""

    native: tuple[int, int]
    """(height, width) of the plates."""
    working: tuple[int, int]
    """(height, width) after scaling."""
    padding: tuple[int, int, int, int]
    """Pixels added left, right, top and bottom; centred, as in the FTP-VM spec, section 3.11."""

    @classmethod
    def choose(cls, height: int, width: int, long_side: int) -> WorkingSize:
        """Scale ``height`` x ``width`` down to ``long_side`` (0 or more than native: keep) and pad to the stride."""
        scale = min(1.0, long_side / max(height, width)) if long_side else 1.0
        working = (max(1, round(height * scale)), max(1, round(width * scale)))
        vertical, horizontal = (-working[0]) % STRIDE, (-working[1]) % STRIDE
        left, top = horizontal // 2, vertical // 2
        return cls((height, width), working, (left, horizontal - left, top, vertical - top))

    def shrink(self, picture: Tensor) -> Tensor:
        """Return (1, C, h, w) for ``picture`` (1, C, H, W): scaled with antialias and padded with its border."""
        if self.working != self.native:
            picture = F.interpolate(picture, self.working, mode="bilinear", antialias=True)
        # replicated, not black: no trained picture had a black frame around it
        return F.pad(picture, self.padding, mode="replicate") if any(self.padding) else picture

    def crop(self, padded: Tensor) -> Tensor:
        """Cut the padding off (..., h, w)."""
        left, _, top, _ = self.padding
        return padded[..., top : top + self.working[0], left : left + self.working[1]]

    def pad(self, picture: Tensor) -> Tensor:
        """Put the padding back on (1, C, h, w)."""
        return F.pad(picture, self.padding, mode="replicate") if any(self.padding) else picture

    def enlarge(self, picture: Tensor) -> Tensor:
        """Return (1, C, H, W) for ``picture`` (1, C, h, w) at working size."""
        return picture if self.working == self.native else F.interpolate(picture, self.native, mode="bilinear")


def to_tensor(plate: np.ndarray, device: torch.device) -> Tensor:
    """Return (1, 3, H, W) in 0..1 for ``plate`` (H, W, 3); what is not a number becomes black."""
    tensor = torch.from_numpy(np.ascontiguousarray(plate)).to(device).permute(2, 0, 1).unsqueeze(0)
    return torch.nan_to_num(tensor, nan=0.0, posinf=1.0, neginf=0.0).clamp_(0.0, 1.0).contiguous()


def trimap_to_tensor(trimap: np.ndarray, device: torch.device) -> Tensor:
    """Return (1, 1, H, W) of 0, 0.5 and 1 for a trimap (H, W) uint8 of 0, 128 and 255."""
    levels = (trimap >= 64).astype(np.float32) * 0.5 + (trimap >= 192).astype(np.float32) * 0.5
    return torch.from_numpy(levels).to(device)[None, None]


def as_bytes(plate: np.ndarray) -> np.ndarray:
    """Return uint8 for ``plate`` float32, 0..1; what lies beyond is cut."""
    return np.asarray(np.rint(np.clip(plate, 0, 1) * np.float32(255)), dtype=np.uint8)


class Look(Protocol):
    """A part of the plates that is seen instead of the whole; equal ones see the same."""

    def look(self, picture: Tensor) -> Tensor:
        """Return (1, C, h, w), padded, for ``picture`` (1, C, H, W) at native size."""
        ...


class WorkingPictures:
    """Working-size pictures of the plates, the last few kept."""

    def __init__(self, plates: PlateReader, size: WorkingSize, device: torch.device, capacity: int = 4) -> None:
        self._plates = plates
        self._size = size
        self._device = device
        self._capacity = capacity
        self._pictures: OrderedDict[tuple[int, Look | None], Tensor] = OrderedDict()

    def read(self, frame: int, look: Look | None = None) -> Tensor:
        """Return (1, 3, h, w), padded, of ``frame``, or of a part of it."""
        key = frame, look
        if key not in self._pictures:
            plate = to_tensor(self._plates.read(frame), self._device)
            self._pictures[key] = self._size.shrink(plate) if look is None else look.look(plate)
            if len(self._pictures) > self._capacity:
                self._pictures.popitem(last=False)
        return self._pictures[key]

    def codes(self, frame: int) -> np.ndarray:
        """Return (h, w, 3) uint8 of ``frame``, not padded.

        Rounded at native size: the bytes of a picture are the same whatever colour space its plates came through.
        """
        plate = np.nan_to_num(self._plates.read(frame), nan=0.0, posinf=1.0, neginf=0.0)
        height, width = self._size.working
        return cv2.resize(as_bytes(plate), (width, height), interpolation=cv2.INTER_AREA)
