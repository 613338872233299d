"""Colour spaces of OpenColorIO configurations; the library is an extra, imported when a space of its is named."""

from __future__ import annotations

import os
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from .errors import ParameterError

_OWN_CONFIG: Final = "ocio://studio-config-latest"
_SRGB_NAMES: Final = ("srgb_tx", "sRGB - Texture", "Utility - sRGB - Texture", "srgb_texture", "sRGB")
"""What configurations call display-referred sRGB with its own curve, the usual name first."""


class OcioSpace:
    """One colour space, to and from sRGB."""

    def __init__(self, config: Any, name: str, srgb: str) -> None:
        """Prepare both ways; ``config`` is the library's own object."""
        self._to = config.getProcessor(name, srgb).getDefaultCPUProcessor()
        self._back = config.getProcessor(srgb, name).getDefaultCPUProcessor()

    def to_srgb(self, colour: np.ndarray) -> np.ndarray:
        """Change ``colour``, (H, W, 3) float32, contiguous, into sRGB, and return it."""
        self._to.applyRGB(colour)
        return colour

    def from_srgb(self, colour: np.ndarray) -> np.ndarray:
        """Return ``colour``, (H, W, 3) float32 sRGB, contiguous, in the space."""
        changed = colour.copy()
        self._back.applyRGB(changed)
        return changed


@lru_cache(maxsize=8)
def open_ocio(config: str, name: str) -> OcioSpace:
    """Return colour space ``name`` of ``config``: a file, ``ocio://`` and a name, or empty for the usual one.

    Raises:
        ParameterError: OpenColorIO is not installed, or the configuration cannot be read, or has no such space.
    """
    try:
        import PyOpenColorIO as ocio  # noqa: N813
    except ImportError as error:
        raise ParameterError(
            f"the colour space '{name}' needs OpenColorIO, which is not installed; run pip install 'trimatte[colour]'."
        ) from error
    try:
        opened = _open(ocio, config)
    except (ocio.Exception, ocio.ExceptionMissingFile, OSError) as error:
        raise ParameterError(
            f"the OpenColorIO configuration {config or '$OCIO'} cannot be read ({_first_line(error)}); choose another."
        ) from error
    srgb = next((known for known in _SRGB_NAMES if opened.getColorSpace(known)), None)
    if srgb is None:
        raise ParameterError(
            f"the OpenColorIO configuration {config or '$OCIO'} has no sRGB space that Trimatte knows; give one of its "
            f"spaces the alias {_SRGB_NAMES[0]}."
        )
    if not opened.getColorSpace(name):
        raise ParameterError(f"there is no colour space '{name}' in {_name_of(config)}; {_suggestion(opened, name)}.")
    try:
        return OcioSpace(opened, name, srgb)
    except ocio.Exception as error:
        raise ParameterError(f"the colour space '{name}' cannot be converted ({_first_line(error)}).") from error


def _open(ocio: Any, config: str) -> Any:
    if config:
        return ocio.Config.CreateFromFile(config)
    return ocio.Config.CreateFromFile(os.environ.get("OCIO") or _OWN_CONFIG)


def _name_of(config: str) -> str:
    return Path(config).name if config else "the OpenColorIO configuration"


def _suggestion(config: Any, name: str) -> str:
    """Return what to try instead: the names that look most like ``name``."""
    alike = get_close_matches(name, list(config.getColorSpaceNames()), n=4, cutoff=0.4)
    return f"similar ones: {', '.join(alike)}" if alike else "look the name up in the configuration"


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
