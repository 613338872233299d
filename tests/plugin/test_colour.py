"""Colour of the host to what networks see, and back: formulas, OpenColorIO, and the contract of the effect."""

import sys
from typing import Any

import numpy as np
import pytest

from trimatte.host_bridge import PluginRefusedError
from trimatte.plugin.colour import from_display, srgb_to_linear, to_display
from trimatte.plugin.colour_choice import ACESCG, LINEAR, NATIVE_CONFIG, RAW, ColourChoice
from trimatte.plugin.errors import ParameterError
from trimatte.plugin.ocio import open_ocio
from trimatte.plugin.pixels import to_network

SPACES = {"Linear Rec.709": ColourChoice(LINEAR), "ACEScg": ColourChoice(ACESCG)}


@pytest.fixture
def picture() -> np.ndarray:
    return np.random.default_rng(5).random((6, 9, 3), dtype=np.float32)


def parse(**values: object) -> ColourChoice:
    page = {"inputSpace": "Auto", "ocioSpace": "", "ocioConfig": "", "hostSpace": "", "hostConfig": ""}
    return ColourChoice.parse(page | values)


@pytest.mark.parametrize("space", [ColourChoice(), ColourChoice(RAW), *SPACES.values()])
def test_there_and_back_is_the_same_picture(picture: np.ndarray, space: ColourChoice) -> None:
    np.testing.assert_allclose(to_display(from_display(picture, space), space), picture, atol=2e-6)


def test_known_values() -> None:
    grey = np.full((1, 1, 3), 0.18, np.float32)
    for space in SPACES.values():
        np.testing.assert_allclose(to_display(grey, space), 0.461356, atol=2e-6)
    red = from_display(np.array([[[1, 0, 0]]], np.float32), ColourChoice(ACESCG))
    np.testing.assert_allclose(red[0, 0], [0.613097, 0.070194, 0.020616], atol=2e-5)
    np.testing.assert_allclose(to_display(np.full((1, 1, 1), 2, np.float16), ColourChoice(LINEAR)), 1, atol=1e-6)
    wild = np.array([[[np.nan, -1, np.inf]]], np.float32)
    np.testing.assert_allclose(to_display(wild, ColourChoice(LINEAR)), [[[0, 0, 1]]], atol=1e-6)


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("form", [np.float16, np.float32])
def test_a_picture_of_eight_bits_comes_out_of_floats_as_it_went_in(space: str, form: type) -> None:
    codes = np.random.default_rng(5).integers(30, 226, (64, 48, 3)).astype(np.uint8)
    codes[:, :20] = codes[:, :20, :1]
    scene = from_display(to_network(codes), SPACES[space]).astype(form)
    np.testing.assert_array_equal(to_display(scene, SPACES[space]), to_network(codes))
    deep = codes.astype(np.uint16) * np.uint16(257)  # as files of 8 bits are handed over
    np.testing.assert_array_equal(to_display(scene, SPACES[space]), to_network(deep))


def test_codes_that_are_one_half_are_at_most_one_apart() -> None:
    codes = np.random.default_rng(5).integers(60, 200, (64, 64, 3)).astype(np.uint8)
    codes[:4, :8] = np.random.default_rng(6).integers(0, 256, (4, 8, 3))  # a few saturated ones
    scene = from_display(to_network(codes), SPACES["ACEScg"]).astype(np.float16)
    missed = np.abs(to_display(scene, SPACES["ACEScg"]) - to_network(codes)) * 255
    assert missed.max() < 1.001
    assert (missed > 0).mean() < 0.001


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("bits", [10, 12, 16])
def test_a_picture_of_more_bits_keeps_them(space: str, bits: int) -> None:
    values = np.random.default_rng(5).integers(0, 2**bits, (64, 48, 3)) / np.float32(2**bits - 1)
    values[:50] = 0  # mostly black
    back = to_display(from_display(values.astype(np.float32), SPACES[space]), SPACES[space])
    np.testing.assert_allclose(back, values, atol=2e-6)


def test_values_that_are_display_referred_are_not_touched(picture: np.ndarray) -> None:
    np.testing.assert_array_equal(to_display(picture, ColourChoice()), to_network(picture))
    assert ColourChoice().identity == ColourChoice(RAW).identity == ""
    assert len({space.identity for space in SPACES.values()} - {""}) == 2


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ColourChoice()),
        ({"inputSpace": "ACEScg", "hostSpace": "srgb_tx"}, ColourChoice(ACESCG)),
        ({"hostSpace": "lin_rec709_srgb"}, ColourChoice(LINEAR)),
        ({"hostSpace": "ofx_display_sdr"}, ColourChoice()),
        ({"hostSpace": "arri_logc4"}, ColourChoice("arri_logc4", NATIVE_CONFIG)),
        ({"hostSpace": "Plate", "hostConfig": "/show.ocio"}, ColourChoice("Plate", "/show.ocio")),
        ({"inputSpace": "OpenColorIO", "ocioSpace": " Plate "}, ColourChoice("Plate", "")),
        (
            {"inputSpace": "OpenColorIO", "ocioSpace": "A", "ocioConfig": "/b", "hostConfig": "/c"},
            ColourChoice("A", "/b"),
        ),
    ],
)
def test_the_user_decides_before_the_host(values: dict[str, object], expected: ColourChoice) -> None:
    assert parse(**values) == expected


