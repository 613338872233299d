"""Options of ``trimatte render`` for how a clip is read and solved: trimap, quality and colour of the effect's page."""

from pathlib import Path
from typing import Annotated, Final

import typer

from ...core.errors import MediaError
from ...plugin.params import TILE_SIZES
from .request import INPUT_SPACES

_QUALITY, _COLOUR = "Quality", "Colour"

BandWidth = Annotated[
    int,
    typer.Option(
        min=0,
        max=1000,
        help="Pixels by which the unknown region of every trimap reaches to either side of what is painted.",
    ),
]
Tiles = Annotated[
    int,
    typer.Option(
        rich_help_panel=_QUALITY,
        help=f"Side in pixels of the squares that are refined: {', '.join(map(str, TILE_SIZES))}.",
    ),
]
VramBudget = Annotated[
    float,
    typer.Option(
        min=0,
        max=1000,
        metavar="GB",
        rich_help_panel=_QUALITY,
        help="Memory that the networks may take; tiles and working resolution are lowered to fit. 0: no limit.",
    ),
]
InputSpace = Annotated[
    str,
    typer.Option(
        rich_help_panel=_COLOUR,
        help=f"Colour space of the clip: {', '.join(INPUT_SPACES)}, or a name of OpenColorIO; "
        "auto is linear-rec709 for EXR, srgb for all else.",
    ),
]
OcioConfig = Annotated[
    Path | None,
    typer.Option(rich_help_panel=_COLOUR, help="OpenColorIO configuration; default: $OCIO, else OpenColorIO's own."),
]

OPENCOLORIO: Final = "OpenColorIO"
"""Label of the effect for a name of OpenColorIO."""


def choose_tiles(side: int) -> int:
    """Return ``side``.

    Raises:
        MediaError: there are no such tiles.
    """
    if side not in TILE_SIZES:
        raise MediaError(f"--tiles {side}: is not known; use one of {', '.join(map(str, TILE_SIZES))}.")
    return side


def choose_space(word: str) -> tuple[str, str]:
    """Return the label of the effect for ``word``, and the name of OpenColorIO where it is one."""
    label = INPUT_SPACES.get(word.lower())
    return (label, "") if label is not None else (OPENCOLORIO, word)
