"""The memory read against a loop, twins against the reference, its memory, and its messages."""

import math
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from trimatte.kernels.backends import Backend, missing_reason, use_backend
from trimatte.kernels.errors import BackendUnavailableError, ShapeError
from trimatte.kernels.memory_read import _torch, memory_read


def arrays(*, frames: int = 2, memories: int = 3, dtype: torch.dtype = torch.float64) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(5)
    shapes = [(2, frames, 4, 3, 5), (2, memories, 4, 2, 3), (2, memories, 6, 2, 3)]
    return [torch.randn(shape, generator=generator, dtype=dtype) for shape in shapes]


def case(
    batch: int, frames: int, memories: int, channels: tuple[int, int], sizes: list[int], dtype: torch.dtype
) -> list[Tensor]:
    """Query, keys and values with gradients; ``sizes``: height and width of a query frame, then of a memory frame."""
    generator = torch.Generator().manual_seed(11)
    shapes = [
        (batch, frames, channels[0], *sizes[:2]),
        (batch, memories, channels[0], *sizes[2:]),
        (batch, memories, channels[1], *sizes[2:]),
    ]
    return [torch.randn(shape, generator=generator).to(dtype).requires_grad_() for shape in shapes]


def on(device: str, *inputs: Tensor) -> list[Tensor]:
    """Without gradients, where a backend takes arrays."""
    return [array.detach().to(device) for array in inputs]


@pytest.mark.parametrize("top_k", [None, 1, 4, 99])
def test_every_position_equals_a_plain_loop(backend: Backend, device: str, top_k: int | None) -> None:
    query, keys, values = arrays()
    found = memory_read(*on(device, query, keys, values), top_k=top_k, backend=backend).cpu()
    assert found.shape == (2, 2, 6, 3, 5)
    memory = [(m, y, x) for m in range(3) for y in range(2) for x in range(3)]
    for b, t, y, x in [(0, 0, 0, 0), (1, 1, 2, 4), (0, 1, 1, 2)]:
        scores = [float(query[b, t, :, y, x] @ keys[b, m, :, i, j]) / 2 for m, i, j in memory]
        kept = sorted(range(len(scores)), key=lambda index: -scores[index])[: top_k or len(scores)]
        weights = {index: math.exp(scores[index]) for index in kept}
        total = sum(weights.values())
        places = {index: memory[index] for index in kept}
        expected = sum(weights[k] / total * values[b, m, :, i, j] for k, (m, i, j) in places.items())
        torch.testing.assert_close(found[b, t, :, y, x], expected)


def test_reading_in_slices_gives_the_same_values(monkeypatch: pytest.MonkeyPatch) -> None:
    query, keys, values = arrays(dtype=torch.float32)
    with torch.no_grad(), use_backend("torch"):
        whole = memory_read(query, keys, values)
        monkeypatch.setattr(_torch, "_SLICE_ELEMENTS", 2 * 18 * 7)  # seven of thirty query positions at a time
        sliced = memory_read(query, keys, values)
    torch.testing.assert_close(sliced, whole, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("top_k", [None, 1, 7])
@pytest.mark.parametrize(
    ("batch", "frames", "memories", "channels", "sizes"),
    [
        pytest.param(2, 2, 3, (5, 3), [7, 11, 5, 9], id="odd sizes"),
        pytest.param(1, 1, 5, (32, 112), [9, 16, 9, 16], id="five keyframes of FTP-VM"),
        pytest.param(1, 1, 1, (3, 2), [1, 1, 1, 1], id="one position"),
        pytest.param(0, 1, 2, (4, 2), [3, 5, 3, 5], id="empty batch"),
    ],
)
def test_twins_have_the_values_and_gradients_of_the_reference(
    agrees: Callable[..., None],
    batch: int,
    frames: int,
    memories: int,
    channels: tuple[int, int],
    sizes: list[int],
    top_k: int | None,
    dtype: torch.dtype,
) -> None:
    agrees(memory_read, *case(batch, frames, memories, channels, sizes, dtype), top_k=top_k)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_halves_are_computed_in_float_and_rounded_once(agrees: Callable[..., None], dtype: torch.dtype) -> None:
    agrees(memory_read, *case(2, 2, 3, (5, 3), [7, 11, 5, 9], dtype))


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_halves_of_more_channels_than_a_tile_and_numbers_that_are_none_are_read(
    agrees: Callable[..., None], dtype: torch.dtype
) -> None:
    query, keys, values = (array.detach() for array in case(1, 1, 2, (40, 130), [7, 10, 5, 9], dtype))
    query[0, 0, 3, 2, 4], values[0, 1, 129, 4, 8] = torch.nan, torch.nan
    agrees(memory_read, query, keys, values)
    agrees(memory_read, query, keys, values.nan_to_num(), top_k=6)


def test_gradients_equal_finite_differences(backend: Backend, device: str) -> None:
    inputs = [array.requires_grad_() for array in on(device, *arrays(frames=1, memories=1))]
    assert torch.autograd.gradcheck(lambda *a: memory_read(*a, backend=backend), inputs)


def test_keys_alone_can_ask_for_gradients(agrees: Callable[..., None]) -> None:
    query, keys, values = case(1, 2, 2, (4, 3), [5, 6, 5, 6], torch.float32)
    agrees(memory_read, query.detach(), keys, values.detach())


@pytest.mark.parametrize("top_k", [None, 5])
def test_views_and_numbers_that_are_none_pass_through(agrees: Callable[..., None], top_k: int | None) -> None:
    query, keys, values = (array.detach() for array in case(1, 2, 2, (4, 6), [5, 14, 5, 14], torch.float32))
    query, keys, values = query.transpose(3, 4)[..., ::2, :], keys[:, :, :, :, ::2], values[..., ::2]
    query[0, 0, 1, 2, 3] = torch.nan
    query[0, 1, :, 3, 1] = torch.inf
    agrees(memory_read, query, keys, values, top_k=top_k)


def test_similarities_of_a_thousand_neither_overflow_nor_lose_the_nearest(agrees: Callable[..., None]) -> None:
    query, keys, values = (array.detach() for array in case(1, 1, 2, (4, 3), [6, 7, 6, 7], torch.float32))
    steps = torch.arange(42.0).reshape(1, 1, 1, 6, 7)  # whole numbers: every sum is exact, so only exp may err
    agrees(memory_read, steps.expand_as(query).contiguous() * 4, keys.round() * 8, values)


def test_of_equal_similarities_the_first_positions_are_kept(twin: Backend, device: str) -> None:
    query, keys, values = arrays(dtype=torch.float32)
    keys = keys[:, :1, :, :1, :1].expand_as(keys)
    found = memory_read(*on(device, query, keys, values), top_k=4, backend=twin).cpu()
    expected = values[:, 0].flatten(2)[:, :, :4].mean(2)[:, None, :, None, None].expand_as(found)
    torch.testing.assert_close(found, expected)


def test_the_number_of_threads_changes_no_bit() -> None:
    inputs = case(1, 1, 2, (8, 6), [14, 20, 9, 16], torch.float32)
    threads = torch.get_num_threads()
    results = []
    for count in (1, 3):
        torch.set_num_threads(count)
        found = memory_read(*inputs)
        results.append([found, *torch.autograd.grad(found.sum(), inputs)])
    torch.set_num_threads(threads)
    assert all(torch.equal(one, other) for one, other in zip(*results, strict=True))


def test_the_compiler_and_export_see_one_operator(twin: Backend, device: str) -> None:
    from trimatte.kernels.memory_read import _operator

    inputs = [array.requires_grad_() for array in on(device, *case(1, 1, 2, (4, 3), [3, 5, 2, 4], torch.float32))]
    torch.library.opcheck(_operator.memory_read, (*inputs, 0, twin))


def test_mixed_precision_reads_in_the_better_one(twin: Backend, device: str) -> None:
    query, keys, values = on(device, *arrays(dtype=torch.float32))
    found = memory_read(query.bfloat16(), keys.bfloat16(), values, backend=twin)
    assert found.dtype == torch.float32
    expected = memory_read(query.bfloat16().float(), keys.bfloat16().float(), values, backend="torch")
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)


