import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest
import torch

from trimatte.kernels.backends import available_backends
from trimatte.kernels.workload import Operation, Workload, noise

_FILE = Path(__file__).resolve().parents[2] / "benchmarks" / "kernels.py"


@pytest.fixture
def kernels(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the benchmark with a tiny picture as its only size."""
    spec = importlib.util.spec_from_file_location("kernels_benchmark", _FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "kernels_benchmark", module)  # dataclasses look their module up
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "SIZES", {"tiny": (24, 40)})
    monkeypatch.setattr(module, "tune_allocator", lambda: True)  # this process is the tests'
    monkeypatch.setattr(module, "_SECONDS", 0.0)
    return module


def test_each_backend_gets_a_line_and_its_figures(
    kernels: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with torch.no_grad():  # puts back what the benchmark turns off
        kernels.main(["--operations", "over", "encode_srgb", "--json", str(tmp_path / "new" / "kernels.json")])
    report = json.loads((tmp_path / "new" / "kernels.json").read_text())
    expected = [(name, backend) for name in ("over", "encode_srgb") for backend in available_backends()]
    assert sorted((one["operation"], one["backend"]) for one in report["results"]) == sorted(expected)
    assert all(one["times_torch"] > 0 and one["median_ms"] > 0 for one in report["results"])
    lines = capsys.readouterr().out.splitlines()
    assert "torch " + torch.__version__ in lines[0]
    assert sum("GB/s" in line for line in lines) == len(expected)


def test_the_floor_is_the_longer_of_memory_and_arithmetic(kernels: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    ceiling = kernels.Ceiling(gb_per_s=10.0, gflop_per_s=100.0)
    monkeypatch.setattr(kernels, "measure_ceiling", lambda device: ceiling)
    monkeypatch.setattr(kernels, "time_call", lambda call, device: 0.5)

    def one_call(num_bytes: int, operations: int) -> Operation:
        work = Workload(arguments=(noise(2, 2),), bytes_moved=num_bytes, operations=operations)
        return Operation("none", lambda array, *, backend: array, (), lambda height, width: work)

    (copied,) = kernels.measure(one_call(2 * 10**9, 10**9), "tiny", ["torch"], torch.float32)
    assert (copied.bound, copied.of_ceiling, copied.gb_per_s) == ("memory", pytest.approx(0.4), 4.0)
    (counted,) = kernels.measure(one_call(10**9, 25 * 10**9), "tiny", ["torch"], torch.float32)
    assert (counted.bound, counted.of_ceiling) == ("arithmetic", pytest.approx(0.5))
    (halved,) = kernels.measure(one_call(2 * 10**9, 10**9), "tiny", ["torch"], torch.float16)
    assert halved.of_ceiling == pytest.approx(0.2)
