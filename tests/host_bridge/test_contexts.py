"""Every context with its clips and parameters; forms, regions, frames and sequences as the standard has them."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from trimatte.host_bridge import Effect, HostError, PluginRefusedError

Create = Callable[..., Effect]
Clip = npt.NDArray[np.float32]


def numbered(frames: int = 12) -> Clip:
    """Frames of 6 x 5 pixels that hold their own number."""
    return np.broadcast_to(np.arange(frames, dtype=np.float32)[:, None, None, None], (frames, 5, 6, 4)).copy()


def test_a_filter_and_a_general_effect_have_their_source(create: Create, clip: Clip) -> None:
    for context in ("filter", "general"):
        effect = create("contexts", context)
        effect.connect("Source", clip)
        np.testing.assert_array_equal(effect.render(1)[..., 0], clip[1, ..., 0])


def test_a_generator_has_no_clip_and_fills_the_project(create: Create) -> None:
    effect = create("contexts", "generator")
    effect.set_project((7, 4))
    assert effect.clips == ["Output"]
    assert effect.render(0).shape == (4, 7, 4)


def test_a_transition_goes_from_one_clip_to_the_other(create: Create, clip: Clip) -> None:
    effect = create("contexts", "transition")
    effect.connect("SourceFrom", clip)
    effect.connect("SourceTo", 1 - clip)
    effect.params["Transition"] = {0: 0.0, 2: 1.0}
    np.testing.assert_allclose(effect.render(1)[..., 0], 0.5, atol=1e-6)
    np.testing.assert_allclose(effect.render(2)[..., 0], 1 - clip[2, ..., 0], atol=1e-6)


def test_a_retimer_is_told_the_time_of_its_source(create: Create) -> None:
    effect = create("contexts", "retimer")
    effect.connect("Source", numbered())
    effect.params["SourceTime"] = {0: 2.0, 4: 10.0}
    assert effect.render(3)[0, 0, 0] == 8.0


def test_paint_has_a_brush(create: Create, clip: Clip) -> None:
    effect = create("contexts", "paint")
    brush = np.full((3, 7, 11, 1), 0.5, np.float32)
    effect.connect("Source", clip)
    effect.connect("Brush", brush)
    np.testing.assert_allclose(effect.render(0)[..., 0], clip[0, ..., 0] + 0.5, rtol=1e-6)


@pytest.mark.parametrize(("wish", "channels"), [("RGBA", 4), ("RGB", 3), ("Alpha", 1)])
@pytest.mark.parametrize("state", ["OfxImageOpaque", "OfxImageAlphaPremultiplied", "OfxImageAlphaUnPremultiplied"])
def test_clips_have_the_form_each_of_them_takes(create: Create, wish: str, channels: int, state: str) -> None:
    effect = create("forms", "general")
    effect.params["components"] = f"OfxImageComponent{wish}"
    effect.params["premultiplication"] = state
    effect.connect("Source", np.zeros((1, 3, 4, 4), np.uint8))
    effect.connect("Mask", np.zeros((1, 3, 4, 4), np.uint8))
    picture = effect.render(0)
    assert picture.shape == (3, 4, channels)
    expected = [4 * channels] if channels == 1 else [3, 1, 4 * channels, 0.25][:channels]
    np.testing.assert_array_equal(picture[0, 0], np.float32(expected))
    assert effect.clip_property("Output", "OfxImageEffectPropPreMultiplication") == [state]


def test_a_form_that_a_clip_does_not_take_is_refused_before_the_render(create: Create) -> None:
    effect = create("forms", "general", components=("rgb", "alpha"))
    effect.params["components"] = "OfxImageComponentRGBA"
    effect.connect("Source", np.zeros((1, 3, 4, 3), np.uint8))
    with pytest.raises(HostError, match="asks for OfxImageComponentRGBA on clip Output"):
        effect.render(0)


def test_the_frames_that_were_asked_for_are_fetched_and_no_others(create: Create) -> None:
    read: dict[str, list[float]] = {"Source": [], "Other": []}
    frames = numbered()
    effect = create("ranges", "general")

    def reader(name: str) -> Callable[[float], Clip]:
        return lambda time: (read[name].append(time), frames[int(time)])[1]

    for name in read:
        effect.connect(name, reader(name), first=0, last=11)
    needed = effect.frames_needed(5)
    assert needed == {"Source": [(2, 3), (6, 6), (9, 9)], "Other": [(7, 7)]}
    for times in read.values():
        times.clear()
    picture = effect.render(5)
    assert picture[0, 0, :2].tolist() == [2 + 3 + 6 + 9, 7]
    assert read == {"Source": [2, 3, 6, 9], "Other": [7]}


def test_a_region_ends_with_the_picture(create: Create, clip: Clip) -> None:
    effect = create("region")
    effect.connect("Source", clip, offset=(-4, 2))
    effect.render(1)


@pytest.mark.parametrize("row_bytes", ["positive", "padded", "negative"])
def test_odd_bounds_and_windows_are_kept(create: Create, row_bytes: str) -> None:
    effect = create("ramp", "general", row_bytes=row_bytes)
    effect.params["corner"] = (-7, 3, 0)
    effect.params["size"] = (137, 74)
    assert effect.region_of_definition(0) == (-7.0, 3.0, 130.0, 77.0)
    picture = effect.render(0, window=(-5, 10, 30, 20), margin=3)
    assert picture.shape == (10, 35, 4)
    assert picture[-1, 0, :2].tolist() == [-5, 10]
    assert picture[0, -1, :2].tolist() == [29, 19]


def test_canonical_becomes_pixels_rounded_outward(create: Create) -> None:
    effect = create("ramp", "general")
    effect.set_project((137, 74), pixel_aspect=1.0667)
    effect.params["corner"] = (-7, 3, 0)
    effect.params["size"] = (137, 74)
    picture = effect.render(0, scale=(0.5, 0.5))
    left, right = int(np.floor(-7 * 0.5 / 1.0667)), int(np.ceil(130 * 0.5 / 1.0667))
    assert picture.shape == (39 - 1, right - left, 4)  # from floor(1.5) to ceil(38.5)
    assert picture[-1, 0, :2].tolist() == [left, 1]


def test_sequences_rise_or_are_none(create: Create, clip: Clip) -> None:
    liked = create("sequence.2")
    liked.connect("Source", clip)
    assert liked.render(1).max() == 0  # a frame of its own
    with liked.sequence(0, 2):
        assert [liked.render(time).max() for time in (0, 2, 1, 2)] == [1, 1, 0, 0]
    needed = create("sequence.1")
    needed.connect("Source", clip)
    with needed.sequence(0, 2):
        assert needed.render(1).max() == 1
        with pytest.raises(HostError, match="in order only"):
            needed.render(0)
        assert needed.render(2).max() == 1


def test_memory_that_ran_out_is_asked_for_once_more(create: Create, clip: Clip) -> None:
    effect = create("fail")
    effect.connect("Source", clip)
    effect.params["status"] = 8
    with pytest.raises(PluginRefusedError, match="kOfxStatErrMemory"):
        effect.render(0)
    assert len(effect.messages) == 2
