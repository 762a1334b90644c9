"""What trainings of nets that read drawn pictures share: clips that are used again, and checkpoints."""

import logging
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from avatar.files import replacing

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_log = logging.getLogger(__name__)


class Pictured(Protocol):
    """A dataclass with `pictures`, a tensor of grey values about 0..1."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def pictures(self) -> Tensor:
        """Grey values of any shape."""
        ...


Clip = TypeVar("Clip", bound=Pictured)


class Pool(Generic[Clip]):
    """The last clips, as bytes: reading one again is cheaper than drawing one.

    Args:
        size: how many.
    """

    def __init__(self, size: int) -> None:
        self.size, self.kept, self.next = size, list[Clip](), 0

    def add(self, clip: Clip) -> None:
        """Keep a clip, in place of the oldest where there are enough."""
        small = _with(clip, (255 * clip.pictures.clamp(0, 1)).round().byte())
        if len(self.kept) < self.size:
            self.kept.append(small)
        else:
            self.kept[self.next] = small
        self.next = (self.next + 1) % self.size

    def draw(self, chance: np.random.Generator) -> Clip:
        """Draw one of them."""
        clip = self.kept[int(chance.integers(len(self.kept)))]
        return _with(clip, clip.pictures.float() / 255)


def _with(clip: Clip, pictures: Tensor) -> Clip:
    return replace(clip, pictures=pictures)


def keep(
    path: Path,
    reader: nn.Module,
    config: "DataclassInstance",
    optimizer: torch.optim.Optimizer,
    *,
    step: int,
    seconds: float,
) -> None:
    """Write a checkpoint, from which `resume` goes on."""
    state = {
        "reader": reader.state_dict(),
        "config": asdict(config),
        "optimizer": optimizer.state_dict(),
        "step": step,
        "seconds": seconds,
    }
    with replacing(path) as temporary:
        torch.save(state, temporary)


def resume(
    path: Path, reader: nn.Module, config: "DataclassInstance", optimizer: torch.optim.Optimizer
) -> tuple[int, float]:
    """Go on from a checkpoint, if there is one.

    Returns:
        Batches learned from, and seconds spent.

    Raises:
        SystemExit: it holds a reader of another size.
    """
    if not path.exists():
        return 0, 0.0
    state = torch.load(path, weights_only=True)
    if state["config"] != asdict(config):
        raise SystemExit(f"reader: {path} holds one of another size ({state['config']}); train in another folder")
    reader.load_state_dict(state["reader"])
    optimizer.load_state_dict(state["optimizer"])
    _log.info("going on from step %d", state["step"])
    return state["step"], state["seconds"]
