"""``trimatte render``: how a clip is read and solved."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from trimatte.core.media import read_image

from .conftest import Ran

Trimatte = Callable[..., Ran]


@pytest.fixture
def mask(trimap: Path) -> Path:
    """The trimap without its grey."""
    levels = np.asarray(Image.open(trimap))
    Image.fromarray(np.where(levels > 0, np.uint8(255), np.uint8(0))).save(trimap)
    return trimap


def test_band_tiles_budget_and_space_are_options(trimatte: Trimatte, tmp_path: Path, clip: Path, mask: Path) -> None:
    def render(name: str, *arguments: str) -> tuple[Ran, np.ndarray]:
        out = tmp_path / name
        words = ("--trimap", mask, "--range", "0-0", "-o", out, "--no-refine", "--view", "matte", "--json")
        ran = trimatte("render", clip, *words, *arguments)
        assert ran.code == 0, ran.err
        return ran, read_image(out / "shot.0000.png")[..., 0]

    ran, narrow = render("narrow", "--band-width", "4", "--tiles", "256", "--vram-budget", "8")
    assert ran.event("start")["quality"].endswith("px, not refined.")
    _, wide = render("wide", "--band-width", "12")
    solid = np.asarray(Image.open(mask)) == 255
    assert ((narrow != 65535) & solid).sum() < ((wide != 65535) & solid).sum()
    _, linear = render("linear", "--band-width", "12", "--input-space", "linear-rec709")
    assert not np.array_equal(linear, wide)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "has no unknown region"),
        (("--band-width", "4", "--tiles", "300"), "--tiles 300: is not known; use one of 256, 512, 1024"),
        (("--band-width", "4", "--vram-budget", "0.1"), "GB, VRAM budget is 0.1 GB; raise it"),
        (("--band-width", "4", "--input-space", "No Such Space"), "colour space 'No Such Space'"),
    ],
)
def test_what_cannot_be_is_one_line_before_any_work(
    trimatte: Trimatte, tmp_path: Path, clip: Path, mask: Path, arguments: tuple[str, ...], message: str
) -> None:
    ran = trimatte("render", clip, "--trimap", mask, "-o", tmp_path / "out", "--json", *arguments)
    assert ran.code == 2
    assert message in ran.event("error")["message"]
    assert not (tmp_path / "out").exists()
