"""The file behind the host's clip: for hosts that show an effect one frame at a time, such as MLT.

The worker decodes the file itself. A host never says which frame of which file it shows, so its pixels are compared
with those of the file before a matte is laid on them.
"""

from __future__ import annotations

import dataclasses
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
import torch.nn.functional as F

from ..core.errors import MediaError
from ..core.media import Clip, open_clip
from .colour import to_display
from .colour_choice import ColourChoice
from .errors import ParameterError
from .frame_match import Likeness, compare, thumbnail
from .pixels import to_network

if TYPE_CHECKING:
    from . import _bridge
    from .host_clip import Pause
    from .request import RenderRequest

_OPEN_FILES: Final = 4
_REMEMBERED: Final = 4096  # proofs that a plate of the host is a frame of the file
_THUMBNAILS: Final = 64
_SEARCHED: Final = 8  # frames before and after, for the message about a wrong frame


def ask_for_file(request: RenderRequest, keyframes: Iterable[int]) -> None:
    """Refuse a request whose host gives no other frame, although there are keyframes on others.

    Raises:
        ParameterError: a source file has to be named.
    """
    if request.file is not None or request.has_temporal_access:
        return
    if any(not request.first <= frame <= request.last for frame in keyframes):
        raise ParameterError(
            "this host shows an effect one frame at a time; set Source file to the movie, or to one image of the "
            "sequence, that the clip shows."
        )


class SourceFiles:
    """Opens files and keeps the few used last; safe from any thread."""

    def __init__(self) -> None:
        self._open: OrderedDict[Path, tuple[object, SourceFile]] = OrderedDict()
        self._lock = threading.Lock()

    def attach(self, request: RenderRequest) -> RenderRequest:
        """Return ``request`` with the file that its parameters name, and the range of that file.

        Raises:
            MediaError: the file is missing or cannot be read.
            ParameterError: it has no such frame, or pictures of another size than the host shows.
        """
        path = request.params.source_file
        if path is None:
            return request
        file = self._file(path)
        clip, frame = file.clip, request.frame
        if not clip.first <= frame <= clip.last_readable:
            raise ParameterError(
                f"frame {frame} is not in {path.name}, which has frames {clip.first} to {clip.last_readable}; "
                "set Frame offset to the number of the file's frame that the effect sees first."
            )
        file.check_size(request.size, request.scale)
        return dataclasses.replace(request, first=clip.first, last=clip.last_readable, file=file)

    def forget(self, file: SourceFile) -> None:
        """Open ``file`` anew next time: it may have been written since."""
        with self._lock:
            self._open = OrderedDict((path, kept) for path, kept in self._open.items() if kept[1] is not file)

    def _file(self, path: Path) -> SourceFile:
        """Return the open file, opened anew after it was written."""
        with self._lock:  # held while a file is opened: two threads would index the same movie otherwise
            facts = _facts(path)
            kept = self._open.get(path)
            if kept is None or kept[0] != facts:
                kept = self._open[path] = (facts, SourceFile(path))
            self._open.move_to_end(path)
            while len(self._open) > _OPEN_FILES:
                self._open.popitem(last=False)  # not closed: a session may still read it
            return kept[1]


