"""Closures and silence on real English speech: an actress's takes, digits by six speakers, GRID sentences.

python -m benchmarks.real_speech [--json OUT]

The words are known and PocketSphinx (`avatar[corpus]`) aligns their phones. Correlations are with the articulation
model on those phones, whose column shows what the phones' times are worth. P and B last until their neighbour begins,
as the aligner has it, so that the lips have the breath after the burst as well. Digits have no p b m. The takes in
Mandarin have no phones here; `benchmarks.facegood` judges Mandarin.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tyro
from numpy.typing import NDArray

from avatar.animation import Animation
from avatar.articulation.model import articulate_recording
from avatar.articulation.phones import Phone
from avatar.datasets.synthesis import MissingToolError
from avatar.evaluation.baseline import envelope_animations
from avatar.evaluation.judgement import Judgement, judge
from avatar.evaluation.motion import MouthMotion, mouth_motion
from avatar.evaluation.table import numbers, table
from avatar.rigs import BuiltInHead
from avatar.speech import SpeechModel
from avatar.speech.mel import SAMPLE_RATE
from benchmarks.provenance import commit, save_numbers, shared
from benchmarks.stray_contacts import StrayContacts
from benchmarks.transcripts import aligned


@dataclass(frozen=True)
class Options:
    """Judge the shipped speech model on real English speech."""

    fps: float = 50.0
    """Frame rate at which everything is judged."""
    lookahead: float | None = None
    """Seconds that the model looks ahead; the whole recording by default."""
    weights: Path | None = None
    """A speech model's weights; the shipped ones by default."""
    missed: bool = False
    """Also say which closures are missed."""
    json: Path | None = None
    """Also write the numbers here."""


def recordings() -> dict[str, list[Path]]:
    """The files of each group, by what the group is called."""
    speech, bench = shared("data/speech"), shared("bench/audio")
    return {
        "actress": sorted((speech / "emotional").glob("claire_*.flac")),
        "digits": sorted((speech / "digits").glob("*.flac")),
        "GRID": sorted(bench.glob("grid_*.flac")),
    }


def candidates(
    samples: NDArray[np.float32], phones: tuple[Phone, ...], model: SpeechModel, options: Options
) -> dict[str, Animation]:
    """The animations to judge, by heading."""
    ours = model.predict(samples, lookahead=options.lookahead).resample(options.fps)
    return {
        "model": ours,
        "articulation": articulate_recording(phones, samples, SAMPLE_RATE, fps=options.fps, frames=len(ours)),
        **envelope_animations(samples, sample_rate=SAMPLE_RATE, fps=options.fps),
    }


def judge_motions(motions: Mapping[str, MouthMotion], phones: tuple[Phone, ...]) -> dict[str, Judgement]:
    """Judge each against the articulation model; recordings too short for a correlation go without."""
    reference = motions["articulation"]
    long = reference.times[-1] > 0.35
    return {name: judge(motion, phones, reference if long else None) for name, motion in motions.items()}


def main(options: Options) -> None:
    """Print a table for each group of recordings, and for all."""
    head, model = BuiltInHead.load(), SpeechModel.load(options.weights)
    results: dict[str, dict[str, Judgement]] = {}
    lost: dict[str, list[str]] = {}
    stray: dict[str, StrayContacts] = {}
    try:
        for group, paths in recordings().items():
            columns = results.setdefault(group, {})
            for path, samples, phones in aligned(paths):
                if phones is None:
                    lost.setdefault(group, []).append(path.stem)
                    continue
                animations = candidates(samples, phones, model, options)
                motions = {name: mouth_motion(animation, head) for name, animation in animations.items()}
                for name, judgement in judge_motions(motions, phones).items():
                    columns[name] = columns.get(name, Judgement()) + judgement
                found = StrayContacts.between(motions["model"], motions["articulation"], phones)
                stray[group] = stray.get(group, StrayContacts()) + found
                if options.missed:
                    _print_missed(path.stem, motions["model"], phones)
    except MissingToolError as error:
        sys.exit(str(error))
    results["all"] = {
        name: sum((columns[name] for columns in results.values() if name in columns), Judgement())
        for name in results["actress"]
    }
    stray["all"] = sum(stray.values(), StrayContacts())
    for group, columns in results.items():
        demands = columns["model"].demands
        print(
            f"\n{group}: {demands.closure.count} p b m, {demands.at_teeth.count} f v, "
            f"{demands.false_closure.count} open vowels; commit {commit()}"
        )
        if group in lost:
            print(f"could not be aligned: {', '.join(lost[group])}")
        print(f"\n{table(columns)}\n\n{stray[group]}")
    if options.json:
        values = {group: {name: numbers(j) for name, j in columns.items()} for group, columns in results.items()}
        save_numbers(options.json, lost=lost, groups=values)


def _print_missed(name: str, motion: MouthMotion, phones: tuple[Phone, ...]) -> None:
    """Say which p b m f v open vowels are not as they should be."""
    for before, phone, after in zip((None, *phones), phones, (*phones[1:], None), strict=False):
        found = judge(motion, [phone]).demands
        bad = [found.closure.value == 0, found.at_teeth.value == 0, found.false_closure.value == 1]
        if any(bad):
            around = " ".join(each.symbol if each else "-" for each in (before, phone, after))
            print(f"{name} {phone.start:.2f} s: {around}")


if __name__ == "__main__":
    main(tyro.cli(Options, description=__doc__))
