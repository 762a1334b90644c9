"""Learning a model of emotions in voices from clips whose emotion is known."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from avatar.emotion.dimensions import DIMENSIONS, PLACES
from avatar.emotion.emotions import NEUTRAL
from avatar.emotion.voice.clips import Clip
from avatar.emotion.voice.model import CLASSES, VoiceModel, shares, softmax
from avatar.emotion.voice.pitch import Floats
from avatar.emotion.voice.prosody import usual

HIDDEN = 16
DECAY = 2e-2
"""Weight of the squared weights in the loss."""

_DIMENSIONS_WEIGHT = 2.0  # of the dimensions' squared errors beside the classes' cross entropy
_STEPS = 300
_STRIDE = 2  # of the windows that are learned from


@dataclass(frozen=True, eq=False)
class Examples:
    """Windows with what they are.

    Args:
        features: [N, F].
        labels: [N] places in `classes`.
        places: [N, 3] valence, arousal and dominance.
        classes: which emotions there are.
        clips: [N] which clip each is from.
    """

    features: Floats
    labels: NDArray[np.intp]
    places: Floats
    classes: tuple[str, ...]
    clips: NDArray[np.intp]

    @property
    def shares(self) -> Floats:
        """Of each class [K]."""
        return np.asarray(np.bincount(self.labels, minlength=len(self.classes)) / len(self.labels))


def examples(
    clips: Sequence[Clip], rng: np.random.Generator, *, classes: tuple[str, ...] | None = None, rounds: int = 3
) -> Examples:
    """Make windows of clips as they would be heard: beside what else the same speaker says in the recording.

    Every clip is put into `rounds` recordings: alone, or with up to five others of its speaker, half of them neutral.
    So the model learns how much there is to a voice that is louder than usual, and that nothing is unusual in a
    recording of one sentence.

    Args:
        clips: at least one with enough speech.
        rng: which are put together.
        classes: that are known; clips of others are left out. By default those that occur.
        rounds: recordings for each clip.

    Raises:
        ValueError: no clip has enough speech.
    """
    known = classes or tuple(name for name in CLASSES if any(clip.emotion == name for clip in clips))
    by_speaker: dict[str, list[Clip]] = {}
    for clip in clips:
        by_speaker.setdefault(clip.speaker, []).append(clip)
    features, labels, places, numbers = [], [], [], []
    for number, clip in enumerate(clips):
        # Neighbours share nine tenths of their sound.
        spoken = np.flatnonzero(clip.prosody.spoken)[::_STRIDE]
        if clip.emotion not in known or not len(spoken):
            continue
        others = [other for other in by_speaker[clip.speaker] if other is not clip and other.prosody.spoken.any()]
        plain = [other for other in others if other.emotion == NEUTRAL]
        for _ in range(rounds):
            company = [clip.prosody]
            for _ in range(int(rng.integers(0, 6)) if others else 0):
                pool = plain if plain and rng.random() < 0.5 else others
                company.append(pool[int(rng.integers(len(pool)))].prosody)
            features.append(clip.prosody.features(usual(company))[spoken])
            labels.append(np.full(len(spoken), known.index(clip.emotion)))
            place = np.array(PLACES.get(clip.emotion, (0.0, 0.0, 0.0))) * clip.intensity
            places.append(np.tile(place, (len(spoken), 1)))
            numbers.append(np.full(len(spoken), number))
    if not features:
        raise ValueError("no clip holds half a second of voiced speech; there is nothing to learn from")
    return Examples(
        np.concatenate(features), np.concatenate(labels), np.concatenate(places), known, np.concatenate(numbers)
    )


def fit(data: Examples, *, seed: int = 0, steps: int = _STEPS, expected_neutral: float = 0.7) -> VoiceModel:
    """Learn from examples, by L-BFGS; all classes count alike.

    Args:
        data: what to learn from.
        seed: of the first weights.
        steps: at most.
        expected_neutral: share of neutral speech that is expected of what will be heard.
    """
    mean, scale = data.features.mean(0), np.maximum(data.features.std(0), 1e-6)
    inputs = np.column_stack([np.clip((data.features - mean) / scale, -4.0, 4.0), np.ones(len(data.features))])
    count, width = len(data.classes), inputs.shape[1]
    outputs = count + data.places.shape[1]
    present = np.maximum(data.shares, 1e-9)
    weights = (1.0 / (present * count))[data.labels]
    weights /= weights.sum()
    truth = np.eye(count)[data.labels]

    def loss(flat: Floats) -> tuple[float, Floats]:
        first = flat[: width * HIDDEN].reshape(width, HIDDEN)
        second = flat[width * HIDDEN :].reshape(HIDDEN + 1, outputs)
        hidden = np.column_stack([np.tanh(inputs @ first), np.ones(len(inputs))])
        found = hidden @ second
        chances = softmax(found[:, :count])
        errors = found[:, count:] - data.places
        value = -(weights * np.log(np.maximum((chances * truth).sum(1), 1e-12))).sum()
        value += _DIMENSIONS_WEIGHT * (weights[:, None] * errors**2).sum()
        back = weights[:, None] * np.hstack([chances - truth, 2.0 * _DIMENSIONS_WEIGHT * errors])
        to_second = hidden.T @ back
        to_first = inputs.T @ ((back @ second[:-1].T) * (1.0 - hidden[:, :-1] ** 2))
        # Biases go free.
        for matrix, slope in ((first, to_first), (second, to_second)):
            value += DECAY * (matrix[:-1] ** 2).sum() / 2
            slope[:-1] += DECAY * matrix[:-1]
        return float(value), np.concatenate([to_first.ravel(), to_second.ravel()])

    rng = np.random.default_rng(seed)
    start = np.concatenate([rng.standard_normal(width * HIDDEN) / np.sqrt(width), np.zeros((HIDDEN + 1) * outputs)])
    best = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": steps}).x
    alike = np.full(count, 1.0 / count)
    return VoiceModel(
        data.classes,
        mean,
        scale,
        best[: width * HIDDEN].reshape(width, HIDDEN),
        best[width * HIDDEN :].reshape(HIDDEN + 1, outputs),
        1.0,
        alike,
        shares(data.classes, expected_neutral),
    )


def tempered(model: VoiceModel, data: Examples) -> VoiceModel:
    """The model with the temperature at which examples that it did not learn from are likeliest (Guo et al. 2017)."""
    scores = model.scores(data.features)[0]
    weights = (1.0 / np.maximum(data.shares, 1e-9))[data.labels]
    rows = np.arange(len(scores))

    def surprise(logarithm: float) -> float:
        chances = softmax(scores / np.exp(logarithm))[rows, data.labels]
        return float(-(weights * np.log(np.maximum(chances, 1e-12))).sum())

    found = optimize.minimize_scalar(surprise, bounds=(-1.5, 2.5), method="bounded")
    return replace(model, temperature=float(np.exp(found.x)))


@dataclass(frozen=True, eq=False)
class Scores:
    """How good a model is on voices that it never heard, all classes counted alike.

    Args:
        accuracy: share of clips whose likeliest class is the true one: the mean over classes (unweighted recall).
        window_accuracy: the same of windows.
        calibration_error: expected difference between how sure it is and how often it is right, in windows.
        confusion: [K, K] share of each true class's clips (rows) that were taken for each (columns).
        correlations: [3] with valence, arousal and dominance, in windows.
    """

    accuracy: float
    window_accuracy: float
    calibration_error: float
    confusion: Floats
    correlations: Floats

    def table(self, classes: tuple[str, ...]) -> str:
        """All of it, to be read."""
        width = max(map(len, classes)) + 2
        lines = [
            f"clips named right, mean of classes {self.accuracy:.1%} (chance {1 / len(classes):.1%}), "
            f"windows {self.window_accuracy:.1%}, expected calibration error {self.calibration_error:.3f}",
            "r with "
            + ", ".join(f"{name} {value:.2f}" for name, value in zip(DIMENSIONS, self.correlations, strict=True)),
            "said \\ heard".ljust(width) + "".join(name.rjust(width) for name in classes),
        ]
        for name, row in zip(classes, self.confusion, strict=True):
            lines.append(name.ljust(width) + "".join(f"{share:.0%}".rjust(width) for share in row))
        return "\n".join(lines)


def judge(model: VoiceModel, data: Examples) -> Scores:
    """Judge a model on examples; no class is expected more than another."""
    count = len(model.classes)
    chances = model.probabilities(data.features, expected=np.full(count, 1.0 / count))
    weights = (1.0 / np.maximum(data.shares, 1e-9))[data.labels]
    right = chances.argmax(1) == data.labels
    confusion = np.zeros((count, count))
    for clip in np.unique(data.clips):
        mine = data.clips == clip
        confusion[data.labels[mine][0], np.log(np.maximum(chances[mine], 1e-9)).mean(0).argmax()] += 1
    confusion /= np.maximum(confusion.sum(1, keepdims=True), 1)
    heard = [index for index in range(count) if (data.labels == index).any()]
    found = model.dimensions(data.features)
    correlations = [
        np.corrcoef(found[:, column], data.places[:, column])[0, 1] if np.ptp(data.places[:, column]) > 0 else 0.0
        for column in range(3)
    ]
    return Scores(
        float(np.mean([confusion[index, index] for index in heard])),
        float(np.average(right, weights=weights)),
        calibration_error(chances.max(1), right, weights),
        confusion,
        np.array(correlations),
    )


def calibration_error(sureness: Floats, right: NDArray[np.bool_], weights: Floats, *, bins: int = 10) -> float:
    """Expected calibration error (Naeini, Cooper and Hauskrecht 2015).

    Args:
        sureness: [N] 0..1 that each answer claims.
        right: [N] whether it was right.
        weights: [N] how much each counts.
        bins: of equal width.
    """
    places = np.minimum((sureness * bins).astype(int), bins - 1)
    gaps = [
        abs(float((weights[mine] * (sureness[mine] - right[mine])).sum()))
        for mine in (places == n for n in range(bins))
    ]
    return float(sum(gaps) / weights.sum())
