"""Mouth opening and width against filmed people: four GRID sentences and one 20 s clip.

python -m benchmarks.real_mouths [--json OUT]

Opening and width were measured from the videos by a face landmarker. With PocketSphinx (`avatar[corpus]`), a column
shows the articulation model on the GRID sentences' aligned phones and the sound's loudness: what the targets themselves
are worth; "at one level" leaves the loudness out. People also do what the sound does not say (one holds the mouth open
before speaking), so that sound alone stays well under 1, and on so few clips a difference under 0.1 is noise.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import tyro

from avatar.animation import Animation
from avatar.articulation.model import articulate, articulate_recording
from avatar.audio import load_audio
from avatar.evaluation.baseline import envelope_animations
from avatar.evaluation.correlation import Agreement, agreement
from avatar.evaluation.motion import MouthMotion, mouth_motion
from avatar.evaluation.table import layout
from avatar.rigs import BuiltInHead
from avatar.speech import SpeechModel
from benchmarks.grid_sentences import align
from benchmarks.provenance import commit, save_numbers, shared


@dataclass(frozen=True)
class Options:
    """Judge the shipped speech model on filmed mouths."""

    lookahead: float | None = None
    """Seconds that the model looks ahead; the whole recording by default."""
    weights: Path | None = None
    """A speech model's weights; the shipped ones by default."""
    json: Path | None = None
    """Also write the numbers here."""


@dataclass(frozen=True)
class Filmed:
    """A mouth measured from video, in distances of the eyes.

    Args:
        times: [T] seconds of the sound.
        opening: [T].
        width: [T].
    """

    times: np.ndarray
    opening: np.ndarray
    width: np.ndarray

    @classmethod
    def read(cls, path: Path, *, shift: float, seconds: float) -> "Filmed":
        """Read a clip's truth; `shift` puts the film in step with the sound."""
        with np.load(path) as data:
            times, opening, width = (np.asarray(data[name], np.float64) for name in ("t", "opening", "width"))
        times = times + shift
        inside = (times >= 0) & (times <= seconds)
        return cls(times[inside], opening[inside], width[inside])

    def compare(self, motion: MouthMotion) -> dict[str, Agreement]:
        """How well a measured animation agrees."""
        return {
            name: agreement(getattr(motion, name), getattr(self, name), fps=motion.fps, reference_times=self.times)
            for name in ("opening", "width")
        }


def animations(path: Path, model: SpeechModel, *, grid: bool, lookahead: float | None) -> dict[str, Animation]:
    """What is compared, by heading."""
    sound = load_audio(path)
    phones = align(sound.samples, path.stem.removeprefix("grid_")) if grid else None
    found = {
        "model": model.predict(sound.samples, sample_rate=sound.sample_rate, lookahead=lookahead),
        **envelope_animations(sound.samples, sample_rate=sound.sample_rate, fps=50),
    }
    if phones:
        frames = round(50 * sound.duration)
        found["articulation"] = articulate_recording(phones, sound.samples, sound.sample_rate, fps=50, frames=frames)
        found["at one level"] = articulate(phones, fps=50, duration=frames / 50)
    return found


def _text(found: Agreement) -> str:
    return f"{found.r0:.2f} / {found.r:.2f}"


def main(options: Options) -> None:
    """Print correlations for each clip and their mean over the GRID clips."""
    folder = shared("bench")
    clips = json.loads((folder / "clips.json").read_text("utf-8"))
    head, model = BuiltInHead.load(), SpeechModel.load(options.weights)
    found: dict[str, dict[str, dict[str, Agreement]]] = {}
    for clip, about in clips.items():
        filmed = Filmed.read(folder / "truth" / f"{clip}.npz", shift=about["shift_ms"] / 1000, seconds=about["dur"])
        found[clip] = {
            name: filmed.compare(mouth_motion(animation, head))
            for name, animation in animations(
                folder / "audio" / f"{clip}.flac", model, grid=about["set"] == "grid", lookahead=options.lookahead
            ).items()
        }
    grid = [clip for clip, about in clips.items() if about["set"] == "grid"]
    for measure in ("opening", "width"):
        headings = list(dict.fromkeys(name for clip in grid for name in found[clip]))
        rows = [
            [clip, *(_text(found[clip][name][measure]) if name in found[clip] else "-" for name in headings)]
            for clip in found
        ]
        means = []
        for name in headings:
            known = [found[clip][name][measure] for clip in grid if name in found[clip]]
            means.append([np.mean([a.r0 for a in known]), np.mean([a.r for a in known])])
        rows.append([f"mean of {len(grid)} GRID clips", *(f"{r0:.2f} / {r:.2f}" for r0, r in means)])
        print(f"\n{measure}: Pearson r at no lag / at the best lag within 80 ms; commit {commit()}\n")
        print(layout(["clip", *headings], rows))
    if options.json:
        values = {
            clip: {name: {m: asdict(a) for m, a in by.items()} for name, by in columns.items()}
            for clip, columns in found.items()
        }
        save_numbers(options.json, clips=values)


if __name__ == "__main__":
    main(tyro.cli(Options, description=__doc__))
