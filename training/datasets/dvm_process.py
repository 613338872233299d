"""Compose DVM's training and test clips: frames of composite, foreground, background and alpha as JPEG files."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from ...core.errors import MediaError
from ...core.inference.picture_files import read_picture, write_picture
from ...core.media import Clip, open_clip
from .dvm_composites import DvmComposite
from .dvm_walk import paste, random_walk
from .green_screen_clip import bytes_of

__all__ = ["DvmProcessOptions", "compose_frames", "write_composite", "write_composites"]

_LONGEST = 1920
_MOST_FRAMES = {False: 60, True: 150}
"""Frames of a composite at most, by whether its foreground is a video."""

KINDS = "vfba"
"""Folders of pictures, in the order they are moved into place."""

Frame = dict[str, np.ndarray]
"""``v`` composite, ``f`` foreground times alpha, ``b`` background: (H, W, 3) uint8; ``a`` alpha (H, W) uint8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DvmProcessOptions:
    """How clips are composed."""

    phase: str = "train"
    """``train`` or ``test``: the folder of the sources."""
    has_blurred_background: bool = False
    """Blur backgrounds with a Gaussian of 9 x 9 pixels."""
    seed: int = 0
    """With the name of a clip it decides all draws, whatever else is composed beside it."""


def compose_frames(composite: DvmComposite, root: Path, options: DvmProcessOptions) -> Iterator[Frame]:
    """Yield the frames of one composite.

    Raises:
        MediaError: a file is missing or cannot be read.

    Source: Sun et al., DVM, CVPR 2021, ``data/process.py`` of the release.
    """
    digest = hashlib.sha256(composite.name.encode()).digest()
    rng = np.random.default_rng((options.seed, int.from_bytes(digest[:8], "little")))
    colour_path, alpha_path, background_path = composite.files(root, options.phase)
    with open_clip(background_path) as background:
        count = min(len(background), _MOST_FRAMES[composite.is_video])
        if composite.is_video:
            with open_clip(colour_path) as colours, open_clip(alpha_path) as alphas:
                count = min(count, len(colours), len(alphas))
                foreground = (_rgba(_frame(colours, i), _frame(alphas, i)[..., 0]) for i in range(count))
                yield from _compose(rng, foreground, background, count, options, is_still=False)
        else:
            still = _rgba(read_picture(colour_path), read_picture(alpha_path, is_grey=True))
            yield from _compose(rng, iter([still] * count), background, count, options, is_still=True)


def _frame(clip: Clip, number: int) -> np.ndarray:
    return bytes_of(clip.read_native(clip.first + number))


