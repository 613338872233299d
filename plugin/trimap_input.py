"""The clip ``Trimap``: a roto or a painted trimap of the host, read at the frames that the user lists.

It is read again with every request, and recognized by its pixels: what the host says about changes is not needed.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Final

import numpy as np

from ..core.errors import CancelledError, TrimapError
from ..core.trimap import BACKGROUND, FOREGROUND, UNKNOWN
from . import _bridge
from .pixels import to_float
from .request import RenderRequest
from .show import overlap
from .trimap_frames import Channels

_NOISE: Final = 0.01  # what a host's conversion may do to 0 and 1
_COLOURED: Final = 0.02


def read_levels(pixels: np.ndarray, channels: Channels) -> np.ndarray:
    """Return the trimap in ``pixels``: 0 background, 255 foreground, 128 all between.

    Args:
        pixels: (H, W, C) of any depth, 1, 3 or 4 channels.
        channels: what to read; a picture of one channel has no choice.

    Returns:
        (H, W) uint8 of 0, 128, 255.

    Raises:
        TrimapError: alpha is wanted of a picture without, or the colour is not grey.
    """
    values = np.nan_to_num(to_float(pixels))
    count = values.shape[2]
    if channels is Channels.ALPHA and count == 3:
        raise TrimapError("it has no alpha; set Trimap channels to Colour")
    is_alpha = channels is Channels.ALPHA
    if channels is Channels.AUTO and count == 4:
        lowest, highest = values[..., 3].min(), values[..., 3].max()
        is_alpha = bool(highest - lowest > _NOISE)
    if count == 1 or is_alpha:
        shape = values[..., -1]
    else:
        colour = values[..., :3]
        if float((colour.max(axis=2) - colour.min(axis=2)).max()) > _COLOURED:
            raise TrimapError("it is coloured; connect black, grey and white, or a roto whose shape is its alpha")
        shape = colour[..., 0]
    return np.where(
        shape <= _NOISE, np.uint8(BACKGROUND), np.where(shape >= 1 - _NOISE, np.uint8(FOREGROUND), np.uint8(UNKNOWN))
    )


class TrimapInput:
    """Reads the clip and keeps the few trimaps used last; safe from any thread."""

    def __init__(self, capacity: int = 32) -> None:
        self._capacity = capacity
        self._kept: OrderedDict[tuple[object, ...], np.ndarray] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, channel: _bridge.Channel, request: RenderRequest, frame: int) -> np.ndarray:
        """Return the trimap of ``frame``, (H, W) uint8 at the size of the plate; outside the clip is background.

        Raises:
            TrimapError: the clip is not connected, has no picture, or one that is no trimap.
            CancelledError: the host no longer wants the frame.
        """
        try:
            image = channel.fetch(float(frame - request.params.frame_offset), _bridge.Clip.TRIMAP)
        except _bridge.FrameMissingError as error:
            raise TrimapError(
                f"the Trimap input is not connected or has no picture at frame {frame} ({error}); connect a roto, or "
                f"take {frame} out of 'From Trimap input at'."
            ) from error
        except _bridge.FetchCancelledError as error:
            raise CancelledError(str(error)) from error
        if request.source is None:
            raise TrimapError("the clip Source has no picture; connect it.")
        key = (channel.fingerprint(image), image.bounds, request.source.bounds, request.params.trimap_channels)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        trimap = self._convert(channel.view(image), image.bounds, request, frame)
        with self._lock:
            self._kept[key] = trimap
            while len(self._kept) > self._capacity:
                self._kept.popitem(last=False)
        return trimap

    def _convert(
        self, pixels: np.ndarray, bounds: tuple[int, int, int, int], request: RenderRequest, frame: int
    ) -> np.ndarray:
        try:
            levels = read_levels(pixels, request.params.trimap_channels)
        except TrimapError as error:
            raise TrimapError(f"the Trimap input cannot be read at frame {frame}: {error}.") from error
        trimap = np.full(request.size[::-1], BACKGROUND, np.uint8)
        inside_plate, inside_clip = overlap(request.source.bounds, bounds)
        trimap[inside_plate] = levels[inside_clip]
        if not trimap.any():  # some hosts claim that every clip is connected, and give black
            raise TrimapError(
                f"the Trimap input is black all over at frame {frame}, as if nothing were connected; connect a roto, "
                f"or take {frame} out of 'From Trimap input at'."
            )
        if not (trimap == FOREGROUND).any():
            raise TrimapError(f"the Trimap input has no foreground (1) at frame {frame}; fill the inside of the shape.")
        if not (trimap == UNKNOWN).any() and request.params.band_width == 0:
            raise TrimapError(
                f"the Trimap input has no unknown region at frame {frame}; raise Band width, or feather the shape."
            )
        trimap.flags.writeable = False
        return trimap
