"""Whether a prior of motions tells whole motions from damaged ones, against a variational autoencoder.

python -m benchmarks.motion_prior CORPUS

Sentences of the corpus are spoken by the articulation model on their phones, half of them with an emotion, with blinks,
gaze and all, at 25 fps. Both priors learn from the same windows of them. Windows of other sentences are then damaged;
printed is the area under the ROC curve: how often a prior is more surprised at a damaged window than at another that is
whole. 0.5 is guessing, 1 is never wrong. The autoencoder is EMOTE's kind of prior (FLINT, Danecek et al. 2023), in a
size that fits the windows: Gaussian latents, and a learned spread of each control around what it decodes; its surprise
is minus the evidence lower bound.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import numpy as np
import torch
import tyro
from torch import Tensor, nn

from avatar.articulation import articulate
from avatar.behaviour import add_behaviour
from avatar.controls import ARKIT_SHAPES
from avatar.datasets.corpus import Corpus
from avatar.emotion import EMOTIONS, ExpressionStyle, express
from avatar.evaluation.table import layout
from avatar.losses import MotionPrior
from avatar.losses.motion_prior import LEAST, windows
from avatar.progress import track
from benchmarks.provenance import commit

FPS = 25.0


@dataclass(frozen=True)
class Options:
    """Compare priors of motions."""

    corpus: tyro.conf.Positional[Path]
    """Folder of the corpus, from python -m avatar.datasets.corpus."""
    sentences: int = 600
    """To learn from."""
    held: int = 100
    """To judge on."""
    window: int = 13
    """Frames that are seen together."""
    rank: int = 128
    """Free directions."""
    latents: int = 64
    """Of the autoencoder."""
    steps: int = 4000
    """Batches of 256 windows that the autoencoder learns from."""


def motions(corpus: Corpus, count: int) -> list[Tensor]:
    """Curves [T, 52] of some of a corpus's sentences."""
    rows = np.linspace(0, len(corpus) - 1, min(count, len(corpus))).astype(int)
    found = []
    for row in track(rows.tolist(), "sentences"):
        phones, chance = corpus.entries[row].phones, np.random.default_rng(row)
        seed = int(chance.integers(2**31))
        shown = add_behaviour(articulate(phones, fps=FPS, duration=phones[-1].end), seed=seed)
        if chance.random() < 0.5:
            asked = {str(chance.choice(EMOTIONS)): float(chance.uniform(0.3, 1.0))}
            shown = express(shown, asked, style=ExpressionStyle.sample(seed), seed=seed)
        found.append(torch.from_numpy(shown.weights[:, : len(ARKIT_SHAPES)].copy()))
    return found


class Autoencoder(nn.Module):
    """A variational autoencoder of windows [N, W, C]; Kingma and Welling (2014)."""

    def __init__(self, shape: tuple[int, int], latents: int, mean: Tensor, width: int = 512) -> None:
        super().__init__()
        size = shape[0] * shape[1]
        self.register_buffer("mean", mean.flatten())
        self.encoder = nn.Sequential(
            nn.Linear(size, width), nn.GELU(), nn.Linear(width, width), nn.GELU(), nn.Linear(width, 2 * latents)
        )
        self.decoder = nn.Sequential(
            nn.Linear(latents, width), nn.GELU(), nn.Linear(width, width), nn.GELU(), nn.Linear(width, size)
        )
        self.spread = nn.Parameter(torch.full((size,), -3.0))

    def surprise(self, pieces: Tensor) -> Tensor:
        """Minus the evidence lower bound [N], in nats for each number of a window."""
        away = 10.0 * (pieces.flatten(1) - self.mean)
        middle, log_width = self.encoder(away).chunk(2, -1)
        log_width = log_width.clamp(-8.0, 4.0)
        noise = torch.randn_like(middle) if self.training else torch.zeros_like(middle)
        error = away / 10.0 - self.decoder(middle + noise * (0.5 * log_width).exp())
        deviation = self.spread.exp() + LEAST
        fit = (0.5 * (error / deviation).square() + deviation.log()).sum(-1)
        divergence = 0.5 * (middle.square() + log_width.exp() - 1.0 - log_width).sum(-1)
        return (fit + divergence) / away.shape[1]


def learn(model: Autoencoder, pieces: Tensor, steps: int) -> None:
    """Fit an autoencoder to windows [N, W, C]."""
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for step in track(range(steps), "autoencoder"):
        for group in optimizer.param_groups:
            group["lr"] = 1e-3 * 0.5 * (1.0 + np.cos(np.pi * step / steps))
        loss = model.surprise(pieces[torch.randint(len(pieces), (256,))]).mean()
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
    model.eval()


