"""Train a curve decoder on top of somebody else's speech encoder.

python -m avatar.training.encoded CORPUS OUT.safetensors --encoder FOLDER

The encoder stays as it is. Its features are computed once for a number of clips and kept in memory, so that the
training itself takes minutes.
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import tyro
from numpy.typing import NDArray
from torch import Tensor, nn

from avatar.animation import Animation
from avatar.articulation.model import articulate
from avatar.datasets.corpus import Corpus
from avatar.progress import track
from avatar.rigs import BuiltInHead
from avatar.speech.decoder import CurveDecoder
from avatar.speech.encoders import EncodedSpeechModel, SpeechEncoder, load_encoder
from avatar.speech.encoders.model import EncodedConfig
from avatar.speech.lookahead import FPS
from avatar.speech.mel import SAMPLE_RATE
from avatar.speech.model import SpeechConfig
from avatar.training.batches import Batch
from avatar.training.clips import Clip, ClipMaker, ClipStyle, as_recorded, phone_labels
from avatar.training.losses import LipLoss

LOG_EVERY = 50
"""Steps between two lines of the log."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class EncodedOptions:
    """Train a curve decoder on an encoder's features."""

    corpus: tyro.conf.Positional[Path]
    """Folder of the corpus, from python -m avatar.datasets.corpus."""
    out: tyro.conf.Positional[Path]
    """The .safetensors file to write."""
    encoder: str
    """Folder of a wav2vec 2.0, HuBERT, WavLM or Whisper model, or its name on the hub."""
    layers: tuple[int, ...] | None = None
    """Layers of it that make the features, side by side; the one in the middle by default."""
    download: bool = False
    """Whether the encoder may be fetched from the hub."""
    revision: str | None = None
    """Branch, tag or commit on the hub."""
    examples: int = 300
    """Clips to learn from; each is kept in memory, 0.6 MB for a layer of 768 channels."""
    steps: int = 1000
    """Batches to learn from."""
    batch: int = 4
    """Clips in a batch."""
    learning_rate: float = 2e-3
    """Highest rate; it rises at first and then falls along a cosine."""
    seed: int = 0
    """Of weights, clips and augmentation."""
    clips: ClipStyle = field(default_factory=ClipStyle)
    """How clips are put together."""


@dataclass(frozen=True)
class Example:
    """A clip as the decoder sees it.

    Args:
        features: [T, F] float16.
        phones: [T] int64 into the config's phones.
        curves: [T, C] float32 of the teacher.
    """

    features: NDArray[np.float16]
    phones: NDArray[np.int64]
    curves: NDArray[np.float32]


def main(options: EncodedOptions) -> None:
    """Hear the clips, train, and write the decoder."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.manual_seed(options.seed)
    encoder = load_encoder(options.encoder, layers=options.layers, download=options.download, revision=options.revision)
    chosen = "the middle layer" if options.layers is None else f"layers {', '.join(map(str, options.layers))}"
    model = EncodedSpeechModel(encoder, EncodedConfig(encoder.features, f"{options.encoder}, {chosen}"))
    clips = ClipMaker(Corpus.open(options.corpus, split="train"), as_recorded, options.clips)
    rng = np.random.default_rng(options.seed)
    examples = [
        heard(clips.draw(rng), encoder, model.config) for _ in track(range(options.examples), "hearing the clips")
    ]
    train_decoder(
        model.decoder,
        examples,
        model.config,
        steps=options.steps,
        batch=options.batch,
        learning_rate=options.learning_rate,
        seed=options.seed,
    )
    model.save(options.out)


def heard(clip: Clip, encoder: SpeechEncoder, config: EncodedConfig) -> Example:
    """A clip with an encoder's features and the teacher's answers."""
    features = encoder.encode(torch.from_numpy(clip.samples)[None])[0]
    phones, asked = answers(clip, config.phones)
    return Example(features.half().cpu().numpy(), phones, asked.weights[:, asked.space.indices(config.controls)])


def answers(clip: Clip, symbols: tuple[str, ...]) -> tuple[NDArray[np.int64], Animation]:
    """Phone [T] at each frame, as a place in `symbols`, and the teacher's curves."""
    frames = -(-len(clip.samples) * FPS // SAMPLE_RATE)
    asked = articulate(clip.phones, fps=FPS, duration=frames / FPS, loudness=clip.loudness)
    return phone_labels(clip.phones, symbols, frames, FPS), asked


def train_decoder(
    decoder: CurveDecoder,
    examples: Sequence[Example],
    config: EncodedConfig,
    *,
    steps: int,
    batch: int = 4,
    learning_rate: float = 2e-3,
    seed: int = 0,
) -> None:
    """Teach a decoder in place; it is left ready to be used.

    Args:
        decoder: to be trained from the beginning.
        examples: clips of one length.
        config: which curves and phones they hold.
        steps: batches to learn from.
        batch: clips in a batch.
        learning_rate: the highest; it rises at first and then falls along a cosine.
        seed: of the order of the clips; one seed gives one order, whatever the decoder.
    """
    features, first = _collate(examples[: 8 * batch])
    decoder.calibrate(features.flatten(0, 1), first.curves.flatten(0, 1))
    shape = SpeechConfig(controls=config.controls, phones=config.phones)
    loss = LipLoss(BuiltInHead.load(), shape, decoder.curve_scale)
    optimizer = torch.optim.AdamW(decoder.parameters(), learning_rate, betas=(0.9, 0.98), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, learning_rate, steps, pct_start=0.05)
    rng, began, total = np.random.default_rng(seed), time.monotonic(), 0.0
    decoder.train()
    for step in range(1, steps + 1):
        features, asked = _collate([examples[i] for i in rng.integers(len(examples), size=batch)])
        with torch.autocast("cpu", torch.bfloat16):
            decoded = decoder(features)
        whole = torch.stack(list(loss(decoded, asked).values())).sum()
        optimizer.zero_grad()
        torch.autograd.backward(whole)
        nn.utils.clip_grad_norm_(decoder.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        total += whole.item()
        if step % LOG_EVERY == 0:
            _log.info("step %d/%d, %.0f s: %.3f", step, steps, time.monotonic() - began, total / LOG_EVERY)
            total = 0.0
    decoder.eval()


def _collate(examples: Sequence[Example]) -> tuple[Tensor, Batch]:
    """Features [B, T, F] and what they should give."""
    features, phones, curves = (
        torch.from_numpy(np.stack([getattr(example, name) for example in examples]))
        for name in ("features", "phones", "curves")
    )
    return features.float(), Batch(features, phones, curves)


if __name__ == "__main__":
    main(tyro.cli(EncodedOptions, description=__doc__))
