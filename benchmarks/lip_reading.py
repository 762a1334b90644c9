"""What a lip-reader reads, and what its loss sees that pixels and vertices do not.

python -m benchmarks.lip_reading CORPUS [--reader lip_reader.safetensors] [--limit 40] [--picture OUT.png]

Sentences that training did not use are spoken by the articulation model on the average head in even light; each is
compared with itself after one change. Changes of the first kind leave the words as they are: another light and camera,
another person, a smile. Those of the second kind make other words of them. A loss for speech should mind the second
more than the first. Beside it stand two others on the same frames: mean distance of the lips' vertices, and the robust
difference of pixels.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
import tyro
from torch import Tensor

from avatar.animation import Animation
from avatar.articulation import Phone, articulate
from avatar.datasets.corpus import Corpus
from avatar.emotion.express import express
from avatar.evaluation.average import Average
from avatar.evaluation.table import layout
from avatar.lipreading import Appearance, LipReadingLoss, MouthPictures, PhoneReader
from avatar.lipreading.scores import edits
from avatar.lipreading.visemes import visemes
from avatar.losses import PhotometricLoss, VertexLoss, region_weights
from avatar.progress import track
from avatar.rigs import BuiltInHead
from benchmarks.provenance import commit

UNCLOSED = {"P": "T", "B": "D", "M": "N"}
"""Other words: what is said with the lips is said with the tongue."""


@dataclass(frozen=True)
class Options:
    """Judge a lip-reader and its loss."""

    corpus: tyro.conf.Positional[Path]
    """Folder of the corpus, from python -m avatar.datasets.corpus."""
    reader: Path | None = None
    """Weights from python -m avatar.lipreading.train; the shipped ones when left out."""
    limit: int = 40
    """Sentences."""
    picture: Path | None = None
    """A PNG of the mouths that are compared."""


@dataclass(frozen=True, eq=False)
class Scene:
    """One sentence as it is filmed: controls, person and look."""

    animation: Animation
    identity: Tensor
    look: Appearance = field(default_factory=Appearance)


Change = Callable[[Scene, Sequence[Phone], int], Scene]


def spoken(phones: Sequence[Phone], fps: float) -> Animation:
    """The articulation model's curves."""
    return articulate(phones, fps=fps, duration=phones[-1].end)


