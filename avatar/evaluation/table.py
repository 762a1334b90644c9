"""Results as a table of plain text."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan

from avatar.evaluation.judgement import Judgement

_NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Measure:
    """A number of a judgement.

    Args:
        name: its key in JSON.
        title: what it is, with its unit unless it is a share.
        read: takes it out; NaN where nothing was measured.
        digits: after the point; None writes a share in percent.
    """

    name: str
    title: str
    read: Callable[[Judgement], float]
    digits: int | None = None

    def text(self, judgement: Judgement) -> str:
        """The number as a reader wants it."""
        value = self.read(judgement)
        if isnan(value):
            return _NOTHING
        return f"{100 * value:.1f} %" if self.digits is None else f"{value:.{self.digits}f}"


def _likeness(name: str) -> tuple[Measure, ...]:
    def read(field: str, scale: float = 1.0) -> Callable[[Judgement], float]:
        return lambda judgement: scale * getattr(getattr(judgement, name), field).value

    return (
        Measure(f"{name}_r0", f"{name} r at no lag", read("r0"), 3),
        Measure(f"{name}_r", f"{name} r at best lag", read("r"), 3),
        Measure(f"{name}_lag_ms", f"{name} lag, ms", read("lag", 1000), 0),
    )


MEASURES: tuple[Measure, ...] = (
    *_likeness("opening"),
    *_likeness("width"),
    *_likeness("protrusion"),
    Measure("closure", "p b m closed (< 1 mm)", lambda j: j.demands.closure.value),
    Measure("at_teeth", "f v at teeth (< 2 mm)", lambda j: j.demands.at_teeth.value),
    Measure("false_closure", "false closure (< 2 mm)", lambda j: j.demands.false_closure.value),
    Measure("pause_opening_mm", "opening in pauses, mm", lambda j: j.demands.pause_opening.value, 2),
    Measure("silence_opening_mm", "  without 80 ms at the ends", lambda j: j.demands.silence_opening.value, 2),
    Measure("silence_moving", "silent frames that move", lambda j: j.demands.silence_moving.value),
    Measure("jitter", "jitter, mm/frame^3 at 60 fps", lambda j: j.jitter.value, 3),
    Measure("reference_jitter", "  of the reference", lambda j: j.reference_jitter.value, 3),
    Measure("lve_mm", "LVE, mm", lambda j: j.surface.lve.value, 3),
    Measure("lve_mm2", "LVE squared, mm^2", lambda j: j.surface.lve_squared.value, 3),
    Measure("mve_mm", "MVE, mm", lambda j: j.surface.mve.value, 3),
    Measure("mve_largest_mm", "  of the largest a frame, mm", lambda j: j.surface.mve_largest.value, 3),
    Measure("fdd_mm", "FDD, mm (> 0: moves less)", lambda j: j.surface.fdd.value, 4),
)
"""What a table shows of a judgement."""


def numbers(judgement: Judgement) -> dict[str, float | None]:
    """Every measure by its name, None where nothing was measured; fit for JSON."""
    values: dict[str, float | None] = {}
    for measure in MEASURES:
        value = measure.read(judgement)
        values[measure.name] = None if isnan(value) else value
    return values


def table(columns: Mapping[str, Judgement]) -> str:
    """Judgements side by side, one measure a row; what none of them has is left out.

    Args:
        columns: heading to judgement.
    """
    rows = [[measure.title, *map(measure.text, columns.values())] for measure in MEASURES]
    return layout(["", *columns], [row for row in rows if any(text != _NOTHING for text in row[1:])])


def layout(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Text in columns, the first flush left, the others flush right.

    Args:
        heading: one text a column.
        rows: as many texts each.
    """
    lines = [heading, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heading))]
    return "\n".join(
        "  ".join(
            text.ljust(width) if column == 0 else text.rjust(width)
            for column, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
