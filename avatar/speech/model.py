"""Speech in, mouth curves out: spectrogram, trunk, decoder and contacts as one model with one file of weights."""

import json
import os
from dataclasses import asdict, dataclass
from importlib.resources import as_file, files
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from avatar.animation import Animation
from avatar.articulation.phones import ARPABET
from avatar.controls import ARKIT
from avatar.files import replacing
from avatar.speech.contacts import Contacts
from avatar.speech.decoder import CurveDecoder, Decoded
from avatar.speech.mel import HOP, MARGIN, SAMPLE_RATE, LogMel, frame_energy, speech_level
from avatar.speech.trunk import WhisperTrunk

FPS = 50
"""Frames per second of the model: every second mel frame."""

WINDOW = 1500
"""Frames computed at once (half a minute): large enough to be fast, small enough to be flat in memory."""

MOUTH_CONTROLS: tuple[str, ...] = tuple(
    name for name in ARKIT.names if name.startswith(("jaw", "mouth", "cheek", "tongue"))
)
"""The controls that speech moves: jaw, mouth, cheeks and tongue."""


@dataclass(frozen=True)
class SpeechConfig:
    """The shape of a speech model: everything that its weights cannot say themselves.

    Args:
        controls: ARKit names of the curves, in the decoder's order.
        phones: symbols of the phone classes, in the decoder's order.
        depth: transformer layers of the trunk.
        past: frames that each of them looks back.
        future: frames that each of them looks ahead.
        width: channels of the decoder.
        dilations: of the decoder's layers.
    """

    controls: tuple[str, ...] = MOUTH_CONTROLS
    phones: tuple[str, ...] = ARPABET
    depth: int = 2
    past: int = 30
    future: int = 30
    width: int = 256
    dilations: tuple[int, ...] = (1, 1, 2, 3, 3)

    @classmethod
    def from_json(cls, text: str) -> "SpeechConfig":
        """Read what `to_json` wrote."""
        fields: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in json.loads(text).items()
        }
        return cls(**fields)

    def to_json(self) -> str:
        """All fields, for a file's header."""
        return json.dumps(asdict(self))


