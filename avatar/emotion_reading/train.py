"""Train an emotion reader on drawn faces: python -m avatar.emotion_reading.train OUT.

Nothing but the package is needed: sentences are composed, faces drawn. What takes long is kept in OUT; the same command
goes on where it was interrupted.
"""

import logging
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import tyro
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from avatar.controls import ARKIT_SHAPES
from avatar.datasets.sentences import compose, split
from avatar.emotion_reading.clips import HELD_OUT, NAMES, ClipStyle, FaceClip, FaceClips
from avatar.emotion_reading.face_pictures import FacePictures
from avatar.emotion_reading.reader import EmotionReader, EmotionReading, ReaderConfig
from avatar.emotion_reading.scores import score
from avatar.lipreading.practice import Pool, keep, resume
from avatar.rigs.built_in_head import BuiltInHead
from avatar.training.schedule import fade, share_done

CHECKPOINT = "checkpoint.pt"
"""What an interrupted training goes on from, in the output folder."""

WEIGHTS = "emotion_reader.safetensors"
"""The reader, in the output folder."""

LOG_EVERY, KEEP_EVERY = 20, 60
"""Steps between two lines of the log, and between two checkpoints."""

WARM_UP = 0.03
"""Share of the training in which the learning rate rises."""

SENTENCES = 2000
"""That are composed; some of them are held out."""

USUAL = 0.2
"""Weight of a shape that counts as 1."""

_MIRRORED = [
    ARKIT_SHAPES.index(name.replace("Left", "*").replace("Right", "Left").replace("*", "Right"))
    for name in ARKIT_SHAPES
]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainOptions:
    """Train an emotion reader."""

    out: tyro.conf.Positional[Path]
    """Folder for everything that is kept: checkpoints, the log, emotion_reader.safetensors."""
    steps: int = 14_000
    """Batches to learn from."""
    minutes: float | None = None
    """End after this many minutes, even if there are steps left; the learning rate then falls with time."""
    batch: int = 36
    """Clips in a batch; nine of them are drawn anew, the others are drawn from the last `pool` ones."""
    pool: int = 6000
    """Clips that are kept for later batches."""
    learning_rate: float = 1.5e-3
    """Highest rate; it rises at first and then falls along a cosine."""
    frames: float = 0.3
    """Weight of single pictures' emotions beside that of clips."""
    shapes: float = 1.0
    """Weight of the shapes' weights beside that: they say far more of a face than one of nine words."""
    smoothing: float = 0.05
    """Of the labels, so that the features of clear faces do not grow without end."""
    held: int = 20
    """Held-out sentences that are read in the end, with every emotion, by people that were held out as well."""
    seed: int = 0
    """Of weights, clips and augmentation."""
    reader: ReaderConfig = field(default_factory=ReaderConfig)
    """The net."""
    clips: ClipStyle = field(default_factory=ClipStyle)
    """How clips are drawn."""


def main(options: TrainOptions) -> None:
    """Train, score on held-out people and sentences, and write `emotion_reader.safetensors`."""
    options.out.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(message)s",
        handlers=[logging.StreamHandler(), logging.FileHandler(options.out / "train.log")],
    )
    spoken, held_out = split(compose(SENTENCES))
    pictures = FacePictures(BuiltInHead.load(), options.reader.size)
    reader = train(FaceClips(spoken, pictures, style=options.clips), options)
    clips = draw_held_out(FaceClips(held_out, pictures, style=HELD_OUT), options.held)
    for count in (1, None):
        found = score(reader, clips, pictures=count)
        shown = "one picture" if count else f"{HELD_OUT.frames} pictures"
        _log.info("held-out people and sentences, %s: %.1f %%\n%s", shown, 100 * found.accuracy, found)


def draw_held_out(source: FaceClips, count: int) -> list[FaceClip]:
    """Clips of so many sentences, the same in every run."""
    return [clip for number in range(count) for clip in source.draw(np.random.default_rng([2**20, number]))]


