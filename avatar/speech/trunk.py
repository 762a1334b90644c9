"""The listening half of the speech model: Whisper's first encoder layers, made independent of windows.

Whisper attends over the whole window and adds absolute positions, so its features depend on where a window begins. Here
a frame attends to its neighbourhood only and knows distances instead of positions (a learned bias for each head and
distance): any window that is wide enough gives the same features, so an hour runs in flat memory without a seam. How
much of the neighbourhood lies in the future may be chosen anew for every call.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

BLOCK = 32
"""Queries that attend together."""


def banded_attention(query: Tensor, key: Tensor, value: Tensor, bias: Tensor, past: int, future: int) -> Tensor:
    """Scaled dot-product attention of every frame to the frames from `past` before it to `future` after it.

    Frames are taken in blocks, so that time and memory grow with the length and not with its square.

    Args:
        query: [B, H, T, D].
        key: [B, H, T, D].
        value: [B, H, T, D].
        bias: [H, past + 1 + future], added to the logits by distance from -past to +future.
        past: frames of history, at least 0.
        future: frames of look-ahead, at least 0.

    Returns:
        [B, H, T, D]. Differentiable in query, key, value and bias.
    """
    length = query.shape[2]
    blocks = -(-length // BLOCK)
    queries = F.pad(query, (0, 0, 0, blocks * BLOCK - length)).unfold(2, BLOCK, BLOCK).mT
    keys, values = (
        F.pad(x, (0, 0, past, blocks * BLOCK - length + future)).unfold(2, past + BLOCK + future, BLOCK).mT
        for x in (key, value)
    )
    position = torch.arange(blocks)[:, None] * BLOCK + torch.arange(past + BLOCK + future) - past
    real = (position >= 0) & (position < length)
    # Queries that only pad the last block would see no key at all: let them see all of them.
    seen = real | ~real.any(1, keepdim=True)
    hidden = torch.zeros(real.shape, dtype=bias.dtype).masked_fill(~seen, -1e9)
    mask = (banded(bias)[:, None] + hidden[:, None, :]).flatten(0, 1)
    queries, keys, values = (x.flatten(1, 2) for x in (queries, keys, values))
    result = F.scaled_dot_product_attention(queries, keys, values, attn_mask=mask[None].to(query.dtype))
    return result.reshape(*query.shape[:2], blocks * BLOCK, -1)[:, :, :length]


def banded(bias: Tensor) -> Tensor:
    """What is added to the logits of a block of queries and of the keys around it.

    Args:
        bias: [H, past + 1 + future], by distance.

    Returns:
        [H, BLOCK, past + BLOCK + future]: the biases of query q begin at key q; keys beyond them are not seen.
    """
    distance = torch.arange(BLOCK - 1 + bias.shape[1]) - torch.arange(BLOCK)[:, None]
    near = (distance >= 0) & (distance < bias.shape[1])
    return bias[:, distance.clamp(0, bias.shape[1] - 1)].masked_fill(~near, -torch.inf)


class Block(nn.Module):
    """One pre-norm transformer layer with banded attention."""

    def __init__(self, width: int, heads: int, past: int, future: int) -> None:
        super().__init__()
        self.heads, self.past, self.future = heads, past, future
        self.attention_norm = nn.LayerNorm(width)
        self.query_key_value = nn.Linear(width, 3 * width)
        self.attention_out = nn.Linear(width, width)
        self.distance_bias = nn.Parameter(torch.zeros(heads, past + 1 + future))
        self.feed_norm = nn.LayerNorm(width)
        self.feed_in = nn.Linear(width, 4 * width)
        self.feed_out = nn.Linear(4 * width, width)

    def forward(self, hidden: Tensor, future: int | None = None) -> Tensor:
        """Hidden frames [B, T, W] to hidden frames [B, T, W], with `future` frames of look-ahead or all that it has."""
        future = self.future if future is None else future
        batch, length, width = hidden.shape
        projected = self.query_key_value(self.attention_norm(hidden))
        query, key, value = projected.view(batch, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        bias = self.distance_bias[:, : self.past + 1 + future]
        mixed = banded_attention(query, key, value, bias, self.past, future)
        hidden = hidden + self.attention_out(mixed.transpose(1, 2).reshape(batch, length, width))
        fed: Tensor = self.feed_out(F.gelu(self.feed_in(self.feed_norm(hidden))))
        return hidden + fed


class WhisperTrunk(nn.Module):
    """Log-mel frames at 100 Hz to speech features at 50 Hz.

    Args:
        width: channels; 384 in Whisper tiny.
        heads: attention heads; 6 in Whisper tiny.
        depth: transformer layers kept.
        past: frames of 20 ms that each layer looks back.
        future: frames of 20 ms that each layer looks ahead.
    """

    def __init__(self, *, width: int = 384, heads: int = 6, depth: int = 2, past: int = 30, future: int = 30) -> None:
        super().__init__()
        self.stem = nn.Conv1d(80, width, 3, padding=1)
        self.halve = nn.Conv1d(width, width, 3, stride=2, padding=1)
        # What is left of the absolute positions once time is taken out of them: their mean.
        self.offset = nn.Parameter(torch.zeros(width))
        self.blocks = nn.ModuleList(Block(width, heads, past, future) for _ in range(depth))
        self.reach = depth * max(past, future) + 2

    @property
    def futures(self) -> tuple[int, ...]:
        """Frames that each transformer layer can look ahead."""
        return tuple(block.future for block in self.blocks if isinstance(block, Block))

    def forward(self, mel: Tensor, futures: Sequence[int] | None = None) -> Tensor:
        """Features of every layer.

        Args:
            mel: [B, 80, 2 * T] from `LogMel`.
            futures: frames that each transformer layer looks ahead; by default all that it has.

        Returns:
            [B, T, 2 * W]: the convolutional stem's output beside the last layer's, both of frame t at t / 50 s.
            A frame depends on the frames at most `reach` away. Differentiable in `mel`.
        """
        layers = self.layers(mel, futures)
        return torch.cat([layers[0], layers[-1]], -1)

    def layers(self, mel: Tensor, futures: Sequence[int] | None = None) -> list[Tensor]:
        """Output [B, T, W] of the convolutional stem and of each transformer layer, for `mel` [B, 80, 2 * T]."""
        layers = [F.gelu(self.halve(F.gelu(self.stem(mel)))).transpose(1, 2)]
        hidden = layers[0] + self.offset
        for block, future in zip(self.blocks, futures or self.futures, strict=True):
            hidden = block(hidden, future)
            layers.append(hidden)
        return layers
