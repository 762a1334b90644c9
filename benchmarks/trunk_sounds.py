"""What `benchmarks.trunks` learns from and judges on."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from avatar.articulation.loudness import loudness
from avatar.audio import load_audio
from avatar.datasets.corpus import Corpus, Utterance
from avatar.speech.lookahead import FPS
from avatar.speech.mel import SAMPLE_RATE
from avatar.training.clips import Clip, ClipMaker, as_recorded
from benchmarks.provenance import shared
from benchmarks.real_mouths import Filmed


def synthesised(corpora: Sequence[Path], *, unheard: str, train: int, held: int) -> dict[str, list[Clip]]:
    """Clips of 8 s to learn from, and whole utterances of voices and of a synthesizer that those never hold.

    Args:
        corpora: folders.
        unheard: the synthesizer that is only judged on.
        train: clips to learn from.
        held: utterances to judge on, at most, of the voices and of the synthesizer each.
    """
    heard: list[Utterance] = []
    voices: list[Utterance] = []
    others: list[Utterance] = []
    for corpus in map(Corpus.open, corpora):
        for engine in sorted({entry.engine for entry in corpus.entries}):
            part = corpus.where(engine=engine)
            if engine != unheard:
                heard += part.where(split="train")
            (others if engine == unheard else voices).extend(part.where(split="held_out_voice"))
    maker, rng = ClipMaker(heard, as_recorded), np.random.default_rng(0)
    return {
        "train": [maker.draw(rng) for _ in range(train)],
        "voices": _some(voices, held),
        "synthesizer": _some(others, held),
    }


def filmed() -> list[tuple[NDArray[np.float32], Filmed]]:
    """Sound [N] and film of the four GRID sentences."""
    folder = shared("bench")
    found = []
    for clip, about in json.loads((folder / "clips.json").read_text()).items():
        if about["set"] == "grid":
            sound = load_audio(folder / "audio" / f"{clip}.flac", sample_rate=SAMPLE_RATE)
            truth = Filmed.read(folder / "truth" / f"{clip}.npz", shift=about["shift_ms"] / 1000, seconds=about["dur"])
            found.append((sound.samples, truth))
    return found


def _some(utterances: Sequence[Utterance], count: int) -> list[Clip]:
    chosen = np.linspace(0, len(utterances) - 1, min(count, len(utterances))).astype(int)
    return [_clip(utterances[i]) for i in chosen]


def _clip(utterance: Utterance) -> Clip:
    frames = len(utterance.samples) * FPS // SAMPLE_RATE
    samples = utterance.samples[: frames * SAMPLE_RATE // FPS]
    return Clip(samples, utterance.phones, loudness(samples, SAMPLE_RATE, fps=FPS, frames=frames))
