"""The processes of one run: one alone, or those that ``torchrun`` started, which share their gradients."""

from __future__ import annotations

import os
from collections.abc import Iterator
from types import TracebackType

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

__all__ = ["Processes", "SharedSteps"]

Terms = dict[str, Tensor]


class Processes:
    """This process among its equals; a context that leaves the group at the end."""

    def __init__(self, device: str = "cpu") -> None:
        """Join the group that ``torchrun`` announces in the environment; without one this process is alone.

        Args:
            device: ``cpu``, or ``cuda``, where each process takes the GPU of its local rank.
        """
        self.world = int(os.environ.get("WORLD_SIZE", "1"))
        self.rank = int(os.environ.get("RANK", "0")) if self.world > 1 else 0
        self.device = torch.device(device)
        if self.world > 1:
            if self.device.type == "cuda":
                self.device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
                torch.cuda.set_device(self.device)
            dist.init_process_group("nccl" if self.device.type == "cuda" else "gloo")

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.world > 1:
            dist.destroy_process_group()

    @property
    def is_first(self) -> bool:
        """Whether this process writes."""
        return self.rank == 0

    def sums(self, *values: float) -> list[float]:
        """Add numbers over all processes."""
        if self.world == 1:
            return list(values)
        shared = torch.tensor(values, dtype=torch.float64, device=self.device)
        dist.all_reduce(shared)
        return [float(value) for value in shared]

    def wait(self) -> None:
        """Wait until all processes are here."""
        if self.world > 1:
            dist.barrier()

    @torch.no_grad()
    def average_buffers(self, network: nn.Module) -> None:
        """Make the running statistics of all processes their mean."""
        if self.world == 1:
            return
        buffers = [buffer for buffer in network.buffers() if buffer.is_floating_point()]
        if not buffers:
            return
        flat = torch.cat([buffer.flatten() for buffer in buffers])
        dist.all_reduce(flat)
        flat /= self.world
        for buffer, part in zip(buffers, torch.split(flat, [buffer.numel() for buffer in buffers]), strict=True):
            buffer.copy_(part.view_as(buffer))


class _Chunk(nn.Module):
    """Computes the losses of a chunk inside ``forward``, where DistributedDataParallel looks for them."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, chunks: Iterator[Terms]) -> Terms:
        terms = next(chunks, None)
        if terms is not None:
            return terms
        some = next(parameter for parameter in self.network.parameters() if parameter.requires_grad)
        return {"total": 0.0 * some.sum(), "over": some.new_zeros(())}


class SharedSteps:
    """Walks through a clip's chunks in step with the other processes, whose clips may be shorter or longer.

    The gradient of a step is the mean over the processes that still had a chunk: what one process would get from all
    their clips together.
    """

    def __init__(self, network: nn.Module, processes: Processes) -> None:
        self._processes = processes
        self._shared: nn.Module | None = None
        if processes.world > 1:
            gpus = [processes.device] if processes.device.type == "cuda" else None
            self._shared = DistributedDataParallel(
                _Chunk(network), device_ids=gpus, broadcast_buffers=False, find_unused_parameters=True
            )

    def backward(self, chunks: Iterator[Terms]) -> Iterator[Terms]:
        """Yield the terms of each chunk after its backward pass; nothing but gradients was touched then.

        A process whose clip is over yields empty terms until the others are done.
        """
        if self._shared is None:
            for terms in chunks:
                terms["total"].backward()  # type: ignore[no-untyped-call]
                yield terms
            return
        while True:
            terms = self._shared(chunks)
            is_over = "over" in terms
            (running,) = self._processes.sums(float(not is_over))
            if not running:
                return
            (terms["total"] * (self._processes.world / running)).backward()
            yield {} if is_over else terms
