"""What ``trimatte render`` writes, says and remembers."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from trimatte.core.media import encode_image, open_clip, read_image

from ..core.media.movies import number_in, numbered, write_movie
from .conftest import Ran, paint

Trimatte = Callable[..., Ran]
FAST = ("--no-refine", "--json")


def stamps(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}


def test_one_file_per_frame_and_nothing_else(trimatte: Trimatte, tmp_path: Path, clip: Path, trimap: Path) -> None:
    out = tmp_path / "out"
    ran = trimatte("render", clip, "--trimap", trimap, "-o", out, *FAST)
    assert ran.code == 0, ran.err
    assert sorted(path.name for path in out.iterdir()) == [f"shot.{n:04d}.png" for n in range(6)]
    with open_clip(out) as result:
        picture = result.read_native(3)
    assert picture.dtype == np.uint16
    assert picture.shape[2] == 4
    assert (
        picture[..., :3] <= picture[..., 3:].astype(np.uint32) + 1
    ).all()  # premultiplied colour never exceeds alpha


def test_the_events_tell_the_whole_story(trimatte: Trimatte, tmp_path: Path, clip: Path, trimap: Path) -> None:
    ran = trimatte("render", clip, "--trimap", trimap, "--range", "1-3", "-o", tmp_path / "out", *FAST)
    assert [event["event"] for event in ran.events] == ["start", "frame", "frame", "frame", "done"]
    start = ran.event("start")
    assert (start["first"], start["last"], start["frames"], start["rate"]) == (1, 3, 3, "24")
    assert (start["keyframes"], start["alpha"], start["format"]) == ([0], "premultiplied", "png16")
    frames = [event for event in ran.events if event["event"] == "frame"]
    assert [event["frame"] for event in frames] == [1, 2, 3]
    assert all(Path(event["path"]).is_file() for event in frames)
    assert frames[-1]["left_seconds"] == 0
    assert ran.event("done")["frames"] == 3


def test_a_sequence_keeps_its_numbers_and_takes_keyframes_by_number(trimatte: Trimatte, tmp_path: Path) -> None:
    plates = tmp_path / "plates"
    plates.mkdir()
    for n in range(1001, 1005):
        (plates / f"sh_010.{n}.png").write_bytes(encode_image(numbered(n - 1001), "png"))
    trimap = paint(tmp_path / "t.png")
    ran = trimatte("render", plates, "--trimap", f"{trimap}@1002", "--view", "matte", "-o", tmp_path / "out", *FAST)
    assert ran.code == 0, ran.err
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [f"sh_010.{n}.png" for n in range(1001, 1005)]
    assert ran.event("start")["keyframes"] == [1002]


def test_a_folder_of_keyframes_gives_the_same_as_naming_them(
    trimatte: Trimatte, tmp_path: Path, clip: Path, trimap: Path
) -> None:
    folder = tmp_path / "keys"
    folder.mkdir()
    paint(folder / "roto.0000.png")
    paint(folder / "roto.0004.png")
    by_folder = trimatte("render", clip, "--keyframes", folder, "-o", tmp_path / "a", *FAST)
    named = trimatte("render", clip, "--trimap", trimap, "--trimap", f"{trimap}@4", "-o", tmp_path / "b", *FAST)
    assert by_folder.code == named.code == 0
    for n in range(6):
        assert (tmp_path / f"a/shot.{n:04d}.png").read_bytes() == (tmp_path / f"b/shot.{n:04d}.png").read_bytes()


def test_the_views_and_outputs_agree_with_each_other(
    trimatte: Trimatte, tmp_path: Path, clip: Path, trimap: Path
) -> None:
    pictures = {}
    for name, arguments in {
        "premultiplied": ["--plate-colour"],
        "straight": ["--output-mode", "straight", "--plate-colour"],
        "matte-rgb": ["--output-mode", "matte-rgb"],
        "matte": ["--view", "matte"],
        "trimap": ["--view", "trimap"],
        "overlay": ["--view", "overlay"],
    }.items():
        out = tmp_path / name
        ran = trimatte("render", clip, "--trimap", trimap, "--range", "0-0", "-o", out, *FAST, *arguments)
        assert ran.code == 0, ran.err
        pictures[name] = read_image(out / "shot.0000.png").astype(np.float64) / 65535
    alpha = pictures["premultiplied"][..., 3]
    assert pictures["premultiplied"].shape[2] == pictures["straight"].shape[2] == 4
    assert all(pictures[name].shape[2] == 3 for name in ("matte", "trimap", "overlay", "matte-rgb"))
    np.testing.assert_array_equal(pictures["straight"][..., 3], alpha)
    np.testing.assert_array_equal(pictures["matte"][..., 0], alpha)
    np.testing.assert_array_equal(pictures["matte-rgb"][..., 2], alpha)
    colour = pictures["straight"][..., :3] * alpha[..., None]
    np.testing.assert_allclose(pictures["premultiplied"][..., :3], colour, atol=1 / 65535)
    with open_clip(clip) as plates:
        np.testing.assert_allclose(pictures["straight"][..., :3], plates.read(0), atol=1 / 65535)
    painted = read_image(trimap)[..., 0]
    np.testing.assert_allclose(pictures["trimap"][..., 0], np.array([0, 0.5, 1])[painted // 127], atol=1e-4)


def test_what_is_there_is_not_made_again(trimatte: Trimatte, tmp_path: Path, clip: Path, trimap: Path) -> None:
    out = tmp_path / "out"
    trimatte("render", clip, "--trimap", trimap, "--range", "0-2", "-o", out, *FAST)
    before = stamps(out)
    again = trimatte("render", clip, "--trimap", trimap, "-o", out, *FAST)
    assert again.code == 0, again.err
    assert again.event("start")["reused"] == 3
    assert [e["frame"] for e in again.events if e["event"] == "frame" and not e["reused"]] == [3, 4, 5]
    assert {name: stamps(out)[name] for name in before} == before


def test_a_frame_that_was_damaged_is_made_again(trimatte: Trimatte, tmp_path: Path, clip: Path, trimap: Path) -> None:
    out = tmp_path / "out"
    trimatte("render", clip, "--trimap", trimap, "-o", out, *FAST)
    whole = (out / "shot.0002.png").read_bytes()
    (out / "shot.0002.png").write_bytes(whole[:100])
    (out / "shot.0004.png").unlink()
    again = trimatte("render", clip, "--trimap", trimap, "-o", out, *FAST)
    assert [e["frame"] for e in again.events if e["event"] == "frame" and not e["reused"]] == [2, 4]
    assert (out / "shot.0002.png").read_bytes() == whole


def test_other_settings_are_not_mixed_in(trimatte: Trimatte, tmp_path: Path, clip: Path, trimap: Path) -> None:
    out = tmp_path / "out"
    trimatte("render", clip, "--trimap", trimap, "-o", out, *FAST)
    other = trimatte("render", clip, "--trimap", trimap, "--output-mode", "straight", "-o", out, *FAST)
    assert other.code == 2
    assert "6 of the frames are there already, made with other settings" in other.event("error")["message"]
    assert "--overwrite" in other.event("error")["message"]
    replaced = trimatte(
        "render",
        clip,
        "--trimap",
        trimap,
        "--output-mode",
        "straight",
        "--range",
        "0-1",
        "-o",
        out,
        "--overwrite",
        *FAST,
    )
    assert replaced.code == 0, replaced.err
    assert sorted(path.name for path in out.iterdir()) == ["shot.0000.png", "shot.0001.png"]  # the old ones are gone


def test_a_picture_of_somebody_else_is_not_replaced(
    trimatte: Trimatte, tmp_path: Path, clip: Path, trimap: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "shot.0003.png").write_bytes(encode_image(numbered(9), "png"))
    ran = trimatte("render", clip, "--trimap", trimap, "-o", out, *FAST)
    assert ran.code == 2
    assert number_in(read_image(out / "shot.0003.png")) == 9


MOVIES = {"prores4444": "out.mov", "ffv1": "out.mkv", "webm": "out.webm"}


@pytest.mark.parametrize("alpha", ["premultiplied", "straight"])
@pytest.mark.parametrize("name", MOVIES)
def test_a_movie_has_frames_rate_alpha_and_says_which(
    trimatte: Trimatte, tmp_path: Path, trimap: Path, name: str, alpha: str
) -> None:
    clip = write_movie(tmp_path / "shot.mp4", frames=6, rate=Fraction(30000, 1001))
    out = tmp_path / MOVIES[name]
    ran = trimatte("render", clip, "--trimap", trimap, "--output-mode", alpha, "-o", out, *FAST)
    assert ran.code == 0, ran.err
    with open_clip(out) as movie:
        assert (len(movie), movie.rate, movie.read_native(0).shape) == (6, Fraction(30000, 1001), (64, 128, 4))
    with av.open(str(out)) as container:
        assert f"alpha: {alpha}" in container.metadata.values()
    assert [path.name for path in tmp_path.iterdir() if path.suffix in {".trimatte-part"}] == []
    assert not list((tmp_path / "cache" / "renders").iterdir())  # what was kept for going on is gone


def test_a_movie_shows_what_the_sequence_shows(trimatte: Trimatte, tmp_path: Path, clip: Path, trimap: Path) -> None:
    for out in ("frames", "movie.mkv"):
        assert trimatte("render", clip, "--trimap", trimap, "-o", tmp_path / out, *FAST).code == 0
    with open_clip(tmp_path / "frames") as frames, open_clip(tmp_path / "movie.mkv") as movie:
        assert all(np.array_equal(frames.read_native(n), movie.read_native(n)) for n in range(6))


def test_sound_goes_along_or_a_warning_says_why_not(trimatte: Trimatte, tmp_path: Path, trimap: Path) -> None:
    clip = write_movie(tmp_path / "shot.mp4", frames=12, tone="aac")
    kept = trimatte("render", clip, "--trimap", trimap, "-o", tmp_path / "out.mov", *FAST)
    lost = trimatte("render", clip, "--trimap", trimap, "-o", tmp_path / "out.webm", *FAST)
    mute = trimatte("render", clip, "--trimap", trimap, "-o", tmp_path / "out.mkv", "--no-sound", *FAST)
    assert kept.code == lost.code == mute.code == 0
    assert "which webm does not hold" in lost.event("warning")["message"]
    sounds = {}
    for name in ("out.mov", "out.webm", "out.mkv"):
        with av.open(str(tmp_path / name)) as container:
            sounds[name] = [stream.codec_context.name for stream in container.streams.audio]
    assert sounds == {"out.mov": ["aac"], "out.webm": [], "out.mkv": []}


def test_a_movie_that_is_there_is_not_replaced(trimatte: Trimatte, tmp_path: Path, clip: Path, trimap: Path) -> None:
    out = tmp_path / "out.mkv"
    out.write_bytes(b"precious")
    assert trimatte("render", clip, "--trimap", trimap, "-o", out, *FAST).code == 2
    assert out.read_bytes() == b"precious"
    assert trimatte("render", clip, "--trimap", trimap, "-o", out, "--overwrite", *FAST).code == 0
    with open_clip(out) as movie:
        assert len(movie) == 6


@pytest.mark.parametrize("name", ["out", "out.mkv"])
def test_an_interrupted_render_goes_on_where_it_stopped(
    trimatte: Trimatte, tmp_path: Path, trimap: Path, name: str
) -> None:
    clip, out = write_movie(tmp_path / "shot.mp4", frames=10), tmp_path / name
    arguments = ["render", str(clip), "--trimap", str(trimap), "-o", str(out), *FAST]
    process = subprocess.Popen(
        [sys.executable, "-m", "trimatte", *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line).get("frame") == 2:
            process.send_signal(signal.SIGINT)
            break
    last = json.loads(process.stdout.read().splitlines()[-1])
    process.stdout.close()
    assert process.wait(30) == 130
    assert last["event"] == "error"
    assert "run the same command to go on" in last["message"]
    assert not (tmp_path / "out.mkv").exists()
    again = trimatte(*arguments)
    assert again.code == 0, again.err
    reused = again.event("start")["reused"]
    assert 3 <= reused < 10
    made = [event["frame"] for event in again.events if event["event"] == "frame" and not event["reused"]]
    assert made == list(range(reused, 10))
    with open_clip(out) as result:
        assert len(result) == 10
