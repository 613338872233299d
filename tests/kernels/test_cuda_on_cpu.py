"""What stands in for a CUDA device finds the mistakes that a device would not forgive."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

SOURCE = """
extern "C" __global__ void count(scalar_t* out, int size) {
    const int index = blockIdx.x * blockDim.x + threadIdx.x;
    if (index < size) store(index, out, index);
}
extern "C" __global__ void reverse(scalar_t* out) {
    __shared__ work_t kept[64];
    kept[threadIdx.x] = load(out, threadIdx.x);
    __syncthreads();
    store(kept[blockDim.x - 1 - threadIdx.x], out, threadIdx.x);
}
extern "C" __global__ void sum_lanes(scalar_t* out) {
    work_t sum = load(out, threadIdx.x);
    for (int other = 1; other < 4; other *= 2) sum += __shfl_xor_sync(0xffffffffu, sum, other);
    store(sum, out, threadIdx.x);
}
extern "C" __global__ void wait_in_half(scalar_t* out) {
    if (threadIdx.x < 32) __syncthreads();
    store(0, out, threadIdx.x);
}
extern "C" __global__ void shuffle_in_half(scalar_t* out) {
    if (threadIdx.x < 16) store(__shfl_xor_sync(0xffffu, work_t(1), 1), out, threadIdx.x);
}
extern "C" __global__ void read_a_pair(scalar_t* out) {
    struct alignas(2 * sizeof(scalar_t)) Pair { scalar_t one, other; };
    store(reinterpret_cast<const Pair*>(out + 1)->other, out, 0);
}
extern "C" __global__ void write_past_shared(scalar_t* out, int past) {
    __shared__ work_t kept[8];
    kept[threadIdx.x + past] = 1;
    store(kept[threadIdx.x], out, threadIdx.x);
}
"""
Launch = Callable[..., Tensor]


@pytest.fixture
def launch(emulator: Any, tmp_path: Path) -> Launch:
    """Run a kernel of ``SOURCE`` over the numbers from 0 to 63 and return them."""
    source = tmp_path / "mistakes.cu"
    source.write_text(SOURCE)

    def run(
        name: str, *arguments: object, block: tuple[int, ...] = (64,), grid: tuple[int, ...] = (1,)
    ) -> torch.Tensor:
        out = torch.arange(64.0)
        emulator.launch(source, name, dtype=out.dtype, grid=grid, block=block, arguments=(out, *arguments))
        return out

    return run


def test_blocks_barriers_and_shuffles_do_what_they_do_on_a_card(launch: Launch) -> None:
    assert torch.equal(launch("count", 50, block=(16,), grid=(4,)), torch.arange(64.0))
    assert torch.equal(launch("reverse"), torch.arange(64.0).flip(0))
    fours = torch.arange(64.0).reshape(16, 4).sum(1, keepdim=True).expand(16, 4)
    assert torch.equal(launch("sum_lanes"), fours.reshape(-1))


@pytest.mark.parametrize(
    ("name", "arguments", "sizes", "message"),
    [
        ("wait_in_half", (), {}, "some threads of a block miss a barrier"),
        ("shuffle_in_half", (), {}, "some lanes of a warp miss a shuffle"),
        ("read_a_pair", (), {"block": (1,)}, "an address is not aligned to its type"),
        ("write_past_shared", (1,), {"block": (8,)}, "a place is outside its array"),
        ("count", (64,), {"block": (1025,)}, "the block is larger than CUDA takes"),
        ("count", (64,), {"block": (1, 1, 65)}, "the block is larger than CUDA takes"),
        ("count", (64,), {"grid": (1, 65536)}, "the grid is larger than CUDA takes"),
        ("count", (), {}, "takes 2 arguments; got 1"),
        ("count", (np.int64(64),), {}, "argument 1: the kernel takes int .*got torch.int64"),
        ("count", (1.5,), {}, "argument 1: the kernel takes int .*got torch.float32"),
        ("count", (torch.zeros(1, dtype=torch.int32),), {}, r"argument 1: the kernel takes int .*got torch.int32\*"),
    ],
)
def test_a_mistake_is_found(
    launch: Launch, name: str, arguments: tuple[object, ...], sizes: dict[str, tuple[int, ...]], message: str
) -> None:
    with pytest.raises(AssertionError, match=message):
        launch(name, *arguments, **sizes)


def test_what_does_not_differ_is_not_a_mistake(launch: Launch) -> None:
    launch("write_past_shared", 0, block=(8,))
    launch("count", 64, block=(1024,))
