"""Curves over time in panels above each other, as textbooks draw them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from avatar.articulation import Phone

SCALE = 2  # drawn so many times larger, then shrunk: smooth lines
WIDTH, LEFT, RIGHT = 1000, 92, 16
BLACK, GREY, PALE = (20, 20, 20), (120, 120, 120), (232, 232, 232)
RED, BLUE = (176, 30, 30), (28, 70, 150)


@dataclass(frozen=True)
class Line:
    """One curve of a panel."""

    values: NDArray[np.float64]
    label: str
    colour: tuple[int, int, int] = BLACK
    dashed: bool = False


@dataclass(frozen=True)
class Panel:
    """Curves over one axis, with stretches in which a contact is made shaded."""

    title: str
    low: float
    high: float
    lines: Sequence[Line]
    height: int = 110
    shaded: Sequence[tuple[float, float]] = field(default=())


def draw(panels: Sequence[Panel], *, seconds: float, fps: float, phones: Sequence[Phone] = ()) -> Image.Image:
    """Panels above each other over one time axis, the phones on top."""
    top, gap, bottom = (30 if phones else 8), 12, 26
    height = top + sum(panel.height + gap for panel in panels) + bottom
    image = Image.new("RGB", (SCALE * WIDTH, SCALE * height), "white")
    pen = ImageDraw.Draw(image)
    small, normal = (ImageFont.load_default(SCALE * size) for size in (11, 12))

    def x(time: float) -> float:
        return SCALE * (LEFT + (WIDTH - LEFT - RIGHT) * time / seconds)

    y0 = top
    for panel in panels:
        high, low = SCALE * y0, SCALE * (y0 + panel.height)
        for start, end in panel.shaded:
            pen.rectangle((x(start), high, x(end), low), fill=PALE)
        for phone in phones:
            pen.line((x(phone.start), high, x(phone.start), low), fill=(215, 215, 215), width=1)
        _axis(pen, panel, high, low, small, normal)
        for place, line in enumerate(panel.lines):
            times = np.arange(len(line.values)) / fps
            ys = low + (high - low) * (line.values - panel.low) / (panel.high - panel.low)
            _curve(pen, [(x(t), float(y)) for t, y in zip(times, ys, strict=True)], line)
            if line.label:
                pen.text(
                    (SCALE * (WIDTH - RIGHT - 6), high + SCALE * (4 + 14 * place)),
                    line.label,
                    fill=line.colour,
                    font=normal,
                    anchor="rt",
                )
        y0 += panel.height + gap
    for phone in phones:
        if phone.symbol != "SIL":
            pen.text((x((phone.start + phone.end) / 2), SCALE * 18), phone.symbol, fill=BLACK, font=small, anchor="mm")
    for tick in np.arange(0, seconds + 1e-9, 0.2 if seconds < 2.5 else 0.5):
        pen.text((x(tick), SCALE * (y0 - gap + 5)), f"{tick:.1f} s", fill=BLACK, font=small, anchor="mt")
        pen.line((x(tick), SCALE * (y0 - gap), x(tick), SCALE * (y0 - gap + 4)), fill=BLACK, width=SCALE)
    return image.resize((WIDTH, height), Image.Resampling.LANCZOS)


def _axis(
    pen: ImageDraw.ImageDraw,
    panel: Panel,
    high: float,
    low: float,
    small: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    normal: ImageFont.FreeTypeFont | ImageFont.ImageFont,
) -> None:
    step = next(step for step in (1.0, 2.0, 4.0, 5.0, 10.0) if (panel.high - panel.low) / step <= 5)
    for tick in np.arange(np.ceil(panel.low / step) * step, panel.high + 1e-9, step):
        y = low + (high - low) * (tick - panel.low) / (panel.high - panel.low)
        pen.line((SCALE * (LEFT - 4), y, SCALE * LEFT, y), fill=BLACK, width=SCALE)
        pen.text((SCALE * (LEFT - 7), y), f"{tick:g}", fill=BLACK, font=small, anchor="rm")
        if tick == 0 and panel.low < 0:
            pen.line((SCALE * LEFT, y, SCALE * (WIDTH - RIGHT), y), fill=GREY, width=1)
    pen.rectangle((SCALE * LEFT, high, SCALE * (WIDTH - RIGHT), low), outline=BLACK, width=SCALE)
    words = panel.title.split("\n")
    for row, word in enumerate(words):
        place = (high + low) / 2 + SCALE * 15 * (row - (len(words) - 1) / 2)
        pen.text((SCALE * 4, place), word, fill=BLACK, font=normal, anchor="lm")


def _curve(pen: ImageDraw.ImageDraw, points: Sequence[tuple[float, float]], line: Line) -> None:
    if not line.dashed:
        pen.line(points, fill=line.colour, width=round(1.6 * SCALE), joint="curve")
        return
    dash = 3
    for first in range(0, len(points) - 1, 2 * dash):
        pen.line(points[first : first + dash + 1], fill=line.colour, width=round(1.4 * SCALE))
