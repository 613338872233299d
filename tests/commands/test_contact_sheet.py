"""The contact sheet shows the frames it is asked for, and refuses what does not belong together."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from trimatte.commands.sheet import CELL_WIDTH, SheetRow, choose_frames, draw_sheet
from trimatte.core.media import encode_image

from ..core.media.movies import HEIGHT, WIDTH, write_movie
from .conftest import Ran

Trimatte = Callable[..., Ran]


def mattes(folder: Path, numbers: range, size: tuple[int, int] = (WIDTH, HEIGHT)) -> Path:
    folder.mkdir()
    for n in numbers:
        ramp = np.linspace(0, 65535, size[0]).astype(np.uint16)
        (folder / f"m.{n:04d}.png").write_bytes(encode_image(np.broadcast_to(ramp, (size[1], size[0])), "png"))
    return folder


def test_frames_are_spread_over_the_clip_with_both_ends() -> None:
    assert choose_frames(1001, 1011, 3) == [1001, 1006, 1011]
    assert choose_frames(0, 2, 10) == [0, 1, 2]
    assert choose_frames(7, 7, 4) == [7]


def test_the_result_column_is_plate_over_checker_by_alpha() -> None:
    plate = np.zeros((90, 160, 3), np.float32)
    plate[..., 0] = 1
    alpha = np.zeros((90, 160), np.float32)
    alpha[:, :80] = 1
    sheet = np.asarray(draw_sheet([SheetRow(0, plate, alpha)]))
    columns = (sheet.shape[1] - 6) // (CELL_WIDTH + 6)
    assert columns == 6  # plate, matte, result, and three at 200 %
    result = sheet[:, 6 + 2 * (CELL_WIDTH + 6) :][:, :CELL_WIDTH]
    middle = result[result.shape[0] // 2]
    assert middle[20].tolist() == [255, 0, 0]  # where alpha is 1 the plate
    assert np.ptp(middle[-20]) == 0  # elsewhere the grey checker
    assert middle[-20, 0] in {112, 158}


def test_the_command_writes_a_page(trimatte: Trimatte, tmp_path: Path) -> None:
    clip, page = write_movie(tmp_path / "shot.mp4", frames=6), tmp_path / "pages" / "sheet.png"
    ran = trimatte("contact-sheet", clip, mattes(tmp_path / "mattes", range(6)), "--rows", 3, "-o", page)
    assert ran.code == 0, ran.err
    with Image.open(page) as image:
        assert image.size == (6 * (CELL_WIDTH + 6) + 6, 3 * (CELL_WIDTH * HEIGHT // WIDTH + 6) + 24)


@pytest.mark.parametrize(
    ("numbers", "size", "message"),
    [(range(6), (64, 64), "is 64x64, the clip is 128x64"), (range(40, 43), (WIDTH, HEIGHT), "has no frame of")],
)
def test_mattes_of_another_clip_are_refused(
    trimatte: Trimatte, tmp_path: Path, numbers: range, size: tuple[int, int], message: str
) -> None:
    clip = write_movie(tmp_path / "shot.mp4", frames=6)
    ran = trimatte("contact-sheet", clip, mattes(tmp_path / "m", numbers, size), "-o", tmp_path / "sheet.png")
    assert ran.code == 2
    assert message in ran.err
    assert len(ran.err.splitlines()) == 1
