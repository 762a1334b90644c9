"""Mouth opening against an animator's: five takes of Mandarin that nothing here was trained on.

python -m benchmarks.facegood [--json OUT]

Each take has its own style of shapes, so that opening is what can be compared. It stands beside what the loudness
alone reaches.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import tyro

from avatar.animation import Animation
from avatar.audio import load_audio
from avatar.controls import ARKIT
from avatar.evaluation.baseline import ENVELOPES, envelope_animations
from avatar.evaluation.correlation import Agreement, agreement
from avatar.evaluation.motion import mouth_motion
from avatar.evaluation.table import layout
from avatar.rigs import BuiltInHead
from avatar.speech import SpeechModel
from benchmarks.provenance import commit, save_numbers, shared

HEADINGS = ("model", *ENVELOPES)


@dataclass(frozen=True)
class Options:
    """Judge the shipped speech model on animators' takes."""

    takes: tuple[str, ...] = ("1114_3_15", "1114_2_01", "1114_2_02", "1114_2_03", "1114_2_04")
    """Which ones."""
    lookahead: float | None = None
    """Seconds that the model looks ahead; the whole recording by default."""
    weights: Path | None = None
    """A speech model's weights; the shipped ones by default."""
    json: Path | None = None
    """Also write the numbers here."""


def read_take(folder: Path, take: str) -> Animation:
    """An animator's curves as ARKit's: of several columns for one shape the largest counts."""
    table: dict[str, list[str]] = json.loads((folder / "to_arkit.json").read_text("utf-8"))["map"]
    with np.load(folder / f"{take}.npz") as data:
        names, weights, fps = [str(name) for name in data["names"]], data["weights"], float(data["fps"])
    curves = {
        shape: weights[:, [names.index(column) for column in columns]].max(axis=1) for shape, columns in table.items()
    }
    return Animation.from_curves(ARKIT, curves, fps).clamp()


def _text(found: Agreement) -> str:
    return f"{found.r0:.3f} / {found.r:.3f} ({1000 * found.lag:+.0f} ms)"


def main(options: Options) -> None:
    """Print opening's correlations for each take."""
    folder = shared("data/facegood")
    head, model = BuiltInHead.load(), SpeechModel.load(options.weights)
    rows: list[list[str]] = []
    results: dict[str, dict[str, Agreement]] = {}
    for take in options.takes:
        reference = mouth_motion(read_take(folder, take), head)
        sound = load_audio(folder / f"{take}.flac")
        animations = {
            "model": model.predict(sound.samples, sample_rate=sound.sample_rate, lookahead=options.lookahead),
            **envelope_animations(sound.samples, sample_rate=sound.sample_rate, fps=50.0),
        }
        found: dict[str, Agreement] = {}
        for name, animation in animations.items():
            motion = mouth_motion(animation, head)
            found[name] = agreement(motion.opening, reference.opening, fps=motion.fps, reference_times=reference.times)
        rows.append([take, *map(_text, found.values())])
        results[take] = found
    means = [
        _text(Agreement(*np.mean([(found[name].r0, found[name].r, found[name].lag) for found in results.values()], 0)))
        for name in HEADINGS
    ]
    rows.append(["mean", *means])
    print(f"Pearson r of mouth opening at no lag / at the best lag within 80 ms; commit {commit()}\n")
    print(layout(["take", *HEADINGS], rows))
    if options.json:
        values = {take: {name: asdict(a) for name, a in found.items()} for take, found in results.items()}
        save_numbers(options.json, takes=values)


if __name__ == "__main__":
    main(tyro.cli(Options, description=__doc__))
