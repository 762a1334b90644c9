"""Clips as tensors: what the model hears and what it should answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from avatar.animation import Animation
from avatar.speech.level import RunningLevel
from avatar.speech.lookahead import FPS
from avatar.speech.mel import FLOOR, HOP, MARGIN, SAMPLE_RATE, LogMel, frame_energy, scaled, speech_level
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


def hear(log_mel: LogMel, samples: NDArray[np.float32], *, live: bool = False) -> Tensor:
    """Levelled mel frames of some recordings, each taken to lie in silence.

    Args:
        log_mel: the spectrogram.
        samples: [B, N], N a multiple of two hops.
        live: measure loudness while the sound goes on, as a stream does, instead of over the whole.

    Returns:
        [B, 80, N / HOP].
    """
    power = log_mel.power(F.pad(torch.from_numpy(samples), (MARGIN, MARGIN - HOP)))
    energy = frame_energy(power).numpy()
    levels = [RunningLevel().follow(each) if live else np.full(1, speech_level(each), np.float32) for each in energy]
    return scaled(power, torch.from_numpy(np.stack(levels))[:, None])


def colour(
    mel: Tensor, rng: np.random.Generator, *, decades: float = 0.7, bands: int = 10, tract: float = 1.12
) -> Tensor:
    """Hear other speakers through other microphones.

    Each clip gets a smooth random gain over frequency, some a deaf band; and the mel axis is stretched, as a shorter or
    longer vocal tract would do (Jaitly and Hinton 2013).

    Args:
        mel: [B, 80, M].
        rng: which.
        decades: standard deviation of the gain's corners, in log10 of power.
        bands: mel bands that are lost at most.
        tract: largest factor of a stretch; 1 leaves the axis as it is.

    Returns:
        [B, 80, M].
    """
    floor = (FLOOR + 4) / 4
    mel = _stretched(mel, tract ** rng.uniform(-1, 1, len(mel)))
    corners = torch.from_numpy(rng.normal(0, decades / 4, (len(mel), 1, 6)).astype(np.float32))
    gain = F.interpolate(corners, mel.shape[1], mode="linear", align_corners=True)[:, 0]
    coloured = (mel + gain[..., None]).clamp(min=floor)
    for clip in coloured:
        lost, first = int(rng.integers(bands + 1)), int(rng.integers(mel.shape[1]))
        if rng.random() < 0.5:
            clip[first : first + lost] = floor
    # Where nothing was to be heard, nothing is coloured.
    return torch.where(mel > floor, coloured, mel)


def _stretched(mel: Tensor, factors: NDArray[np.float64]) -> Tensor:
    """Move band b of clip i to band factors[i] * b, with the highest band repeated where none is left."""
    last = mel.shape[1] - 1
    place = torch.from_numpy((np.arange(last + 1) / factors[:, None]).astype(np.float32)).clamp(max=last)
    below = place.long().clamp(max=last - 1)
    part = (place - below)[..., None]
    clips = torch.arange(len(mel))[:, None]
    return mel[clips, below] * (1 - part) + mel[clips, below + 1] * part


def collate(
    clips: Sequence[Clip], log_mel: LogMel, teacher: Teacher, config: SpeechConfig, *, live: bool = False
) -> Batch:
    """Put clips of one length together, with their answers.

    Args:
        clips: what was drawn.
        log_mel: the spectrogram.
        teacher: gives the curves.
        config: which controls and phones the model has.
        live: whether loudness is measured as a stream does.
    """
    samples = np.stack([clip.samples for clip in clips])
    frames = samples.shape[1] * FPS // SAMPLE_RATE
    answers = [teacher(clip) for clip in clips]
    names = config.controls
    return Batch(
        hear(log_mel, samples, live=live),
        torch.from_numpy(np.stack([phone_labels(clip.phones, config.phones, frames, FPS) for clip in clips])),
        torch.from_numpy(np.stack([a.weights[:frames, a.space.indices(names)] for a in answers])),
    )
