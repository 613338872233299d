"""Keyframes edited from the host: previous, next, add, delete, by buttons and by their choice."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from trimatte.host_bridge import PluginRefusedError

pytestmark = pytest.mark.usefixtures("shell_environment")

BUTTONS = {"Previous": "previousKeyframe", "Next": "nextKeyframe", "Add": "addKeyframe", "Delete": "deleteKeyframe"}


@pytest.fixture(params=["button", "choice"])
def act(request: pytest.FixtureRequest) -> Any:
    """Do an action of the keyframe group both ways."""

    def do(effect: Any, action: str) -> str:
        if request.param == "button":
            effect.press(BUTTONS[action])
        else:
            effect.params["keyframeAction"] = action
            assert effect.params["keyframeAction"].value() == "Idle"
        return str(effect.params["status"].value())

    return do


@pytest.fixture
def effect(make_effect: Any) -> Any:
    """An effect with keyframes on 0 and 6, standing on frame 3."""
    made = make_effect()
    made.params["refine"] = False
    made.params["view"] = "Trimap"
    made.render(3)
    return made


def test_previous_and_next_move_the_time_of_the_host(effect: Any, act: Any) -> None:
    assert act(effect, "Next") == "Keyframe of frame 6."
    assert act(effect, "Next") == "There is no keyframe after this frame."
    assert act(effect, "Previous") == "Keyframe of frame 0."
    assert act(effect, "Previous") == "There is no keyframe before this frame."
    assert act(effect, "Next") == "Keyframe of frame 6."


def test_the_offset_counts(effect: Any, act: Any, keyframe_folder: Path) -> None:
    for file in sorted(keyframe_folder.iterdir()):
        frame = int(file.suffixes[0][1:]) + 1001
        file.rename(keyframe_folder / f"disc.{frame}.png")
    effect.params["frameOffset"] = 1001
    assert act(effect, "Next") == "Keyframe of frame 1007."
    assert act(effect, "Delete") == "Frame 1007 is no keyframe any more; its file is kept as disc.1007.png.deleted."


def test_a_keyframe_is_added_from_what_was_found_and_deleted_again(
    effect: Any, act: Any, keyframe_folder: Path
) -> None:
    found = effect.render(3)[..., 0]
    assert act(effect, "Add") == "Keyframe trimap.0003.png was added; correct it and save it."
    file = keyframe_folder / "trimap.0003.png"
    levels = np.asarray(Image.open(file))
    np.testing.assert_array_equal(levels, np.select([found == 0, found == 1], [0, 255], 128))
    assert sorted(path.name for path in keyframe_folder.iterdir()) == ["disc.0000.png", "disc.0006.png", file.name]
    assert act(effect, "Add") == "Frame 3 is a keyframe already."
    np.testing.assert_array_equal(effect.render(3)[..., 0], found)
    assert "kept as trimap.0003.png.deleted" in act(effect, "Delete")
    assert not file.exists()
    assert act(effect, "Delete") == "Frame 3 is no keyframe."
    np.testing.assert_array_equal(effect.render(3)[..., 0], found)


def test_the_first_keyframe_of_an_empty_folder_is_all_unknown(effect: Any, act: Any, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    folder.mkdir()
    effect.params["keyframes"] = str(folder)
    assert "was added" in act(effect, "Add")
    assert (np.asarray(Image.open(folder / "trimap.0003.png")) == 128).all()
    with pytest.raises(PluginRefusedError, match="paint the inside of the object white"):
        effect.render(3)


def test_without_a_folder_the_user_is_told(effect: Any, act: Any, tmp_path: Path) -> None:
    effect.params["keyframes"] = ""
    assert act(effect, "Add") == "Set Keyframes to a folder first."
    effect.params["keyframes"] = str(tmp_path / "missing")
    assert act(effect, "Next") == "There is no keyframe after this frame."
    assert "cannot be read" in act(effect, "Add")


def test_a_host_without_a_time_line_says_where_to_go(make_effect: Any, act: Any) -> None:
    effect = make_effect(hidden_suites=("OfxTimeLineSuite",))
    effect.render(3)
    assert act(effect, "Next") == "This host lets no effect move its time; go to frame 6 (time 6)."
