"""Small charts drawn with Pillow: one panel, its axes, curves, dots, bars and bands."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]

INK, GREY, PALE = (40, 44, 52), (150, 156, 164), (232, 235, 239)
OURS, THEIRS, THIRD = (31, 111, 235), (217, 95, 14), (30, 140, 90)
SCALE = 2
"""Drawn so many times larger, then shrunk: smooth lines."""
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 30, 40


class Panel:
    """One chart.

    Args:
        title: above it.
        x: first and last value across.
        y: lowest and highest value.
        labels: of the axes.
        size: width and height in pixels.
        log: whether the axes are logarithmic, across and upwards.
    """

    def __init__(
        self,
        title: str,
        x: tuple[float, float],
        y: tuple[float, float],
        labels: tuple[str, str],
        *,
        size: tuple[int, int] = (380, 270),
        log: tuple[bool, bool] = (False, False),
    ) -> None:
        self._ranges, self._log, self._size = (x, y), log, size
        self._image = Image.new("RGB", (size[0] * SCALE, size[1] * SCALE), "white")
        self._draw = ImageDraw.Draw(self._image)
        self._legend = 0
        self._text((size[0] / 2, 14), title, size=13, anchor="mm")
        self._text((size[0] / 2, size[1] - 10), labels[0], anchor="mm")
        self._text((4, TOP - 10), labels[1], anchor="lm")

    def ticks(self, x: Sequence[float], y: Sequence[float], *, names: Sequence[str] | None = None) -> "Panel":
        """Lines and numbers at values of both axes; names stand for numbers across."""
        right, bottom = self._size[0] - RIGHT, self._size[1] - BOTTOM
        for index, value in enumerate(x):
            at = self._place(value, y[0])[0]
            self._line([(at, TOP), (at, bottom)], PALE)
            self._text((at, bottom + 9), f"{value:g}" if names is None else names[index], anchor="mm")
        for value in y:
            at = self._place(x[0], value)[1]
            self._line([(LEFT, at), (right, at)], PALE)
            self._text((LEFT - 5, at), f"{value:g}", anchor="rm")
        self._line([(LEFT, TOP), (LEFT, bottom), (right, bottom)], GREY)
        return self

    def curve(self, x: ArrayLike, y: ArrayLike, colour: Colour, name: str = "", *, width: float = 1.5) -> "Panel":
        """A line through points."""
        points = [self._place(*point) for point in zip(np.asarray(x), np.asarray(y), strict=True)]
        self._line(points, colour, width)
        return self._name(name, colour)

    def dots(self, x: ArrayLike, y: ArrayLike, colour: Colour, name: str = "", *, radius: float = 1.5) -> "Panel":
        """Points."""
        for point in zip(np.asarray(x), np.asarray(y), strict=True):
            across, down = self._place(*point)
            corners = [(across - radius) * SCALE, (down - radius) * SCALE]
            self._draw.ellipse([*corners, (across + radius) * SCALE, (down + radius) * SCALE], fill=colour)
        return self._name(name, colour)

    def bars(self, edges: ArrayLike, heights: ArrayLike, colour: Colour, name: str = "") -> "Panel":
        """Bars between edges [N + 1]."""
        edges = np.asarray(edges)
        for left, right, height in zip(edges[:-1], edges[1:], np.asarray(heights), strict=True):
            self._box(left, right, self._ranges[1][0], height, colour)
        return self._name(name, colour)

    def band(self, x: tuple[float, float], y: tuple[float, float], colour: Colour, name: str = "") -> "Panel":
        """A filled box."""
        self._box(*x, *y, colour)
        return self._name(name, colour)

    def note(self, x: float, y: float, text: str, colour: Colour = INK) -> "Panel":
        """Text at a point."""
        self._text(self._place(x, y), text, anchor="mm", colour=colour)
        return self

    def picture(self) -> Image.Image:
        """The chart."""
        return self._image.resize(self._size, Image.Resampling.LANCZOS)

    def _place(self, x: float, y: float) -> tuple[float, float]:
        shares = []
        for value, (low, high), log in zip((x, y), self._ranges, self._log, strict=True):
            if log:
                value, low, high = np.log10((max(value, low), low, high))
            shares.append((min(max(value, low), high) - low) / (high - low))
        width, height = self._size[0] - LEFT - RIGHT, self._size[1] - TOP - BOTTOM
        return LEFT + shares[0] * width, self._size[1] - BOTTOM - shares[1] * height

    def _box(self, left: float, right: float, low: float, high: float, colour: Colour) -> None:
        (x0, y1), (x1, y0) = self._place(left, low), self._place(right, high)
        self._draw.rectangle([x0 * SCALE, y0 * SCALE, max(x1 - 1, x0) * SCALE, max(y1, y0) * SCALE], fill=colour)

    def _line(self, points: Sequence[tuple[float, float]], colour: Colour, width: float = 1.0) -> None:
        self._draw.line([(x * SCALE, y * SCALE) for x, y in points], colour, round(width * SCALE), joint="curve")

    def _name(self, name: str, colour: Colour) -> "Panel":
        if name:
            y = TOP + 8 + 14 * self._legend
            self._text((self._size[0] - RIGHT - 4, y), name, anchor="rm", colour=colour)
            self._legend += 1
        return self

    def _text(
        self, at: tuple[float, float], text: str, *, size: int = 10, anchor: str = "mm", colour: Colour = INK
    ) -> None:
        font = ImageFont.load_default(size * SCALE)
        self._draw.text((at[0] * SCALE, at[1] * SCALE), text, colour, font, anchor)


def sheet(panels: Sequence[Panel], columns: int) -> Image.Image:
    """Charts of one size, in rows."""
    pictures = [panel.picture() for panel in panels]
    width, height = pictures[0].size
    rows = -(-len(pictures) // columns)
    page = Image.new("RGB", (columns * width, rows * height), "white")
    for index, picture in enumerate(pictures):
        page.paste(picture, (index % columns * width, index // columns * height))
    return page
