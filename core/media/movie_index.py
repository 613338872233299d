"""The frames of a movie in presentation order, found by reading every packet header once."""

from bisect import bisect_right
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from ..errors import MediaError

_COMMON_RATES = (
    *(Fraction(n * 1000, 1001) for n in (24, 30, 48, 60, 120)),
    *(Fraction(n) for n in (24, 25, 30, 48, 50, 60, 100, 120)),
)


@dataclass(frozen=True, slots=True)
class MovieIndex:
    """Where each frame of a movie is."""

    pts: tuple[int, ...]
    """Presentation time of frame n, in ``time_base``, rising."""
    keys: tuple[tuple[int, int], ...]
    """(pts, dts) of the packets at which decoding can start, by rising pts."""
    time_base: Fraction
    """Seconds of one tick."""
    declared: int
    """Frames that the header promises; more than ``len(pts)`` in a truncated file."""
    rate: Fraction | None
    """Frames a second; ``None`` when the frames do not lie on one raster (variable frame rate)."""

    def starts_before(self, frame: int) -> list[tuple[int, int]]:
        """Return the keys at or before ``frame``, the nearest first."""
        position = bisect_right(self.keys, (self.pts[frame], 1 << 62))
        return list(reversed(self.keys[:position]))


def index_movie(container: InputContainer, stream: VideoStream, path: str) -> MovieIndex:
    """Read every packet of ``stream`` once.

    Raises:
        MediaError: frames without a time, two frames at one time, or no frame at all.
    """
    if stream.time_base is None:
        raise MediaError(f"{path}: its video has no time base; rewrap it as mp4, mov or mkv.")
    scan = _scan(container, stream, path)
    shown = sorted(scan.shown)
    if not shown:
        raise MediaError(f"{path}: no frame of its video can be read; the file is damaged or empty.", path=Path(path))
    if len(set(shown)) != len(shown):
        raise MediaError(f"{path}: two frames share one presentation time; rewrap it as mp4, mov or mkv.")
    declared = len(shown) + _missing(scan, shown, stream)
    if declared > len(shown):
        shown = _unbroken(shown, scan.last_dts, _stated_rates(stream), stream.time_base)
    rate = _constant_rate(shown, stream)
    return MovieIndex(tuple(shown), tuple(sorted(scan.keys)), stream.time_base, declared, rate)


@dataclass(slots=True)
class _Scan:
    """What the packets of a stream say, in the order of the file."""

    shown: list[int] = field(default_factory=list)
    keys: list[tuple[int, int]] = field(default_factory=list)
    packets: int = 0
    last_dts: int | None = None


def _scan(container: InputContainer, stream: VideoStream, path: str) -> _Scan:
    """Read every packet up to the end, or to where the file breaks; the header tells how much is missing."""
    scan = _Scan()
    with suppress(av.FFmpegError):
        for packet in container.demux(stream):
            if packet.size == 0:
                continue
            if packet.is_corrupt:
                break
            if packet.pts is None:
                raise MediaError(f"{path}: packet {scan.packets} states no time; rewrap it as mp4, mov or mkv.")
            scan.packets += 1
            scan.last_dts = packet.dts
            if packet.is_keyframe:
                scan.keys.append((packet.pts, packet.pts if packet.dts is None else packet.dts))
            if not packet.is_discard:  # the edit list cuts the others away
                scan.shown.append(packet.pts)
    return scan


def _unbroken(pts: list[int], last_dts: int | None, rates: Sequence[Fraction], time_base: Fraction) -> list[int]:
    """Return the frames in front of the first one that a cut file lacks.

    Packets lie in decoding order: behind the cut there may be pictures that are shown before some that are there.
    """
    if last_dts is not None:
        certain = [p for p in pts if p <= last_dts]  # a packet behind the cut is decoded, so shown, later
        rest = pts[len(certain) :]
    else:
        certain, rest = pts[:1], pts[1:]
    for p in rest if rates else []:  # the raster proves some more
        step = 1 / (rates[0] * time_base)
        if abs(p - pts[0] - len(certain) * step) > 1:
            break
        certain.append(p)
    return certain or pts[:1]


def _stated_rates(stream: VideoStream) -> list[Fraction]:
    """Return the rates that the file states, the most trustworthy first."""
    stated = [Fraction(r) for r in (stream.average_rate, stream.guessed_rate, stream.base_rate) if r]
    return [_unrounded(rate) for rate in stated]


def _unrounded(rate: Fraction) -> Fraction:
    """Return the common rate that ``rate`` stands for: Matroska rounds 1001/60000 s to nanoseconds."""
    return next((common for common in _COMMON_RATES if abs(rate / common - 1) < Fraction(1, 100_000)), rate)


def _constant_rate(pts: Sequence[int], stream: VideoStream) -> Fraction | None:
    """Return the rate on whose raster every frame lies to within one tick, if there is one."""
    stated = _stated_rates(stream)
    if len(pts) < 2:
        return stated[0] if stated else None
    assert stream.time_base is not None
    measured = Fraction(len(pts) - 1) / ((pts[-1] - pts[0]) * stream.time_base)
    near = [r for r in _COMMON_RATES if abs(r / measured - 1) < Fraction(1, 100)]
    near.sort(key=lambda r: abs(r / measured - 1))
    candidates = [*stated, *near, measured.limit_denominator(1001)]
    return next((r for r in candidates if _fits(pts, r, stream.time_base)), None)


def _fits(pts: Sequence[int], rate: Fraction, time_base: Fraction) -> bool:
    """Tell whether frame n lies at n / rate, to within one tick of rounding."""
    step = 1 / (rate * time_base)  # ticks per frame
    return all(abs(p - pts[0] - n * step) <= 1 for n, p in enumerate(pts))


def _missing(scan: _Scan, pts: Sequence[int], stream: VideoStream) -> int:
    """Return how many frames the header promises beyond those that are there."""
    if stream.frames:  # mp4, mov: the table of samples
        return max(0, stream.frames - scan.packets)
    text, rates = stream.metadata.get("DURATION", ""), _stated_rates(stream)
    if not text or not rates:
        return 0
    hours, minutes, seconds = text.split(":")  # Matroska: when the last frame of this stream ends
    assert stream.time_base is not None
    start, end = float(pts[0] * stream.time_base), float(pts[-1] * stream.time_base) + 1 / float(rates[0])
    stated = int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    if stated - end < 0.5 / float(rates[0]):
        return 0
    return max(1, round((stated - start) * float(rates[0])) - len(pts))
