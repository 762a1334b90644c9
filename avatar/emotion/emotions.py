"""The emotions that a face can be asked for, and mixtures of them as people write them."""

from collections.abc import Mapping
from difflib import get_close_matches
from math import isfinite
from types import MappingProxyType

NEUTRAL = "neutral"

EMOTIONS = ("happy", "sad", "angry", "surprised", "afraid", "disgusted", "contempt", "calm")
"""Ekman's seven and calm; neutral is the absence of all, and has no column anywhere."""

SYNONYMS: Mapping[str, str] = MappingProxyType(
    {
        "happiness": "happy",
        "joy": "happy",
        "sadness": "sad",
        "grief": "sad",
        "anger": "angry",
        "surprise": "surprised",
        "amazement": "surprised",
        "fear": "afraid",
        "fearful": "afraid",
        "disgust": "disgusted",
        "pain": "disgusted",
        "contemptuous": "contempt",
        "cheekiness": "contempt",
        "relaxed": "calm",
        "outofbreath": NEUTRAL,
    }
)
"""Other words, the ten of Audio2Face among them. Its pain and cheekiness mean what is nearest on a face: raised lip and
wrinkled nose, a one-sided smile; being out of breath is no expression here."""


def emotion_named(name: str) -> str:
    """The emotion that a word means, in any case.

    Raises:
        ValueError: none; the message lists those known, and the nearest.
    """
    word = name.strip().casefold()
    word = SYNONYMS.get(word, word)
    if word in EMOTIONS or word == NEUTRAL:
        return word
    near = get_close_matches(word, (NEUTRAL, *EMOTIONS, *SYNONYMS), n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise ValueError(f"emotion must be one of {', '.join((NEUTRAL, *EMOTIONS))}, got {name.strip()!r}{hint}")


def mixture(values: Mapping[str, float]) -> dict[str, float]:
    """Intensities under the emotions' own names; of two words for one emotion the stronger counts.

    Args:
        values: by any names, 0..1.

    Returns:
        Those above 0.

    Raises:
        ValueError: an unknown name, or an intensity outside 0..1.
    """
    found: dict[str, float] = {}
    for name, value in values.items():
        emotion, intensity = emotion_named(name), float(value)
        if not (isfinite(intensity) and 0.0 <= intensity <= 1.0):
            raise ValueError(f"intensity of {name!r} must be within 0..1, got {value}")
        if intensity > 0.0 and emotion != NEUTRAL:
            found[emotion] = max(intensity, found.get(emotion, 0.0))
    return found


def parse_mixture(text: str) -> dict[str, float]:
    """Read a mixture such as "happy:0.7", "happy:0.5+surprised:0.3" or "calm", which means "calm:1".

    Raises:
        ValueError: it is not written so, or see `mixture`.
    """
    values: dict[str, float] = {}
    for part in text.split("+"):
        name, colon, number = part.partition(":")
        name = name.strip()
        try:
            value = float(number) if colon else 1.0
        except ValueError:
            value = float("nan")
        if not name or value != value:
            raise ValueError(
                f"emotion must be written like happy:0.7 or happy:0.5+surprised:0.3, or name a file that ends in "
                f".json, .csv or .yml; got {text!r}"
            )
        if name in values:
            raise ValueError(f"emotion {text!r} names {name} twice; give it one intensity")
        values[name] = value
    return mixture(values)
