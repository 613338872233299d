"""Kernels are chosen once, by name, never replaced silently, and tell results apart."""

import logging
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from trimatte.core.sessions import SessionOptions
from trimatte.core.sessions.device import exact_name
from trimatte.core.sessions.kernel_choice import choose_kernels
from trimatte.core.sessions.options import SessionOptionsError
from trimatte.kernels import backends
from trimatte.kernels.errors import BackendUnavailableError

CPU = torch.device("cpu")


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let one backend be missing."""

    def remove(name: str) -> None:
        real = backends.missing_reason
        reason = lambda backend: "it was taken away" if backend == name else real(backend)  # noqa: E731
        monkeypatch.setattr(backends, "missing_reason", reason)
        monkeypatch.setattr("trimatte.core.sessions.kernel_choice.missing_reason", reason)

    return remove


def test_auto_takes_the_fastest_for_each_operation(caplog: pytest.LogCaptureFixture) -> None:
    if backends.missing_reason("native"):
        pytest.skip("the C++ kernels are not built")
    with caplog.at_level(logging.INFO):
        chosen = choose_kernels("auto", CPU)
    assert (chosen.backend, chosen.name) == (None, "the fastest of torch and native")
    assert "kernels: native on cpu, the fastest that is here" in caplog.text


def test_auto_says_why_it_takes_the_reference(without: Any, caplog: pytest.LogCaptureFixture) -> None:
    without("native")
    with caplog.at_level(logging.INFO):
        assert choose_kernels("auto", CPU).backend == "torch"
    assert "since native is not here (it was taken away)" in caplog.text


def test_missing_kernels_are_refused_and_not_replaced(without: Any) -> None:
    without("opencl")
    with pytest.raises(BackendUnavailableError, match="'opencl' is not available: it was taken away"):
        choose_kernels("opencl", CPU)


def test_kernels_for_another_device_are_refused() -> None:
    with pytest.raises(BackendUnavailableError, match="'cupy' is not available"):
        choose_kernels("cupy", CPU)


def test_unknown_kernels_are_no_option() -> None:
    with pytest.raises(SessionOptionsError, match=r"kernels must be one of auto, torch, .*; got abacus"):
        SessionOptions(kernels="abacus")  # type: ignore[arg-type]


def test_results_of_other_kernels_are_not_taken_from_the_cache() -> None:
    names = {exact_name(CPU, choose_kernels(name, CPU).name) for name in ("auto", "torch")}
    assert len(names) == (1 if backends.missing_reason("native") else 2)


def test_a_session_computes_with_its_kernels_from_any_thread(open_session: Any, models: Any) -> None:
    used: list[str | None] = []
    hook = models.refiner.register_forward_hook(lambda *_: used.append(backends._preferred.get()))
    mattes: dict[str, np.ndarray] = {}

    def solve(name: str) -> None:
        with open_session(kernels=name) as session:
            mattes[name] = session.solve(4).alpha

    names = [name for name in ("torch", "native") if not backends.missing_reason(name)]
    try:
        for name in names:
            thread = threading.Thread(target=solve, args=(name,))
            thread.start()
            thread.join()
    finally:
        hook.remove()
    assert list(dict.fromkeys(used)) == names
    assert backends._preferred.get() is None
    for matte in mattes.values():
        np.testing.assert_allclose(matte, mattes["torch"], rtol=0, atol=2e-3)


def test_a_session_with_missing_kernels_does_not_open(open_session: Any) -> None:
    with pytest.raises(BackendUnavailableError, match="'cupy' is not available"):
        open_session(kernels="cupy")
