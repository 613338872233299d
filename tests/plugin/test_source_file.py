from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from trimatte.plugin.errors import ParameterError
from trimatte.plugin.source_file import FileClip, SourceFile

from ..core.media.movies import HEIGHT, WIDTH, number_in, write_movie


@pytest.fixture
def movie(tmp_path: Path) -> Path:
    return write_movie(tmp_path / "shot.mp4", frames=6)


def test_a_movie_gives_the_frames_of_the_file(movie: Path) -> None:
    clip = FileClip(SourceFile(movie), (WIDTH, HEIGHT), "name")
    assert (clip.first, clip.last) == (0, 5)
    plate = clip.read(4)
    assert plate.shape == (HEIGHT, WIDTH, 3)
    assert plate.dtype == np.float32
    assert number_in(plate) == 4


def test_one_image_stands_for_its_sequence(tmp_path: Path) -> None:
    for frame in (1001, 1002):
        Image.fromarray(np.full((16, 24, 3), frame - 1000, np.uint8)).save(tmp_path / f"shot.{frame}.png")
    clip = FileClip(SourceFile(tmp_path / "shot.1001.png"), (24, 16), "name")
    assert (clip.first, clip.last) == (1001, 1002)
    assert clip.read(1002).max() == pytest.approx(2 / 255)


def test_a_plate_that_was_proved_is_not_decoded_again(movie: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = SourceFile(movie)
    plate = file.read(2, (WIDTH, HEIGHT))
    file.check_plate(2, plate, fingerprint=7)

    def decode(*_: object) -> np.ndarray:
        raise AssertionError("the file was read")

    monkeypatch.setattr("trimatte.plugin.source_file.thumbnail", decode)
    file.check_plate(2, plate, fingerprint=7)
    with pytest.raises(AssertionError, match="the file was read"):
        file.check_plate(2, plate, fingerprint=8)


def test_a_neighbour_is_refused_by_its_number(movie: Path) -> None:
    file = SourceFile(movie)
    with pytest.raises(ParameterError, match=r"shows frame 3 of shot\.mp4 where frame 2 is expected; add 1 to"):
        file.check_plate(2, file.read(3, (WIDTH, HEIGHT)), fingerprint=1)


@pytest.mark.parametrize(
    ("size", "scale"), [((WIDTH, HEIGHT), (1.0, 1.0)), ((WIDTH // 2, HEIGHT // 2 + 1), (0.5, 0.5))]
)
def test_the_size_of_the_file_and_its_proxies_are_taken(
    movie: Path, size: tuple[int, int], scale: tuple[float, float]
) -> None:
    SourceFile(movie).check_size(size, scale)


@pytest.mark.parametrize(("size", "scale"), [((WIDTH - 1, HEIGHT), (1.0, 1.0)), ((WIDTH, HEIGHT), (0.5, 0.5))])
def test_other_sizes_are_refused(movie: Path, size: tuple[int, int], scale: tuple[float, float]) -> None:
    with pytest.raises(ParameterError, match="give the project the size of the file"):
        SourceFile(movie).check_size(size, scale)


def test_a_proxy_has_a_name_of_its_own(movie: Path) -> None:
    file = SourceFile(movie)
    assert file.name((WIDTH, HEIGHT)) == f"{file.clip.identity}-5-16"
    assert file.name((WIDTH // 2, HEIGHT // 2)).endswith(f"@{WIDTH // 2}x{HEIGHT // 2}")
