"""CRC-32C (Castagnoli), the checksum of TFRecord files, fast enough in numpy."""

import numpy as np

__all__ = ["crc32c", "masked_crc32c"]

_POLYNOMIAL = 0x82F63B78  # bits reversed
_LANES = 256
_MASK_DELTA = 0xA282EAD8


def crc32c(data: bytes) -> int:
    """Return the checksum of ``data``.

    The bytes are cut into lanes that advance together; what a lane's state becomes while the bytes of later
    lanes pass is a linear map of its 32 bits, so the lanes are joined at the end. Source: RFC 3720, appendix B.4.
    """
    length = len(data) // _LANES
    head, tail = data[: length * _LANES], data[length * _LANES :]
    state = 0xFFFFFFFF
    if length:
        lanes = np.frombuffer(head, np.uint8).reshape(_LANES, length)
        states = np.zeros(_LANES, np.uint32)
        for column in lanes.T:
            states = _TABLE[(states ^ column) & 0xFF] ^ (states >> 8)
        over_a_lane = _power(_ZERO_BYTE, length)
        for lane in states.tolist():
            state = _apply(over_a_lane, state) ^ lane
    for byte in tail:
        state = int(_TABLE[(state ^ byte) & 0xFF]) ^ (state >> 8)
    return state ^ 0xFFFFFFFF


def masked_crc32c(data: bytes) -> int:
    """Return the checksum as TFRecord files store it: turned by 15 bits, plus a constant."""
    crc = crc32c(data)
    return (((crc >> 15) | (crc << 17)) + _MASK_DELTA) & 0xFFFFFFFF


def _make_table() -> np.ndarray:
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, (table >> 1) ^ np.uint32(_POLYNOMIAL), table >> 1)
    return table


_TABLE = _make_table()
_ZERO_BYTE = [int(_TABLE[(1 << bit) & 0xFF]) ^ ((1 << bit) >> 8) for bit in range(32)]
"""What one zero byte makes of each bit of the state."""


def _apply(columns: list[int], state: int) -> int:
    """Apply a linear map, given by what it makes of each bit, to ``state``."""
    result = 0
    for bit, column in enumerate(columns):
        if state >> bit & 1:
            result ^= column
    return result


def _power(columns: list[int], exponent: int) -> list[int]:
    """Return the linear map applied ``exponent`` times."""
    result = [1 << bit for bit in range(32)]
    while exponent:
        if exponent & 1:
            result = [_apply(columns, column) for column in result]
        columns = [_apply(columns, column) for column in columns]
        exponent >>= 1
    return result
