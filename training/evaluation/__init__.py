"""Mattes against true alpha: whose are better, where and by how much, as tables and as a page."""

from .report import write_report
from .results import ClipReport, MethodResult, ReportOptions, score_folder
from .sources import clip_folders, find_mattes
from .table import Ratios, ratios_to, write_tables

__all__ = [
    "ClipReport",
    "MethodResult",
    "Ratios",
    "ReportOptions",
    "clip_folders",
    "find_mattes",
    "ratios_to",
    "score_folder",
    "write_report",
    "write_tables",
]
