"""What ``benchmarks/systems.py`` runs: how each system is built and what one frame of it is."""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from system_parity import load_test_module, parity_of
from systems import Row
from torch import Tensor, nn

from trimatte.core import create_network
from trimatte.core.inference.dvm_modes import DvmMode, DvmModeOptions, dvm_matte
from trimatte.core.inference.funet import FunetPredictor
from trimatte.core.networks.rvm import automatic_ratio
from trimatte.core.sessions import tune_allocator

Size = tuple[int, int]
Frame = Callable[[], object]


@dataclass(frozen=True, slots=True)
class _Case:
    title: str
    command: str
    build: Callable[[], tuple[nn.Module, ...]]
    frame: Callable[..., Frame]
    """Takes the built networks and (W, H)."""
    parity: str
    """Taken by :func:`parity_of`."""


def measure(system: str, options: argparse.Namespace) -> Row:
    """Measure a system in this process; parity comes last, so that its memory does not count."""
    tune_allocator()
    torch.set_num_threads(options.threads)
    case = _CASES[system]
    networks = case.build()
    for network in networks:
        network.eval().requires_grad_(False)
    run = case.frame(*networks, tuple(options.size))
    seconds, cpu_seconds = [], []
    with torch.inference_mode():
        for number in range(-options.warm_up, options.frames):
            began, cpu_began = time.perf_counter(), time.process_time()
            run()
            if number >= 0:
                seconds.append(time.perf_counter() - began)
                cpu_seconds.append(time.process_time() - cpu_began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    parity = "not asked for" if options.no_parity else parity_of(case.parity)
    parameters = sum(value.numel() for network in networks for value in network.parameters())
    return Row(
        case.title, parameters, parity, statistics.median(seconds), statistics.median(cpu_seconds), peak, case.command
    )


def _filled(name: str, seed: int, gain: float | None = None, **options: Any) -> tuple[nn.Module, ...]:
    """Build without drawing random weights first, then give it the formula weights."""
    with torch.device("meta"):
        network = create_network(name, **options)
    golden_weights = load_test_module("golden_weights.py")
    filled: nn.Module = golden_weights.fill(network.to_empty(device="cpu"), seed, gain)
    return ((golden_weights.damp_dvm(filled) if name == "dvm" else filled),)


def _random(*shape: int, seed: int = 0) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


def _ftpvm(network: Any, size: Size) -> Frame:
    """One query frame, states carried, one remembered frame that was encoded before; at ratio 1."""
    width, height = (side + -side % 16 for side in size)
    frame, memory, trimap = (_random(1, 1, channels, height, width) for channels in (3, 3, 1))
    states = network.default_rec
    with torch.inference_mode():
        encoded = network.encode_imgs_to_value(memory, trimap)

    def run() -> object:
        nonlocal states
        states = network.forward_with_memory(frame, *encoded, *states)[3]
        return states

    return run


def _rvm(network: Any, size: Size) -> Frame:
    """One frame, states carried, at the automatic ratio."""
    frame, ratio = _random(1, 3, size[1], size[0]), automatic_ratio(size[1], size[0])
    states: list[Tensor | None] = [None] * 4

    def run() -> object:
        nonlocal states
        _, _, *states = network(frame, *states, ratio)
        return states

    return run


def _dvm(mode: DvmMode) -> Callable[[Any, Size], Frame]:
    """One frame from three, every pixel unknown."""

    def frame(network: Any, size: Size) -> Frame:
        pictures = _random(network.shift + 1, 3, size[1], size[0]) * 255
        trimaps = torch.full((network.shift + 1, 1, size[1], size[0]), 128.0)
        options = DvmModeOptions(mode=mode, load_size=512, is_mended=True)
        return lambda: dvm_matte(network, pictures, trimaps, 1, options)

    return frame


def _pwcnet(network: Any, size: Size) -> Frame:
    first, second = (_random(1, 3, size[1], size[0], seed=seed) for seed in (0, 1))
    return lambda: network.estimate(first, second)


def _flow_unet(network: Any, size: Size) -> Frame:
    inputs = _random(1, 4, size[1], size[0])
    return lambda: network(inputs)


def _funet(network: Any, flow_network: Any, size: Size) -> Frame:
    """Flow, motion mask, network and mask, as ``trimatte funet predict`` does it."""
    first, second = ((_random(size[1], size[0], 3, seed=seed) * 255).byte().numpy() for seed in (0, 1))
    predictor = FunetPredictor(network, flow_network)
    return lambda: predictor.predict(first, second)


def _funet_networks() -> tuple[nn.Module, ...]:
    return (*_filled("flow_unet", 6), *_filled("pwcnet", 5))


_CASES = {
    "ftpvm": _Case(
        "FTP-VM, as shipped",
        "trimatte ftpvm convert",
        lambda: _filled("ftpvm", 0, 0.87, unused_stages=False),
        _ftpvm,
        "ftpvm-shipped",
    ),
    "ftpvm-official": _Case(
        "FTP-VM, official layout",
        "trimatte ftpvm convert --model FILE",
        lambda: _filled("ftpvm", 0, 0.87),
        _ftpvm,
        "ftpvm",
    ),
    "rvm_mobilenetv3": _Case(
        "RVM, MobileNetV3",
        "trimatte rvm convert --variant mobilenetv3",
        lambda: _filled("rvm_mobilenetv3", 0, 0.87),
        _rvm,
        "rvm_mobilenetv3",
    ),
    "rvm_resnet50": _Case(
        "RVM, ResNet-50",
        "trimatte rvm convert --variant resnet50",
        lambda: _filled("rvm_resnet50", 0, 0.8),
        _rvm,
        "rvm_resnet50",
    ),
    "dvm-whole": _Case(
        "DVM, whole frame", "trimatte dvm test --test_mode whole", lambda: _filled("dvm", 7), _dvm("whole"), "dvm-whole"
    ),
    "dvm-tiles": _Case(
        "DVM, tiles of 512", "trimatte render --model dvm", lambda: _filled("dvm", 7), _dvm("crop"), "dvm-crop"
    ),
    "pwcnet": _Case("PWC-Net", "trimatte flow", lambda: _filled("pwcnet", 5), _pwcnet, "pwcnet"),
    "flow_unet": _Case(
        "FUNet, network alone", "trimatte funet predict", lambda: _filled("flow_unet", 6), _flow_unet, "flow_unet"
    ),
    "funet": _Case("FUNet with PWC-Net", "trimatte funet predict", _funet_networks, _funet, "flow_unet"),
}
