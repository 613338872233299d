"""The parameter page of the effect, as the shell sends it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from ..core.sessions.options import KernelName, ModelName
from .choices import choose, number
from .colour_choice import ColourChoice
from .embedded_keyframes import is_embedded
from .errors import ParameterError
from .look import Look, Output
from .trimap_frames import Channels, parse_frames

WORKING_SIZES: Final = {"256": 256, "384": 384, "512": 512, "768": 768, "1024": 1024, "Native": 0}
"""Label of the choice -> long side in pixels, 0 = native."""

TILE_SIZES: Final = (256, 512, 1024)
"""Sides of the squares that are refined, in pixels."""

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


class Task(Enum):
    """What is wanted of a frame; values are the words of the shell."""

    SHOW = "show"
    """Its picture."""
    SOLVE = "solve"
    """Nothing but that it is solved: the host works ahead."""
    SOLVE_AHEAD = "solve ahead"
    """That other frames are solved too: the host gives none of them."""
    PREVIOUS_KEYFRAME = "previous keyframe"
    NEXT_KEYFRAME = "next keyframe"
    ADD_KEYFRAME = "add keyframe"
    """Its trimap as a keyframe."""
    DELETE_KEYFRAME = "delete keyframe"
    FROM_TRIMAP = "from trimap"
    """Its picture in the Trimap input as a keyframe."""
    PAINT_TRIMAP = "paint trimap"
    """The painter, in a window of its own."""
    LIST_SOLVED = "list solved"
    """Which frames of its clip are solved."""
    SHOW_MARKS = "show marks"
    """What the overlay draws."""
    PAINT_STROKE = "paint stroke"
    """A stroke in the viewer on its keyframe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """Values of all parameters at one time."""

    keyframes: Path | None
    """Folder with the trimaps; ``None``: none is named."""
    embedded: str
    """Keyframes kept in the project, as text; empty: there are none."""
    painted: str
    """States of the files in the folder that strokes in the viewer have left; see :mod:`painted_files`."""
    painted_before: str
    """The same when the shell last looked: the worker may be a new one."""
    trimap_frames: tuple[int, ...]
    """Frames whose keyframe is the Trimap input, ascending."""
    trimap_channels: Channels
    """What of the Trimap input is read."""
    band_width: int
    """Pixels at full size by which the unknown region of every keyframe is widened to either side."""
    source_file: Path | None
    """The file that the clip shows, for hosts without other frames; ``None``: the host gives every frame."""
    frame_offset: int
    """Added to the time of the effect: frame number in the source file and in the names of the keyframe files."""
    look: Look
    model: ModelName
    weights: str
    """Name of imported weights for the model; empty: its usual ones."""
    working_size: int
    """Long side in pixels of the picture the network sees on its way through the shot; 0 = native."""
    refine: bool
    tile_size: int
    """Side in pixels of the squares that are refined."""
    memory_budget: float
    """Gigabytes that the networks may take; 0 = as much as there is."""
    colour: ColourChoice
    """Colour space of the plates."""
    device: str
    """``auto``, ``cpu`` or ``cuda``."""
    kernels: KernelName
    """What computes the operations around the networks."""
    cache_key: str
    """Names the source; empty: results live for this session only."""
    task: Task
    cache_limit_bytes: int
    """Size of the folder where solved frames of named sources are kept."""
    clears_solved: bool
    """Whether the user wants forgotten what was solved of the clip; said once."""
    clears_cache: bool
    """Whether the user wants the whole cache emptied; said once."""
    generation: int
    """Counts what the host said about changes of the source."""

    @property
    def place(self) -> tuple[object, ...]:
        """Where the keyframes come from."""
        return self.keyframes, self.embedded, self.trimap_frames

    @classmethod
    def parse(cls, text: bytes) -> Params:
        """Read the JSON object that the shell sends; paths may hold bytes that are no UTF-8.

        Raises:
            ParameterError: something is missing or has a value that does not exist.
        """
        try:
            values = json.loads(text.decode("utf-8", "surrogateescape"))
            host_keeps = values["outputPremultiplication"]
            look = Look.parse(values)
            kept = str(values["keyframes"])
            embeds = is_embedded(kept)
            return cls(
                keyframes=None if embeds else _path(kept),
                embedded=kept if embeds else "",
                painted=str(values["painted"]),
                painted_before=str(values["paintedBefore"]),
                trimap_frames=parse_frames(str(values["trimapFrames"])),
                trimap_channels=choose("trimapChannels", values, {word.value: word for word in Channels}),
                band_width=round(number(values, "bandWidth", 0, 1000)),
                source_file=_path(str(values["sourceFile"])),
                frame_offset=int(values["frameOffset"]),
                look=replace(look, output=_settled(look.output, host_keeps)),
                model=choose("model", values, MODELS),
                weights=str(values["weights"]).strip(),
                working_size=choose("workingResolution", values, WORKING_SIZES),
                refine=bool(values["refine"]),
                tile_size=choose("tiles", values, {str(side): side for side in TILE_SIZES}),
                memory_budget=number(values, "memoryBudget", 0, 1000),
                colour=ColourChoice.parse(values),
                device=choose("device", values, DEVICES),
                kernels=choose("kernels", values, KERNELS),
                cache_key=str(values["cacheKey"]),
                task=choose("task", values, {task.value: task for task in Task}),
                cache_limit_bytes=round(number(values, "cacheLimit", 1, 100000)) * 1024**3,
                clears_solved=bool(values["clearsSolved"]),
                clears_cache=bool(values["clearsCache"]),
                generation=int(values["generation"]),
            )
        except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
            raise ParameterError(
                f"the shell sent parameters that cannot be read ({error!r}); install the bundle of this Trimatte again."
            ) from error


def _path(text: str) -> Path | None:
    """Return the path that ``text`` names, as such or as a file URL; ``None`` for an empty one.

    MLT cuts the folder of the project off every path that begins with it, and does not put it back: a URL is spared.
    """
    text = text.strip()
    if text.startswith("file://"):
        text = unquote(urlsplit(text).path, errors="surrogateescape")
    return Path(text) if text else None


def _settled(chosen: Output, host_keeps: str) -> Output:
    """Return the output that fits how the host keeps colour: some hosts do not take our preference."""
    if chosen is Output.PREMULTIPLIED and host_keeps == _OFX_STRAIGHT:
        return Output.STRAIGHT
    if chosen is Output.STRAIGHT and host_keeps == _OFX_PREMULTIPLIED:
        return Output.PREMULTIPLIED
    return chosen
