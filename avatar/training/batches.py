"""Clips as tensors: what the model hears and what it should answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from avatar.animation import Animation
from avatar.speech.lookahead import FPS
from avatar.speech.mel import FLOOR, HOP, MARGIN, SAMPLE_RATE, LogMel, frame_energy, speech_level
from avatar.speech.model import SpeechConfig
from avatar.training.clips import Clip, phone_labels

Teacher = Callable[[Clip], Animation]
"""Gives the curves of a clip at `FPS`, from its phones."""


@dataclass(frozen=True)
class Batch:
    """Some clips.

    Args:
        mel: [B, 80, 2 * T] levelled log-mel frames.
        phones: [B, T] int64, the phone at each frame.
        curves: [B, T, C] the curves that the teacher gives.
    """

    mel: Tensor
    phones: Tensor
    curves: Tensor


def hear(log_mel: LogMel, samples: NDArray[np.float32]) -> Tensor:
    """Levelled mel frames of some recordings, each taken to lie in silence.

    Args:
        log_mel: the spectrogram.
        samples: [B, N], N a multiple of two hops.

    Returns:
        [B, 80, N / HOP].
    """
    padded = F.pad(torch.from_numpy(samples), (MARGIN, MARGIN - HOP))
    energy = frame_energy(log_mel.power(padded)).numpy()
    level = torch.tensor([speech_level(each) for each in energy])
    mel: Tensor = log_mel(padded, level)
    return mel


def colour(mel: Tensor, rng: np.random.Generator, *, decades: float = 0.7, bands: int = 10) -> Tensor:
    """Hear through other microphones: a smooth random gain over frequency for each clip, and a deaf band for some.

    Args:
        mel: [B, 80, M].
        rng: which.
        decades: standard deviation of the gain's corners, in log10 of power.
        bands: mel bands that are lost at most.

    Returns:
        [B, 80, M].
    """
    floor = (FLOOR + 4) / 4
    corners = torch.from_numpy(rng.normal(0, decades / 4, (len(mel), 1, 6)).astype(np.float32))
    gain = F.interpolate(corners, mel.shape[1], mode="linear", align_corners=True)[:, 0]
    coloured = (mel + gain[..., None]).clamp(min=floor)
    for clip in coloured:
        lost, first = int(rng.integers(bands + 1)), int(rng.integers(mel.shape[1]))
        if rng.random() < 0.5:
            clip[first : first + lost] = floor
    # Where nothing was to be heard, nothing is coloured.
    return torch.where(mel > floor, coloured, mel)


def collate(clips: Sequence[Clip], log_mel: LogMel, teacher: Teacher, config: SpeechConfig) -> Batch:
    """Put clips of one length together, with their answers.

    Args:
        clips: what was drawn.
        log_mel: the spectrogram.
        teacher: gives the curves.
        config: which controls and phones the model has.
    """
    samples = np.stack([clip.samples for clip in clips])
    frames = samples.shape[1] * FPS // SAMPLE_RATE
    answers = [teacher(clip) for clip in clips]
    names = config.controls
    return Batch(
        hear(log_mel, samples),
        torch.from_numpy(np.stack([phone_labels(clip.phones, config.phones, frames, FPS) for clip in clips])),
        torch.from_numpy(np.stack([a.weights[:frames, a.space.indices(names)] for a in answers])),
    )
