"""Numbered images: whatever way they are named, the numbers on disk are the frame numbers."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from trimatte.core.errors import MediaError
from trimatte.core.media import encode_image, open_clip, read_image

from .movies import number_in, numbered


def write_sequence(folder: Path, numbers: range, pattern: str = "shot.%04d.png") -> Path:
    folder.mkdir(exist_ok=True)
    for n in numbers:
        Image.fromarray(numbered(n % 256)).save(folder / (pattern % n))
    return folder


@pytest.mark.parametrize("name", ["shot.%04d.png", "shot.####.png", "", "shot.1003.png"])
def test_every_way_to_name_a_sequence_keeps_its_numbers(tmp_path: Path, name: str) -> None:
    folder = write_sequence(tmp_path / "plates", range(1001, 1009))
    with open_clip(folder / name) as clip:
        assert (clip.first, clip.last, clip.rate, clip.bits) == (1001, 1008, None, 8)
        assert [number_in(clip.read_native(n)) for n in (1008, 1001, 1004)] == [1008 % 256, 1001 % 256, 1004 % 256]


@pytest.mark.parametrize("pattern", ["a%d.jpg", "my-shot-%d.tif", "plate_v2_%05d.png"])
def test_padding_is_what_the_files_have(tmp_path: Path, pattern: str) -> None:
    folder = write_sequence(tmp_path / "plates", range(8, 13), pattern)
    with open_clip(folder) as clip, open_clip(folder / (pattern % 10)) as same:
        assert (clip.first, clip.last) == (same.first, same.last) == (8, 12)


def test_a_sequence_takes_the_rate_it_is_given(tmp_path: Path) -> None:
    with open_clip(write_sequence(tmp_path / "p", range(2)), rate=Fraction(24000, 1001)) as clip:
        assert clip.rate == Fraction(24000, 1001)


def test_a_hole_is_named(tmp_path: Path) -> None:
    folder = write_sequence(tmp_path / "plates", range(1001, 1009))
    (folder / "shot.1004.png").unlink()
    with pytest.raises(MediaError, match=r"shot.1004.png: is missing; the sequence runs from 1001 to 1008"):
        open_clip(folder)


def test_two_sequences_in_a_folder_are_not_guessed_apart(tmp_path: Path) -> None:
    folder = write_sequence(write_sequence(tmp_path / "p", range(2), "a.%04d.png"), range(2), "b.%04d.png")
    with pytest.raises(MediaError, match=r"several sequences \(a.%04d.png, b.%04d.png\)"):
        open_clip(folder)


def test_an_image_of_another_size_is_named(tmp_path: Path) -> None:
    folder = write_sequence(tmp_path / "p", range(3))
    Image.new("RGB", (10, 10)).save(folder / "shot.0002.png")
    with open_clip(folder) as clip, pytest.raises(MediaError, match=r"shot.0002.png: is 10x10, .* 128x64"):
        clip.read(2)


def test_a_torn_image_is_named(tmp_path: Path) -> None:
    folder = write_sequence(tmp_path / "p", range(3))
    path = folder / "shot.0001.png"
    path.write_bytes(path.read_bytes()[:300])
    with open_clip(folder) as clip, pytest.raises(MediaError, match=r"shot.0001.png: is not a whole png"):
        clip.read(1)


@pytest.mark.parametrize("codec", ["png", "tiff"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_an_image_comes_back_bit_for_bit(tmp_path: Path, codec: str, dtype: type, channels: int) -> None:
    top = np.iinfo(dtype).max
    picture = np.random.default_rng(1).integers(0, top + 1, (23, 31, channels)).astype(dtype)
    path = tmp_path / f"x.{'png' if codec == 'png' else 'tif'}"
    path.write_bytes(encode_image(picture[..., 0] if channels == 1 else picture, codec, {"Alpha": "straight"}))
    back = read_image(path)
    assert back.dtype == dtype
    expected = np.repeat(picture, 3, axis=2) if channels == 1 else picture
    np.testing.assert_array_equal(back, expected)


def test_pillow_reads_what_is_written_with_its_text(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(encode_image(numbered(5), "png", {"Alpha": "premultiplied"}))
    with Image.open(path) as image:
        assert image.text["Alpha"] == "premultiplied"
        np.testing.assert_array_equal(np.asarray(image), numbered(5))
