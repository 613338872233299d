import pytest
import torch
from torch import nn

from trimatte.core.inference.rvm_speed import SpeedOptions, measure_speed
from trimatte.kernels.errors import TrimatteError


class Recorder(nn.Module):
    """Counts its calls and passes states on, as RVM does."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.calls: list[tuple[tuple[int, ...], object, object]] = []

    def forward(self, frame: torch.Tensor, *rest: object) -> list[object]:
        self.calls.append((tuple(frame.shape), rest[0], rest[-1]))
        return [frame, frame, len(self.calls), *rest[1:4]]


def test_states_are_carried_and_every_timed_frame_is_reported() -> None:
    network, ticks = Recorder(), []
    options = SpeedOptions(width=64, height=32, downsample_ratio=0.5, iterations=4, warm_up=2)
    assert measure_speed(network, options, advance=ticks.append) > 0
    assert ticks == [1, 1, 1, 1]
    assert network.calls == [((1, 3, 32, 64), state, 0.5) for state in [None, 1, 2, 3, 4, 5]]


def test_without_the_refiner_the_frame_has_working_size() -> None:
    network = Recorder()
    measure_speed(
        network, SpeedOptions(width=64, height=32, downsample_ratio=0.25, is_refined=False, iterations=1, warm_up=0)
    )
    assert network.calls == [((1, 3, 8, 16), None, 1)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"width": 0}, "resolution is 0x32"),
        ({"downsample_ratio": 2.0}, "downsample_ratio is 2.0"),
        ({"iterations": 0}, "iterations is 0"),
    ],
)
def test_bad_options_are_refused(changes: dict[str, float], message: str) -> None:
    with pytest.raises(TrimatteError, match=message):
        SpeedOptions(**({"width": 64, "height": 32, "downsample_ratio": 0.5} | changes))  # type: ignore[arg-type]
