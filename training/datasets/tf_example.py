"""The protocol-buffer message inside TFRecord files, ``tf.train.Example``: named lists of bytes or integers."""

from collections.abc import Iterator, Mapping

from ..errors import DatasetError

__all__ = ["Feature", "decode_example", "encode_example"]

Feature = list[bytes] | list[int]
"""The values of one name; floating-point lists are not used here."""

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5  # wire types
_BYTES_LIST, _FLOAT_LIST, _INT64_LIST = 1, 2, 3


def encode_example(features: Mapping[str, Feature]) -> bytes:
    """Return the message; names in the order given."""
    entries = b""
    for name, values in features.items():
        if values and isinstance(values[0], bytes):
            field, packed = _BYTES_LIST, b"".join(_block(1, value) for value in values if isinstance(value, bytes))
        else:
            numbers = b"".join(_varint(value & (1 << 64) - 1) for value in values if isinstance(value, int))
            field, packed = _INT64_LIST, _block(1, numbers)
        entries += _block(1, _block(1, name.encode()) + _block(2, _block(field, packed)))
    return _block(1, entries)


def decode_example(data: bytes) -> dict[str, Feature]:
    """Return the features by name; floating-point lists are left out.

    Raises:
        DatasetError: the bytes are no such message.
    """
    features: dict[str, Feature] = {}
    try:
        for _, message in _fields(data, 1):
            for _, entry in _fields(message, 1):
                parts = dict(_fields(entry))
                for kind, values in _fields(parts.get(2, b"")):
                    if kind != _FLOAT_LIST:
                        features[parts[1].decode()] = _values(kind, values)
    except (IndexError, KeyError, UnicodeDecodeError, ValueError) as error:
        raise DatasetError(f"the bytes are no tf.train.Example ({error}); write the record again.") from error
    return features


def _values(kind: int, data: bytes) -> Feature:
    if kind == _BYTES_LIST:
        return [value for _, value in _fields(data, 1)]
    numbers: list[int] = []
    for _, packed in _fields(data, 1):
        position = 0
        while position < len(packed):
            value, position = _read_varint(packed, position)
            numbers.append(value - (1 << 64) if value >> 63 else value)
    return numbers


def _fields(data: bytes, wanted: int | None = None) -> Iterator[tuple[int, bytes]]:
    """Yield (field number, bytes); single integers come as the bytes of their varint."""
    position = 0
    while position < len(data):
        tag, position = _read_varint(data, position)
        start = position
        if tag & 7 == _VARINT:
            _, position = _read_varint(data, position)
        elif tag & 7 == _BYTES:
            length, start = _read_varint(data, position)
            position = start + length
        elif tag & 7 in (_FIXED64, _FIXED32):
            position += 8 if tag & 7 == _FIXED64 else 4
        else:
            raise ValueError(f"wire type {tag & 7}")
        if position > len(data):
            raise ValueError("cut off")
        if wanted is None or tag >> 3 == wanted:
            yield tag >> 3, data[start:position]


def _block(field: int, data: bytes) -> bytes:
    return _varint(field << 3 | _BYTES) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    result = bytearray()
    while value > 0x7F:
        result.append(value & 0x7F | 0x80)
        value >>= 7
    result.append(value)
    return bytes(result)


def _read_varint(data: bytes, position: int) -> tuple[int, int]:
    """Return the number at ``position`` and the position behind it."""
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
        if shift > 63:
            raise ValueError("a number of more than ten bytes")
