"""Whisper (Radford et al. 2023) as transformers has it: a log-mel spectrogram, two convolutions, then a transformer.

A window need not be filled up to the 30 s that Whisper transcribes: its lower and middle layers say the same without.
Frame t is two mel frames long and centred on the instant t / 50 s.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from avatar.speech.encoders.encoder import LayerChoice, WindowedEncoder
from avatar.speech.encoders.spectrogram import mel_power, mel_power_pieces
from avatar.speech.lookahead import FPS
from avatar.speech.mel import LogMel, mel_filters

QUIETEST = 1e-10
"""Mel power under which everything is silence."""

RANGE = 8.0
"""Decades under the loudest mel band that are heard."""


class WhisperEncoder(WindowedEncoder):
    """The encoder of a transformers WhisperModel.

    Args:
        encoder: its encoder.
        choice: which layers make the features.
        window: frames that are heard together.
        context: frames at each inner edge of a window that are left to its neighbour.

    Raises:
        ValueError: the window is longer than the model's positions.
    """

    def __init__(self, encoder: nn.Module, choice: LayerChoice, *, window: int, context: int) -> None:
        config: Any = encoder.config
        super().__init__(features=choice.count * config.d_model, window=window, context=context)
        if window > config.max_source_positions:
            raise ValueError(
                f"window must be at most {config.max_source_positions / FPS:g} s, the positions of this Whisper, "
                f"got {window / FPS:g} s"
            )
        self.choice = choice
        self.log_mel = LogMel()
        self.log_mel.filters = mel_filters(config.num_mel_bins)
        parts: Any = encoder.eval().requires_grad_(False)
        self.stem, self.halve = parts.conv1, parts.conv2
        self.positions = parts.embed_positions
        self.layers = parts.layers[: choice.deepest]

    def level(self, samples: Tensor) -> Tensor:
        """Log10 of the loudest mel power [B] in the whole recording."""
        pieces = mel_power_pieces(self.log_mel, samples, self.window)
        loudest = torch.stack([power.amax((1, 2)) for power in pieces]).amax(0)
        return loudest.clamp(min=QUIETEST).log10()

    def hear(self, samples: Tensor, level: Tensor) -> Tensor:
        """Features [B, T, features] of samples [B, 320 * T] that are taken to lie in silence."""
        log = mel_power(self.log_mel, samples).clamp(min=QUIETEST).log10()
        mel = (torch.maximum(log, level[:, None, None] - RANGE) + 4) / 4
        first: Tensor = F.gelu(self.halve(F.gelu(self.stem(mel)))).mT
        hidden = [first + self.positions.weight[: first.shape[1]]]
        for layer in self.layers:
            hidden.append(layer(hidden[-1], None))
        return self.choice.mix(hidden)
