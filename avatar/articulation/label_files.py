"""Labels with times out of tables, JSON and HTK or Festival label files, before anybody asks what they mean."""

import csv
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_LABEL = ("phone", "phoneme", "symbol", "label", "text", "mark", "value", "name")
_START = ("start", "begin", "xmin", "tmin", "onset", "start_time", "start_s")
_END = ("end", "stop", "xmax", "tmax", "offset", "end_time", "end_s")
_DURATION = ("duration", "dur", "length")
_HTK_UNIT = 1e-7  # seconds


@dataclass(frozen=True, slots=True)
class Label:
    """What somebody wrote on a stretch of time.

    Args:
        text: the label itself.
        start: seconds.
        end: seconds.
        place: where it stands, for messages: "line 3".
    """

    text: str
    start: float
    end: float
    place: str


def labels_of_csv(text: str, delimiter: str) -> list[Label]:
    """Read columns, with or without a heading.

    The heading may call them phone, start and end (or symbol, begin, stop, duration and the like), in any order.
    Without one, two numbers are start and end, before or after the label. Of a table with a column "type", as the
    Montreal Forced Aligner writes it, the rows of type phones are read.

    Raises:
        ValueError: a row does not fit; the message names the line.
    """
    reader = csv.reader(text.splitlines(), delimiter=delimiter)
    try:
        rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if any(map(str.strip, row))]
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num}: it is not a table ({error})") from None
    if not rows:
        return []
    number, first = rows[0]
    heading = [cell.lower() for cell in first]
    if len(first) >= 3 and sum(_is_number(cell) for cell in first) >= 2:
        named = next((place for place, cell in enumerate(first) if not _is_number(cell)), len(first) - 1)
        times = [place for place in range(len(first)) if place != named][:2]
        return [_row(row, named, times[0], times[1], False, f"line {line}") for line, row in rows]
    label, start, end, duration = (_column(heading, names) for names in (_LABEL, _START, _END, _DURATION))
    last = duration if end is None else end
    if label is None or start is None or last is None:
        raise ValueError(f"line {number}: expected columns phone, start and end, got {', '.join(first)}")
    kind = _column(heading, ("type",))
    return [
        _row(row, label, start, last, end is None, f"line {line}")
        for line, row in rows[1:]
        if kind is None or kind >= len(row) or row[kind].lower() in ("phones", "phone")
    ]


def labels_of_lab(text: str) -> list[Label]:
    """Read a label file: HTK's "start end symbol", or Festival's "end colour symbol" after a line "#".

    Times are seconds if one of them has a decimal point, else HTK's units of 100 ns. Lines of an end and a symbol are
    read too: such a phone begins where the one before ended.

    Raises:
        ValueError: a line does not fit; the message names it.
    """
    lines = [(number, line.split()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    marks = [place for place, (_, words) in enumerate(lines) if words == ["#"]]
    festival = bool(marks)
    lines = lines[marks[0] + 1 :] if festival else lines
    unit = _HTK_UNIT if not festival and all(_whole(words) for _, words in lines) else 1.0
    labels: list[Label] = []
    now = 0.0
    for number, words in lines:
        place = f"line {number}"
        numbers = [word for word in words[:2] if _is_number(word)]
        if not numbers or (festival and len(words) < 2):
            raise ValueError(f"{place}: expected times and a phone, such as '0 1200000 sil', got {' '.join(words)!r}")
        if festival or len(numbers) == 1:
            start, end = now, unit * float(numbers[0])
            label = words[2] if festival and len(words) > 2 else words[1] if len(words) > 1 and not festival else ""
        else:
            start, end = (unit * float(each) for each in numbers)
            label = words[2] if len(words) > 2 else ""
        labels.append(Label(label, start, end, place))
        now = end
    return labels


def labels_of_json(text: str) -> list[Label]:
    """Read a list of phones: objects with phone, start and end (or duration), or lists [phone, start, end].

    The list may lie under "phones", in the tiers that the Montreal Forced Aligner writes, or be spread over words as
    Gentle writes it.

    Raises:
        ValueError: no such list, or an entry does not fit; the message says which.
    """
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"line {error.lineno}: it is not JSON ({error.msg})") from None
    entries = _entries(content)
    if entries is None:
        raise ValueError('expected a list such as [{"phone": "HH", "start": 0.1, "end": 0.18}]')
    return [_entry(entry, f"phone {number}") for number, entry in enumerate(entries, 1)]


def _entries(content: Any) -> list[Any] | None:
    if isinstance(content, list):
        return content
    if not isinstance(content, dict):
        return None
    if isinstance(content.get("tiers"), dict):
        return _entries(content["tiers"])
    words = content.get("words")
    if isinstance(words, list) and any(isinstance(word, dict) and "phones" in word for word in words):
        return [phone for word in words if isinstance(word, dict) for phone in _timed(word)]
    found = next((content[name] for name in ("phones", "phonemes", "segments") if name in content), None)
    return _entries(found["entries"] if isinstance(found, dict) and "entries" in found else found)


def _timed(word: dict[str, Any]) -> list[Any]:
    """The phones of a word; Gentle gives durations and no starts, and to words that it did not find no times."""
    phones: list[Any] = []
    now = word.get("start")
    listed = word.get("phones")
    for phone in listed if isinstance(listed, list) else ():
        if isinstance(phone, dict) and _is_time(now) and "start" not in phone and _is_time(phone.get("duration")):
            phone = phone | {"start": now}
            now = now + phone["duration"]
        phones.append(phone)
    return phones


def _entry(entry: Any, place: str) -> Label:
    cells: Sequence[Any]
    if isinstance(entry, dict):
        names = {str(name).lower(): value for name, value in entry.items()}
        label, start, end = (next((names[n] for n in group if n in names), None) for group in (_LABEL, _START, _END))
        duration = next((names[n] for n in _DURATION if n in names), None)
        if end is None and isinstance(start, int | float) and isinstance(duration, int | float):
            end = start + duration
        cells = (label, start, end)
    else:
        cells = entry if isinstance(entry, list) and len(entry) == 3 else (None, None, None)
        if _is_time(cells[0]) and _is_time(cells[1]):
            cells = (cells[2], cells[0], cells[1])
    label, start, end = cells
    if not isinstance(label, str) or not _is_time(start) or not _is_time(end):
        raise ValueError(f"{place}: expected phone, start and end in seconds, got {json.dumps(entry)[:80]}")
    return Label(label.strip(), float(start), float(end), place)


def _row(row: Sequence[str], label: int, start: int, end: int, is_duration: bool, place: str) -> Label:
    try:
        begin, last = float(row[start]), float(row[end])
        return Label(row[label], begin, begin + last if is_duration else last, place)
    except (IndexError, ValueError):
        raise ValueError(f"{place}: expected a phone, its start and end in seconds, got {', '.join(row)}") from None


def _column(heading: Sequence[str], names: Sequence[str]) -> int | None:
    return next((heading.index(name) for name in names if name in heading), None)


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return word.lower() not in ("nan", "inf")


def _is_time(value: Any) -> bool:
    # JSON knows whole numbers that no float can hold.
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max


def _whole(words: Sequence[str]) -> bool:
    """Whether no time of a line has a decimal point."""
    return not any("." in word or "e" in word.lower() for word in words[:2] if _is_number(word))
