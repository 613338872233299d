"""Earlier weights of a name: kept when new ones take it, and brought back."""

import contextlib
import json
import os
import re
import shutil

from ..errors import CheckpointError
from .store import StoredWeights, WeightsStore

__all__ = ["keep_version", "roll_back", "versions_of"]


def versions_of(store: WeightsStore, name: str) -> list[str]:
    """Return the earlier weights of ``name``, oldest first: ``name.1``, ``name.2``, …."""
    found = [match for match in _numbered(store, name) if _stands_for(store, match[0], name)]
    return [match[0] for match in sorted(found, key=lambda match: int(match[1]))]


def _numbered(store: WeightsStore, name: str) -> list[re.Match[str]]:
    pattern = re.compile(rf"{re.escape(name)}\.(\d+)")
    return [match for match in map(pattern.fullmatch, store.names()) if match]


def _stands_for(store: WeightsStore, version: str, name: str) -> bool:
    """Return whether ``version`` was ``name`` once; weights that a user called so himself were not."""
    try:
        return store.find(version).record.get("version_of") == name
    except CheckpointError:
        return False


def keep_version(store: WeightsStore, name: str) -> StoredWeights | None:
    """Keep what is called ``name`` now under the next number; ``None`` where nothing is.

    Raises:
        CheckpointError: the record is broken, or the store cannot be written.
    """
    if name not in store.names():
        return None
    taken = max((int(match[1]) for match in _numbered(store, name)), default=0)
    return _copied(store, name, f"{name}.{taken + 1}", version_of=name)


def roll_back(store: WeightsStore, name: str) -> StoredWeights:
    """Let go of what is called ``name`` and give the name back to the weights that had it before.

    Raises:
        CheckpointError: there are no earlier ones, or the store cannot be written.
    """
    versions = versions_of(store, name)
    if not versions:
        raise CheckpointError(
            f"nothing was called '{name}' before; 'trimatte weights list' shows what there is. "
            "The weights that come with Trimatte are called 'default'."
        )
    before = store.find(name).path if name in store.names() else None
    restored = _copied(store, versions[-1], name)
    kept = store.find(versions[-1]).path
    (store.folder / f"{versions[-1]}.json").unlink()
    for path in (kept, before):
        if path is not None and path != restored.path:
            with contextlib.suppress(OSError):
                path.unlink()
    return restored


def _copied(store: WeightsStore, old: str, new: str, *, version_of: str | None = None) -> StoredWeights:
    """Give the weights ``old`` the name ``new`` too; the record comes last, so ``new`` is always whole."""
    stored = store.find(old)
    path = store.checked_path(stored)
    target = store.folder / f"{new}{path.name.removeprefix(old)}"
    record = store.folder / f"{new}.json"
    temporary = store.folder / f".{new}.json.new"
    try:
        if target != path:
            target.unlink(missing_ok=True)
            try:
                os.link(path, target)
            except OSError:  # no links here, or on another volume
                shutil.copyfile(path, target)
        content = {**stored.record, "file": target.name, "version_of": version_of}
        temporary.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        temporary.replace(record)
    except OSError as error:
        raise CheckpointError(f"{target}: cannot be written ({error.strerror}).", path=target) from error
    return store.find(new)
