"""Learning rates over a run."""

import pytest

from trimatte.training.schedules import Constant, Cosine, LinearFall, Plateau, PlateauState


def test_the_cosine_rises_from_near_zero_and_ends_at_its_final_rate() -> None:
    schedule = Cosine(final=0.1, warmup=10)
    assert schedule.rate(1.0, 0, 0.0) == pytest.approx(0.1)  # one step of ten
    assert schedule.rate(1.0, 9, 0.0) == pytest.approx(1.0)
    assert schedule.rate(1.0, 50, 0.5) == pytest.approx(0.55)
    assert schedule.rate(1.0, 100, 1.0) == schedule.rate(1.0, 120, 1.2) == pytest.approx(0.1)


def test_the_line_falls_epoch_by_epoch_to_its_floor() -> None:
    # DVM: 20 epochs at 5e-5, 80 in which it falls to 5e-6
    schedule = LinearFall(steps_per_epoch=3, flat_epochs=20, fall_epochs=80, floor=5e-6)
    assert {schedule.rate(5e-5, step, 0.0) for step in range(60)} == {5e-5}
    assert schedule.rate(5e-5, 60, 0.0) == schedule.rate(5e-5, 62, 0.0) == pytest.approx(5e-5 * 80 / 81)
    assert schedule.rate(5e-5, 63, 0.0) == pytest.approx(5e-5 * 79 / 81)
    assert schedule.rate(5e-5, 299, 0.0) == 5e-6


def test_a_constant_rate_stays() -> None:
    assert {Constant().rate(0.3, step, step / 5) for step in range(5)} == {0.3}


def test_the_rate_falls_after_the_patience_and_goes_on_from_a_checkpoint() -> None:
    options = Plateau(factor=0.1, patience=2, threshold=0.01)
    state = PlateauState(options)
    for score in (1.0, 0.999, 0.998):  # better, but by less than the threshold
        state.update(score)
    assert state.factor == 1.0
    resumed = PlateauState(options)
    resumed.restore(state.state())
    for one in (state, resumed):
        one.update(1.2)
        assert one.factor == pytest.approx(0.1)
        one.update(0.5)
        for _ in range(3):
            one.update(0.6)
        assert one.factor == pytest.approx(0.01)
