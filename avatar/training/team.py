"""Training in several processes: each learns from its own clips, and their gradients are averaged."""

import os
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.multiprocessing.spawn import spawn


@dataclass(frozen=True)
class Team:
    """One process among those that train together.

    Args:
        rank: its number, from 0; the first one writes.
        size: how many there are.
    """

    rank: int = 0
    size: int = 1

    def average(self, parameters: Iterable[nn.Parameter]) -> None:
        """Replace the gradients by their means over the team; with the same weights, all take the same step."""
        if self.size == 1:
            return
        grads = [parameter.grad for parameter in parameters if parameter.grad is not None]
        flat = torch.cat([grad.flatten() for grad in grads])
        dist.all_reduce(flat)
        place = 0
        for grad in grads:
            grad.copy_(flat[place : place + grad.numel()].view_as(grad) / self.size)
            place += grad.numel()

    def agree(self, value: float) -> float:
        """The first process's value, for decisions that all must take alike."""
        if self.size == 1:
            return value
        shared = torch.tensor([value], dtype=torch.float64)
        dist.broadcast(shared, 0)
        return float(shared)

    def same(self, tensors: Iterable[Tensor]) -> None:
        """Give all processes the first one's tensors, in place."""
        if self.size > 1:
            for tensor in tensors:
                dist.broadcast(tensor, 0)


def gather(size: int, work: Callable[..., None], *arguments: Any) -> None:
    """Call `work(team, *arguments)` in so many processes; one alone works in this process.

    Args:
        size: processes; the cores are shared evenly.
        work: a function of a module, so that other processes can find it.
        arguments: that can be pickled.
    """
    if size < 1:
        raise ValueError(f"workers must be at least 1, got {size}")
    if size == 1:
        work(Team(), *arguments)
        return
    with tempfile.TemporaryDirectory() as folder:
        meeting = (Path(folder) / "meeting").as_uri()
        spawn(_join, (size, meeting, work, arguments), nprocs=size)  # type: ignore[no-untyped-call]


def _join(rank: int, size: int, meeting: str, work: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    torch.set_num_threads(max((os.cpu_count() or 1) // size, 1))
    dist.init_process_group("gloo", init_method=meeting, rank=rank, world_size=size)
    try:
        work(Team(rank, size), *arguments)
    finally:
        dist.destroy_process_group()
