"""The effect in a host that offers exactly what MLT offers: one frame at a time, and nothing around it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from trimatte.core.sessions import MattingSession, SessionOptions
from trimatte.host_bridge import Effect, Host, HostError
from trimatte.host_bridge.known_hosts import MLT
from trimatte.plugin import bundle_path
from trimatte.plugin.keyframes import KeyframeReader
from trimatte.plugin.source_file import FileClip, SourceFile

from ..core.media.movies import HEIGHT, WIDTH

pytestmark = pytest.mark.usefixtures("shell_environment")

STEP = 1.0001 / 255


@pytest.fixture
def decoded(movie: Path) -> list[np.ndarray]:
    """The frames as another program decodes them: chroma interpolated and rounded in its own way, (H, W, 4) uint8."""
    with av.open(str(movie)) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    return [np.dstack([frame, np.full(frame.shape[:2], 255, np.uint8)]) for frame in frames]


@pytest.fixture
def make_effect(movie: Path, keyframes: Path, decoded: list[np.ndarray]) -> Iterator[Callable[..., Effect]]:
    """Create effects as ``melt -attach`` does; ``shown`` are the host's frames, counted from 0 as MLT counts."""
    made: list[Effect] = []

    def make(shown: Any = None, source: object = movie, **values: object) -> Effect:
        effect = Host([bundle_path()], profile=MLT).plugins()["org.trimatte.Trimatte"].create("filter")
        made.append(effect)
        effect.connect("Source", decoded if shown is None else shown)
        page = {"keyframes": str(keyframes), "sourceFile": str(source), "output": "Matte in alpha", "device": "CPU"}
        for name, value in {**page, **values}.items():
            effect.params[name] = value
        return effect

    yield make
    for effect in made:
        effect.close()


def assert_shown_as_it_was(effect: Effect, shown: Any, frame: int, why: str) -> None:
    """MLT asks for no status: the picture is all that it shows of a failure, and the log the words."""
    np.testing.assert_array_equal(effect.render(frame), shown[frame])
    assert effect.persistent_message is not None
    assert re.search(why, effect.persistent_message.text)


def alpha(picture: np.ndarray) -> np.ndarray:
    return picture[..., 3] / np.float64(255)


def test_out_of_order_the_matte_is_that_of_the_session(make_effect: Any, alpha_of_session: Any, decoded: Any) -> None:
    effect = make_effect()
    for frame in (1, 0, 3, 2, 5, 4, 7, 6, 6):  # as real_time=-4 asks
        picture = effect.render(frame)
        assert picture.dtype == np.uint8
        assert np.abs(alpha(picture) - alpha_of_session(frame)).max() <= STEP
        np.testing.assert_array_equal(picture[..., :3], decoded[frame][..., :3])


def test_a_new_instance_for_every_frame_gives_the_same(make_effect: Any, alpha_of_session: Any) -> None:
    for frame in (4, 1, 5):
        effect = make_effect()
        assert np.abs(alpha(effect.render(frame)) - alpha_of_session(frame)).max() <= STEP
        effect.close()


def test_a_trimmed_clip_needs_its_offset(make_effect: Any, alpha_of_session: Any, decoded: Any) -> None:
    effect = make_effect(decoded[2:], frameOffset=2)
    for frame in (0, 3):
        assert np.abs(alpha(effect.render(frame)) - alpha_of_session(frame + 2)).max() <= STEP


@pytest.mark.parametrize(("offset", "right"), [(0, "add 2"), (1, "add 1"), (4, "add -2")])
def test_a_wrong_offset_is_refused_with_the_right_one(make_effect: Any, decoded: Any, offset: int, right: str) -> None:
    effect = make_effect(decoded[2:], frameOffset=offset)
    assert_shown_as_it_was(effect, decoded[2:], 1, f"{right} to Frame offset")
    effect.params["frameOffset"] = 2
    assert effect.render(1)[..., 3].max() > 0


def test_an_offset_beyond_the_file_says_what_the_file_has(make_effect: Any, decoded: Any) -> None:
    why = r"frame 13 is not in shot.mp4, which has frames 0 to 7"
    assert_shown_as_it_was(make_effect(frameOffset=10), decoded, 3, why)


def test_another_picture_is_refused(make_effect: Any, decoded: Any) -> None:
    changed = [frame.copy() for frame in decoded]
    for frame in changed:
        frame[40:56, 40:56, :3] = 255 - frame[40:56, 40:56, :3]  # a logo, put on before Trimatte
    assert_shown_as_it_was(make_effect(changed), changed, 3, r"does not show frame 3 of shot\.mp4")


def test_a_file_of_another_size_is_refused(make_effect: Any, decoded: Any) -> None:
    cut = [frame[:, :120] for frame in decoded]
    assert_shown_as_it_was(make_effect(cut), cut, 0, r"the host shows 120x64, shot.mp4 is 128x64; give the project")


