"""Whether a reader names the emotion that a speaking face was asked for, and what its loss minds.

python -m benchmarks.emotion_reading CORPUS [--reader emotion_reader.safetensors] [--clips 20] [--picture OUT.png]

Utterances of a corpus, of which no reader ever saw anything, are spoken by the articulation model on their phones (or,
with --model, by the shipped speech model from their sound) with all of `avatar.behaviour`. Each is said with every
emotion at 0.8, every time by another person whom training did not use, with that person's way of showing emotions, in
another light and from another side. Printed are the share of the clips that were named right, a table of which were
taken for which, and what the perceptual loss makes of changes that leave the emotion as it is (other words, another
light, another person) and of changes of the emotion itself.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
import tyro
from torch import Tensor

from avatar.animation import Animation
from avatar.animator import Animator
from avatar.datasets.corpus import Corpus
from avatar.emotion import express
from avatar.emotion_reading import EmotionReader, FaceAppearance, FacePictures
from avatar.emotion_reading.clips import FPS, HELD_OUT, NAMES, FaceClip, FaceClips
from avatar.emotion_reading.scores import Confusion, score
from avatar.evaluation.average import Average
from avatar.evaluation.table import layout
from avatar.losses import EmotionPerceptualLoss
from avatar.progress import track
from avatar.rigs import BuiltInHead
from benchmarks.emotion import spoken
from benchmarks.provenance import commit

_SEED = 2**21  # of clips; those that a training reads in the end have others
_SHORTEST = 2.0  # seconds of an utterance


@dataclass(frozen=True)
class Options:
    """Judge an emotion reader, and emotions by it."""

    corpus: tyro.conf.Positional[Path]
    """Made by `python -m avatar.datasets.corpus`."""
    reader: Path | None = None
    """Weights from python -m avatar.emotion_reading.train; the shipped ones when left out."""
    split: str = "held_out_sentence"
    """Part of the corpus."""
    clips: int = 20
    """Utterances, evenly spread over it."""
    model: bool = False
    """Let the shipped speech model speak."""
    intensity: float = 0.8
    """Of the emotions."""
    picture: Path | None = None
    """A PNG of the first `rows` utterances' clips, one picture each, and what was read wrongly."""
    rows: int = 6
    """Of the picture."""


def main(options: Options) -> None:
    """Print the tables."""
    torch.set_num_threads(1)
    reader, rig = EmotionReader.load(options.reader), BuiltInHead.load()
    pictures = FacePictures(rig, reader.config.size)
    corpus = Corpus.open(options.corpus, split=options.split).where(language="English")
    whole = [number for number, entry in enumerate(corpus.entries) if entry.seconds >= _SHORTEST]
    chosen = [whole[at] for at in np.linspace(0, len(whole) - 1, min(options.clips, len(whole))).astype(int)]
    style = replace(HELD_OUT, weakest=options.intensity, strongest=options.intensity)
    source = FaceClips(["No sentence is drawn here."], pictures, style=style)
    animator = Animator.load() if options.model else None
    clips: list[FaceClip] = []
    minded: dict[str, dict[str, Average]] = defaultdict(lambda: defaultdict(Average))
    speech: list[Animation] = []
    for number in track(chosen, "utterances"):
        utterance = corpus[number]
        speech.append(spoken(utterance, animator).resample(FPS))
        clips += source.film(speech[-1], utterance.phones, np.random.default_rng([_SEED, number]))
    for number, (said, other) in enumerate(pairwise(speech)):
        for name, values in _minded(reader, pictures, said, other, number).items():
            for kind, value in values.items():
                minded[name][kind] += Average.of([value])
    print(f"commit {commit()}, {len(chosen)} utterances of {options.split}, {len(clips)} clips\n")
    for count in (1, HELD_OUT.frames):
        found = score(reader, clips, pictures=count)
        print(f"{count} of a clip's pictures: {_right(found)}")
    print(f"\n{found}\n")
    print(layout(["", "pictures", "sequences"], [[name, *map(_text, row.values())] for name, row in minded.items()]))
    if options.picture is not None:
        _sheet(reader, clips[: options.rows * len(NAMES)], options.picture)


def _right(found: Confusion) -> str:
    total = int(found.counts.sum())
    # One standard error of a share.
    error = (found.accuracy * (1 - found.accuracy) / max(total, 1)) ** 0.5
    asked = found.recalls[1:].mean()  # as many clips of each
    return (
        f"{100 * found.accuracy:.1f} % of {total} clips named right (+- {100 * error:.1f}), "
        f"{100 * asked:.1f} % of those with an emotion"
    )


def _text(average: Average) -> str:
    return f"{average.value:.3f}"


def _minded(
    reader: EmotionReader, pictures: FacePictures, said: Animation, other: Animation, seed: int
) -> dict[str, dict[str, float]]:
    """What the losses make of a sentence's changes, by the change and by the loss."""
    rig, count = pictures.rig, 25
    each, whole = EmotionPerceptualLoss(reader), EmotionPerceptualLoss(reader, sequence=True)
    emotion, another = (NAMES[1 + (seed + shift) % (len(NAMES) - 1)] for shift in (0, 3))
    stranger = rig.sample_identity(torch.Generator().manual_seed(HELD_OUT.first_person + seed))
    light = replace(FaceAppearance.sample(np.random.default_rng(seed)), noise=0.0, blur=0.0)

    def filmed(
        speech: Animation, asked: dict[str, float], look: FaceAppearance | None = None, identity: Tensor | None = None
    ) -> Tensor:
        person = torch.zeros(1, len(rig.identity_space)) if identity is None else identity
        weights = torch.from_numpy(express(speech, asked, seed=seed).weights[10 : 10 + count].copy())
        return pictures(rig(weights, person)[None], [look or FaceAppearance()], neutral=rig.neutral(person))

    with torch.no_grad():
        target = filmed(said, {emotion: 0.8})
        changed = {
            "other words": filmed(other, {emotion: 0.8}),
            "other light and camera": filmed(said, {emotion: 0.8}, light),
            "another person": filmed(said, {emotion: 0.8}, identity=stranger),
            "half of the emotion": filmed(said, {emotion: 0.4}),
            "no emotion": filmed(said, {}),
            "another emotion": filmed(said, {another: 0.8}),
        }
        return {
            name: {"pictures": each(found, target).item(), "sequences": whole(found, target).item()}
            for name, found in changed.items()
        }


def _sheet(reader: EmotionReader, clips: list[FaceClip], path: Path) -> None:
    """A row for each utterance with a picture of each of its clips, and what they were read as where that is wrong."""
    from PIL import Image, ImageDraw

    side, line, across = 2 * reader.config.size, 14, len(NAMES)
    sheet = Image.new("L", (across * side, line + len(clips) // across * (side + line)))
    pen = ImageDraw.Draw(sheet)
    for column, name in enumerate(NAMES):
        pen.text((column * side + 3, 1), name, fill="white")
    for number, clip in enumerate(clips):
        left, top = number % across * side, line + number // across * (side + line)
        grey = (255 * clip.pictures[len(clip.pictures) // 2].clamp(0, 1)).round().byte().numpy()
        sheet.paste(Image.fromarray(grey).resize((side, side), Image.Resampling.BICUBIC), (left, top))
        (read,) = reader.read(clip.pictures[None])
        if read != NAMES[clip.emotion]:
            pen.text((left + 3, top + side + 1), f"read as {read}", fill="white")
    sheet.save(path)


if __name__ == "__main__":
    main(tyro.cli(Options, description=__doc__))
