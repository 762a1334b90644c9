"""Results as a table of plain text."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan

from avatar.evaluation.judgement import Judgement


@dataclass(frozen=True, slots=True)
class Measure:
    """A number of a judgement.

    Args:
        title: what it is, with its unit unless it is a share.
        read: takes it out; NaN where nothing was measured.
        digits: after the point; None writes a share in percent.
    """

    title: str
    read: Callable[[Judgement], float]
    digits: int | None = None

    def text(self, judgement: Judgement) -> str:
        """The number as a reader wants it."""
        value = self.read(judgement)
        if isnan(value):
            return "-"
        return f"{100 * value:.1f} %" if self.digits is None else f"{value:.{self.digits}f}"


MEASURES: tuple[Measure, ...] = (
    Measure("opening r at no lag", lambda j: j.opening.r0.value, 3),
    Measure("opening r at best lag", lambda j: j.opening.r.value, 3),
    Measure("opening lag, ms", lambda j: 1000 * j.opening.lag.value, 0),
    Measure("width r at no lag", lambda j: j.width.r0.value, 3),
    Measure("protrusion r at no lag", lambda j: j.protrusion.r0.value, 3),
    Measure("p b m closed (< 1 mm)", lambda j: j.demands.closure.value),
    Measure("f v at teeth (< 2 mm)", lambda j: j.demands.at_teeth.value),
    Measure("false closure (< 2 mm)", lambda j: j.demands.false_closure.value),
    Measure("opening in pauses, mm", lambda j: j.demands.pause_opening.value, 2),
    Measure("  without 80 ms at the ends", lambda j: j.demands.silence_opening.value, 2),
    Measure("silent frames that move", lambda j: j.demands.silence_moving.value),
    Measure("jitter, mm/frame^3 at 60 fps", lambda j: j.jitter.value, 3),
)
"""What a table shows of a judgement."""


def numbers(judgement: Judgement) -> dict[str, float | None]:
    """Every measure by its title, None where nothing was measured; fit for JSON."""
    values = {measure.title.strip(): measure.read(judgement) for measure in MEASURES}
    return {title: None if isnan(value) else value for title, value in values.items()}


def table(columns: Mapping[str, Judgement]) -> str:
    """Judgements side by side, one measure a row.

    Args:
        columns: heading to judgement.
    """
    return layout(
        ["", *columns],
        [[measure.title, *(measure.text(judgement) for judgement in columns.values())] for measure in MEASURES],
    )


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
