"""Solving ahead without the host's frames: which frames, and how far one request goes."""

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest

from trimatte.plugin.ahead import Ahead
from trimatte.plugin.errors import ParameterError

PAGE = {"track": "Range", "trackFirst": 2, "trackLast": 4, "aheadDone": 0}


def request(frame: int) -> Any:
    """A request for ``frame`` of a source with the frames 1001 to 1008, which the host counts from 0."""
    params = SimpleNamespace(frame_offset=1001)
    return cast(Any, SimpleNamespace(frame=frame, first=1001, last=1008, params=params))


@pytest.mark.parametrize(
    ("order", "frames"),
    [
        ("Forward", [1006, 1007, 1008]),
        ("Backward", [1006, 1005, 1004, 1003, 1002, 1001]),
        ("Both directions", [1006, 1007, 1008, 1005, 1004, 1003, 1002, 1001]),
        ("This frame", [1006]),
        ("Range", [1003, 1004, 1005]),
    ],
)
def test_an_order_is_a_list_of_frames(order: str, frames: list[int]) -> None:
    ahead = Ahead.parse(json.dumps(PAGE | {"track": order}).encode())
    assert list(ahead.frames(request(1006))) == frames


def test_a_range_is_cut_to_the_source() -> None:
    assert list(Ahead("Range", (-5, 1), 0).frames(request(1006))) == [1001, 1002]
    assert list(Ahead("Range", (50, 60), 0).frames(request(1006))) == []


def test_one_request_works_for_a_while_and_the_next_goes_on() -> None:
    now, solved = [0.0], []

    def solve(frame: int) -> None:
        solved.append(frame)
        now[0] += 8.0

    done = Ahead("Forward", (0, 0), 0).work(range(8), solve, lambda: now[0])
    assert (done, solved) == (3, [0, 1, 2])
    assert Ahead("Forward", (0, 0), done).work(range(4), solve, lambda: now[0]) == 4
    assert solved == [0, 1, 2, 3]


def test_a_frame_that_takes_longer_than_a_request_is_still_done() -> None:
    times = iter((0.0, 1e9, 2e9))
    assert Ahead("Forward", (0, 0), 5).work(range(8), lambda frame: None, lambda: next(times)) == 6


@pytest.mark.parametrize("wrong", [{"track": "Idle"}, {"aheadDone": "x"}, {"trackFirst": None}])
def test_what_is_no_order_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ParameterError, match="cannot be read"):
        Ahead.parse(json.dumps(PAGE | wrong).encode())
