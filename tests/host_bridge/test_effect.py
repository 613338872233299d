from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from trimatte.host_bridge import Effect, HostError, PluginRefusedError

Create = Callable[..., Effect]
Clip = npt.NDArray[np.float32]
ROWS = ["positive", "padded", "negative"]


def ramp(x1: int, y1: int, x2: int, y2: int, time: float) -> npt.NDArray[np.float32]:
    """Return what the ramp probe paints in a window, y down."""
    y, x = np.mgrid[y2 - 1 : y1 - 1 : -1, x1:x2].astype(np.float32)
    return np.stack([x, y, np.full_like(x, time), np.ones_like(x)], axis=2)


@pytest.mark.parametrize("row_bytes", ROWS)
def test_pictures_are_upright_whatever_the_row_bytes(create: Create, row_bytes: str) -> None:
    effect = create("ramp", "generator", row_bytes=row_bytes)
    effect.params["corner"] = (-7, 3, 0)
    effect.params["size"] = (13, 5)
    np.testing.assert_array_equal(effect.render(4), ramp(-7, 3, 6, 8, 4))
    np.testing.assert_array_equal(effect.render(4, window=(-2, 4, 5, 7), margin=3), ramp(-2, 4, 5, 7, 4))


@pytest.mark.parametrize("row_bytes", ROWS)
def test_an_effect_that_writes_outside_its_window_is_caught(create: Create, row_bytes: str) -> None:
    effect = create("ramp", "generator", row_bytes=row_bytes)
    effect.params["size"] = (8, 8)
    effect.params["stray"] = 1
    with pytest.raises(HostError, match=r"wrote outside its render window \(1, 2, 5, 6\)"):
        effect.render(0, window=(1, 2, 5, 6))


def test_a_window_must_lie_within_the_picture(create: Create, clip: Clip) -> None:
    effect = create("copy")
    effect.connect("Source", clip)
    with pytest.raises(HostError, match=r"\(0, 0, 12, 7\) must lie within the region of definition \(0, 0, 11, 7\)"):
        effect.render(0, window=(0, 0, 12, 7))


@pytest.mark.parametrize("row_bytes", ROWS)
@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float16, np.float32])
def test_every_form_of_picture_goes_through_unchanged(
    create: Create, clip: Clip, dtype: type, channels: int, row_bytes: str
) -> None:
    frames = (clip[..., :channels] * (1 if np.dtype(dtype).kind == "f" else np.iinfo(dtype).max)).astype(dtype)
    effect = create("copy", row_bytes=row_bytes)
    effect.connect("Source", frames)
    for time, frame in enumerate(frames):
        picture = effect.render(time)
        assert picture.dtype == dtype
        np.testing.assert_array_equal(picture, frame)


@pytest.mark.parametrize(
    ("variant", "dtype"), [("byte", np.uint8), ("short", np.uint16), ("half", np.float16), ("float", np.float32)]
)
def test_the_host_converts_to_the_depth_the_effect_takes(create: Create, variant: str, dtype: type) -> None:
    white = np.full((1, 2, 2, 4), 255, np.uint8)
    effect = create(f"copy.{variant}")
    effect.connect("Source", white)
    picture = effect.render(0)
    assert picture.dtype == dtype
    assert (picture == (1 if np.dtype(dtype).kind == "f" else np.iinfo(dtype).max)).all()
    assert effect.preferences.clips["Output"].depth == variant


def test_a_wanted_depth_is_kept_or_refused(create: Create, clip: Clip) -> None:
    effect = create("copy", depth="half")
    effect.connect("Source", clip)
    assert effect.render(0).dtype == np.float16
    refused = create("copy.byte", depth="float")
    refused.connect("Source", clip)
    with pytest.raises(HostError, match="takes OfxBitDepthByte, not OfxBitDepthFloat"):
        refused.render(0)


def test_a_host_of_one_depth_gets_what_it_can(create: Create, clip: Clip) -> None:
    effect = create("copy", depths=("short",))
    effect.connect("Source", clip)
    assert effect.render(0).dtype == np.uint16
    refused = create("copy.float", depths=("byte",))
    refused.connect("Source", clip)
    with pytest.raises(HostError, match="no common depth: the effect takes OfxBitDepthFloat"):
        refused.render(0)


