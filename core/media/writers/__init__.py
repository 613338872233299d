"""Frames out: numbered images and movies."""

from .audio import audio_refusal
from .background import BackgroundWriter
from .formats import FORMATS, OutputFormat, check_rate, check_size, find_format
from .movie_writer import MovieWriter
from .sequence_writer import SequenceWriter
from .writer import AlphaMode, FrameWriter

__all__ = [
    "FORMATS",
    "AlphaMode",
    "BackgroundWriter",
    "FrameWriter",
    "MovieWriter",
    "OutputFormat",
    "SequenceWriter",
    "audio_refusal",
    "check_rate",
    "check_size",
    "find_format",
]
