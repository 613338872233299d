"""What a session promises besides purity and locality."""

from pathlib import Path

import numpy as np
import pytest
import torch

from trimatte.core.errors import MediaError, TrimapError
from trimatte.core.sessions import FrameCache
from trimatte.kernels.errors import BackendUnavailableError


def test_on_a_keyframe_the_users_foreground_and_background_are_final(open_session, clip_of) -> None:
    trimap = clip_of().trimap(2)
    result = open_session().solve(2)
    assert np.array_equal(result.trimap, trimap)
    assert (result.alpha[trimap == 255] == 1).all()
    assert (result.alpha[trimap == 0] == 0).all()
    assert len(np.unique(result.alpha[trimap == 128])) > 100
    assert result.confidence == 1
    assert (result.certainty == 255).all()


def test_the_certainty_of_pixels_is_kept_with_the_frame(open_session) -> None:
    session = open_session()
    first, again = session.solve(5), session.solve(5)
    assert first.certainty.dtype == np.uint8
    assert len(np.unique(first.certainty)) > 10
    assert np.array_equal(first.certainty, again.certainty)


def test_a_result_is_a_multiple_of_one_in_65535(open_session) -> None:
    result = open_session().solve(5)
    levels = np.round(result.alpha.astype(np.float64) * 65535).astype(np.uint16)
    assert result.alpha.dtype == np.float32
    assert np.array_equal(levels.astype(np.float32) / np.float32(65535), result.alpha)
    assert set(np.unique(result.trimap)) <= {0, 128, 255}
    assert 0 <= result.confidence <= 1


def test_one_pass_at_native_size_is_the_networks_own_full_matte(open_session, models, clip_of) -> None:
    clip = clip_of()
    pictures = [torch.from_numpy(clip.read(frame)).permute(2, 0, 1)[None, None] for frame in range(6)]
    trimap = torch.from_numpy(clip.trimap(0).astype(np.float32) / 255).mul(2).round().div(2)[None, None, None]
    session = open_session(clip, {0: clip.trimap(0)}, working_size=0, follow=False, refine=False, state_frames=100)
    with torch.inference_mode():
        memory = models.propagation.encode_imgs_to_value(pictures[0], trimap)
        state = models.propagation.default_rec
        for frame, picture in enumerate(pictures):
            *_, full, state = models.propagation.forward_with_memory(picture, *memory, *state)
            if frame:
                assert np.abs(session.solve(frame).alpha - full[0, 0, 0].numpy()).max() <= 0.51 / 65535


def test_key_scale_is_the_same_as_scaled_memory_keys(open_session, models, clip_of) -> None:
    clip = clip_of()
    solved = open_session(clip, {0: clip.trimap(0)}, working_size=0, refine=False, key_scale=1.5).solve(3)
    project = models.propagation.bottleneck_fuse.project_key.conv
    calls: list[bool] = []

    def scale_memory(_module: object, _inputs: object, keys: torch.Tensor) -> torch.Tensor:
        calls.append(True)  # each run projects its query first, then the memory
        return keys if len(calls) % 2 else keys * 1.5

    with project.register_forward_hook(scale_memory):
        scaled = open_session(clip, {0: clip.trimap(0)}, working_size=0, refine=False).solve(3)
    plain = open_session(clip, {0: clip.trimap(0)}, working_size=0, refine=False).solve(3)
    assert np.abs(solved.alpha - scaled.alpha).mean() < 1e-4 < np.abs(solved.alpha - plain.alpha).mean()


def test_the_confidence_of_a_frame_is_known_once_it_is_solved(open_session) -> None:
    session = open_session()
    assert session.confidence(5) is None
    result = session.solve(5)
    assert session.confidence(5) == result.confidence
    assert session.confidence(6) is None


def test_progress_rises_to_one(open_session) -> None:
    fractions: list[float] = []
    list(open_session().solve_range(0, 11, progress=fractions.append))
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    assert len(set(fractions)) > 24


def test_progress_of_one_frame_is_in_proportion_to_the_work(open_session) -> None:
    fractions: list[float] = []
    open_session(state_frames=0).solve(7, progress=fractions.append)
    assert fractions[-1] == 1
    assert max(np.diff(fractions)) < 0.35


def test_a_clip_without_identity_leaves_nothing_behind(open_session, clip_of, tmp_path) -> None:
    shared = FrameCache(tmp_path)
    session = open_session(clip_of(identity=""), cache=shared)
    session.solve(5)
    folder = session._cache.folder
    assert folder.exists()
    session.close()
    assert not folder.exists()
    assert shared.stats().entries == 0


