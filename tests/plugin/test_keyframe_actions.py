"""Keyframes edited from the host: previous, next, add, delete, by buttons and by their choice."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from trimatte.host_bridge import PluginRefusedError
from trimatte.plugin.embedded_keyframes import embedded_frames, with_keyframe

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


def test_without_a_folder_keyframes_are_part_of_the_project(
    make_effect: Any, act: Any, keyframe_folder: Path, tmp_path: Path
) -> None:
    effect = make_effect()
    effect.params["refine"] = False
    of_files = effect.render(3)
    text = ""
    for frame in (6, 0):
        text = with_keyframe(text, frame, np.asarray(Image.open(keyframe_folder / f"disc.{frame:04d}.png")))
    effect.params["keyframes"] = text
    np.testing.assert_array_equal(effect.render(3), of_files)
    project = tmp_path / "project.json"
    project.write_text(json.dumps({name: effect.params[name].value() for name in ("keyframes", "refine", "bandWidth")}))
    assert act(effect, "Next") == "Keyframe of frame 6."
    assert act(effect, "Delete") == "Frame 6 is no keyframe any more."
    assert act(effect, "Next") == "There is no keyframe after this frame."
    assert act(effect, "Previous") == "Keyframe of frame 0."
    again = make_effect()
    for name, value in json.loads(project.read_text()).items():
        again.params[name] = value
    assert again.params["keyframes"].value() == text
    np.testing.assert_array_equal(again.render(3), of_files)


def test_a_keyframe_is_added_to_the_project_and_taken_away(effect: Any, act: Any) -> None:
    effect.params["keyframes"] = ""
    assert act(effect, "Add") == "Keyframe 3 was added to the project."
    assert embedded_frames(effect.params["keyframes"].value()) == [3]
    assert act(effect, "Add") == "Frame 3 is a keyframe already."
    assert act(effect, "Delete") == "Frame 3 is no keyframe any more."
    assert effect.params["keyframes"].value() == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"format": "trimatte keyframes", "version": 1, "keyframes": {"0": "iVBO', "cut or damaged"),
        ('{"format": "trimatte keyframes", "version": 7, "keyframes": {}}', "newer Trimatte (version 7"),
        ('{"padding": "' + "x" * 1_000_000 + '"}', "not of Trimatte"),
    ],
)
def test_text_that_cannot_be_read_is_told_and_left_alone(effect: Any, text: str, message: str) -> None:
    effect.params["keyframes"] = text
    effect.press("addKeyframe")
    assert message in effect.params["status"].value()
    assert effect.params["keyframes"].value() == text
    with pytest.raises(PluginRefusedError) as failure:
        effect.render(3)
    assert message in str(failure.value)


def test_a_project_of_a_megabyte_keeps_its_keyframes(make_effect: Any) -> None:
    noise = np.random.default_rng(1).choice(np.array([0, 128, 255], np.uint8), (1080, 1920))
    effect = make_effect(lambda _: np.zeros((1080, 1920, 4), np.uint8))
    text = with_keyframe("", 6, noise)
    assert len(text) > 500_000
    effect.params["keyframes"] = with_keyframe(text, 0, noise)
    effect.press("deleteKeyframe")
    assert effect.params["status"].value() == "Frame 0 is no keyframe any more."
    assert effect.params["keyframes"].value() == text


def test_a_folder_that_is_missing_is_told(effect: Any, act: Any, tmp_path: Path) -> None:
    effect.params["keyframes"] = str(tmp_path / "missing")
    assert "cannot be read" in act(effect, "Next")
    assert "cannot be read" in act(effect, "Add")


def test_a_host_without_a_time_line_says_where_to_go(make_effect: Any, act: Any) -> None:
    effect = make_effect(hidden_suites=("OfxTimeLineSuite",))
    effect.render(3)
    assert act(effect, "Next") == "This host lets no effect move its time; go to frame 6 (time 6)."
