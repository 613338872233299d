from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from trimatte.core.sessions import MattingSession, SessionOptions
from trimatte.core.weights import load_default_models
from trimatte.plugin.look import Look
from trimatte.plugin.views import compose


class DirectClip:
    """The same plates without any process in between."""

    first, last, width, height, identity = 0, 7, 80, 48, ""

    def __init__(self, make_plate: Callable[..., np.ndarray]) -> None:
        self._make_plate = make_plate

    def read(self, frame: int) -> np.ndarray:
        return np.clip(self._make_plate(frame)[..., :3], 0, 1)


@pytest.fixture
def direct(
    make_plate: Any, make_trimap: Any, random_weights: Any, monkeypatch: pytest.MonkeyPatch
) -> Callable[[int], Any]:
    monkeypatch.setenv("TRIMATTE_WEIGHTS", str(random_weights))
    options = SessionOptions(working_size=0, device="cpu")
    keyframes = {0: make_trimap(0), 6: make_trimap(6)}
    session = MattingSession(DirectClip(make_plate), keyframes, options, models=load_default_models("cpu"))
    return session.solve


def test_a_frame_through_the_worker_equals_the_session_bit_for_bit(
    worker: Any, settings: dict[str, Any], make_plate: Any, direct: Any
) -> None:
    channel = worker.open_channel()
    for frame in (3, 0, 7):
        status, text, picture = channel.render(make_plate, settings, time=frame, instance=10)
        assert status == 0, text
        expected = direct(frame)
        shown = compose(Look(), make_plate(frame), expected)
        np.testing.assert_array_equal(picture, shown)
        assert f"Frame {frame}: confidence {expected.confidence:.2f}" in text


def test_a_solved_frame_is_shown_in_another_view_without_a_network(
    worker: Any, settings: dict[str, Any], make_plate: Any
) -> None:
    channel = worker.open_channel()
    channel.render(make_plate, settings, time=2, instance=11)
    channel.heard.clear()
    status, _, picture = channel.render(make_plate, settings | {"view": "Trimap"}, time=2, instance=11)
    assert status == 0
    assert "fetch_frame" not in channel.heard
    assert "progress" not in channel.heard
    assert set(np.unique(picture)) <= {0.0, 0.5, 1.0}


def test_a_plate_that_changed_upstream_is_solved_again(worker: Any, settings: dict[str, Any], make_plate: Any) -> None:
    channel = worker.open_channel()
    first = channel.render(make_plate, settings, time=3, instance=12)[2]
    changed = channel.render(lambda frame: make_plate(frame)[:, ::-1].copy(), settings, time=3, instance=12)[2]
    again = channel.render(make_plate, settings, time=3, instance=12)[2]
    assert not np.array_equal(first[..., 3], changed[..., 3])
    np.testing.assert_array_equal(first, again)


def test_a_named_source_is_found_again_by_another_worker_and_not_after_a_change(
    new_worker: Any, settings: dict[str, Any], make_plate: Any
) -> None:
    named = settings | {"cacheKey": "shot 12"}
    one, two = new_worker(), new_worker()
    one.wait_for_hello()
    first = one.open_channel()
    solved = first.render(make_plate, named, time=3)[2]
    two.wait_for_hello()
    second = two.open_channel()
    found = second.render(make_plate, named, time=3)[2]
    np.testing.assert_array_equal(solved, found)
    assert "progress" not in second.heard  # no network ran
    flipped = second.render(lambda frame: make_plate(frame)[:, ::-1].copy(), named, time=3)[2]
    assert not np.array_equal(found[..., 3], flipped[..., 3])


def test_a_clone_of_an_instance_runs_no_network_again(worker: Any, settings: dict[str, Any], make_plate: Any) -> None:
    channel = worker.open_channel()
    first = channel.render(make_plate, settings, time=3, instance=30)[2]
    channel.heard.clear()
    clone = channel.render(make_plate, settings, time=3, instance=31)[2]
    assert "fetch_frame" in channel.heard  # the plates of the keyframes were compared
    assert "progress" not in channel.heard
    np.testing.assert_array_equal(first, clone)


