"""Draw the figure of docs/gradients.md: derivatives of a picture pixel by pixel, and crossings at silhouettes.

    python tools/gradient_figure.py docs/images/gradients.png

It prints how far the derivatives are from finite differences, over squares of 8 x 8 pixels. Takes about a minute.
"""

import sys
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from torch import Tensor
from torch.nn.functional import avg_pool2d

from avatar.export.labels import write_text
from avatar.renderers import (
    Camera,
    Fragments,
    interpolate,
    light_coefficients,
    motion_gradients,
    rasterize,
    spherical_harmonics,
    studio,
    vertex_normals,
)
from avatar.renderers.colour import encode
from avatar.renderers.crossings import find_crossings
from avatar.rigs import BuiltInHead
from avatar.rigs.rotations import yaw_pitch_roll

Method = Callable[[Tensor, Fragments], Tensor]
Picture = NDArray[np.uint8]

SIDE, SCALE = 96, 4
YAW, STEP = 0.7, 0.01
"""Where the head has turned to, and how far the finite differences turn it, radians."""
SAMPLES = 16
"""Across and down each pixel of the finite differences."""
BLOCK = 8
ZOOMS = ((32, 48, "far eye"), (56, 42, "mouth"))
"""Row and column where they begin."""
PATCH = (14, 24)
"""Rows and columns of a zoom."""
PER_PIXEL = 32
DOT, EDGE, CENTRE = (255, 176, 32), (255, 255, 255), (150, 156, 162)


class Scene:
    """The head that turns by an angle in front of a camera."""

    def __init__(self) -> None:
        self.head = BuiltInHead.load().double()
        weights = torch.zeros(1, len(self.head.space), dtype=torch.float64)
        weights[0, self.head.space.indices(("jawOpen", "mouthSmileLeft", "mouthSmileRight"))] = 0.35
        rest = self.head(weights)
        self.middle = rest[0, self.head.head_weight > 0.95].mean(0)
        self.points = rest - self.middle
        self.light = light_coefficients(studio())
        self.camera = Camera.look_at((0.0, 0.0, 0.9), (0.0, 0.0, 0.0), field_of_view=0.31)

    def surface(self, yaw: Tensor) -> tuple[Tensor, Tensor]:
        """Points and lit colours [1, V, 3] of the head turned by an angle."""
        angles = torch.stack([yaw, torch.zeros_like(yaw), torch.zeros_like(yaw)])
        points = self.points @ yaw_pitch_roll(angles).mT
        return points, self.head.vertex_colours * spherical_harmonics(
            vertex_normals(points, self.head.faces), self.light
        )

    def draw(self, yaw: Tensor, size: int, method: Method) -> tuple[Tensor, Fragments]:
        """The picture [size, size, 3], and what its pixels see."""
        points, colours = self.surface(yaw)
        seen = rasterize(self.camera.clip(points, (size, size)), self.head.faces, (size, size))
        return method(colours, seen)[0], seen


def interior(colours: Tensor, seen: Fragments) -> Tensor:
    """Each pixel's triangle alone."""
    return interpolate(colours, seen)


def motion(colours: Tensor, seen: Fragments) -> Tensor:
    """All that moves."""
    return motion_gradients(interpolate(colours, seen.still), seen)


def by_gradients(scene: Scene, method: Method) -> Tensor:
    """The derivative of each pixel's brightness by the angle [SIDE, SIDE]: one way back for each pixel."""
    yaw = torch.tensor(YAW, dtype=torch.float64, requires_grad=True)
    picture, seen = scene.draw(yaw, SIDE, method)
    result = torch.zeros(SIDE, SIDE, dtype=torch.float64)
    near = torch.nn.functional.max_pool2d(seen.mask.double(), 3, 1, 1)[0] > 0.0
    for row, column in near.nonzero().tolist():
        (slope,) = torch.autograd.grad(picture[row, column].mean(), yaw, retain_graph=True)
        result[row, column] = slope
    return result


