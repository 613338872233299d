import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

_BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def systems() -> ModuleType:
    spec = importlib.util.spec_from_file_location("systems", _BENCHMARKS / "systems.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["systems"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_the_table_is_markdown_with_units(systems: ModuleType) -> None:
    small = systems.Row("Small", 1_740_545, "0 (float32)", 0.123, 0.2, 3 * 2**29, "trimatte small")
    large = systems.Row("Large", 319_178_764, "1e-06 (float32)", 61.4, 120.2, 9 * 2**30, "trimatte large")
    assert systems.markdown([small, large]).splitlines() == [
        "| System | Parameters | Parity error | Seconds a frame | CPU seconds | Peak memory | Command |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        "| Small | 1.74 M | 0 (float32) | 0.12 | 0.20 | 1.50 GiB | `trimatte small` |",
        "| Large | 319 M | 1e-06 (float32) | 61 | 120 | 9.00 GiB | `trimatte large` |",
    ]


def test_a_system_is_measured_in_a_process_of_its_own() -> None:
    script = [sys.executable, str(_BENCHMARKS / "systems.py"), "--systems", "rvm_mobilenetv3", "--size", "64", "48"]
    done = subprocess.run(
        [*script, "--frames", "1", "--threads", "1", "--no-parity"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    row = done.stdout.splitlines()[-1]
    assert row.startswith("| RVM, MobileNetV3 | 3.75 M | not asked for | 0.")
    assert row.endswith("GiB | `trimatte rvm convert --variant mobilenetv3` |")
