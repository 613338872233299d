"""The memory bank against its golden protocol."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from trimatte.core.memory.bank import MemoryBank
from trimatte.kernels.errors import ShapeError


def entry(number: int) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.full((1, 1, 2, 1, 1), float(number)), torch.full((1, 3, 1, 1, 1), float(number))


def test_the_bank_keeps_what_the_official_one_keeps(golden_arrays: Callable[[str], dict[str, np.ndarray]]) -> None:
    arrays = golden_arrays("ftpvm")
    bank = MemoryBank(int(arrays["bank.top_k"]))
    operations = {"add": bank.add, "temp": bank.add_temporary, "gt": bank.set_ground_truth}
    for number, (operation, kept) in enumerate(zip(arrays["bank.ops"], arrays["bank.kept"], strict=True)):
        operations[str(operation)](*entry(number))
        content = bank.read()
        assert content is not None
        features, values = content
        expected = [identity for identity in kept if identity >= 0]
        assert features[0, :, 0, 0, 0].tolist() == expected
        assert values[0, 0, :, 0, 0].tolist() == expected
        assert len(bank) == len(expected)


def test_the_first_entry_is_the_ground_truth_however_it_comes() -> None:
    for name in ("add", "add_temporary", "set_ground_truth"):
        bank = MemoryBank()
        assert bank.read() is None
        getattr(bank, name)(*entry(1))
        bank.set_ground_truth(*entry(2))
        content = bank.read()
        assert content is not None
        assert content[0].flatten().tolist() == [2, 2]


def test_a_bank_without_room_is_refused() -> None:
    with pytest.raises(ShapeError, match="top_k is 0; keep"):
        MemoryBank(0)
