"""Praat's TextGrid files, of which the long and the short form hold the same values in the same order.

Praat reads quoted strings, flags in angle brackets and numbers that stand free, and takes everything else ("xmin =",
"intervals [3]:") for a remark; so does this reader (Praat manual, "TextGrid file formats").
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""![^\n]*|"((?:[^"]|"")*)"|(?<!\S)(<exists>|<absent>)(?!\S)|(?<!\S)(-?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)%?(?!\S)"""
)


@dataclass(frozen=True, slots=True)
class Interval:
    """A label from one time to another.

    Args:
        label: as written.
        start: seconds.
        end: seconds.
        line: where the label stands in the file, from 1.
    """

    label: str
    start: float
    end: float
    line: int


@dataclass(frozen=True, slots=True)
class Tier:
    """A named row of intervals."""

    name: str
    intervals: tuple[Interval, ...]


def parse_textgrid(text: str) -> tuple[Tier, ...]:
    """Read the interval tiers of a TextGrid; tiers of points are passed over.

    Args:
        text: of a long or short text file.

    Raises:
        ValueError: it is no TextGrid, or ends too early.
    """
    values = _Values(text)
    kind, thing = values.text("the file's type"), values.text("the object's class")
    if kind != "ooTextFile" or thing != "TextGrid":
        raise ValueError(f"line 1: expected a Praat TextGrid saved as text, got {kind!r} of class {thing!r}")
    values.number("the start"), values.number("the end")
    if not values.flag():
        return ()
    tiers: list[Tier] = []
    for _ in range(values.count("the number of tiers")):
        kind, name = values.text("a tier's class"), values.text("a tier's name")
        values.number("a tier's start"), values.number("a tier's end")
        count = values.count(f"the number of intervals of tier {name!r}")
        if kind == "IntervalTier":
            tiers.append(Tier(name, tuple(values.interval(name) for _ in range(count))))
        else:
            for _ in range(count):
                values.number("a point's time"), values.text("a point's label")
    return tuple(tiers)


def format_textgrid(tiers: Sequence[Tier], duration: float) -> str:
    """Write a TextGrid in the long form.

    Args:
        tiers: whose intervals follow each other; gaps become intervals without a label.
        duration: seconds, at or after the last end.
    """
    lines = ['File type = "ooTextFile"', 'Object class = "TextGrid"', "", "xmin = 0", f"xmax = {seconds(duration)}"]
    lines += ["tiers? <exists>", f"size = {len(tiers)}", "item []:"]
    for number, tier in enumerate(tiers, 1):
        intervals = _without_gaps(tier.intervals, duration)
        lines += [f"    item [{number}]:", '        class = "IntervalTier"', f"        name = {_quoted(tier.name)}"]
        lines += [
            "        xmin = 0",
            f"        xmax = {seconds(duration)}",
            f"        intervals: size = {len(intervals)}",
        ]
        for place, (label, start, end) in enumerate(intervals, 1):
            lines += [f"        intervals [{place}]:", f"            xmin = {seconds(start)}"]
            lines += [f"            xmax = {seconds(end)}", f"            text = {_quoted(label)}"]
    return "\n".join(lines) + "\n"


def seconds(time: float) -> str:
    """A time to the microsecond, without idle zeros."""
    return f"{time:.6f}".rstrip("0").rstrip(".")


def _without_gaps(intervals: Sequence[Interval], duration: float) -> list[tuple[str, float, float]]:
    whole: list[tuple[str, float, float]] = []
    now = 0.0
    for each in (*intervals, Interval("", duration, duration, 0)):
        if each.start > now + 1e-6:
            whole.append(("", now, each.start))
        if each.end > each.start:
            whole.append((each.label, each.start, each.end))
        now = max(now, each.end)
    return whole


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


class _Values:
    """The values of a file one after the other, each asked for by what it should be."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = self._read()
        self.line = 1

    def text(self, what: str) -> str:
        token = self._next(what)
        if token[1] is None:
            raise ValueError(f'line {self.line}: expected {what} in quotes, got {token[0]}; quote it: "{token[0]}"')
        return token[1].replace('""', '"')

    def number(self, what: str) -> float:
        token = self._next(what)
        if token[3] is None:
            raise ValueError(f"line {self.line}: expected {what}, a number, got {token[0]}")
        return float(token[3])

    def count(self, what: str) -> int:
        value = self.number(what)
        if value < 0 or value != int(value):
            raise ValueError(f"line {self.line}: expected {what}, a whole number, got {value:g}")
        return int(value)

    def flag(self) -> bool:
        token = self._next("<exists>")
        if token[2] is None:
            raise ValueError(f"line {self.line}: expected <exists>, got {token[0]}")
        return str(token[2]) == "<exists>"

    def interval(self, tier: str) -> Interval:
        start, end = self.number(f"a start in tier {tier!r}"), self.number(f"an end in tier {tier!r}")
        return Interval(self.text(f"a label in tier {tier!r}"), start, end, self.line)

    def _next(self, what: str) -> re.Match[str]:
        token = next(self._tokens, None)
        if token is None:
            raise ValueError(f"line {self.line}: the file ends before {what}; save it again in Praat")
        return token

    def _read(self) -> Iterator[re.Match[str]]:
        counted = 0
        for token in _TOKEN.finditer(self._text):
            self.line += self._text.count("\n", counted, token.start())
            counted = token.start()
            if not token[0].startswith("!"):
                yield token
