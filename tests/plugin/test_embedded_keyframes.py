"""Keyframes in the project: what is written is read again, what cannot be read is told."""

import json
from typing import Any

import numpy as np
import pytest

from trimatte.core.errors import TrimapError
from trimatte.plugin.embedded_keyframes import (
    embedded_frames,
    is_embedded,
    read_embedded,
    with_keyframe,
    without_keyframe,
)
from trimatte.plugin.errors import ParameterError


@pytest.fixture
def text(make_trimap: Any) -> str:
    return with_keyframe(with_keyframe("", 12, make_trimap(1)), -3, make_trimap(0))


def test_what_is_written_is_read_again(text: str, make_trimap: Any) -> None:
    assert is_embedded(text)
    assert not is_embedded("/shots/{a}")
    assert embedded_frames(text) == [-3, 12]
    read = read_embedded(text)
    assert list(read) == [-3, 12]
    np.testing.assert_array_equal(read[-3], make_trimap(0))
    np.testing.assert_array_equal(read[12], make_trimap(1))
    assert read_embedded(text)[12] is read[12]


def test_keyframes_are_replaced_and_taken_away(text: str, make_trimap: Any) -> None:
    changed = with_keyframe(text, 12, make_trimap(2))
    np.testing.assert_array_equal(read_embedded(changed)[12], make_trimap(2))
    assert embedded_frames(without_keyframe(text, 12)) == [-3]
    assert without_keyframe(without_keyframe(text, 12), -3) == ""


def test_the_order_of_adding_is_not_seen(text: str, make_trimap: Any) -> None:
    assert with_keyframe(with_keyframe("", -3, make_trimap(0)), 12, make_trimap(1)) == text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda page: json.dumps(page)[:-40], "cut or damaged"),
        (lambda page: json.dumps({"color": 1}), "not of Trimatte"),
        (lambda page: json.dumps(page | {"version": 2}), r"newer Trimatte \(version 2, this one reads 1\)"),
        (lambda page: json.dumps(page | {"version": None}), "newer Trimatte"),
        (lambda page: json.dumps(page | {"keyframes": ["a"]}), "no list of keyframes"),
        (lambda page: json.dumps(page | {"keyframes": {"first": ""}}), "no list of keyframes"),
    ],
)
def test_text_that_is_no_list_of_keyframes_is_refused(text: str, change: Any, message: str) -> None:
    broken = change(json.loads(text))
    for read in (read_embedded, embedded_frames):
        with pytest.raises(ParameterError, match=message):
            read(broken)


@pytest.mark.parametrize("picture", ["", "####", "aGVsbG8=", None])
def test_a_damaged_picture_is_named(text: str, picture: str | None) -> None:
    page = json.loads(text)
    page["keyframes"]["12"] = page["keyframes"]["12"][:-60] + "=" * 4 if picture is None else picture
    with pytest.raises(TrimapError, match="keyframe 12"):
        read_embedded(json.dumps(page))
    assert embedded_frames(json.dumps(page)) == [-3, 12]


def test_a_mask_without_grey_needs_a_band(make_trimap: Any) -> None:
    mask = np.where(make_trimap(0) == 255, np.uint8(255), np.uint8(0))
    text = with_keyframe("", 5, mask)
    with pytest.raises(TrimapError, match="keyframe 5: the trimap has no unknown region"):
        read_embedded(text)
    np.testing.assert_array_equal(read_embedded(text, may_lack_unknown=True)[5], mask)
