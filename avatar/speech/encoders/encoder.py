"""What all speech encoders have in common: sound at 16 kHz in, features at 50 Hz out, in windows of flat memory."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from avatar.speech.lookahead import FPS
from avatar.speech.mel import SAMPLE_RATE

FRAME = SAMPLE_RATE // FPS
"""Samples between two frames."""


class SpeechEncoder(Protocol):
    """Samples to features."""

    @property
    def features(self) -> int:
        """Channels that come out."""
        ...

    @property
    def reach(self) -> int:
        """How many frames away a sound can be and still matter to a frame, the recording's loudness aside."""
        ...

    def encode(self, samples: Tensor) -> Tensor:
        """Features of recordings.

        Args:
            samples: [B, N] float, 16 kHz, -1..1.

        Returns:
            [B, ceil(N / 320), features]; frame t is about the instant t / 50 s.
        """
        ...

    def pieces(self, samples: Tensor) -> Iterator[Tensor]:
        """The same in pieces [B, n, features], one after another."""
        ...


@dataclass(frozen=True)
class Window:
    """Frames that are computed together, and those of them that are kept.

    Args:
        first: frame at which it begins.
        last: frame before which it ends.
        keep_first: first frame that is kept.
        keep_last: frame before which keeping ends.
    """

    first: int
    last: int
    keep_first: int
    keep_last: int


def windows(frames: int, length: int, context: int) -> Iterator[Window]:
    """Cut a recording into windows that overlap.

    Args:
        frames: of the recording.
        length: frames of a window; a shorter recording is a window of its own.
        context: frames at each inner edge that only help their neighbours.

    Yields:
        Windows whose kept frames follow each other from 0 to `frames`.
    """
    kept = 0
    while kept < frames:
        # The last window is moved back, so that it is as long as the others.
        first = max(0, min(kept - context, frames - length))
        last = min(first + length, frames)
        end = frames if last == frames else last - context
        yield Window(first, last, kept, end)
        kept = end


class WindowedEncoder(nn.Module, ABC):
    """An encoder that hears a window at a time, everything at the loudness of the whole recording.

    Args:
        features: channels that come out.
        window: frames that are heard together.
        context: frames at each inner edge of a window that are left to its neighbour.
    """

    def __init__(self, *, features: int, window: int, context: int) -> None:
        super().__init__()
        if not 0 <= 2 * context < window:
            raise ValueError(
                f"window must be longer than the context of {context / FPS:g} s on both sides, got {window / FPS:g} s"
            )
        self.features, self.window, self.context = features, window, context

    @property
    def reach(self) -> int:
        """How many frames away a sound can be and still matter to a frame, the recording's loudness aside."""
        return self.window

    @abstractmethod
    def level(self, samples: Tensor) -> Tensor:
        """What `hear` must know of the whole recording [B, N], for each of the batch: [B, ...]."""

    @abstractmethod
    def hear(self, samples: Tensor, level: Tensor) -> Tensor:
        """Features [B, T, features] of samples [B, 320 * T] that are taken to lie in silence."""

    def encode(self, samples: Tensor) -> Tensor:
        """Features of recordings, without gradients.

        Args:
            samples: [B, N] float, 16 kHz, -1..1.

        Returns:
            [B, ceil(N / 320), features]; frame t is about the instant t / 50 s.

        Raises:
            ValueError: samples are not [B, N], empty, or not finite.
        """
        return torch.cat(list(self.pieces(samples)), 1)

    def pieces(self, samples: Tensor) -> Iterator[Tensor]:
        """The same in pieces [B, n, features], one after another, so that an hour needs no more memory than a minute.

        Raises:
            ValueError: samples are not [B, N], empty, or not finite.
        """
        check_samples(samples)
        # A generator of its own, so that what is wrong with the samples is said at once.
        return self._pieces(samples)

    # Decorated, no_grad would be on for whoever reads the pieces too: it is entered for each piece instead.
    def _pieces(self, samples: Tensor) -> Iterator[Tensor]:
        with torch.no_grad():
            level = self.level(samples)
        frames = -(-samples.shape[1] // FRAME)
        for window in windows(frames, self.window, self.context):
            part = samples[:, window.first * FRAME : window.last * FRAME]
            missing = (window.last - window.first) * FRAME - part.shape[1]
            with torch.no_grad():
                heard = self.hear(nn.functional.pad(part, (0, missing)), level)
            yield heard[:, window.keep_first - window.first : window.keep_last - window.first]


@dataclass(frozen=True)
class LayerChoice:
    """Which layers of a transformer make the features.

    Args:
        layers: by depth: 0 is what enters the first transformer layer, i what leaves layer i.
        weights: one for each layer, for their weighted sum; None puts the layers side by side.
    """

    layers: tuple[int, ...]
    weights: tuple[float, ...] | None = None

    @classmethod
    def of(cls, layers: int | Sequence[int] | None, weights: Sequence[float] | None, depth: int) -> "LayerChoice":
        """Check a user's choice among `depth` layers; None is the one in the middle, where phones are clearest.

        Raises:
            ValueError: there is no such layer, or not one weight for each.
        """
        if layers is None:
            layers = (depth + 1) // 2
        chosen = (layers,) if isinstance(layers, int) else tuple(layers)
        if not chosen or not all(0 <= layer <= depth for layer in chosen):
            raise ValueError(
                f"layers must be one or several of 0 to {depth}, this model's depth, got {list(chosen)}; "
                "0 is what enters the first transformer layer"
            )
        if weights is not None and len(weights) != len(chosen):
            raise ValueError(f"weights must hold one number for each of the {len(chosen)} layers, got {len(weights)}")
        return cls(chosen, None if weights is None else tuple(map(float, weights)))

    @property
    def deepest(self) -> int:
        """The last layer that must be computed."""
        return max(self.layers)

    @property
    def count(self) -> int:
        """How many times a layer's width the features are wide."""
        return len(self.layers) if self.weights is None else 1

    def mix(self, hidden: Sequence[Tensor]) -> Tensor:
        """Features [B, T, count * W] from what enters the first layer and leaves each of the others, [B, T, W] each."""
        chosen = [hidden[layer].float() for layer in self.layers]
        if self.weights is None:
            return torch.cat(chosen, -1)
        return torch.stack([weight * layer for weight, layer in zip(self.weights, chosen, strict=True)]).sum(0)


def check_samples(samples: Tensor) -> None:
    """Refuse what is no batch of recordings.

    Raises:
        ValueError: samples are not [B, N], empty, or not finite.
    """
    if samples.ndim != 2 or not samples.is_floating_point():
        raise ValueError(
            f"samples must be [B, N] float at 16 kHz, got {list(samples.shape)} {samples.dtype}; "
            "a single recording is samples[None]"
        )
    if samples.numel() == 0:
        raise ValueError(f"samples must hold at least one sample, got {list(samples.shape)}")
    if not samples.isfinite().all():
        raise ValueError("samples must be finite, got some that are not; mend the recording or use torch.nan_to_num")
