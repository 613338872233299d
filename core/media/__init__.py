"""Clips in and out: movies and numbered images, frame by frame, with the numbers they have on disk."""

from .clip import Clip
from .image_file import encode_image, read_image
from .open import open_clip
from .writers import (
    FORMATS,
    AlphaMode,
    BackgroundWriter,
    FrameWriter,
    MovieWriter,
    OutputFormat,
    SequenceWriter,
    audio_refusal,
    check_rate,
    check_size,
    find_format,
)

__all__ = [
    "FORMATS",
    "AlphaMode",
    "BackgroundWriter",
    "Clip",
    "FrameWriter",
    "MovieWriter",
    "OutputFormat",
    "SequenceWriter",
    "audio_refusal",
    "check_rate",
    "check_size",
    "encode_image",
    "find_format",
    "open_clip",
    "read_image",
]
