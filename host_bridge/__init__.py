"""An OpenFX host without a window: any plug-in, from Python.

It imports no other room: it meets every effect, ours too, at the OpenFX ABI.
"""

from .bundles import BundleProblem
from .effect import ClipForm, ClipPreferences, Effect, Message
from .errors import BundleNotFoundError, HostError, PluginRefusedError, RenderAbortedError
from .frames import FrameReader, Frames
from .host import Host, PluginTable
from .params import Param, Params
from .plugin import Plugin
from .profile import HostProfile

__all__ = [
    "BundleNotFoundError",
    "BundleProblem",
    "ClipForm",
    "ClipPreferences",
    "Effect",
    "FrameReader",
    "Frames",
    "Host",
    "HostError",
    "HostProfile",
    "Message",
    "Param",
    "Params",
    "Plugin",
    "PluginRefusedError",
    "PluginTable",
    "RenderAbortedError",
]
