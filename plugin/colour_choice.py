"""Which colour space the plates are in: what the user says, or what the host says where the user leaves it to that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .choices import choose
from .errors import ParameterError

SRGB: Final = "srgb"
RAW: Final = "raw"
LINEAR: Final = "lin_rec709"
ACESCG: Final = "acescg"

_AUTO: Final = "auto"
_OCIO: Final = "ocio"

SPACES: Final = {
    "Auto": _AUTO,
    "sRGB": SRGB,
    "Linear Rec.709": LINEAR,
    "ACEScg": ACESCG,
    "Raw": RAW,
    "OpenColorIO": _OCIO,
}
"""Label of the choice -> space."""

NATIVE_CONFIG: Final = "ocio://studio-config-v2.1.0_aces-v1.3_ocio-v2.3"
"""Configuration of OpenColorIO whose aliases the native names of OpenFX 1.5 are."""

_OF_HOSTS: Final = {
    "srgb_tx": SRGB,
    "srgb_display": SRGB,
    "ofx_display_sdr": SRGB,
    "lin_rec709_srgb": LINEAR,
    "ACEScg": ACESCG,
    "Raw": RAW,
    "ofx_raw": RAW,
    "data": RAW,
}
"""Native colour space of OpenFX 1.5 -> ours; the others are OpenColorIO's."""

_WORDS: Final = {SRGB: "srgb", LINEAR: "linear-rec709", ACESCG: "acescg", RAW: "raw"}
"""Space -> word of the command line; any other word is a name of OpenColorIO."""

_WITHOUT_PRIMARIES: Final = {"ofx_scene_linear", "ofx_scene_log", "ofx_display_hdr"}


@dataclass(frozen=True, slots=True)
class ColourChoice:
    """A colour space that can be looked up."""

    name: str = SRGB
    """``srgb``, ``raw``, ``lin_rec709``, ``acescg``; else a name in ``config``."""
    config: str | None = None
    """OpenColorIO configuration, a file or ``ocio://``; empty: ``$OCIO``, else OpenColorIO's own; ``None``: the space
    needs no OpenColorIO."""

    @classmethod
    def parse(cls, values: Mapping[str, object]) -> ColourChoice:
        """Read what the shell sends: the page of the user and the words of the host.

        Raises:
            KeyError: something is missing.
            ParameterError: no space is named, or one that says too little.
        """
        chosen = choose("inputSpace", values, SPACES)
        config, host_config = str(values["ocioConfig"]).strip(), str(values["hostConfig"])
        if chosen == _AUTO:
            return cls._of_host(str(values["hostSpace"]), config or host_config)
        if chosen != _OCIO:
            return cls(chosen)
        name = str(values["ocioSpace"]).strip()
        if not name:
            raise ParameterError(
                "Input space is OpenColorIO, but no space is named; write its name into 'OpenColorIO space'."
            )
        return cls(name, config or host_config)

    @classmethod
    def _of_host(cls, name: str, config: str) -> ColourChoice:
        """Return the space that the host names; sRGB where it names none, as nearly all hosts do."""
        if not name:
            return cls(SRGB)
        if config:  # names of a configuration mean what it says
            return cls(name, config)
        if name in _WITHOUT_PRIMARIES:
            raise ParameterError(f"the host only says that its colour is '{name}'; set Input space to the one it is.")
        return cls(_OF_HOSTS[name]) if name in _OF_HOSTS else cls(name, NATIVE_CONFIG)

    @classmethod
    def of_file(cls, bits: int) -> ColourChoice:
        """Return the space of a file that says nothing: float (32 ``bits``) is linear Rec.709, integers are sRGB."""
        return cls(LINEAR if bits == 32 else SRGB)

    @property
    def arguments(self) -> list[str]:
        """How it is said to ``trimatte render`` and ``trimatte paint``."""
        words = ["--input-space", _WORDS.get(self.name, self.name)]
        return [*words, "--ocio-config", self.config] if self.config else words

    @property
    def is_display(self) -> bool:
        """Whether networks see the values as they are."""
        return self.config is None and self.name in {SRGB, RAW}

    @property
    def identity(self) -> str:
        """Names the space among all spaces; empty where values are taken as they are."""
        return "" if self.is_display else f"{self.name}|{self.config or ''}"
