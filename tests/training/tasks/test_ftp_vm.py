"""What a memory frame is described by; the passes themselves run in the tests of the recipe."""

import numpy as np
import torch
from torch import Tensor, nn

from trimatte.training.datasets.ordered_loader import OrderedLoader
from trimatte.training.task import Moment
from trimatte.training.tasks.ftp_vm import FtpVmPhase, FtpVmTask, FtpVmTaskOptions, MemoryMask

_TRIMAP = torch.tensor([0, 0.5, 1]).repeat_interleave(32)[:, None].expand(3, 1, 96, 96)


class _Listening(nn.Module):
    """Keeps what it is given and answers at the size of the queries."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(()))
        self.calls: list[tuple[Tensor, Tensor, Tensor]] = []

    def forward(self, query: Tensor, memory: Tensor, mask: Tensor, segmentation_pass: bool = False) -> list[Tensor]:
        self.calls.append((query, memory, mask))
        one = query.mean(2, keepdim=True) * 0 + self.weight + 0.25
        return [one.expand(-1, -1, 3, -1, -1), one] if segmentation_pass else [one.expand(-1, -1, 3, -1, -1), one, one]


class _Clip:
    def __len__(self) -> int:
        return 2

    def sample(self, rng: np.random.Generator, index: int) -> dict[str, Tensor]:
        alpha = torch.where(_TRIMAP == 0.5, torch.tensor(0.75), _TRIMAP)
        colours = {"foreground": index + 1.0, "background": 0.0}
        layers = {name: torch.full((3, 3, 96, 96), value) for name, value in colours.items()}
        return {**layers, "alpha": alpha, "trimap": _TRIMAP}


def _calls(mask: MemoryMask, step: int = 0, **options: object) -> list[tuple[Tensor, Tensor, Tensor]]:
    network = _Listening()
    variants = FtpVmTaskOptions(mask=mask, own_alpha_from=10, **options)  # type: ignore[arg-type]
    task = FtpVmTask(network, {"video": OrderedLoader(_Clip(), batch=2, seed=1)}, variants)
    task.begin(Moment(0, step, 0.0))
    list(task.losses(np.random.default_rng(2), FtpVmPhase(data="video")))
    return network.calls


def _column(mask: Tensor, row: int) -> list[float]:
    return mask[0, 0, :, row, 0].tolist()


def test_the_memory_is_the_first_frame_with_its_trimap() -> None:
    ((query, memory, mask),) = _calls("trimap")
    assert query.shape == (2, 3, 3, 96, 96)
    assert torch.equal(memory, query[:, :1])
    assert torch.equal(mask[0, 0], _TRIMAP[0])


def test_a_split_trimap_is_foreground_unknown_background() -> None:
    ((_, _, mask),) = _calls("split")
    assert [_column(mask, row) for row in (0, 40, 80)] == [[0, 0, 1], [0, 1, 0], [1, 0, 0]]


def test_alpha_stands_beside_the_trimap_until_the_networks_own_takes_its_place() -> None:
    ((_, _, mask),) = _calls("alpha")
    assert [_column(mask, row) for row in (0, 40, 80)] == [[0, 0], [0.5, 0.75], [1, 1]]
    first, second = _calls("alpha", step=10)
    assert first[0].shape[1] == 1
    assert [_column(second[2], row) for row in (0, 40, 80)] == [[0, 0], [0.5, 0.25], [1, 1]]


def test_neighbours_are_pasted_behind_half_of_the_time() -> None:
    joined = [_joined(seed) for seed in range(40)]
    assert 10 < sum(joined) < 30


def _joined(seed: int) -> bool:
    network = _Listening()
    options = FtpVmTaskOptions(joins_neighbours=True)
    task = FtpVmTask(network, {"video": OrderedLoader(_Clip(), batch=2, seed=1)}, options)
    task.begin(Moment(0, 0, 0.0))
    list(task.losses(np.random.default_rng(seed), FtpVmPhase(data="video")))
    unknown = network.calls[0][0][:, 0, 0, 40, 0]  # 0.75 of one's own colour, perhaps a quarter of 0.75 of the other's
    return bool((unknown[0] / unknown[1] - torch.tensor([0.5, 2.0])).abs().min() > 1e-3)
