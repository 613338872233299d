"""Keyframes that live in the project: PNGs as JSON text in the parameter that otherwise names their folder.

The text begins with ``{``; hosts that cut or bend other texts leave this one alone.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from functools import lru_cache
from io import BytesIO
from typing import Final

import numpy as np
from PIL import Image, UnidentifiedImageError

from ..core.errors import TrimapError
from ..core.media import encode_image
from ..core.trimap import BACKGROUND, FOREGROUND, UNKNOWN, check_trimap
from .errors import ParameterError

FORMAT: Final = "trimatte keyframes"
VERSION: Final = 1

_REPAIR: Final = "undo the last change of Keyframes, or clear it and add the keyframes again"


def is_embedded(text: str) -> bool:
    """Tell whether ``text`` holds keyframes, and does not name a folder."""
    return text.lstrip().startswith("{")


@lru_cache(maxsize=8)
def read_embedded(text: str, *, may_lack_unknown: bool = False) -> Mapping[int, np.ndarray]:
    """Return frame number -> trimap (H, W) uint8 of 0, 128, 255, ascending; the same text gives the same arrays.

    Raises:
        ParameterError: the text is no JSON, not ours, or of a newer version.
        TrimapError: one of the pictures is no trimap.
    """
    return {
        frame: _decode(frame, picture, needs_unknown=not may_lack_unknown)
        for frame, picture in sorted(_pictures(text).items())
    }


def embedded_frames(text: str) -> list[int]:
    """Return the frames of ``text``, ascending, without looking at the pictures.

    Raises:
        ParameterError: as :func:`read_embedded`.
    """
    return sorted(_pictures(text))


def with_keyframe(text: str, frame: int, trimap: np.ndarray) -> str:
    """Return ``text`` (empty: none yet) with ``trimap`` (H, W) uint8 as the keyframe of ``frame``.

    Raises:
        ParameterError: as :func:`read_embedded`.
    """
    picture = base64.b64encode(encode_image(trimap, "png")).decode()
    return _write({**(_pictures(text) if text else {}), frame: picture})


def without_keyframe(text: str, frame: int) -> str:
    """Return ``text`` without the keyframe of ``frame``; empty when it was the last one.

    Raises:
        ParameterError: as :func:`read_embedded`.
    """
    left = {other: picture for other, picture in _pictures(text).items() if other != frame}
    return _write(left) if left else ""


def _write(pictures: Mapping[int, str]) -> str:
    keyframes = {str(frame): pictures[frame] for frame in sorted(pictures)}
    return json.dumps({"format": FORMAT, "version": VERSION, "keyframes": keyframes}, separators=(",", ":"))


@lru_cache(maxsize=8)
def _pictures(text: str) -> Mapping[int, str]:
    """Return frame number -> PNG in base64."""
    try:
        page = json.loads(text)
    except ValueError as error:
        raise ParameterError(f"Keyframes holds text that is cut or damaged ({error}); {_REPAIR}.") from error
    if not isinstance(page, dict) or page.get("format") != FORMAT:
        raise ParameterError(f"Keyframes holds JSON that is not of Trimatte; name a folder there, or {_REPAIR}.")
    version = page.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise ParameterError(
            f"Keyframes was written by a newer Trimatte (version {version}, this one reads {VERSION}); "
            "install that one, or name a folder."
        )
    try:
        return {int(frame): str(picture) for frame, picture in page["keyframes"].items()}
    except (KeyError, AttributeError, ValueError) as error:
        raise ParameterError(f"Keyframes holds no list of keyframes ({error!r}); {_REPAIR}.") from error


def _check_levels(levels: np.ndarray) -> np.ndarray:
    """Return ``levels``, which may lack a region."""
    if not np.isin(levels, (BACKGROUND, UNKNOWN, FOREGROUND)).all():
        check_trimap(levels)  # says which levels are wrong
    return levels.copy()


def _decode(frame: int, picture: str, *, needs_unknown: bool) -> np.ndarray:
    """Return the trimap in a PNG as base64; read-only."""
    try:
        with Image.open(BytesIO(base64.b64decode(picture, validate=True)), formats=["PNG"]) as image:
            image.load()
            levels = np.asarray(image.convert("L"))
    except (binascii.Error, UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise TrimapError(f"the embedded keyframe {frame} is damaged ({error}); {_REPAIR}.") from error
    try:
        trimap = check_trimap(levels) if needs_unknown else _check_levels(levels)
    except TrimapError as error:
        raise TrimapError(f"keyframe {frame}: {error}") from error
    trimap.flags.writeable = False
    return trimap
