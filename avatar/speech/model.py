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
from avatar.articulation.phones import PHONES
from avatar.controls import ARKIT
from avatar.files import replacing
from avatar.speech.contacts import Contacts
from avatar.speech.decoder import CurveDecoder, Decoded
from avatar.speech.level import FixedLevel, RunningLevel
from avatar.speech.lookahead import FPS, Lookahead, frames_within, share
from avatar.speech.mel import FFT, HOP, MARGIN, SAMPLE_RATE, LogMel, frame_energy, speech_level
from avatar.speech.stream import PART_STEP, STRIDE, SpeechStream
from avatar.speech.trunk import WhisperTrunk
from avatar.threads import one_thread, spread

WINDOW = 1500
"""Mel frames computed at once (15 s): large enough to be fast, small enough to be flat in memory."""

SHORTEST, LONGEST = 250, 6000
"""Frames of parts that have a thread of their own (5 s to 2 minutes).

Each hears three seconds more than it gives, so that short ones are not worth it; between two of them Ctrl-C is heard.
"""

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
    phones: tuple[str, ...] = PHONES
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

    def forward(self, mel: Tensor, lookahead: Lookahead | None = None) -> Decoded:
        """Curves and phone logits from levelled log-mel frames.

        Args:
            mel: [B, 80, 2 * T].
            lookahead: of each layer; by default all that it has.

        Returns:
            `Decoded`, T frames. Differentiable in `mel`.
        """
        lookahead = lookahead or self.lookahead()
        decoded: Decoded = self.decoder(self.trunk(mel, lookahead.blocks), lookahead.layers)
        return decoded

    def lookahead(self, seconds: float | None = None) -> Lookahead:
        """How the layers share some seconds of look-ahead; None is all that they have.

        Raises:
            ValueError: seconds are too few.
        """
        most = Lookahead(self.trunk.futures, self.decoder.futures)
        frames = most.frames if seconds is None else frames_within(seconds, self.contacts.reach)
        return share(frames, most, self.decoder.dilations)

    def predict(
        self, samples: ArrayLike, *, sample_rate: int = SAMPLE_RATE, lookahead: float | None = None
    ) -> Animation:
        """Mouth curves for a recording of any length, in flat memory.

        Everything but jaw, mouth, cheeks and tongue stays neutral. The recording is taken to lie in silence.

        Args:
            samples: [N] mono, -1..1.
            sample_rate: samples per second.
            lookahead: seconds of sound after a frame that may matter to it, as in `stream`; None is the whole
                recording, its loudness included.

        Returns:
            An `Animation` in ARKIT at 50 fps with ceil(50 * seconds) frames.

        Raises:
            ValueError: samples are not one channel, empty, or not finite; lookahead is too short.
        """
        audio = _checked(samples, sample_rate)
        frames = ceil(len(audio) * FPS / SAMPLE_RATE)
        weights = np.tile(ARKIT.neutral, (frames, 1))
        layers = self.lookahead(lookahead)
        level = RunningLevel() if lookahead is not None else FixedLevel(self._level(audio))
        # How loud speech was so far is known to those only who heard all of it.
        threads = torch.get_num_threads() if lookahead is None else 1
        parts = _parts(frames, threads)

        def give(index: int) -> None:
            part = parts[index]
            stream = SpeechStream(self, layers, level, live=False, before=audio[: part.start * STRIDE])
            place, heard = part.start, part.start * STRIDE
            while place < part.stop and heard < len(audio):
                more = min(WINDOW * HOP, (part.stop - place) * STRIDE)
                curves = stream.push(audio[heard : heard + more])[: part.stop - place]
                weights[place : place + len(curves), self._columns] = curves
                place, heard = place + len(curves), heard + more
            if place < part.stop:
                weights[place : part.stop, self._columns] = stream.flush()[: part.stop - place]

        with one_thread():
            spread(give, len(parts), threads)
        return Animation(ARKIT, weights, FPS).clamp()

    def stream(self, lookahead: float = 0.2) -> SpeechStream:
        """Curves while the sound arrives, with exactly the bits that `predict` gives for the same look-ahead.

        Args:
            lookahead: seconds of sound after a frame's instant that it waits for, at least 0.1125; resampling to any
                frame rate is included.

        Raises:
            ValueError: lookahead is too short.
        """
        return SpeechStream(self, self.lookahead(lookahead), RunningLevel())

    @one_thread()
    @torch.inference_mode()
    def _level(self, audio: NDArray[np.float32]) -> float:
        """The recording's speech level, from its spectrogram."""
        padded = np.pad(audio, (MARGIN, MARGIN))
        energies = [
            frame_energy(self.mel.power(torch.from_numpy(padded[None, start : start + WINDOW * HOP + FFT - HOP])))
            for start in range(0, len(audio), WINDOW * HOP)
        ]
        return speech_level(torch.cat(energies, -1)[0].numpy())


def _parts(frames: int, threads: int) -> list[range]:
    """Frames cut into parts, for each thread as many as any other; all but the last are of one length."""
    if threads == 1:
        return [range(frames)]
    count = min(threads, max(frames // SHORTEST, 1)) * ceil(frames / (threads * LONGEST))
    step = PART_STEP // STRIDE
    length = ceil(frames / (count * step)) * step
    return [range(start, min(start + length, frames)) for start in range(0, frames, length)]


def _checked(samples: ArrayLike, sample_rate: int) -> NDArray[np.float32]:
    """The samples as 16 kHz float32, or an error that says what is wrong with them."""
    audio = np.ascontiguousarray(samples, np.float32)
    if audio.ndim != 1:
        raise ValueError(f"samples must be [N], one channel, got {list(audio.shape)}; average the channels first")
    if len(audio) == 0:
        raise ValueError("samples must hold at least one sample, got none")
    if not 0 < sample_rate < np.inf:
        raise ValueError(f"sample_rate must be a number above 0 samples per second, got {sample_rate}")
    bad = np.flatnonzero(~np.isfinite(audio))
    if len(bad):
        raise ValueError(
            f"samples must be finite, got {len(bad)} that are not, the first at {bad[0] / sample_rate:.3f} s; "
            "mend the recording or replace them with numpy.nan_to_num"
        )
    if sample_rate != SAMPLE_RATE:
        import soxr

        audio = soxr.resample(audio, sample_rate, SAMPLE_RATE)
    return audio
