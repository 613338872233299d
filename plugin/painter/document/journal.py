"""What was painted but may not be in the files yet: read again after a crash."""

from __future__ import annotations

import contextlib
import json
import os
import struct
import threading
import zlib
from collections.abc import Sequence
from io import FileIO
from pathlib import Path
from typing import Final

from .patch import Patch
from .region import Region

JOURNAL_NAME: Final = ".painter.journal"
"""In the keyframe folder; no name of a keyframe."""

_HEAD: Final = struct.Struct(">4sIII")  # magic, bytes of the facts, bytes of the pixels, CRC of both
_MAGIC: Final = b"TMJ1"


class Journal:
    """Patches in a file that only grows, until all of them are in the keyframe files.

    A patch says what a region holds afterwards, so that reading all of them over files of any moment in between gives
    the last state. A record that was cut off is the end.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / JOURNAL_NAME
        self._lock = threading.Lock()
        self._num_records = 0

    @property
    def num_records(self) -> int:
        """Patches added by now."""
        return self._num_records

    def add(self, patches: Sequence[Patch]) -> None:
        """Append ``patches``; they are with the system afterwards, so that a crash of this process loses none.

        Raises:
            OSError: the file cannot be written.
        """
        with self._lock:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab", buffering=0) as file:
                _append(file, b"".join(map(_record, patches)))
            self._num_records += len(patches)

    def sync(self) -> None:
        """Wait until the disk has all of it; a power loss takes nothing afterwards."""
        try:
            with self._path.open("rb") as file:
                os.fsync(file.fileno())
        except OSError:
            return  # gone or unreadable: 'add' says so

    def clear(self, num_records: int) -> None:
        """Begin anew, if nothing was added since there were ``num_records``."""
        with self._lock:
            if self._num_records == num_records:
                with contextlib.suppress(OSError):  # one that stays says what the files say: it is not offered
                    self._path.unlink(missing_ok=True)

    def discard(self) -> None:
        """Drop what is in the file."""
        self.clear(self._num_records)

    def read(self) -> list[Patch]:
        """Return the patches in the file, oldest first; none where there is no file."""
        try:
            data = self._path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return []
        return _patches(data)


def _append(file: FileIO, data: bytes) -> None:
    """Write all of ``data`` or nothing: what comes after a record that was cut off would not be read."""
    begin, rest = file.seek(0, os.SEEK_END), memoryview(data)
    try:
        while rest:
            rest = rest[file.write(rest) :]
    except OSError:
        with contextlib.suppress(OSError):
            file.truncate(begin)
        raise


def _record(patch: Patch) -> bytes:
    region = patch.region
    facts = json.dumps(
        {
            "frame": patch.frame,
            "region": [region.left, region.top, region.right, region.bottom],
            "is_gone": patch.after is None,
        }
    ).encode()
    pixels = patch.after or b""
    return _HEAD.pack(_MAGIC, len(facts), len(pixels), zlib.crc32(facts + pixels)) + facts + pixels


def _patches(data: bytes) -> list[Patch]:
    found: list[Patch] = []
    place = 0
    while len(data) - place >= _HEAD.size:
        magic, num_facts, num_pixels, crc = _HEAD.unpack_from(data, place)
        begin = place + _HEAD.size
        place = begin + num_facts + num_pixels
        if magic != _MAGIC or place > len(data) or zlib.crc32(data[begin:place]) != crc:
            break
        facts = json.loads(data[begin : begin + num_facts])
        after = None if facts["is_gone"] else data[begin + num_facts : place]
        found.append(Patch(int(facts["frame"]), Region(*facts["region"]), None, after))
    return found
