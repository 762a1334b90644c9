"""A net that names the emotion of a face."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu

from avatar.controls import ARKIT_SHAPES
from avatar.emotion.emotions import EMOTIONS, NEUTRAL
from avatar.lipreading.picture_reader import ReaderFiles, evened

_FILES = ReaderFiles(
    key="emotion_reader",
    package="avatar.emotion_reading",
    kind="an emotion reader",
    command="python -m avatar.emotion_reading.train OUT",
)


@dataclass(frozen=True)
class ReaderConfig:
    """The size of an `EmotionReader`.

    Args:
        names: the emotions that it tells apart.
        width: of its features.
        channels: of its stages, from the picture on; each halves the picture.
        size: of the pictures, pixels.
    """

    names: tuple[str, ...] = (NEUTRAL, *EMOTIONS)
    width: int = 128
    channels: tuple[int, int, int, int] = (24, 48, 96, 160)
    size: int = 80


@dataclass(frozen=True, eq=False)
class EmotionReading:
    """What a reader sees.

    Args:
        features: [B, T, F], of each picture.
        frames: [B, T, E] logits of each picture's emotion.
        clips: [B, E] logits of each clip's, the mean of its pictures'.
        shapes: [B, T, S] weights of ARKit's shapes in each picture, a guess from which the features are learned too.
    """

    features: Tensor
    frames: Tensor
    clips: Tensor
    shapes: Tensor


class EmotionReader(nn.Module):
    """Pictures of a face in, its emotion out: four convolutions on each picture, then the mean over a clip's pictures.

    Each clip's grey values are brought to mean 0 and deviation 1 first, so its light and contrast hardly matter. Time
    does not either: pictures may be any that the clip has, in any order.

    Args:
        config: its size.

    Example:
        >>> EmotionReader().features(torch.rand(1, 3, 80, 80)).shape
        torch.Size([1, 3, 128])
    """

    def __init__(self, config: ReaderConfig | None = None) -> None:
        super().__init__()
        self.config = config or ReaderConfig()
        steps = zip((1, *self.config.channels[:-1]), self.config.channels, strict=True)
        self.trunk = nn.ModuleList(_Stage(before, after, 5 if before == 1 else 3) for before, after in steps)
        side = -(-self.config.size // 2 ** len(self.config.channels))
        # Where something is matters as much as what: the picture's places are kept apart.
        self.flat = nn.Linear(self.config.channels[-1] * side**2, self.config.width)
        self.norm = nn.LayerNorm(self.config.width)
        self.verdict = nn.Linear(self.config.width, len(self.config.names))
        self.shapes = nn.Linear(self.config.width, len(ARKIT_SHAPES))

    def features(self, pictures: Tensor) -> Tensor:
        """What the net sees in each picture, in numbers that can be compared.

        Args:
            pictures: [B, T, size, size] grey, about 0..1.

        Returns:
            [B, T, F], differentiable in the pictures.

        Raises:
            ValueError: a shape does not fit.
        """
        hidden = evened(pictures, self.config.size, drawn_with="FacePictures").flatten(0, 1)[:, None]
        for stage in self.trunk:
            hidden = stage(hidden)
        found: Tensor = gelu(self.norm(self.flat(hidden.flatten(1))))
        return found.reshape(*pictures.shape[:2], -1)

    def forward(self, pictures: Tensor) -> EmotionReading:
        """Read clips [B, T, size, size]."""
        features = self.features(pictures)
        frames = self.verdict(features)
        return EmotionReading(features, frames, frames.mean(1), self.shapes(features))

    @torch.no_grad()
    def read(self, pictures: Tensor) -> list[str]:
        """The emotion of each clip [B, T, size, size]."""
        return [self.config.names[index] for index in self(pictures).clips.argmax(-1).tolist()]

    def save(self, path: str | Path) -> None:
        """Write the weights and the configuration as safetensors, in half precision."""
        _FILES.save(self, self.config, path)

    @classmethod
    def load(cls, path: str | Path | None = None) -> "EmotionReader":
        """Read the reader that ships, or one that `save` or `python -m avatar.emotion_reading.train` wrote.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: it isn't an emotion reader.
        """
        return _FILES.load(lambda values: cls(ReaderConfig(**values)), path)


class _Stage(nn.Module):
    def __init__(self, before: int, after: int, reach: int) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(before, after, reach, stride=2, padding=reach // 2)
        self.norm = nn.GroupNorm(4, after)

    def forward(self, hidden: Tensor) -> Tensor:
        return gelu(self.norm(self.convolution(hidden)))
