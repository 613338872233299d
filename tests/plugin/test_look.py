from typing import Any

import pytest

from trimatte.kernels.finesse import FinesseOptions
from trimatte.plugin.errors import ParameterError
from trimatte.plugin.look import DespillOptions, DespillRule, Look, Output, Screen, View


def test_the_page_of_a_new_instance_is_the_default_look(settings: dict[str, Any]) -> None:
    assert Look.parse(settings) == Look()


def test_every_parameter_arrives(settings: dict[str, Any]) -> None:
    page = settings | {
        "view": "Over checker",
        "output": "Straight",
        "mix": 0.25,
        "clipBlack": 0.1,
        "clipWhite": 0.9,
        "matteGamma": 1.5,
        "shrinkGrow": -2.5,
        "edgeBlur": 3.0,
        "despeckle": 12,
        "estimateForeground": False,
        "despill": 0.75,
        "despillScreen": "Blue",
        "despillRule": "Limit",
        "despillLuminance": False,
    }
    expected = Look(
        view=View.OVER_CHECKER,
        output=Output.STRAIGHT,
        mix=0.25,
        matte=FinesseOptions(clip_black=0.1, clip_white=0.9, gamma=1.5, grow=-2.5, edge_blur=3.0, despeckle=12),
        is_estimated=False,
        despill=DespillOptions(amount=0.75, screen=Screen.BLUE, rule=DespillRule.LIMIT, keep_luminance=False),
    )
    assert Look.parse(page) == expected
    assert Look.parse(expected.page()) == expected
    assert set(settings) >= set(expected.page())


@pytest.mark.parametrize(("black", "white"), [(0.8, 0.2), (1.0, 1.0), (0.0, 0.0), (-3, 7), (1.0, 0.0)])
def test_a_slider_never_fails_a_frame(settings: dict[str, Any], black: float, white: float) -> None:
    matte = Look.parse(settings | {"clipBlack": black, "clipWhite": white, "matteGamma": -1}).matte
    assert 0 <= matte.clip_black < matte.clip_white <= 1
    assert matte.gamma > 0


def test_a_proxy_shrinks_lengths_and_nothing_else() -> None:
    look = Look(matte=FinesseOptions(clip_black=0.2, gamma=2, grow=-4, edge_blur=3, despeckle=10), mix=0.5)
    half = look.at_scale(0.5)
    assert half.matte == FinesseOptions(clip_black=0.2, gamma=2, grow=-2, edge_blur=1.5, despeckle=5)
    assert half.mix == 0.5


@pytest.mark.parametrize(("name", "value"), [("despillScreen", "Red"), ("despillRule", 1), ("view", None)])
def test_an_unknown_choice_is_refused(settings: dict[str, Any], name: str, value: object) -> None:
    with pytest.raises(ParameterError, match=f"{name} is {value}; choose one of"):
        Look.parse(settings | {name: value})


@pytest.mark.parametrize("value", ["1", None, float("nan")])
def test_what_is_no_number_is_refused(settings: dict[str, Any], value: object) -> None:
    with pytest.raises(TypeError, match="edgeBlur"):
        Look.parse(settings | {"edgeBlur": value})
