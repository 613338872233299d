"""Hosts that effects meet, as profiles of ours: what they offer, as far as it is known; see ``docs/hosts``."""

from typing import Final

from .profile import HostProfile

_LATER_SUITES: Final = ("OfxDrawSuite", "OfxOpenCLProgramSuite", "OfxDialogSuite")
_STRING_CHOICES: Final = ("OfxParamHostPropSupportsStrChoice", "OfxParamHostPropSupportsStrChoiceAnimation")
_LATER_TYPES: Final = ("OfxParamTypeStrChoice", "OfxParamTypeBytes")

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
    hidden_suites=(*_LATER_SUITES, "OfxImageEffectOpenGLRenderSuite"),
    hidden_instance_properties=(
        "OfxImageEffectPropProjectSize",
        "OfxImageEffectPropProjectExtent",
        "OfxImageEffectPropFrameRate",
        "OfxImageEffectInstancePropEffectDuration",
        "OfxPluginPropFilePath",
        "OfxPropType",
    ),
    hidden_clip_properties=("OfxImageEffectPropFrameRate", "OfxImageEffectPropFrameRange"),
    host_properties={"OfxImageEffectInstancePropSequentialRender": (0,)},
    hidden_param_types=("OfxParamTypeParametric",),
    image_properties={"OfxImagePropField": ("OfxFieldBoth",)},
    output_premultiplication="straight",
    time_line=False,
    aborts=False,
    planes=False,
    ghost_clips=True,
    param_keys=False,
    forgiving=True,
    render_sets_params=True,
    render_status=False,
    hidden_actions=(
        "OfxImageEffectActionGetFramesNeeded",
        "OfxImageEffectActionIsIdentity",
        "OfxActionBeginInstanceChanged",
        "OfxActionInstanceChanged",
        "OfxActionEndInstanceChanged",
        "OfxActionPurgeCaches",
        "OfxActionSyncPrivateData",
    ),
)
"""MLT 7.41, measured: ``melt``, Shotcut, Kdenlive. Any time asked for gives the frame that is being rendered."""

NATRON: Final = HostProfile(
    name="fr.inria.Natron",
    label="Natron",
    version=(2, 5, 0),
    api_version=(1, 4),
    contexts=("generator", "filter", "general", "transition"),
    depths=("byte", "short", "float"),
    overlays=True,
    hidden_properties=_STRING_CHOICES,
    hidden_suites=_LATER_SUITES,
    hidden_param_types=_LATER_TYPES,
)
"""Natron 2.5, measured. It copies an instance that is busy, and renders each frame as a sequence of its own."""

NUKE: Final = HostProfile(
    name="uk.co.thefoundry.nuke",
    label="Nuke",
    version=(10, 0, 0),
    api_version=(1, 2),
    contexts=("filter", "general"),
    depths=("float",),
    components=("rgba", "alpha"),
    background=False,
    overlays=True,
    hidden_properties=_STRING_CHOICES,
    hidden_suites=_LATER_SUITES,
    hidden_param_types=_LATER_TYPES,
)
"""Nuke 10, reported. Everything is float; what is described as secret never shows."""

RESOLVE: Final = HostProfile(
    name="DaVinciResolve",
    label="DaVinci Resolve",
    version=(16, 0, 0),
    api_version=(1, 4),
    contexts=("filter", "general", "transition", "generator"),
    depths=("byte", "short", "float"),
    components=("rgba", "alpha"),
    tiles=False,
    multi_resolution=False,
    background=False,
    overlays=True,
    hidden_properties=_STRING_CHOICES,
    hidden_suites=_LATER_SUITES,
    hidden_param_types=(*_LATER_TYPES, "OfxParamTypeInteger2D", "OfxParamTypeInteger3D"),
    persistent_messages=False,
    unwired_black=True,
    planes=False,
)
"""DaVinci Resolve 12.5 to 16, reported. Clips that nobody wired are black; version 2 of its messages has holes."""

FUSION: Final = HostProfile(
    name="com.blackmagicdesign.Fusion",
    label="Fusion",
    version=(9, 0, 0),
    api_version=(1, 0),
    contexts=("general", "retimer", "transition", "filter", "generator"),
    depths=("byte", "short", "float"),
    components=("rgba",),
    tiles=False,
    background=False,
    overlays=True,
    hidden_properties=(
        "OfxPropAPIVersion",
        "OfxImageEffectInstancePropSequentialRender",
        *_STRING_CHOICES,
    ),
    hidden_suites=_LATER_SUITES,
    hidden_param_types=_LATER_TYPES,
    host_properties={"OfxImageEffectHostPropNativeOrigin": ("kOfxImageEffectHostPropNativeOriginTopLeft",)},
    image_properties={"OfxImageEffectPropRenderScale": (1.0, 1.0)},
    planes=False,
)
"""Fusion 9, reported. What images say of their scale need not be true."""

VEGAS: Final = HostProfile(
    name="com.sonycreativesoftware.vegas",
    label="Vegas",
    version=(12, 0, 0),
    api_version=(1, 1),
    contexts=("filter", "general", "generator", "transition", "retimer", "paint"),
    depths=("byte", "float"),
    components=("rgba", "alpha"),
    tiles=False,
    multi_resolution=False,
    background=False,
    hidden_properties=_STRING_CHOICES,
    hidden_suites=_LATER_SUITES,
    hidden_param_types=_LATER_TYPES,
    host_properties={"OfxParamHostPropMaxParameters": (1000,)},
    image_properties={
        "OfxImageEffectPropPixelOrder": ("OfxImagePixelOrderRGBA",),
        "OfxImageEffectPropRenderScale": (1.0, 1.0),
    },
    planes=False,
)
"""Vegas 12, reported. No overlays; images carry the order of their channels, and a scale that need not be true."""

KNOWN_HOSTS: Final = {"mlt": MLT, "natron": NATRON, "nuke": NUKE, "resolve": RESOLVE, "fusion": FUSION, "vegas": VEGAS}
"""All of them, by the name of their page in ``docs/hosts``."""
