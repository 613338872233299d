"""What an OpenEXR file says of itself: channels, windows, compression, and where its blocks of pixels lie."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

_MAGIC: Final = b"v/1\x01"
_TILED, _DEEP, _MULTIPART = 0x200, 0x800, 0x1000

_COMPRESSIONS: Final = {
    0: ("none", 1),
    1: ("RLE", 1),
    2: ("ZIPS", 1),
    3: ("ZIP", 16),
    4: ("PIZ", 32),
    5: ("PXR24", 16),
    6: ("B44", 32),
    7: ("B44A", 32),
    8: ("DWAA", 32),
    9: ("DWAB", 256),
    10: ("HTJ2K256", 256),
    11: ("HTJ2K32", 32),
}
"""Code -> name, lines in a block. Source: OpenEXR File Layout."""

_CUT: Final = "blocks of pixels are missing, it was not written to its end"

_UNSUPPORTED: Final = 10
"""From this code on the decoder does not know the compression."""

_BYTES: Final = {0: 4, 1: 2, 2: 4}
"""Type of a channel (uint, half, float) -> bytes."""


class ExrHeaderError(ValueError):
    """The bytes are no EXR, or end too soon; the text says which."""


class Window(NamedTuple):
    """A rectangle of pixels, y down, upper ends included."""

    x1: int
    y1: int
    x2: int
    y2: int


class Block(NamedTuple):
    """Some lines of the picture, or a tile of it, compressed together."""

    lines: slice
    """Of the display window."""
    columns: slice
    """Of the display window."""
    stored: int
    """Bytes in the file."""
    raw: int
    """Bytes when they are unpacked."""


@dataclass(frozen=True, slots=True)
class ExrHeader:
    """The header of the first part."""

    channels: dict[str, int]
    """Name -> type: 0 uint, 1 half, 2 float."""
    compression: int
    data: Window
    display: Window
    pixel_aspect: float
    tile: tuple[int, int] | None
    """Width and height of a tile; ``None``: the blocks are lines."""
    is_deep: bool
    has_parts: bool
    end: int
    """Offset of the table of blocks."""

    @property
    def compression_name(self) -> str:
        """What programs call the compression."""
        return _COMPRESSIONS.get(self.compression, (f"number {self.compression}", 0))[0]

    @property
    def is_compression_known(self) -> bool:
        """Whether the decoder can unpack it."""
        return self.compression < _UNSUPPORTED

    def blocks(self, data: bytes) -> Iterator[Block]:
        """Give the blocks of the picture, of tiles those at full size; ``data`` is the whole file.

        Raises:
            ExrHeaderError: one of them is not whole.
        """
        width, height = self.data.x2 - self.data.x1 + 1, self.data.y2 - self.data.y1 + 1
        across, down = self.tile or (width, _COMPRESSIONS[self.compression][1])
        if min(width, height, across, down) < 1:
            raise ExrHeaderError("its header is damaged")
        count = -(-height // down) * -(-width // across)
        if self.end + 8 * count > len(data):
            raise ExrHeaderError("it ends before its pixels begin")
        per_pixel = sum(_BYTES.get(kind, 4) for kind in self.channels.values())
        # part, if there are several; first line or place of the tile, column and line; level across and down; bytes
        kind = struct.Struct("<" + "i" * self.has_parts + ("iiiii" if self.tile else "ii"))
        for offset in struct.unpack_from(f"<{count}Q", data, self.end):
            if not self.end <= offset <= len(data) - kind.size:
                raise ExrHeaderError(_CUT)
            *place, stored = kind.unpack_from(data, offset)[self.has_parts :]
            x1 = self.data.x1 + (place[0] * across if self.tile else 0)
            y1 = self.data.y1 + place[1] * down if self.tile else place[0]
            x2, y2 = min(x1 + across - 1, self.data.x2), min(y1 + down - 1, self.data.y2)
            is_inside = self.data.x1 <= x1 <= x2 and self.data.y1 <= y1 <= y2
            if not is_inside or not 0 <= stored <= len(data) - kind.size - offset:
                raise ExrHeaderError(_CUT)
            lines, columns = _shown(y1, y2, self.display.y1), _shown(x1, x2, self.display.x1)
            yield Block(lines, columns, stored, per_pixel * (x2 + 1 - x1) * (y2 + 1 - y1))


def read_header(data: bytes) -> ExrHeader:
    """Read the header of the first part of an EXR file.

    Raises:
        ExrHeaderError: it is no EXR, or ends within the header.
    """
    if data[:4] != _MAGIC or len(data) < 8:
        raise ExrHeaderError("it does not begin as an EXR does")
    flags = struct.unpack_from("<I", data, 4)[0]
    try:
        values, end = _attributes(data, 8)
        if flags & _MULTIPART:
            while data[end]:
                _, end = _attributes(data, end)
            end += 1
        is_tiled = bool(flags & _TILED) or values.get("type", b"").startswith(b"tiled")
        return ExrHeader(
            channels=_channels(values["channels"]),
            compression=values["compression"][0],
            data=Window(*struct.unpack("<4i", values["dataWindow"])),
            display=Window(*struct.unpack("<4i", values["displayWindow"])),
            pixel_aspect=struct.unpack("<f", values.get("pixelAspectRatio", b"\0\0\x80?"))[0],
            tile=struct.unpack_from("<II", values["tiles"]) if is_tiled else None,
            is_deep=bool(flags & _DEEP) or values.get("type", b"").startswith(b"deep"),
            has_parts=bool(flags & _MULTIPART),
            end=end,
        )
    except (KeyError, ValueError, IndexError, struct.error) as error:
        raise ExrHeaderError("its header is damaged") from error


def _shown(first: int, last: int, origin: int) -> slice:
    """Return what lies in the display window, which begins at ``origin``."""
    return slice(max(first - origin, 0), max(last + 1 - origin, 0))


def _attributes(data: bytes, at: int) -> tuple[dict[str, bytes], int]:
    """Return name -> value, and where the header ends."""
    values = {}
    while data[at]:
        name_end = data.index(0, at)
        type_end = data.index(0, name_end + 1)
        (size,) = struct.unpack_from("<I", data, type_end + 1)
        begin = type_end + 5
        values[data[at:name_end].decode("latin-1")] = data[begin : begin + size]
        at = begin + size
    return values, at + 1


def _channels(listed: bytes) -> dict[str, int]:
    found, at = {}, 0
    while listed[at]:
        end = listed.index(0, at)
        found[listed[at:end].decode("latin-1")] = struct.unpack_from("<i", listed, end + 1)[0]
        at = end + 17
    return found