@pytest.mark.parametrize("state", ["opaque", "premultiplied", "straight"])
def test_premultiplication_follows_the_source_unless_the_effect_asks(create: Create, clip: Clip, state: str) -> None:
    effect = create("copy")
    effect.connect("Source", clip, premultiplication=state)  # type: ignore[arg-type]
    assert effect.preferences.premultiplication == state
    assert effect.clip_property("Source", "OfxImageEffectPropPreMultiplication") == effect.clip_property(
        "Output", "OfxImageEffectPropPreMultiplication"
    )


def test_a_preference_that_does_not_exist_is_refused_before_the_render(create: Create, clip: Clip) -> None:
    effect = create("copy")
    effect.params["premultiplication"] = "Sometimes"
    effect.connect("Source", clip)
    with pytest.raises(HostError, match="premultiplication Sometimes, which does not exist"):
        effect.render(0)
    effect.params["premultiplication"] = ""
    effect.params["components"] = "Purple"
    effect.connect("Source", clip)
    with pytest.raises(HostError, match="asks for Purple on clip Output"):
        effect.render(0)


def test_proxies_are_smaller_by_the_render_scale(create: Create) -> None:
    frames = np.random.default_rng(5).random((1, 6, 8, 4), dtype=np.float32)
    effect = create("copy")
    effect.connect("Source", frames)
    picture = effect.render(0, scale=(0.5, 0.5))
    np.testing.assert_allclose(picture, frames[0].reshape(3, 2, 4, 2, 4).mean((1, 3)), rtol=1e-6)
    assert effect.render(0, scale=(0.3, 0.3)).shape == (2, 3, 4)  # rounded outward


def test_wide_pixels_and_offsets_move_regions(create: Create, clip: Clip) -> None:
    effect = create("copy")
    effect.connect("Source", clip, pixel_aspect=2.0, offset=(-3, 5))
    assert effect.region_of_definition(0) == (-6.0, 5.0, 16.0, 12.0)
    np.testing.assert_array_equal(effect.render(1), clip[1])
    np.testing.assert_array_equal(effect.render(1, window=(-3, 5, -1, 6)), clip[1, 6:7, :2])


def test_other_frames_arrive_as_asked(create: Create, clip: Clip) -> None:
    effect = create("temporal")
    effect.connect("Source", clip, first=1001)
    np.testing.assert_array_equal(effect.render(1002), 0.5 * clip[1] + 0.5 * clip[0])
    np.testing.assert_array_equal(effect.render(1001), 0.5 * clip[0])  # no frame before the first
    effect.params["offset"] = 2.0
    np.testing.assert_array_equal(effect.render(1001), 0.5 * clip[0] + 0.5 * clip[2])
    effect.params["offset"] = 0.5
    np.testing.assert_array_equal(effect.render(1001), 0.5 * clip[0])  # nor one between two
    assert effect.frames_needed(1001) == {"Source": [(1001.0, 1001.0), (1001.5, 1001.5)]}


def test_other_frames_are_refused_to_those_who_did_not_ask(create: Create, clip: Clip) -> None:
    undeclared = create("undeclared")
    undeclared.connect("Source", clip)
    np.testing.assert_array_equal(undeclared.render(1), 0.5 * clip[1])
    without = create("temporal", temporal_access=False)
    without.connect("Source", clip)
    np.testing.assert_array_equal(without.render(1), 0.5 * clip[1])


def test_a_host_like_mlt_answers_with_the_current_frame(create: Create, clip: Clip) -> None:
    effect = create("temporal", temporal_access=False, current_frame_only=True)
    effect.connect("Source", clip)
    np.testing.assert_array_equal(effect.render(1), clip[1])


