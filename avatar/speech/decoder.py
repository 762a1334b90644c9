"""The speaking half of the speech model: speech features to mouth curves, by convolutions over time."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class Decoded:
    """What the decoder says about each frame.

    Args:
        curves: [B, T, C] control values, not yet clamped to their range.
        phones: [B, T, P] logits of the phone that is being spoken.
    """

    curves: Tensor
    phones: Tensor


class Layer(nn.Module):
    """A ConvNeXt layer in time (Liu et al. 2022): depthwise dilated convolution, then two mixing projections."""

    def __init__(self, width: int, kernel: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.dilation, self.past = dilation, kernel // 2 * dilation
        self.depthwise = nn.Conv1d(width, width, kernel, dilation=dilation, groups=width)
        self.norm = nn.LayerNorm(width)
        self.expand = nn.Linear(width, 2 * width)
        self.dropout = nn.Dropout(dropout)
        self.contract = nn.Linear(2 * width, width)

    def forward(self, hidden: Tensor, future: int | None = None) -> Tensor:
        """Hidden frames [B, T, W] to hidden frames [B, T, W], with `future` frames of look-ahead or all that it has."""
        future = self.reach(future)
        mixed = self.norm(self.mix(F.pad(hidden, (0, 0, self.past, future)), future))
        change: Tensor = self.contract(self.dropout(F.gelu(self.expand(mixed))))
        return hidden + change

    def reach(self, future: int | None = None) -> int:
        """How many of `future` frames of look-ahead the convolution's taps can use."""
        return self.past if future is None else min(self.past, future // self.dilation * self.dilation)

    def mix(self, hidden: Tensor, future: int) -> Tensor:
        """The convolution: hidden [B, past + T + future, W] to [B, T, W], for a `future` from `reach`."""
        return F.conv1d(
            hidden.mT, self.taps(future), self.depthwise.bias, dilation=self.dilation, groups=hidden.shape[-1]
        ).mT

    def taps(self, future: int) -> Tensor:
        """The convolution's weight [W, 1, taps] as far as it looks ahead, for a `future` from `reach`."""
        return self.depthwise.weight[..., : (self.past + future) // self.dilation + 1]


class CurveDecoder(nn.Module):
    """Features at 50 Hz to curves and phone logits at 50 Hz.

    Args:
        features: channels that come in.
        curves: controls that go out.
        phones: phone classes.
        width: channels inside.
        kernel: taps of each convolution, odd.
        dilations: one for each layer, in frames.
        dropout: share of channels dropped while training.
    """

    feature_mean: Tensor
    feature_scale: Tensor
    curve_mean: Tensor
    curve_scale: Tensor

    def __init__(
        self,
        *,
        features: int,
        curves: int,
        phones: int,
        width: int = 256,
        kernel: int = 7,
        dilations: tuple[int, ...] = (1, 1, 2, 3, 3),
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        for name, count in (("feature", features), ("curve", curves)):
            self.register_buffer(f"{name}_mean", torch.zeros(count))
            self.register_buffer(f"{name}_scale", torch.ones(count))
        # Whole channels are dropped over all of time, so that no single feature of a synthetic voice is relied on.
        self.dropout = nn.Dropout1d(dropout)
        self.project = nn.Linear(features, width)
        self.layers = nn.ModuleList(Layer(width, kernel, dilation, dropout) for dilation in dilations)
        self.out_norm = nn.LayerNorm(width)
        self.curves = nn.Linear(width, curves)
        self.phones = nn.Linear(width, phones)
        self.reach = kernel // 2 * sum(dilations)

    @property
    def futures(self) -> tuple[int, ...]:
        """Frames that each layer can look ahead."""
        return tuple(layer.past for layer in self.layers if isinstance(layer, Layer))

    @property
    def dilations(self) -> tuple[int, ...]:
        """Frames between two taps of each layer."""
        return tuple(layer.dilation for layer in self.layers if isinstance(layer, Layer))

    @torch.no_grad()
    def calibrate(self, features: Tensor, curves: Tensor) -> None:
        """Bring everything that is learned to one scale; without it a few loud channels and curves rule the training.

        Args:
            features: [N, F] examples of what comes in.
            curves: [N, C] examples of what should come out.
        """
        self.standardise(features)
        self.curve_mean.copy_(curves.mean(0))
        # Curves that the teacher never moves stay where they are instead of dividing by nothing.
        self.curve_scale.copy_(curves.std(0).clamp(min=0.01))
        # Begin with the mean face.
        nn.init.zeros_(self.curves.weight)
        nn.init.zeros_(self.curves.bias)

    @torch.no_grad()
    def standardise(self, features: Tensor) -> None:
        """Bring what comes in, [N, F] examples, to one scale."""
        self.feature_mean.copy_(features.mean(0))
        self.feature_scale.copy_(features.std(0) + 0.01)

    def forward(self, features: Tensor, futures: Sequence[int] | None = None) -> Decoded:
        """Decode.

        Args:
            features: [B, T, F] from `WhisperTrunk`.
            futures: frames that each layer looks ahead; by default all that it has.

        Returns:
            `Decoded` for the same T frames; a frame depends on the features at most `reach` frames away.
        """
        even = (features - self.feature_mean) / self.feature_scale
        hidden = self.dropout(even.transpose(1, 2)).transpose(1, 2)
        hidden = self.project(hidden)
        for layer, future in zip(self.layers, futures or self.futures, strict=True):
            hidden = layer(hidden, future)
        return self.answer(hidden)

    def answer(self, hidden: Tensor) -> Decoded:
        """What hidden frames [..., W] say."""
        hidden = self.out_norm(hidden)
        # In bfloat16 a curve would have steps of up to 1/256.
        return Decoded(self.curves(hidden).float() * self.curve_scale + self.curve_mean, self.phones(hidden))
