"""A window around a small subject, and what the network says about it brought back."""

import numpy as np
import pytest
import torch

from trimatte.core.sessions.focus import Focus
from trimatte.core.sessions.pass_frame import FOREGROUND, PassFrame, broken_ties
from trimatte.core.sessions.working_picture import WorkingSize

_SIZE = WorkingSize.choose(540, 960, 480)


def _subject(top: int, left: int, height: int, width: int) -> np.ndarray:
    region = np.zeros(_SIZE.working, bool)
    region[top : top + height, left : left + width] = True
    return region


@pytest.mark.parametrize(("top", "left"), [(100, 200), (0, 0), (240, 450), (0, 450)])
def test_a_small_subject_lies_within_its_window(top: int, left: int) -> None:
    focus = Focus.on(_subject(top, left, 30, 30), _SIZE)
    assert focus is not None
    assert focus.top <= top
    assert top + 30 <= focus.top + focus.height <= _SIZE.working[0]
    assert focus.left <= left
    assert left + 30 <= focus.left + focus.width <= _SIZE.working[1]
    assert focus.width / focus.height == pytest.approx(480 / 270, rel=0.03)
    assert focus.height <= 270 / 3


@pytest.mark.parametrize("subject", [_subject(20, 100, 230, 80), _subject(100, 10, 40, 450), _subject(0, 0, 0, 0)])
def test_a_large_subject_and_none_need_the_whole_frame(subject: np.ndarray) -> None:
    assert Focus.on(subject, _SIZE) is None


def test_a_plate_is_not_enlarged_without_end() -> None:
    size = WorkingSize.choose(270, 480, 480)
    focus = Focus.on(_subject(100, 200, 10, 10), size)
    assert focus is not None
    assert focus.height == 270 // 2


def test_what_is_seen_comes_back_to_its_place() -> None:
    plate = torch.zeros(1, 1, 540, 960)
    plate[..., 220:260, 420:470] = 1
    subject = _subject(105, 205, 40, 40)
    focus = Focus.on(subject, _SIZE)
    assert focus is not None
    seen = _SIZE.crop(focus.look(plate))[0, 0].numpy()
    labels = (seen > 0.5).astype(np.uint8)
    classes = np.stack([255 * (1 - labels), 0 * labels, 255 * labels]).astype(np.uint8)
    placed = focus.place(PassFrame((seen * 65535).astype(np.uint16), classes))
    truth = np.zeros(_SIZE.working, bool)
    truth[110:130, 210:235] = True
    assert placed.alpha.shape == _SIZE.working
    assert ((placed.labels == FOREGROUND) != truth).sum() < 0.1 * truth.sum()
    assert placed.classes[0][~subject].min() == 255


def test_ties_between_classes_are_broken() -> None:
    classes = np.array([[[255, 0, 9, 7]], [[255, 0, 9, 8]], [[0, 0, 9, 8]]], np.uint8)
    broken = broken_ties(classes)
    assert (broken.argmax(axis=0) == [[0, 0, 0, 1]]).all()
    assert ((broken == broken.max(axis=0)).sum(axis=0) == 1).all()
