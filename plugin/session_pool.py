"""The sessions of one worker: one per source and way of solving, the least recently used dropped first.

Hosts clone instances: Natron for every render thread, MLT for every frame. A new instance joins the session of
another one whose keyframes lie in the same folder, once the plates of those keyframes have proved to be the same.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import numpy as np

from ..core.session_weights import ChosenWeights, choose_weights, load_models
from ..core.sessions import FrameCache, MattingSession, SessionModels, SessionOptions
from ..core.sessions.device import choose_device
from .colour_choice import ColourChoice
from .host_clip import Fingerprints, HostClip, SourceChangedError
from .quality import options_of
from .source_file import FileClip

if TYPE_CHECKING:
    from .request import RenderRequest

CAPACITY: Final = 4
"""Sessions that are kept."""

_GENERATIONS: Final = "source generation"
_FINGERPRINT: Final = "plate fingerprint"


@dataclass(frozen=True, slots=True)
class SessionKey:
    """What tells one session from another; keyframes may change within it."""

    cache_key: str
    size: tuple[int, int]
    frames: tuple[int, int]
    frame_offset: int
    options: SessionOptions
    colour: ColourChoice = field(default_factory=ColourChoice)
    is_file: bool = False
    """Whether the worker reads the plates from a file; ``cache_key`` names it."""

    @classmethod
    def of(cls, request: RenderRequest) -> SessionKey:
        """Return the key of the session that can solve ``request``."""
        params = request.params
        options = options_of(params, request.size)
        file = request.file
        return cls(
            cache_key=params.cache_key if file is None else file.name(request.size),
            size=request.size,
            frames=(request.first, request.last),
            frame_offset=params.frame_offset if file is None else 0,
            options=options,
            colour=params.colour,
            is_file=file is not None,
        )


@dataclass(slots=True)
class Entry:
    """One session with its clip; whoever works with it holds ``lock``."""

    key: SessionKey
    clip: HostClip | FileClip
    cache: FrameCache | None
    lock: threading.Lock = field(default_factory=threading.Lock)
    session: MattingSession | None = None
    keyframes: dict[int, np.ndarray] = field(default_factory=dict)
    place: tuple[object, ...] = ()
    """Where the keyframes came from last."""
    members: dict[int, int] = field(default_factory=dict)
    """Instances that have this source -> what each of them counted last of its changes."""
    strangers: set[int] = field(default_factory=set)
    """Instances that have another source."""
    is_closed: bool = False

    def prepared(self, request: RenderRequest, keyframes: dict[int, np.ndarray]) -> MattingSession:
        """Return the session with ``keyframes``.

        The plates of the keyframes are looked at where kept results might belong to others: for a source with a name,
        and for an instance that joins.

        Raises:
            TrimatteError: keyframes, device or weights cannot serve.
            SourceChangedError: kept results were made from other plates.
        """
        generation = request.params.generation
        if self.members.get(request.instance, generation) != generation and not self.key.is_file:
            raise SourceChangedError(request.frame)  # the host said so; which plates, it did not say
        self.place = request.params.place
        is_new = self.session is None
        if self.session is None:
            self.session = MattingSession(
                self.clip, keyframes, self.key.options, models=_models(self.key.options), cache=self.cache
            )
        elif not _equal(self.keyframes, keyframes):
            self.session.set_keyframes(keyframes)
        self.keyframes = keyframes
        if request.instance not in self.members and (self.clip.identity or not is_new):
            for frame in self.session.keyframes or (self.clip.first,):
                self.clip.check(frame)
        self.members[request.instance] = generation
        return self.session

    def close(self) -> None:
        """Let the session go; the caller holds the lock."""
        self.is_closed = True
        if self.session is not None:
            self.session.close()


class SessionPool:
    """Finds, makes and drops sessions; safe from any thread."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []  # the one used last at the end
        self._lock = threading.Lock()
        self._cache: FrameCache | None = None

    def clear(self, request: RenderRequest) -> None:
        """Forget what was solved of the request's clip, and everything on disk if the user wants that.

        Requests under way keep what they have.
        """
        instance = request.instance
        with self._lock:
            cache = self._opened_cache(request)
            key = SessionKey.of(request)
            if request.params.clears_cache:
                cache.clear()
            if key.cache_key:
                _next_generation(cache, key.cache_key)
            dropped = [
                entry
                for entry in self._entries
                if instance in entry.members or (key.cache_key and entry.key.cache_key == key.cache_key)
            ]
            self._entries = [entry for entry in self._entries if all(entry is not other for other in dropped)]
        _close(dropped)

    def _opened_cache(self, request: RenderRequest) -> FrameCache:
        """Return the cache that all named sources share; the caller holds the lock."""
        if self._cache is None:
            self._cache = FrameCache()
        self._cache.limit_bytes = request.params.cache_limit_bytes
        return self._cache

    def entry(self, request: RenderRequest) -> Entry:
        """Return the entry for ``request``, made now if there is none."""
        with self._lock:
            if self._cache is not None:
                self._cache.limit_bytes = request.params.cache_limit_bytes
            entry = self._find(SessionKey.of(request), request)
            self._entries = [other for other in self._entries if other is not entry] + [entry]
            dropped, self._entries = self._entries[:-CAPACITY], self._entries[-CAPACITY:]
        _close(dropped)
        return entry

    def source_changed(self, entry: Entry, instance: int) -> None:
        """Drop ``entry``, whose lock the caller holds, with all that was solved from the plates before.

        An instance that has never been a member does not have the source of this entry: it will get another one.
        """
        if instance not in entry.members and not entry.cache:
            entry.strangers.add(instance)
            return
        with self._lock:
            self._entries = [other for other in self._entries if other is not entry]
        if entry.cache is not None:
            _next_generation(entry.cache, entry.key.cache_key)
        entry.close()

    def forget(self, instance: int) -> None:
        """Drop every session that ``instance`` is a member of.

        That of a file stays until others push it out: some hosts make an instance for every frame.
        """
        with self._lock:
            dropped = [entry for entry in self._entries if instance in entry.members and not entry.key.is_file]
            self._entries = [entry for entry in self._entries if entry.key.is_file or instance not in entry.members]
        _close(dropped)

    def close(self) -> None:
        """Write what is pending in the cache of named sources."""
        with self._lock:
            if self._cache is not None:
                self._cache.close()

    def _find(self, key: SessionKey, request: RenderRequest) -> Entry:
        """Return the instance's own entry, else one that it may join, else a new one; the caller holds the lock."""
        alike = [entry for entry in reversed(self._entries) if entry.key == key]
        for entry in alike:
            if request.instance in entry.members:
                return entry
        for entry in alike:
            # without keyframes nothing would prove that two instances have the same source
            is_near = (entry.keyframes or key.is_file) and entry.place == request.params.place
            if is_near and request.instance not in entry.strangers:
                return entry
        return self._make(key, request)

    def _make(self, key: SessionKey, request: RenderRequest) -> Entry:
        """Return a new entry; the caller holds the lock."""
        if not key.cache_key:
            return Entry(key, HostClip(request, "", Fingerprints()), None)
        cache = self._opened_cache(request)
        # A change upstream begins a new generation of the name, in later processes too: nothing old is found again.
        identity = f"{key.cache_key}#{read_generation(cache, key.cache_key)}"
        seen = f"{identity}@{key.colour.identity}" if key.colour.identity else identity
        if request.file is not None:
            return Entry(key, FileClip(request.file, key.size, seen, key.colour), cache)
        scope = f"{identity} {key.size} "
        known = Fingerprints(
            lambda frame: _read_fingerprint(cache, scope + str(frame)),
            lambda frame, fingerprint: cache.put(_name(_FINGERPRINT, scope + str(frame)), [_words(fingerprint)]),
        )
        return Entry(key, HostClip(request, seen, known), cache)


@lru_cache(maxsize=2)
def _load_models(chosen: ChosenWeights, device: str) -> SessionModels:
    return load_models(chosen, device)


def _models(options: SessionOptions) -> SessionModels:
    """Return the networks of ``options``, shared by all sessions; loaded again when the file was replaced."""
    return _load_models(choose_weights(options.model, options.weights), str(choose_device(options.device)))


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


def _next_generation(cache: FrameCache, name: str) -> None:
    """Let nothing old be found under ``name`` again, in later processes too."""
    following = read_generation(cache, name) + 1
    cache.put(_name(_GENERATIONS, name), [np.array([following], dtype=np.float64)])


def read_generation(cache: FrameCache, name: str) -> int:
    """Return how often what was solved of the source called ``name`` was given up."""
    arrays = cache.get(_name(_GENERATIONS, name))
    return 0 if arrays is None else int(arrays[0][0])
