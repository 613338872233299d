"""Frame n is the n-th in presentation order, whatever codec, rate or container carries it."""

import random
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from trimatte.core.errors import MediaError
from trimatte.core.media import open_clip

from .movies import HEIGHT, WIDTH, number_in, numbered, write_movie

MOVIES = {
    "h264_b_frames.mp4": {"options": {"g": "250", "bf": "3"}},
    "h264_open_gop.mkv": {"options": {"g": "6", "bf": "3", "x264-params": "open-gop=1"}},
    "h264_intra.mov": {"options": {"g": "1"}},
    "prores.mov": {"codec": "prores_ks", "pixel_format": "yuv422p10le"},
    "ffv1.mkv": {"codec": "ffv1"},
    "vp9.webm": {"codec": "libvpx-vp9", "options": {"lag-in-frames": "8", "cpu-used": "8", "deadline": "realtime"}},
    "mjpeg.mov": {"codec": "mjpeg", "pixel_format": "yuvj420p"},
}


@pytest.mark.parametrize("name", MOVIES)
def test_random_access_gives_the_same_pictures_as_reading_in_order(tmp_path: Path, name: str) -> None:
    path = write_movie(tmp_path / name, **MOVIES[name])
    with open_clip(path) as clip:
        in_order = [clip.read_native(n) for n in range(clip.first, clip.last + 1)]
    assert [number_in(picture) for picture in in_order] == list(range(30))
    order = [n % 30 for n in range(60)]
    random.Random(3).shuffle(order)
    with open_clip(path) as clip:
        assert all(np.array_equal(clip.read_native(n), in_order[n]) for n in order)
        assert [number_in(clip.read_native(n)) for n in reversed(range(30))] == list(reversed(range(30)))


@pytest.mark.parametrize("rate", ["24000/1001", "25", "30000/1001", "60000/1001", "12"])
@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_the_rate_stays_the_fraction_it_is(tmp_path: Path, rate: str, suffix: str) -> None:
    path = write_movie(tmp_path / f"movie{suffix}", rate=Fraction(rate), frames=80)
    with open_clip(path) as clip:
        assert (clip.rate, clip.first, clip.last, len(clip)) == (Fraction(rate), 0, 79, 80)
        assert number_in(clip.read_native(79)) == 79


def test_a_variable_rate_is_read_by_frame_and_has_no_rate(tmp_path: Path) -> None:
    times = [0, 1, 2, 5, 6, 7, 8, 12, 13, 20]
    with open_clip(write_movie(tmp_path / "vfr.mkv", frames=10, times=times)) as clip:
        assert clip.rate is None
        assert [number_in(clip.read_native(n)) for n in (9, 3, 4, 0)] == [9, 3, 4, 0]


def test_what_the_edit_list_cuts_away_is_not_a_frame(tmp_path: Path) -> None:
    source, trimmed = write_movie(tmp_path / "whole.mp4", options={"g": "250", "bf": "0"}), tmp_path / "trimmed.mp4"
    with av.open(str(source)) as old, av.open(str(trimmed), "w") as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        step = old.streams.video[0].time_base.denominator // 24
        for packet in old.demux(video=0):
            if packet.size:
                packet.pts, packet.dts, packet.stream = packet.pts - 5 * step, packet.dts - 5 * step, stream
                new.mux(packet)
    with av.open(str(trimmed)) as container:
        shown = [frame.pts for frame in container.decode(video=0)]
    with open_clip(trimmed) as clip:
        assert len(clip) == len(shown)
        first = number_in(clip.read_native(0))
        assert [number_in(clip.read_native(n)) for n in range(len(clip))] == list(range(first, 30))


def test_many_threads_read_one_clip(tmp_path: Path) -> None:
    order = list(range(30)) * 3
    random.Random(5).shuffle(order)
    with open_clip(write_movie(tmp_path / "m.mp4")) as clip, ThreadPoolExecutor(4) as pool:
        assert [number_in(p) for p in pool.map(clip.read_native, order)] == order


@pytest.mark.parametrize("name", ["cut.mp4", "cut.mkv"])
@pytest.mark.parametrize("part", [0.2, 0.6, 0.93])
def test_a_truncated_movie_is_read_up_to_the_damage(tmp_path: Path, name: str, part: float) -> None:
    whole = write_movie(
        tmp_path / f"whole_{name}", options={"bf": "3", "g": "10"}, container_options={"movflags": "faststart"}
    )
    path = tmp_path / name
    path.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * part)])
    with open_clip(whole) as reference, open_clip(path) as clip:
        damage = clip.first_unreadable
        assert damage is not None
        assert 0 < damage < 30
        assert clip.last == 29
        assert all(np.array_equal(clip.read_native(n), reference.read_native(n)) for n in range(damage))
        with pytest.raises(MediaError, match=rf"frame {damage} cannot be read.*behind frame {damage - 1} of the 30"):
            clip.read_native(damage)


def test_a_whole_movie_is_not_called_damaged(tmp_path: Path) -> None:
    for name in ("a.mp4", "a.mkv", "a.mov"):
        with open_clip(write_movie(tmp_path / name, rate=Fraction(30000, 1001), tone="aac")) as clip:
            assert clip.first_unreadable is None
            assert clip.has_audio


@pytest.mark.parametrize(("degrees", "corner"), [(90, (-1, 0)), (180, (-1, -1)), (270, (0, -1))])
def test_a_turned_movie_is_read_upright(tmp_path: Path, degrees: int, corner: tuple[int, int]) -> None:
    path = write_movie(tmp_path / "turned.mp4", frames=2, rotation=degrees, options={"crf": "4"})
    with open_clip(path) as clip:
        upright = np.rot90(numbered(1), degrees // 90).astype(int)
        assert (clip.height, clip.width) == upright.shape[:2]
        picture = clip.read_native(1).astype(int)
        assert np.abs(picture - upright).mean() < 6
        assert picture[corner].min() > 200  # bit 0 of frame 1 is white, and was drawn in the upper left corner


def test_a_crooked_rotation_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="not a quarter turn"):
        open_clip(write_movie(tmp_path / "m.mp4", frames=2, rotation=30))


def test_pixel_aspect_and_identity_come_from_the_file(tmp_path: Path) -> None:
    path = write_movie(tmp_path / "m.mov", frames=3, pixel_aspect=Fraction(2))
    with open_clip(path) as clip:
        assert (clip.pixel_aspect, clip.width, clip.height, clip.bits) == (2, WIDTH, HEIGHT, 8)
        before = clip.identity
    write_movie(path, frames=4)
    with open_clip(path) as clip:
        assert clip.identity != before


def test_what_is_not_a_movie_is_named(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"missing.mp4: no such file; expected a movie"):
        open_clip(tmp_path / "missing.mp4")
    (tmp_path / "junk.mp4").write_bytes(b"junk")
    with pytest.raises(MediaError, match=r"junk.mp4: cannot be opened as a movie"):
        open_clip(tmp_path / "junk.mp4")
    with (
        open_clip(write_movie(tmp_path / "m.mp4", frames=2)) as clip,
        pytest.raises(MediaError, match="has frames 0-1, not 2"),
    ):
        clip.read(2)
