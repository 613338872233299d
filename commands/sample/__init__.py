"""The sample clip of ``trimatte demo``: drawn here, with true alpha, so that nothing has to be downloaded."""

from .clip import SAMPLE_FRAMES, SAMPLE_SIZE, SampleFrame, draw_frame

__all__ = ["SAMPLE_FRAMES", "SAMPLE_SIZE", "SampleFrame", "draw_frame"]
