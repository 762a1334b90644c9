"""Files of phones with times, as aligners and synthesizers write them, read and written in one way.

The extension tells the format: `.TextGrid` (Praat; the Montreal Forced Aligner, WebMAUS), `.lab` (HTK, Festival),
`.json`, `.csv`, `.tsv` and `.txt` (columns; Audacity's labels).
"""

import csv
import io
import json
import os
from collections.abc import Callable, Sequence
from math import inf
from pathlib import Path

from avatar.articulation.label_files import Label, labels_of_csv, labels_of_json, labels_of_lab
from avatar.articulation.notations import NOTATIONS, guess_notation, to_phones
from avatar.articulation.phones import SILENCE, Phone
from avatar.articulation.textgrid import Interval, Tier, format_textgrid, parse_textgrid, seconds
from avatar.files import replacing

PHONE_EXTENSIONS = frozenset({".textgrid", ".lab", ".json", ".csv", ".tsv", ".txt"})
"""What `read_phones` reads, in lower case."""

_TIERS = ("phones", "phone", "phonemes", "phoneme", "mau", "segments", "segment")
_TOUCHING = 2e-3  # aligners round their times


def read_phones(
    path: str | os.PathLike[str], *, tier: str | None = None, notation: str | None = None
) -> tuple[Phone, ...]:
    """Read what was said when.

    Args:
        path: a file in one of `PHONE_EXTENSIONS`.
        tier: of a TextGrid with several; by default the one called phones, phone, MAU or the like.
        notation: "arpabet", "ipa" or "x-sampa"; by default the first that knows all the labels.

    Returns:
        Phones in order of time; silences that touch are one, gaps stay gaps.

    Raises:
        OSError: there is no such file.
        ValueError: the file or a label cannot be understood, or two phones overlap; the message names the line.
    """
    path = Path(path)
    if notation is not None and notation not in NOTATIONS:
        raise ValueError(f"notation must be one of {', '.join(NOTATIONS)}, got {notation!r}")
    kind = path.suffix.lower()
    if kind not in PHONE_EXTENSIONS:
        raise ValueError(
            f"{path}: phones come in {', '.join(sorted(PHONE_EXTENSIONS))}; a .csv of symbol, start and end will do"
        )
    try:
        text = _decoded(path.read_bytes())
        labels = _labels(text, kind, tier)
        return _phones(labels, notation)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def write_phones(phones: Sequence[Phone], path: str | os.PathLike[str]) -> None:
    """Write phones with times, so that `read_phones` gives them back.

    Args:
        phones: in order of time.
        path: ends in .TextGrid (tier "phones"), .lab (HTK, in units of 100 ns), .json, .csv, .tsv or .txt (tabs).

    Raises:
        OSError: it cannot be written.
        ValueError: the extension is unknown.
    """
    form = _WRITERS.get(Path(path).suffix.lower())
    if form is None:
        raise ValueError(f"{path}: phones are written as {', '.join(sorted(_WRITERS))}")
    with replacing(path) as temporary:
        temporary.write_text(form(phones), encoding="utf-8", newline="\n")


