"""The sessions of one worker: one per instance and way of solving, the least recently used dropped first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import numpy as np

from ..core.sessions import FrameCache, MattingSession, SessionOptions
from ..core.sessions.device import choose_device
from ..core.weights import Models, default_weights, load_default_models
from .host_clip import Fingerprints, HostClip

if TYPE_CHECKING:
    from .request import RenderRequest

_CAPACITY: Final = 4
_GENERATIONS: Final = "source generation"
_FINGERPRINT: Final = "plate fingerprint"


@dataclass(frozen=True, slots=True)
class SessionKey:
    """What tells one session from another; keyframes may change within it."""

    instance: int
    cache_key: str
    generation: int
    size: tuple[int, int]
    frames: tuple[int, int]
    frame_offset: int
    options: SessionOptions

    @classmethod
    def of(cls, request: RenderRequest) -> SessionKey:
        """Return the key of the session that can solve ``request``."""
        params = request.params
        options = SessionOptions(working_size=params.working_size, refine=params.refine, device=params.device)
        return cls(
            instance=request.instance,
            cache_key=params.cache_key,
            generation=params.generation,
            size=request.size,
            frames=(request.first, request.last),
            frame_offset=params.frame_offset,
            options=options,
        )


@dataclass(slots=True)
class Entry:
    """One session with its clip; whoever works with it holds ``lock``."""

    key: SessionKey
    clip: HostClip
    cache: FrameCache | None
    lock: threading.Lock = field(default_factory=threading.Lock)
    session: MattingSession | None = None
    keyframes: dict[int, np.ndarray] = field(default_factory=dict)
    is_closed: bool = False

    def prepared(self, keyframes: dict[int, np.ndarray]) -> MattingSession:
        """Return the session with ``keyframes``; a new one looks at the plates of its keyframes first.

        Raises:
            TrimatteError: keyframes, device or weights cannot serve.
            SourceChangedError: kept results were made from other plates.
        """
        if self.session is None:
            session = MattingSession(
                self.clip, keyframes, self.key.options, models=_models(self.key.options.device), cache=self.cache
            )
            if self.clip.identity:
                for frame in session.keyframes:
                    self.clip.check(frame)
            self.session = session
        elif not _equal(self.keyframes, keyframes):
            self.session.set_keyframes(keyframes)
        self.keyframes = keyframes
        return self.session

    def close(self) -> None:
        """Let the session go; the caller holds the lock."""
        self.is_closed = True
        if self.session is not None:
            self.session.close()


class SessionPool:
    """Finds, makes and drops sessions; safe from any thread."""

    def __init__(self) -> None:
        self._entries: OrderedDict[SessionKey, Entry] = OrderedDict()
        self._lock = threading.Lock()
        self._cache: FrameCache | None = None

    def entry(self, request: RenderRequest) -> Entry:
        """Return the entry for ``request``, made now if there is none."""
        key = SessionKey.of(request)
        dropped = []
        with self._lock:
            if key not in self._entries:
                self._entries[key] = self._make(key, request)
                if len(self._entries) > _CAPACITY:
                    dropped.append(self._entries.popitem(last=False)[1])
            self._entries.move_to_end(key)
            entry = self._entries[key]
        _close(dropped)
        return entry

    def source_changed(self, entry: Entry) -> None:
        """Drop ``entry``, whose lock the caller holds, with all that was solved from the plates before."""
        with self._lock:
            if self._entries.get(entry.key) is entry:
                del self._entries[entry.key]
        if entry.cache is not None:
            name = entry.key.cache_key
            next_generation = _read_generation(entry.cache, name) + 1
            entry.cache.put(_name(_GENERATIONS, name), [np.array([next_generation], dtype=np.float64)])
        entry.close()

    def forget(self, instance: int) -> None:
        """Drop every session of ``instance``."""
        with self._lock:
            doomed = [key for key in self._entries if key.instance == instance]
            dropped = [self._entries.pop(key) for key in doomed]
        _close(dropped)

    def close(self) -> None:
        """Write what is pending in the cache of named sources."""
        with self._lock:
            if self._cache is not None:
                self._cache.close()

    def _make(self, key: SessionKey, request: RenderRequest) -> Entry:
        """Return a new entry; the caller holds the lock."""
        if not key.cache_key:
            return Entry(key, HostClip(request, "", Fingerprints()), None)
        if self._cache is None:
            self._cache = FrameCache()
        cache = self._cache
        # A change upstream begins a new generation of the name, in later processes too: nothing old is found again.
        identity = f"{key.cache_key}#{_read_generation(cache, key.cache_key)}"
        scope = f"{identity} {key.size} "
        known = Fingerprints(
            lambda frame: _read_fingerprint(cache, scope + str(frame)),
            lambda frame, fingerprint: cache.put(_name(_FINGERPRINT, scope + str(frame)), [_words(fingerprint)]),
        )
        return Entry(key, HostClip(request, identity, known), cache)


@lru_cache(maxsize=2)
def _load_models(device: str, sha256: str) -> Models:
    return load_default_models(choose_device(device))


def _models(device: str) -> Models:
    """Return the networks on ``device``, shared by all sessions; loaded again when the file was replaced."""
    return _load_models(str(choose_device(device)), default_weights().sha256)


def _close(entries: list[Entry]) -> None:
    """Close entries that no request can find any more, after those that still work with them."""
    for entry in entries:
        threading.Thread(target=_close_one, args=(entry,), daemon=True).start()


def _close_one(entry: Entry) -> None:
    with entry.lock:
        entry.close()


def _equal(first: Mapping[int, np.ndarray], second: Mapping[int, np.ndarray]) -> bool:
    """Compare keyframes; files that did not change come as the same arrays."""
    return first.keys() == second.keys() and all(
        first[frame] is second[frame] or np.array_equal(first[frame], second[frame]) for frame in first
    )


def _name(kind: str, name: str) -> bytes:
    return sha256(f"{kind}\0{name}".encode("utf-8", "surrogateescape")).digest()


def _words(fingerprint: int) -> np.ndarray:
    return np.array([fingerprint >> shift & 0xFFFF for shift in (0, 16, 32, 48)], dtype=np.uint16)


def _read_fingerprint(cache: FrameCache, name: str) -> int | None:
    arrays = cache.get(_name(_FINGERPRINT, name))
    return None if arrays is None else sum(int(word) << 16 * place for place, word in enumerate(arrays[0]))


def _read_generation(cache: FrameCache, name: str) -> int:
    arrays = cache.get(_name(_GENERATIONS, name))
    return 0 if arrays is None else int(arrays[0][0])
