"""The weights behind the golden files: the same names and shapes give the same numbers anywhere.

The rule is a fact of the golden files, written again here: one PCG64 stream per entry, keyed by the
CRC-32 of its name and the seed.
"""

import math
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from torch import nn


def values_of(name: str, shape: tuple[int, ...], seed: int) -> torch.Tensor:
    """Return the float32 values of the state entry called ``name``."""
    generator = np.random.Generator(np.random.PCG64([zlib.crc32(name.encode()), seed]))
    if name.endswith("running_var"):
        values = generator.uniform(0.5, 1.5, shape)
    elif name.endswith(("running_mean", "bias")):
        values = generator.standard_normal(shape) * 0.1
    elif len(shape) < 2:
        values = generator.uniform(0.5, 1.5, shape)
    else:
        values = generator.standard_normal(shape)
        values *= math.sqrt(2.0 / math.prod(shape[1:]))  # in place: DVM has entries of 29 M values
    return torch.from_numpy(np.asarray(values, dtype=np.float32))


def fill(network: nn.Module, seed: int, gain: float | None = None) -> nn.Module:
    """Give ``network`` the golden weights and return it in eval mode.

    Args:
        network: changed in place.
        seed: of the golden case.
        gain: factor on every entry of two or more dimensions; ``None``: 1.
    """
    is_inference = torch.is_inference_mode_enabled()  # each thread has its own

    def fill_one(name: str, tensor: torch.Tensor) -> None:
        with torch.inference_mode(is_inference):
            tensor.copy_(values_of(name, tuple(tensor.shape), seed))
            if gain is not None and tensor.ndim >= 2:
                tensor.mul_(gain)

    floats = {name: tensor for name, tensor in network.state_dict().items() if tensor.is_floating_point()}
    with ThreadPoolExecutor(2) as pool:  # NumPy draws without the GIL; two, for the memory of what is drawn
        list(pool.map(fill_one, floats, floats.values()))
    return network.eval()


def damp_dvm(network: nn.Module) -> nn.Module:
    """Scale the entries that the DVM golden files damp: last norms, offset convolutions and heads."""
    with torch.no_grad():
        for name, tensor in network.state_dict().items():
            if name.endswith(".bn3.weight"):
                tensor.mul_(0.25)
            elif name.endswith("conv_offset_mask.weight"):
                tensor.mul_(0.5)
            elif name in ("pred_head.weight", "refine_head.weight"):
                tensor.mul_(0.125)
    return network
