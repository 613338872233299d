"""DVM's composites: which foreground goes over which background, and where their files are.

Foregrounds are ``fg/image/<phase>/{fg,alpha}/<name>.png`` (for tests also ``trimap``) and
``fg/video/<phase>/<id>/{f,a}.mp4``, backgrounds ``bg/<phase>/<id>.mp4``. A list names one composite a line:
``image+FG.png+BG.mp4`` or ``video+ID+BG.mp4``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..errors import DatasetError
from .findings import Finding, folders_in, missing_names, open_each, pictures_in, sizes_differ, without_folder

__all__ = ["PHASES", "DvmComposite", "Phase", "check", "parse_line", "read_list"]

Phase = Literal["train", "test"]
PHASES: tuple[Phase, ...] = ("train", "test")


@dataclass(frozen=True, slots=True)
class DvmComposite:
    """One foreground over one background."""

    is_video: bool
    foreground: str
    """File name of the picture, or id of the video."""
    background: str
    """File name of the movie."""

    @property
    def name(self) -> str:
        """Name of its folder of frames."""
        kind = "video" if self.is_video else "image"
        return f"{kind}_{Path(self.foreground).stem}_{Path(self.background).stem}"

    def files(self, root: Path, phase: str) -> tuple[Path, Path, Path]:
        """Return the files of colour, alpha and background."""
        background = root / "bg" / phase / self.background
        if self.is_video:
            folder = root / "fg" / "video" / phase / self.foreground
            return folder / "f.mp4", folder / "a.mp4", background
        folder = root / "fg" / "image" / phase
        return folder / "fg" / self.foreground, folder / "alpha" / self.foreground, background


def parse_line(line: str) -> DvmComposite:
    """Read one line of a list.

    Raises:
        DatasetError: it has another form.
    """
    parts = line.strip().split("+")
    if len(parts) != 3 or parts[0] not in {"image", "video"} or not all(parts):
        raise DatasetError(f"{line.strip()!r}: expected image+FG.png+BG.mp4 or video+ID+BG.mp4.")
    if any(Path(part).name != part for part in parts):
        raise DatasetError(f"{line.strip()!r}: names are file names, without a folder.")
    return DvmComposite(parts[0] == "video", parts[1], parts[2])


def read_list(path: Path) -> list[DvmComposite]:
    """Read a list of composites; empty lines are left out.

    Raises:
        DatasetError: the list cannot be read, is empty, or a line has another form.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path}: cannot be read ({error}); it names one composite a line.") from error
    found = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                found.append(parse_line(line))
            except DatasetError as error:
                raise DatasetError(f"{path}, line {number}: {error}") from error
    if not found:
        raise DatasetError(f"{path}: names no composite.")
    return found


def check(root: Path, *, is_deep: bool = False, list_file: Path | None = None) -> list[Finding]:
    """Say what is missing of the sources of DVM's composites.

    Args:
        root: holds ``fg`` and ``bg``.
        is_deep: decode every still picture.
        list_file: list of composites whose files must be there; ``None``: look at each folder by itself.
    """
    if list_file is not None:
        return _check_list(root, list_file)
    phases = [phase for phase in PHASES if (root / "bg" / phase).is_dir()]
    if not phases:
        return without_folder(root / "bg" / PHASES[0], "background movies")
    return [finding for phase in phases for finding in _check_phase(root, phase, is_deep=is_deep)]


def _check_list(root: Path, list_file: Path) -> list[Finding]:
    findings = []
    for composite in read_list(list_file):
        places = {phase: composite.files(root, phase) for phase in PHASES}
        best = min(places.values(), key=lambda files: sum(not path.is_file() for path in files))
        findings += [
            Finding(path, f"missing; {list_file.name} needs it for {composite.name}.")
            for path in best
            if not path.is_file()
        ]
    return findings


def _check_phase(root: Path, phase: Phase, *, is_deep: bool) -> Iterator[Finding]:
    if not any(path.suffix == ".mp4" for path in (root / "bg" / phase).iterdir()):
        yield Finding(root / "bg" / phase, "holds no .mp4; expected one movie per background.")
    stills, videos = root / "fg" / "image" / phase, root / "fg" / "video" / phase
    if not stills.is_dir() and not videos.is_dir():
        yield from without_folder(stills, "still foregrounds: fg and alpha")
        yield from without_folder(videos, "a folder with f.mp4 and a.mp4 per foreground")
    for folder in folders_in(videos):
        for name in ("f.mp4", "a.mp4"):
            if not (folder / name).is_file():
                yield Finding(folder / name, "missing; a foreground is a pair of movies.")
    if stills.is_dir():
        yield from _check_stills(stills, phase, is_deep=is_deep)


def _check_stills(stills: Path, phase: Phase, *, is_deep: bool) -> Iterator[Finding]:
    colours, alphas = stills / "fg", stills / "alpha"
    findings = [*without_folder(colours, "the colours"), *without_folder(alphas, "the alphas")]
    if findings:
        yield from findings
        return
    named = [{path.name: path for path in pictures_in(folder)} for folder in (colours, alphas)]
    yield from missing_names(colours, alphas, (named[0], named[1]))
    pairs = [(named[0][name], named[1][name]) for name in sorted(named[0].keys() & named[1].keys())]
    yield from sizes_differ(pairs)
    if is_deep:
        yield from open_each(path for pair in pairs for path in pair)
    trimaps = stills / "trimap"
    if phase == "test" and trimaps.is_dir():  # published with the test set; made from alpha where there are none
        yield from missing_names(alphas, trimaps, (named[1], [path.name for path in pictures_in(trimaps)]))
