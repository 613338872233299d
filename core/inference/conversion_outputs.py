"""The results of a conversion while they are written: all of them, or none."""

import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from fractions import Fraction
from types import TracebackType
from typing import TypeVar

from torch import Tensor

from ..media.writers import FrameWriter, audio_refusal
from .conversion import ConversionRequest
from .frame_inputs import FrameInputs
from .picture_outputs import check_movie, movie_format, open_output, to_bytes
from .progress_bar import progress_bar

__all__ = ["ConversionOutputs"]

_First = TypeVar("_First")
_Second = TypeVar("_Second")

_log = logging.getLogger(__name__)


class ConversionOutputs:
    """Writes the views of each chunk; a context manager. A failure inside leaves no half movie under its name."""

    def __init__(
        self,
        request: ConversionRequest,
        frames: FrameInputs,
        *,
        page_size: tuple[int, int] | None = None,
        has_straight_composition: bool = False,
    ) -> None:
        """Check all before anything is written.

        Args:
            request: what to write.
            frames: what is read; outputs take their size, rate and sound.
            page_size: (width, height) of the composition in pixels, where it is a page of several pictures.
            has_straight_composition: the composition of a folder is RGBA, straight.

        Raises:
            TrimatteError: a movie cannot hold such pictures.
        """
        self._request, self._frames = request, frames
        self._page_size, self._has_alpha = page_size, has_straight_composition
        self._stack = ExitStack()
        self._writers: dict[str, FrameWriter] = {}
        self._count = 0
        if request.kind == "video":
            for name, path in request.outputs.items():
                check_movie(path, self._size(name), frames.rate)

    @property
    def count(self) -> int:
        """Frames written."""
        return self._count

    def write(self, views: Mapping[str, Tensor]) -> None:
        """Write the next frames: (T, C, H, W) in 0..1 for each output that is asked for."""
        count = 0
        for name, writer in self._writers.items():
            pictures = to_bytes(views[name], self._request.rounding)
            for offset, picture in enumerate(pictures):
                writer.write(self._count + offset, picture)
            count = len(pictures)
        self._count += count

    def write_all(
        self,
        results: Iterable[tuple[_First, _Second]],
        views: Mapping[str, Callable[[_First, _Second], Tensor]],
        *,
        shows_progress: bool,
    ) -> int:
        """Open the outputs, write the views of every result, close them.

        Args:
            results: what a network finds in chunk after chunk; an error in it leaves no half movie either.
            views: makes (T, C, H, W) in 0..1 of a result, for each output that is asked for.
            shows_progress: whether a bar is on stderr.

        Returns:
            The number of frames written.

        Raises:
            MediaError: a result cannot be written.
        """
        with self, progress_bar(len(self._frames), "matting", is_shown=shows_progress) as advance:
            for first, second in results:
                before = self._count
                self.write({name: views[name](first, second) for name in self._request.outputs})
                advance(self._count - before)
        return self._count

    def __enter__(self) -> "ConversionOutputs":
        with self._stack:  # closes what is open already when one cannot be opened
            for name in self._request.outputs:
                self._writers[name] = self._stack.enter_context(self._open(name))
            self._stack = self._stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, traceback)

    def _open(self, name: str) -> FrameWriter:
        is_page = name == "com" and self._page_size is not None
        is_straight = name == "com" and self._has_alpha and self._request.kind == "png_sequence"
        path = self._request.outputs[name]
        sound = self._frames.sound if self._request.kind == "video" and self._request.has_sound else None
        refusal = None if sound is None else audio_refusal(sound, movie_format(path))
        if refusal is not None:
            _log.warning("%s", refusal)
        return open_output(
            path,
            self._request.kind,
            size=self._size(name),
            rate=self._frames.rate,
            pixel_aspect=Fraction(1) if is_page else self._frames.pixel_aspect,
            megabits=self._request.megabits or 1,
            alpha="straight" if is_straight else "none",
            sound=None if sound is None or refusal is not None else (sound, len(self._frames)),
        )

    def _size(self, name: str) -> tuple[int, int]:
        return self._page_size if name == "com" and self._page_size is not None else self._frames.size