def damages(length: int) -> dict[str, Callable[[Tensor, torch.Generator], Tensor]]:
    """What is done to windows [N, W, C], by name; some take longer pieces [N, 3 W, C], of which the middle is left."""
    jaw = [i for i, name in enumerate(ARKIT_SHAPES) if name.startswith("jaw")]
    left = [i for i, name in enumerate(ARKIT_SHAPES) if name.endswith("Left")]
    middle = slice(length, 2 * length)

    def other(pieces: Tensor, chance: torch.Generator) -> Tensor:
        return pieces[torch.randperm(len(pieces), generator=chance), middle]

    def exchanged(columns: list[int]) -> Callable[[Tensor, torch.Generator], Tensor]:
        def exchange(pieces: Tensor, chance: torch.Generator) -> Tensor:
            mixed = pieces[:, middle].clone()
            mixed[:, :, columns] = other(pieces, chance)[:, :, columns]
            return mixed

        return exchange

    def frames_shuffled(pieces: Tensor, chance: torch.Generator) -> Tensor:
        order = torch.randperm(length, generator=chance)
        return pieces[:, middle][:, order]

    return {
        "whole": lambda pieces, chance: pieces[:, middle],
        "trembling by 0.01": lambda pieces, chance: (
            pieces[:, middle] + 0.01 * torch.randn(pieces[:, middle].shape, generator=chance)
        ),
        "three times as fast": lambda pieces, chance: pieces[:, ::3],
        "frames out of order": frames_shuffled,
        "a jump in the middle": lambda pieces, chance: torch.cat(
            [pieces[:, length : length + length // 2], other(pieces, chance)[:, length // 2 :]], 1
        ),
        "another's jaw": exchanged(jaw),
        "another's left half": exchanged(left),
        "half of two faces": lambda pieces, chance: 0.5 * (pieces[:, middle] + other(pieces, chance)),
        "twice as strong": lambda pieces, chance: (2.0 * pieces[:, middle]).clamp(max=1.0),
    }


def area(whole: Tensor, damaged: Tensor) -> float:
    """Under the ROC curve, by Mann and Whitney's statistic."""
    order = torch.cat([whole, damaged]).argsort().argsort().double()
    ranks = order[len(whole) :].sum()
    return float((ranks - len(damaged) * (len(damaged) - 1) / 2) / (len(whole) * len(damaged)))


def main(options: Options) -> None:
    """Print a table."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    corpus = Corpus.open(options.corpus).where(language="English")
    seen = motions(corpus.where(split="train"), options.sentences)
    held = motions(corpus.where(split="held_out_sentence"), options.held)
    begin = process_time()
    prior = MotionPrior.fit(seen, window=options.window, rank=options.rank)
    fitted = process_time()
    pieces = torch.cat([windows(clip[None], options.window)[0] for clip in seen if len(clip) >= options.window])
    encoder = Autoencoder((options.window, pieces.shape[2]), options.latents, prior.mean)
    learn(encoder, pieces, options.steps)
    print(
        f"commit {commit()}, {len(pieces)} windows of {options.window} frames; seconds of process time: "
        f"{fitted - begin:.1f} and {process_time() - fitted:.1f}\n"
    )
    judges: dict[str, Callable[[Tensor], Tensor]] = {
        f"MotionPrior, rank {options.rank}": lambda shown: prior.surprise(shown)[:, 0],
        f"autoencoder, {options.latents} latents": encoder.surprise,
    }
    long = torch.cat(
        [windows(clip[None], 3 * options.window)[0, ::5] for clip in held if len(clip) > 3 * options.window]
    )
    with torch.no_grad():
        found = {
            name: {judge: value(damage(long, torch.Generator().manual_seed(0))) for judge, value in judges.items()}
            for name, damage in damages(options.window).items()
        }
        learned = {judge: value(pieces[::10]).mean() for judge, value in judges.items()}
    whole = found.pop("whole")
    rows = [
        [name, *(f"{area(whole[judge], surprise[judge]):.3f}" for judge in judges)] for name, surprise in found.items()
    ]
    rows.append(["mean surprise, new / learned", *(f"{whole[j].mean():.2f} / {learned[j]:.2f}" for j in judges)])
    print(layout(["", *judges], rows))


if __name__ == "__main__":
    main(tyro.cli(Options, description=__doc__))