def _decoded(content: bytes) -> str:
    """The text of a file; Praat likes UTF-16."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    if content.startswith(b"ooBinaryFile"):
        raise ValueError("it is a binary TextGrid; save it as text in Praat")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not UTF-8 text (byte {error.start}); save it as UTF-8") from None


def _labels(text: str, kind: str, tier: str | None) -> list[Label]:
    if kind == ".textgrid":
        return _labels_of_textgrid(text, tier)
    if tier is not None:
        raise ValueError(f"only a TextGrid has tiers, got tier={tier!r}; leave it out")
    if kind == ".json":
        return labels_of_json(text)
    if kind == ".lab":
        return labels_of_lab(text)
    return labels_of_csv(text, "," if kind == ".csv" else "\t")


def _labels_of_textgrid(text: str, name: str | None) -> list[Label]:
    tiers = parse_textgrid(text)
    names = ", ".join(repr(each.name) for each in tiers) or "none"
    if name is not None:
        chosen = [each for each in tiers if each.name == name]
        if not chosen:
            raise ValueError(f"no interval tier is called {name!r}; there are {names}")
    else:
        # With several speakers the Montreal Forced Aligner writes "Ann - phones".
        chosen = [each for each in tiers if each.name.lower().rpartition(" - ")[2] in _TIERS]
        chosen = chosen or list(tiers if len(tiers) == 1 else ())
        if len(chosen) != 1:
            raise ValueError(f"which tier holds the phones? give tier=, one of {names}")
    return [Label(each.label, each.start, each.end, f"line {each.line}") for each in chosen[0].intervals]


def _phones(labels: Sequence[Label], notation: str | None) -> tuple[Phone, ...]:
    if not labels:
        raise ValueError("it holds no phones")
    notation = notation or guess_notation({label.text for label in labels})
    phones: list[Phone] = []
    for label in labels:
        symbols = to_phones(label.text, notation) if notation else _in_any(label.text)
        if symbols is None:
            shown = f"as {notation}" if notation else f"in any of {', '.join(NOTATIONS)}"
            raise ValueError(f"{label.place}: the phone {label.text!r} is not known {shown}; correct or replace it")
        if not 0 <= label.start <= label.end < inf:
            raise ValueError(
                f"{label.place}: {label.text!r} must have 0 <= start <= end, both finite, "
                f"got {label.start:g} and {label.end:g} s"
            )
        if phones and label.start < phones[-1].end - _TOUCHING:
            raise ValueError(
                f"{label.place}: {label.text!r} begins at {label.start:g} s, before the phone before it ends at "
                f"{phones[-1].end:g} s; sort the phones and cut overlaps"
            )
        start = max(label.start, phones[-1].end) if phones else label.start
        length = (label.end - start) / len(symbols)
        for place, symbol in enumerate(symbols):
            _append(phones, symbol, start + place * length, start + (place + 1) * length)
    if notation is None:
        raise ValueError("its labels mix notations; give notation=, or write all in one")
    if not phones:
        raise ValueError("all of its phones last no time; are its times in another unit?")
    return tuple(phones)


def _in_any(label: str) -> tuple[str, ...] | None:
    return next((found for found in (to_phones(label, name) for name in NOTATIONS) if found), None)


def _append(phones: list[Phone], symbol: str, start: float, end: float) -> None:
    if end - start < 1e-6:
        return
    if phones and symbol == phones[-1].symbol == SILENCE and start - phones[-1].end < _TOUCHING:
        start = phones.pop().start
    phones.append(Phone(symbol, start, end))


def _as_textgrid(phones: Sequence[Phone]) -> str:
    labels = [("" if phone.symbol == SILENCE else phone.symbol, phone.start, phone.end) for phone in phones]
    tier = Tier("phones", tuple(Interval(label, start, end, 0) for label, start, end in labels))
    return format_textgrid([tier], phones[-1].end if phones else 0.0)


def _as_lab(phones: Sequence[Phone]) -> str:
    lines = (f"{round(1e7 * each.start)} {round(1e7 * each.end)} {each.symbol}" for each in phones)
    return "\n".join(lines) + "\n"


def _as_json(phones: Sequence[Phone]) -> str:
    entries = (
        json.dumps({"phone": each.symbol, "start": round(each.start, 6), "end": round(each.end, 6)}) for each in phones
    )
    return "[\n  " + ",\n  ".join(entries) + "\n]\n"


def _as_columns(phones: Sequence[Phone], delimiter: str) -> str:
    out = io.StringIO()
    table = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    table.writerow(["phone", "start", "end"])
    table.writerows([each.symbol, seconds(each.start), seconds(each.end)] for each in phones)
    return out.getvalue()


_WRITERS: dict[str, Callable[[Sequence[Phone]], str]] = {
    ".textgrid": _as_textgrid,
    ".lab": _as_lab,
    ".json": _as_json,
    ".csv": lambda phones: _as_columns(phones, ","),
    ".tsv": lambda phones: _as_columns(phones, "\t"),
    ".txt": lambda phones: _as_columns(phones, "\t"),
}
