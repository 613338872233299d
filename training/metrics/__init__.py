"""How good a matte is: errors against true alpha, per frame and over a clip."""

from .clip import ClipScores, score_clip
from .ftp_vm import ftp_vm_metrics

__all__ = ["ClipScores", "ftp_vm_metrics", "score_clip"]
