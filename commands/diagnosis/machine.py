"""Devices, libraries and codecs of this machine."""

import os
import platform
import re
from importlib.metadata import PackageNotFoundError, requires, version

from av.codec import Codec
from av.codec.codec import UnknownCodecError

from ... import __version__
from ...core.media import FORMATS
from .check import Check, State

_DECODERS = ("h264", "hevc", "prores", "libvpx-vp9", "png", "tiff", "mjpeg")


def check_devices() -> list[Check]:
    """Return the CPU and every CUDA device."""
    import torch

    threads = f"{os.cpu_count()} logical cores, torch uses {torch.get_num_threads()} threads"
    found = [Check("devices", "cpu", State.OK, f"{platform.machine()}, {threads}")]
    for index in range(torch.cuda.device_count()):
        facts = torch.cuda.get_device_properties(index)
        found.append(Check("devices", f"cuda:{index}", State.OK, f"{facts.name}, {facts.total_memory >> 20} MiB"))
    if len(found) == 1:
        found.append(Check("devices", "cuda", State.NOTE, "no CUDA device; frames are rendered on the CPU"))
    return found


def check_libraries() -> list[Check]:
    """Return the version of everything Trimatte depends on."""
    found = [Check("libraries", "trimatte", State.OK, f"{__version__}, Python {platform.python_version()}")]
    names = [re.split(r"[<>=!~ ;\[]", text)[0] for text in _requirements()]
    for name in names:
        try:
            found.append(Check("libraries", name, State.OK, version(name)))
        except PackageNotFoundError:
            found.append(Check("libraries", name, State.BROKEN, f"not installed; pip install {name}"))
    return found


def _requirements() -> list[str]:
    try:
        listed = requires("trimatte") or []
    except PackageNotFoundError:  # run from a checkout that is on the path only
        return ["av", "numpy", "pillow", "rich", "safetensors", "torch", "typer"]
    return [text for text in listed if "extra ==" not in text]


def check_codecs() -> list[Check]:
    """Return the codecs that reading and writing need and FFmpeg lacks."""
    encoders = {output.codec for output in FORMATS.values()}
    lacking = [f"encoder {name}" for name in sorted(encoders) if not _has(name, "w")]
    lacking += [f"decoder {name}" for name in _DECODERS if not _has(name, "r")]
    if lacking:
        return [Check("codecs", "ffmpeg", State.BROKEN, f"lacks {', '.join(lacking)}; install PyAV from its wheel")]
    return [Check("codecs", "ffmpeg", State.OK, f"reads {', '.join(_DECODERS)}; writes {', '.join(FORMATS)}")]


def _has(name: str, mode: str) -> bool:
    try:
        Codec(name, "w" if mode == "w" else "r")
    except UnknownCodecError:
        return False
    return True
