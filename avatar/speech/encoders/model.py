"""A speech model that listens with somebody else's encoder: the encoder stays as it is, a curve decoder is on top."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from math import ceil
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import torch
from numpy.typing import ArrayLike
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from avatar.animation import Animation
from avatar.articulation.phones import PHONES
from avatar.controls import ARKIT
from avatar.files import replacing
from avatar.speech.contacts import Contacts
from avatar.speech.decoder import CurveDecoder, Decoded
from avatar.speech.encoders.encoder import SpeechEncoder
from avatar.speech.lookahead import FPS
from avatar.speech.mel import SAMPLE_RATE
from avatar.speech.model import MOUTH_CONTROLS


@dataclass(frozen=True)
class EncodedConfig:
    """The shape of the decoder: everything that its weights cannot say themselves.

    Args:
        features: channels of the encoder.
        encoder: what the encoder was, for people; the weights are of use with no other.
        controls: ARKit names of the curves, in the decoder's order.
        phones: symbols of the phone classes, in the decoder's order.
        width: channels of the decoder.
        dilations: of the decoder's layers.
    """

    features: int
    encoder: str = ""
    controls: tuple[str, ...] = MOUTH_CONTROLS
    phones: tuple[str, ...] = PHONES
    width: int = 256
    dilations: tuple[int, ...] = (1, 1, 2, 3, 3)


class EncodedSpeechModel:
    """Waveform to mouth curves through any `SpeechEncoder`; offline, since most encoders hear whole windows.

    Args:
        encoder: such as `load_encoder` gives.
        config: the shape of the decoder.

    Raises:
        ValueError: the encoder has other features than the config.
    """

    def __init__(self, encoder: SpeechEncoder, config: EncodedConfig | None = None) -> None:
        self.config = config or EncodedConfig(encoder.features)
        if encoder.features != self.config.features:
            raise ValueError(
                f"encoder must give the {self.config.features} features that the decoder was trained on, those of "
                f"{self.config.encoder or 'an encoder without a name'}; got {encoder.features}"
            )
        self.encoder = encoder
        self.decoder = CurveDecoder(
            features=self.config.features,
            curves=len(self.config.controls),
            phones=len(self.config.phones),
            width=self.config.width,
            dilations=self.config.dilations,
        ).eval()
        self.contacts = Contacts(self.config.controls, self.config.phones)

    @classmethod
    def load(cls, path: str | os.PathLike[str], encoder: SpeechEncoder) -> "EncodedSpeechModel":
        """Read a decoder that `save` wrote.

        Args:
            path: the .safetensors file.
            encoder: the one it was trained on.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: it is no such decoder, or of another encoder.
        """
        if not Path(path).is_file():
            raise FileNotFoundError(f"no such decoder: {path}")
        try:
            with safe_open(path, "pt") as file:
                fields: dict[str, Any] = json.loads((file.metadata() or {})["encoded"])
                weights = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118
            shape: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in fields.items()}
            config = EncodedConfig(**shape)
        except (SafetensorError, KeyError, ValueError, TypeError) as error:
            raise ValueError(
                f"{path} is no decoder of an encoder's features ({error}); make one with "
                "python -m avatar.training.encoded"
            ) from error
        model = cls(encoder, config)
        model.decoder.load_state_dict(weights)
        return model

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the decoder as float16; the encoder stays where it is."""
        weights = {name: value.detach().half().contiguous() for name, value in self.decoder.state_dict().items()}
        with replacing(path) as temporary:
            save_file(weights, temporary, {"encoded": json.dumps(asdict(self.config))})

    def predict(
        self, samples: ArrayLike, *, sample_rate: int = SAMPLE_RATE, lookahead: float | None = None
    ) -> Animation:
        """Mouth curves for a recording of any length, in flat memory.

        Args:
            samples: [N] mono, -1..1.
            sample_rate: samples per second.
            lookahead: None; encoders hear whole windows.

        Returns:
            An `Animation` in ARKIT at 50 fps with ceil(50 * seconds) frames; all but jaw, mouth, cheeks and tongue is
            neutral.

        Raises:
            ValueError: samples are not one channel, empty, or not finite; a look-ahead is asked for.
        """
        if lookahead is not None:
            raise ValueError(f"lookahead must be None, got {lookahead}: {_OFFLINE}")
        audio = np.ascontiguousarray(samples, np.float32)
        if audio.ndim != 1:
            raise ValueError(f"samples must be [N], one channel, got {list(audio.shape)}; average the channels first")
        if sample_rate != SAMPLE_RATE:
            import soxr

            audio = soxr.resample(audio, sample_rate, SAMPLE_RATE)
        frames = ceil(len(audio) * FPS / SAMPLE_RATE)
        weights = np.tile(ARKIT.neutral, (frames, 1))
        curves = torch.cat(list(self._curves(self.encoder.pieces(torch.tensor(audio)[None])))).numpy()
        weights[:, ARKIT.indices(self.config.controls)] = curves
        return Animation(ARKIT, weights, FPS).clamp()

    def stream(self, lookahead: float = 0.2) -> NoReturn:
        """Not to be had: encoders hear whole windows.

        Raises:
            ValueError: always.
        """
        raise ValueError(f"this speech model cannot stream with a look-ahead of {lookahead} s: {_OFFLINE}")

    def _curves(self, pieces: Iterator[Tensor]) -> Iterator[Tensor]:
        """Finished curves [n, C] of features that come in pieces; a frame waits for those that it reaches to."""
        reach = self.decoder.reach + self.contacts.reach
        held, done = torch.zeros(1, 0, self.config.features), 0
        for piece in pieces:
            held = torch.cat([held, piece.cpu()], 1)
            final = max(held.shape[1] - reach, done)
            yield self._decode(held)[done:final]
            dropped = max(final - reach, 0)
            held, done = held[:, dropped:], final - dropped
        yield self._decode(held)[done:]

    @torch.inference_mode()
    def _decode(self, features: Tensor) -> Tensor:
        decoded: Decoded = self.decoder(features)
        finished: Tensor = self.contacts(decoded)
        return finished[0]


_OFFLINE = "its encoder hears whole windows; use the built-in model for live speech"
