"""The user's trimaps: found, checked against the clip, laid out as the effect reads them."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ...core.errors import TrimapError
from ...core.media import Clip, encode_image
from ...core.trimap import read_levels, read_trimap
from ...plugin.keyframes import find_keyframes, fit_trimap

_AT_FRAME = re.compile(r"(.+)@(\d+)$")


def read_keyframes(
    trimaps: tuple[str, ...],
    folder: Path | None,
    clip: Clip,
    *,
    may_be_none: bool = False,
    may_lack_unknown: bool = False,
) -> dict[int, np.ndarray]:
    """Return frame -> trimap (H, W) uint8 in {0, 128, 255}, by rising frame.

    Raises:
        TrimapError: none given unless that ``may_be_none``; a frame outside the clip or given twice; a picture that
            is no trimap of this clip.
        ParameterError: the folder cannot serve.
    """
    found: dict[int, Path] = {}
    in_folder = [] if folder is None else list(find_keyframes(folder, may_be_none=may_be_none).items())
    for frame, path in [_parse(text, clip.first) for text in trimaps] + in_folder:
        if not clip.first <= frame <= clip.last_readable:
            raise TrimapError(
                f"{path}: is the keyframe of frame {frame}, the clip has frames {clip.first}-{clip.last_readable}; "
                "give a frame of the clip (PNG@FRAME).",
                path=path,
            )
        if frame in found:
            raise TrimapError(f"{path}: frame {frame} has a trimap already ({found[frame]}); leave one out.", path=path)
        found[frame] = path
    if not found and not may_be_none:
        raise TrimapError("no trimap is given; paint one on a frame and pass --trimap PNG[@FRAME] or --keyframes DIR.")
    size = (clip.width, clip.height)
    if may_lack_unknown:
        return {
            frame: fit_trimap(read_levels(found[frame]), size, (1, 1), str(found[frame])) for frame in sorted(found)
        }
    return {frame: read_trimap(found[frame], size) for frame in sorted(found)}


def write_keyframes(keyframes: Mapping[int, np.ndarray], folder: Path) -> None:
    """Write ``trimap.<frame>.png`` for the effect into ``folder``."""
    for frame, trimap in keyframes.items():
        (folder / f"trimap.{frame:04d}.png").write_bytes(encode_image(trimap, "png"))


def digest_keyframes(keyframes: Mapping[int, np.ndarray]) -> dict[str, str]:
    """Return frame -> SHA-256 of its trimap, for comparing settings."""
    return {str(frame): hashlib.sha256(trimap.tobytes()).hexdigest() for frame, trimap in keyframes.items()}


def _parse(text: str, first: int) -> tuple[int, Path]:
    match = _AT_FRAME.match(text)
    if match is not None and not Path(text).exists():
        return int(match[2]), Path(match[1])
    return first, Path(text)
