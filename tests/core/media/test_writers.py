"""What is written comes back: numbers, rate, alpha, sound; and nothing torn stays under a final name."""

import resource
from fractions import Fraction
from pathlib import Path
from threading import Event, Thread

import av
import numpy as np
import pytest

from trimatte.core.errors import MediaError
from trimatte.core.media import (
    FORMATS,
    BackgroundWriter,
    FrameWriter,
    MovieWriter,
    SequenceWriter,
    audio_refusal,
    check_rate,
    check_size,
    find_format,
    open_clip,
)

from .movies import HEIGHT, WIDTH, number_in, numbered, write_movie

RATE = Fraction(30000, 1001)
MOVIE_FORMATS = [f.name for f in FORMATS.values() if f.is_movie]
TOLERANCE = {
    "png16": 0,
    "png8": 0,
    "tiff16": 0,
    "exr": 0.0005,
    "ffv1": 0,
    "prores4444": 0.008,
    "webm": 0.02,
    "mp4": 0.02,
}
"""Largest mean error of a smooth picture, of 1."""


def picture_of(n: int, channels: int, bits: int) -> np.ndarray:
    """A numbered picture; alpha is a ramp that moves with n."""
    if bits == 32:
        return picture_of(n, channels, 16) / np.float32(65535)
    unit = 257 if bits == 16 else 1
    colour = numbered(n).astype(np.uint16 if bits == 16 else np.uint8) * unit
    if channels == 1:
        return colour[..., 0]
    ramp = np.clip((np.arange(WIDTH) - n) * 4, 0, 255).astype(colour.dtype) * unit
    return colour if channels == 3 else np.dstack([colour, np.broadcast_to(ramp, (HEIGHT, WIDTH))])


def open_writer(path: Path, name: str, channels: int, **options: object) -> FrameWriter:
    output, alpha = FORMATS[name], "straight" if channels == 4 else "none"
    if not output.is_movie:
        return SequenceWriter(path, output, name="m.", alpha=alpha)
    return MovieWriter(path, output, size=(WIDTH, HEIGHT), channels=channels, rate=RATE, alpha=alpha, **options)


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("name", FORMATS)
def test_a_round_trip_keeps_frames_rate_and_alpha(tmp_path: Path, name: str, channels: int) -> None:
    output = FORMATS[name]
    if channels == 4 and not output.has_alpha:
        pytest.skip(f"{name} holds no alpha")
    path = tmp_path / ("out" + (output.suffix if output.is_movie else ""))
    first = 0 if output.is_movie else 1001
    with BackgroundWriter(open_writer(path, name, channels)) as writer:
        for n in range(10):
            writer.write(first + n, picture_of(n, channels, output.bits))
    with open_clip(path) as clip:
        assert (clip.first, len(clip), clip.rate) == (first, 10, RATE if output.is_movie else None)
        assert [number_in(clip.read_native(first + n)) for n in range(10)] == list(range(10))
        for n in (0, 7):
            picture, expected = clip.read_native(first + n), picture_of(n, channels, output.bits)
            expected = np.repeat(expected[..., None], 3, axis=2) if channels == 1 else expected
            assert picture.shape == expected.shape
            unit = {np.dtype(np.uint8): 255, np.dtype(np.uint16): 65535, np.dtype(np.float32): 1}
            error = np.abs(picture / unit[picture.dtype] - expected / unit[expected.dtype])
            assert error[HEIGHT // 4 :].mean() <= TOLERANCE[name]
            if channels == 4:
                assert error[..., 3].max() <= max(0.02, TOLERANCE[name])


@pytest.mark.parametrize("name", MOVIE_FORMATS)
@pytest.mark.parametrize("rate", ["24000/1001", "25", "60000/1001"])
def test_every_frame_has_the_exact_time(tmp_path: Path, name: str, rate: str) -> None:
    output, path = FORMATS[name], tmp_path / f"out{FORMATS[name].suffix}"
    with MovieWriter(path, output, size=(WIDTH, HEIGHT), channels=1, rate=Fraction(rate)) as writer:
        for n in range(50):
            writer.write(n, picture_of(n, 1, output.bits))
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        times = sorted(packet.pts * stream.time_base for packet in container.demux(stream) if packet.size)
    tick = stream.time_base if stream.time_base.denominator == 1000 else 0  # Matroska counts milliseconds
    assert all(abs(time - n / Fraction(rate)) <= tick for n, time in enumerate(times))
    with open_clip(path) as clip:
        assert clip.rate == Fraction(rate)


@pytest.mark.parametrize("alpha", ["straight", "premultiplied"])
@pytest.mark.parametrize("name", ["prores4444", "ffv1", "webm"])
def test_straight_or_premultiplied_is_said_in_the_movie(tmp_path: Path, name: str, alpha: str) -> None:
    path = tmp_path / f"out{FORMATS[name].suffix}"
    with MovieWriter(path, FORMATS[name], size=(WIDTH, HEIGHT), channels=4, rate=RATE, alpha=alpha) as writer:
        writer.write(0, picture_of(0, 4, FORMATS[name].bits))
    with av.open(str(path)) as container:
        tags = {key.lower(): value for key, value in container.metadata.items()}
    assert tags["comment"] == f"alpha: {alpha}"


@pytest.mark.parametrize(("name", "codec"), [("prores4444", "pcm_s16le"), ("ffv1", "aac"), ("webm", "libopus")])
def test_sound_is_copied_and_cut_with_the_frames(tmp_path: Path, name: str, codec: str) -> None:
    source = write_movie(tmp_path / "source.mkv", frames=72, tone=codec)  # 3 s at 24
    output, path = FORMATS[name], tmp_path / f"out{FORMATS[name].suffix}"
    assert audio_refusal(source, output) is None
    audio = (source, Fraction(1), Fraction(2))
    size = (WIDTH, HEIGHT)
    with MovieWriter(path, output, size=size, channels=3, rate=Fraction(24), audio=audio) as writer:
        for n in range(24):
            writer.write(n, picture_of(n, 3, output.bits))
    with av.open(str(path)) as container:
        frames = list(container.decode(audio=0))
    heard = np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames])
    assert 0 <= frames[0].time < 0.05
    assert abs(len(heard) / frames[0].sample_rate - 1) < 0.08
    assert np.abs(heard.astype(np.float64)).mean() > 0


