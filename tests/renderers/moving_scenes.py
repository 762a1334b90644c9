"""Scenes that move, and finite differences of pictures of them that are sampled over the pixels' areas."""

import math
from dataclasses import dataclass

import torch

from avatar.renderers import Camera, interpolate, rasterize

from .conftest import ball


@dataclass(frozen=True)
class Scene:
    """Vertices of coloured meshes, of which some move.

    Attributes:
        vertices: [V, 3] metres.
        faces: [F, 3].
        colours: [V, 2].
        moving: [V, 1], 1 for what the parameters move.
        background: [2].
    """

    vertices: torch.Tensor
    faces: torch.Tensor
    colours: torch.Tensor
    moving: torch.Tensor
    background: torch.Tensor

    def clip(self, parameters, size):
        """Clip positions for parameters [6]: rotation by x, y, z in radians, then translation in metres."""
        turned = self.vertices @ rotation(parameters[:3]).T + parameters[3:]
        points = self.moving * turned + (1 - self.moving) * self.vertices
        return CAMERA.clip(points, size)[None]

    def picture(self, parameters, size, method):
        """[H, W, 2] by `method(colours, fragments) -> [1, H, W, 2]`."""
        seen = rasterize(self.clip(parameters, size), self.faces, size)
        return method(self.colours[None], self.background, seen)[0]


CAMERA = Camera.look_at((0.05, 0.1, 0.5), (0.0, 0.0, 0.0), field_of_view=0.6)


def rotation(angles):
    a, b, c = angles.unbind()
    one, zero = torch.ones_like(a), torch.zeros_like(a)
    x = [one, zero, zero, zero, a.cos(), -a.sin(), zero, a.sin(), a.cos()]
    y = [b.cos(), zero, b.sin(), zero, one, zero, -b.sin(), zero, b.cos()]
    z = [c.cos(), -c.sin(), zero, c.sin(), c.cos(), zero, zero, zero, one]
    x, y, z = (torch.stack(values).reshape(3, 3) for values in (x, y, z))
    return z @ y @ x


def interior(colours, background, seen):
    return interpolate(colours, seen) + background * ~seen.mask[..., None]


def wave(size):
    """A smooth weight [H, W, 2] that is 0 at the border."""
    down, across = ((torch.arange(side, dtype=torch.float64) + 0.5) / side for side in size)
    window = (torch.sin(math.pi * down)[:, None] * torch.sin(math.pi * across)) ** 2
    first, second = torch.sin(5 * down)[:, None] + torch.cos(4 * across), torch.cos(6 * down)[:, None] * (1 - across)
    return window[..., None] * torch.stack([first, second + 0 * first], -1)


def loss(scene, parameters, size, method):
    return (scene.picture(parameters, size, method) * wave(size)).mean()


def gradient(scene, size, method):
    parameters = torch.zeros(6, dtype=torch.float64, requires_grad=True)
    return torch.autograd.grad(loss(scene, parameters, size, method), parameters)[0]


UNITS = torch.tensor([1.0, 1.0, 1.0, 0.08, 0.08, 0.08], dtype=torch.float64)
"""What moves these scenes about as far: a radian, and the radius of the ball."""


def error(scene, size, method, reference):
    """Of the gradient of pictures of a size, relative to a reference [6]."""
    return float(((gradient(scene, size, method) - reference) * UNITS).norm() / (reference * UNITS).norm())


def finite_differences(scene, size, steps=(0.02, 0.02, 0.02, 0.003, 0.003, 0.006)):
    """The loss of pictures so large that each of their pixels is one of many samples of those of interest."""
    result = []
    with torch.no_grad():
        for which, step in enumerate(steps):
            change = torch.zeros(6, dtype=torch.float64)
            change[which] = step
            ahead, back = (loss(scene, sign * change, size, interior) for sign in (1, -1))
            result.append((ahead - back) / (2 * step))
    return torch.stack(result)


def joined(*meshes):
    """One scene of (vertices, faces, colours, moving) each."""
    vertices, faces, colours, moving, count = [], [], [], [], 0
    for points, corners, values, moves in meshes:
        vertices.append(torch.as_tensor(points, dtype=torch.float64))
        faces.append(torch.as_tensor(corners) + count)
        colours.append(torch.as_tensor(values, dtype=torch.float64))
        moving.append(torch.full((len(points), 1), float(moves), dtype=torch.float64))
        count += len(points)
    parts = (torch.cat(values) for values in (vertices, faces, colours, moving))
    return Scene(*parts, torch.tensor([0.3, 0.8], dtype=torch.float64))


WARM, COLD = [[1, 0], [0.6, 0.2], [0.2, 1]], [[0, 0.5], [0.3, 0.1], [0.1, 0]]


def triangle_over_triangle():
    """One triangle turns and moves over another."""
    front = [[-0.06, -0.05, 0.05], [0.07, -0.03, 0.08], [0.0, 0.08, 0.03]]
    back = [[-0.12, -0.02, -0.05], [0.1, -0.11, 0.0], [0.05, 0.12, -0.1]]
    return joined((front, [[0, 1, 2]], WARM, True), (back, [[0, 1, 2]], COLD, False))


def cutting_triangles():
    """One triangle moves through another."""
    one = [[-0.09, -0.05, 0.06], [0.1, -0.04, -0.06], [0.0, 0.1, 0.01]]
    other = [[-0.1, 0.04, -0.05], [0.1, 0.03, 0.06], [0.0, -0.1, 0.01]]
    return joined((one, [[0, 1, 2]], WARM, True), (other, [[0, 1, 2]], COLD, False))


def coloured_ball(rows=24, constant=False):
    """A ball off the centre, smooth in colour or without any difference."""
    vertices, faces = ball(rows, radius=0.08)
    points = torch.from_numpy(vertices)
    waves = torch.stack([0.5 + 0.4 * torch.sin(30 * points[:, 0] + 1), 0.5 + 0.4 * torch.cos(25 * points[:, 1])], -1)
    values = torch.ones_like(waves) if constant else waves
    return joined((points + torch.tensor([0.01, -0.01, 0.02]), faces, values, True))
