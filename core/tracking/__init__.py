"""Follow what a user painted from frame to frame by optical flow, without weights."""

from .optical_flow import OpticalFlow
from .trail import Keyed, Trail, follow, start

__all__ = ["Keyed", "OpticalFlow", "Trail", "follow", "start"]