def test_sound_that_does_not_fit_is_said(tmp_path: Path) -> None:
    source = write_movie(tmp_path / "source.mp4", frames=5, tone="aac")
    assert "its sound is aac, which webm does not hold" in str(audio_refusal(source, FORMATS["webm"]))


def test_an_error_leaves_nothing_under_the_final_name(tmp_path: Path) -> None:
    path = tmp_path / "out.mov"
    with pytest.raises(AttributeError), open_writer(path, "prores4444", 3) as writer:
        writer.write(0, None)
    assert list(tmp_path.iterdir()) == []


def write_all(path: Path, name: str, pictures: np.ndarray) -> None:
    with BackgroundWriter(open_writer(path, name, 3)) as writer:
        for n, picture in enumerate(pictures):
            writer.write(n, picture)


@pytest.mark.parametrize("name", ["png16", "ffv1", "prores4444", "webm"])
def test_a_full_disk_is_an_error_of_ours_and_leaves_no_torn_file(tmp_path: Path, name: str) -> None:
    output = FORMATS[name]
    path = tmp_path / ("out" + (output.suffix if output.is_movie else ""))
    noise = np.random.default_rng(0).integers(0, 256, (40, HEIGHT, WIDTH, 3), dtype=np.uint8)
    pictures = noise if output.bits == 8 else noise.astype(np.uint16) * 257
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8000, limits[1]))  # EFBIG stands for ENOSPC; Python ignores SIGXFSZ
    try:
        with pytest.raises(MediaError, match=r"cannot be written \(File too large\)"):
            write_all(path, name, pictures)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


@pytest.mark.parametrize("name", ["png16", "ffv1"])
def test_a_place_that_cannot_be_written_is_found_at_once(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(MediaError, match="cannot be written"):
        open_writer(tmp_path / "file" / "out.mkv", name, 3)


def test_odd_sizes_unknown_formats_and_missing_rates_are_refused() -> None:
    with pytest.raises(MediaError, match="even width and height, the clip is 33x20"):
        check_size(FORMATS["mp4"], 33, 20)
    with pytest.raises(MediaError, match="no such output format; use one of png16"):
        find_format("gif")
    with pytest.raises(MediaError, match=r"no constant frame rate.*give --rate"):
        check_rate(FORMATS["webm"], None, "plates")
    assert check_rate(FORMATS["png16"], None, "plates") is None


def test_no_more_pictures_wait_than_the_queue_is_deep() -> None:
    gate, handed_over = Event(), []

    class Slow(FrameWriter):
        def write(self, frame: int, picture: np.ndarray) -> None:
            assert gate.wait(10)

        def finish(self) -> None:
            pass

        def abort(self) -> None:
            pass

    def hand_over() -> None:
        with BackgroundWriter(Slow(), depth=3) as writer:
            for n in range(10):
                writer.write(n, np.zeros((2, 2), np.uint8))
                handed_over.append(n)

    thread = Thread(target=hand_over)
    thread.start()
    thread.join(0.3)
    waiting = list(handed_over)
    gate.set()
    thread.join(10)
    assert waiting == [0, 1, 2]
    assert handed_over == list(range(10))
