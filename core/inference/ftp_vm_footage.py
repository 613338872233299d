"""A folder of movies with painted trimaps, as FTP-VM's own tool finds them. Source: its release."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..errors import MediaError
from ..networks.ftp_vm import FTPVM
from .ftp_vm_convert import convert_video

__all__ = ["Footage", "convert_footage", "find_footage"]

_MEGABITS = 8
_MARK = "trimap"


@dataclass(frozen=True, slots=True)
class Footage:
    """One movie with one trimap."""

    movie: Path
    """``NAME.mp4``."""
    trimap: Path
    """``NAME_*trimap<suffix>.*``: what to remember of the thumbnail."""
    thumbnail: Path
    """``NAME_thumbnail.png``: the frame that was painted on."""
    suffix: str
    """What follows ``trimap`` in the name; tells several trimaps of one movie apart."""

    def output(self, folder: Path, kind: str) -> Path:
        """Return the movie for ``kind``: ``com``, ``pha`` or ``fgr``."""
        return folder / "_".join([self.movie.stem, *([self.suffix] if self.suffix else []), f"{kind}.mp4"])


def find_footage(root: Path) -> list[Footage]:
    """Return every movie with each of its trimaps, by name.

    A trimap belongs to the movie with the longest name that its own name starts with, so that ``a_b_trimap.png`` is
    that of ``a_b.mp4`` where ``a.mp4`` is there too.

    Raises:
        MediaError: no folder, no movie, a movie without a trimap or without a thumbnail.
    """
    if not root.is_dir():
        raise MediaError(f"{root}: no such folder; expected movies with NAME_trimap.png and NAME_thumbnail.png.")
    movies = sorted(root.glob("*.mp4"))
    if not movies:
        raise MediaError(f"{root}: holds no movie (.mp4).", path=root)
    found: dict[Path, list[Footage]] = {movie: [] for movie in movies}
    for path in sorted(root.iterdir()):
        owners = [movie for movie in movies if path.name.startswith(f"{movie.stem}_")]
        if path in found or not owners or _MARK not in path.stem[len(max(owners, key=_length).stem) :]:
            continue
        owner = max(owners, key=_length)
        suffix = path.stem[path.stem.rindex(_MARK) + len(_MARK) :].lstrip("_-")
        found[owner].append(Footage(owner, path, root / f"{owner.stem}_thumbnail.png", suffix))
    for movie, footage in found.items():
        if not footage:
            raise MediaError(f"{movie}: has no trimap; paint {movie.stem}_trimap.png beside it.", path=movie)
        if not footage[0].thumbnail.is_file():
            raise MediaError(
                f"{footage[0].thumbnail}: no such picture; put the frame there that the trimap was painted on.",
                path=footage[0].thumbnail,
            )
        names = [item.output(root, "pha") for item in footage]
        if len(set(names)) < len(names):
            raise MediaError(
                f"{movie}: several trimaps end alike ({', '.join(item.trimap.name for item in footage)}); "
                "give each an ending of its own behind 'trimap'.",
                path=movie,
            )
    return [item for footage in found.values() for item in footage]


def convert_footage(
    model: FTPVM,
    root: Path,
    out_root: Path,
    *,
    target_size: int = 1024,
    seq_chunk: int = 4,
    is_mended: bool = False,
    progress: bool = True,
    sound: bool = True,
    started: Callable[[Footage], None] | None = None,
) -> list[Footage]:
    """Matte every movie of a folder with each of its trimaps, into three movies each.

    Args:
        model: FTP-VM with weights.
        root: see :func:`find_footage`.
        out_root: receives ``NAME_<suffix>_com.mp4``, ``_pha.mp4`` and ``_fgr.mp4``, 8 Mbit/s.
        target_size: long side in pixels that the network works at.
        seq_chunk: frames in one call of the model.
        is_mended: see :func:`~.ftp_vm_convert.convert_video`.
        progress: show a bar for each movie.
        sound: copy the sound of the movies.
        started: called before each.

    Raises:
        MediaError: see :func:`find_footage`; nothing is written then. Or a movie cannot be read or written.
    """
    footage = find_footage(root)
    for item in footage:
        if started is not None:
            started(item)
        convert_video(
            model,
            item.movie,
            item.thumbnail,
            item.trimap,
            output_composition=item.output(out_root, "com"),
            output_alpha=item.output(out_root, "pha"),
            output_foreground=item.output(out_root, "fgr"),
            output_video_mbps=_MEGABITS,
            seq_chunk=seq_chunk,
            target_size=target_size,
            is_mended=is_mended,
            progress=progress,
            sound=sound,
        )
    return footage


def _length(movie: Path) -> int:
    return len(movie.stem)
