"""What is painted, without any window: trimaps of keyframes, strokes on them, undo, files."""

from .brush import Brush, paint_line
from .history import Change, History
from .journal import Journal
from .keyframe_document import KeyframeDocument, PaintedKeyframe, change_of, change_of_move
from .keyframe_saver import KeyframeSaver
from .patch import Patch
from .region import Region
from .shapes import flood_mask, paint_mask, polygon_mask

__all__ = [
    "Brush",
    "Change",
    "History",
    "Journal",
    "KeyframeDocument",
    "KeyframeSaver",
    "PaintedKeyframe",
    "Patch",
    "Region",
    "change_of",
    "change_of_move",
    "flood_mask",
    "paint_line",
    "paint_mask",
    "polygon_mask",
]
