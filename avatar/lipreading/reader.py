"""A net that reads phones from pictures of a mouth."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, pad

from avatar.articulation.phones import ARPABET
from avatar.lipreading.picture_reader import ReaderFiles, evened

_FILES = ReaderFiles(
    key="lip_reader",
    package="avatar.lipreading",
    kind="a lip-reader",
    command="python -m avatar.lipreading.train CORPUS OUT",
)


class LipReader(Protocol):
    """Anything that watches a mouth and says what it sees, in numbers that can be compared."""

    @property
    def fps(self) -> float:
        """Frames a second of the pictures that it was trained on."""
        ...

    def features(self, pictures: Tensor) -> Tensor:
        """Features [B, T, F] of grey pictures [B, T, H, W], about 0..1; differentiable in the pictures."""
        ...


@dataclass(frozen=True)
class ReaderConfig:
    """The size of a `PhoneReader`.

    Args:
        phones: the symbols that it tells apart, silence first.
        width: of its features.
        channels: of its stages, from the picture on.
        blocks: of its temporal part; each sees two frames further, every second one four.
        size: of the pictures, pixels.
        fps: frames a second.
    """

    phones: tuple[str, ...] = ARPABET
    width: int = 160
    channels: tuple[int, int, int, int] = (32, 48, 64, 96)
    blocks: int = 4
    size: int = 48
    fps: float = 25.0


@dataclass(frozen=True, eq=False)
class Reading:
    """What a reader sees.

    Args:
        features: [B, T, F].
        frames: [B, T, P] logits of the phone that is spoken at each frame.
        sequence: [B, T, P + 1] logits for CTC; the last is the blank.
    """

    features: Tensor
    frames: Tensor
    sequence: Tensor


class PhoneReader(nn.Module):
    """Pictures of a mouth in, phones out: convolutions over five frames, over each picture, and over time.

    Each clip's grey values are brought to mean 0 and deviation 1 first, so its light and contrast hardly matter. The
    layout is that of LipNet (Assael et al. 2016) and its successors, small: a spatio-temporal front, a picture trunk, a
    temporal trunk, read by CTC (Graves et al. 2006) and frame by frame.

    Args:
        config: its size.

    Example:
        >>> PhoneReader().features(torch.rand(1, 10, 48, 48)).shape
        torch.Size([1, 10, 160])
    """

    def __init__(self, config: ReaderConfig | None = None) -> None:
        super().__init__()
        self.config = config or ReaderConfig()
        first, *rest = self.config.channels
        # Five frames as channels: a 3D convolution, in the form that CPUs are fast at.
        self.front = nn.Conv2d(5, first, 5, stride=2, padding=2)
        self.front_norm = nn.GroupNorm(4, first)
        self.trunk = nn.ModuleList(
            _Picture(before, after) for before, after in zip([first, *rest[:-1]], rest, strict=True)
        )
        self.flat = nn.Linear(rest[-1] * (-(-self.config.size // 16)) ** 2, self.config.width)
        self.time = nn.ModuleList(_Time(self.config.width, 1 + index % 2) for index in range(self.config.blocks))
        self.norm = nn.LayerNorm(self.config.width)
        self.frames = nn.Linear(self.config.width, len(self.config.phones))
        self.sequence = nn.Linear(self.config.width, len(self.config.phones) + 1)

    @property
    def fps(self) -> float:
        """Frames a second of the pictures."""
        return self.config.fps

    def features(self, pictures: Tensor) -> Tensor:
        """See `LipReader.features`.

        Raises:
            ValueError: the pictures are not [B, T, size, size].
        """
        even = evened(pictures, self.config.size, drawn_with="MouthPictures")
        batch, frames = pictures.shape[:2]
        around = torch.cat([even[:, :1], even[:, :1], even, even[:, -1:], even[:, -1:]], 1)
        fives = torch.stack([around[:, shift : shift + frames] for shift in range(5)], 2).flatten(0, 1)
        hidden = gelu(self.front_norm(self.front(fives)))
        for picture in self.trunk:
            hidden = picture(hidden)
        seen = self.flat(hidden.flatten(1)).reshape(batch, frames, -1).transpose(1, 2)
        for time in self.time:
            seen = time(seen)
        found: Tensor = self.norm(seen.transpose(1, 2))
        return found

    def forward(self, pictures: Tensor) -> Reading:
        """Read clips [B, T, size, size]."""
        features = self.features(pictures)
        return Reading(features, self.frames(features), self.sequence(features))

    @torch.no_grad()
    def read(self, pictures: Tensor) -> list[tuple[str, ...]]:
        """The phones of clips [B, T, size, size], without silence: CTC's best path."""
        return decode(self(pictures).sequence, self.config.phones)

    def save(self, path: str | Path) -> None:
        """Write the weights and the configuration as safetensors, in half precision."""
        _FILES.save(self, self.config, path)

    @classmethod
    def load(cls, path: str | Path | None = None) -> "PhoneReader":
        """Read the reader that ships, or one that `save` or `python -m avatar.lipreading.train` wrote.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: it isn't a lip-reader.
        """
        return _FILES.load(lambda values: cls(ReaderConfig(**values)), path)


def decode(logits: Tensor, phones: Sequence[str]) -> list[tuple[str, ...]]:
    """CTC's best path through logits [B, T, P + 1]: repetitions merged, then blanks (the last) left out.

    >>> decode(torch.eye(3)[None, [0, 0, 2, 0, 1]], ("P", "AA"))
    [('P', 'P', 'AA')]
    """
    best = logits.argmax(-1).tolist()
    return [tuple(phones[index] for index, _ in groupby(row) if index < len(phones)) for row in best]


class _Picture(nn.Module):
    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(before, after, 3, stride=2, padding=1)
        self.norm = nn.GroupNorm(4, after)

    def forward(self, hidden: Tensor) -> Tensor:
        return gelu(self.norm(self.convolution(hidden)))


class _Time(nn.Module):
    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.reach = 2 * dilation
        self.norm = nn.GroupNorm(1, width)
        self.convolution = nn.Conv1d(width, width, 5, dilation=dilation)
        self.out = nn.Conv1d(width, width, 1)

    def forward(self, hidden: Tensor) -> Tensor:
        spread = pad(self.norm(hidden), (self.reach, self.reach))
        moved: Tensor = hidden + self.out(gelu(self.convolution(spread)))
        return moved