def test_two_clips_with_one_cache_do_not_meet(open_session, clip_of, tmp_path) -> None:
    cache = FrameCache(tmp_path)
    one = open_session(clip_of(identity="one"), cache=cache).solve(5)
    other = clip_of(identity="other", first=0)
    other.read = lambda frame: 1 - clip_of().read(frame)
    assert not np.array_equal(open_session(other, cache=cache).solve(5).alpha, one.alpha)


@pytest.mark.parametrize(
    "options", [{"working_size": 96}, {"refine": False}, {"state_frames": 1, "warm_up_frames": 0}, {"key_scale": 2.0}]
)
def test_an_option_that_changes_pixels_is_part_of_the_key(open_session, tmp_path, options) -> None:
    cache = FrameCache(tmp_path)
    plain = open_session(cache=cache).solve(6)
    assert not np.array_equal(open_session(cache=cache, **options).solve(6).alpha, plain.alpha)


def test_the_review_list_names_the_least_certain_solved_frames(open_session) -> None:
    session = open_session()
    assert session.review_list() == []
    results = list(session.solve_range(0, 9))
    listed = session.review_list(3, spacing_frames=2)
    certain = {result.frame: result.confidence for result in results if result.frame not in {2, 8}}
    assert listed[0] == (min(certain, key=certain.__getitem__), min(certain.values()))
    assert [item.confidence for item in listed] == sorted(item.confidence for item in listed)
    assert len(listed) == 3
    assert all(abs(a.frame - b.frame) >= 2 for a in listed for b in listed if a != b)


def test_a_frame_number_may_start_anywhere(open_session, clip_of) -> None:
    clip = clip_of(first=1001, last=1006)
    session = open_session(clip, {1003: clip.trimap(1003)})
    assert [result.frame for result in session.solve_range(1001, 1006)] == list(range(1001, 1007))
    assert set(clip.reads) == set(range(1001, 1007))


@pytest.mark.parametrize("frame", [-1, 12])
def test_a_frame_outside_the_clip_is_refused(open_session, frame: int) -> None:
    with pytest.raises(MediaError, match=r"outside the clip \(0 to 11\)"):
        open_session().solve(frame)


def test_a_keyframe_outside_the_clip_is_refused_and_the_old_ones_stay(open_session, clip_of) -> None:
    session = open_session()
    with pytest.raises(TrimapError, match=r"keyframe 40 lies outside the clip \(0 to 11\)"):
        session.set_keyframes({40: clip_of().trimap(2)})
    assert session.keyframes == (2, 8)


def test_an_unknown_device_is_refused_before_any_work(open_session) -> None:
    with pytest.raises(BackendUnavailableError, match="choose auto, cpu"):
        open_session(device="quantum")


def test_a_plate_of_another_size_is_refused(open_session, clip_of) -> None:
    clip = clip_of()
    clip.read = lambda frame: np.zeros((10, 10, 3), np.float32)
    with pytest.raises(MediaError, match=r"\(10, 10, 3\) float32, the clip promised \(64, 96, 3\)"):
        open_session(clip).solve(5)


def test_plates_are_read_on_the_thread_that_asked(open_session, clip_of) -> None:
    import threading

    clip, threads = clip_of(), set()
    read = clip.read
    clip.read = lambda frame: (threads.add(threading.get_ident()), read(frame))[1]
    open_session(clip).solve(5)
    assert threads == {threading.get_ident()}


def test_results_of_another_number_of_threads_are_not_taken_over(open_session, tmp_path) -> None:
    cache = FrameCache(tmp_path)
    open_session(cache=cache).solve(5)
    before = torch.get_num_threads()
    torch.set_num_threads(before + 1)
    try:
        assert not open_session(cache=cache).is_solved(5)
    finally:
        torch.set_num_threads(before)
    assert open_session(cache=cache).is_solved(5)


def test_sessions_that_solve_the_band_and_those_that_do_not_share_a_cache_but_no_result(
    open_session, clip_of, tmp_path: Path
) -> None:
    clip, cache = clip_of(), FrameCache(tmp_path)
    first = {steps: open_session(clip, cache=cache, closed_form_iterations=steps).solve(5) for steps in (0, 60)}
    again = {steps: open_session(clip, cache=cache, closed_form_iterations=steps).solve(5) for steps in (60, 0)}
    assert not np.array_equal(first[0].alpha, first[60].alpha)
    for steps, result in first.items():
        assert np.array_equal(result.alpha, again[steps].alpha)
