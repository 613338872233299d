"""Where frames go: a folder of images, or a movie with the images kept aside until it is whole."""

import shutil
from abc import ABC, abstractmethod
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import numpy as np

from ...core.errors import MediaError
from ...core.media import FORMATS, BackgroundWriter, MovieWriter, SequenceWriter, read_image
from .plan import RenderPlan
from .record import FrameRecord, render_folder


class FrameOutput(ABC):
    """Takes the frames of a plan in order; frames of an earlier run need not be made again."""

    @abstractmethod
    def has(self, frame: int) -> bool:
        """Tell whether ``frame`` is there from an earlier run with the same settings."""

    @abstractmethod
    def reuse(self, frame: int) -> None:
        """Take ``frame`` as it is there; instead of :meth:`write`."""

    @abstractmethod
    def write(self, frame: int, picture: np.ndarray) -> None:
        """Queue a new frame."""

    @abstractmethod
    def finish(self) -> None:
        """Complete the output."""

    @abstractmethod
    def stop(self) -> None:
        """Make what is on the way whole, so that a later run goes on from there."""

    @abstractmethod
    def path(self, frame: int) -> Path:
        """Return the file that holds ``frame``."""


def open_output(plan: RenderPlan) -> FrameOutput:
    """Open what ``plan`` writes.

    Raises:
        MediaError: it cannot be written, or holds something that must not be mixed or replaced.
    """
    return _MovieOutput(plan) if plan.output.is_movie else _SequenceOutput(plan, plan.request.output)


class _SequenceOutput(FrameOutput):
    """One image per frame; what is recorded as whole is not made again."""

    def __init__(self, plan: RenderPlan, folder: Path, *, is_private: bool = False) -> None:
        """Open ``folder``; a private one lies in the cache and may be emptied without asking."""
        self._record = FrameRecord(render_folder(plan.request.output))
        output = plan.output
        if output.is_movie:
            output = FORMATS["png16" if output.bits == 16 else "png8"]
        try:
            self._writer = SequenceWriter(
                folder,
                output,
                name=f"{_stem(plan)}.",
                digits=_digits(plan),
                alpha=plan.alpha,
                on_written=lambda _, path: self._record.add(path),
            )
            if self._record.settings != plan.settings:
                self._begin(plan, folder, may_replace=plan.request.overwrite or is_private)
        except BaseException:
            self._record.close()
            raise
        self._background = BackgroundWriter(self._writer, workers=2)

    def _begin(self, plan: RenderPlan, folder: Path, *, may_replace: bool) -> None:
        """Make room for frames of new settings, which must not stand beside others."""
        there = [frame for frame in plan.frames if self.path(frame).exists()]
        if there and not may_replace:
            raise MediaError(
                f"{folder}: {len(there)} of the frames are there already, made with other settings or by another "
                "program; pass --overwrite to replace them, or choose another folder.",
                path=folder,
            )
        for name in self._record.names():
            with suppress(OSError):
                (folder / name).unlink()
        self._record.begin(plan.settings)

    def has(self, frame: int) -> bool:
        return self._record.is_whole(self.path(frame))

    def reuse(self, frame: int) -> None:
        pass

    def write(self, frame: int, picture: np.ndarray) -> None:
        self._background.write(frame, picture)

    def finish(self) -> None:
        self._background.finish()
        self._record.close()

    def stop(self) -> None:
        self._background.abort()
        self._record.close()

    def path(self, frame: int) -> Path:
        return self._writer.path(frame)


class _MovieOutput(FrameOutput):
    """A movie; its frames are kept in the cache until it is whole, so that a broken run can go on."""

    def __init__(self, plan: RenderPlan) -> None:
        path, clip, frames = plan.request.output, plan.clip, plan.frames
        if path.exists() and not plan.request.overwrite:
            raise MediaError(f"{path}: is there already; pass --overwrite to replace it.", path=path)
        assert plan.rate is not None  # the plan refuses a movie without one
        audio = None
        if plan.has_sound:
            start, end = ((frame - clip.first) / plan.rate for frame in (frames.start, frames.stop))
            audio = (Path(clip.path), Fraction(start), Fraction(end))
        writer = MovieWriter(
            path,
            plan.output,
            size=(clip.width, clip.height),
            channels=plan.request.channels,
            rate=plan.rate,
            pixel_aspect=clip.pixel_aspect,
            alpha=plan.alpha,
            audio=audio,
        )
        self._path, self._channels = path, plan.request.channels
        self._folder = render_folder(path)
        self._movie = BackgroundWriter(writer)
        try:
            self._kept = _SequenceOutput(plan, self._folder / "frames", is_private=True)
        except BaseException:
            self._movie.abort()
            raise

    def has(self, frame: int) -> bool:
        return self._kept.has(frame)

    def reuse(self, frame: int) -> None:
        picture = read_image(self._kept.path(frame))
        self._movie.write(frame, picture[..., 0] if self._channels == 1 else picture)

    def write(self, frame: int, picture: np.ndarray) -> None:
        self._kept.write(frame, picture)
        self._movie.write(frame, picture)

    def finish(self) -> None:
        try:
            self._kept.finish()
            self._movie.finish()
        except BaseException:
            self._movie.abort()
            raise
        shutil.rmtree(self._folder, ignore_errors=True)

    def stop(self) -> None:
        self._kept.stop()
        self._movie.abort()

    def path(self, frame: int) -> Path:
        return self._path


def _stem(plan: RenderPlan) -> str:
    """Return the name of the clip without number and suffix: ``shot.%04d.png`` is ``shot``."""
    name = Path(plan.clip.path).name
    return (name.split("%")[0] if "%" in name else Path(name).stem).rstrip("._- ") or "frame"


def _digits(plan: RenderPlan) -> int:
    return max(4, len(str(plan.clip.last)))
