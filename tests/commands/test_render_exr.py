"""``trimatte render`` on EXR: the same frame in any space gives the same matte; what comes out is EXR too if wanted."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from trimatte.core.media import encode_image, open_clip, read_image

from ..core.media.exrs import write_exr
from ..core.media.movies import numbered
from .conftest import Ran

Trimatte = Callable[..., Ran]

REC709_TO_AP1 = np.array(
    [
        [0.6130974024, 0.3395231462, 0.0473794514],
        [0.0701937225, 0.9163538791, 0.0134523985],
        [0.0206155929, 0.1095697729, 0.8698146342],
    ]
)
"""Source: the ACES transforms of Academy TB-2014-004, by Bradford from D65 to D60."""


def light_of(codes: np.ndarray) -> np.ndarray:
    """Codes of 8 bits as linear light, by the formula of IEC 61966-2-1."""
    values = codes / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


@pytest.fixture
def plates(tmp_path: Path) -> Path:
    """The same two frames as png, linear and ACEScg; both of float, and of half."""
    for n in (1001, 1002):
        codes = numbered(n % 256)
        (tmp_path / f"png.{n}.png").write_bytes(encode_image(codes, "png"))
        write_exr(tmp_path / f"linear.{n}.exr", light_of(codes), kind="float")
        write_exr(tmp_path / f"acescg.{n}.exr", light_of(codes) @ REC709_TO_AP1.T, kind="float")
        write_exr(tmp_path / f"half.{n}.exr", light_of(codes))
        soft = (40 + codes * 0.7).astype(np.uint8)  # of saturated colours two codes can be one half of ACEScg
        (tmp_path / f"soft.{n}.png").write_bytes(encode_image(soft, "png"))
        write_exr(tmp_path / f"softaces.{n}.exr", light_of(soft) @ REC709_TO_AP1.T)
    return tmp_path


def test_png_linear_exr_and_acescg_exr_give_one_matte(trimatte: Trimatte, plates: Path, trimap: Path) -> None:
    def matte(name: str, *space: str) -> np.ndarray:
        out = plates / "-".join(["matte", Path(name).name.split(".")[0], *space])
        words = ("--trimap", trimap, "-o", out, "--view", "matte", *(["--input-space", *space] if space else []))
        ran = trimatte("render", plates / name, *words)
        assert ran.code == 0, ran.err
        return np.stack([read_image(path)[..., 0] / 65535 for path in sorted(out.glob("*.png"))])

    expected = matte("png.%04d.png")
    assert len(expected) == 2
    assert expected.std() > 0.1
    np.testing.assert_allclose(matte("linear.%04d.exr"), expected, rtol=0, atol=1 / 255)
    np.testing.assert_allclose(matte("acescg.%04d.exr", "acescg"), expected, rtol=0, atol=1 / 255)
    np.testing.assert_array_equal(matte("half.%04d.exr"), expected)
    np.testing.assert_array_equal(matte("softaces.%04d.exr", "acescg"), matte("soft.%04d.png"))
    assert np.abs(matte("linear.%04d.exr", "srgb") - expected).max() > 1 / 255  # the space matters to the networks


def test_exr_comes_out_premultiplied_with_light_above_one(trimatte: Trimatte, plates: Path, trimap: Path) -> None:
    bright = light_of(numbered(1001 % 256)) * 4
    write_exr(plates / "bright.1001.exr", bright)
    out = plates / "out"
    words = ("--trimap", trimap, "-o", out, "--format", "exr", "--plate-colour", "--no-refine")
    ran = trimatte("render", plates / "bright.%04d.exr", *words)
    assert ran.code == 0, ran.err
    with open_clip(out / "bright.1001.exr") as clip:
        shown = clip.read_native(1001)
    np.testing.assert_allclose(shown[..., :3], bright * shown[..., 3:], rtol=2e-3, atol=1e-4)
    assert shown[..., :3].max() > 2
    ran = trimatte("render", plates / "bright.%04d.exr", *words, "--output-mode", "straight", "--json")
    assert ran.code == 2
    assert "exr: holds premultiplied colour" in ran.event("error")["message"]


def test_pictures_of_integers_come_out_in_srgb_and_those_of_float_linear(
    trimatte: Trimatte, plates: Path, trimap: Path
) -> None:
    def colour(name: str, form: str) -> np.ndarray:
        out = plates / f"{form}-of-{Path(name).suffixes[-1][1:]}"
        words = (
            "--trimap",
            trimap,
            "-o",
            out,
            "--format",
            form,
            "--view",
            "foreground",
            "--plate-colour",
            "--no-refine",
        )
        ran = trimatte("render", plates / name, *words, "--range", "1001-1001")
        assert ran.code == 0, ran.err
        with open_clip(next(out.iterdir())) as clip:
            return clip.read(1001)

    expected = numbered(1001 % 256) / 255
    for name in ("png.%04d.png", "linear.%04d.exr"):
        for form in ("png8", "exr"):
            inner = np.s_[22:42, 43:85]  # where the trimap is foreground
            np.testing.assert_allclose(colour(name, form)[inner], expected[inner], rtol=0, atol=0.6 / 255)


def test_a_damaged_frame_is_one_line(trimatte: Trimatte, plates: Path, trimap: Path) -> None:
    torn = plates / "linear.1002.exr"
    torn.write_bytes(torn.read_bytes()[:3000])
    ran = trimatte("render", plates / "linear.%04d.exr", "--trimap", trimap, "-o", plates / "out", "--json")
    assert ran.code == 2
    assert "linear.1002.exr: is not a whole exr image" in ran.event("error")["message"]