def by_differences(scene: Scene) -> Tensor:
    """The same from two pictures with many samples a pixel."""
    ends = []
    for sign in (1.0, -1.0):
        yaw = torch.tensor(YAW + sign * STEP, dtype=torch.float64)
        picture, _ = scene.draw(yaw, SIDE * SAMPLES, interior)
        ends.append(avg_pool2d(picture.mean(-1)[None], SAMPLES)[0])
    return (ends[0] - ends[1]) / (2.0 * STEP)


def error(found: Tensor, wanted: Tensor) -> float:
    """How far derivatives are apart over squares of pixels, in parts of their length."""
    coarse, truth = (avg_pool2d(one[None], BLOCK) for one in (found, wanted))
    return float((coarse - truth).norm() / truth.norm())


def enlarged(picture: Picture, factor: int) -> Picture:
    """Each pixel as a square."""
    return picture.repeat(factor, 0).repeat(factor, 1)


def two_sided(values: Tensor, most: float) -> Picture:
    """Red above 0, blue below, white at 0."""
    share = (values / most).clamp(-1.0, 1.0).abs().sqrt()[..., None].numpy()
    colour = np.where(values[..., None].numpy() > 0.0, (190.0, 30.0, 45.0), (35.0, 80.0, 190.0))
    return np.round(250.0 + share * (colour - 250.0)).astype(np.uint8)


def zoom(scene: Scene, picture: Picture, seen: Fragments, top: int, left: int) -> Picture:
    """A part of the picture with pixel centres, silhouette edges and the crossings that were found on the way."""
    rows, columns = PATCH
    image = Image.fromarray(enlarged(picture[top : top + rows, left : left + columns], PER_PIXEL))
    draw = ImageDraw.Draw(image)

    def put(x: float, y: float) -> tuple[float, float]:
        return (x - left) * PER_PIXEL, (y - top) * PER_PIXEL

    def dot(x: float, y: float, radius: float, colour: tuple[int, int, int]) -> None:
        across, down = put(x, y)
        draw.ellipse((across - radius, down - radius, across + radius, down + radius), fill=colour)

    for row in range(rows):
        for column in range(columns):
            dot(left + column + 0.5, top + row + 0.5, 2.0, CENTRE)
    found = find_crossings(seen)
    clip = seen.position_clip[0]
    across, down = ((1 + clip[:, 0] / clip[:, 3]) * SIDE / 2, (1 - clip[:, 1] / clip[:, 3]) * SIDE / 2)
    for u, v in {tuple(sorted(edge)) for edge in found.edge.tolist() if edge[0] >= 0}:
        ends = [put(float(across[end]), float(down[end])) for end in (u, v)]
        draw.line(ends, fill=EDGE, width=3)
    for row, column, vertical, place in zip(
        found.row.tolist(), found.column.tolist(), found.vertical.tolist(), found.place.tolist(), strict=True
    ):
        dot(column + 0.5 + place * (not vertical), row + 0.5 + place * vertical, 5.0, DOT)
    return np.asarray(image)


def labelled(picture: Picture, words: str) -> Picture:
    """A picture with a line of text at its foot."""
    whole = np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
    write_text(whole, words, foot=True)
    return whole[..., :3]


def main(path: str) -> None:
    """Draw everything."""
    torch.set_num_threads(1)
    scene = Scene()
    with torch.no_grad():
        wanted = by_differences(scene)
        linear, seen = scene.draw(torch.tensor(YAW, dtype=torch.float64), SIDE, interior)
    picture = np.round(255.0 * encode(linear.numpy())).astype(np.uint8)
    panels = {"picture": picture}
    most = float(wanted.abs().quantile(0.995))
    for words, values in (
        ("finite differences", wanted),
        ("interpolate alone", by_gradients(scene, interior)),
        ("motion_gradients", by_gradients(scene, motion)),
    ):
        panels[words] = two_sided(values, most)
        print(f"{words:<20}{100.0 * error(values, wanted):6.1f} %")
    above = np.hstack([labelled(enlarged(panel, SCALE), words) for words, panel in panels.items()])
    below = np.hstack([labelled(zoom(scene, picture, seen, top, left), words) for top, left, words in ZOOMS])
    Image.fromarray(np.vstack([above, below])).save(path, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1])
