"""Binaries and effects that live in a child; they look like those of the native module."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from .. import _host
from ..profile import HostProfile
from .process import ChildProcess, RemoteObject, RemoteSource


class IsolatedBinary:
    """A library in a process of its own, which is started anew after it crashed."""

    def __init__(self, library: Path, profile: HostProfile, timeout: float | None) -> None:
        """Open it.

        Raises:
            HostError: it cannot be opened.
            PluginCrashedError: it crashed while it was opened.
        """
        self._library, self._profile, self._timeout = library, profile, timeout
        self._lock = threading.Lock()
        self._process: ChildProcess | None = None
        self.process()

    def process(self) -> ChildProcess:
        """Return the process that runs now; a new one after a crash."""
        with self._lock:
            if self._process is None or not self._process.is_alive:
                process = ChildProcess(self._library.name, self._timeout)
                self.host = process.request("new", 0, "Host", self._profile)
                self.binary = process.request("new", 0, "Binary", str(self._library))
                self._process = process
            return self._process

    def __len__(self) -> int:
        return len(self.binary)


class IsolatedPlugin:
    """An effect of an :class:`IsolatedBinary`; loaded again where it has to be."""

    def __init__(self, binary: IsolatedBinary, index: int, bundle_path: str) -> None:
        self._binary, self._index, self._bundle_path = binary, index, bundle_path
        self._process: ChildProcess | None = None
        self._native: Any = None
        remote = self._remote()
        self.api, self.api_version, self.identifier = remote.api, remote.api_version, remote.identifier
        self.version_major, self.version_minor = remote.version_major, remote.version_minor

    @property
    def is_loaded(self) -> bool:
        """Whether its Load action ran, in the process that runs now."""
        return bool(self._remote().is_loaded)

    def load(self) -> None:
        """Run the Load action."""
        self._remote().load()

    def unload(self) -> None:
        """Run the Unload action."""
        self._remote().unload()

    def describe(self) -> _host.PropertySet:
        """Run the Describe action."""
        return cast(_host.PropertySet, self._remote().describe())

    def describe_in_context(self, context: str) -> _host.PropertySet:
        """Run the DescribeInContext action."""
        return cast(_host.PropertySet, self._remote().describe_in_context(context))

    def instance(self, context: str, depth: str, *callbacks: Callable[..., Any]) -> _host.EffectInstance:
        """Create an instance in the process that runs now."""
        remote = self._remote()
        assert self._process is not None
        made = self._process.request("new", 0, "EffectInstance", remote, context, depth, *callbacks)
        return cast(_host.EffectInstance, made)

    def _remote(self) -> Any:
        process = self._binary.process()
        if process is not self._process:
            binary, host = self._binary.binary, self._binary.host
            self._native = process.request("new", 0, "Plugin", binary, self._index, host, self._bundle_path)
            self._process = process
        return self._native


def new_instance(
    plugin: _host.Plugin | IsolatedPlugin, context: str, depth: str, *callbacks: Callable[..., Any]
) -> _host.EffectInstance:
    """Create an instance where its effect lives.

    Raises:
        PluginRefusedError: the effect refuses.
        PluginCrashedError: it crashed, in a process of its own.
    """
    if isinstance(plugin, IsolatedPlugin):
        return plugin.instance(context, depth, *callbacks)
    return _host.EffectInstance(plugin, context, depth, *callbacks)


def source_maker(instance: _host.EffectInstance) -> Callable[[Callable[..., Any]], _host.ClipSource]:
    """Return what makes a clip source that ``instance`` can be connected to."""
    if isinstance(instance, RemoteObject):
        return lambda read: cast(_host.ClipSource, RemoteSource(read))
    return _host.ClipSource


def new_interact(instance: _host.EffectInstance) -> _host.Interact:
    """Create the overlay of an instance where its effect lives.

    Raises:
        HostError: the effect has none, or the host offers none.
    """
    if isinstance(instance, RemoteObject):
        return cast(_host.Interact, instance.create("Interact"))
    return _host.Interact(instance)