def changes(rig: BuiltInHead) -> dict[str, Change]:
    """What is done to a sentence, by name; the first three leave its words as they are."""

    def filmed(scene: Scene, phones: Sequence[Phone], seed: int) -> Scene:
        look = Appearance.sample(np.random.default_rng(seed))
        return replace(scene, look=replace(look, noise=0.0, blur=0.0))

    def person(scene: Scene, phones: Sequence[Phone], seed: int) -> Scene:
        chance = torch.Generator().manual_seed(2_000_000 + seed)
        return replace(scene, identity=rig.sample_identity(chance))

    def smiling(scene: Scene, phones: Sequence[Phone], seed: int) -> Scene:
        return replace(scene, animation=express(scene.animation, {"happy": 0.6}, seed=seed))

    def smoothed(scene: Scene, phones: Sequence[Phone], seed: int) -> Scene:
        weights, width = scene.animation.weights, 5
        padded = np.pad(weights, ((width // 2, width // 2), (0, 0)), mode="edge")
        means = np.lib.stride_tricks.sliding_window_view(padded, width, axis=0).mean(-1)
        return replace(scene, animation=replace(scene.animation, weights=means.astype(np.float32)))

    def late(scene: Scene, phones: Sequence[Phone], seed: int) -> Scene:
        weights = np.concatenate([scene.animation.weights[:1].repeat(3, 0), scene.animation.weights[:-3]])
        return replace(scene, animation=replace(scene.animation, weights=weights))

    def unclosed(scene: Scene, phones: Sequence[Phone], seed: int) -> Scene:
        other = [replace(phone, symbol=UNCLOSED.get(phone.symbol, phone.symbol)) for phone in phones]
        return replace(scene, animation=spoken(other, scene.animation.fps))

    def reordered(scene: Scene, phones: Sequence[Phone], seed: int) -> Scene:
        symbols = [phone.symbol for phone in phones if phone.symbol != "SIL"]
        mixed = iter(np.random.default_rng(seed).permutation(symbols).tolist())
        other = [phone if phone.symbol == "SIL" else replace(phone, symbol=next(mixed)) for phone in phones]
        return replace(scene, animation=spoken(other, scene.animation.fps))

    return {
        "other light and camera": filmed,
        "another person": person,
        "a smile, lips kept": smiling,
        "smoothed over 200 ms": smoothed,
        "120 ms late": late,
        "p b m said as t d n": unclosed,
        "the same phones in another order": reordered,
    }


@torch.no_grad()
def main(options: Options) -> None:
    """Print the tables."""
    reader = PhoneReader.load(options.reader)
    rig = BuiltInHead.load()
    pictures, judges = MouthPictures(rig, reader.config.size), _judges(rig, reader)
    known = set(reader.config.phones)
    entries = Corpus.open(options.corpus, split="held_out_sentence").where(language="English").entries
    sentences = [entry.phones for entry in entries if all(phone.symbol in known for phone in entry.phones)]
    chosen = [
        sentences[row] for row in np.linspace(0, len(sentences) - 1, min(options.limit, len(sentences))).astype(int)
    ]
    found: dict[str, dict[str, Average]] = defaultdict(lambda: defaultdict(Average))
    for seed, phones in enumerate(track(chosen, "sentences")):
        scene = Scene(spoken(phones, reader.fps), torch.zeros(1, len(rig.identity_space)))
        vertices, shown = _film(scene, rig, pictures)
        said = [phone.symbol for phone in phones if phone.symbol != "SIL"]
        _count(found["unchanged"], reader, shown, said)
        for name, change in changes(rig).items():
            other, changed = _film(change(scene, phones, seed), rig, pictures)
            for judge, value in judges(other - vertices, changed, shown).items():
                found[name][judge] += Average.of([value])
            _count(found[name], reader, changed, said)
        if options.picture is not None and seed == 0:
            _sheet(scene, phones, rig, pictures, options.picture)
    print(f"commit {commit()}, {len(chosen)} sentences, {options.reader or 'the shipped reader'}\n")
    print(_table(found))


def _judges(rig: BuiltInHead, reader: PhoneReader) -> Callable[[Tensor, Tensor, Tensor], Mapping[str, float]]:
    reading, pixels = LipReadingLoss(reader), PhotometricLoss()
    lips = VertexLoss(region_weights(rig, {"lips": 1.0}, elsewhere=0.0))

    def judge(moved: Tensor, changed: Tensor, shown: Tensor) -> Mapping[str, float]:
        return {
            "lip-reading": reading(changed, shown).item(),
            "lips, mm": lips(moved, torch.zeros_like(moved)).item(),
            "pixels": pixels(changed[0, ..., None], shown[0, ..., None]).item(),
        }

    return judge


def _film(scene: Scene, rig: BuiltInHead, pictures: MouthPictures) -> tuple[Tensor, Tensor]:
    vertices = rig(torch.tensor(scene.animation.weights), scene.identity)
    return vertices, pictures(vertices[None], [scene.look], neutral=rig.neutral(scene.identity))


def _count(row: dict[str, Average], reader: PhoneReader, shown: Tensor, said: Sequence[str]) -> None:
    read = reader.read(shown)[0]
    row["phone error"] += Average(edits(read, said), len(said))
    row["viseme error"] += Average(edits(visemes(read), visemes(said)), len(said))


def _table(found: Mapping[str, Mapping[str, Average]]) -> str:
    columns = {"lip-reading": 3, "lips, mm": 2, "pixels": 3, "phone error": None, "viseme error": None}

    def text(average: Average | None, digits: int | None) -> str:
        if average is None:
            return "-"
        return f"{100 * average.value:.1f} %" if digits is None else f"{average.value:.{digits}f}"

    rows = [[name, *(text(row.get(key), digits) for key, digits in columns.items())] for name, row in found.items()]
    return layout(["", *columns], rows)


def _sheet(scene: Scene, phones: Sequence[Phone], rig: BuiltInHead, pictures: MouthPictures, path: Path) -> None:
    """Every third frame of a sentence, unchanged and after each change, one row each."""
    from PIL import Image

    scenes = [scene, *(change(scene, phones, 0) for change in changes(rig).values())]
    rows = [_film(each, rig, pictures)[1][0, 12:48:3] for each in scenes]
    grey = torch.cat([torch.cat(list(row), 1) for row in rows]).clamp(0, 1)
    picture = Image.fromarray((255 * grey).round().byte().numpy())
    picture.resize((2 * picture.width, 2 * picture.height), Image.Resampling.BICUBIC).save(path)


if __name__ == "__main__":
    main(tyro.cli(Options))