def test_a_missing_file_is_named_and_the_next_frame_works(
    make_effect: Any, movie: Path, tmp_path: Path, decoded: Any
) -> None:
    effect = make_effect(source=tmp_path / "gone.mp4")
    assert_shown_as_it_was(effect, decoded, 3, r"gone.mp4: no such file")
    effect.params["sourceFile"] = str(movie)
    assert effect.render(3)[..., 3].max() > 0


def test_without_a_source_file_the_user_is_told_to_name_it(make_effect: Any, decoded: Any) -> None:
    assert_shown_as_it_was(make_effect(decoded[:1], source=""), decoded, 0, "set Source file to the movie")


def test_a_url_survives_what_mlt_does_to_paths(make_effect: Any, movie: Path, keyframes: Path) -> None:
    plain = make_effect().render(3)
    np.testing.assert_array_equal(make_effect(source=movie.as_uri(), keyframes=keyframes.as_uri()).render(3), plain)


def test_two_effects_in_one_chain(make_effect: Any, alpha_of_session: Any) -> None:
    first = make_effect()
    second = make_effect([first.render(frame) for frame in range(4)])
    assert np.abs(alpha(second.render(3)) - alpha_of_session(3)).max() <= STEP


def test_a_proxy_is_solved_at_its_own_size(make_effect: Any, movie: Path, keyframes: Path) -> None:
    clip = FileClip(SourceFile(movie), (WIDTH // 2, HEIGHT // 2), "")
    trimaps = KeyframeReader().read(keyframes, (clip.width, clip.height), (0.5, 0.5))
    session = MattingSession(clip, trimaps, SessionOptions(working_size=512, device="cpu"))
    small = make_effect().render(3, scale=(0.5, 0.5))
    assert small.shape == (HEIGHT // 2, WIDTH // 2, 4)
    assert np.abs(alpha(small) - session.solve(3).alpha).max() <= STEP


def test_a_file_that_is_written_anew_is_read_anew(make_effect: Any, movie: Path, tmp_path: Path, decoded: Any) -> None:
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(movie.read_bytes()[:2000])
    effect = make_effect(source=copy)
    assert_shown_as_it_was(effect, decoded, 3, "copy.mp4")
    copy.write_bytes(movie.read_bytes())
    np.testing.assert_array_equal(effect.render(3), make_effect().render(3))


def test_clips_but_the_source_are_ghosts(make_effect: Any) -> None:
    with pytest.raises(HostError, match="has no clip"):
        make_effect().clip_property("Trimap", "OfxImageClipPropConnected")  # ours defines none there


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ("This frame", "1 of 1 frames solved. Solved: 3"),
        ("Forward", "5 of 5 frames solved. Solved: 3-7"),
        ("Backward", "4 of 4 frames solved. Solved: 0-3"),
        ("Both directions", "8 of 8 frames solved. Solved: 0-7"),
        ("Range", "3 of 3 frames solved."),
    ],
)
def test_the_track_choice_does_what_the_buttons_do(
    make_effect: Any, alpha_of_session: Any, order: str, words: str
) -> None:
    effect = make_effect(cacheAction="Clear", trackFirst=1, trackLast=3)
    effect.render(3)
    effect.params["track"] = order
    assert np.abs(alpha(effect.render(3)) - alpha_of_session(3)).max() <= STEP
    assert words in effect.messages[-1].text
    assert effect.params["track"].value() == "Idle"
    told = len(effect.messages)
    effect.render(3)
    assert len(effect.messages) == told  # once, and not for every frame


def test_a_choice_that_a_project_holds_is_done_once_though_the_host_keeps_it(make_effect: Any) -> None:
    effect = make_effect(track="This frame")
    for frame in (2, 3):
        effect.render(frame)
        effect.params["track"] = "This frame"  # written back as it was
    assert sum("frames solved" in message.text for message in effect.messages) <= 2


def test_keyframes_are_added_found_and_taken_away_by_the_choice(make_effect: Any) -> None:
    effect = make_effect(keyframes="")
    for action, frame, words in (
        ("Add", 2, "Keyframe 2 was added to the project"),  # all unknown: nothing can be solved from it yet
        ("Next", 0, "go to frame 2"),
        ("Delete", 2, "Frame 2 is no keyframe any more"),
    ):
        effect.params["keyframeAction"] = action
        effect.render(frame)
        assert any(words in message.text for message in effect.messages)
        assert effect.params["keyframes"].value().startswith("{") == (action != "Delete")
        assert effect.params["keyframeAction"].value() == "Idle"


def test_the_cache_is_cleared_and_listed_by_the_choice(make_effect: Any) -> None:
    effect = make_effect()
    effect.render(3)
    effect.params["cacheAction"] = "Solved frames"
    effect.render(3)
    assert "Solved: " in effect.messages[-1].text
    effect.params["cacheAction"] = "Clear"
    effect.render(3)
    effect.params["cacheAction"] = "Solved frames"
    effect.render(3)
    assert "Solved: 3." in effect.messages[-1].text
