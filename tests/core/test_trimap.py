"""Trimaps made, read and refused."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from trimatte.core.errors import TrimapError
from trimatte.core.trimap import check_trimap, make_trimap, make_trimap_u8, read_trimap
from trimatte.kernels.morphology import ellipse, rectangle

Arrays = dict[str, np.ndarray]


def painted() -> np.ndarray:
    trimap = np.zeros((12, 16), np.uint8)
    trimap[2:10, 3:13] = 128
    trimap[4:8, 5:11] = 255
    return trimap


def test_trimaps_equal_the_golden_ones(golden_arrays: Callable[[str], Arrays]) -> None:
    arrays = golden_arrays("ftpvm_losses")
    alpha = torch.from_numpy(arrays["tg_alpha"])
    elements = {f"tg_tri_{size}": ellipse(size) for size in (3, 17, 25)}
    elements |= {"tg_rtri_1_9": rectangle(9), "tg_rtri_3_9": ellipse(9, 4), "tg_rtri_4_9": ellipse(4, 9)}
    for name, element in elements.items():
        assert np.array_equal(make_trimap(alpha, element).numpy(), arrays[name]), name
    expected = arrays["tg_tri_u8_25"]
    assert np.array_equal(make_trimap_u8(arrays["tg_alpha_u8"], 25), np.where(expected == 127, 128, expected))


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "I;16"])
def test_every_kind_of_picture_reads_the_same(tmp_path: Path, mode: str) -> None:
    trimap = painted()
    picture = Image.fromarray(trimap)
    if mode == "I;16":
        picture = Image.fromarray(trimap.astype(np.uint16) * 257)
    elif mode != "L":
        picture = picture.convert(mode)
    picture.save(tmp_path / "trimap.png")
    assert np.array_equal(read_trimap(tmp_path / "trimap.png", (16, 12)), trimap)


def test_127_counts_as_unknown() -> None:
    trimap = painted()
    assert np.array_equal(check_trimap(np.where(trimap == 128, 127, trimap)), trimap)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda t: np.where(t == 255, 0, t), r"no foreground \(255\)"),
        (lambda t: np.where(t == 128, 0, t), r"no unknown region \(128\)"),
        (lambda t: np.where(t == 128, 130, t), r"other grey levels than 0, 128 and 255 \(130; 29.2% of"),
        (lambda t: t[:, 1:], "the trimap is 15x12, the clip is 16x12; paint"),
        (lambda t: np.stack([t, t, 255 - t], -1), "is coloured"),
    ],
)
def test_a_bad_trimap_says_what_is_wrong(
    tmp_path: Path, spoil: Callable[[np.ndarray], np.ndarray], message: str
) -> None:
    path = tmp_path / "trimap.png"
    Image.fromarray(np.ascontiguousarray(spoil(painted())).astype(np.uint8)).save(path)
    with pytest.raises(TrimapError, match=message) as caught:
        read_trimap(path, (16, 12))
    assert caught.value.path == path


def test_missing_and_torn_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(TrimapError, match=r"nothing\.png: no such trimap"):
        read_trimap(tmp_path / "nothing.png")
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64), np.uint8)).save(tmp_path / "torn.png")
    (tmp_path / "torn.png").write_bytes((tmp_path / "torn.png").read_bytes()[:900])
    with pytest.raises(TrimapError, match=r"torn\.png: not a readable picture"):
        read_trimap(tmp_path / "torn.png")
