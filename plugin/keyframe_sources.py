"""All keyframes of a request: files of the folder, pictures in the project, the host's roto."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from .band import BandWidener
from .embedded_keyframes import embedded_frames, read_embedded
from .errors import ParameterError
from .keyframes import KeyframeReader, find_keyframes, fit_trimap
from .params import Params
from .request import RenderRequest
from .trimap_input import TrimapInput

if TYPE_CHECKING:
    from . import _bridge


def painted_frames(params: Params, *, may_be_none: bool = False) -> list[int]:
    """Return the frames that have a painted keyframe, ascending; those of the Trimap input are not among them.

    Raises:
        ParameterError: the folder or the text cannot serve.
    """
    if params.embedded:
        return embedded_frames(params.embedded)
    if params.keyframes is None:
        return []
    return list(find_keyframes(params.keyframes, may_be_none=may_be_none))


class KeyframeSources:
    """Reads keyframes wherever they are and keeps what did not change; safe from any thread."""

    def __init__(self) -> None:
        self._folder = KeyframeReader()
        self._input = TrimapInput()
        self._band = BandWidener()

    def read(self, channel: _bridge.Channel, request: RenderRequest) -> dict[int, np.ndarray]:
        """Return frame -> trimap (H, W) uint8 at the size of the plate; only a model that needs none may have none.

        Raises:
            ParameterError: there is none, or two for one frame, or a parameter cannot serve.
            TrimapError: one of them is no trimap.
            CancelledError: the host no longer wants the frame.
        """
        params = request.params
        needs_none = params.model == "rvm"
        painted = self._painted(request, may_be_none=needs_none or bool(params.trimap_frames))
        both = sorted(painted.keys() & set(params.trimap_frames))
        if both:
            raise ParameterError(
                f"frame {both[0]} has a painted keyframe and is listed in 'From Trimap input at'; leave one of them."
            )
        found = {**painted, **{frame: self._input.read(channel, request, frame) for frame in params.trimap_frames}}
        if not found and not needs_none:
            raise ParameterError("there is no keyframe; set Keyframes to the folder with the painted trimaps.")
        width = round(params.band_width * min(request.scale)) if min(request.scale) > 0 else params.band_width
        return {frame: self._band.widen(found[frame], width) for frame in sorted(found)}

    def read_input(self, channel: _bridge.Channel, request: RenderRequest, frame: int) -> np.ndarray:
        """Return the trimap that the Trimap input has at ``frame``; see :meth:`TrimapInput.read`."""
        return self._input.read(channel, request, frame)

    def _painted(self, request: RenderRequest, *, may_be_none: bool) -> Mapping[int, np.ndarray]:
        params = request.params
        may_lack_unknown = params.band_width > 0
        if params.embedded:
            return {
                frame: fit_trimap(trimap, request.size, request.scale, f"keyframe {frame}")
                for frame, trimap in read_embedded(params.embedded, may_lack_unknown=may_lack_unknown).items()
            }
        if params.keyframes is None:
            return {}
        return self._folder.read(
            params.keyframes,
            request.size,
            request.scale,
            may_be_none=may_be_none,
            may_lack_unknown=may_lack_unknown,
        )
