"""Arrays as compressed bytes and back; damage is noticed, never returned as pixels."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

_CHECKSUM_BYTES = 16
_KINDS = {kind.__name__: kind for kind in (np.uint8, np.uint16, np.float16, np.float32, np.float64)}


class TornBlobError(Exception):
    """The bytes are not what was stored; only the cache sees this."""


def pack(key: bytes, arrays: Sequence[np.ndarray]) -> bytes:
    """Return ``arrays`` as checksum, header and compressed pixels.

    ``key`` enters the checksum: a blob under another key counts as torn.
    """
    header = json.dumps([[array.dtype.name, list(array.shape)] for array in arrays]).encode()
    packer = zlib.compressobj(1)
    body = b"".join(packer.compress(np.ascontiguousarray(array).data) for array in arrays if array.size)
    payload = len(header).to_bytes(4, "little") + header + body + packer.flush()
    return _checksum(key, payload) + payload


def unpack(key: bytes, blob: bytes) -> list[np.ndarray]:
    """Return what :func:`pack` was given; arrays are read-only.

    Raises:
        TornBlobError: a single bit differs from what was stored under ``key``.
    """
    if not isinstance(blob, bytes):  # the file is not ours alone
        raise TornBlobError
    payload = memoryview(blob)[_CHECKSUM_BYTES:]
    if _checksum(key, payload) != blob[:_CHECKSUM_BYTES]:
        raise TornBlobError
    header_end = 4 + int.from_bytes(payload[:4], "little")
    pixels = zlib.decompress(payload[header_end:])
    arrays, offset = [], 0
    for kind, shape in json.loads(bytes(payload[4:header_end])):
        array = np.frombuffer(pixels, _KINDS[kind], count=int(np.prod(shape, dtype=np.int64)), offset=offset)
        arrays.append(array.reshape(shape))
        offset += array.nbytes
    return arrays


def _checksum(key: bytes, payload: bytes | memoryview) -> bytes:
    """Return the checksum of ``payload`` stored under ``key``."""
    digest = blake2b(key, digest_size=_CHECKSUM_BYTES)
    digest.update(payload)
    return digest.digest()
