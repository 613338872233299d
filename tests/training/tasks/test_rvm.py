"""Which batch goes into which pass; the passes themselves run in the tests of the recipe."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from trimatte.training.datasets.ordered_loader import OrderedLoader
from trimatte.training.errors import OptionsError
from trimatte.training.options import Phase
from trimatte.training.task import Moment
from trimatte.training.tasks.rvm import RvmLoaders, RvmTask


class _Clip:
    def __len__(self) -> int:
        return 4

    def sample(self, rng: np.random.Generator, index: int) -> dict[str, Tensor]:
        colour, mask = torch.rand(2, 3, 128, 128), torch.ones(2, 1, 128, 128)
        return {"foreground": colour, "background": colour, "alpha": mask, "frames": colour, "mask": mask}


class _Listening(OrderedLoader):
    """Keeps the numbers it is asked for."""

    def __init__(self, stride: int) -> None:
        super().__init__(_Clip(), batch=1, seed=1, stride=stride)
        self.asked: list[int] = []

    def batch(self, number: int) -> dict[str, Tensor]:
        self.asked.append(number)
        return super().batch(number)


class _Constant(nn.Module):
    """Answers as RVM does, with one number."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(0.5))
        self.ratios: list[float] = []

    def forward(self, src: Tensor, downsample_ratio: float = 1, segmentation_pass: bool = False) -> list[Tensor]:
        self.ratios.append(0.0 if segmentation_pass else downsample_ratio)
        one = src[:, :, :1] * 0 + self.weight
        return [one] if segmentation_pass else [src * self.weight, one]


def _task(stride: int = 1, *, has_high: bool = True) -> tuple[RvmTask, dict[str, _Listening], _Constant]:
    loaders = {name: _Listening(stride) for name in ("low", "high", "objects", "pictures")}
    chosen = RvmLoaders(
        low=loaders["low"],
        high=loaders["high"] if has_high else None,
        objects=loaders["objects"],
        pictures=loaders["pictures"],
    )
    network = _Constant()
    return RvmTask(network, chosen), loaders, network


def _passes(task: RvmTask, clips: range) -> Iterator[set[str]]:
    for clip in clips:
        task.begin(Moment(clip, 0, 0.0))
        for terms in task.losses(np.random.default_rng(clip), Phase()):
            yield set(terms)


def test_videos_and_pictures_take_turns_and_none_is_left_out() -> None:
    task, loaders, _ = _task()
    assert sum("segmentation" in terms for terms in _passes(task, range(4))) == 4
    assert {name: loader.asked for name, loader in loaders.items()} == {
        "low": [0, 1, 2, 3],
        "high": [0, 1, 2, 3],
        "objects": [0, 1],
        "pictures": [0, 1],
    }


@pytest.mark.parametrize("rank", [0, 1])
def test_two_processes_share_the_batches(rank: int) -> None:
    task, loaders, _ = _task(stride=2)
    list(_passes(task, range(rank, 8, 2)))
    assert loaders["low"].asked == [rank, rank + 2, rank + 4, rank + 6]
    assert loaders["objects"].asked == loaders["pictures"].asked == [rank, rank + 2]


def test_the_pass_at_high_resolution_works_at_its_ratio_under_its_own_names() -> None:
    task, _, network = _task()
    low, high, segmentation = _passes(task, range(1))
    assert network.ratios == [1.0, 0.25, 0.0]
    assert high == {name if name == "total" else f"high {name}" for name in low}
    assert segmentation == {"segmentation", "total"}
    assert (task.passes, _task(has_high=False)[0].passes) == (3, 2)


def test_validation_without_data_is_refused() -> None:
    with pytest.raises(OptionsError, match="no validation data"):
        _task()[0].validate()
