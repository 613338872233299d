"""Two passes become one frame."""

import numpy as np
import pytest

from trimatte.core.sessions.blend import blend, certainty_of
from trimatte.core.sessions.pass_frame import PassFrame


def _frame(classes: tuple[int, int, int], alpha: float = 0.25) -> PassFrame:
    levels = np.full((6, 8), round(alpha * 65535), np.uint16)
    return PassFrame(levels, np.broadcast_to(np.array(classes, np.uint8)[:, None, None], (3, 6, 8)).copy())


def test_a_single_pass_comes_through_unchanged() -> None:
    unknown = _frame((20, 200, 35), alpha=0.25)
    assert np.array_equal(blend([unknown], [1.0]).alpha, unknown.full_alpha)
    assert (blend([_frame((10, 20, 225))], [1.0]).alpha == 1).all()


def test_of_two_equally_certain_passes_the_nearer_one_weighs_more() -> None:
    blended = blend([_frame((0, 255, 0), 0.0), _frame((0, 255, 0), 1.0)], [0.75, 0.25])
    assert blended.alpha == pytest.approx(0.25, abs=1e-3)


def test_of_two_equally_near_passes_the_more_certain_one_weighs_more() -> None:
    blended = blend([_frame((0, 255, 0), 0.0), _frame((60, 135, 60), 1.0)], [0.5, 0.5])
    assert (blended.alpha < 0.3).all()


def test_foreground_against_background_fades_instead_of_popping() -> None:
    inside, outside = _frame((0, 0, 255)), _frame((255, 0, 0))
    fades = [blend([inside, outside], [share, 1 - share]).alpha[0, 0] for share in (0.9, 0.7, 0.5, 0.3, 0.1)]
    assert fades == pytest.approx([0.9, 0.7, 0.5, 0.3, 0.1], abs=1e-3)


def test_shares_sum_to_one() -> None:
    for passes in ([_frame((9, 90, 30))], [_frame((0, 0, 255)), _frame((255, 0, 0))]):
        assert blend(passes, [1 / len(passes)] * len(passes)).shares.sum(axis=0) == pytest.approx(1, abs=1e-6)


def test_confidence_falls_with_certainty_and_with_disagreement() -> None:
    sure = blend([_frame((0, 255, 0)), _frame((0, 255, 0))], [0.5, 0.5]).confidence
    unsure = blend([_frame((80, 95, 80)), _frame((80, 95, 80))], [0.5, 0.5]).confidence
    torn = blend([_frame((0, 255, 0), 0.0), _frame((0, 255, 0), 0.9)], [0.5, 0.5]).confidence
    assert sure == pytest.approx(1, abs=1e-4)
    assert unsure < 0.2
    assert torn == pytest.approx(0.1, abs=0.01)


def test_each_pixel_has_a_certainty_of_its_own() -> None:
    sure, unsure = _frame((0, 255, 0), 0.5), _frame((80, 95, 80), 0.5)
    sure.classes[:, :, 4:] = unsure.classes[:, :, 4:]
    certainty = blend([sure], [1.0]).certainty
    assert certainty.dtype == np.uint8
    assert (certainty[:, :4] == 255).all()
    assert (certainty[:, 4:] < 30).all()
    torn = blend([_frame((0, 255, 0), 0.0), _frame((0, 255, 0), 0.9)], [0.5, 0.5]).certainty
    assert torn == pytest.approx(26, abs=1)


def test_a_frame_without_an_edge_is_judged_as_a_whole() -> None:
    assert certainty_of(_frame((255, 0, 0))) == pytest.approx(1, abs=1e-4)
