"""Bundles on disk: where they are looked for, and which library inside them is ours."""

import os
import platform
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SUFFIX: Final = ".ofx.bundle"
DEFAULT_FOLDER: Final = Path("/usr/OFX/Plugins")
_LINUX: Final = {
    "x86_64": "Linux-x86-64",
    "AMD64": "Linux-x86-64",
    "aarch64": "Linux-aarch64",
    "arm64": "Linux-aarch64",
}


@dataclass(frozen=True, slots=True)
class Bundle:
    """A folder that holds a plug-in library for this machine."""

    path: Path
    """The folder as it was found, perhaps through a symbolic link."""
    library: Path
    """The shared library in it."""


@dataclass(frozen=True, slots=True)
class BundleProblem:
    """Something on the search path that was skipped; ``str`` of it is one line."""

    path: Path
    """What was skipped."""
    reason: str
    """Why."""

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


def architecture() -> str:
    """Return the name of the folder that holds libraries for this machine, such as ``Linux-x86-64``."""
    if sys.platform == "darwin":
        return "MacOS"
    if sys.platform == "win32":
        return "Win64"
    return _LINUX.get(platform.machine(), f"Linux-{platform.machine()}")


def default_search_paths() -> list[Path]:
    """Return the folders of ``OFX_PLUGIN_PATH`` and then the one of the standard."""
    listed = os.environ.get("OFX_PLUGIN_PATH", "").split(os.pathsep)
    return [*(Path(folder) for folder in listed if folder), DEFAULT_FOLDER]


def find_bundles(search_paths: Sequence[Path]) -> tuple[list[Bundle], list[BundleProblem]]:
    """Look for bundles in ``search_paths`` and, recursively, in their folders.

    Returns:
        Each bundle once, in the order of the paths and then of names; and a line for everything that was skipped.
    """
    bundles: list[Bundle] = []
    problems: list[BundleProblem] = []
    visited: set[Path] = set()
    for folder in search_paths:
        if not folder.exists():
            if folder != DEFAULT_FOLDER:
                problems.append(BundleProblem(folder, "there is no such folder on the search path"))
            continue
        for found in _walk(folder, visited, problems):
            try:
                bundles.append(Bundle(found, _library(found)))
            except FileNotFoundError as error:
                problems.append(BundleProblem(found, str(error)))
    return bundles, problems


def _walk(folder: Path, visited: set[Path], problems: list[BundleProblem]) -> Iterator[Path]:
    """Yield the bundles at and below ``folder``; a folder reached twice, by links, is entered once."""
    if folder.name.startswith("@"):
        problems.append(BundleProblem(folder, "skipped: the standard reserves folders whose name starts with @"))
        return
    try:
        real = folder.resolve(strict=True)
    except (OSError, RuntimeError):  # Python 3.11 raises RuntimeError for a link that leads to itself
        problems.append(BundleProblem(folder, "skipped: the symbolic link leads nowhere or in a circle"))
        return
    if real in visited:
        if folder.is_symlink() and folder.parent.resolve().is_relative_to(real):
            problems.append(BundleProblem(folder, f"skipped: the symbolic link leads back to {real}"))
        return
    visited.add(real)
    if folder.name.endswith(SUFFIX):
        yield folder
        return
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        problems.append(BundleProblem(folder, f"cannot be read: {error.strerror}"))
        return
    for entry in entries:
        if entry.is_dir() or (entry.is_symlink() and not entry.exists()):
            yield from _walk(entry, visited, problems)


def _library(bundle: Path) -> Path:
    """Return the library for this machine; its name repeats that of the bundle, or of what a link points at."""
    contents = bundle / "Contents"
    wanted = architecture()
    folder = contents / wanted
    if not folder.is_dir():
        built_for = sorted(child.name for child in contents.iterdir() if child.is_dir()) if contents.is_dir() else []
        there = ", ".join(name for name in built_for if name != "Resources") or "nothing"
        raise FileNotFoundError(f"has no library for {wanted}; it holds {there}")
    names = [f"{path.name.removesuffix(SUFFIX)}.ofx" for path in (bundle, bundle.resolve())]
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(f"has no Contents/{wanted}/{names[0]}; the library must be named like its bundle")
