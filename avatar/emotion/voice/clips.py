"""Recordings of one emotion each, as what is measured in them."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from avatar.emotion.voice.prosody import Prosody
from avatar.files import replacing


@dataclass(frozen=True, eq=False)
class Clip:
    """A recording of one emotion.

    Args:
        prosody: of its windows.
        speaker: who speaks, or in which session; clips are heard beside others of the same.
        emotion: one of `CLASSES`.
        intensity: 0..1, 0 for neutral.
    """

    prosody: Prosody
    speaker: str
    emotion: str
    intensity: float


def save_clips(path: str | os.PathLike[str], clips: Sequence[Clip]) -> None:
    """Write clips to an .npz file."""
    lengths = [len(clip.prosody.times) for clip in clips]
    with replacing(path) as temporary:
        np.savez_compressed(
            temporary,
            times=np.concatenate([clip.prosody.times for clip in clips]).astype(np.float32),
            values=np.concatenate([clip.prosody.values for clip in clips]).astype(np.float32),
            speech=np.concatenate([clip.prosody.speech for clip in clips]).astype(np.float32),
            lengths=np.array(lengths),
            speakers=np.array([clip.speaker for clip in clips]),
            emotions=np.array([clip.emotion for clip in clips]),
            intensities=np.array([clip.intensity for clip in clips]),
        )


def load_clips(path: str | os.PathLike[str]) -> list[Clip]:
    """Read what `save_clips` wrote.

    Raises:
        OSError: there is no such file, or it may not be read.
    """
    with np.load(Path(path), allow_pickle=False) as file:
        cuts = np.cumsum(file["lengths"])[:-1]
        pieces = [np.split(file[name].astype(np.float64), cuts) for name in ("times", "values", "speech")]
        labels = zip(file["speakers"], file["emotions"], file["intensities"], strict=True)
        return [
            Clip(Prosody(*parts), str(speaker), str(emotion), float(intensity))
            for parts, (speaker, emotion, intensity) in zip(zip(*pieces, strict=True), labels, strict=True)
        ]