def test_equal_keys_read_the_mean() -> None:
    query, keys, values = arrays()
    found = memory_read(query, keys[:, :1, :, :1, :1].expand_as(keys), values)
    expected = values.mean((1, 3, 4))[:, None, :, None, None].expand_as(found)
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda q, k, v: (q[0], k, v), "need five dimensions"),
        (lambda q, k, v: (q[:, :, :3], k, v), "must agree in batch and channels"),
        (lambda q, k, v: (q, k, v[..., :2]), "must agree in batch, time and size"),
    ],
)
def test_a_shape_mismatch_says_what_to_do(change: object, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        memory_read(*change(*arrays()))  # type: ignore[operator]


def test_a_missing_backend_is_never_replaced() -> None:
    with pytest.raises(BackendUnavailableError, match="'vulkan' is not known; use one of torch"):
        memory_read(*arrays(), backend="vulkan")  # type: ignore[arg-type]


def test_keeping_no_position_is_refused() -> None:
    with pytest.raises(ShapeError, match="top_k is 0"):
        memory_read(*arrays(), top_k=0)


_PEAK = """
import sys
from pathlib import Path
import torch
from trimatte.kernels.memory_read import memory_read

def resident(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1000

def peak(rows, wants_gradients):
    # 1080p at a sixteenth: 68 x 120 positions, five keyframes; the whole affinity would take 1.3 GB
    shapes = [(1, 1, 32, rows, 120), (1, 5, 32, 68, 120), (1, 5, 112, 68, 120)]
    inputs = [torch.rand(shape).requires_grad_(wants_gradients) for shape in shapes]
    before = resident("VmRSS:")
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts again from here
    found = memory_read(*inputs, backend="native")
    if wants_gradients:
        found.sum().backward()
    return resident("VmHWM:") - before

torch.set_num_threads(1)
for wants_gradients in (False, True):
    peak(1, wants_gradients)  # libraries and their buffers
    print(peak(8, wants_gradients))
"""


def test_native_reads_five_keyframes_at_1080p_in_few_megabytes() -> None:
    if not Path("/proc/self/clear_refs").exists():
        pytest.skip("peak memory is read from Linux's /proc, which is not here")
    if missing_reason("native"):
        pytest.skip(missing_reason("native"))
    told = subprocess.run([sys.executable, "-c", _PEAK], check=True, capture_output=True, text=True)
    values, gradients = map(float, told.stdout.split())
    assert values < 16, f"{values} MB"
    assert gradients < 64, f"{gradients} MB"  # 31 MB are the gradients and the result


class LargestTensor(TorchDispatchMode):
    """Notes the bytes of the largest tensor that any operation returns."""

    largest = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        for array in tree_leaves(result):
            self.largest = max(self.largest, array.numel() * array.element_size())
        return result


@pytest.mark.parametrize("top_k", [None, 20])
def test_the_reference_reads_five_keyframes_at_1080p_without_a_large_temporary(top_k: int | None) -> None:
    shapes = [(1, 1, 4, 10, 120), (1, 5, 4, 68, 120), (1, 5, 112, 68, 120)]
    inputs = [torch.rand(shape) for shape in shapes]
    with LargestTensor() as seen:
        memory_read(*inputs, top_k=top_k, backend="torch")
    assert 8e6 < seen.largest < 64e6
