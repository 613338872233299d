"""Keyframe files that are painted on in a host's viewer, so that the host's undo brings every state of them back.

The host keeps a text, ``{"FRAME":["ORIGINAL","CURRENT"]}``: digests of the file before it was first painted on, and as
the last stroke left it. What the digests stand for lies in the folder ``.painted`` beside the files. When the host goes
back to an older text, the files follow; one that another program has changed since is left alone.
"""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .errors import ParameterError
from .keyframes import find_keyframes, replace_file

_FOLDER: Final = ".painted"
_MOST_STATES: Final = 400
_NO_FILE: Final = ""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _State:
    """Of one file; digests of its bytes, empty for no file."""

    original: str
    current: str


def write_painted(folder: Path, frame: int, png: bytes, text: str) -> str:
    """Make ``png`` the keyframe of ``frame``, whole or not at all; returns the new text for the host.

    Raises:
        ParameterError: the folder cannot be read or written.
    """
    path = _path(folder, frame)
    states = _parse(text)
    try:
        before = _keep(folder, frame, path.read_bytes() if path.exists() else None)
        after = _keep(folder, frame, png)
        replace_file(path, png)
        _prune(folder)
    except OSError as error:
        raise ParameterError(f"the keyframe {path} cannot be written ({error.strerror or error}).") from error
    known = states.get(frame)
    goes_on = known is not None and known.current == before
    states[frame] = _State(known.original if known and goes_on else before, after)
    return json.dumps({str(at): [s.original, s.current] for at, s in sorted(states.items())}, separators=(",", ":"))


def follow(folder: Path, before: str, after: str) -> list[int]:
    """Bring the files to the states of ``after`` where the host had ``before``; returns the frames that changed.

    Raises:
        ParameterError: the folder cannot be read or written.
    """
    was, now = _parse(before), _parse(after)
    changed = []
    for frame in sorted(was.keys() | now.keys()):
        if was.get(frame) != now.get(frame) and _follow_one(folder, frame, was.get(frame), now.get(frame)):
            changed.append(frame)
    return changed


def _follow_one(folder: Path, frame: int, was: _State | None, now: _State | None) -> bool:
    path = _path(folder, frame)
    try:
        data = path.read_bytes() if path.exists() else None
        target = _target(_digest(data), was, now)
        if target is None or target == _digest(data):
            return False
        if target == _NO_FILE:
            path.unlink()  # its state is kept
        else:
            replace_file(path, _kept(folder, frame, target).read_bytes())
    except FileNotFoundError:
        _log.warning("%s: the state that the host wants back is no longer kept", path)
        return False
    except OSError as error:
        raise ParameterError(f"the keyframe {path} cannot be brought back ({error.strerror or error}).") from error
    return True


def _target(digest: str, was: _State | None, now: _State | None) -> str | None:
    """Return the digest of the state to go to; ``None`` where the file is not as the host left it."""
    if now and digest == now.original:
        return now.current
    if was and digest == was.current:
        return now.current if now and now.original == was.original else was.original
    return None


def _parse(text: str) -> dict[int, _State]:
    """Return frame -> state; a text that is none of ours knows of no frame."""
    try:
        return {int(frame): _State(*map(str, pair)) for frame, pair in json.loads(text).items()} if text.strip() else {}
    except (ValueError, TypeError, AttributeError, RecursionError):
        _log.warning("'Painted in viewer' holds something else")
        return {}


def _path(folder: Path, frame: int) -> Path:
    return find_keyframes(folder, may_be_none=True).get(frame) or folder / f"trimap.{frame:04d}.png"


def _digest(data: bytes | None) -> str:
    return _NO_FILE if data is None else hashlib.sha256(data).hexdigest()[:20]


def _kept(folder: Path, frame: int, digest: str) -> Path:
    name = "".join(letter for letter in digest if letter.isalnum())  # it comes from a project, and names a file
    return folder / _FOLDER / f"{frame}.{name}.png"


def _keep(folder: Path, frame: int, data: bytes | None) -> str:
    digest = _digest(data)
    path = _kept(folder, frame, digest)
    if data is not None:
        path.parent.mkdir(exist_ok=True)
        replace_file(path, data)
    return digest


def _prune(folder: Path) -> None:
    states = sorted((folder / _FOLDER).glob("*.png"), key=lambda path: path.stat().st_mtime_ns)
    for path in states[:-_MOST_STATES]:
        path.unlink(missing_ok=True)
