"""Strokes as the shell sends them."""

import json
from typing import Any

import numpy as np
import pytest

from trimatte.plugin.errors import ParameterError
from trimatte.plugin.viewer_stroke import ViewerStroke

GOOD = {"stroke": [[1.5, 2.0, 0.5], [4.0, 2.0, 7.0]], "strokeSize": [8, 6], "paintInViewer": "Unknown", "brushSize": 4}


def parse(**changes: Any) -> ViewerStroke:
    return ViewerStroke.parse(json.dumps({**GOOD, **changes}).encode())


def test_a_stroke_is_read_with_pressure_in_its_range() -> None:
    stroke = parse()
    assert stroke.places == ((1.5, 2.0, 0.5), (4.0, 2.0, 1.0))
    assert (stroke.size, stroke.brush.level, stroke.brush.radius) == ((8, 6), 128, 2)


def test_a_single_place_is_a_dot() -> None:
    trimap = np.zeros((6, 8), np.uint8)
    parse(stroke=[[4.0, 3.0, 1.0]]).paint(trimap, trimap.copy())
    y, x = np.mgrid[:6, :8] + 0.5
    np.testing.assert_array_equal(trimap == 128, np.hypot(x - 4, y - 3) <= 2)


@pytest.mark.parametrize(
    "changes",
    [
        {"stroke": []},
        {"stroke": [[1, 2]]},
        {"stroke": [[1, float("nan"), 1]]},
        {"stroke": [[float("inf"), 1, 1]]},
        {"stroke": "here"},
        {"strokeSize": [8]},
        {"strokeSize": 8},
        {"paintInViewer": "Off"},
        {"paintInViewer": 3},
        {"brushSize": None},
        {"brushSize": float("nan")},
    ],
)
def test_what_is_no_stroke_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ParameterError):
        parse(**changes)
