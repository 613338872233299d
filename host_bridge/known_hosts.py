"""Hosts that effects meet, as profiles of ours: what they offer, measured; see ``docs/hosts``."""

from typing import Final

from .profile import HostProfile

MLT: Final = HostProfile(
    name="MLT",
    label="MLT",
    version=(7, 41, 0),
    contexts=("filter",),
    components=("rgba", "rgb"),
    temporal_access=False,
    current_frame_only=True,
    tiles=False,
    multi_resolution=False,
    multiple_clip_depths=False,
    background=True,
    row_bytes="negative",
    hidden_properties=("OfxImageEffectPropSupportedContexts", "OfxPropType"),
    hidden_suites=("OfxDrawSuite", "OfxImageEffectOpenGLRenderSuite", "OfxOpenCLProgramSuite", "OfxDialogSuite"),
)
"""MLT 7.41: ``melt``, Shotcut, Kdenlive. Any time asked for gives the frame that is being rendered."""