class SourceFile:
    """One open file, and what was proved about the host's plates."""

    def __init__(self, path: Path) -> None:
        """Open ``path``: a movie or one image of a sequence.

        Raises:
            MediaError: it is missing or cannot be read.
        """
        try:
            self.clip: Clip = open_clip(path)
        except OSError as error:
            raise MediaError(
                f"Source file cannot be opened ({error.strerror}); name the movie, or one image of the sequence, that "
                "the clip shows."
            ) from error
        self._path = path
        self._proved: OrderedDict[tuple[int, int], None] = OrderedDict()
        self._thumbnails: OrderedDict[tuple[int, tuple[int, int]], np.ndarray] = OrderedDict()
        self._lock = threading.Lock()

    def name(self, size: tuple[int, int]) -> str:
        """Return what names the pixels at ``size``; at full size the name that ``trimatte render`` uses."""
        own = f"{self.clip.identity}-{self.clip.last_readable}-{max(self.clip.bits, 16)}"
        return own if size == (self.clip.width, self.clip.height) else f"{own}@{size[0]}x{size[1]}"

    def read(self, frame: int, size: tuple[int, int]) -> np.ndarray:
        """Return plate ``frame``, (H, W, 3) float32 as the file has it, at ``size`` (width, height).

        Integers are 0..1; float files are scene-linear and not clipped.

        Raises:
            MediaError: it cannot be read.
        """
        native = self.clip.read_native(frame)[..., :3]
        if native.dtype == np.uint8:  # as 'trimatte render' hands it over: equal to the last bit, or nothing is shared
            native = native.astype(np.uint16) * np.uint16(257)
        plate = native.copy() if native.dtype == np.float32 else to_network(native)
        if size == (self.clip.width, self.clip.height):
            return plate
        planes = torch.from_numpy(plate).permute(2, 0, 1)[None]
        scaled = F.interpolate(planes, (size[1], size[0]), mode="bilinear", antialias=True)
        return np.ascontiguousarray(scaled[0].permute(1, 2, 0).numpy())

    def check_size(self, size: tuple[int, int], scale: tuple[float, float]) -> None:
        """Refuse plates of another ``size`` than the file has, but for proxies.

        Raises:
            ParameterError: the sizes do not fit.
        """
        clip = self.clip
        expected = (clip.width * scale[0], clip.height * scale[1])
        is_proxy = min(scale) > 0 and scale != (1.0, 1.0)
        slack = 1 if is_proxy else 0
        if max(abs(expected[0] - size[0]), abs(expected[1] - size[1])) > slack:
            scaled = f" at a render scale of {scale[0]:g} x {scale[1]:g}" if is_proxy else ""
            raise ParameterError(
                f"the host shows {size[0]}x{size[1]}{scaled}, {self._path.name} is {clip.width}x{clip.height}; give "
                "the project the size of the file, and put Trimatte before effects that change the size."
            )

    def check_plate(self, frame: int, plate: np.ndarray, fingerprint: int) -> None:
        """Prove that ``plate``, (H, W, C) of the host, is ``frame`` of the file; a plate seen before is believed.

        Raises:
            ParameterError: it is another frame or another picture.
            MediaError: the file cannot be read.
        """
        with self._lock:
            if (frame, fingerprint) in self._proved:
                return
        self._prove(frame, to_network(plate))
        with self._lock:
            self._proved[frame, fingerprint] = None
            while len(self._proved) > _REMEMBERED:
                self._proved.popitem(last=False)

    def _prove(self, frame: int, shown: np.ndarray) -> None:
        size = (shown.shape[1], shown.shape[0])
        seen = thumbnail(shown)
        own = compare(seen, self._thumbnail(frame, size))
        near = {} if own.is_exact else self._near(frame, seen, size, 1)
        if own.is_another_picture or any(own.is_worse_than(other) for other in near.values()):
            raise ParameterError(self._refusal(frame, own, self._near(frame, seen, size, _SEARCHED)))

    def _refusal(self, frame: int, own: Likeness, near: dict[int, Likeness]) -> str:
        """Say which frame of the file the host shows, if it is one ``near`` the right one."""
        best = min(near, key=lambda other: near[other].difference, default=frame)
        if best != frame and not near[best].is_another_picture and own.is_worse_than(near[best]):
            return (
                f"the host shows frame {best} of {self._path.name} where frame {frame} is expected; "
                f"add {best - frame} to Frame offset."
            )
        return (
            f"the host does not show frame {frame} of {self._path.name} (its pixels differ by "
            f"{own.difference * 255:.1f} of 255, in one place by {own.largest * 255:.0f}); set Source file and "
            "Frame offset, and put Trimatte before effects that change the picture."
        )

    def _near(self, frame: int, seen: np.ndarray, size: tuple[int, int], reach: int) -> dict[int, Likeness]:
        first, last = max(self.clip.first, frame - reach), min(self.clip.last_readable, frame + reach)
        others = [other for other in range(first, last + 1) if other != frame]
        return {other: compare(seen, self._thumbnail(other, size)) for other in others}

    def _thumbnail(self, frame: int, size: tuple[int, int]) -> np.ndarray:
        with self._lock:
            found = self._thumbnails.get((frame, size))
        if found is None:
            found = thumbnail(to_network(self.read(frame, size)))  # bounded as the host's plate is
            with self._lock:
                self._thumbnails[frame, size] = found
                while len(self._thumbnails) > _THUMBNAILS:
                    self._thumbnails.popitem(last=False)
        return found


class FileClip:
    """A :class:`~trimatte.core.sessions.FrameSource` that reads a file at the size of the host's plates."""

    def __init__(
        self, file: SourceFile, size: tuple[int, int], identity: str, space: ColourChoice | None = None
    ) -> None:
        self.first, self.last = file.clip.first, file.clip.last_readable
        self.width, self.height = size
        self.identity = identity
        self._file = file
        self._space = space or ColourChoice()

    @contextmanager
    def served_by(self, channel: _bridge.Channel, request: RenderRequest, pause: Pause) -> Iterator[None]:
        """Prove that the host shows the frame of the file; the file itself needs no channel.

        Raises:
            ParameterError: it shows something else.
        """
        self._file.check_plate(request.frame, channel.view(request.source), channel.fingerprint(request.source))
        yield

    def read(self, frame: int) -> np.ndarray:
        """Return plate ``frame``, (H, W, 3) float32 sRGB in 0..1.

        Raises:
            MediaError: it cannot be read.
        """
        return to_display(self._file.read(frame, (self.width, self.height)), self._space)

    def check(self, frame: int) -> None:
        """Nothing to do: the name of the file changes with its pixels."""


def _facts(path: Path) -> object:
    """Return what changes when ``path`` is written; ``None`` where nothing can be said, as for a pattern."""
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_size, facts.st_ino
