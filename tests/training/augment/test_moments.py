"""Keyframes lie anywhere; passes go both ways."""

import numpy as np

from trimatte.training.augment.moments import KeyframeOptions, draw_moments


def test_keyframes_lie_before_inside_and_behind_passes_that_go_both_ways() -> None:
    drawn = [draw_moments(np.random.default_rng(seed), 8, 3, KeyframeOptions()) for seed in range(300)]
    where = {"before": 0, "inside": 0, "behind": 0, "backward": 0, "on the first query": 0}
    for moments in drawn:
        keyframes, queries = moments.times[:3], np.array(moments.times[3:])
        way = np.sign(queries[1] - queries[0])
        np.testing.assert_allclose(np.diff(queries), queries[1] - queries[0])
        where["backward"] += way < 0
        where["on the first query"] += keyframes[0] == queries[0]
        assert moments.is_far == (keyframes[0] != queries[0])
        for keyframe in keyframes:
            along = way * (keyframe - queries[0]) / abs(queries[-1] - queries[0])
            where["before"] += along < 0
            where["inside"] += 0 < along < 1
            where["behind"] += along > 1
    assert min(where.values()) > 50, where


def test_a_single_query_has_its_keyframes_too() -> None:
    assert len(draw_moments(np.random.default_rng(1), 1, 3, KeyframeOptions()).times) == 4