def test_several_clips_are_connected_early_late_or_never(create: Create, clip: Clip) -> None:
    effect = create("mask", "general")
    effect.connect("Source", clip)
    np.testing.assert_array_equal(effect.render(1), clip[1])
    mask = np.random.default_rng(8).random((3, 7, 11), dtype=np.float32)
    effect.connect("Mask", mask[..., None])
    np.testing.assert_allclose(effect.render(2), clip[2] * mask[2, ..., None], rtol=1e-6)
    effect.connect("Background", clip[::-1])
    expected = clip[2] * mask[2, ..., None] + clip[0] * (1 - mask[2, ..., None])
    np.testing.assert_allclose(effect.render(2), expected, rtol=1e-5)
    effect.disconnect("Mask")
    np.testing.assert_array_equal(effect.render(0), clip[0])
    changes = ["Source", "Mask", "Background", "Mask"]
    assert [message.text for message in effect.messages] == [f"clip {name} changed" for name in changes]
    with pytest.raises(HostError, match="no clip Matte; it has Source, Mask, Background, Output"):
        effect.connect("Matte", clip)
    with pytest.raises(HostError, match="output clip takes no frames"):
        effect.connect("Output", clip)


def test_an_identity_is_copied_bit_for_bit_and_may_slip_in_time(create: Create, clip: Clip) -> None:
    effect = create("identity")
    effect.connect("Source", clip)
    np.testing.assert_array_equal(effect.render(1), clip[1])
    np.testing.assert_array_equal(effect.render(1, window=(2, 1, 5, 4)), clip[1, 3:6, 2:5])
    effect.params["slip"] = -1.0
    np.testing.assert_array_equal(effect.render(1), clip[0])
    assert effect.is_identity(1, (0, 0, 11, 7)) == ("Source", 0.0)
    with pytest.raises(PluginRefusedError, match="kOfxStatFailed"):
        effect.render(1, identity=False)


def test_an_identity_that_does_not_exist_is_an_error(create: Create, clip: Clip) -> None:
    effect = create("identity")
    effect.connect("Source", clip)
    effect.params["clip"] = "Nobody"
    with pytest.raises(HostError, match="no clip Nobody; it has Source, Output"):
        effect.render(0)
    effect.params["clip"] = "Source"
    effect.params["slip"] = 100.0
    with pytest.raises(HostError, match="where there is no frame"):
        effect.render(0)


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (1, "kOfxStatFailed"),
        (8, "kOfxStatErrMemory"),
        (1000, "kOfxStatErrImageFormat"),
        (999, "status 999"),
        (14, "kOfxStatReplyDefault"),
    ],
)
def test_a_failing_render_is_told_in_the_effects_words_and_the_next_one_works(
    create: Create, clip: Clip, status: int, name: str
) -> None:
    effect = create("fail")
    effect.connect("Source", clip)
    effect.params["status"] = status
    with pytest.raises(PluginRefusedError, match=rf"Render answered {name}: frame 2: no 12.5%") as caught:
        effect.render(2)
    assert caught.value.status == status
    assert effect.persistent_message is not None
    assert effect.persistent_message.text == caught.value.message
    effect.params["status"] = 0
    effect.render(2)
    assert effect.persistent_message is None


def test_an_exception_that_leaves_a_plugin_is_a_failure(create: Create, clip: Clip) -> None:
    effect = create("fail")
    effect.connect("Source", clip)
    effect.params["status"] = 2000
    with pytest.raises(PluginRefusedError, match="kOfxStatFailed"):
        effect.render(0)


def test_images_that_were_not_released_are_freed_and_counted(create: Create, clip: Clip) -> None:
    effect = create("leak")
    effect.connect("Source", clip)
    for time in range(3):
        effect.render(time)
    assert effect.leaked_images == 3


def test_suites_answer_nonsense_with_a_status(create: Create, clip: Clip) -> None:
    effect = create("strict")
    effect.connect("Source", clip)
    effect.render(1)


def test_a_generator_fills_the_project(create: Create) -> None:
    effect = create("ramp", "generator")
    effect.set_project((6, 4), rate=25, frames=(1, 50))
    np.testing.assert_array_equal(effect.render(3), ramp(0, 0, 6, 4, 3))


def test_a_closed_effect_says_so(create: Create, clip: Clip) -> None:
    effect = create("copy")
    effect.connect("Source", clip)
    effect.close()
    with pytest.raises(HostError, match="the effect is closed"):
        effect.render(0)
