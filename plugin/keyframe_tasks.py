"""What the user does to keyframes from the host: previous, next, add, delete, from the Trimap input."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from . import _bridge
from .embedded_keyframes import with_keyframe, without_keyframe
from .errors import ParameterError
from .keyframe_sources import painted_frames
from .keyframes import find_keyframes, write_keyframe
from .trimap_frames import write_frames

if TYPE_CHECKING:
    from .params import Params

FindTrimap = Callable[[], np.ndarray]
"""Gives a trimap (H, W) uint8 when it is wanted: finding one may need the networks."""


def go_to_keyframe(channel: _bridge.Channel, params: Params, now: int, *, forward: bool) -> str:
    """Let the host show the keyframe after or before frame ``now``; returns what to tell the user.

    Raises:
        ParameterError: the keyframes cannot be read.
    """
    frames = sorted({*painted_frames(params, may_be_none=True), *params.trimap_frames})
    beyond = [frame for frame in frames if frame > now] if forward else [frame for frame in frames if frame < now][::-1]
    if not beyond:
        return f"There is no keyframe {'after' if forward else 'before'} this frame."
    channel.go_to(float(beyond[0] - params.frame_offset))
    return f"Keyframe of frame {beyond[0]}."


def add_keyframe(channel: _bridge.Channel, params: Params, now: int, find_trimap: FindTrimap) -> str:
    """Make the trimap of frame ``now`` a keyframe: a file in the folder, or part of the project without a folder.

    Raises:
        TrimatteError: the keyframes cannot be read, the trimap not found, the file not written.
    """
    if now in painted_frames(params, may_be_none=True) or now in params.trimap_frames:
        return f"Frame {now} is a keyframe already."
    if params.keyframes is not None:
        return (
            f"Keyframe {write_keyframe(params.keyframes, now, find_trimap()).name} was added; correct it and save it."
        )
    channel.set_text(_bridge.Parameter.KEYFRAMES, with_keyframe(params.embedded, now, find_trimap()))
    return f"Keyframe {now} was added to the project."


def delete_keyframe(channel: _bridge.Channel, params: Params, now: int) -> str:
    """Take the keyframe of frame ``now`` away.

    Raises:
        ParameterError: the keyframes cannot be read, or the file not renamed.
    """
    if now in params.trimap_frames:
        left = tuple(frame for frame in params.trimap_frames if frame != now)
        channel.set_text(_bridge.Parameter.TRIMAP_FRAMES, write_frames(left))
        return f"Frame {now} is no keyframe any more; the Trimap input is not read there."
    if now not in painted_frames(params, may_be_none=True):
        return f"Frame {now} is no keyframe."
    if params.keyframes is None:
        channel.set_text(_bridge.Parameter.KEYFRAMES, without_keyframe(params.embedded, now))
        return f"Frame {now} is no keyframe any more."
    file = find_keyframes(params.keyframes)[now]
    return f"Frame {now} is no keyframe any more; its file is kept as {_put_aside(file).name}."


def take_from_input(channel: _bridge.Channel, params: Params, now: int, read: FindTrimap) -> str:
    """Read the Trimap input as the keyframe of frame ``now`` from now on; ``read`` proves that there is a trimap.

    Raises:
        TrimatteError: the keyframes cannot be read, or the input holds no trimap there.
    """
    if now in painted_frames(params, may_be_none=True) or now in params.trimap_frames:
        return f"Frame {now} is a keyframe already."
    read()
    channel.set_text(_bridge.Parameter.TRIMAP_FRAMES, write_frames((*params.trimap_frames, now)))
    return f"The Trimap input is the keyframe of frame {now}."


def _put_aside(file: Path) -> Path:
    kept = file.with_name(f"{file.name}.deleted")
    try:
        return file.rename(kept)
    except OSError as error:
        raise ParameterError(f"{file.name} cannot be taken away ({error.strerror}).") from error
