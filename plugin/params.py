"""The parameter page of the effect, as the shell sends it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final, TypeVar

from ..core.sessions.options import KernelName, ModelName
from .errors import ParameterError


class View(Enum):
    """What the effect shows; values are the labels of the choice."""

    RESULT = "Result"
    MATTE = "Matte"
    TRIMAP = "Trimap"
    TRIMAP_OVERLAY = "Trimap overlay"


class Output(Enum):
    """How the result carries its matte; values are the labels of the choice."""

    PREMULTIPLIED = "Premultiplied"
    """Colour times alpha, alpha."""
    STRAIGHT = "Straight"
    """Foreground colour, alpha."""
    MATTE_IN_RGB = "Matte in RGB"
    """Alpha as an opaque grey picture."""
    MATTE_IN_ALPHA = "Matte in alpha"
    """The plate untouched, alpha."""


WORKING_SIZES: Final = {"256": 256, "384": 384, "512": 512, "768": 768, "1024": 1024, "Native": 0}
"""Label of the choice -> long side in pixels, 0 = native."""

MODELS: Final[dict[str, ModelName]] = {"FTP-VM": "ftpvm", "DVM": "dvm", "RVM (people, no trimap)": "rvm"}
"""Label of the choice -> model of the session."""

DEVICES: Final = {"Auto": "auto", "CPU": "cpu", "CUDA": "cuda"}
"""Label of the choice -> device of the session."""

KERNELS: Final[dict[str, KernelName]] = {
    "Auto": "auto",
    "Torch": "torch",
    "C++": "native",
    "OpenCL": "opencl",
    "CUDA": "cupy",
}
"""Label of the choice -> kernels of the session."""

_OFX_PREMULTIPLIED: Final = "OfxImageAlphaPremultiplied"
_OFX_STRAIGHT: Final = "OfxImageAlphaUnPremultiplied"

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """Values of all parameters at one time."""

    keyframes: Path | None
    """Folder with the trimaps; ``None``: none is named."""
    frame_offset: int
    """Added to the time of the effect: frame number in the names of the keyframe files."""
    view: View
    output: Output
    """As the user chose, or as the host insists."""
    model: ModelName
    weights: str
    """Name of imported weights for the model; empty: its usual ones."""
    working_size: int
    """Long side in pixels of the picture the network sees on its way through the shot; 0 = native."""
    refine: bool
    device: str
    """``auto``, ``cpu`` or ``cuda``."""
    kernels: KernelName
    """What computes the operations around the networks."""
    cache_key: str
    """Names the source; empty: results live for this session only."""
    generation: int
    """Counts what the host said about changes of the source."""

    @classmethod
    def parse(cls, text: bytes) -> Params:
        """Read the JSON object that the shell sends; paths may hold bytes that are no UTF-8.

        Raises:
            ParameterError: something is missing or has a value that does not exist.
        """
        try:
            values = json.loads(text.decode("utf-8", "surrogateescape"))
            host_keeps = values["outputPremultiplication"]
            return cls(
                keyframes=Path(values["keyframes"]) if values["keyframes"] else None,
                frame_offset=int(values["frameOffset"]),
                view=_choice("view", values, {view.value: view for view in View}),
                output=_settled(_choice("output", values, {one.value: one for one in Output}), host_keeps),
                model=_choice("model", values, MODELS),
                weights=str(values["weights"]).strip(),
                working_size=_choice("workingResolution", values, WORKING_SIZES),
                refine=bool(values["refine"]),
                device=_choice("device", values, DEVICES),
                kernels=_choice("kernels", values, KERNELS),
                cache_key=str(values["cacheKey"]),
                generation=int(values["generation"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ParameterError(
                f"the shell sent parameters that cannot be read ({error!r}); install the bundle of this Trimatte again."
            ) from error


def _choice(name: str, values: dict[str, object], table: dict[str, _Value]) -> _Value:
    """Return what the label of choice ``name`` stands for."""
    label = values[name]
    if not isinstance(label, str) or label not in table:
        raise ParameterError(f"{name} is {label}; choose one of: {', '.join(table)}.")
    return table[label]


def _settled(chosen: Output, host_keeps: str) -> Output:
    """Return the output that fits how the host keeps colour: some hosts do not take our preference."""
    if chosen is Output.PREMULTIPLIED and host_keeps == _OFX_STRAIGHT:
        return Output.STRAIGHT
    if chosen is Output.STRAIGHT and host_keeps == _OFX_PREMULTIPLIED:
        return Output.PREMULTIPLIED
    return chosen
