"""Frames of folders and movies, in order, as the tools want them."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch

from trimatte.core.errors import MediaError
from trimatte.core.inference.frame_inputs import FrameInputs
from trimatte.core.media.image_file import encode_image
from trimatte.core.media.writers import FORMATS, MovieWriter

WIDTH, HEIGHT = 20, 12


def picture(shade: int, dtype: type = np.uint8) -> np.ndarray:
    """A ramp to the right and down whose blue channel is ``shade``."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    scale = 257 if dtype is np.uint16 else 1
    return np.stack([x * 12, y * 20, np.full_like(x, shade)], axis=-1).astype(dtype) * dtype(scale)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Images that were made in another order than their names sort, beside other files."""
    path = tmp_path / "plates"
    path.mkdir()
    for name, shade in (("zebra", 4), ("ant", 0), ("newt", 2), ("bee", 1), ("owl", 3)):
        (path / f"{name}.png").write_bytes(encode_image(picture(shade), "png"))
    (path / "notes.txt").write_text("not a picture")
    (path / ".hidden.png").write_text("not a picture either")
    return path


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_images_come_in_the_order_of_their_names(folder: Path, workers: int) -> None:
    with FrameInputs(folder, workers=workers) as frames:
        assert (len(frames), frames.size, frames.rate) == (5, (WIDTH, HEIGHT), 30)
        chunks = list(frames.chunks(2))
    assert [tuple(chunk.shape) for chunk in chunks] == [(2, 3, HEIGHT, WIDTH)] * 2 + [(1, 3, HEIGHT, WIDTH)]
    expected = np.stack([picture(shade) for shade in range(5)]).transpose(0, 3, 1, 2).astype(np.float32) / 255
    assert torch.equal(torch.cat(chunks), torch.from_numpy(expected))


def test_sixteen_bits_and_alpha_are_read_as_colour(tmp_path: Path) -> None:
    deep = np.dstack([picture(7, np.uint16), np.full((HEIGHT, WIDTH), 500, np.uint16)])
    (tmp_path / "a.png").write_bytes(encode_image(deep, "png"))
    with FrameInputs(tmp_path) as frames:
        (chunk,) = frames.chunks(1)
    assert chunk.dtype == torch.float32
    np.testing.assert_allclose(chunk[0].permute(1, 2, 0), picture(7) / 255, atol=1e-6)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_resize_averages_what_each_pixel_covers(tmp_path: Path, dtype: type) -> None:
    checks = ((np.indices((HEIGHT, WIDTH)).sum(0) % 2)[..., None] * np.ones(3) * np.iinfo(dtype).max).astype(dtype)
    (tmp_path / "a.png").write_bytes(encode_image(checks, "png"))
    with FrameInputs(tmp_path, resize=(WIDTH // 4, HEIGHT // 4)) as frames:
        assert frames.size == (5, 3)
        (chunk,) = frames.chunks(1)
    assert tuple(chunk.shape) == (1, 3, 3, 5)
    assert (chunk - 0.5).abs().max() < 0.06


def test_a_movie_keeps_its_rate(tmp_path: Path) -> None:
    path = tmp_path / "plate.mkv"
    rate = Fraction(30000, 1001)
    with MovieWriter(path, FORMATS["ffv1"], size=(WIDTH, HEIGHT), channels=3, rate=rate) as writer:
        for shade in range(3):
            writer.write(shade, picture(shade, np.uint16))
    with FrameInputs(path, workers=4) as frames:
        assert (len(frames), frames.rate, frames.size) == (3, rate, (WIDTH, HEIGHT))
        blue = torch.cat(list(frames.chunks(2)))[:, 2, 0, 0] * 255
    assert blue.round().tolist() == [0, 1, 2]


def test_images_of_several_sizes_are_refused_unless_they_are_resized(folder: Path) -> None:
    (folder / "mule.png").write_bytes(encode_image(picture(9)[:6, :8], "png"))
    with FrameInputs(folder) as frames, pytest.raises(MediaError, match="image 2 is 8x6, the first is 20x12"):
        list(frames.chunks(1))
    with FrameInputs(folder, resize=(10, 6)) as frames:
        assert sum(len(chunk) for chunk in frames.chunks(4)) == 6


def test_a_folder_without_images_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a picture")
    with pytest.raises(MediaError, match="holds no image; expected png, jpg or tif files, or give a movie"):
        FrameInputs(tmp_path)
