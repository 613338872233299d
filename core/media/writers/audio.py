"""Sound of the source, copied packet by packet beside the new picture."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import OutputContainer
from av.packet import Packet

from ...errors import MediaError
from .formats import OutputFormat


def audio_refusal(source: Path, output: OutputFormat) -> str | None:
    """Return why the sound of ``source`` cannot go into ``output``; ``None`` if it can or if there is none."""
    with av.open(str(source)) as container:
        codecs = [stream.codec_context.name for stream in container.streams.audio]
    accepted = output.audio_codecs
    odd = [codec for codec in codecs if accepted is not None and codec not in accepted]
    if not odd:
        return None
    return f"{source}: its sound is {odd[0]}, which {output.name} does not hold; the movie is written without it."


class AudioCopy:
    """Feeds the sound of one movie into another, cut to the frames that are written."""

    def __init__(self, source: Path, target: OutputContainer, start: Fraction, end: Fraction) -> None:
        """Add a stream to ``target`` for each sound stream of ``source``.

        Args:
            source: the movie with the sound.
            target: before its header is written.
            start: seconds of the first frame written, on the clock of ``source``.
            end: seconds behind the last one.

        Raises:
            MediaError: the sound cannot be read.
        """
        try:
            self._source = av.open(str(source))
            streams = list(self._source.streams.audio)
            self._targets = {s.index: target.add_stream_from_template(s) for s in streams}
            self._packets = self._cut(self._source.demux(*streams), start, end) if streams else iter(())
        except (av.FFmpegError, OSError, ValueError) as error:
            raise MediaError(f"{source}: its sound cannot be copied ({error}).") from error
        self._target = target
        self._next = next(self._packets, None)

    def write_until(self, seconds: Fraction | None) -> None:
        """Mux what sounds before ``seconds`` of the new movie; ``None`` muxes the rest."""
        while self._next is not None and (seconds is None or _time(self._next) < seconds):
            self._target.mux(self._next)
            self._next = next(self._packets, None)

    def close(self) -> None:
        """Close the source."""
        self._source.close()

    def _cut(self, packets: Iterator["Packet[Any]"], start: Fraction, end: Fraction) -> Iterator["Packet[Any]"]:
        for packet in packets:
            if packet.pts is None or packet.size == 0 or not start <= _time(packet) < end:
                continue
            assert packet.time_base is not None
            shift = round(start / packet.time_base)
            packet.pts -= shift
            if packet.dts is not None:
                packet.dts -= shift
            packet.stream = self._targets[packet.stream.index]
            yield packet


def _time(packet: "Packet[Any]") -> Fraction:
    """Return when ``packet`` begins to sound, in seconds."""
    assert packet.pts is not None
    assert packet.time_base is not None
    return packet.pts * packet.time_base
