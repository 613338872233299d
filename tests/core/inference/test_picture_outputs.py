"""Movies and folders of results."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import torch

from trimatte.core.inference.picture_outputs import OutputType, check_movie, open_output, to_bytes
from trimatte.core.media.image_file import read_image
from trimatte.kernels.errors import TrimatteError

SIZE = (96, 64)


def write(path: Path, kind: OutputType, pictures: np.ndarray, megabits: float = 1) -> None:
    with open_output(path, kind, size=SIZE, rate=Fraction(25), megabits=megabits, alpha="straight") as writer:
        for number, picture in enumerate(pictures):
            writer.write(number, picture)


def test_bytes_are_truncated_as_published_or_rounded() -> None:
    values = torch.tensor([0.0, 0.4999, 0.9999, 1.0]).reshape(1, 1, 2, 2)
    assert to_bytes(values)[0].tolist() == [[0, 127], [254, 255]]
    assert to_bytes(values, "nearest")[0].tolist() == [[0, 127], [255, 255]]
    assert to_bytes(torch.zeros(3, 4, 2, 5))[2].shape == (2, 5, 4)


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
def test_the_suffix_chooses_the_container(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / "new" / f"matte{suffix}"
    write(path, "video", np.full((3, 64, 96), 90, np.uint8))
    with av.open(str(path)) as container:
        assert suffix[1:] in container.format.name.replace("matroska", "mkv")
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.pix_fmt, stream.average_rate) == ("h264", "yuv420p", 25)


def test_the_bit_rate_decides_the_size_of_a_movie(tmp_path: Path) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (24, 64, 96, 3), np.uint8)
    for megabits in (0.2, 4):
        write(tmp_path / f"{megabits}.mp4", "video", noise, megabits)
    assert (tmp_path / "4.mp4").stat().st_size > 4 * (tmp_path / "0.2.mp4").stat().st_size


def test_images_are_counted_from_0_and_keep_their_alpha(tmp_path: Path) -> None:
    pictures = np.random.default_rng(5).integers(0, 256, (2, 64, 96, 4), np.uint8)
    write(tmp_path / "out", "png_sequence", pictures)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["0000.png", "0001.png"]
    assert (read_image(tmp_path / "out" / "0001.png") == pictures[1]).all()


@pytest.mark.parametrize(
    ("name", "size", "rate", "message"),
    [
        ("a.gif", SIZE, Fraction(25), r"a\.gif: is not the name of a movie; end it in \.mp4"),
        ("a.mp4", (95, 64), Fraction(25), "needs an even width and height, the frames are 95x64"),
        ("a.mp4", SIZE, None, "the frame rate of the input varies"),
    ],
)
def test_what_a_movie_cannot_hold_is_refused(
    name: str, size: tuple[int, int], rate: Fraction | None, message: str
) -> None:
    with pytest.raises(TrimatteError, match=message):
        check_movie(Path(name), size, rate)