def test_an_instance_with_another_source_disturbs_nobody(
    worker: Any, settings: dict[str, Any], make_plate: Any
) -> None:
    def flipped(frame: int) -> np.ndarray:
        return make_plate(frame)[:, ::-1].copy() if frame else make_plate(frame)

    channel = worker.open_channel()
    first = channel.render(make_plate, settings, time=3, instance=32)[2]
    channel.render(flipped, settings, time=0, instance=33)  # frame 0 alone looks the same
    other = channel.render(flipped, settings, time=3, instance=33)[2]
    assert not np.array_equal(first[..., 3], other[..., 3])
    channel.heard.clear()
    np.testing.assert_array_equal(channel.render(make_plate, settings, time=3, instance=32)[2], first)
    np.testing.assert_array_equal(channel.render(flipped, settings, time=3, instance=33)[2], other)
    assert "progress" not in channel.heard


def test_what_the_host_says_about_its_source_is_believed(
    worker: Any, settings: dict[str, Any], make_plate: Any
) -> None:
    channel = worker.open_channel()
    first = channel.render(make_plate, settings, time=3, instance=34)[2]
    channel.heard.clear()
    again = channel.render(make_plate, settings | {"generation": 1}, time=3, instance=34)[2]
    assert "progress" in channel.heard
    np.testing.assert_array_equal(first, again)


def test_frames_of_another_size_are_refused(worker: Any, settings: dict[str, Any], make_plate: Any) -> None:
    status, text, _ = worker.open_channel().render(
        lambda frame: make_plate(frame, 40, 24) if frame == 5 else make_plate(frame), settings, time=3, instance=35
    )
    assert status == 1
    assert "frame 5 is 40x24, the clip is 80x48" in text


def test_bounds_and_windows_only_move_the_picture(worker: Any, settings: dict[str, Any], make_plate: Any) -> None:
    channel = worker.open_channel()
    whole = channel.render(make_plate, settings, time=1, instance=13)[2]
    moved = channel.render(make_plate, settings, time=1, instance=13, origin=(-7, 3), window=(-10, 1, 20, 30))[2]
    expected = np.zeros((29, 30, 4), np.float32)  # y 30 down to 1, x -10 to 20; the plate begins at (-7, 3)
    expected[:27, 3:] = whole[48 - 27 :, :27]
    np.testing.assert_array_equal(moved, expected)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.float16, np.float32])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_every_depth_and_all_components_are_taken(
    worker: Any, settings: dict[str, Any], make_plate: Any, kind: type, channels: int
) -> None:
    full = {np.uint8: 255, np.uint16: 65535}.get(kind, 1)

    def plates(frame: int) -> np.ndarray:
        return (
            np.rint(make_plate(frame)[..., :channels] * full).astype(kind)
            if full > 1
            else make_plate(frame)[..., :channels].astype(kind)
        )

    instance = 100 + channels * 10 + np.dtype(kind).itemsize + np.dtype(kind).kind.count("f") * 5
    channel = worker.open_channel()
    status, text, matte = channel.render(plates, settings | {"view": "Matte"}, time=0, instance=instance)
    assert status == 0, text
    assert matte.dtype == kind
    assert matte[..., 0].max() == full  # the keyframe's foreground is final
    assert matte[..., 0].min() == 0
    straight = channel.render(plates, settings | {"output": "Matte in alpha"}, time=0, instance=instance)[2]
    if channels > 1:
        np.testing.assert_array_equal(straight[..., :3], plates(0)[..., :3])


def test_plates_out_of_range_do_no_harm(worker: Any, settings: dict[str, Any], make_plate: Any) -> None:
    def wild(frame: int) -> np.ndarray:
        plate = make_plate(frame)
        plate[0, :4, 0] = [np.nan, np.inf, -np.inf, 7.5]
        return plate

    channel = worker.open_channel()
    status, text, picture = channel.render(
        # a pixel at the border may be soft, and an estimated colour is one that the networks could see
        wild,
        settings | {"output": "Straight", "outputPremultiplication": "", "estimateForeground": False},
        time=2,
        instance=14,
    )
    assert status == 0, text
    assert np.isfinite(picture[..., 3]).all()
    assert not np.isnan(picture).any()
    assert picture[0, 3, 0] == 7.5  # the picture keeps what the networks must not see
