"""The host: finds bundles and offers the effects in them."""

import os
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from html import escape
from pathlib import Path
from typing import Final

from . import _host
from .bundles import Bundle, BundleProblem, default_search_paths, find_bundles
from .errors import BundleNotFoundError, HostError
from .isolation import IsolatedBinary, IsolatedPlugin
from .plugin import Plugin
from .profile import HostProfile

_API: Final = "OfxImageEffectPluginAPI"


class PluginTable(Sequence[Plugin]):
    """Effects, sorted by identifier; of each the newest version. Prints as a table."""

    def __init__(self, plugins: Sequence[Plugin], search_paths: Sequence[Path]) -> None:
        self._search_paths = search_paths
        self.every_version: list[Plugin] = sorted(plugins, key=lambda plugin: (plugin.identifier, plugin.version))
        """All versions of all effects."""
        newest = {plugin.identifier: plugin for plugin in self.every_version}
        self._plugins = list(newest.values())

    def __getitem__(self, key: str | int | slice) -> Plugin:  # type: ignore[override]
        """Return an effect by its identifier, or by its place in the table.

        Raises:
            BundleNotFoundError: no bundle offers it.
        """
        if not isinstance(key, str):
            return self._plugins[key]  # type: ignore[return-value]
        for plugin in self._plugins:
            if plugin.identifier == key:
                return plugin
        where = ", ".join(map(str, self._search_paths)) or "no folder"
        like = get_close_matches(key, [plugin.identifier for plugin in self._plugins], n=3)
        hint = f"; there is {' and '.join(like)}" if like else ""
        raise BundleNotFoundError(f"no bundle offers {key}; looked in {where} and found {len(self)} effects{hint}")

    def __contains__(self, key: object) -> bool:
        return key in self._plugins or any(plugin.identifier == key for plugin in self._plugins)

    def __iter__(self) -> Iterator[Plugin]:
        return iter(self._plugins)

    def __len__(self) -> int:
        return len(self._plugins)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        """Return the table for notebooks."""
        head, *body = self._rows()
        lines = ["<tr>" + "".join(f"<th>{escape(cell)}</th>" for cell in head) + "</tr>"]
        lines += ["<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in body]
        return f"<table>{''.join(lines)}</table>"

    def _rows(self) -> list[tuple[str, ...]]:
        return [("identifier", "version", "label", "contexts", "bundle"), *map(_row, self._plugins)]

    def __str__(self) -> str:
        rows = self._rows()
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        return "\n".join(lines)


class Host:
    """An OpenFX host without a window.

    >>> host = Host()
    >>> effect = host.plugins()["org.trimatte.Trimatte"].create("filter")
    """

    def __init__(
        self,
        search_paths: Sequence[str | os.PathLike[str]] | None = None,
        *,
        profile: HostProfile | None = None,
        isolate: bool = False,
        timeout: float | None = 120.0,
    ) -> None:
        """Prepare a host; nothing is opened yet.

        Args:
            search_paths: folders that hold bundles; without it those of ``OFX_PLUGIN_PATH`` and ``/usr/OFX/Plugins``.
            profile: what the host says of itself.
            isolate: give each bundle a process of its own: an effect that crashes, exits or hangs raises a
                :class:`PluginCrashedError`, its bundle's other instances are lost, and a new process takes over. Calls
                into one bundle take turns.
            timeout: with ``isolate``, seconds for which an effect may neither answer nor ask; None waits for ever.
        """
        self.search_paths = default_search_paths() if search_paths is None else [Path(path) for path in search_paths]
        """Where bundles are looked for."""
        self.errors: list[BundleProblem] = []
        """What the last search skipped, one line each."""
        self._profile, self._isolate, self._timeout = profile or HostProfile(), isolate, timeout
        self._native = _host.Host(self._profile.to_native())
        self._table: PluginTable | None = None

    def plugins(self) -> PluginTable:
        """Return the effects on the search path; the first call looks for them."""
        if self._table is None:
            bundles, self.errors = find_bundles(self.search_paths)
            plugins: dict[tuple[str, tuple[int, int]], Plugin] = {}
            for bundle in bundles:
                for plugin in self._open(bundle):
                    plugins.setdefault((plugin.identifier, plugin.version), plugin)  # the first one found wins
            self._table = PluginTable(list(plugins.values()), self.search_paths)
        return self._table

    def rescan(self) -> PluginTable:
        """Look for bundles again."""
        self._table = None
        return self.plugins()

    def _open(self, bundle: Bundle) -> Iterator[Plugin]:
        try:
            natives = self._read(bundle)
        except HostError as error:
            self.errors.append(BundleProblem(bundle.path, str(error)))
            return
        for native in natives:
            if native.api != _API or native.api_version != 1:
                reason = f"effect {native.identifier} speaks {native.api} {native.api_version}, not {_API} 1"
                self.errors.append(BundleProblem(bundle.path, reason))
                continue
            yield Plugin(native, bundle.path)

    def _read(self, bundle: Bundle) -> list[_host.Plugin | IsolatedPlugin]:
        """Open a bundle, in this process or in one of its own, and return its effects."""
        if self._isolate:
            isolated = IsolatedBinary(bundle.library, self._profile, self._timeout)
            return [IsolatedPlugin(isolated, index, str(bundle.path)) for index in range(len(isolated))]
        binary = _host.Binary(str(bundle.library))
        return [_host.Plugin(binary, index, self._native, str(bundle.path)) for index in range(len(binary))]


def _row(plugin: Plugin) -> tuple[str, str, str, str, str]:
    version = f"{plugin.version[0]}.{plugin.version[1]}"
    try:
        return plugin.identifier, version, plugin.label, ", ".join(plugin.contexts), str(plugin.bundle)
    except HostError as error:
        return plugin.identifier, version, f"({error})", "", str(plugin.bundle)
