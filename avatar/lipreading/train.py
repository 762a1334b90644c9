"""Train a lip-reader on drawn mouths: python -m avatar.lipreading.train CORPUS OUT.

Of the corpus only phones and their times are used. Everything that takes long is kept in OUT; the same command goes on
where it was interrupted.
"""

import logging
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import tyro
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, ctc_loss

from avatar.datasets.corpus import Corpus
from avatar.lipreading.clips import HELD_OUT, ClipStyle, MouthClip, MouthClips
from avatar.lipreading.mouth_pictures import MouthPictures
from avatar.lipreading.practice import Pool, keep, resume
from avatar.lipreading.reader import PhoneReader, ReaderConfig, Reading
from avatar.lipreading.scores import score
from avatar.rigs.built_in_head import BuiltInHead
from avatar.training.schedule import fade, share_done

CHECKPOINT = "checkpoint.pt"
"""What an interrupted training goes on from, in the output folder."""

LOG_EVERY = 20
"""Steps between two lines of the log."""

KEEP_EVERY = 20
"""Steps between two checkpoints, which take less time than one."""

WARM_UP = 0.03
"""Share of the training in which the learning rate rises."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainOptions:
    """Train a lip-reader."""

    corpus: tyro.conf.Positional[Path]
    """Folder of the corpus, from python -m avatar.datasets.corpus."""
    out: tyro.conf.Positional[Path]
    """Folder for everything that is kept: checkpoints, the log, lip_reader.safetensors."""
    steps: int = 4000
    """Batches to learn from."""
    minutes: float | None = None
    """End after this many minutes, even if there are steps left; the learning rate then falls with time."""
    batch: int = 24
    """Clips in a batch."""
    fresh: int = 6
    """Of those, drawn anew; the others are drawn from the last `pool` ones."""
    pool: int = 1500
    """Clips that are kept for later batches."""
    frames: int = 50
    """Pictures in a clip."""
    learning_rate: float = 2e-3
    """Highest rate; it rises at first and then falls along a cosine."""
    sequence: float = 0.3
    """Weight of CTC beside the frames' cross entropy."""
    held: int = 100
    """Held-out sentences that are read in the end, by people that were held out as well."""
    seed: int = 0
    """Of weights, clips and augmentation."""
    reader: ReaderConfig = field(default_factory=ReaderConfig)
    """The net."""
    clips: ClipStyle = field(default_factory=ClipStyle)
    """How clips are drawn."""


def main(options: TrainOptions) -> None:
    """Train, score on held-out people and sentences, and write `lip_reader.safetensors`."""
    options.out.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(message)s",
        handlers=[logging.StreamHandler(), logging.FileHandler(options.out / "train.log")],
    )
    english = Corpus.open(options.corpus).where(language="English")
    pictures = MouthPictures(BuiltInHead.load(), options.reader.size)

    def source(corpus: Corpus, style: ClipStyle) -> MouthClips:
        sentences = [entry.phones for entry in corpus.entries]
        return MouthClips(sentences, options.reader.phones, pictures, fps=options.reader.fps, style=style)

    reader = train(source(english.where(split="train"), options.clips), options)
    held = source(english.where(split="held_out_sentence"), HELD_OUT)
    clips = draw_held_out(held, options.held)
    _log.info("held-out people and sentences: %s", score(reader, clips))
    _log.info("the same, with one picture of each clip: %s", score(reader, clips, frozen=True))


def draw_held_out(source: MouthClips, count: int) -> list[MouthClip]:
    """Whole sentences, the same in every run."""
    rows = np.linspace(0, len(source.sentences) - 1, min(count, len(source.sentences))).astype(int)
    return [source.draw(np.random.default_rng([2**20, row]), sentence=int(row)) for row in rows]


