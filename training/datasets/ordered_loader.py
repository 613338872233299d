"""Batches by number: batch n is the same in every launch, whatever worker makes it and however many there are."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler, default_collate

from ...kernels.errors import TrimatteError
from ..errors import DatasetError

__all__ = ["OrderedLoader", "SampleMaker"]

Sample = dict[str, Tensor]


class SampleMaker(Protocol):
    """Makes one training sample at a time."""

    def __len__(self) -> int:
        """Return the samples of an epoch."""
        ...

    def sample(self, rng: np.random.Generator, index: int) -> Sample:
        """Make sample ``index`` of an epoch; all that is random comes from ``rng``."""
        ...


@dataclass(frozen=True, slots=True)
class _Failure:
    """What kept a sample from being made; an exception would come out of a worker wrapped in its traceback."""

    message: str


def _collate(made: Sequence[Sample | _Failure]) -> Sample | _Failure:
    for one in made:
        if isinstance(one, _Failure):
            return one
    batch: Sample = default_collate(list(made))
    return batch


@lru_cache(maxsize=4)
def _order(seed: int, epoch: int, length: int) -> np.ndarray:
    return np.random.default_rng((seed, 1, epoch)).permutation(length)


class _Numbered(Dataset[Sample | _Failure]):
    """Samples by their number since the start of the run; every epoch has its own order, if it is shuffled."""

    def __init__(self, maker: SampleMaker, seed: int, *, is_shuffled: bool) -> None:
        self._maker, self._seed, self._length, self._is_shuffled = maker, seed, len(maker), is_shuffled

    def __getitem__(self, number: int) -> Sample | _Failure:
        epoch, place = divmod(number, self._length)
        index = int(_order(self._seed, epoch, self._length)[place]) if self._is_shuffled else place
        try:
            return self._maker.sample(np.random.default_rng((self._seed, 2, number)), index)
        except TrimatteError as error:
            return _Failure(str(error))


class _Numbers(Sampler[list[int]]):
    """The sample numbers of batch after batch, without end."""

    def __init__(self, first: int, step: int, batch: int) -> None:
        self._first, self._step, self._batch = first, step, batch

    def __iter__(self) -> Iterator[list[int]]:
        number = self._first
        while True:
            yield list(range(number * self._batch, (number + 1) * self._batch))
            number += self._step


class OrderedLoader:
    """Makes batches ahead, in worker processes, and gives them out by number.

    Asking for numbers that follow one another, or that lie ``stride`` apart, costs nothing; any other number starts
    the workers anew. Under ``torchrun`` the processes take the batches in turn.
    """

    def __init__(
        self,
        maker: SampleMaker,
        *,
        batch: int,
        seed: int,
        num_workers: int = 0,
        stride: int | None = None,
        is_shuffled: bool = True,
    ) -> None:
        """Keep what is needed; nothing is read yet.

        Args:
            maker: of the samples; it is copied into each worker.
            batch: samples of a batch.
            seed: with a sample's number it decides all of its draws.
            num_workers: processes that make samples; 0: this one.
            stride: distance of the numbers asked for; ``None``: the processes of the run.
            is_shuffled: draw another order for each epoch; else samples come in their own.

        Raises:
            DatasetError: there is no sample.
        """
        if len(maker) == 0:
            raise DatasetError("the data holds no sample; check it with 'trimatte dataset check'.")
        self._samples = _Numbered(maker, seed, is_shuffled=is_shuffled)
        self._batch_size, self._workers = batch, num_workers
        self.stride = stride or int(os.environ.get("WORLD_SIZE", "1"))
        self.batches_per_epoch = -(-len(maker) // batch)
        self._next: int | None = None
        self._batches: Iterator[Sample | _Failure] | None = None

    def batch(self, number: int) -> Sample:
        """Return batch ``number``, each entry stacked along a new first axis.

        Raises:
            DatasetError: a sample cannot be made; the message says what is missing.
        """
        if self._batches is None or number != self._next:
            self._batches = self._open(number)
        self._next = number + self.stride
        return _checked(next(self._batches))

    def example(self) -> Sample:
        """Return the first sample of the run as a batch of one, made in this process; leaves the workers alone.

        Raises:
            DatasetError: it cannot be made.
        """
        return {name: value[None] for name, value in _checked(self._samples[0]).items()}

    def close(self) -> None:
        """Let the workers end; the next batch starts them again."""
        self._batches = None

    def _open(self, first: int) -> Iterator[Sample | _Failure]:
        more: dict[str, Any] = {"prefetch_factor": 2} if self._workers else {}
        loader: DataLoader[Sample | _Failure] = DataLoader(
            self._samples,
            batch_sampler=_Numbers(first, self.stride, self._batch_size),
            num_workers=self._workers,
            collate_fn=_collate,
            pin_memory=self._workers > 0 and torch.cuda.is_available(),
            generator=torch.Generator(),  # for the workers' base seed: leaves the run's own generator alone
            **more,
        )
        return iter(loader)


def _checked(made: Sample | _Failure) -> Sample:
    if isinstance(made, _Failure):
        raise DatasetError(made.message)
    return made
