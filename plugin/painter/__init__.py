"""The painter: a window in which trimaps are painted on keyframes, and their mattes seen, corrected and tracked."""

from .keep_none import keep_none

keep_none()