class SpeechModel(nn.Module):
    """Waveform to the mouth part of the ARKit curves at 50 frames a second.

    Args:
        config: the shape of the model; `load` reads it from the file of weights.

    >>> model = SpeechModel.load()
    >>> model.predict([0.0] * 16000)["jawOpen"].shape
    (50,)
    """

    def __init__(self, config: SpeechConfig | None = None) -> None:
        super().__init__()
        self.config = config or SpeechConfig()
        self.mel = LogMel()
        self.trunk = WhisperTrunk(depth=self.config.depth, past=self.config.past, future=self.config.future)
        self.decoder = CurveDecoder(
            features=2 * self.trunk.offset.numel(),
            curves=len(self.config.controls),
            phones=len(self.config.phones),
            width=self.config.width,
            dilations=self.config.dilations,
        )
        self.contacts = Contacts(self.config.controls, self.config.phones)
        self._columns = ARKIT.indices(self.config.controls)

    @property
    def reach(self) -> int:
        """How many frames away a sound can be and still matter to a frame."""
        return self.trunk.reach + self.decoder.reach + self.contacts.reach

    @classmethod
    def load(cls, path: str | os.PathLike[str] | None = None) -> "SpeechModel":
        """The trained model, ready to predict.

        Args:
            path: a .safetensors file that `save` wrote; None is the one that ships with the package.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: it is not a speech model.
        """
        if path is None:
            with as_file(files("avatar.speech") / "data" / "speech.safetensors") as shipped:
                return cls._read(shipped)
        return cls._read(Path(path))

    @classmethod
    def _read(cls, path: Path) -> "SpeechModel":
        if not path.is_file():
            raise FileNotFoundError(f"no such speech model: {path}")
        try:
            with safe_open(path, "pt") as file:
                model = cls(SpeechConfig.from_json((file.metadata() or {})["config"]))
                model.load_state_dict({name: file.get_tensor(name).float() for name in file.keys()})  # noqa: SIM118
        except (SafetensorError, KeyError, ValueError, TypeError, RuntimeError) as error:
            # A mismatch of weights lists every one of them on further lines.
            reason = str(error).partition("\n")[0]
            raise ValueError(
                f"{path} is not a speech model ({reason}); make one with python -m avatar.training.train"
            ) from error
        return model.eval()

    def save(self, path: str | os.PathLike[str], *, notes: dict[str, str] | None = None) -> None:
        """Write the weights as float16, and the config as JSON in the file's header.

        Args:
            path: the .safetensors file.
            notes: more to write into the header, such as where the weights come from.
        """
        weights = {name: value.detach().half().contiguous() for name, value in self.state_dict().items()}
        with replacing(path) as temporary:
            save_file(weights, temporary, {**(notes or {}), "config": self.config.to_json()})

    def forward(self, mel: Tensor) -> Decoded:
        """Curves and phone logits from levelled log-mel frames.

        Args:
            mel: [B, 80, 2 * T].

        Returns:
            `Decoded`, T frames. Differentiable in `mel`.
        """
        decoded: Decoded = self.decoder(self.trunk(mel))
        return decoded

    def predict(self, samples: ArrayLike, *, sample_rate: int = SAMPLE_RATE) -> Animation:
        """Mouth curves for a recording of any length, in flat memory.

        Everything but jaw, mouth, cheeks and tongue stays neutral. The recording is taken to lie in silence.

        Args:
            samples: [N] mono, -1..1.
            sample_rate: samples per second.

        Returns:
            An `Animation` in ARKIT at 50 fps with ceil(50 * seconds) frames.

        Raises:
            ValueError: samples are not one channel, empty, or not finite.
        """
        audio = _checked(samples, sample_rate)
        frames = ceil(len(audio) * FPS / SAMPLE_RATE)
        weights = np.tile(ARKIT.neutral, (frames, 1))
        with torch.inference_mode():
            level = self._level(audio, frames)
            for start in range(0, frames, WINDOW):
                stop = min(start + WINDOW, frames)
                weights[start:stop, self._columns] = self._window(audio, level, start, stop)
        return Animation(ARKIT, weights, FPS).clamp()

    def _level(self, audio: NDArray[np.float32], frames: int) -> float:
        """The recording's speech level, from its spectrogram."""
        energies = [
            frame_energy(self.mel.power(_cut(audio, start, min(start + WINDOW, frames))))[0].numpy()
            for start in range(0, frames, WINDOW)
        ]
        return speech_level(np.concatenate(energies))

    def _window(self, audio: NDArray[np.float32], level: float, start: int, stop: int) -> NDArray[np.float32]:
        """Curves [stop - start, C] of some frames, computed with all the surroundings that matter to them."""
        mel = self.mel(_cut(audio, start - self.reach, stop + self.reach), torch.tensor([level]))
        curves: NDArray[np.float32] = self.contacts(self(mel))[0, self.reach : -self.reach].numpy()
        return curves


def _cut(audio: NDArray[np.float32], start: int, stop: int) -> Tensor:
    """The samples [1, N] that the mel frames of the model's frames start..stop need; silence outside the recording."""
    first = 2 * start * HOP - MARGIN
    last = (2 * stop - 1) * HOP + MARGIN
    inside = audio[max(first, 0) : max(last, 0)]
    return torch.from_numpy(np.pad(inside, (max(-first, 0), last - max(first, 0) - len(inside))))[None]


def _checked(samples: ArrayLike, sample_rate: int) -> NDArray[np.float32]:
    """The samples as 16 kHz float32, or an error that says what is wrong with them."""
    audio = np.ascontiguousarray(samples, np.float32)
    if audio.ndim != 1:
        raise ValueError(f"samples must be [N], one channel, got {list(audio.shape)}; average the channels first")
    if len(audio) == 0:
        raise ValueError("samples must hold at least one sample, got none")
    bad = np.flatnonzero(~np.isfinite(audio))
    if len(bad):
        raise ValueError(
            f"samples must be finite, got {len(bad)} that are not, the first at {bad[0] / sample_rate:.3f} s; "
            "mend the recording or replace them with numpy.nan_to_num"
        )
    if sample_rate <= 0:
        raise ValueError(f"sample_rate must be above 0 samples per second, got {sample_rate}")
    if sample_rate != SAMPLE_RATE:
        import soxr

        audio = soxr.resample(audio, sample_rate, SAMPLE_RATE)
    return audio
