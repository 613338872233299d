"""The windows of frames that DVM is tested on."""

from collections.abc import Sequence

from ..errors import OptionsError

__all__ = ["list_windows", "window_frames"]


def list_windows(lengths: Sequence[int], num_outputs: int, max_per_clip: int = -1) -> list[tuple[int, int]]:
    """Return (clip, first frame matted) of every call.

    The last window of a clip ends with the clip, so it may repeat frames of the one before.

    Args:
        lengths: frames of each clip.
        num_outputs: frames matted by one call.
        max_per_clip: keep only the first windows of each clip; -1 keeps all.

    Raises:
        OptionsError: a clip is shorter than one window.
    """
    windows: list[tuple[int, int]] = []
    for clip, length in enumerate(lengths):
        if length < num_outputs:
            raise OptionsError(f"clip {clip} has {length} frames, one call mattes {num_outputs}; lower --n_frames.")
        starts = [*range(0, length - num_outputs, num_outputs), length - num_outputs]
        windows += [(clip, start) for start in (starts if max_per_clip < 0 else starts[:max_per_clip])]
    return windows


def window_frames(start: int, num_outputs: int, shift: int) -> list[int]:
    """Return the frames that a call sees, oldest first; before the clip its first frame is repeated."""
    return [max(0, frame) for frame in range(start - shift, start + num_outputs)]
