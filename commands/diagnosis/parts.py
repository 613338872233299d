"""Bundle, OpenFX path, weights and cache of this installation."""

import os

from ...core.sessions import FrameCache, default_cache_folder
from ...core.weights import default_weights, load_default_models
from ...host_bridge import Host
from ...plugin import bundle_path
from ..rendering.effect_runner import IDENTIFIER
from .check import Check, State


def check_bundle() -> list[Check]:
    """Return whether the bundle is there and an OpenFX host can describe it."""
    bundle = bundle_path()
    host = Host([bundle.parent])
    if IDENTIFIER not in [plugin.identifier for plugin in host.plugins()]:
        problems = "; ".join(str(error) for error in host.errors) or "no reason given"
        return [Check("bundle", "effect", State.BROKEN, f"{bundle} cannot be loaded: {problems}")]
    return [Check("bundle", "effect", State.OK, str(bundle))]


def check_search_path() -> list[Check]:
    """Return whether editors find the effect where they look."""
    path = os.environ.get("OFX_PLUGIN_PATH", "")
    where = f"OFX_PLUGIN_PATH={path or '(not set)'}, /usr/OFX/Plugins"
    host = Host()
    if IDENTIFIER in [plugin.identifier for plugin in host.plugins()]:
        return [Check("search path", "OpenFX path", State.OK, f"editors find the effect ({where})")]
    return [Check("search path", "OpenFX path", State.NOTE, f"editors do not find it in {where}; run install-plugin")]


def check_weights() -> list[Check]:
    """Return where the weights are, and whether they load."""
    info = default_weights()
    load_default_models("cpu")
    record = ", ".join(f"{key} {value}" for key, value in info.record.items() if isinstance(value, str | int | float))
    return [
        Check("weights", "file", State.OK, f"{info.path}, sha256 {info.sha256[:16]}"),
        Check("weights", "record", State.OK if info.record else State.NOTE, record or "none beside the file"),
    ]


def check_cache() -> list[Check]:
    """Return the folder and size of the cache of solved frames."""
    folder = default_cache_folder()
    stats = FrameCache(folder).stats()
    detail = f"{folder}, {stats.entries} entries, {stats.num_bytes >> 20} of {stats.limit_bytes >> 20} MiB"
    return [Check("cache", "solved frames", State.OK, detail)]
