"""How good a matte is: errors against true alpha, per frame and over a clip."""

from .clip import ClipScores, score_clip
from .deep_video_matting import DvmMetrics, dvm_metrics, messddt
from .dice import dice
from .ftp_vm import ftp_vm_metrics
from .robust_video_matting import rvm_foreground_metrics, rvm_metrics

__all__ = [
    "ClipScores",
    "DvmMetrics",
    "dice",
    "dvm_metrics",
    "ftp_vm_metrics",
    "messddt",
    "rvm_foreground_metrics",
    "rvm_metrics",
    "score_clip",
]
