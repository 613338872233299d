import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from trimatte.training.datasets.dvm_walk import Pose, paste, random_walk


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 999), st.integers(30, 200), st.integers(30, 200))
def test_a_walk_stays_inside_and_moves_as_fast_as_it_may(seed: int, height: int, width: int) -> None:
    walk = random_walk(np.random.default_rng(seed), 90, (height, width))
    xs, ys = (np.array([getattr(pose, name) for pose in walk]) for name in "xy")
    assert 0.05 * width - 1e-9 <= xs.min() <= xs.max() <= 0.95 * width + 1e-9
    assert 0.05 * height - 1e-9 <= ys.min() <= ys.max() <= 0.95 * height + 1e-9
    assert np.hypot(np.diff(xs), np.diff(ys)).max() <= 2 + 1e-9
    assert np.abs(np.diff([pose.angle for pose in walk])).max() <= 1
    assert all(0.9 <= pose.zoom <= 1.1 for pose in walk)


def test_a_walk_starts_in_the_middle_and_changes_every_twenty_frames() -> None:
    walk = random_walk(np.random.default_rng(3), 60, (400, 400))
    assert (walk[0].x, walk[0].y, walk[0].angle, walk[0].zoom) == (200, 200, 0, 0.9)
    steps = np.diff([pose.x for pose in walk])
    assert np.ptp(steps[:20]) < 1e-9
    assert abs(steps[19] - steps[20]) > 1e-6


def test_a_picture_is_pasted_where_the_pose_says() -> None:
    picture = np.full((10, 20, 4), 255, np.uint8)
    placed = paste(picture, Pose(30, 20, 0, 1), (40, 60))[..., 3]
    assert placed[15:25, 20:40].min() == 255
    assert placed.sum() == 255 * 200


def test_a_quarter_turn_swaps_the_sides_counterclockwise() -> None:
    picture = np.zeros((10, 20, 4), np.uint8)
    picture[..., 3] = 255
    picture[:, 10:, 0] = 200  # the right half is red
    placed = paste(picture, Pose(30, 20, 90, 1), (40, 60))
    rows = np.flatnonzero(placed[..., 3].max(1) > 128)
    assert (rows.min(), rows.max()) == (10, 29)
    assert placed[12, 30, 0] == 200  # now the upper one
    assert placed[27, 30, 0] == 0
