"""The host's clip as a source of plates: fetched through the channel of whichever request is being solved."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

import numpy as np

from ..core.errors import CancelledError, MediaError
from . import _bridge
from .colour import to_display

if TYPE_CHECKING:
    from .request import RenderRequest

Pause = Callable[[], AbstractContextManager[None]]
"""Makes a context that surrounds a wait for the host."""


class SourceChangedError(Exception):
    """A plate is not the one that results were made from; they have to go."""

    def __init__(self, frame: int) -> None:
        super().__init__(f"plate {frame} has changed")
        self.frame = frame


class HostClip:
    """A :class:`~trimatte.core.sessions.FrameSource` behind the effect; y down, sRGB 0..1.

    Frames are numbered as the keyframe files are. Each plate's fingerprint is remembered: a plate that comes
    back with another one means that the source changed upstream.
    """

    def __init__(self, request: RenderRequest, identity: str, known: Fingerprints) -> None:
        self.first = request.first
        self.last = request.last
        self.width, self.height = request.size
        self.identity = identity
        self._known = known
        self._offset = request.params.frame_offset
        self._space = request.params.colour
        self._at_hand = threading.local()

    @contextmanager
    def served_by(self, channel: _bridge.Channel, request: RenderRequest, pause: Pause) -> Iterator[None]:
        """Fetch plates of this thread through ``channel``; ``pause`` surrounds every wait for the host.

        Raises:
            SourceChangedError: the plate of the request is not the one results were made from.
        """
        self._known.check(request.frame, channel.fingerprint(request.source))
        self._at_hand.value = (channel, request, pause)
        try:
            yield
        finally:
            del self._at_hand.value

    def read(self, frame: int) -> np.ndarray:
        """Return plate ``frame``, (H, W, 3) float32 sRGB in 0..1.

        Raises:
            MediaError: the host has no such plate, or one of another size.
            SourceChangedError: the plate is not the one seen before.
            CancelledError: the host no longer wants the frame.
        """
        channel, request, pause = self._at_hand.value
        if frame == request.frame:
            return to_display(channel.view(request.source), self._space)
        if not request.has_temporal_access:
            raise MediaError(
                f"this host shows an effect one frame at a time, but frame {frame} is needed to solve frame "
                f"{request.frame}; set Source file to the file that the clip shows.",
                frame=frame,
            )
        image = self._fetch(channel, frame, pause)
        self._known.check(frame, channel.fingerprint(image))
        return to_display(channel.view(image), self._space)

    def check(self, frame: int) -> None:
        """Look at plate ``frame`` only to notice a change of the source; needs :meth:`served_by`.

        Raises:
            SourceChangedError: it has changed.
        """
        channel, request, pause = self._at_hand.value
        if frame != request.frame and request.has_temporal_access:
            self._known.check(frame, channel.fingerprint(self._fetch(channel, frame, pause)))

    def _fetch(self, channel: _bridge.Channel, frame: int, pause: Pause) -> _bridge.Image:
        """Return plate ``frame`` in shared memory."""
        try:
            with pause():
                image = channel.fetch(float(frame - self._offset))
        except _bridge.FrameMissingError as error:
            raise MediaError(
                f"frame {frame} of the source is needed, but {error}; extend the source or move the keyframe.",
                frame=frame,
            ) from error
        except _bridge.FetchCancelledError as error:
            raise CancelledError(str(error)) from error
        x1, y1, x2, y2 = image.bounds
        if (x2 - x1, y2 - y1) != (self.width, self.height):
            raise MediaError(
                f"frame {frame} is {x2 - x1}x{y2 - y1}, the clip is {self.width}x{self.height}; "
                "bring all frames of the source to one size.",
                frame=frame,
            )
        return image


class Fingerprints:
    """What plates looked like, by frame; ``load`` and ``keep`` may reach a memory that outlives the process."""

    def __init__(
        self,
        load: Callable[[int], int | None] = lambda frame: None,
        keep: Callable[[int, int], None] = lambda frame, fingerprint: None,
    ) -> None:
        self._seen: dict[int, int] = {}
        self._load = load
        self._keep = keep

    def check(self, frame: int, fingerprint: int) -> None:
        """Compare with what was seen before, and remember.

        Raises:
            SourceChangedError: the plate has changed.
        """
        known = self._seen.get(frame)
        if known is None:
            known = self._load(frame)
        if known is None:
            self._keep(frame, fingerprint)
        elif known != fingerprint:
            raise SourceChangedError(frame)
        self._seen[frame] = fingerprint