def train(source: MouthClips, options: TrainOptions) -> PhoneReader:
    """Train a reader, or go on, and keep it in `options.out / "lip_reader.safetensors"`.

    Args:
        source: of clips.
        options: how.

    Returns:
        The reader, ready to read.
    """
    torch.manual_seed(options.seed)
    reader = PhoneReader(options.reader)
    optimizer = torch.optim.AdamW(reader.parameters(), lr=options.learning_rate, weight_decay=0.02, betas=(0.9, 0.98))
    checkpoint = options.out / CHECKPOINT
    step, spent = resume(checkpoint, reader, options.reader, optimizer)
    pool, began, sums = Pool[MouthClip](options.pool), time.monotonic(), Counter[str]()
    reader.train()

    def seconds() -> float:
        return spent + time.monotonic() - began

    def keep_all() -> None:
        reader.save(options.out / "lip_reader.safetensors")
        keep(checkpoint, reader, options.reader, optimizer, step=step, seconds=seconds())

    while (share := share_done(step, options.steps, seconds=seconds(), minutes=options.minutes)) < 1:
        for group in optimizer.param_groups:
            group["lr"] = options.learning_rate * fade(share, WARM_UP)
        chance = np.random.default_rng([options.seed, step])
        clips = draw_batch(source, pool, options, chance)
        pictures = mirrored(torch.stack([clip.pictures for clip in clips]), chance)
        with torch.autocast("cpu", torch.bfloat16):
            reading = reader(pictures)
        parts = losses(reading, clips)
        optimizer.zero_grad()
        torch.autograd.backward(parts["frames"] + options.sequence * parts["sequence"])
        nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
        optimizer.step()
        step += 1
        sums.update({name: value.item() for name, value in parts.items()})
        minutes = seconds() / 60
        if step % LOG_EVERY == 0:
            means = ", ".join(f"{name} {total / LOG_EVERY:.3f}" for name, total in sums.items())
            _log.info("step %d, %.1f minutes, %.0f%%: %s", step, minutes, 100 * share, means)
            sums.clear()
        if step % KEEP_EVERY == 0:
            keep_all()
    keep_all()
    return PhoneReader.load(options.out / "lip_reader.safetensors")


def draw_batch(
    source: MouthClips, pool: Pool[MouthClip], options: TrainOptions, chance: np.random.Generator
) -> list[MouthClip]:
    """Some clips drawn anew, and some again."""
    fresh = [source.draw(chance, options.frames) for _ in range(options.fresh if pool.kept else options.batch)]
    for clip in fresh:
        pool.add(clip)
    return fresh + [pool.draw(chance) for _ in range(options.batch - len(fresh))]


def mirrored(pictures: Tensor, chance: np.random.Generator) -> Tensor:
    """Clips [B, T, H, W], half of them with left and right exchanged, and all of them a little brighter or darker."""
    turned = torch.from_numpy(chance.random(len(pictures)) < 0.5)[:, None, None, None]
    gain = torch.from_numpy(np.exp(chance.normal(0.0, 0.1, len(pictures))).astype(np.float32))[:, None, None, None]
    return gain * torch.where(turned, pictures.flip(-1), pictures)


def losses(reading: Reading, clips: list[MouthClip]) -> dict[str, Tensor]:
    """Cross entropy of frames and CTC of sequences, in nats a frame and a phone."""
    labels = torch.stack([clip.labels for clip in clips])
    targets = torch.tensor([index for clip in clips for index in clip.phones])
    logits = reading.sequence.float().log_softmax(-1).transpose(0, 1)
    lengths = torch.tensor([len(clip.phones) for clip in clips])
    frames = torch.full_like(lengths, len(logits))
    blank = reading.sequence.shape[-1] - 1
    return {
        "frames": cross_entropy(reading.frames.float().flatten(0, 1), labels.flatten()),
        "sequence": ctc_loss(logits, targets, frames, lengths, blank=blank, zero_infinity=True),
    }


if __name__ == "__main__":
    main(tyro.cli(TrainOptions))
