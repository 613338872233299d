from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from trimatte.core.errors import MediaError
from trimatte.training.datasets.ordered_loader import OrderedLoader
from trimatte.training.errors import DatasetError


class _Draws:
    """Samples that name themselves and hold a draw."""

    def __init__(self, length: int) -> None:
        self.length = length

    def __len__(self) -> int:
        return self.length

    def sample(self, rng: np.random.Generator, index: int) -> dict[str, Tensor]:
        return {"index": torch.tensor(index), "drawn": torch.tensor(rng.random())}


def _loader(length: int = 5, batch: int = 2, num_workers: int = 0, stride: int = 1, seed: int = 3) -> OrderedLoader:
    return OrderedLoader(_Draws(length), batch=batch, seed=seed, num_workers=num_workers, stride=stride)


def test_a_batch_is_the_same_however_it_is_reached() -> None:
    walked = _loader()
    batches = [walked.batch(number) for number in range(6)]
    jumped = _loader()
    for number in (4, 5, 1):
        for name, value in jumped.batch(number).items():
            assert torch.equal(value, batches[number][name])


@pytest.mark.parametrize("num_workers", [1, 2])
def test_workers_make_the_same_batches(num_workers: int) -> None:
    alone, helped = _loader(), _loader(num_workers=num_workers)
    for number in range(5):
        assert torch.equal(alone.batch(number)["drawn"], helped.batch(number)["drawn"])


def test_every_epoch_holds_every_sample_once_in_an_order_of_its_own() -> None:
    loader = _loader(length=8, batch=4)
    assert loader.batches_per_epoch == 2
    indices = torch.cat([loader.batch(number)["index"] for number in range(6)]).view(3, 8)
    assert all(sorted(epoch.tolist()) == list(range(8)) for epoch in indices)
    assert len({tuple(epoch.tolist()) for epoch in indices}) == 3


def test_an_epoch_that_does_not_fill_its_last_batch_goes_on_in_it() -> None:
    loader = _loader(length=3, batch=2)
    indices = torch.cat([loader.batch(number)["index"] for number in range(3)]).tolist()
    assert sorted(indices[:3]) == sorted(indices[3:]) == [0, 1, 2]


def test_processes_take_the_batches_in_turn() -> None:
    alone = _loader()
    ranks = [_loader(stride=2), _loader(stride=2)]
    for number in range(4):
        assert torch.equal(ranks[number % 2].batch(number)["drawn"], alone.batch(number)["drawn"])


def test_another_seed_makes_other_batches() -> None:
    assert not torch.equal(_loader(seed=1).batch(0)["drawn"], _loader(seed=2).batch(0)["drawn"])


def test_the_runs_own_generator_is_left_alone() -> None:
    before = torch.get_rng_state()
    _loader(num_workers=1).batch(0)
    assert torch.equal(torch.get_rng_state(), before)


def test_an_example_is_the_first_sample() -> None:
    loader = _loader()
    assert torch.equal(loader.example()["drawn"], loader.batch(0)["drawn"][:1])


def test_no_sample_at_all_is_refused() -> None:
    with pytest.raises(DatasetError, match="holds no sample"):
        _loader(length=0)


class _Torn(_Draws):
    """Its third sample cannot be read."""

    def sample(self, rng: np.random.Generator, index: int) -> dict[str, Tensor]:
        if index == 2:
            raise MediaError("frame.png: not a readable picture.", path=Path("frame.png"))
        return super().sample(rng, index)


@pytest.mark.parametrize("num_workers", [0, 1])
def test_what_cannot_be_read_is_said_in_one_line_wherever_it_was_read(num_workers: int) -> None:
    loader = OrderedLoader(_Torn(4), batch=2, seed=3, num_workers=num_workers, is_shuffled=False)
    loader.batch(0)
    with pytest.raises(DatasetError, match=r"^frame\.png: not a readable picture\.$"):
        loader.batch(1)


def test_samples_may_come_in_their_own_order() -> None:
    loader = OrderedLoader(_Draws(3), batch=3, seed=3, is_shuffled=False)
    assert [loader.batch(number)["index"].tolist() for number in range(2)] == [[0, 1, 2]] * 2


def test_a_closed_loader_goes_on_where_it_is_asked() -> None:
    loader, other = _loader(num_workers=1), _loader()
    loader.batch(0)
    loader.close()
    assert torch.equal(loader.batch(1)["drawn"], other.batch(1)["drawn"])
