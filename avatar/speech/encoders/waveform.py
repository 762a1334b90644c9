"""wav2vec 2.0, HuBERT and WavLM: convolutions over the waveform, then a transformer.

Baevski et al. 2020 (wav2vec 2.0), Hsu et al. 2021 (HuBERT), Chen et al. 2022 (WavLM). The convolutions hear 400 samples
for each frame, 320 apart and without padding, so the model's own frame t is about sample 320 t + 200. Here 200 samples
of silence come first, and frame t is about the instant t / 50 s.
"""

from contextlib import ExitStack
from math import prod
from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn

from avatar.speech.encoders.encoder import FRAME, LayerChoice, WindowedEncoder


class WaveformEncoder(WindowedEncoder):
    """A transformers model that reads the waveform.

    Args:
        model: Wav2Vec2Model, HubertModel or WavLMModel; layers that are not needed are cut off it.
        choice: which layers make the features.
        normalize: whether the model was trained on recordings of zero mean and unit variance.
        window: frames that are heard together.
        context: frames at each inner edge of a window that are left to its neighbour.

    Raises:
        ValueError: the model's frames are not 20 ms apart.
    """

    def __init__(self, model: nn.Module, choice: LayerChoice, *, normalize: bool, window: int, context: int) -> None:
        config: Any = model.config
        super().__init__(features=choice.count * config.hidden_size, window=window, context=context)
        strides = config.conv_stride
        if prod(strides) != FRAME:
            raise ValueError(
                f"the model's frames must be {FRAME} samples apart (20 ms at 16 kHz), got {prod(strides)}: "
                f"conv_stride {list(strides)}"
            )
        self.choice, self.normalize = choice, normalize
        self.heard = 1 + sum((kernel - 1) * prod(strides[:i]) for i, kernel in enumerate(config.conv_kernel))
        """Samples that one frame of the convolutions hears."""
        self.model = model.eval().requires_grad_(False)
        layers = self._layers
        # The first always stays: its input may be what is asked for.
        del layers[max(1, choice.deepest) :]

    @property
    def _layers(self) -> nn.ModuleList:
        encoder: Any = self.model.encoder
        layers = encoder.layers
        assert isinstance(layers, nn.ModuleList)
        return layers

    def level(self, samples: Tensor) -> Tensor:
        """Mean and scale [B, 2] of the whole recording."""
        if not self.normalize:
            return samples.new_tensor([0.0, 1.0]).expand(len(samples), 2)
        mean, variance = samples.mean(1), samples.var(1, unbiased=False)
        return F.pad(mean[:, None], (0, 1)) + F.pad((variance + 1e-7).sqrt()[:, None], (1, 0))

    def hear(self, samples: Tensor, level: Tensor) -> Tensor:
        """Features [B, T, features] of samples [B, 320 * T] that are taken to lie in silence."""
        even = (samples - level[:, :1]) / level[:, 1:]
        before = self.heard // 2
        even = F.pad(even, (before, self.heard - FRAME - before))
        hidden: list[Tensor] = []
        with ExitStack() as hooks:
            handles = [self._layers[0].register_forward_pre_hook(lambda _, inputs: hidden.append(inputs[0]))]
            handles += [
                layer.register_forward_hook(lambda *run: hidden.append(_first(run[-1]))) for layer in self._layers
            ]
            for handle in handles:
                hooks.callback(handle.remove)
            self.model(even)
        return self.choice.mix(hidden)


def _first(output: Any) -> Tensor:
    """A layer's hidden frames; some give more beside them."""
    found: Tensor = output[0] if isinstance(output, tuple) else output
    return found
