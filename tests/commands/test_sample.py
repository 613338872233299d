"""The sample clip is the same on every call, moves, and its alpha is the true one."""

import numpy as np

from trimatte.commands.sample import SAMPLE_FRAMES, SAMPLE_SIZE, draw_frame
from trimatte.commands.sample.landscape import draw_landscape


def test_a_frame_is_drawn_the_same_every_time() -> None:
    first, second = draw_frame(5), draw_frame(5)
    np.testing.assert_array_equal(first.picture, second.picture)
    np.testing.assert_array_equal(first.alpha, second.alpha)


def test_where_alpha_is_zero_the_landscape_shows_and_hair_is_soft() -> None:
    sample = draw_frame(9)
    assert sample.picture.shape == (SAMPLE_SIZE[1], SAMPLE_SIZE[0], 3)
    landscape = draw_landscape(9, SAMPLE_SIZE)
    empty = sample.alpha == 0
    np.testing.assert_allclose(sample.picture[empty] / 255, landscape[empty], atol=0.51 / 255)
    assert 0.08 < (sample.alpha == 1).mean() < 0.4
    assert ((sample.alpha > 0) & (sample.alpha < 1)).mean() > 0.01


def test_foreground_and_background_both_move_and_stay_in_the_picture() -> None:
    first, last = draw_frame(0), draw_frame(SAMPLE_FRAMES - 1)
    centres = [np.average(np.arange(SAMPLE_SIZE[0]), weights=sample.alpha.sum(0)) for sample in (first, last)]
    assert centres[1] - centres[0] > 60
    assert np.abs(draw_landscape(0, SAMPLE_SIZE) - draw_landscape(20, SAMPLE_SIZE)).mean() > 0.01
    for sample in (first, last):
        border = [sample.alpha[0], sample.alpha[-1], sample.alpha[:, 0], sample.alpha[:, -1]]
        assert max(edge.max() for edge in border) == 0
