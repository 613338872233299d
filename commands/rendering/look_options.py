"""Options of ``trimatte render`` for what becomes of a solved frame: the effect's page, by the same groups."""

from typing import Annotated, Final, TypeVar

import typer

from ...core.errors import MediaError
from ...kernels.finesse import FinesseOptions
from ...plugin.look import DespillOptions, DespillRule, Look, Screen
from .request import OUTPUTS, VIEWS

SCREENS: Final = {screen.value.lower(): screen for screen in Screen}
"""Word of the command line -> colour of the screen."""

RULES: Final = {rule.value.lower(): rule for rule in DespillRule}
"""Word of the command line -> rule of despill."""

_MATTE, _FOREGROUND, _OUTPUT = "Matte", "Foreground", "Output"

ClipBlack = Annotated[
    float, typer.Option(min=0, max=1, rich_help_panel=_MATTE, help="Alpha up to this value becomes empty.")
]
ClipWhite = Annotated[
    float, typer.Option(min=0, max=1, rich_help_panel=_MATTE, help="Alpha from this value on becomes solid.")
]
Gamma = Annotated[
    float,
    typer.Option(min=0.01, max=100, rich_help_panel=_MATTE, help="More than 1: soft pixels denser; less: thinner."),
]
Grow = Annotated[
    float,
    typer.Option(min=-100, max=100, rich_help_panel=_MATTE, help="Pixels by which the matte grows; negative shrinks."),
]
EdgeBlur = Annotated[
    float,
    typer.Option(min=0, max=100, rich_help_panel=_MATTE, help="Softens the edge: standard deviation in pixels."),
]
Despeckle = Annotated[
    int,
    typer.Option(
        min=0, max=1000, rich_help_panel=_MATTE, help="Side in pixels of the largest islands and holes removed."
    ),
]
Estimate = Annotated[
    bool,
    typer.Option(
        "--estimate-foreground/--plate-colour",
        rich_help_panel=_FOREGROUND,
        help="Take the background out of the colour of soft pixels.",
    ),
]
Despill = Annotated[
    float,
    typer.Option(min=0, max=1, rich_help_panel=_FOREGROUND, help="How much of the screen's light is taken out."),
]
DespillScreen = Annotated[
    str, typer.Option(rich_help_panel=_FOREGROUND, help=f"Colour of the screen: {', '.join(SCREENS)}.")
]
DespillRuleWord = Annotated[
    str,
    typer.Option(
        "--despill-rule",
        rich_help_panel=_FOREGROUND,
        help=f"What the screen's channel may keep: the average of the others or the larger: {', '.join(RULES)}.",
    ),
]
DespillLuminance = Annotated[
    bool,
    typer.Option(
        "--despill-luminance/--no-despill-luminance",
        rich_help_panel=_FOREGROUND,
        help="Give back as grey what despill takes of the brightness.",
    ),
]
ViewWord = Annotated[str, typer.Option(rich_help_panel=_OUTPUT, help=f"What to write: {', '.join(VIEWS)}.")]
OutputWord = Annotated[
    str, typer.Option(rich_help_panel=_OUTPUT, help=f"Colour and alpha of the result: {', '.join(OUTPUTS)}.")
]
Mix = Annotated[
    float, typer.Option(min=0, max=1, rich_help_panel=_OUTPUT, help="Share of the result; the rest is the source.")
]

Value = TypeVar("Value")


def choose_word(name: str, word: str, table: dict[str, Value]) -> Value:
    """Return what ``word`` of option ``name`` stands for.

    Raises:
        MediaError: it is not known.
    """
    if word not in table:
        raise MediaError(f"--{name} {word}: is not known; use one of {', '.join(table)}.")
    return table[word]


def make_look(
    *,
    view: str,
    output_mode: str,
    mix: float,
    clip_black: float,
    clip_white: float,
    gamma: float,
    grow: float,
    edge_blur: float,
    despeckle: int,
    estimate_foreground: bool,
    despill: float,
    despill_screen: str,
    despill_rule: str,
    despill_luminance: bool,
) -> Look:
    """Return the look that the options ask for.

    Raises:
        MediaError: a word is not known, or the two clips cross.
    """
    if clip_black >= clip_white:
        raise MediaError(f"--clip-black {clip_black:g} --clip-white {clip_white:g}: black must be less than white.")
    return Look(
        view=choose_word("view", view, VIEWS),
        output=choose_word("output-mode", output_mode, OUTPUTS),
        mix=mix,
        matte=FinesseOptions(
            clip_black=clip_black,
            clip_white=clip_white,
            gamma=gamma,
            grow=grow,
            edge_blur=edge_blur,
            despeckle=despeckle,
        ),
        is_estimated=estimate_foreground,
        despill=DespillOptions(
            amount=despill,
            screen=choose_word("despill-screen", despill_screen, SCREENS),
            rule=choose_word("despill-rule", despill_rule, RULES),
            keep_luminance=despill_luminance,
        ),
    )
