"""What a picture shows of a mesh: its look in light, or something about its shape."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from avatar.renderers.colour import Colour, decode, hex_colour, linear_colour

Surface = Literal["shaded", "normals", "depth", "parts", "hidden"]

PART_COLOURS = (
    "#d8a48f",
    "#7fb3d5",
    "#f2e8cf",
    "#c8553d",
    "#8d6cab",
    "#6a994e",
    "#e0b43c",
    "#4d6a8a",
    "#b5838d",
    "#9aa5b1",
)


@dataclass(frozen=True)
class View:
    """What a picture shows of a mesh.

    Attributes:
        surface: "shaded" in the scene's lights; "normals" in the camera's axes, each from -1 to 1 as a colour from 0
            to 1 (right is red, up is green, towards the viewer is blue); "depth" from white (near) to black (far);
            "parts" in one colour each; "hidden" draws no surface, which still hides what is behind it.
        line_width: of the lines along the triangles' edges, in pixels; 0 draws none.
        line_colour: linear RGB of the lines.
        line_opacity: of the lines, 0 to 1.
        depths: metres from the camera, along its axis, that are white and black; by default those of the vertices
            that are drawn in one call, so give them where several calls make one video.
    """

    surface: Surface = "shaded"
    line_width: float = 0.0
    line_colour: Colour = (0.0, 0.0, 0.0)
    line_opacity: float = 1.0
    depths: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if self.surface not in get_args(Surface):
            raise ValueError(f"surface must be one of {', '.join(get_args(Surface))}, got {self.surface!r}")
        if not 0.0 <= self.line_width < np.inf:
            raise ValueError(f"line_width must be 0 or more pixels, got {self.line_width}")
        if not 0.0 <= self.line_opacity <= 1.0:
            raise ValueError(f"line_opacity must be 0 to 1, got {self.line_opacity}")
        linear_colour("line_colour", self.line_colour)
        if self.depths is not None and not -np.inf < self.depths[0] < self.depths[1] < np.inf:
            raise ValueError(f"depths must be near < far in metres, got {self.depths}")


VIEWS = {
    "shaded": View(),
    "normals": View("normals"),
    "wireframe": View("hidden", line_width=1.0, line_colour=hex_colour("#c3d3e6")),
    "shaded+wireframe": View("shaded", line_width=0.75, line_colour=hex_colour("#0b1016"), line_opacity=0.7),
    "depth": View("depth"),
    "parts": View("parts"),
}
"""The views that have a name."""


def view_named(name: str) -> View:
    """Return a view by its name in `VIEWS`.

    Raises:
        ValueError: if there is none of this name.
    """
    if name not in VIEWS:
        raise ValueError(f"view must be one of {', '.join(VIEWS)}, got {name!r}")
    return VIEWS[name]


def part_colours(count: int) -> npt.NDArray[np.float32]:
    """Return the linear RGB [count, 3] of parts that are to be told apart; after ten they begin anew."""
    return np.array([hex_colour(PART_COLOURS[index % len(PART_COLOURS)]) for index in range(count)], np.float32)


def normal_colours(normals: npt.NDArray[Any], view: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the linear RGB [V, 3] whose bytes are unit normals [V, 3] in the axes of a camera's [4, 4] view."""
    return decode(0.5 + 0.5 * normals @ view[:3, :3].T)


def depth_colours(depths: npt.NDArray[Any], ends: tuple[float, float]) -> npt.NDArray[np.float64]:
    """Return the linear RGB [V, 3] of distances [V] between those that are white and black."""
    share = (ends[1] - depths) / (ends[1] - ends[0])
    return np.repeat(decode(share)[:, None], 3, axis=1)
