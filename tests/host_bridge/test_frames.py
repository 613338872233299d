from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from trimatte.host_bridge import Effect, HostError

Create = Callable[..., Effect]
Clip = npt.NDArray[np.float32]


class Reader:
    """Frames that are made when they are asked for."""

    def __init__(self, clip: Clip) -> None:
        self.clip, self.asked = clip, list[int]()
        self.first, self.last, self.rate, self.pixel_aspect = 100, 102, 23.976, 1.5
        self.identity = "shot 7"

    def read(self, frame: int, /) -> Clip:
        self.asked.append(frame)
        return self.clip[frame - self.first]


def test_a_reader_is_asked_by_frame_number_and_says_what_it_is(create: Create, clip: Clip) -> None:
    reader = Reader(clip)
    effect = create("copy")
    effect.connect("Source", reader)
    np.testing.assert_array_equal(effect.render(101), clip[1])
    assert reader.asked == [100, 101]  # the first one tells the size
    assert effect.clip_property("Source", "OfxImageEffectPropFrameRate") == [23.976]
    assert effect.clip_property("Source", "OfxImageEffectPropFrameRange") == [100.0, 102.0]
    assert effect.clip_property("Source", "OfxImagePropPixelAspectRatio") == [1.5]
    with pytest.raises(HostError, match="no clip 'Matte'"):
        effect.clip_property("Matte", "OfxPropName")


def test_a_function_of_the_time_needs_a_range(create: Create, clip: Clip) -> None:
    effect = create("temporal")
    with pytest.raises(HostError, match="frames run from None to None; give connect"):
        effect.connect("Source", lambda time: clip[int(time)])
    effect.connect("Source", lambda time: clip[0] * time, first=1, last=3)
    effect.params["offset"] = 0.5
    np.testing.assert_allclose(effect.render(2), clip[0] * 2.25, rtol=1e-6)


def test_a_list_of_frames_is_a_clip(create: Create, clip: Clip) -> None:
    effect = create("copy")
    effect.connect("Source", [clip[0], clip[1]])
    np.testing.assert_array_equal(effect.render(1), clip[1])


def test_views_of_any_order_are_frames(create: Create, clip: Clip) -> None:
    effect = create("copy")
    effect.connect("Source", clip[::-1, ::-1, ::2])
    np.testing.assert_array_equal(effect.render(0), clip[2, ::-1, ::2])


def test_what_the_reader_raises_reaches_the_caller(create: Create, clip: Clip) -> None:
    def read(time: float) -> Clip:
        if time == 1:
            raise FileNotFoundError("frame 1 is gone")
        return clip[int(time)]

    effect = create("copy")
    effect.connect("Source", read, first=0, last=2)
    with pytest.raises(FileNotFoundError, match="frame 1 is gone"):
        effect.render(1)
    np.testing.assert_array_equal(effect.render(2), clip[2])


def test_a_frame_of_another_size_is_an_error_with_numbers(create: Create, clip: Clip) -> None:
    effect = create("copy")
    effect.connect("Source", [clip[0], clip[0, :5]])
    with pytest.raises(HostError, match="frame 1 is 11 x 5 pixels, the clip is 11 x 7"):
        effect.render(1)


def test_frames_that_are_no_clip_are_refused(create: Create, clip: Clip) -> None:
    effect = create("copy")
    with pytest.raises(HostError, match=r"must be \(T, H, W, C\); it is \(7, 11, 4\); give frames\[None\]"):
        effect.connect("Source", clip[0])
    with pytest.raises(HostError, match="run from 5 to 4"):
        effect.connect("Source", lambda time: clip[0], first=5, last=4)
    with pytest.raises(HostError, match="said to be the first, does not exist"):
        effect.connect("Source", lambda time: None, first=5, last=6)
    with pytest.raises(HostError, match="premultiplication must be one of"):
        effect.connect("Source", clip, premultiplication="half")  # type: ignore[arg-type]
