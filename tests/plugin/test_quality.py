"""What fits into the memory that the user allows: the same for the same project everywhere."""

import json
from typing import Any

import pytest

from trimatte.core.sessions import SessionOptions
from trimatte.plugin.errors import ParameterError
from trimatte.plugin.params import Params
from trimatte.plugin.quality import describe, describe_quality, fit, needed_bytes, options_of

UHD = (3840, 2160)
GIGABYTE = 1024**3


def test_without_a_budget_the_page_is_followed(settings: dict[str, Any]) -> None:
    params = Params.parse(json.dumps(settings | {"tiles": "1024", "workingResolution": "768"}).encode())
    options = options_of(params, UHD)
    assert (options.working_size, options.tile_size) == (768, 1024)
    assert describe_quality(params, UHD) == "Solved at 768 px, tiles of 1024."


def test_a_budget_lowers_tiles_first_and_then_the_working_resolution() -> None:
    wanted = SessionOptions(working_size=0, tile_size=1024)
    chosen = []
    budget = needed_bytes(wanted, UHD) / GIGABYTE
    while True:
        try:
            options = fit(wanted, UHD, budget)
        except ParameterError:
            break
        assert needed_bytes(options, UHD) <= budget * GIGABYTE
        if (options.working_size, options.tile_size) not in chosen:
            chosen.append((options.working_size, options.tile_size))
        budget *= 0.98
    assert chosen[0] == (0, 1024)
    working = [size or 3840 for size, _ in chosen]
    assert working == sorted(working, reverse=True)
    assert working[-1] <= 512
    assert len(chosen) > 3


def test_what_fits_is_not_touched_and_what_is_lowered_is_told() -> None:
    wanted = SessionOptions(working_size=1024)
    assert fit(wanted, (640, 480), 4) == wanted
    assert "lowered" not in describe(wanted, (640, 480), 4)
    assert describe(SessionOptions(working_size=0), UHD, 2) == "Solved at 1024 px, tiles of 512, lowered to fit 2 GB."
    assert describe(SessionOptions(working_size=0, refine=False), (64, 48), 0) == "Solved at 64 px, not refined."


def test_what_never_fits_is_refused_with_what_it_takes() -> None:
    with pytest.raises(ParameterError, match=r"3840x2160 takes at least 0\.\d GB, VRAM budget is 0\.1 GB; raise it"):
        fit(SessionOptions(), UHD, 0.1)


@pytest.mark.usefixtures("shell_environment")
def test_the_user_reads_how_a_frame_was_solved(make_effect: Any) -> None:
    effect = make_effect()
    effect.params["tiles"] = "256"
    effect.render(0)
    effect.params["trackFirst"] = 0  # a render may set nothing; the next change of the page shows what it said
    assert effect.params["status"].value() == "Frame 0: confidence 1.00. Solved at 80 px, tiles of 256."
    effect.params["memoryBudget"] = 0.01
    effect.press("trackFrame")
    assert "takes at least 0.2 GB" in effect.params["status"].value()
