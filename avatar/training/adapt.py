"""Teach the trunk to hear without absolute positions what Whisper's layers hear with them.

The trunk's attention is local and knows distances only. It learns to give the features of the original layers, minus
what those owe to a frame's place in the window alone. No labels are needed, only sound.
"""

import copy
import logging
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from avatar.speech.mel import LogMel
from avatar.speech.trunk import Block, WhisperTrunk
from avatar.training.batches import hear
from avatar.training.clips import ClipMaker

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class AdaptOptions:
    """How the trunk is adapted.

    Args:
        steps: batches.
        batch: clips of 8 s in each.
        learning_rate: of Whisper's weights.
        bias_rate: learning rate of the distance biases, which start from nothing.
        places: batches from which Whisper's dependence on place is measured.
    """

    steps: int = 240
    batch: int = 4
    learning_rate: float = 3e-4
    bias_rate: float = 3e-2
    places: int = 12


def original_layers(trunk: WhisperTrunk, positions: Tensor, mel: Tensor) -> list[Tensor]:
    """What Whisper's own layers give: absolute positions, every frame attending to all.

    Args:
        trunk: with Whisper's weights, not yet adapted.
        positions: [P, W], at least T of them.
        mel: [B, 80, 2 * T].

    Returns:
        The output [B, T, W] of each layer.
    """
    hidden = F.gelu(trunk.halve(F.gelu(trunk.stem(mel)))).transpose(1, 2)
    hidden = hidden + positions[: hidden.shape[1]]
    layers = []
    for block in trunk.blocks:
        assert isinstance(block, Block)
        hidden = _attend_to_all(block, hidden)
        layers.append(hidden)
    return layers


def _attend_to_all(block: Block, hidden: Tensor) -> Tensor:
    projected = block.query_key_value(block.attention_norm(hidden))
    query, key, value = projected.unflatten(-1, (3, block.heads, -1)).permute(2, 0, 3, 1, 4)
    mixed = F.scaled_dot_product_attention(query, key, value)
    hidden = hidden + block.attention_out(mixed.transpose(1, 2).flatten(2))
    fed: Tensor = block.feed_out(F.gelu(block.feed_in(block.feed_norm(hidden))))
    return hidden + fed


def adapt(
    trunk: WhisperTrunk, positions: Tensor, clips: ClipMaker, options: AdaptOptions, rng: np.random.Generator
) -> float:
    """Adapt the trunk in place.

    Args:
        trunk: with Whisper's weights.
        positions: [P, W] Whisper's absolute positions.
        clips: where sound comes from.
        options: how long and how fast.
        rng: which clips.

    Returns:
        The last loss: the share of the features' variance that is not reproduced, mean over layers.
    """
    original = copy.deepcopy(trunk).requires_grad_(False)
    mels = _mels(clips, options.batch, rng)
    places = _place_parts(original, positions, [next(mels) for _ in range(options.places)])
    # The convolutions know no positions: they stay Whisper's.
    biases = [value for name, value in trunk.named_parameters() if name.endswith("distance_bias")]
    others = [value for name, value in trunk.blocks.named_parameters() if not name.endswith("distance_bias")]
    rates = (options.bias_rate, options.learning_rate)
    optimizer = torch.optim.Adam([{"params": biases}, {"params": [*others, trunk.offset]}])
    began, loss = time.monotonic(), torch.zeros(())
    for step in range(options.steps):
        fade = min(1.0, (step + 1) / 20) * (0.5 + 0.5 * math.cos(math.pi * step / options.steps))
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * fade
        mel = next(mels)
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            wanted = [a - b for a, b in zip(original_layers(original, positions, mel), places, strict=True)]
        with torch.autocast("cpu", torch.bfloat16):
            given = trunk.layers(mel)[1:]
        loss = torch.stack([_unlike(a, b) for a, b in zip(given, wanted, strict=True)]).mean()
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
        if step % 20 == 19:
            _log.info(
                "adapt %d/%d: %.3f unlike, %.0f s",
                step + 1,
                options.steps,
                float(loss.detach()),
                time.monotonic() - began,
            )
    return float(loss.detach())


def _mels(clips: ClipMaker, batch: int, rng: np.random.Generator) -> Iterator[Tensor]:
    log_mel = LogMel()
    while True:
        yield hear(log_mel, np.stack([clips.draw(rng).samples for _ in range(batch)]))


@torch.no_grad()
def _place_parts(original: WhisperTrunk, positions: Tensor, mels: list[Tensor]) -> list[Tensor]:
    """What a place alone contributes to each layer [T, W]: the mean over many sounds, less its mean over time."""
    heard = [original_layers(original, positions, mel) for mel in mels]
    parts = []
    for i in range(len(original.blocks)):
        mean = torch.cat([layers[i] for layers in heard]).mean(0)
        smooth = F.avg_pool1d(mean.T[None], 9, 1, 4, count_include_pad=False)[0].T
        parts.append(smooth - smooth.mean(0))
    return parts


def _unlike(given: Tensor, wanted: Tensor) -> Tensor:
    return F.mse_loss(given.float(), wanted.float()) / wanted.float().var()
