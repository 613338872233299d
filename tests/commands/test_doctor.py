"""``trimatte doctor`` names what is there, and fails when a part is broken."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor

from trimatte.commands.diagnosis import Check, State, judge_kernels, measure_kernels, run_checks
from trimatte.kernels.backends import available_backends, missing_reason
from trimatte.kernels.catalogue import OPERATIONS
from trimatte.kernels.workload import Operation, Workload, noise

from .conftest import Ran

Trimatte = Callable[..., Ran]


def test_a_whole_installation_renders_one_frame(trimatte: Trimatte, random_weights: Path, tmp_path: Path) -> None:
    ran = trimatte("doctor", "--json")
    report = json.loads(ran.out)
    assert (ran.code, report["ok"]) == (0, True), ran.out
    found = {(check["subject"], check["name"]): check for check in report["checks"]}
    assert str(random_weights) in found["weights", "file"]["detail"]
    assert str(tmp_path / "cache") in found["cache", "solved frames"]["detail"]
    assert found["bundle", "effect"]["detail"].endswith("Trimatte.ofx.bundle")
    assert found["one frame", "through the effect"]["detail"].startswith("640x360, alpha ")
    assert {("devices", "cpu"), ("libraries", "torch"), ("codecs", "ffmpeg")} <= set(found)
    for backend in available_backends():
        assert found["kernels", backend]["state"] == "ok"
        shown = {one["operation"] for one in report["kernels"] if one["backend"] == backend}
        assert shown == {one.name for one in OPERATIONS if backend in ("torch", *one.twins)}
    assert all(one["milliseconds"] > 0 for one in report["kernels"])


def test_the_search_path_is_what_editors_see(monkeypatch: pytest.MonkeyPatch) -> None:
    from trimatte.commands.diagnosis import check_search_path
    from trimatte.plugin import bundle_path

    monkeypatch.setenv("OFX_PLUGIN_PATH", str(bundle_path().parent))
    assert [check.state for check in check_search_path()] == [State.OK]
    monkeypatch.setenv("OFX_PLUGIN_PATH", "/nowhere")
    (check,) = check_search_path()
    assert check.state is State.NOTE or "/usr/OFX/Plugins" in check.detail


def test_missing_weights_are_broken_and_everything_else_is_still_looked_at(
    trimatte: Trimatte, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIMATTE_WEIGHTS", "/nowhere/weights.safetensors")
    ran = trimatte("doctor")
    assert ran.code == 1
    assert "broken" in ran.out
    assert "weights are missing" in " ".join(ran.out.split())
    assert "cache" in ran.out


def test_a_check_that_fails_itself_is_a_finding() -> None:
    def check_moon() -> list[Check]:
        raise RuntimeError("too far")

    assert run_checks([check_moon]) == [Check("moon", "moon", State.BROKEN, "RuntimeError: too far")]


def operation_that(result: Callable[[Tensor, str], Tensor]) -> Operation:
    """Return an operation with a twin in C++, both computed by ``result(array, backend)``."""
    work = Workload(arguments=(noise(4, 5),), bytes_moved=1, operations=1)
    return Operation("odd", lambda array, *, backend: result(array, backend), ("native",), lambda height, width: work)


@pytest.mark.skipif(bool(missing_reason("native")), reason="the C++ kernels are not built")
@pytest.mark.parametrize(
    ("twin", "detail"),
    [
        pytest.param(lambda array: array + 1, "odd: wrong result, up to 1 from the reference", id="wrong"),
        pytest.param(lambda array: array[:2], r"odd: its shape is (2, 5), the reference's (4, 5)", id="shape"),
        pytest.param(lambda array: torch.full_like(array, torch.nan), "odd: wrong result", id="no numbers"),
        pytest.param(lambda array: array @ array, "odd: RuntimeError: ", id="raises"),
    ],
)
def test_kernels_that_fail_or_compute_nonsense_are_broken(twin: Callable[[Tensor], Tensor], detail: str) -> None:
    odd = operation_that(lambda array, backend: array if backend == "torch" else twin(array))
    found = {check.name: check for check in judge_kernels(measure_kernels([odd]))}
    assert found["torch"].state is State.OK
    assert found["native"].state is State.BROKEN
    assert found["native"].detail.startswith(detail)


def test_kernels_that_are_missing_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    reason = "PyOpenCL is not installed; run: pip install 'trimatte[opencl]'"
    for module in ("trimatte.kernels.backends", "trimatte.commands.diagnosis.kernels"):
        monkeypatch.setattr(f"{module}.missing_reason", lambda backend: reason if backend == "opencl" else "")
    found = {check.name: check for check in judge_kernels([])}
    assert (found["opencl"].state, found["opencl"].detail) == (State.NOTE, reason)
