"""The memory read as FTP-VM asks for it: at a sixteenth of the picture's size, with five keyframes."""

from ..workload import Operation, Workload, bytes_of, noise
from . import TWINS, memory_read

_KEY_CHANNELS, _VALUE_CHANNELS, _KEYFRAMES = 32, 112, 5


def workload(height: int, width: int) -> Workload:
    """Return the call for a picture of (height, width)."""
    height, width = -(-height // 16), -(-width // 16)
    query = noise(1, 1, _KEY_CHANNELS, height, width)
    keys = noise(1, _KEYFRAMES, _KEY_CHANNELS, height, width)
    values = noise(1, _KEYFRAMES, _VALUE_CHANNELS, height, width)
    affinities = _KEYFRAMES * (height * width) ** 2
    return Workload(
        arguments=(query, keys, values),
        bytes_moved=bytes_of(query, keys, values) + bytes_of(values) // _KEYFRAMES,
        operations=2 * affinities * (_KEY_CHANNELS + _VALUE_CHANNELS) + 3 * affinities,  # softmax: minus, exp, sum
    )


OPERATIONS = (Operation("memory_read", memory_read, TWINS, workload),)
