"""Lip sync of the shipped speech model on voices and sentences that it never learned from.

python -m benchmarks.motion CORPUS [--fps 60] [--limit 200] [--json OUT]

The reference is the articulation model on the corpus's phone times. Beside the model stand the articulation model
itself (what the measures say of a perfect student) and two mouths that only follow the loudness; "on flite" and the
like are the model on one synthesizer's utterances.
"""

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tyro

from avatar.animation import Animation
from avatar.articulation import articulate
from avatar.datasets.corpus import Corpus, Utterance
from avatar.evaluation.judgement import Judgement, judge
from avatar.evaluation.motion import mouth_motion
from avatar.evaluation.table import numbers, table
from avatar.progress import track
from avatar.rigs import BuiltInHead
from avatar.speech import SpeechModel
from benchmarks.baseline import envelope_animation
from benchmarks.provenance import commit
from benchmarks.stray_contacts import StrayContacts

SPLITS = ("held_out_voice", "held_out_sentence")


@dataclass(frozen=True)
class Options:
    """Judge the shipped speech model on a corpus."""

    corpus: tyro.conf.Positional[Path]
    """Made by `python -m avatar.datasets.corpus`."""
    fps: float = 50.0
    """Frame rate at which everything is judged."""
    limit: int = 200
    """Utterances of each split, evenly spread over it."""
    weights: Path | None = None
    """A speech model's weights; the shipped ones by default."""
    json: Path | None = None
    """Also write the numbers here."""


def candidates(utterance: Utterance, model: SpeechModel, fps: float) -> dict[str, Animation]:
    """The animations to judge, by heading; the articulation model is the reference."""
    predicted = model.predict(utterance.samples).resample(fps)
    teacher = articulate(utterance.phones, fps=fps, duration=len(predicted) / fps)
    sound = {"sample_rate": 16000, "fps": fps}
    return {
        "model": predicted,
        "articulation": teacher,
        "RMS": envelope_animation(utterance.samples, **sound, scale="linear"),
        "log RMS": envelope_animation(utterance.samples, **sound, scale="log"),
    }


def main(options: Options) -> None:
    """Print a table for each split."""
    head, model = BuiltInHead.load(), SpeechModel.load(options.weights)
    results: dict[str, dict[str, Judgement]] = {}
    for split in SPLITS:
        corpus = Corpus.open(options.corpus, split=split)
        chosen = np.unique(np.linspace(0, len(corpus) - 1, min(options.limit, len(corpus))).round().astype(int))
        columns: dict[str, Judgement] = defaultdict(Judgement)
        engines: dict[str, Judgement] = defaultdict(Judgement)
        voices, stray = set(), StrayContacts()
        for index in track(chosen, split.replace("_", " ")):
            utterance = corpus[int(index)]
            voices.add(utterance.voice)
            animations = candidates(utterance, model, options.fps)
            motions = {heading: mouth_motion(animation, head) for heading, animation in animations.items()}
            reference = motions["articulation"]
            for heading, motion in motions.items():
                judgement = judge(motion, utterance.phones, reference)
                columns[heading] += judgement
                if heading == "model":
                    engines[f"on {utterance.engine}"] += judgement
            stray += StrayContacts.between(motions["model"], reference, utterance.phones)
        columns = {"model": columns.pop("model"), **dict(sorted(engines.items())), **columns}
        results[split] = columns
        demands = columns["model"].demands
        print(
            f"\n{split}: {len(chosen)} utterances of {len(voices)} voices, {demands.closure.count} p b m, "
            f"{demands.at_teeth.count} f v, {demands.false_closure.count} open vowels, "
            f"{options.fps:g} fps, commit {commit()}\n"
        )
        print(table(columns))
        print(f"\n{stray}")
    if options.json:
        values = {split: {name: numbers(j) for name, j in columns.items()} for split, columns in results.items()}
        options.json.write_text(json.dumps({"commit": commit(), "fps": options.fps, "splits": values}, indent=1))


if __name__ == "__main__":
    main(tyro.cli(Options, description=__doc__))
