"""An OpenFX host without a window: any plug-in, from Python.

It imports no other room: it meets every effect, ours too, at the OpenFX ABI.
"""

from .bundles import BundleProblem
from .chain import Chain
from .effect import Effect
from .errors import BundleNotFoundError, HostError, PluginCrashedError, PluginRefusedError, RenderAbortedError
from .frames import FrameReader, Frames
from .host import Host, PluginTable
from .overlay import Drawing, Overlay
from .params import Param, Params
from .plugin import Plugin
from .profile import HostProfile
from .records import ClipForm, ClipPreferences, Message
from .survey import Trial, survey

__all__ = [
    "BundleNotFoundError",
    "BundleProblem",
    "Chain",
    "ClipForm",
    "ClipPreferences",
    "Drawing",
    "Effect",
    "FrameReader",
    "Frames",
    "Host",
    "HostError",
    "HostProfile",
    "Message",
    "Overlay",
    "Param",
    "Params",
    "Plugin",
    "PluginCrashedError",
    "PluginRefusedError",
    "PluginTable",
    "RenderAbortedError",
    "Trial",
    "survey",
]