def test_what_says_too_little_is_refused() -> None:
    with pytest.raises(ParameterError, match="no space is named"):
        parse(inputSpace="OpenColorIO")
    with pytest.raises(ParameterError, match="set Input space to the one it is"):
        parse(hostSpace="ofx_scene_linear")


def test_a_missing_library_is_one_line_that_says_what_to_install(
    picture: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "PyOpenColorIO", None)
    open_ocio.cache_clear()
    with pytest.raises(ParameterError, match=r"run pip install 'trimatte\[colour\]'\.$") as failure:
        to_display(picture, ColourChoice("arri_logc4", NATIVE_CONFIG))
    assert "\n" not in str(failure.value)


class TestOpenColorIO:
    """Skipped with a word where the extra is missing."""

    @pytest.fixture(autouse=True)
    def library(self) -> None:
        pytest.importorskip("PyOpenColorIO", reason="OpenColorIO is not installed")
        open_ocio.cache_clear()

    @pytest.mark.parametrize(("own", "name"), [(LINEAR, "lin_rec709_srgb"), (ACESCG, "ACEScg")])
    def test_it_agrees_with_our_formulas(self, picture: np.ndarray, own: str, name: str) -> None:
        theirs = ColourChoice(name, NATIVE_CONFIG)
        host = from_display(picture, ColourChoice(own))
        np.testing.assert_allclose(from_display(picture, theirs), host, atol=2e-4)
        np.testing.assert_allclose(to_display(host, theirs), picture, atol=2e-4)

    def test_what_is_wrong_is_told_with_what_to_try(self, picture: np.ndarray, tmp_path: Any) -> None:
        with pytest.raises(ParameterError, match=r"no colour space 'Linear Rec 709'.*: .*Linear Rec\.709"):
            to_display(picture, ColourChoice("Linear Rec 709", NATIVE_CONFIG))
        with pytest.raises(ParameterError, match="cannot be read"):
            to_display(picture, ColourChoice("a", str(tmp_path / "none.ocio")))


@pytest.fixture
def as_host(disc: Any) -> Any:
    """Frames of the disc as hosts with other working spaces have them, as read from a file of 8 bits or of floats."""

    def convert(label: str, form: type = np.float16) -> Any:
        def read(time: float) -> np.ndarray:
            plate = np.clip(disc(time), 0, 1)
            if form is np.float16:
                plate = np.rint(plate * 255).astype(np.float32) / np.float32(255)
            if label == "sRGB":
                return np.rint(plate * 255).astype(np.uint8) if form is np.float16 else plate
            colour = from_display(np.ascontiguousarray(plate[..., :3]), SPACES[label])
            return np.dstack([colour, plate[..., 3]]).astype(form)

        return read

    return convert


@pytest.mark.usefixtures("shell_environment")
@pytest.mark.parametrize("form", [np.float16, np.float32])
@pytest.mark.parametrize("label", list(SPACES))
def test_the_matte_is_the_same_in_every_working_space(make_effect: Any, as_host: Any, label: str, form: type) -> None:
    """A picture of 8 bits comes as half floats, one of floats as floats, as OpenEXR keeps them."""
    reference, effect = make_effect(as_host("sRGB", form)), make_effect(as_host(label, form))
    effect.params["inputSpace"] = label
    for one in (reference, effect):
        one.params["output"] = "Matte in alpha"
    whole = 255 if form is np.float16 else 1
    expected = reference.render(3)[..., 3].astype(np.float64) / whole
    shown = effect.render(3)
    found = shown[..., 3].astype(np.float64) / (255 if shown.dtype == np.uint8 else 1)
    np.testing.assert_allclose(found, expected, atol=1 / 255)
    np.testing.assert_array_equal(shown[..., :3], as_host(label, form)(3)[..., :3])  # never converted
    effect.params["inputSpace"] = "sRGB"
    assert np.abs(effect.render(3)[..., 3] - expected).max() > 1 / 255  # the space matters to the networks


@pytest.mark.usefixtures("shell_environment")
def test_pictures_of_ours_come_in_the_space_of_the_host(make_effect: Any, as_host: Any) -> None:
    effect = make_effect(as_host("Linear Rec.709"))
    effect.params["inputSpace"] = "Linear Rec.709"
    effect.params["view"] = "Over checker"
    greys = srgb_to_linear(np.array([0.18, 0.4], np.float32))
    corner = effect.render(0)[0, [0, 40], :3].astype(np.float32)  # background: the checker alone
    np.testing.assert_allclose(corner, greys[[1, 0]][:, None].repeat(3, 1), atol=1e-3)


@pytest.mark.usefixtures("shell_environment")
def test_a_space_that_does_not_exist_fails_with_words_and_the_next_frame_works(make_effect: Any) -> None:
    effect = make_effect()
    effect.params["inputSpace"] = "OpenColorIO"
    with pytest.raises(PluginRefusedError, match="no space is named"):
        effect.render(3)
    effect.params["inputSpace"] = "Raw"
    assert effect.render(3).shape == (48, 80, 4)
