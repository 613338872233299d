"""How a solved frame is shown: the part of the parameter page that never runs a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

from ..kernels.finesse import FinesseOptions
from .choices import choose, number

_LEAST_CONTRAST: Final = 1e-4  # between clip black and clip white; a hard threshold


class View(Enum):
    """What the effect shows; values are the labels of the choice."""

    RESULT = "Result"
    MATTE = "Matte"
    TRIMAP = "Trimap"
    TRIMAP_OVERLAY = "Trimap overlay"
    FOREGROUND = "Foreground"
    """Its colour alone, opaque."""
    OVER_CHECKER = "Over checker"
    CONFIDENCE = "Confidence"
    """The plate in grey, red where the networks were not sure."""


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


class Screen(Enum):
    """Colour of the screen behind the foreground; values are the labels of the choice."""

    AUTO = "Auto"
    """As much of green or blue as the background of the frame has."""
    GREEN = "Green"
    BLUE = "Blue"


class DespillRule(Enum):
    """How much of the screen's colour may stay; values are the labels of the choice."""

    AVERAGE = "Average"
    """As much as the average of the two other channels."""
    LIMIT = "Limit"
    """As much as the larger of the two other channels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DespillOptions:
    """What is done about the light that a screen throws on the foreground."""

    amount: float = 0.0
    """0 leaves all spill, 1 takes all."""
    screen: Screen = Screen.AUTO
    rule: DespillRule = DespillRule.AVERAGE
    keep_luminance: bool = True
    """Give back as grey what is taken of the brightness."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Everything between the solved frame and the picture; the defaults show the matte as it was solved."""

    view: View = View.RESULT
    output: Output = Output.PREMULTIPLIED
    """As the user chose, or as the host insists."""
    mix: float = 1.0
    """Share of the result in what is shown, 0..1; the rest is the source, opaque."""
    matte: FinesseOptions = field(default_factory=FinesseOptions)
    """Lengths in pixels of the full-size picture."""
    is_estimated: bool = True
    """Whether the background is taken out of the colour of soft pixels."""
    despill: DespillOptions = field(default_factory=DespillOptions)

    @classmethod
    def parse(cls, values: Mapping[str, object]) -> Look:
        """Read what the shell sends; numbers outside their range are brought into it: a slider never fails a frame.

        Raises:
            KeyError, TypeError, ValueError: something is missing or of another type.
            ParameterError: a choice has a label that does not exist.
        """
        black = number(values, "clipBlack", 0, 1 - _LEAST_CONTRAST)
        return cls(
            view=choose("view", values, {view.value: view for view in View}),
            output=choose("output", values, {output.value: output for output in Output}),
            mix=number(values, "mix", 0, 1),
            matte=FinesseOptions(
                clip_black=black,
                clip_white=max(number(values, "clipWhite", 0, 1), black + _LEAST_CONTRAST),
                gamma=number(values, "matteGamma", 0.01, 100),
                grow=number(values, "shrinkGrow", -100, 100),
                edge_blur=number(values, "edgeBlur", 0, 100),
                despeckle=round(number(values, "despeckle", 0, 1000)),
            ),
            is_estimated=bool(values["estimateForeground"]),
            despill=DespillOptions(
                amount=number(values, "despill", 0, 1),
                screen=choose("despillScreen", values, {screen.value: screen for screen in Screen}),
                rule=choose("despillRule", values, {rule.value: rule for rule in DespillRule}),
                keep_luminance=bool(values["despillLuminance"]),
            ),
        )

    def page(self) -> dict[str, bool | int | float | str]:
        """Return script name -> value of the effect: what :meth:`parse` reads back."""
        matte, despill = self.matte, self.despill
        return {
            "view": self.view.value,
            "output": self.output.value,
            "mix": self.mix,
            "clipBlack": matte.clip_black,
            "clipWhite": matte.clip_white,
            "matteGamma": matte.gamma,
            "shrinkGrow": matte.grow,
            "edgeBlur": matte.edge_blur,
            "despeckle": matte.despeckle,
            "estimateForeground": self.is_estimated,
            "despill": despill.amount,
            "despillScreen": despill.screen.value,
            "despillRule": despill.rule.value,
            "despillLuminance": despill.keep_luminance,
        }

    def at_scale(self, scale: float) -> Look:
        """Return the look of a proxy: lengths shrink with the picture; 1 = full size."""
        matte = replace(
            self.matte,
            grow=self.matte.grow * scale,
            edge_blur=self.matte.edge_blur * scale,
            despeckle=round(self.matte.despeckle * scale),
        )
        return replace(self, matte=matte)