def train(source: FaceClips, options: TrainOptions) -> EmotionReader:
    """Train a reader, or go on, and keep it in `options.out / "emotion_reader.safetensors"`.

    Args:
        source: of clips.
        options: how.

    Returns:
        The reader, ready to read.
    """
    torch.manual_seed(options.seed)
    reader = EmotionReader(options.reader)
    optimizer = torch.optim.AdamW(reader.parameters(), lr=options.learning_rate, weight_decay=0.02, betas=(0.9, 0.98))
    checkpoint = options.out / CHECKPOINT
    step, spent = resume(checkpoint, reader, options.reader, optimizer)
    pool, began, total, right = Pool[FaceClip](options.pool), time.monotonic(), 0.0, 0.0
    reader.train()

    def seconds() -> float:
        return spent + time.monotonic() - began

    def keep_all() -> None:
        reader.save(options.out / WEIGHTS)
        keep(checkpoint, reader, options.reader, optimizer, step=step, seconds=seconds())

    while (share := share_done(step, options.steps, seconds=seconds(), minutes=options.minutes)) < 1:
        for group in optimizer.param_groups:
            group["lr"] = options.learning_rate * fade(share, WARM_UP)
        chance = np.random.default_rng([options.seed, step])
        clips = draw_batch(source, pool, options, chance)
        clips = [mirrored(clip) if chance.random() < 0.5 else clip for clip in clips]
        with torch.autocast("cpu", torch.bfloat16):
            reading = reader(torch.stack([clip.pictures for clip in clips]))
        cost, emotions = loss(reading, clips, options), torch.tensor([clip.emotion for clip in clips])
        optimizer.zero_grad()
        torch.autograd.backward(cost)
        nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
        optimizer.step()
        step += 1
        total += cost.item()
        # The first of a batch are drawn anew: they say how well it reads people that it never saw.
        right += (reading.clips[: len(NAMES)].argmax(-1) == emotions[: len(NAMES)]).float().mean().item()
        minutes = seconds() / 60
        if step % LOG_EVERY == 0:
            means = total / LOG_EVERY, 100 * right / LOG_EVERY
            _log.info("step %d, %.1f minutes, %.0f%%: loss %.3f, new clips %.1f %%", step, minutes, 100 * share, *means)
            total = right = 0.0
        if step % KEEP_EVERY == 0:
            keep_all()
    keep_all()
    return EmotionReader.load(options.out / WEIGHTS)


def draw_batch(
    source: FaceClips, pool: Pool[FaceClip], options: TrainOptions, chance: np.random.Generator
) -> list[FaceClip]:
    """Clips of one sentence drawn anew, and others drawn again."""
    fresh = source.draw(chance)
    while not pool.kept and len(fresh) < options.batch:
        fresh += source.draw(chance)
    for clip in fresh:
        pool.add(clip)
    return fresh + [pool.draw(chance) for _ in range(options.batch - len(fresh))]


def mirrored(clip: FaceClip) -> FaceClip:
    """The same clip with left and right exchanged."""
    return FaceClip(clip.pictures.flip(-1), clip.emotion, clip.shapes[:, _MIRRORED])


def loss(reading: EmotionReading, clips: list[FaceClip], options: TrainOptions) -> Tensor:
    """Cross entropy of clips and of their pictures, in nats, and squared errors of shapes."""
    emotions = torch.tensor([clip.emotion for clip in clips])
    frames = reading.frames.float()
    each = emotions.repeat_interleave(frames.shape[1])
    of_clips = cross_entropy(reading.clips.float(), emotions, label_smoothing=options.smoothing)
    of_frames = cross_entropy(frames.flatten(0, 1), each, label_smoothing=options.smoothing)
    wanted = torch.stack([clip.shapes for clip in clips])
    of_shapes = ((reading.shapes.float() - wanted) / USUAL).square().mean()
    return of_clips + options.frames * of_frames + options.shapes * of_shapes


if __name__ == "__main__":
    main(tyro.cli(TrainOptions))
