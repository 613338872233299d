"""What a run trains on, in a few words and one digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

__all__ = ["data_manifest", "digest_of"]


class _Named(Protocol):
    @property
    def names(self) -> Sequence[str]: ...

    def num_frames(self, clip: int) -> int: ...


def data_manifest(sources: Mapping[str, _Named | None]) -> dict[str, Any]:
    """Return clips, frames and a digest of names and lengths per source; one that is ``None`` is left out.

    The digest tells whether two runs read the same list of clips; it does not read the frames.
    """
    described: dict[str, Any] = {}
    for title, source in sources.items():
        if source is None:
            continue
        lengths = [source.num_frames(clip) for clip in range(len(source.names))]
        listing = "\n".join(f"{name} {length}" for name, length in zip(source.names, lengths, strict=True))
        described[title] = {
            "clips": len(lengths),
            "frames": sum(lengths),
            "digest": hashlib.sha256(listing.encode()).hexdigest(),
        }
    return described


def digest_of(manifest: Mapping[str, Any]) -> str:
    """Return one digest of all sources of a manifest."""
    joined = "".join(f"{title}:{part['digest']};" for title, part in sorted(manifest.items()))
    return hashlib.sha256(joined.encode()).hexdigest()
