"""The clip Trimap: the host's roto as keyframes, however the host sends it."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trimatte.core.errors import TrimapError
from trimatte.host_bridge import PluginRefusedError
from trimatte.plugin.errors import ParameterError
from trimatte.plugin.trimap_frames import Channels, parse_frames, write_frames
from trimatte.plugin.trimap_input import read_levels


@pytest.fixture(scope="module", autouse=True)
def log(shell_environment: pytest.MonkeyPatch) -> Path:
    shell_environment.setenv("TRIMATTE_TRACE", "1")
    return Path(os.environ["XDG_STATE_HOME"], "trimatte")


@pytest.fixture
def num_runs(log: Path) -> Callable[[], int]:
    """How often networks have run in any worker."""
    return lambda: sum(path.read_text().count("the networks run") for path in log.glob("worker-*.log"))


def as_alpha(trimap: np.ndarray) -> np.ndarray:
    return (trimap / np.float32(255)).astype(np.float32)[..., None]


def as_roto(trimap: np.ndarray) -> np.ndarray:
    """RGBA of a shape: any colour, premultiplied."""
    alpha = as_alpha(trimap)
    return np.concatenate([alpha * np.float32(0.8), alpha * 0, alpha * 0, alpha], axis=2)


def as_painted(trimap: np.ndarray) -> np.ndarray:
    """An opaque grey picture of 8 bits, RGBA."""
    return np.dstack([trimap, trimap, trimap, np.full_like(trimap, 255)])


def as_rgb(trimap: np.ndarray) -> np.ndarray:
    return np.dstack([trimap] * 3).astype(np.uint16) * np.uint16(257)


@pytest.fixture
def make_wired(make_effect: Any, make_trimap: Any) -> Callable[..., Any]:
    """Create effects whose Trimap input shows the trimap of each frame in some form."""

    def make(form: Callable[[np.ndarray], np.ndarray] | None, frames: str = "0, 6", **more: Any) -> Any:
        effect = make_effect(context="general", **more)
        effect.params["keyframes"] = ""
        effect.params["refine"] = False
        effect.params["output"] = "Matte in alpha"
        effect.params["trimapFrames"] = frames
        if form is not None:
            effect.connect("Trimap", lambda time: form(make_trimap(round(time))), first=0, last=7)
        return effect

    return make


@pytest.fixture
def of_files(make_effect: Any) -> np.ndarray:
    """Frame 3 from the same trimaps in files."""
    effect = make_effect()
    effect.params["refine"] = False
    effect.params["output"] = "Matte in alpha"
    picture: np.ndarray = effect.render(3)
    return picture


@pytest.mark.parametrize("form", [as_alpha, as_roto, as_painted, as_rgb])
def test_a_roto_gives_the_matte_of_the_same_trimaps_in_files(
    make_wired: Any, of_files: np.ndarray, form: Callable[[np.ndarray], np.ndarray]
) -> None:
    np.testing.assert_array_equal(make_wired(form).render(3), of_files)


def test_the_frames_listed_are_announced(make_wired: Any) -> None:
    effect = make_wired(as_alpha)
    effect.params["frameOffset"] = 100
    effect.params["trimapFrames"] = "106; 100"
    assert sorted(effect.frames_needed(3)["Trimap"]) == [(0, 0), (6, 6)]


def test_a_changed_roto_changes_the_matte_and_the_old_one_is_found_again(
    make_wired: Any, make_trimap: Any, num_runs: Callable[[], int]
) -> None:
    effect = make_wired(as_alpha)
    effect.params["cacheKey"] = "roto"
    first = effect.render(3)
    before = num_runs()
    effect.connect("Trimap", lambda time: as_alpha(make_trimap(round(time), 12)), first=0, last=7)
    assert (effect.render(3) != first).any()
    assert num_runs() == before + 1
    effect.connect("Trimap", lambda time: as_alpha(make_trimap(round(time))), first=0, last=7)
    np.testing.assert_array_equal(effect.render(3), first)
    assert num_runs() == before + 1


def test_a_shape_without_feather_needs_a_band(make_wired: Any) -> None:
    effect = make_wired(lambda trimap: as_alpha(np.where(trimap > 0, 255, 0)))
    with pytest.raises(PluginRefusedError, match="no unknown region at frame 0; raise Band width"):
        effect.render(3)
    effect.params["bandWidth"] = 4
    effect.params["view"] = "Trimap"
    levels = effect.render(0)[..., 0]
    assert set(np.unique(levels)) == {0, 0.5, 1}


def test_a_shape_that_covers_a_part_of_the_plate_lies_where_the_host_puts_it(
    make_wired: Any, make_trimap: Any, of_files: np.ndarray
) -> None:
    effect = make_wired(None)

    def crop(time: float) -> np.ndarray:
        return as_alpha(make_trimap(round(time)))[4:46, 10:]  # y down; the rest is background

    assert not make_trimap(0)[:4].any()
    assert not make_trimap(6)[:, :10].any()
    effect.connect("Trimap", crop, first=0, last=7, offset=(10, 2))
    np.testing.assert_array_equal(effect.render(3), of_files)


@pytest.mark.parametrize(
    ("form", "message"),
    [
        (None, "not connected or has no picture at frame 0"),
        (lambda trimap: as_painted(trimap * 0), "black all over at frame 0, as if nothing were connected"),
        (lambda trimap: as_rgb(trimap) * np.array([1, 0, 0], np.uint16), "it is coloured"),
        (lambda trimap: as_alpha(np.minimum(trimap, 128)), "no foreground"),
    ],
)
def test_what_is_no_trimap_is_told_and_the_next_frame_works(
    make_wired: Any, make_trimap: Any, form: Any, message: str, of_files: np.ndarray
) -> None:
    effect = make_wired(form)
    with pytest.raises(PluginRefusedError, match=message):
        effect.render(3)
    effect.connect("Trimap", lambda time: as_alpha(make_trimap(round(time))), first=0, last=7)
    np.testing.assert_array_equal(effect.render(3), of_files)
    effect.params["trimapFrames"] = ""
    assert effect.is_identity(3, (0, 0, 80, 48)) == ("Source", 3)


@pytest.mark.parametrize("way", ["button", "choice"])
def test_the_action_takes_this_frame_and_delete_lets_it_go(make_wired: Any, way: str) -> None:
    effect = make_wired(as_alpha, frames="6")
    effect.render(6)

    def act(button: str, choice: str) -> str:
        if way == "button":
            effect.press(button)
        else:
            effect.params["keyframeAction"] = choice
        return str(effect.params["status"].value())

    assert act("fromTrimapInput", "From Trimap input") == "Frame 6 is a keyframe already."
    assert act("previousKeyframe", "Previous") == "There is no keyframe before this frame."
    effect.render(0)
    assert act("fromTrimapInput", "From Trimap input") == "The Trimap input is the keyframe of frame 0."
    assert effect.params["trimapFrames"].value() == "0, 6"
    assert act("nextKeyframe", "Next") == "Keyframe of frame 6."
    assert act("deleteKeyframe", "Delete") == "Frame 6 is no keyframe any more; the Trimap input is not read there."
    assert effect.params["trimapFrames"].value() == "0"


def test_a_frame_has_one_keyframe(make_wired: Any, keyframe_folder: Path) -> None:
    effect = make_wired(as_alpha)
    effect.params["keyframes"] = str(keyframe_folder)
    with pytest.raises(PluginRefusedError, match="frame 0 has a painted keyframe and is listed"):
        effect.render(3)


def test_a_filter_has_no_second_clip_and_no_parameters_of_it(make_effect: Any) -> None:
    effect = make_effect()
    assert set(effect.clips) == {"Source", "Output"}
    assert not {"trimapFrames", "trimapChannels", "fromTrimapInput"} & set(effect.params)


def test_frames_are_read_as_people_write_them() -> None:
    assert parse_frames(" 1001,1024; 7\n-3 7 ") == (-3, 7, 1001, 1024)
    assert parse_frames("") == ()
    assert parse_frames(write_frames((9, -2))) == (-2, 9)
    for text in ("1-10", "one", "1.5"):
        with pytest.raises(ParameterError, match="list frame numbers"):
            parse_frames(text)


def test_the_channels_that_the_user_names_are_read() -> None:
    pixels = np.zeros((1, 3, 4), np.float32)
    pixels[..., :3] = [[[0], [0.5], [1]]]
    pixels[..., 3] = [1, 0.25, 0]
    assert read_levels(pixels, Channels.COLOUR).tolist() == [[0, 128, 255]]
    assert read_levels(pixels, Channels.ALPHA).tolist() == [[255, 128, 0]]
    assert read_levels(pixels, Channels.AUTO).tolist() == [[255, 128, 0]]
    pixels[..., 3] = 0  # a host that fills alpha with nothing
    assert read_levels(pixels, Channels.AUTO).tolist() == [[0, 128, 255]]
    pixels[0, 1] = np.nan
    assert read_levels(pixels, Channels.COLOUR).tolist() == [[0, 0, 255]]
    with pytest.raises(TrimapError, match="no alpha"):
        read_levels(pixels[..., :3], Channels.ALPHA)
