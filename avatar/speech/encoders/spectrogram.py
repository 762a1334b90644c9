"""Mel power of recordings that are taken to lie in silence."""

from collections.abc import Iterator

import torch.nn.functional as F
from torch import Tensor

from avatar.speech.encoders.encoder import FRAME
from avatar.speech.mel import FFT, HOP, MARGIN, LogMel


def mel_power(log_mel: LogMel, samples: Tensor) -> Tensor:
    """Mel power [B, bands, 2 * T] of samples [B, N], T = ceil(N / 320)."""
    power: Tensor = log_mel.power(F.pad(samples, (MARGIN, MARGIN - HOP - samples.shape[1] % -FRAME)))
    return power


def mel_power_pieces(log_mel: LogMel, samples: Tensor, frames: int) -> Iterator[Tensor]:
    """The same in pieces of at most `frames` frames of 20 ms, for what is measured over a whole recording."""
    padded = F.pad(samples, (MARGIN, MARGIN - HOP - samples.shape[1] % -FRAME))
    step = frames * FRAME
    for first in range(0, samples.shape[1], step):
        yield log_mel.power(padded[:, first : first + step + FFT - HOP])
