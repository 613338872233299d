"""Solving ahead, as a user of a host does it: buttons, their choice, progress and cancel."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

FIRST, NOW, LAST = 0, 3, 7


@pytest.fixture(scope="module", autouse=True)
def log(shell_environment: pytest.MonkeyPatch) -> Path:
    """The folder with the log of every worker."""
    shell_environment.setenv("TRIMATTE_TRACE", "1")
    return Path(os.environ["XDG_STATE_HOME"], "trimatte")


@pytest.fixture
def solved(log: Path) -> Callable[[], list[int]]:
    """Frames that networks ran for since the test began, in their order."""

    def lines(path: Path) -> list[str]:
        return path.read_text().splitlines()

    known = {path: len(lines(path)) for path in log.glob("worker-*.log")}  # of workers of other files, too

    def read() -> list[int]:
        fresh = [line for path in sorted(log.glob("worker-*.log")) for line in lines(path)[known.get(path, 0) :]]
        return [int(line.split(" frame ")[1].split(":")[0]) for line in fresh if "the networks run" in line]

    return read


@pytest.fixture
def effect(make_effect: Any) -> Any:
    """An effect whose frame 3 is shown and solved."""
    made = make_effect()
    made.params["refine"] = False
    made.render(NOW)
    return made


EXPECTED = {
    "trackForward": [4, 5, 6, 7],
    "trackBackward": [2, 1, 0],
    "trackBoth": [4, 5, 6, 7, 2, 1, 0],
    "trackFrame": [],
}
CHOICES = {"trackForward": "Forward", "trackBackward": "Backward", "trackBoth": "Both directions"}


@pytest.mark.parametrize("button", list(EXPECTED))
def test_a_button_solves_its_frames_and_shows_nothing_is_left(
    effect: Any, solved: Callable[[], list[int]], button: str
) -> None:
    effect.press(button)
    frames = EXPECTED[button]
    assert solved() == frames
    count = len(frames) + 1  # with the one that is solved already
    assert effect.params["status"].value().startswith(f"{count} of {count} frames solved. Solved: ")
    for frame in frames:
        effect.render(frame)
    assert solved() == frames


@pytest.mark.parametrize("button", list(CHOICES))
def test_the_choice_does_what_the_button_does_and_goes_back_to_idle(
    effect: Any, solved: Callable[[], list[int]], button: str
) -> None:
    effect.params["track"] = CHOICES[button]
    assert solved() == EXPECTED[button]
    assert effect.params["track"].value() == "Idle"


def test_a_range_is_cut_to_the_clip(effect: Any, solved: Callable[[], list[int]]) -> None:
    effect.params["trackFirst"], effect.params["trackLast"] = 5, 99
    effect.press("trackRange")
    assert solved() == [5, 6, 7]
    effect.params["trackFirst"], effect.params["trackLast"] = 50, 99
    effect.press("trackRange")
    assert "no frame of the clip" in effect.params["status"].value()
    assert solved() == [5, 6, 7]


def test_tracked_frames_are_the_frames_of_a_render(make_effect: Any, effect: Any) -> None:
    effect.press("trackBoth")
    other = make_effect()
    other.params["refine"] = False
    for frame in range(LAST + 1):
        np.testing.assert_array_equal(effect.render(frame), other.render(frame))


def test_progress_rises_over_the_whole_range_and_its_cancel_stops(make_effect: Any, monkeypatch: Any) -> None:
    def plates(time: float) -> np.ndarray:  # large enough that the host's progress window opens, after a second
        return np.random.default_rng(int(time)).random((480, 640, 4), np.float32)

    folder = Path(os.environ["XDG_STATE_HOME"]).parent / "large"
    folder.mkdir(exist_ok=True)
    from PIL import Image

    trimap = np.zeros((480, 640), np.uint8)
    trimap[100:300, 100:500], trimap[150:250, 200:400] = 128, 255
    Image.fromarray(trimap).save(folder / "large.0.png")
    effect = make_effect(plates)
    effect.params["keyframes"] = str(folder)
    heard: list[float] = []

    def cancel_at_half(fraction: float, label: str) -> bool:
        heard.append(fraction)
        return fraction < 0.5

    effect.on_progress = cancel_at_half
    effect.press("trackBoth")
    assert heard == sorted(heard)
    assert heard[-1] >= 0.5
    assert effect.params["status"].value().startswith("Stopped: ")
    number = int(effect.params["status"].value().split()[1])
    assert 3 <= number <= 5
    effect.on_progress = None
    assert effect.render(0).shape == (480, 640, 4)


def test_cancel_pressed_while_frames_are_solved_stops(
    make_effect: Any, disc: Any, solved: Callable[[], list[int]]
) -> None:
    def plates(time: float) -> np.ndarray:
        if time == 5:
            effect.press("trackCancel")
        return np.asarray(disc(time))

    effect = make_effect(plates)
    effect.press("trackCancel")  # nobody tracks: nothing happens
    effect.press("trackBoth")
    assert effect.params["status"].value().startswith("Stopped: ")
    assert 5 not in solved()
    effect.press("trackFrame")
    assert (
        effect.params["status"].value() == "1 of 1 frames solved. Solved: 0."
    )  # the way back from 6 reads plate 5 first


def test_without_keyframes_tracking_says_so(make_effect: Any, solved: Callable[[], list[int]]) -> None:
    effect = make_effect()
    effect.params["keyframes"] = ""
    effect.press("trackBoth")
    assert "set Keyframes" in effect.persistent_message.text
    assert solved() == []


def test_a_keyframe_folder_that_cannot_serve_stops_at_the_first_frame(make_effect: Any, tmp_path: Path) -> None:
    effect = make_effect()
    effect.params["keyframes"] = str(tmp_path / "nothing")
    effect.press("trackBoth")
    assert "cannot be read" in effect.persistent_message.text
    assert effect.params["status"].value() == effect.persistent_message.text
