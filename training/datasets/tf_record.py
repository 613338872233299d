"""TFRecord files: a framed, checked list of byte strings, and the text index beside it."""

import os
import struct
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ..errors import DatasetError
from .crc32c import masked_crc32c

__all__ = ["TfRecordFile", "write_tf_record"]

_HEADER = struct.Struct("<QI")  # length, its checksum
_FOOTER = struct.Struct("<I")  # checksum of the payload


class TfRecordFile:
    """Random access to the payloads of one file."""

    def __init__(self, path: Path) -> None:
        """Find where the records lie: from ``<name>.index`` where it exists, else from the file itself.

        Raises:
            DatasetError: missing, or cut off.
        """
        self.path = path
        index = path.with_suffix(".index")
        try:
            self._offsets = _read_index(index) if index.exists() else list(self._walk())
        except OSError as error:
            raise DatasetError(f"{path}: cannot be read ({error.strerror}); check the path.") from error

    def __len__(self) -> int:
        return len(self._offsets)

    def read(self, number: int) -> bytes:
        """Return payload ``number``, counted from 0.

        Raises:
            DatasetError: no such record, or its length or checksum is wrong.
        """
        if not 0 <= number < len(self._offsets):
            raise DatasetError(f"{self.path}: has {len(self._offsets)} records, not record {number}.")
        try:
            with self.path.open("rb") as stream:
                stream.seek(self._offsets[number])
                return self._next(stream, number)
        except OSError as error:
            raise DatasetError(f"{self.path}: cannot be read ({error.strerror}); check the path.") from error

    def _next(self, stream: BinaryIO, number: int) -> bytes:
        header = stream.read(_HEADER.size)
        if len(header) == _HEADER.size:
            length, checksum = _HEADER.unpack(header)
            if masked_crc32c(header[:8]) != checksum:
                raise self._torn(number, "the checksum of its length is wrong")
            data, footer = stream.read(length), stream.read(_FOOTER.size)
            if len(data) == length and len(footer) == _FOOTER.size:
                if masked_crc32c(data) != _FOOTER.unpack(footer)[0]:
                    raise self._torn(number, "its checksum is wrong")
                return data
        raise self._torn(number, "the file ends inside it")

    def _walk(self) -> Iterator[int]:
        """Yield where each record starts."""
        size, offset = self.path.stat().st_size, 0
        with self.path.open("rb") as stream:
            while offset < size:
                yield offset
                stream.seek(offset)
                header = stream.read(_HEADER.size)
                if len(header) < _HEADER.size:
                    return
                offset += _HEADER.size + _HEADER.unpack(header)[0] + _FOOTER.size

    def _torn(self, number: int, reason: str) -> DatasetError:
        return DatasetError(f"{self.path}: record {number} is torn ({reason}); write the file again.")


def write_tf_record(path: Path, payloads: Iterable[bytes]) -> int:
    """Write a file and its index and return the number of records; half a file is never left behind.

    Raises:
        DatasetError: it cannot be written.
    """
    lines = []
    offset = 0
    with _replacing(path) as stream:
        for data in payloads:
            length = struct.pack("<Q", len(data))
            record = length + _FOOTER.pack(masked_crc32c(length)) + data + _FOOTER.pack(masked_crc32c(data))
            stream.write(record)
            lines.append(f"{offset} {len(record)}\n")
            offset += len(record)
    with _replacing(path.with_suffix(".index")) as stream:
        stream.write("".join(lines).encode())
    return len(lines)


def _read_index(path: Path) -> list[int]:
    try:
        return [int(line.split()[0]) for line in path.read_text(encoding="ascii").splitlines() if line.strip()]
    except (ValueError, IndexError) as error:
        raise DatasetError(
            f"{path}: expected lines of 'offset length' ({error}); delete it, it is not needed."
        ) from error


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    """Write beside ``path`` and move the result there when all went well."""
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as stream:
            yield stream
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        raise DatasetError(f"{path}: cannot be written ({error.strerror}).") from error
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
