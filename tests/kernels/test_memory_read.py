"""The memory read against a loop, sliced against whole, and its messages."""

import math

import pytest
import torch

from trimatte.kernels.errors import BackendUnavailableError, ShapeError
from trimatte.kernels.memory_read import _torch, memory_read


def arrays(*, frames: int = 2, memories: int = 3, dtype: torch.dtype = torch.float64) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(5)
    shapes = [(2, frames, 4, 3, 5), (2, memories, 4, 2, 3), (2, memories, 6, 2, 3)]
    return [torch.randn(shape, generator=generator, dtype=dtype) for shape in shapes]


@pytest.mark.parametrize("top_k", [None, 1, 4, 99])
def test_every_position_equals_a_plain_loop(top_k: int | None) -> None:
    query, keys, values = arrays()
    found = memory_read(query, keys, values, top_k=top_k)
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
    with torch.no_grad():
        whole = memory_read(query, keys, values)
        monkeypatch.setattr(_torch, "_SLICE_ELEMENTS", 2 * 18 * 7)  # seven of thirty query positions at a time
        sliced = memory_read(query, keys, values)
    torch.testing.assert_close(sliced, whole, rtol=1e-6, atol=1e-6)


def test_gradients_equal_finite_differences() -> None:
    inputs = [array.requires_grad_() for array in arrays(frames=1, memories=1)]
    assert torch.autograd.gradcheck(memory_read, inputs)


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
