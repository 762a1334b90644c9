"""Lip sync of the shipped speech model on voices, sentences, synthesizers and languages that it never learned from.

python -m benchmarks.motion CORPUS [--limit 200] [--json OUT]
python -m benchmarks.motion CORPUS --degrade noise:10 noise:5 reverb telephone --lookahead 0.12 0.2 0.4

The reference is the articulation model on the corpus's phone times and the clean sound's loudness, as in training.
Beside the model stand the articulation model itself (what the measures say of a perfect student) and two mouths that
only follow the loudness; "on flite" and the like are the model on one synthesizer's utterances, "in French" on one
language's. --degrade damages what the model hears; --lookahead limits how much it hears of what comes.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import tyro

from avatar.animation import Animation
from avatar.articulation.model import articulate_recording
from avatar.datasets.corpus import Corpus
from avatar.evaluation.baseline import envelope_animations
from avatar.evaluation.judgement import Judgement, judge
from avatar.evaluation.motion import MouthMotion, mouth_motion
from avatar.evaluation.table import numbers, table
from avatar.progress import track
from avatar.rigs import BuiltInHead
from avatar.speech import SpeechModel
from avatar.speech.mel import SAMPLE_RATE
from benchmarks.conditions import Condition, tables
from benchmarks.provenance import commit, save_numbers
from benchmarks.stray_contacts import StrayContacts

SPLITS = ("held_out_voice", "held_out_sentence", "held_out_synthesizer", "held_out_language")


@dataclass(frozen=True)
class Options:
    """Judge the shipped speech model on a corpus."""

    corpus: tyro.conf.Positional[Path]
    """Made by `python -m avatar.datasets.corpus`."""
    splits: tuple[str, ...] = SPLITS
    """Parts of the corpus; those that it lacks are left out."""
    fps: float = 50.0
    """Frame rate at which everything is judged."""
    limit: int = 200
    """Utterances of each split, evenly spread over it."""
    degrade: tuple[str, ...] = ()
    """Damages to hear through, each KIND or KIND:DECIBELS; see `avatar.datasets.degrade`."""
    lookahead: tuple[float, ...] = ()
    """Seconds of look-ahead to compare."""
    weights: Path | None = None
    """A speech model's weights; the shipped ones by default."""
    json: Path | None = None
    """Also write the numbers here."""


@dataclass
class Split:
    """What was found on one part of the corpus.

    Args:
        main: judgements by heading; the model's first.
        others: by title, and by heading.
        voices: who spoke.
        stray: contacts of the model that nothing asked for.
    """

    main: dict[str, Judgement]
    others: dict[str, dict[str, Judgement]]
    voices: set[str] = field(default_factory=set)
    stray: StrayContacts = StrayContacts()  # noqa: RUF009  # frozen


def judge_split(
    corpus: Corpus,
    model: SpeechModel,
    conditions: Mapping[str, Mapping[str, Condition]],
    *,
    options: Options,
    title: str,
) -> Split:
    """Judge the model on some utterances of a corpus, evenly spread over it."""
    head = BuiltInHead.load()
    chosen = np.unique(np.linspace(0, len(corpus) - 1, min(options.limit, len(corpus))).round().astype(int))
    main: dict[str, Judgement] = defaultdict(Judgement)
    parts: dict[str, Judgement] = defaultdict(Judgement)
    found = Split(main, {name: defaultdict(Judgement) for name in conditions})
    for index in track(chosen, title):
        utterance = corpus[int(index)]
        found.voices.add(utterance.voice)

        def measured(animation: Animation) -> MouthMotion:
            return mouth_motion(animation, head)

        ours = measured(model.predict(utterance.samples).resample(options.fps))
        asked = articulate_recording(
            utterance.phones, utterance.samples, SAMPLE_RATE, fps=options.fps, frames=len(ours.opening)
        )
        teacher = measured(asked)
        judgement = judge(ours, utterance.phones, teacher)
        main["model"] += judgement
        parts[f"on {utterance.engine}"] += judgement
        parts[f"in {utterance.language}"] += judgement
        main["articulation"] += judge(teacher, utterance.phones, teacher)
        for heading, animation in envelope_animations(
            utterance.samples, sample_rate=SAMPLE_RATE, fps=options.fps
        ).items():
            main[heading] += judge(measured(animation), utterance.phones, teacher)
        found.stray += StrayContacts.between(ours, teacher, utterance.phones)
        for name, each in conditions.items():
            for heading, condition in each.items():
                changed = judgement
                if condition != Condition():
                    heard = condition.predict(model, utterance.samples, seed=utterance.id).resample(options.fps)
                    changed = judge(measured(heard), utterance.phones, teacher)
                found.others[name][heading] += changed
    # A part that is all says nothing new.
    several = {name: part for name, part in sorted(parts.items()) if part.jitter.count < main["model"].jitter.count}
    found.main = {"model": main.pop("model"), **several, **main}
    return found


def main(options: Options) -> None:
    """Print a table for each split."""
    model = SpeechModel.load(options.weights)
    conditions = tables(options.degrade, options.lookahead)
    results: dict[str, Split] = {}
    for split in options.splits:
        corpus = Corpus.open(options.corpus, split=split)
        if not len(corpus):
            print(f"\n{split}: the corpus has no such part")
            continue
        found = judge_split(corpus, model, conditions, options=options, title=split.replace("_", " "))
        results[split] = found
        demands = found.main["model"].demands
        print(
            f"\n{split}: {found.main['model'].opening.r0.count} utterances of {len(found.voices)} voices, "
            f"{demands.closure.count} p b m, {demands.at_teeth.count} f v, {demands.false_closure.count} open vowels, "
            f"{options.fps:g} fps, commit {commit()}\n"
        )
        print(table(found.main))
        print(f"\n{found.stray}")
        for title, columns in found.others.items():
            print(f"\n{split}, {title}\n\n{table(columns)}")
    if options.json:
        values = {
            split: {
                title: {heading: numbers(judgement) for heading, judgement in columns.items()}
                for title, columns in {"main": found.main, **found.others}.items()
            }
            for split, found in results.items()
        }
        save_numbers(options.json, fps=options.fps, splits=values)


if __name__ == "__main__":
    main(tyro.cli(Options, description=__doc__))
