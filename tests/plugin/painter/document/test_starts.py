"""Trimaps to begin with."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from trimatte.core.errors import TrimapError
from trimatte.plugin.painter.document.starts import from_alpha, from_mask, from_screen, read_mask


def test_a_mask_becomes_a_trimap_with_a_band() -> None:
    mask = np.zeros((30, 60), np.uint8)
    mask[:, 30:] = 255
    row = from_mask(mask, band=10)[15]
    assert row.tolist() == [0] * 25 + [128] * 10 + [255] * 25


def test_an_alpha_is_unknown_where_it_is_neither() -> None:
    alpha = np.zeros((30, 60), np.float32)
    alpha[:, 28:32], alpha[:, 32:] = 0.5, 1
    row = from_alpha(alpha, band=5)[15]
    assert row.tolist() == [0] * 26 + [128] * 8 + [255] * 26


def test_a_screen_is_background_also_in_its_shadows() -> None:
    picture = np.zeros((40, 60, 3), np.uint8) + np.array([40, 180, 60], np.uint8)
    picture[:, :10] = (33, 150, 50)  # a shadow
    picture[10:30, 30:50] = (180, 120, 100)
    trimap = from_screen(picture, (40, 180, 60), band=7)
    assert (trimap[:, :20] == 0).all()
    assert (trimap[15:25, 35:45] == 255).all()
    assert (trimap[20, 27:33] == 128).all()


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "I;16"])
def test_masks_are_read_from_any_picture(tmp_path: Path, mode: str) -> None:
    levels = np.zeros((6, 8), np.uint8)
    levels[:, 4:] = 255
    picture = Image.fromarray(levels)
    if mode == "RGBA":
        plain = Image.new("RGB", (8, 6), (9, 9, 9))
        plain.putalpha(picture)
        picture = plain
    elif mode == "I;16":
        picture = Image.fromarray(levels.astype(np.uint16) * 257)
    else:
        picture = picture.convert(mode)
    picture.save(tmp_path / "mask.png")
    np.testing.assert_allclose(read_mask(tmp_path / "mask.png", (8, 6)), levels / 255, atol=1e-6)


def test_a_mask_of_another_size_is_refused(tmp_path: Path) -> None:
    Image.new("L", (8, 6)).save(tmp_path / "mask.png")
    with pytest.raises(TrimapError, match=r"mask.png is 8x6, the clip is 9x6"):
        read_mask(tmp_path / "mask.png", (9, 6))
