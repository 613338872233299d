"""What ``odd_host.py`` does to the effect, in one process of its own; neither side tidies up at its end."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from trimatte.plugin import bundle_path

from .conftest import save_trimaps
from .test_processes import has_ended, run

HERE = Path(__file__).parent
MUST_BE_THERE = {
    "OfxImageEffectPropComponents": (1000, "cannot take no components"),
    "OfxImageEffectPropPixelDepth": (1000, "of no depth"),
    "OfxImagePropBounds": (1, "no picture to draw into"),
    "OfxImagePropData": (1, "no picture to draw into"),
    "OfxPropTime": (1, "does not say which frame"),
    "OfxImageEffectPropFrameRange": (1, "keyframe 0 lies outside the clip"),
}
"""What no frame can be made without: the status of the render and what the user reads."""


@pytest.fixture(scope="module")
def report(worker_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    keyframes = save_trimaps(tmp_path_factory.mktemp("keyframes"))
    command = [sys.executable, str(HERE / "odd_host.py"), str(bundle_path()), str(keyframes)]
    done = run(command, worker_environment)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def test_a_fork_before_the_first_frame_gives_two_workers(report: dict[str, Any]) -> None:
    parent, child = report["fork"], report["fork"]["child"]
    assert (parent["status"], child["status"], parent["child_code"], parent["next"]) == (0, 0, 0, 0)
    assert parent["matte"] == child["matte"]
    assert len(parent["workers"]) == len(child["workers"]) == 1
    assert parent["workers"] != child["workers"]
    assert parent["workers_after"] == parent["workers"]


def test_a_process_that_ends_without_a_word_leaves_no_worker(report: dict[str, Any], wait_until: Any) -> None:
    numbers = [*report["fork"]["workers"], *report["fork"]["child"]["workers"], *report["again"]["workers"][-1]]
    wait_until(lambda: all(has_ended(number) for number in numbers), 10)


def test_every_property_may_be_missing(report: dict[str, Any]) -> None:
    missing = report["missing"]
    assert missing["whole"] == [0] * 5, missing["messages"]
    assert len(missing["without"]) >= 19
    for name, without in missing["without"].items():
        assert without["lent"] == 0, name
        assert without["status"][:4] == [0] * 4, name
        if name == "OfxPropInstanceData":
            assert without["status"][4] == 9  # a host that keeps nothing has no instance to show a message on
        elif name in MUST_BE_THERE:
            status, message = MUST_BE_THERE[name]
            assert without["status"][4] == status, name
            assert message in without["messages"][0]
        else:
            assert (without["status"][4], without["equal"]) == (0, True), (name, without["messages"])
    assert missing["again"] == [0, 0, True]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("none", "the host has no image"),
        ("smaller", "frame 0 is 40x24, the clip is 80x48"),
        ("larger", "frame 0 is 89x53, the clip is 80x48"),
        ("empty", "the host has no image"),
        ("current", None),  # nobody can tell it from a still
    ],
)
def test_other_frames_that_are_none_cost_the_frame_and_no_more(
    report: dict[str, Any], answer: str, message: str | None
) -> None:
    said = report["neighbours"][answer]
    if message is not None:
        assert (said["status"], said["is_source"]) == (1, True)
        assert message in said["messages"][0]
    else:
        assert (said["status"], said["messages"]) == (0, [])
    assert (said["next"], said["lent"], said["destroyed"]) == (0, 0, 0)
    assert said["matte"] == report["fork"]["matte"]


def test_what_no_page_would_give_is_bent_or_told(report: dict[str, Any]) -> None:
    said = report["wild"]
    assert said["first"] == 0
    for name, value, status, messages, seconds in said["wild"]:
        assert status in {0, 1}, (name, value)
        assert status == 0 or len(messages) == 1, (name, value)
        assert not any("lost" in text or "Error" in text or "\n" in text for text in messages), (name, value, messages)
        assert seconds < 20, (name, value)
    assert said["last"] == [0, True]


def test_all_anew_for_every_frame_through_a_library_opened_again(report: dict[str, Any]) -> None:
    again = report["again"]
    assert again["status"] == [[0] * 7] * 4
    assert len({tuple(numbers) for numbers in again["workers"]}) == 1
    third, fifth, *others = again["mattes"]
    assert third != fifth
    assert all(matte == third for matte in others)
    assert third == report["fork"]["matte"]
