import pytest
import torch
from torch import Tensor

from trimatte.plugin.foreground import foreground_colour
from trimatte.plugin.look import DespillOptions, DespillRule, Screen

GREY, GREEN, BLUE = (0.4, 0.4, 0.4), (0.1, 0.7, 0.2), (0.1, 0.2, 0.8)
LUMINANCE = torch.tensor([0.2126, 0.7152, 0.0722])[:, None, None]


def paint(*colour: float, height: int = 40, width: int = 120) -> Tensor:
    return torch.tensor(colour)[:, None, None].expand(3, height, width).clone()


def edge(height: int = 40, width: int = 120) -> Tensor:
    """A matte that is solid on the left and empty on the right."""
    return torch.linspace(2.5, -1.5, width).clamp(0, 1).expand(height, width).clone()


def colour_of(
    plate: Tensor, matte: Tensor, *, is_estimated: bool = True, is_extended: bool = False, **despill: object
) -> Tensor:
    options = DespillOptions(**despill)  # type: ignore[arg-type]
    return foreground_colour(plate, matte, is_estimated=is_estimated, is_extended=is_extended, despill=options)


def test_the_background_leaves_soft_pixels() -> None:
    matte = edge()
    plate = paint(0.8, 0.3, 0.2) * matte + paint(*GREEN) * (1 - matte)
    soft = (matte > 0.1) & (matte < 0.9)
    found = colour_of(plate, matte)
    before, after = ((picture - paint(0.8, 0.3, 0.2))[:, soft].abs().mean() for picture in (plate, found))
    assert after < before / 4


@pytest.mark.parametrize("gain", [0.5, 1.0, 13.7])
def test_what_is_solid_stays_to_the_bit_however_bright(gain: float) -> None:
    plate = torch.rand(3, 40, 120, generator=torch.Generator().manual_seed(1)) * gain - 0.1
    matte = edge()
    found = colour_of(plate, matte)
    assert torch.equal(found[:, matte == 1], plate[:, matte == 1])
    if gain > 1:
        assert found[:, (matte > 0.2) & (matte < 1)].max() > 1.5


def test_the_estimate_scales_with_the_plate() -> None:
    plate = torch.rand(3, 40, 120, generator=torch.Generator().manual_seed(2))
    matte = edge()
    soft = (matte > 0) & (matte < 1)
    torch.testing.assert_close(colour_of(plate * 64, matte)[:, soft], colour_of(plate, matte)[:, soft] * 64)


def test_the_part_that_is_looked_at_changes_nothing() -> None:
    plate = torch.rand(3, 300, 400, generator=torch.Generator().manual_seed(3))
    matte = torch.zeros(300, 400)
    matte[130:170, 180:220] = torch.rand(40, 40, generator=torch.Generator().manual_seed(4))
    whole = matte.clone()
    whole[0, 0] = whole[-1, -1] = 1e-12  # the box around it is the whole picture
    torch.testing.assert_close(colour_of(plate, matte), colour_of(plate, whole), rtol=1e-4, atol=1e-4)


def test_beyond_the_matte_the_foreground_goes_on_and_never_the_background() -> None:
    matte = torch.zeros(60, 200)
    matte[:, :80] = 1
    plate = torch.where(matte > 0, paint(0.8, 0.3, 0.2, height=60, width=200), paint(*GREEN, height=60, width=200))
    found = colour_of(plate, matte, is_extended=True)
    torch.testing.assert_close(found, paint(0.8, 0.3, 0.2, height=60, width=200), atol=2e-3, rtol=0)


def test_extending_changes_nothing_where_there_is_a_matte() -> None:
    plate = torch.rand(3, 40, 120, generator=torch.Generator().manual_seed(6))
    matte = edge()
    near, far = (colour_of(plate, matte, is_extended=extends) for extends in (False, True))
    assert torch.equal(near[:, matte > 0], far[:, matte > 0])


def test_no_matte_at_all_gives_black() -> None:
    assert (colour_of(paint(*GREEN), torch.zeros(40, 120)) == 0).all()


def test_numbers_that_are_none_stay_where_they_are() -> None:
    matte = edge()
    plate = paint(*GREY)
    clean = colour_of(plate, matte)
    plate[0, 3, 3], plate[1, 20, 60] = torch.inf, torch.nan
    found = colour_of(plate, matte)
    assert torch.isinf(found[0, 3, 3])
    assert torch.isfinite(found[:, 30:]).all()
    torch.testing.assert_close(found[:, 39, 60], clean[:, 39, 60], rtol=0.2, atol=0.1)


@pytest.mark.parametrize(("rule", "expected"), [(DespillRule.AVERAGE, 0.4), (DespillRule.LIMIT, 0.6)])
def test_the_rule_says_how_much_may_stay(rule: DespillRule, expected: float) -> None:
    screen = {"screen": Screen.GREEN, "rule": rule, "keep_luminance": False}
    cleaned = colour_of(paint(0.6, 0.9, 0.2), torch.ones(40, 120), amount=1.0, **screen)
    torch.testing.assert_close(cleaned, paint(0.6, expected, 0.2))
    half = colour_of(paint(0.6, 0.9, 0.2), torch.ones(40, 120), amount=0.5, **screen)
    torch.testing.assert_close(half, paint(0.6, (0.9 + expected) / 2, 0.2))


@pytest.mark.parametrize("screen", [Screen.GREEN, Screen.BLUE])
def test_luminance_is_kept_and_no_spill_stays(screen: Screen) -> None:
    channel = 1 if screen is Screen.GREEN else 2
    colour = torch.rand(3, 20, 30, generator=torch.Generator().manual_seed(5))
    cleaned = colour_of(colour, torch.ones(20, 30), amount=1.0, screen=screen)
    torch.testing.assert_close((cleaned * LUMINANCE).sum(0), (colour * LUMINANCE).sum(0))
    others = [cleaned[other] for other in range(3) if other != channel]
    assert (cleaned[channel] <= (others[0] + others[1]) / 2 + 1e-6).all()


def test_colours_without_spill_are_untouched() -> None:
    red = paint(0.8, 0.2, 0.3)
    assert torch.equal(colour_of(red, torch.ones(40, 120), amount=1.0, screen=Screen.GREEN), red)


@pytest.mark.parametrize(
    ("background", "changes"), [(GREEN, True), (BLUE, False), (GREY, False), ((0.01, 0.012, 0.01), False)]
)
def test_auto_takes_the_colour_of_the_background(background: tuple[float, ...], changes: bool) -> None:
    matte = edge()
    plate = torch.where(matte > 0, paint(0.4, 0.6, 0.4), paint(*background))
    found = colour_of(plate, matte, is_estimated=False, amount=1.0)
    assert torch.equal(found[:, matte > 0], plate[:, matte > 0]) != changes


def test_auto_grows_with_the_colour_of_the_background_without_a_jump() -> None:
    matte = edge()
    previous = 0.6
    steps = []
    for green in torch.linspace(0.4, 0.7, 61).tolist():
        plate = torch.where(matte > 0, paint(0.4, 0.6, 0.4), paint(0.4, green, 0.4))
        level = colour_of(plate, matte, is_estimated=False, amount=1.0, keep_luminance=False)[1, 0, 0].item()
        steps.append(previous - level)
        previous = level
    assert min(steps) > -1e-6
    assert max(steps) < 0.02
    assert previous == pytest.approx(0.4)
