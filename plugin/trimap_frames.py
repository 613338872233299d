"""The parameters of the Trimap input: at which frames it is read, and what of it."""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

from .errors import ParameterError

_SEPARATORS: Final = re.compile(r"[\s,;]+")


class Channels(Enum):
    """What of the clip is the trimap; values are the labels of the choice."""

    AUTO = "Auto"
    """Alpha, or grey where alpha is the same everywhere."""
    ALPHA = "Alpha"
    COLOUR = "Colour"


def parse_frames(text: str) -> tuple[int, ...]:
    """Return the frames that the user lists, ascending, each once.

    Raises:
        ParameterError: ``text`` holds something else than whole numbers.
    """
    words = [word for word in _SEPARATORS.split(text.strip()) if word]
    try:
        return tuple(sorted({int(word) for word in words}))
    except ValueError as error:
        raise ParameterError(
            f"'From Trimap input at' is '{text}'; list frame numbers, such as 1001, 1024, 1060."
        ) from error


def write_frames(frames: tuple[int, ...]) -> str:
    """Return the text that lists ``frames``."""
    return ", ".join(map(str, sorted(frames)))
