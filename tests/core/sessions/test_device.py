"""Devices are chosen by name and never replaced silently."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from trimatte.core.errors import DeviceMemoryError
from trimatte.core.sessions import SessionOptions
from trimatte.core.sessions.device import choose_device, explain_memory, is_memory_error
from trimatte.kernels.errors import BackendUnavailableError


def test_auto_takes_what_is_there() -> None:
    assert choose_device("auto").type == ("cuda" if torch.cuda.is_available() else "cpu")


@pytest.mark.parametrize("name", ["", "gpu", "cuda:", "cuda:x", "cuda:99", "CPU"])
def test_a_device_that_is_not_here_is_refused(name: str) -> None:
    with pytest.raises(BackendUnavailableError, match="choose auto"):
        choose_device(name)


@pytest.mark.parametrize(
    "error", [torch.OutOfMemoryError("x"), MemoryError(), RuntimeError("can't allocate memory: y")]
)
def test_a_full_device_is_explained(error: Exception) -> None:
    with (
        pytest.raises(DeviceMemoryError, match="working size 512 and tiles of 512 pixels; choose a smaller"),
        explain_memory(SessionOptions(), torch.device("cpu")),
    ):
        raise error


@pytest.mark.parametrize("allocate", [torch.empty, np.empty, bytearray])
def test_an_allocation_that_really_fails_is_known(allocate: Callable[[int], object]) -> None:
    with pytest.raises((RuntimeError, MemoryError)) as failed:
        allocate(1 << 55)
    assert is_memory_error(failed.value)


def test_other_errors_pass_through() -> None:
    with pytest.raises(RuntimeError, match="shapes"), explain_memory(SessionOptions(), torch.device("cpu")):
        raise RuntimeError("shapes")
