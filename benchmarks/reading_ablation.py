"""Whether speech models are easier to read by a lip-reader that their training never saw.

python -m benchmarks.reading_ablation CORPUS reader.safetensors WEIGHTS [WEIGHTS ...] [--clips 60]

Voices that the models never heard speak; each model's curves, the articulation model's on the true phones, and those of
the shipped model are drawn on people who are new to all, in the same light, neutral and with emotions. Printed are the
reader's errors of phones and visemes, and beside them closures of p b m, f v at the teeth and the opening's correlation
with the articulation model's. Below stands how far each model's errors of phones, with and without emotions, are from
those of the first weights that were named, with the middle 95 % of what other utterances might have given (bootstrap).
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
import tyro

from avatar.animation import Animation
from avatar.articulation.model import articulate_recording
from avatar.articulation.phones import SILENCE
from avatar.datasets.corpus import Corpus, Utterance
from avatar.emotion import express
from avatar.evaluation.judgement import judge
from avatar.evaluation.motion import mouth_motion
from avatar.evaluation.table import layout
from avatar.lipreading import Appearance, MouthPictures, PhoneReader
from avatar.lipreading.clips import HELD_OUT, MouthClip, frame_labels
from avatar.lipreading.scores import Counts, score
from avatar.progress import track
from avatar.rigs import BuiltInHead
from avatar.speech import SpeechModel
from avatar.speech.lookahead import FPS
from avatar.speech.mel import SAMPLE_RATE
from avatar.training.validation import Validation
from benchmarks.provenance import commit

_EMOTIONS = ({}, {"happy": 0.8}, {"sad": 0.8}, {"angry": 0.8})


@dataclass(frozen=True)
class Options:
    """Let a lip-reader read speech models."""

    corpus: tyro.conf.Positional[Path]
    """Folder of the corpus, from python -m avatar.datasets.corpus."""
    reader: tyro.conf.Positional[Path]
    """Weights from python -m avatar.lipreading.train, of a reader that no training used."""
    weights: tyro.conf.Positional[tuple[Path, ...]]
    """Speech models."""
    clips: int = 60
    """Utterances of held-out voices, evenly spread."""


def spoken(utterance: Utterance, model: SpeechModel | None) -> Animation:
    """What a model makes of an utterance's sound, or the articulation model of its phones."""
    if model is not None:
        return model.predict(utterance.samples)
    frames = round(len(utterance.samples) / SAMPLE_RATE * FPS)
    return articulate_recording(utterance.phones, utterance.samples, SAMPLE_RATE, fps=FPS, frames=frames)


def filmed(
    speech: Animation, utterance: Utterance, pictures: MouthPictures, reader: PhoneReader, seed: int
) -> MouthClip:
    """A clip of somebody who moves like this; the same seed is the same person, light and camera."""
    index = {symbol: number for number, symbol in enumerate(reader.config.phones)}
    rig, shown = pictures.rig, speech.resample(reader.fps)
    look = replace(Appearance.sample(np.random.default_rng(seed)), noise=0.0, blur=0.0)
    person = rig.sample_identity(torch.Generator().manual_seed(HELD_OUT.first_person + 50_000 + seed))
    vertices = rig(torch.tensor(shown.weights), person)
    drawn = pictures(vertices[None], [look], neutral=rig.neutral(person))[0]
    labels = torch.from_numpy(frame_labels(utterance.phones, shown.times, index))
    said = tuple(index[phone.symbol] for phone in utterance.phones if phone.symbol != SILENCE)
    return MouthClip(drawn, labels, said)


@torch.no_grad()
def main(options: Options) -> None:
    """Print a table."""
    torch.set_num_threads(1)
    reader, rig = PhoneReader.load(options.reader), BuiltInHead.load()
    pictures, known = MouthPictures(rig, reader.config.size), set(reader.config.phones)
    corpus = Corpus.open(options.corpus, split="held_out_voice").where(language="English")
    usable = [row for row, entry in enumerate(corpus.entries) if all(p.symbol in known for p in entry.phones)]
    chosen = [usable[at] for at in np.linspace(0, len(usable) - 1, min(options.clips, len(usable))).astype(int)]
    models = {
        "articulation model": None,
        "shipped": SpeechModel.load(),
        **{str(path): SpeechModel.load(path) for path in options.weights},
    }
    read: dict[str, Counts] = defaultdict(Counts)
    moved: dict[str, Validation] = defaultdict(Validation)
    emotional: dict[str, Counts] = defaultdict(Counts)
    each: dict[str, list[tuple[int, int]]] = defaultdict(list)  # edits and phones of each utterance
    for seed, row in enumerate(track(chosen, "utterances")):
        utterance = corpus[row]
        wanted = mouth_motion(spoken(utterance, None), rig)
        for name, model in models.items():
            speech = spoken(utterance, model)
            judged = judge(mouth_motion(speech, rig), utterance.phones, wanted)
            moved[name] += Validation(judged.opening.r0, judged.width.r0, judged.protrusion.r0, judged.demands)
            whole = Counts()
            for asked in _EMOTIONS:
                clip = filmed(express(speech, asked, seed=seed), utterance, pictures, reader, seed)
                found = score(reader, [clip])
                (emotional if asked else read)[name] += found
                whole += found
            each[name].append((whole.phone_edits, whole.phones))
    titles = ["", "phones", "visemes", "with emotion", "visemes", "p b m seen", "p b m", "f v", "opening"]
    rows = [
        [
            name,
            *(f"{100 * error:.1f} %" for counts in (read[name], emotional[name]) for error in errors(counts)),
            f"{100 * read[name].closures_seen / max(read[name].closures, 1):.1f} %",
            f"{100 * moved[name].demands.closure.value:.1f} %",
            f"{100 * moved[name].demands.at_teeth.value:.1f} %",
            f"{moved[name].opening.value:.3f}",
        ]
        for name in models
    ]
    print(f"commit {commit()}, {len(chosen)} utterances, {read['shipped'].phones} phones, {options.reader}\n")
    print(layout(titles, rows))
    first = str(options.weights[0])
    for name in models:
        if name != first:
            print(f"{name}: {_difference(each[name], each[first])}")


def errors(counts: Counts) -> tuple[float, float]:
    """Phones and visemes, as shares."""
    return counts.phone_error, counts.viseme_error


def _difference(found: list[tuple[int, int]], other: list[tuple[int, int]], draws: int = 2000) -> str:
    """How much higher an error is than another on the same utterances."""
    edits = np.array([one[0] - two[0] for one, two in zip(found, other, strict=True)])
    phones = np.array([said for _, said in found])
    drawn = np.random.default_rng(0).integers(len(edits), size=(draws, len(edits)))
    low, high = np.percentile(edits[drawn].sum(1) / phones[drawn].sum(1), (2.5, 97.5))
    return f"{100 * edits.sum() / phones.sum():+.2f} % of the phones ({100 * low:+.2f} to {100 * high:+.2f})"


if __name__ == "__main__":
    main(tyro.cli(Options, description=__doc__))
