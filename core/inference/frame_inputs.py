"""Frames for tools that read from the first to the last: a movie, or the images of a folder by name."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ..errors import MediaError
from ..media.image_file import read_image
from ..media.open import open_clip
from ..media.sequence_name import IMAGE_SUFFIXES

__all__ = ["FrameInputs"]

_IMAGE_RATE = Fraction(30)  # images state none


class FrameInputs:
    """The frames of ``source`` in order; a context manager.

    Unlike :func:`open_clip`, a folder needs no numbered names: its images come sorted by name, other files are
    left out.
    """

    rate: Fraction | None
    """Frames a second, 30 for images; ``None`` of a movie whose rate varies."""
    pixel_aspect: Fraction
    """Width of a pixel over its height."""
    size: tuple[int, int]
    """(width, height) of the frames as they are given, in pixels."""
    sound: Path | None
    """The movie, if it has sound."""

    def __init__(self, source: str | Path, *, resize: tuple[int, int] | None = None, workers: int = 0) -> None:
        """Open ``source`` and read its first frame.

        Args:
            source: a movie, a sequence (``shot.%04d.png``) or a folder of images.
            resize: (width, height) in pixels to give every frame.
            workers: threads that read images of a folder ahead; 0 reads in the caller's thread.

        Raises:
            MediaError: nothing there, nothing readable, or no image in the folder.
        """
        self._source, self._resize = Path(source), resize
        is_folder = self._source.is_dir()
        self._workers = workers if is_folder else 0
        self._close: Callable[[], None] = lambda: None
        self._load, self._count = self._open_folder() if is_folder else self._open_clip()
        self._own_size = self._load(0).shape[1::-1]
        self.size = resize or (self._own_size[0], self._own_size[1])

    def __len__(self) -> int:
        return self._count

    def __enter__(self) -> "FrameInputs":
        return self

    def __exit__(self, *_error: object) -> None:
        self._close()

    def chunks(self, length: int) -> Iterator[Tensor]:
        """Yield (T, 3, height, width) float32 RGB in 0..1 with T = ``length``; the last chunk may be shorter.

        Raises:
            MediaError: a frame cannot be read, or an image has another size than the first.
        """
        frames = self._frames()
        while chunk := list(islice(frames, length)):
            pictures = torch.from_numpy(np.stack(chunk))
            yield pictures.permute(0, 3, 1, 2).contiguous()

    def _frames(self) -> Iterator[np.ndarray]:
        """Yield (height, width, 3) float32, read ahead by the workers."""
        if self._workers == 0:
            yield from map(self._read, range(self._count))
            return
        with ThreadPoolExecutor(self._workers, thread_name_prefix="trimatte-read") as pool:
            ahead: deque[Future[np.ndarray]] = deque()
            try:
                for index in range(self._count):
                    ahead.append(pool.submit(self._read, index))
                    if len(ahead) > 2 * self._workers:  # enough to keep every worker busy; it bounds the memory
                        yield ahead.popleft().result()
                while ahead:
                    yield ahead.popleft().result()
            finally:
                for future in ahead:
                    future.cancel()

    def _read(self, index: int) -> np.ndarray:
        picture = self._load(index)
        if self._resize is None and picture.shape[1::-1] != self._own_size:
            size, first = (f"{width}x{height}" for width, height in (picture.shape[1::-1], self._own_size))
            raise MediaError(f"{self._source}: image {index} is {size}, the first is {first}; give one size to all.")
        if self._resize is not None and self._resize != picture.shape[1::-1]:
            picture = _resized(picture, self._resize)
        return picture.astype(np.float32) / np.float32(65535 if picture.dtype == np.uint16 else 255)

    def _open_folder(self) -> tuple[Callable[[int], np.ndarray], int]:
        try:
            names = sorted(path for path in self._source.iterdir() if not path.name.startswith("."))
        except OSError as error:
            raise MediaError(f"{self._source}: cannot be listed ({error.strerror}).") from error
        images = [path for path in names if path.suffix.lower() in IMAGE_SUFFIXES]
        if not images:
            raise MediaError(f"{self._source}: holds no image; expected png, jpg or tif files, or give a movie.")
        self.rate, self.pixel_aspect, self.sound = _IMAGE_RATE, Fraction(1), None
        return lambda index: read_image(images[index])[..., :3], len(images)

    def _open_clip(self) -> tuple[Callable[[int], np.ndarray], int]:
        clip = open_clip(self._source, rate=_IMAGE_RATE)
        self._close = clip.close
        self.rate, self.pixel_aspect = clip.rate, clip.pixel_aspect
        self.sound = Path(clip.path) if clip.has_audio else None
        return lambda index: clip.read_codes(clip.first + index), len(clip)


def _resized(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Resize (H, W, 3) bilinearly over the area that each new pixel covers; the type stays."""
    if picture.dtype == np.uint8:
        return np.asarray(Image.fromarray(np.ascontiguousarray(picture)).resize(size, Image.Resampling.BILINEAR))
    channels = [Image.fromarray(picture[..., index].astype(np.float32)) for index in range(3)]
    resized = [np.asarray(channel.resize(size, Image.Resampling.BILINEAR)) for channel in channels]
    return np.stack(resized, axis=-1).round().astype(picture.dtype)
