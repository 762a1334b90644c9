"""Emotion tracks in files: our JSON and CSV, and Audio2Face's time codes.

Every row or object has a time and says the emotions in one of three ways: intensities by name, the text of a mixture,
or valence, arousal and dominance.
"""

import csv
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from avatar.emotion.dimensions import DIMENSIONS, from_dimensions
from avatar.emotion.emotions import mixture, parse_mixture
from avatar.emotion.track import EmotionKey
from avatar.files import replacing

_TIMES = ("time", "time_code", "timecode", "start", "seconds", "t")
_TIME_CODES = ("time_code", "timecode")  # Audio2Face's
_LISTS = ("keys", "emotion_with_timecode_list", "emotions_with_timecode", "emotions", "emotion_aggregate")
_MIXTURES = ("emotions", "emotion", "mixture", "emotion_values")
_PREFIX = "emotion_values."  # of the columns in Audio2Face's CSV
_EXPECTED = 'expected keys such as [{"time": 0, "happy": 0.7}, {"time": 2.5, "emotion": "sad:0.4"}]'


def read_keys(path: str | os.PathLike[str]) -> tuple[EmotionKey, ...]:
    """Read the keys of a track, in order of time.

    Raises:
        OSError: there is no such file, or it may not be read.
        ValueError: it holds no emotions with times; the message says where.
        ImportError: YAML without pyyaml.
    """
    suffix = Path(path).suffix.lower()
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
        entries = _rows(text) if suffix == ".csv" else _objects(_document(text, suffix, path))
        keys = []
        for number, entry in enumerate(entries, 1):
            try:
                keys.append(_key(entry))
            except (TypeError, ValueError) as error:
                raise ValueError(f"key {number}: {error}") from error
        if not keys:
            raise ValueError(_EXPECTED)
    except ValueError as error:
        raise ValueError(f"{path} is no emotion track: {error}") from error
    return tuple(sorted(keys, key=lambda key: key.time))


def write_keys(path: str | os.PathLike[str], keys: Sequence[EmotionKey]) -> None:
    """Write keys as JSON, one a line."""
    lines = []
    for key in keys:
        more = {} if key.transition is None else {"transition": key.transition}
        lines.append(json.dumps({"time": key.time, **key.mixture, **more}))
    with replacing(path) as temporary:
        temporary.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


def _document(text: str, suffix: str, path: str | os.PathLike[str]) -> Any:
    if suffix not in (".yml", ".yaml"):
        return json.loads(text)
    try:
        import yaml
    except ImportError:
        raise ImportError(f"reading {path} needs pyyaml; pip install pyyaml, or save the track as JSON") from None
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(f"it is not YAML: {error}") from error


def _objects(document: Any) -> list[Any]:
    """The keys of a document, wherever it keeps them."""
    if isinstance(document, list):
        return document
    if not isinstance(document, dict):
        raise ValueError(_EXPECTED)
    if _first(document, _TIMES) is not None:
        return [document]
    found = _first(document, _LISTS)
    if isinstance(found, dict) and found and all(isinstance(value, dict) for value in found.values()):
        return list(found.values())  # Audio2Face numbers its keys: emotion_with_timecode1 ...
    if isinstance(found, list):
        return found
    raise ValueError(_EXPECTED)


def _rows(text: str) -> list[dict[str, str]]:
    reader = csv.DictReader(line for line in text.splitlines() if line.strip())
    if reader.fieldnames is None:
        raise ValueError("it is empty; expected a heading such as time,happy,sad")
    reader.fieldnames = [name.strip() for name in reader.fieldnames]
    if _first(dict.fromkeys(map(str.casefold, reader.fieldnames), 0), _TIMES) is None:
        raise ValueError(f"it needs a column time, got {', '.join(reader.fieldnames)}")
    return [{name: (value or "").strip() for name, value in row.items() if name} for row in reader]


def _key(entry: Any) -> EmotionKey:
    if not isinstance(entry, Mapping):
        raise ValueError(f"expected an object with a time, got {entry!r:.60}")
    values = {str(name).strip().casefold().removeprefix(_PREFIX): value for name, value in entry.items()}
    time = _first(values, _TIMES)
    if time is None:
        raise ValueError(f"its time is missing, got {', '.join(values) or 'nothing'}")
    transition = values.get("transition")
    return EmotionKey(
        _number("time", time),
        _mixture({name: value for name, value in values.items() if name != "transition"}),
        None if transition in (None, "") else _number("transition", transition),
    )


def _mixture(values: dict[str, Any]) -> dict[str, float]:
    asked = _first(values, _MIXTURES)
    if isinstance(asked, Mapping):
        found = mixture({str(name): _number(str(name), value) for name, value in asked.items()})
        # Audio2Face's keys hold more than emotions; in ours, what is not known is a mistake.
        return found if _first(values, _TIME_CODES) is not None else _scaled(found, values)
    if isinstance(asked, str):
        return _scaled(parse_mixture(asked), values)
    if any(name in values for name in DIMENSIONS):
        _check_known(values, DIMENSIONS, DIMENSIONS)
        return from_dimensions([_number(name, values.get(name) or 0.0) for name in DIMENSIONS])
    named = {name: value for name, value in values.items() if name not in _TIMES}
    return mixture({name: _number(name, value) for name, value in named.items() if value not in ("", None)})


def _scaled(found: dict[str, float], values: dict[str, Any]) -> dict[str, float]:
    """A mixture at the intensity that its key has beside it."""
    _check_known(values, ("emotion", "intensity"), (*_MIXTURES, "intensity"))
    given = values.get("intensity")
    share = 1.0 if given in (None, "") else _number("intensity", given)
    if not 0.0 <= share <= 1.0:
        raise ValueError(f"intensity must be within 0..1, got {given}")
    return {name: value * share for name, value in found.items()}


def _check_known(values: dict[str, Any], told: Sequence[str], known: Sequence[str]) -> None:
    """Refuse names beside the known ones; `told` are those that the message lists."""
    for name, value in values.items():
        if value not in ("", None) and name not in (*known, *_TIMES):
            raise ValueError(f"unknown name {name!r}; such a key has {', '.join(('time', *told, 'transition'))}")


def _number(name: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be a number, got {value!r:.40}") from None


def _first(values: Mapping[str, Any], names: Sequence[str]) -> Any:
    return next((values[name] for name in names if name in values), None)
