"""From prosody to emotions: a network so small that it fits on a page."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from avatar.emotion.dimensions import DIMENSIONS
from avatar.emotion.emotions import EMOTIONS, NEUTRAL
from avatar.emotion.voice.pitch import Floats
from avatar.emotion.voice.prosody import FEATURES
from avatar.files import replacing

CLASSES = (NEUTRAL, *EMOTIONS)
"""What a model may know, neutral first."""

SHIPPED = Path(__file__).parent / "data" / "voice.safetensors"

_FORM = "avatar voice emotion 1"
_FARTHEST = 4.0  # standard deviations; beyond what was learned from, nothing more is concluded


@dataclass(frozen=True, eq=False)
class VoiceModel:
    """One hidden layer, then probabilities of emotions, and their dimensions.

    Args:
        classes: which of `CLASSES` it knows, K of them, neutral among them.
        mean: [F] of the features, as learned from.
        scale: [F] their standard deviations.
        hidden: [F + 1, H] weights into the hidden layer, its biases last.
        output: [H + 1, K + 3] weights to the classes' scores, then valence, arousal and dominance; biases last.
        temperature: that scores are divided by: above 1 makes it less sure.
        learned: [K] shares of the classes in what it learned from.
        expected: [K] shares that are expected of the speech that it hears.
        note: what it learned from, in a sentence.

    Raises:
        ValueError: the sizes do not fit.
    """

    classes: tuple[str, ...]
    mean: Floats
    scale: Floats
    hidden: Floats
    output: Floats
    temperature: float
    learned: Floats
    expected: Floats
    note: str = field(default="")

    def __post_init__(self) -> None:
        features, classes = len(FEATURES), len(self.classes)
        if not set(self.classes) <= set(CLASSES) or NEUTRAL not in self.classes:
            raise ValueError(f"classes must be {NEUTRAL} and others of {', '.join(CLASSES)}, got {self.classes}")
        width = self.hidden.shape[-1] if self.hidden.ndim else 0
        wanted = {
            "mean": (features,),
            "scale": (features,),
            "hidden": (features + 1, width),
            "output": (width + 1, classes + len(DIMENSIONS)),
            "learned": (classes,),
            "expected": (classes,),
        }
        for name, shape in wanted.items():
            values = getattr(self, name)
            if values.shape != shape or not np.isfinite(values).all():
                raise ValueError(f"{name} must be {list(shape)} finite numbers, got {list(values.shape)}")
        positive = (self.scale, self.learned, self.expected)
        if not (self.temperature > 0.0 and all((values > 0.0).all() for values in positive)):
            raise ValueError("temperature, scale, learned and expected must be above 0")

    @classmethod
    def load(cls, path: str | os.PathLike[str] | None = None) -> "VoiceModel":
        """Read a model; the shipped one by default.

        Raises:
            OSError: there is no such file, or it may not be read.
            ValueError: it is no model of this kind.
        """
        return _shipped() if path is None else _read(Path(path))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it as safetensors; what is not a table of numbers stands in the header."""
        header = {
            "form": _FORM,
            "classes": json.dumps(self.classes),
            "features": json.dumps(FEATURES),
            "temperature": repr(self.temperature),
            "note": self.note,
        }
        tables = {
            name: np.ascontiguousarray(getattr(self, name), np.float32)
            for name in ("mean", "scale", "hidden", "output", "learned", "expected")
        }
        with replacing(path) as temporary:
            save_file(tables, temporary, header)

    def scores(self, features: Floats) -> tuple[Floats, Floats]:
        """Scores of the classes [T, K], and dimensions [T, 3] before they are limited, for features [T, F]."""
        known = np.clip((features - self.mean) / self.scale, -_FARTHEST, _FARTHEST)
        found = np.tanh(known @ self.hidden[:-1] + self.hidden[-1]) @ self.output[:-1] + self.output[-1]
        return found[:, : len(self.classes)], found[:, len(self.classes) :]

    def probabilities(self, features: Floats, *, expected: Floats | None = None) -> Floats:
        """How likely each class is [T, K].

        Scores are tempered, then moved from the shares of what was learned from to those that are expected (Saerens,
        Latinne and Decaestecker 2002).

        Args:
            features: [T, F] in the order of `FEATURES`.
            expected: [K] shares of the classes, by default the model's.
        """
        return softmax(self.evidence(features) + np.log(self.expected if expected is None else expected))

    def evidence(self, features: Floats) -> Floats:
        """How much more likely features are of each class, logarithms up to a constant [T, K], tempered."""
        return np.asarray(self.scores(features)[0] / self.temperature - np.log(self.learned))

    def dimensions(self, features: Floats) -> Floats:
        """Valence, arousal and dominance [T, 3], -1..1, for features [T, F]."""
        return np.clip(self.scores(features)[1], -1.0, 1.0)


def softmax(scores: Floats) -> Floats:
    """Probabilities [T, K] of scores [T, K]."""
    powers = np.exp(scores - scores.max(1, keepdims=True))
    return np.asarray(powers / powers.sum(1, keepdims=True))


def shares(classes: tuple[str, ...], given: Mapping[str, float] | float) -> Floats:
    """Shares [K] of classes: as given by name, or that of neutral, with the others alike."""
    if isinstance(given, Mapping):
        values = np.array([given[name] for name in classes], np.float64)
    else:
        values = np.array([given if name == NEUTRAL else (1.0 - given) / (len(classes) - 1) for name in classes])
    return np.asarray(values / values.sum())


@cache
def _shipped() -> VoiceModel:
    return _read(SHIPPED)


def _read(path: Path) -> VoiceModel:
    if not path.is_file():
        raise FileNotFoundError(f"no such model: {path}")
    try:
        with safe_open(path, framework="numpy") as file:
            header = file.metadata() or {}
            if header.get("form") != _FORM or json.loads(header["features"]) != list(FEATURES):
                raise ValueError(f"it is not of the form {_FORM!r} with these features; train it again")
            tables = {name: np.asarray(file.get_tensor(name), np.float64) for name in file.keys()}  # noqa: SIM118
            classes = tuple(json.loads(header["classes"]))
            return VoiceModel(classes, temperature=float(header["temperature"]), note=header.get("note", ""), **tables)
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is no model of emotions in the voice: {error}") from error
