"""How much emotion is heard where there is none, and in shouts: `python -m benchmarks.voice_emotion CORPUS [FILE...]`.

Voices that the shipped model never heard. Shouts are the corpus's own: the model learned from none of them.
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from avatar.audio import load_audio
from avatar.datasets.corpus import Corpus
from avatar.emotion import EMOTIONS, EmotionTrack
from avatar.emotion.voice import VoiceModel, describe, hear

RATE = 16000
PAUSE = np.zeros(round(0.4 * RATE), np.float32)


def main() -> None:
    """Print all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("files", nargs="*", type=Path, help="recordings of people; a folder is one speaker's words")
    parser.add_argument("--model", type=Path, help="by default the shipped one")
    parser.add_argument("--voices", type=int, default=24)
    options = parser.parse_args()
    model = VoiceModel.load(options.model)
    for split in ("held_out_voice", "held_out_synthesizer", "held_out_language"):
        corpus = Corpus.open(options.corpus, split=split)
        by_voice: dict[str, list[int]] = {}
        for index, entry in enumerate(corpus.entries):
            if entry.manner == "plain":
                by_voice.setdefault(entry.voice, []).append(index)
        rows = [
            shown(joined([corpus[index].samples for index in places[:6]])[0], model)[0]
            for places in list(by_voice.values())[: options.voices]
        ]
        print(f"plain, {split}, {len(rows)} voices: {summary(rows)}")
    for manner in ("shouted", "whispered"):
        manners(Corpus.open(options.corpus, split="held_out_voice"), manner, model, options.voices)
    for path in options.files:
        files = sorted(path.glob("*.flac")) if path.is_dir() else [path]
        samples, _ = joined([load_audio(file).samples for file in files])
        row, track = shown(samples, model)
        print(f"{path.name}: {summary([row])}; {describe(track, len(samples) / RATE)}")


def joined(pieces: list[NDArray[np.float32]]) -> tuple[NDArray[np.float32], list[tuple[float, float]]]:
    """Sounds with pauses between them, and when each begins and ends in seconds."""
    spans, parts, place = [], [], 0
    for piece in pieces:
        spans.append((place / RATE, (place + len(piece)) / RATE))
        parts += [piece, PAUSE]
        place += len(piece) + len(PAUSE)
    return np.concatenate(parts), spans


def shown(samples: NDArray[np.float32], model: VoiceModel) -> tuple[NDArray[np.float64], EmotionTrack]:
    """Mean and largest intensity shown, share of the time in which one over 0.1 is, mean chance of neutral."""
    found = hear(samples, sample_rate=RATE, model=model)
    track = found.track()
    curve = track.at(np.arange(0, len(samples) / RATE, 0.1)).max(1)
    return np.array([curve.mean(), curve.max(), (curve > 0.1).mean(), found.probability("neutral").mean()]), track


def summary(rows: list[NDArray[np.float64]]) -> str:
    """Of recordings."""
    table = np.array(rows)
    return (
        f"intensity {table[:, 0].mean():.3f} on average, {table[:, 1].max():.2f} at most; "
        f"over 0.1 in {table[:, 2].mean():.1%} of the time and in {(table[:, 1] > 0.1).sum()} of {len(table)}; "
        f"neutral {table[:, 3].mean():.2f}"
    )


def manners(corpus: Corpus, manner: str, model: VoiceModel, count: int) -> None:
    """A sentence in a manner, between plain ones of the same voice."""
    differences, excited, names = [], [], dict.fromkeys(EMOTIONS, 0.0)
    special = [index for index, entry in enumerate(corpus.entries) if entry.manner == manner][:count]
    done = 0
    for index in special:
        voice = corpus.entries[index].voice
        plain = [i for i, entry in enumerate(corpus.entries) if entry.voice == voice and entry.manner == "plain"][:4]
        if len(plain) < 4:
            continue
        pieces = [corpus[i].samples for i in (*plain[:2], index, *plain[2:])]
        samples, spans = joined(pieces)
        found = hear(samples, sample_rate=RATE, model=model)
        start, end = spans[2]
        inside = (found.times > start + 0.5) & (found.times < end - 0.5)
        outside = (found.times < start - 0.5) | (found.times > end + 0.5)
        differences.append(found.arousal[inside].mean() - found.arousal[outside].mean())
        curve = found.track().at(np.arange(start + 0.5, end - 0.5, 0.1))
        excited.append(curve.max() > 0.1)
        for name, value in zip(EMOTIONS, curve.mean(0), strict=True):
            names[name] += float(value)
        done += 1
    heard = ", ".join(
        f"{name} {total / max(done, 1):.2f}" for name, total in names.items() if total / max(done, 1) > 0.005
    )
    print(
        f"{manner} among plain, {done} sentences: arousal {np.mean(differences):+.2f} (higher in "
        f"{np.mean(np.array(differences) > 0):.0%}); shown in {np.mean(excited):.0%}: {heard or 'nothing'}"
    )


if __name__ == "__main__":
    main()
