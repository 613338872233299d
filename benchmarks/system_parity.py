"""Parity of the networks with their originals, by the calls that the tests make."""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch

from trimatte.core import create_network
from trimatte.core.inference.dvm_modes import DvmMode, DvmModeOptions, dvm_matte
from trimatte.core.networks.dvm import dvm_inputs

Arrays = dict[str, np.ndarray]
_TESTS = Path(__file__).resolve().parents[1] / "tests"
_GOLDEN = Path(os.environ.get("TRIMATTE_SHARED", _TESTS.parents[1] / "shared")) / "golden"


def load_test_module(path: str) -> ModuleType:
    """Load a file below ``tests``, which is no package."""
    spec = importlib.util.spec_from_file_location(Path(path).stem, _TESTS / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _arrays(name: str) -> Arrays:
    with np.load(_GOLDEN / f"{name}.npz") as arrays:
        return dict(arrays)


def worst_error(pairs: Iterable[tuple[Any, Any]], *, is_relative: bool) -> str:
    """Return the largest error over pairs of found and expected, in words."""
    worst = 0.0
    for found, expected in pairs:
        reference = torch.as_tensor(expected).double()
        error = (torch.as_tensor(found).double() - reference).abs()
        worst = max(worst, float((error / reference.abs().clamp(min=1) if is_relative else error).max()))
    amount = f"{worst:.0e}" if worst else "0"
    return f"{amount} ({'float64' if is_relative else 'float32'})"


@torch.inference_mode()
def _ftpvm(unused_stages: bool) -> Iterator[tuple[Any, Any]]:
    tests, weights = load_test_module("core/networks/test_ftp_vm.py"), load_test_module("golden_weights.py")
    arrays, expected = _arrays("ftpvm"), _arrays("ftpvm_f64")
    for case in tests.CASES:
        gain = json.loads(str(arrays["meta"]))[case]["gain"]
        network = weights.fill(create_network("ftpvm", unused_stages=unused_stages), 0, gain).double()
        for name, found in tests.run_case(network, arrays, case, torch.float64).items():
            if f"{case}.{name}" in expected:
                yield found, expected[f"{case}.{name}"]


def _rvm(variant: str) -> Iterator[tuple[Any, Any]]:
    tests, weights = load_test_module("core/networks/test_rvm.py"), load_test_module("golden_weights.py")
    arrays, expected = _arrays(f"rvm_{variant}"), _arrays(f"rvm_{variant}_f64")
    make = tests.networks_of(weights)
    for case in tests.CASES:
        found = tests.run(make, variant, arrays, case, torch.float64)
        yield from ((got, reference) for _, got, reference in tests.compared(found, expected, case))


@torch.inference_mode()
def _dvm(mode: DvmMode) -> Iterator[tuple[Any, Any]]:
    network = load_test_module("core/networks/test_dvm.py").filled(load_test_module("golden_weights.py"), 7)
    arrays = {name: torch.from_numpy(value) for name, value in _arrays("dvm").items() if value.dtype.kind != "U"}
    if mode == "whole":
        mattes = network(dvm_inputs(arrays["a_rgb"], arrays["a_trimap"]), num_outputs=2)
        yield from zip(mattes, (arrays["a_pred"], arrays["a_refined"]), strict=True)
    frames, trimaps, expected, sizes = (arrays[f"a_{mode}_{name}"] for name in ("rgb", "trimap", "predict255", "cfg"))
    load_size, max_size = sizes.tolist()
    options = DvmModeOptions(mode=mode, load_size=load_size, max_size=max_size)
    yield dvm_matte(network, frames, trimaps, 2, options) / 255, expected / 255


@torch.inference_mode()
def _pwcnet() -> Iterator[tuple[Any, Any]]:
    arrays = {name: torch.from_numpy(value) for name, value in _arrays("pwcnet").items()}
    networks = load_test_module("core/networks/test_pwcnet.py").networks_of(load_test_module("golden_weights.py"))
    for warp, network in networks.items():
        for case in ("n", "m"):
            unit = 1 if warp == "exact" else 20  # the second release multiplies by 20 outside the network
            flow = network(arrays[f"{case}_one"] / 255, arrays[f"{case}_two"] / 255)
            yield flow / unit, arrays[f"{case}_net_{warp}"]
        for case in ("e", "f"):
            flow = network.estimate(arrays[f"{case}_one"] / 255, arrays[f"{case}_two"] / 255)
            yield flow, arrays[f"{case}_est_{warp}"]


@torch.inference_mode()
def _flow_unet() -> Iterator[tuple[Any, Any]]:
    network = load_test_module("golden_weights.py").fill(create_network("flow_unet"), 6)
    arrays = {
        name: torch.from_numpy(value) for name, value in _arrays("flow_unet").items() if name.startswith(("e", "o"))
    }
    for case in ("even", "odd"):
        yield network(arrays[f"{case}_x"]), arrays[f"{case}_logits"]


_CALLS: dict[str, Callable[..., Iterator[tuple[Any, Any]]]] = {
    "ftpvm": lambda: _ftpvm(True),
    "ftpvm-shipped": lambda: _ftpvm(False),
    "rvm_mobilenetv3": lambda: _rvm("mobilenetv3"),
    "rvm_resnet50": lambda: _rvm("resnet50"),
    "dvm-whole": lambda: _dvm("whole"),
    "dvm-crop": lambda: _dvm("crop"),
    "pwcnet": _pwcnet,
    "flow_unet": _flow_unet,
}


def parity_of(call: str) -> str:
    """Return the largest error of a system, or why there is none."""
    if not _GOLDEN.is_dir():
        return "no golden files here"
    return worst_error(_CALLS[call](), is_relative=call.startswith(("ftpvm", "rvm")))
