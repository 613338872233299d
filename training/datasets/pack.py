"""The training pack as bytes in memory: foregrounds with alpha, background photographs, short snippets of video.

A pack is a folder with a ``manifest.json`` that lists every file with its kind, size, source and licence. A snippet is
a movie or, where ``frames_in_picture`` says how many, a picture of frames one below the other. A pack is
decoded once and kept as uint8 tensors (a few hundred megabytes at most), so that clips are composed on the device
that trains, without a loader.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ..errors import DatasetError

__all__ = ["Foreground", "Pack", "load_pack", "read_pack", "save_pack"]

_FOREGROUND_KINDS = {"foreground-photo": "photo", "foreground-cut": "cut", "foreground-shape": "shape"}


@dataclass(frozen=True, slots=True)
class Foreground:
    """One cut-out object."""

    rgba: Tensor
    """(4, H, W) uint8, premultiplied, so that it may be resized and warped."""
    kind: str
    """``photo`` (soft edges, exact colours), ``cut`` (hard edges) or ``shape`` (drawn)."""
    cut_at: frozenset[str]
    """Image borders that cut the object: ``left``, ``top``, ``right``, ``bottom``."""


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything a composer draws from."""

    foregrounds: list[Foreground]
    backgrounds: list[Tensor]
    """(3, H, W) uint8 photographs."""
    snippets: list[Tensor]
    """(T, 3, H, W) uint8 consecutive frames of real video."""
    digest: str
    """SHA-256 of the manifest: names the data in the record of the weights."""

    def to(self, device: torch.device | str) -> Pack:
        """Return the pack on ``device``."""
        return Pack(
            [Foreground(f.rgba.to(device), f.kind, f.cut_at) for f in self.foregrounds],
            [b.to(device) for b in self.backgrounds],
            [s.to(device) for s in self.snippets],
            self.digest,
        )


def _foreground(file: IO[bytes], item: dict[str, Any], max_side: int) -> Foreground:
    with Image.open(file) as picture:
        straight = np.asarray(picture.convert("RGBA"), dtype=np.float32)
    alpha = straight[..., 3:] / 255.0
    premultiplied = np.concatenate([straight[..., :3] * alpha, straight[..., 3:]], axis=2)
    rgba = torch.from_numpy(premultiplied).permute(2, 0, 1)
    if max(rgba.shape[1:]) > max_side:
        scale = max_side / max(rgba.shape[1:])
        size = [max(1, round(n * scale)) for n in rgba.shape[1:]]
        rgba = torch.nn.functional.interpolate(rgba[None], size=size, mode="bilinear", antialias=True)[0]
    rgba = rgba.round().clamp(0, 255).to(torch.uint8).contiguous()
    return Foreground(rgba, _FOREGROUND_KINDS[item["kind"]], frozenset(item.get("cut_at", ())))


def _picture(file: IO[bytes]) -> Tensor:
    with Image.open(file) as picture:
        return torch.from_numpy(np.array(picture.convert("RGB"))).permute(2, 0, 1).contiguous()


def _snippet(file: IO[bytes], item: dict[str, Any]) -> Tensor:
    if "frames_in_picture" in item:  # one below the other
        return torch.stack(_picture(file).chunk(item["frames_in_picture"], 1)).contiguous()
    import av

    with av.open(file, "r") as movie:
        frames = [frame.to_ndarray(format="rgb24") for frame in movie.decode(video=0)]
    return torch.from_numpy(np.stack(frames)).permute(0, 3, 1, 2).contiguous()


def _root(path: Path) -> Path | zipfile.Path:
    """Return what paths of the manifest are joined to."""
    if not path.is_file():
        return path
    try:
        return zipfile.Path(path)
    except zipfile.BadZipFile as error:
        raise DatasetError(f"{path} is no whole zip file ({error}); pack it again.") from error


def read_pack(root: Path, *, max_side: int = 560, limit: int | None = None) -> Pack:
    """Decode a pack.

    Args:
        root: folder with ``manifest.json``, or such a folder in a ``.zip``.
        max_side: foregrounds are shrunk to at most this many pixels on the long side.
        limit: keep only the first so many files of each kind (for tests).

    Raises:
        DatasetError: the manifest or a file that it lists is missing or unreadable.
    """
    inside = _root(root)
    manifest = inside / "manifest.json"
    if not manifest.is_file():
        raise DatasetError(f"{manifest} is missing; give the folder of a training pack.")
    text = manifest.read_bytes()
    foregrounds: list[Foreground] = []
    backgrounds: list[Tensor] = []
    snippets: list[Tensor] = []
    taken: dict[str, int] = {}
    for item in json.loads(text)["items"]:
        kind = item["kind"]
        taken[kind] = taken.get(kind, 0) + 1
        if limit is not None and taken[kind] > limit:
            continue
        path = inside / item["file"]
        try:
            with path.open("rb") as opened:
                file = cast("IO[bytes]", opened)
                if kind in _FOREGROUND_KINDS:
                    foregrounds.append(_foreground(file, item, max_side))
                elif kind == "background":
                    backgrounds.append(_picture(file))
                elif kind == "video":
                    snippets.append(_snippet(file, item))
        except (OSError, ValueError, KeyError) as error:
            raise DatasetError(f"{path} cannot be read ({error}); fetch the pack again.") from error
    if not foregrounds or not backgrounds:
        raise DatasetError(f"{manifest} lists no foregrounds or no backgrounds; both are needed.")
    return Pack(foregrounds, backgrounds, snippets, hashlib.sha256(text).hexdigest())


def save_pack(pack: Pack, path: Path) -> None:
    """Keep a decoded pack in one file, so that a run starts in a second."""
    torch.save(
        {
            "foregrounds": [(f.rgba, f.kind, sorted(f.cut_at)) for f in pack.foregrounds],
            "backgrounds": pack.backgrounds,
            "snippets": pack.snippets,
            "digest": pack.digest,
        },
        path,
    )


def load_pack(path: Path) -> Pack:
    """Load what :func:`save_pack` wrote, or decode the folder or the ``.zip`` at ``path``.

    Raises:
        DatasetError: there is no pack at ``path``.
    """
    if path.is_dir() or (path.is_file() and path.suffix == ".zip"):
        return read_pack(path)
    if not path.is_file():
        raise DatasetError(f"{path} does not exist; give the folder of a training pack or a packed file.")
    state = torch.load(path, weights_only=True)
    foregrounds = [Foreground(rgba, kind, frozenset(cut)) for rgba, kind, cut in state["foregrounds"]]
    return Pack(foregrounds, state["backgrounds"], state["snippets"], state["digest"])