def _rgba(colours: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Join a foreground and shrink it until its longer side fits."""
    joined = Image.fromarray(np.concatenate([colours, alpha[..., None]], axis=2))
    scale = min(1.0, _LONGEST / max(joined.size))
    if scale < 1:
        joined = joined.resize((round(joined.width * scale), round(joined.height * scale)), Image.Resampling.BICUBIC)
    return np.asarray(joined)


def _compose(
    rng: np.random.Generator,
    foreground: Iterator[np.ndarray],
    background: Clip,
    count: int,
    options: DvmProcessOptions,
    *,
    is_still: bool,
) -> Iterator[Frame]:
    """Crop the background once, then paste frame after frame."""
    window: tuple[int, int, int, int] | None = None
    poses = None
    for number, front in enumerate(foreground):
        behind = _covering(_frame(background, number), front.shape[:2])
        if window is None:
            window = _crop(rng, behind.shape[:2], front.shape[:2])
            poses = random_walk(rng, count, window[2:]) if is_still else None
        top, left, height, width = window
        behind = np.ascontiguousarray(behind[top : top + height, left : left + width])
        if options.has_blurred_background:
            behind = np.asarray(Image.fromarray(behind).filter(ImageFilter.GaussianBlur(1.7)))
        canvas = (
            _centred(front, window[2:]) if poses is None else paste(front, poses[number], window[2:])
        )  # fmt: skip
        yield _over(canvas, behind)


def _covering(behind: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Enlarge a background until it covers (height, width) in both directions."""
    scale = max(1.0, *(wanted / given for wanted, given in zip(size, behind.shape[:2], strict=True)))
    if scale == 1:
        return behind
    height, width = (max(round(side * scale), least) for side, least in zip(behind.shape[:2], size, strict=True))
    return np.asarray(Image.fromarray(behind).resize((width, height), Image.Resampling.BILINEAR))


def _crop(rng: np.random.Generator, behind: tuple[int, int], front: tuple[int, int]) -> tuple[int, int, int, int]:
    """Draw (top, left, height, width) of the background that is kept."""
    height, width = (
        min(int(1.2 * inner), outer, _LONGEST, 2 * inner) for outer, inner in zip(behind, front, strict=True)
    )
    top, left = int(rng.integers(behind[0] - height + 1)), int(rng.integers(behind[1] - width + 1))
    return top, left, height, width


def _centred(front: np.ndarray, canvas: tuple[int, int]) -> np.ndarray:
    """Lay a frame in the middle of an empty canvas that is at least as large."""
    result = np.zeros((*canvas, 4), np.uint8)
    top, left = ((outer - inner) // 2 for outer, inner in zip(canvas, front.shape[:2], strict=True))
    result[top : top + front.shape[0], left : left + front.shape[1]] = front
    return result


def _over(front: np.ndarray, behind: np.ndarray) -> Frame:
    share = front[..., 3:].astype(np.float32) / 255
    premultiplied = front[..., :3] * share
    return {
        "v": (premultiplied + behind * (1 - share)).astype(np.uint8),
        "f": premultiplied.astype(np.uint8),
        "b": behind,
        "a": front[..., 3],
    }


def write_composite(composite: DvmComposite, root: Path, output: Path, options: DvmProcessOptions) -> int:
    """Write ``<output>/{v,f,b,a}/<name>/%05d.jpg`` and return the number of frames; alpha has three equal channels.

    The clip appears whole: its frames are written beside their place and moved there last.
    """
    name, count = composite.name, 0
    with tempfile.TemporaryDirectory(prefix=".composing-", dir=output) as part:
        for number, frame in enumerate(compose_frames(composite, root, options)):
            for kind, picture in frame.items():
                pixels = picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=2)
                write_picture(Path(part) / kind / f"{number:05d}.jpg", pixels, quality=95)
            count = number + 1
        for kind in KINDS:
            (output / kind).mkdir(exist_ok=True)
            shutil.rmtree(output / kind / name, ignore_errors=True)
            (Path(part) / kind).rename(output / kind / name)
    return count


def write_composites(
    composites: Sequence[DvmComposite],
    root: Path,
    output: Path,
    options: DvmProcessOptions,
    *,
    num_processes: int = 1,
) -> Iterator[tuple[str, str | None]]:
    """Write many clips and yield the name of each with what kept it out, or ``None``.

    A clip that is there already, or whose files are missing, is left out, as in the release.
    """
    output.mkdir(parents=True, exist_ok=True)
    write = partial(_write_one, root=root, output=output, options=options)
    if num_processes == 1:
        yield from map(write, composites)
        return
    with ProcessPoolExecutor(num_processes, mp_context=get_context("spawn")) as pool:
        yield from pool.map(write, composites)


def _write_one(composite: DvmComposite, root: Path, output: Path, options: DvmProcessOptions) -> tuple[str, str | None]:
    if all((output / kind / composite.name).is_dir() for kind in KINDS):
        return composite.name, "is there already"
    missing = [path for path in composite.files(root, options.phase) if not path.is_file()]
    if missing:
        return composite.name, f"{missing[0]} is missing"
    try:
        write_composite(composite, root, output, options)
    except MediaError as error:
        return composite.name, str(error)
    return composite.name, None
