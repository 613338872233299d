import numpy as np
import pytest

from trimatte.training.augment.easing import EASINGS, random_easing


def test_there_are_thirty_one_curves_beside_the_line() -> None:
    assert len(EASINGS) == 31


@pytest.mark.parametrize("name", EASINGS)
def test_a_curve_starts_at_zero_and_ends_at_one(name: str) -> None:
    assert EASINGS[name](0.0) == pytest.approx(0, abs=1e-9)
    assert EASINGS[name](1.0) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("name", [name for name in EASINGS if name.endswith("_in")])
def test_out_mirrors_in_and_both_are_half_of_each(name: str) -> None:
    curve, out, both = EASINGS[name], EASINGS[f"{name[:-3]}_out"], EASINGS[f"{name}_out"]
    for t in np.linspace(0, 1, 11):
        assert out(t) == pytest.approx(1 - curve(1 - t))
        assert both(t / 2) == pytest.approx(curve(t) / 2)
        assert both(1 - t / 2) == pytest.approx(1 - both(t / 2))


def test_values_one_can_compute_by_hand() -> None:
    assert EASINGS["cubic_in"](0.5) == 0.125
    assert EASINGS["circular_in"](0.6) == pytest.approx(0.2)
    assert EASINGS["sine_in"](2 / 3) == pytest.approx(0.5)
    assert EASINGS["bounce_out"](1 / 2.75) == pytest.approx(1)
    assert [EASINGS["step"](t) for t in (0.49, 0.5)] == [0, 1]


def test_a_fifth_of_the_draws_is_the_straight_line() -> None:
    rng = np.random.default_rng(1)
    straight = [
        np.allclose([easing(0.3), easing(0.7)], [0.3, 0.7]) for easing in (random_easing(rng) for _ in range(600))
    ]
    assert 0.15 < np.mean(straight) < 0.25
