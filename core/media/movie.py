"""Movies through PyAV: frame n is the n-th in presentation order, and its time is checked when it is read."""

import hashlib
from collections import OrderedDict
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.codec import Codec
from av.container import InputContainer
from av.stream import Discard

from ..errors import MediaError
from .clip import Clip
from .colour import to_preview, to_rgb
from .movie_index import index_movie
from .orientation import display_matrix, turn_upright

DECODED_BYTES = 64 << 20
"""Decoded frames kept, in bytes: reading backwards through a group of pictures decodes it a few times, not n times."""


class MovieClip(Clip):
    """One video stream of a movie file (mp4, mov, mkv, webm and what else PyAV opens)."""

    def __init__(self, path: Path) -> None:
        """Open ``path`` and index its first video stream.

        Raises:
            MediaError: no such file, not a movie, no video in it, or nothing of it can be decoded.
        """
        super().__init__()
        self.path = str(path)
        self.first = 0
        self._container = self._open()
        self._index = index_movie(self._container, self._stream, self.path)
        self._decoded: OrderedDict[int, av.VideoFrame] = OrderedDict()  # by pts
        self._number = {pts: n for n, pts in enumerate(self._index.pts)}
        self._position = -1  # pts of the frame decoded last; -1 with no decoder running
        self._frames: Iterator[av.VideoFrame] | None = None

        self.last = self._index.declared - 1
        self.first_unreadable = len(self._index.pts) if self._index.declared > len(self._index.pts) else None
        self.rate = self._index.rate
        self.pixel_aspect = Fraction(self._stream.sample_aspect_ratio or 1)
        self.has_audio = bool(self._container.streams.audio)
        stat = path.stat()
        text = f"{path.resolve()}\0{stat.st_size}\0{stat.st_mtime_ns}"
        self.identity = hashlib.sha256(text.encode()).hexdigest()
        picture = self.read_native(0)
        self.height, self.width = picture.shape[:2]
        self.bits = picture.dtype.itemsize * 8
        self._leave_out_the_tail()

    def read_preview(self, frame: int, factor: int) -> np.ndarray | None:
        """Return ``frame`` ``factor`` times smaller for a screen: converted at that size, not at its own."""
        if not self.first <= frame <= self.last_readable:
            return None
        with self._lock:
            decoded = self._decode(frame)
            small = to_preview(decoded, factor)
            return None if small is None else turn_upright(small, display_matrix(decoded, self.path))

    def start_before(self, frame: int) -> int:
        """Return the key frame of the group of pictures that ``frame`` is in."""
        starts = self._index.starts_before(frame)
        return self._number.get(starts[0][0], frame) if starts else frame

    def _open(self) -> InputContainer:
        try:
            container = av.open(self.path)
        except (av.FFmpegError, OSError) as error:
            raise MediaError(f"{self.path}: cannot be opened as a movie ({_reason(error)}).") from error
        if not container.streams.video:
            container.close()
            raise MediaError(f"{self.path}: has no video; expected a movie or a sequence of images.")
        self._stream = container.streams.video[0]
        self._stream.thread_type = "AUTO"
        for other in container.streams:
            if other.type != "video" or other.index != self._stream.index:
                other.discard = Discard.all
        return container

    def _leave_out_the_tail(self) -> None:
        """Find the first frame that does not decode in front of a cut: packets may be there and be torn."""
        while self.first_unreadable:
            try:
                self._decode(self.first_unreadable - 1)
                return
            except MediaError:
                self.first_unreadable -= 1

    def _load(self, frame: int) -> np.ndarray:
        if self.first_unreadable is not None and frame >= self.first_unreadable:
            raise MediaError(
                f"{self.path}: frame {frame} cannot be read; the file is truncated behind frame "
                f"{self.first_unreadable - 1} of the {self._index.declared} frames that it declares.",
                path=Path(self.path),
                frame=frame,
            )
        decoded = self._decode(frame)
        picture = turn_upright(to_rgb(decoded, self.path), display_matrix(decoded, self.path))
        size = picture.shape[1::-1]
        if frame > 0 and size != (self.width, self.height):
            raise MediaError(
                f"{self.path}: frame {frame} is {size[0]}x{size[1]}, the first is {self.width}x{self.height}; "
                "give a movie of one size.",
                path=Path(self.path),
                frame=frame,
            )
        return picture

    def _decode(self, frame: int) -> av.VideoFrame:
        wanted = self._index.pts[frame]
        if wanted in self._decoded:
            self._decoded.move_to_end(wanted)
            return self._decoded[wanted]
        starts = self._index.starts_before(frame)
        if self._frames is not None and self._position < wanted and (not starts or starts[0][0] <= self._position):
            starts.insert(0, (self._position, self._position))  # going on is nearer than the key frame before
        for pts, dts in starts:
            found = self._decode_from(pts, dts, wanted)
            if found is not None:
                return found
        raise MediaError(
            f"{self.path}: frame {frame} cannot be decoded; the file is damaged there.",
            path=Path(self.path),
            frame=frame,
        )

    def _decode_from(self, pts: int, dts: int, wanted: int) -> av.VideoFrame | None:
        """Decode forward from a key frame until ``wanted``; ``None`` where it does not come."""
        try:
            if self._frames is None or self._position != pts:
                self._container.seek(dts, stream=self._stream, backward=True, any_frame=False)
                self._frames = self._stream_frames()
            for decoded in self._frames:
                if decoded.pts is None or decoded.pts < pts or decoded.pts not in self._number:
                    continue  # leading pictures of an open group miss their references
                self._position = decoded.pts
                if decoded.is_corrupt:
                    continue
                self._keep(decoded)
                if decoded.pts >= wanted:
                    return decoded if decoded.pts == wanted else None
        except (av.FFmpegError, OSError):
            self._frames = None
            return None
        self._frames = None
        return None

    def _stream_frames(self) -> Iterator[av.VideoFrame]:
        """Decode from here on; VP9 with alpha goes through libvpx, as the native decoder drops the alpha."""
        tags = {key.lower(): value for key, value in self._stream.metadata.items()}
        if self._stream.codec_context.name != "vp9" or tags.get("alpha_mode") != "1":
            yield from self._container.decode(self._stream)
            return
        decoder = Codec("libvpx-vp9", "r").create("video")
        for packet in self._container.demux(self._stream):
            yield from decoder.decode(packet if packet.size else None)

    def _keep(self, decoded: av.VideoFrame) -> None:
        assert decoded.pts is not None
        self._decoded[decoded.pts] = decoded
        size = sum(plane.buffer_size for plane in decoded.planes)
        while len(self._decoded) > max(4, DECODED_BYTES // max(1, size)):
            self._decoded.popitem(last=False)

    def _release(self) -> None:
        self._decoded.clear()
        self._frames = None
        self._container.close()


def _reason(error: Exception) -> str:
    """Return what went wrong without the path, which the message names already."""
    return getattr(error, "strerror", None) or str(error)
