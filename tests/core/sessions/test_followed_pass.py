"""Mattes that follow their keyframe: the same pixels with and without a cache, and what following is for."""

import numpy as np

from trimatte.core.sessions import FrameCache


class _Forgetful(FrameCache):
    """Keeps nothing, as a full disk does."""

    def get(self, key: bytes) -> list[np.ndarray] | None:
        return None

    def has(self, key: bytes) -> bool:
        return False


def test_a_cache_that_keeps_nothing_changes_no_pixel(open_session, clip_of, tmp_path) -> None:
    clip = clip_of()
    options = {"self_memory_frames": 2, "state_frames": 2, "refine": False}
    kept = open_session(clip, {0: clip.trimap(0)}, **options)
    forgotten = open_session(clip, {0: clip.trimap(0)}, cache=_Forgetful(tmp_path), **options)
    for frame in (5, 3, 7, 2):
        assert np.array_equal(kept.solve(frame).alpha, forgotten.solve(frame).alpha)


def test_following_is_an_option_with_pixels_of_its_own(open_session, clip_of) -> None:
    clip = clip_of()
    followed = open_session(clip, {0: clip.trimap(0)}, refine=False).solve(2)
    network = open_session(clip, {0: clip.trimap(0)}, refine=False, follow=False).solve(2)
    truth = clip.trimap(2)
    settled = truth != 128

    def error(alpha: np.ndarray) -> float:
        return float(np.abs(alpha - truth / np.float32(255))[settled].mean())

    assert error(followed.alpha) < 0.75 * error(network.alpha)  # random weights, and noise that is new on every plate
