"""A training pack as one file that travels: photographs compressed until it fits, the rest as it is."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ..errors import DatasetError

__all__ = ["zip_pack"]

_SNIPPET_QUALITY = 80
_QUALITIES = (85, 80, 75, 70, 65, 60, 50, 40)


def _smaller(path: Path, quality: int) -> bytes:
    """Return a photograph as JPEG, or the file as it is where that is no smaller."""
    before = path.read_bytes()
    buffer = io.BytesIO()
    with Image.open(path) as picture:
        picture.convert("RGB").save(buffer, "JPEG", quality=quality, optimize=True)
    return min(before, buffer.getvalue(), key=len)


def _unrolled(path: Path) -> tuple[bytes, int]:
    """Return the frames of a movie one below the other, as JPEG, and their count: the far end needs no decoder."""
    import av

    with av.open(str(path)) as movie:
        frames = [frame.to_ndarray(format="rgb24") for frame in movie.decode(video=0)]
    buffer = io.BytesIO()
    Image.fromarray(np.concatenate(frames)).save(buffer, "JPEG", quality=_SNIPPET_QUALITY, optimize=True)
    return buffer.getvalue(), len(frames)


def zip_pack(folder: Path, output: Path, *, max_bytes: int = 40_000_000) -> int | None:
    """Write a pack folder as a ``.zip`` that :func:`~.pack.load_pack` reads.

    Args:
        folder: with ``manifest.json``.
        output: file to write.
        max_bytes: largest size. Photographs are compressed until it fits, movies become pictures of their frames;
            foregrounds and their alpha stay bit for bit.

    Returns:
        The JPEG quality of the photographs, or ``None`` where they stayed as they were. It stands in the manifest too,
        so the digest of the pack tells.

    Raises:
        DatasetError: a file that the manifest lists is missing, or the pack fits at no quality.
    """
    manifest = folder / "manifest.json"
    if not manifest.is_file():
        raise DatasetError(f"{manifest} is missing; give the folder of a training pack.")
    content: dict[str, Any] = json.loads(manifest.read_bytes())
    files = {item["file"]: folder / item["file"] for item in content["items"]}
    for path in files.values():
        if not path.is_file():
            raise DatasetError(f"{path} is missing; {manifest} lists it.")
    movies = {item["file"]: _unrolled(files.pop(item["file"])) for item in content["items"] if item["kind"] == "video"}
    content["items"] = [
        item | {"file": f"{item['file']}.jpg", "frames_in_picture": movies[item["file"]][1]}
        if item["file"] in movies
        else item
        for item in content["items"]
    ]
    photographs = {item["file"] for item in content["items"] if item["kind"] == "background"}
    for quality in (None, *_QUALITIES):
        parts = {
            name: _smaller(path, quality) if quality is not None and name in photographs else path.read_bytes()
            for name, path in files.items()
        }
        parts |= {f"{name}.jpg": picture for name, (picture, _) in movies.items()}
        listing = content if quality is None else content | {"photographs_jpeg_quality": quality}
        parts["manifest.json"] = json.dumps(listing, separators=(",", ":")).encode()
        packed = _zipped(parts)
        if len(packed) <= max_bytes:
            temporary = output.with_name(output.name + ".new")
            temporary.write_bytes(packed)
            temporary.replace(output)
            return quality
    raise DatasetError(f"{folder} takes {len(packed)} bytes at quality {quality}; {max_bytes} are allowed.")


def _zipped(parts: dict[str, bytes]) -> bytes:
    """Return a zip of named parts, the same bytes for the same parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in sorted(parts.items()):
            how = zipfile.ZIP_DEFLATED if name.endswith(".json") else zipfile.ZIP_STORED
            archive.writestr(zipfile.ZipInfo(name), content, compress_type=how)
    return buffer.getvalue()
