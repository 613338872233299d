"""Sessions: the networks run over a clip, with keyframes, spans, states and a cache."""

from .allocator import tune_allocator
from .cache import CacheStats, FrameCache, default_cache_folder
from .engine import SessionModels
from .frame_source import FrameSource
from .options import SessionOptions, SessionOptionsError
from .review import ReviewItem
from .session import FrameResult, MattingSession

__all__ = [
    "CacheStats",
    "FrameCache",
    "FrameResult",
    "FrameSource",
    "MattingSession",
    "ReviewItem",
    "SessionModels",
    "SessionOptions",
    "SessionOptionsError",
    "default_cache_folder",
    "tune_allocator",
]
