"""Sound in pieces of any size to curves: each layer of the speech model keeps the rows that it still needs.

Every row is computed once, from the same numbers in the same order however the sound is cut into pieces, so that a
stream gives the bits of a whole recording. Rows carry absolute numbers; a stream begins early, in silence.
"""

from typing import TYPE_CHECKING, cast

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from avatar.speech.decoder import Decoded, Layer
from avatar.speech.level import Level
from avatar.speech.lookahead import FPS, Lookahead
from avatar.speech.mel import FFT, HOP, MARGIN, SAMPLE_RATE, scaled
from avatar.speech.rows import Product, depthwise
from avatar.speech.trunk import BLOCK, Block, banded
from avatar.speech.window import Rows, Window
from avatar.threads import one_thread

if TYPE_CHECKING:
    from avatar.speech.model import SpeechModel

STRIDE = SAMPLE_RATE // FPS
"""Samples between two frames."""

PART_STEP = BLOCK * STRIDE
"""A stream may begin at any multiple of so many samples, and gives the bits of one that began earlier."""


class Attention:
    """A transformer layer of which rows become final `future` rows behind its input.

    Attention is computed in blocks whose place does not depend on how the rows arrive. Rows that are not there, before
    the first and after the last, count as zeros: they reach none that is given.
    """

    def __init__(self, block: Block, start: int, future: int) -> None:
        width = block.attention_norm.normalized_shape[0]
        self.block, self.future, self.done = block, future, start
        self.parts = (3, block.heads, width // block.heads)
        self.project, self.mix = Product.of(block.query_key_value), Product.of(block.attention_out)
        self.feed_in, self.feed_out = Product.of(block.feed_in), Product.of(block.feed_out)
        self.hidden, self.projected = Rows(start, width), Rows(start, *self.parts)
        self.mask = banded(block.distance_bias.detach()[:, : block.past + 1 + future])

    def push(self, hidden: Tensor) -> Tensor:
        """Append input rows; return the outputs that have become final."""
        self.hidden.push(hidden)
        projected = self.project(self.block.attention_norm(hidden))
        self.projected.push(projected.view(-1, *self.parts))
        stop = max(self.hidden.end - self.future, self.done)
        if stop == self.done:
            return hidden[:0]
        rows = self.hidden.take(self.done, stop) + self.mix(self._gathered(self.done, stop))
        fed = self.feed_out(F.gelu(self.feed_in(self.block.feed_norm(rows))))
        self.done = stop
        self.hidden.forget(stop)
        self.projected.forget(stop // BLOCK * BLOCK - self.block.past)
        return rows + fed

    def _gathered(self, start: int, stop: int) -> Tensor:
        """What the rows start..stop gather from around them."""
        past, first, last = self.block.past, start // BLOCK * BLOCK, -(-stop // BLOCK) * BLOCK
        projected = self.projected.take(first - past, last + self.future)
        query = projected[past : past + last - first, 0].unfold(0, BLOCK, BLOCK).mT
        key, value = projected[:, 1:].unfold(0, past + BLOCK + self.future, BLOCK).mT.unbind(1)
        mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=self.mask[None])
        return mixed.transpose(1, 2).flatten(2).flatten(0, 1)[start - first : stop - first]


class SpeechStream:
    """Turns 16 kHz samples into the model's curves while they arrive; `SpeechModel.stream` makes one.

    Memory does not grow. How the samples are cut into pieces changes nothing.

    Args:
        model: in evaluation mode.
        lookahead: of each layer.
        level: of the speech.
        live: whether hops will be short; what the first one would take longer for is then done at once.
        before: samples [n] that came before the first that will be pushed, by default silence; n is a multiple of
            `PART_STEP`. No more than the last few seconds matter.
    """

    def __init__(
        self,
        model: "SpeechModel",
        lookahead: Lookahead,
        level: Level,
        *,
        live: bool = True,
        before: NDArray[np.float32] | None = None,
    ) -> None:
        self._model, self._level = model, level
        trunk, decoder = model.trunk, model.decoder
        width, inner = trunk.offset.numel(), decoder.project.out_features
        # From here on, rows before the first are too far away to matter to frame 0.
        start = -(-model.reach // BLOCK) * -BLOCK
        after = model.contacts.reach
        past = np.zeros(MARGIN - start * STRIDE, np.float32)
        if before is not None:
            known = before[-len(past) :]
            past[len(past) - len(known) :] = known
        self._audio = past[:MARGIN]
        self._stem = _wide_convolution(trunk.stem, 2 * start)
        self._halve = _wide_convolution(trunk.halve, 2 * start)
        self._first = Rows(start, width)
        self._blocks = [
            Attention(cast(Block, block), start, future)
            for block, future in zip(trunk.blocks, lookahead.blocks, strict=True)
        ]
        self._layers = [
            _convolution(cast(Layer, layer), start, inner, future)
            for layer, future in zip(decoder.layers, lookahead.layers, strict=True)
        ]
        outputs = len(model.config.controls) + len(model.config.phones)
        self._contacts = Window(self._finish, start, outputs, past=after, future=after)
        self._project = Product.of(decoder.project)
        self._answer = Product(
            torch.cat([decoder.curves.weight, decoder.phones.weight]),
            torch.cat([decoder.curves.bias, decoder.phones.bias]),
        )
        self._samples, self._given, self._skip, self._closed = 0, 0, -start, False
        alone = STRIDE if live else 0
        for piece in np.split(past[MARGIN:], [-start * STRIDE - alone]):
            self._push(piece)

    @property
    def frames(self) -> int:
        """How many frames have been given."""
        return self._given

    def push(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take in samples [n] in -1..1, n at least 0; return the curves [m, C] that have become final.

        Raises:
            ValueError: samples are not one channel or not finite, or came after `flush`.
        """
        if self._closed:
            raise ValueError("samples came after flush; begin a new stream")
        heard = np.asarray(samples, np.float32)
        if heard.ndim != 1:
            raise ValueError(f"samples must be [n], one channel, got {list(heard.shape)}; average the channels first")
        if not np.isfinite(heard).all():
            raise ValueError("samples must be finite, got some that are not; mend them with numpy.nan_to_num")
        self._samples += len(heard)
        return self._push(heard)

    def flush(self) -> NDArray[np.float32]:
        """End the stream in silence; return the remaining curves, so that ceil(seconds * 50) frames were given."""
        if self._closed:
            raise ValueError("the stream was flushed already; begin a new one")
        left = -(-self._samples // STRIDE) - self._given
        parts = [self._push(np.zeros(0, np.float32))]
        while (missing := left - sum(map(len, parts))) > 0:
            parts.append(self._push(np.zeros(missing * STRIDE, np.float32)))
        self._closed = True
        return np.concatenate(parts)[:left]

    @one_thread()
    @torch.inference_mode()
    def _push(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        audio = np.concatenate([self._audio, samples])
        count = max((len(audio) - FFT) // HOP + 1, 0)
        self._audio = audio[count * HOP :].copy()
        curves = self._decode(self._mel(audio[: count * HOP + FFT - HOP]))
        self._skip, skipped = max(self._skip - len(curves), 0), min(self._skip, len(curves))
        self._given += len(curves) - skipped
        result: NDArray[np.float32] = curves[skipped:].numpy()
        return result

    def _mel(self, audio: NDArray[np.float32]) -> Tensor:
        if len(audio) < FFT:
            return torch.zeros(0, 80)
        power = self._model.mel.band_power(torch.from_numpy(audio).unfold(0, FFT, HOP))
        levels = self._level.follow(power.sum(-1).numpy())
        return scaled(power, torch.from_numpy(levels)[:, None])

    def _decode(self, mel: Tensor) -> Tensor:
        trunk, decoder = self._model.trunk, self._model.decoder
        first = self._halve.push(self._stem.push(mel))
        self._first.push(first)
        hidden = first + trunk.offset
        for attention in self._blocks:
            hidden = attention.push(hidden)
        end = self._blocks[-1].done
        heard = torch.cat([self._first.take(end - len(hidden), end), hidden], -1)
        self._first.forget(end)
        hidden = self._project((heard - decoder.feature_mean) / decoder.feature_scale)
        for layer in self._layers:
            hidden = layer.push(hidden)
        return self._contacts.push(self._answer(decoder.out_norm(hidden)))

    def _finish(self, rows: Tensor) -> Tensor:
        decoder, reach = self._model.decoder, self._model.contacts.reach
        curves, phones = rows.tensor_split([len(self._model.config.controls)], -1)
        decoded = Decoded((curves * decoder.curve_scale + decoder.curve_mean)[None], phones[None])
        finished: Tensor = self._model.contacts(decoded)[0]
        return finished[reach : len(rows) - reach]


def _convolution(layer: Layer, start: int, width: int, future: int) -> Window:
    """A layer of the decoder."""
    future = layer.reach(future)
    taps, bias = layer.taps(future)[:, 0].T.detach().contiguous().unbind(), cast(Tensor, layer.depthwise.bias)
    expand, contract = Product.of(layer.expand), Product.of(layer.contract)

    def compute(rows: Tensor) -> Tensor:
        kept = rows[layer.past : rows.shape[0] - future]
        if not kept.shape[0]:
            return kept
        mixed = depthwise(rows, taps, bias, layer.dilation)
        return kept + contract(F.gelu(expand(layer.norm(mixed))))

    return Window(compute, start, width, past=layer.past, future=future)


def _wide_convolution(layer: nn.Conv1d, start: int) -> Window:
    """A convolution over three rows of the trunk's stem, as one product, and what is not linear in it."""
    step, product = layer.stride[0], Product.of(layer)

    def compute(rows: Tensor) -> Tensor:
        if len(rows) < 3:
            return rows.new_zeros(0, layer.out_channels)
        return F.gelu(product(rows.unfold(0, 3, step).flatten(1)))

    return Window(compute, start, layer.in_channels, past=1, future=1, step=step)
