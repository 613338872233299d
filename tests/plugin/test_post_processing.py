"""Contract 7: matte, foreground, output and view never run a network, as seen from the host through the bundle."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trimatte.plugin.look import Output, View

FRAME = 3
SPILL = {"despill": 1.0, "despillScreen": "Green"}
CHANGES: list[tuple[str, object, dict[str, object]]] = [
    ("clipBlack", 0.3, {}),
    ("clipWhite", 0.6, {}),
    ("matteGamma", 2.5, {}),
    ("shrinkGrow", 3.0, {}),
    ("shrinkGrow", -1.5, {}),
    ("edgeBlur", 4.0, {}),
    ("despeckle", 9, {"clipBlack": 0.5}),
    ("estimateForeground", False, {}),
    ("despill", 1.0, {"despillScreen": "Green"}),
    ("despillScreen", "Blue", SPILL),
    ("despillScreen", "Auto", SPILL | {"despillScreen": "Blue"}),
    ("despillRule", "Limit", SPILL),
    ("despillLuminance", False, SPILL),
    *(("view", view.value, {}) for view in View if view is not View.RESULT),
    *(("output", output.value, {}) for output in Output if output is not Output.PREMULTIPLIED),
    ("mix", 0.4, {}),
]
"""A parameter, another value, and what has to be set for it to matter."""


@pytest.fixture(scope="module", autouse=True)
def log(shell_environment: pytest.MonkeyPatch) -> Path:
    """The folder with the log of every worker."""
    shell_environment.setenv("TRIMATTE_TRACE", "1")
    return Path(os.environ["XDG_STATE_HOME"], "trimatte")


@pytest.fixture
def num_runs(log: Path) -> Callable[[], int]:
    """How often networks have run in any worker."""
    return lambda: sum(path.read_text().count("the networks run") for path in log.glob("worker-*.log"))


def test_nothing_on_the_page_after_the_network_runs_one(
    make_effect: Any, disc: Any, num_runs: Callable[[], int]
) -> None:
    asked = []

    def plates(frame: float) -> np.ndarray:
        asked.append(frame)
        picture = disc(frame)
        picture[..., 1] += 0.3  # something to despill
        return np.asarray(picture)

    effect = make_effect(plates)
    before = num_runs()
    shown = effect.render(FRAME)
    assert num_runs() == before + 1
    asked.clear()
    for name, value, needed in CHANGES:
        usual = {other: effect.params[other].value() for other in (name, *needed)}
        for other, wanted in needed.items():
            effect.params[other] = wanted
        without = effect.render(FRAME)
        effect.params[name] = value
        assert not np.array_equal(effect.render(FRAME), without), f"{name} = {value} changes nothing"
        for other, wanted in usual.items():
            effect.params[other] = wanted
    np.testing.assert_array_equal(effect.render(FRAME), shown)
    assert num_runs() == before + 1
    assert set(asked) == {FRAME}  # no other plate is even looked at


def test_a_network_runs_for_what_it_depends_on(make_effect: Any, num_runs: Callable[[], int]) -> None:
    effect = make_effect()
    effect.render(FRAME)
    before = num_runs()
    effect.params["refine"] = False
    effect.render(FRAME)
    assert num_runs() == before + 1


@pytest.mark.parametrize(("name", "value"), [("clipBlack", 0.3), ("shrinkGrow", -2.0), ("edgeBlur", 3.0), ("mix", 0.5)])
def test_a_parameter_of_the_matte_is_animated(make_effect: Any, name: str, value: float) -> None:
    effect = make_effect()
    effect.params["view"] = "Matte" if name != "mix" else "Result"
    plain, still = effect.render(1), effect.render(5)
    effect.params[name].set_key(1, effect.params[name].value())
    effect.params[name].set_key(5, value)
    np.testing.assert_array_equal(effect.render(1), plain)
    assert not np.array_equal(effect.render(5), still)


def test_a_window_shows_the_same_pixels_as_the_whole(make_effect: Any) -> None:
    effect = make_effect()
    for name, value in (("edgeBlur", 6.0), ("shrinkGrow", 4.0), ("despeckle", 5)):
        effect.params[name] = value
    whole = effect.render(FRAME)
    window = (17, 9, 42, 33)
    np.testing.assert_array_equal(effect.render(FRAME, window), whole[48 - 33 : 48 - 9, 17:42])


def test_a_proxy_is_processed_as_the_full_picture_is(make_effect: Any) -> None:
    effect = make_effect()
    effect.params["view"] = "Matte"
    plain = effect.render(6, scale=(0.5, 0.5))[..., 0]
    effect.params["shrinkGrow"] = 8.0
    grown = effect.render(6, scale=(0.5, 0.5))[..., 0]
    columns = [int((picture.max(axis=0) > 0.5).sum()) for picture in (plain, grown)]
    assert columns[1] - columns[0] in range(6, 11)  # four pixels of the proxy on each side
