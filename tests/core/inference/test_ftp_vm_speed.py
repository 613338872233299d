"""What is timed: the sizes that the network gets, and how often the memory is encoded."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from trimatte.core.inference.ftp_vm_speed import FtpVmSpeedOptions, measure_speed
from trimatte.kernels.errors import TrimatteError


class Recorder(nn.Module):
    """Stands in for FTP-VM and notes the calls."""

    default_rec: tuple[list[None], list[None]] = ([None, None], [None, None])

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.calls: list[tuple[str, tuple[int, ...], float]] = []

    def encode_imgs_to_value(self, frames: Tensor, _trimaps: Tensor, ratio: float) -> tuple[Tensor, Tensor]:
        self.calls.append(("encode", tuple(frames.shape[-2:]), ratio))
        return frames, frames

    def forward_with_memory(self, frames: Tensor, *rest: Any) -> list[Any]:
        self.calls.append(("memory", tuple(frames.shape[-2:]), rest[-1]))
        return [None, None, None, self.default_rec]

    def forward(self, frames: Tensor, *rest: Any) -> list[Any]:
        self.calls.append(("whole", tuple(frames.shape[-2:]), rest[-1]))
        return [None, None, None, self.default_rec]


def calls(**options: Any) -> list[tuple[str, tuple[int, ...], float]]:
    recorder: Any = Recorder()
    seconds = measure_speed(recorder, FtpVmSpeedOptions(width=100, height=50, iterations=2, warm_up=1, **options))
    assert seconds > 0
    found: list[tuple[str, tuple[int, ...], float]] = recorder.calls[1:]
    return found


def test_the_whole_network_runs_for_each_frame_padded_to_sixteen() -> None:
    assert calls() == [("whole", (64, 112), 1)] * 3


def test_a_kept_memory_is_encoded_once() -> None:
    assert calls(keeps_memory=True, downsample_ratio=0.5) == [("memory", (64, 112), 0.5)] * 3


def test_without_the_refiner_only_the_working_size_is_there() -> None:
    assert calls(is_refined=False, downsample_ratio=0.5) == [("whole", (32, 64), 1)] * 3


def test_what_cannot_be_measured_is_refused() -> None:
    with pytest.raises(TrimatteError, match="pad is 8; the network takes multiples of 16"):
        FtpVmSpeedOptions(pad=8)
    with pytest.raises(TrimatteError, match=r"downsample_ratio is 2; expected above 0 up to 1"):
        FtpVmSpeedOptions(downsample_ratio=2)
