"""What the user asked for, in plain values."""

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Final

from ...core.media import AlphaMode
from ...core.sessions import SessionOptions
from ...core.sessions.options import KernelName, ModelName
from ...plugin.colour_choice import ColourChoice
from ...plugin.look import Look, Output, View
from ...plugin.params import KERNELS, MODELS, WORKING_SIZES

VIEWS: Final = {
    "result": View.RESULT,
    "matte": View.MATTE,
    "trimap": View.TRIMAP,
    "overlay": View.TRIMAP_OVERLAY,
    "foreground": View.FOREGROUND,
    "checker": View.OVER_CHECKER,
    "confidence": View.CONFIDENCE,
}
"""Word of the command line -> view of the effect."""

OUTPUTS: Final = {
    "premultiplied": Output.PREMULTIPLIED,
    "straight": Output.STRAIGHT,
    "matte-rgb": Output.MATTE_IN_RGB,
    "matte-alpha": Output.MATTE_IN_ALPHA,
}
"""Word of the command line -> output of the effect."""

MODEL_WORDS: Final[dict[str, ModelName]] = {model: model for model in MODELS.values()}
"""Word of the command line -> model of the session."""

KERNEL_WORDS: Final[dict[str, KernelName]] = {kernels: kernels for kernels in KERNELS.values()}
"""Word of the command line -> kernels of the session."""

INPUT_SPACES: Final = {
    "auto": "Auto",
    "srgb": "sRGB",
    "linear": "Linear Rec.709",
    "linear-rec709": "Linear Rec.709",
    "acescg": "ACEScg",
    "raw": "Raw",
}
"""Word of the command line -> label of the effect; any other word is a name of OpenColorIO."""

WORKING_RESOLUTIONS: Final = {label.lower(): label for label in WORKING_SIZES}
"""Word of the command line -> label of the effect."""


def parse_colour(label: str, ocio_space: str, ocio_config: Path | None) -> ColourChoice:
    """Return the colour space behind a label of the effect's page.

    Raises:
        ParameterError: none is named.
    """
    return ColourChoice.parse(
        {
            "inputSpace": label,
            "ocioSpace": ocio_space,
            "ocioConfig": str(ocio_config or ""),
            "hostSpace": "",
            "hostConfig": "",
        }
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderRequest:
    """Arguments of ``trimatte render``, not yet checked against the clip."""

    clip: Path
    """Movie, sequence pattern, folder, or one numbered image."""
    output: Path
    """Folder of a sequence, or the movie to write."""
    trimaps: tuple[str, ...] = ()
    """``PNG`` or ``PNG@FRAME``; without a number it belongs to the first frame."""
    keyframes: Path | None = None
    """Folder with ``name.<frame>.png``."""
    look: Look = field(default_factory=Look)
    """What becomes of a solved frame, as the effect's page has it."""
    frames: str | None = None
    """``a-b`` or ``a``, included; ``None`` is the whole clip."""
    format_name: str | None = None
    """Of :data:`~trimatte.core.media.FORMATS`; ``None`` goes by the suffix of ``output``."""
    rate: Fraction | None = None
    """Frames a second, for a clip that states none."""
    model: ModelName = "ftpvm"
    weights: str = ""
    """Name of imported weights for the model, or a file; empty: its usual ones."""
    working_resolution: str = "512"
    """Label of :data:`~trimatte.plugin.params.WORKING_SIZES`."""
    refine: bool = True
    tiles: int = 512
    """Of :data:`~trimatte.plugin.params.TILE_SIZES`."""
    memory_budget: float = 0.0
    """Gigabytes that the networks may take; 0 = no limit."""
    band_width: int = 0
    """Pixels by which the unknown region of every trimap is widened to either side."""
    input_space: str = "Auto"
    """Label of :data:`~trimatte.plugin.colour_choice.SPACES`; a plan settles ``Auto`` by the clip."""
    ocio_space: str = ""
    """Name in the OpenColorIO configuration, for the label ``OpenColorIO``."""
    ocio_config: Path | None = None
    """The configuration; ``None``: ``$OCIO``, else OpenColorIO's own."""
    device: str = "auto"
    kernels: KernelName = "auto"
    """What computes the operations around the networks."""
    overwrite: bool = False
    sound: bool = True
    """Copy the sound of the clip into a movie."""
    threads: int | None = None
    """CPU threads of the networks; ``None`` takes the default of torch."""

    @property
    def options(self) -> SessionOptions:
        """How the clip would be solved without a limit of memory."""
        return SessionOptions(
            model=self.model,
            working_size=WORKING_SIZES[self.working_resolution],
            refine=self.refine,
            tile_size=self.tiles,
        )

    @property
    def colour(self) -> ColourChoice:
        """The colour space of the clip.

        Raises:
            ParameterError: none is named.
        """
        return parse_colour(self.input_space, self.ocio_space, self.ocio_config)

    @property
    def channels(self) -> int:
        """Channels of the frames that are written: 1, 3 or 4."""
        if self.look.view in {View.MATTE, View.TRIMAP}:
            return 1
        return 3 if self.look.view is not View.RESULT or self.look.output is Output.MATTE_IN_RGB else 4

    @property
    def alpha(self) -> AlphaMode:
        """What the files say about colour and alpha."""
        if self.channels != 4:
            return "none"
        return "premultiplied" if self.look.output is Output.PREMULTIPLIED else "straight"
