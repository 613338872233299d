"""Follow what a user painted from frame to frame by optical flow, without weights."""

from .follow import Keyed, Trail, follow, start
from .optical_flow import OpticalFlow

__all__ = ["Keyed", "OpticalFlow", "Trail", "follow", "start"]
