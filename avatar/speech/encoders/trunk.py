"""The built-in trunk as a speech encoder: what the shipped model hears."""

import os

import torch
from torch import Tensor

from avatar.speech.encoders.encoder import WindowedEncoder
from avatar.speech.encoders.spectrogram import mel_power, mel_power_pieces
from avatar.speech.mel import LogMel, frame_energy, scaled, speech_level
from avatar.speech.model import SpeechModel
from avatar.speech.trunk import WhisperTrunk

WINDOW = 1000
"""Frames that are heard together: 20 s."""


class TrunkEncoder(WindowedEncoder):
    """Log-mel frames and the trunk over them; windows of any length give the same features.

    Args:
        trunk: such as `SpeechModel.load().trunk`.
    """

    def __init__(self, trunk: WhisperTrunk) -> None:
        # Two frames more, for the samples that the spectrogram lacks at a window's edge.
        context = trunk.reach + 2
        super().__init__(features=2 * trunk.offset.numel(), window=WINDOW + 2 * context, context=context)
        self.trunk = trunk.eval()
        self.log_mel = LogMel()

    @classmethod
    def load(cls, path: str | os.PathLike[str] | None = None) -> "TrunkEncoder":
        """The trunk of a trained speech model; None is the one that ships with the package."""
        return cls(SpeechModel.load(path).trunk)

    @property
    def reach(self) -> int:
        """How many frames away a sound can be and still matter to a frame, the recording's loudness aside."""
        return self.context

    def level(self, samples: Tensor) -> Tensor:
        """The speech level [B] of the whole recording."""
        pieces = mel_power_pieces(self.log_mel, samples, self.window)
        energy = torch.cat([frame_energy(power) for power in pieces], -1)
        return samples.new_tensor([speech_level(each) for each in energy.cpu().numpy()])

    def hear(self, samples: Tensor, level: Tensor) -> Tensor:
        """Features [B, T, features] of samples [B, 320 * T] that are taken to lie in silence."""
        heard: Tensor = self.trunk(scaled(mel_power(self.log_mel, samples), level[:, None, None]))
        return heard
