"""Gradients of pictures of the built-in head against finite differences: `python -m benchmarks.gradients`.

Each scene is a random person with a random expression, turned by up to 70 degrees, lit by random spherical harmonics.
The derivative of a picture is a picture; what is compared is how it weighs with four random smooth waves, by
translation, rotation, scale and expression, at 224 and 256 pixels, with central differences of the picture drawn with
10 x 10 samples a pixel.
"""

import platform
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import tyro
from torch import Tensor

from avatar.progress import track
from avatar.renderers import (
    Camera,
    Fragments,
    edge_gradients,
    interpolate,
    motion_gradients,
    rasterize,
    spherical_harmonics,
    vertex_normals,
)
from avatar.rigs import BuiltInHead
from benchmarks.provenance import commit

Method = Callable[[Tensor, Fragments], Tensor]


def _surfaces_alone(values: Tensor, seen: Fragments) -> Tensor:
    return interpolate(values, seen)


def _surfaces_and_edges(values: Tensor, seen: Fragments) -> Tensor:
    return edge_gradients(interpolate(values, seen), seen)


def _motion(values: Tensor, seen: Fragments) -> Tensor:
    return motion_gradients(interpolate(values, seen.still), seen)


METHODS: dict[str, tuple[Method, int]] = {
    "interpolate alone (interior)": (_surfaces_alone, 1),
    "interpolate + edge_gradients": (_surfaces_and_edges, 1),
    "motion_gradients": (_motion, 1),
    "motion_gradients, 2 x 2 samples": (_motion, 2),
    "motion_gradients, 4 x 4 samples": (_motion, 4),
    "motion_gradients, 8 x 8 samples": (_motion, 8),
}
"""How a picture gets its gradients, and samples across and down each pixel: drawn larger and averaged."""

SHAPES = 8
"""Expression weights of each scene that are not 0, and compared: at 0 some of what they do has a corner."""
WAVES = 4


@dataclass(frozen=True)
class Options:
    """Compare gradients with finite differences."""

    scenes: int = 50
    """How many."""
    sizes: tuple[int, ...] = (224, 256)
    """Pictures' sides in pixels."""
    every_shape: bool = False
    """Let all 52 expression weights be at least 0.1, and compare them all; takes minutes a scene."""
    samples: int = 10
    """Samples across and down each pixel of the finite differences."""


@dataclass(frozen=True)
class Scene:
    """One person, lit and turned at random, and the waves that its picture is weighed with."""

    head: BuiltInHead
    identity: Tensor
    light: Tensor
    centre: Tensor
    waves: tuple[Tensor, Tensor, Tensor]

    def picture(self, parameters: dict[str, Tensor], size: int, method: Method) -> Tensor:
        """The picture [size, size, 3] that the parameters give, with the gradients of a method."""
        points = self.head(parameters["expression"][None], self.identity) - self.centre
        points = points @ turn(parameters["rotation"]).T * parameters["scale"] + parameters["translation"]
        clip = Camera.look_at((0, 0, 1.2), (0, 0, 0), field_of_view=0.3).clip(points, (size, size))
        lit = spherical_harmonics(vertex_normals(points, self.head.faces), self.light)
        values = 3.0 * self.head.vertex_colours.to(lit) * lit
        return method(values, rasterize(clip, self.head.faces, (size, size)))[0]

    def losses(self, parameters: dict[str, Tensor], size: int, method: Method) -> Tensor:
        """The means of the picture times each wave [WAVES], whose periods do not depend on the size.

        For them, averaging a larger picture down and taking the mean of it are the same.
        """
        picture = self.picture(parameters, size, method)
        down, across, phase = self.waves
        place = (torch.arange(size, dtype=torch.float64) + 0.5) / size
        # sin(a + b) from the sines of rows and columns, which are few.
        rows, columns = place[:, None, None] * down, place[:, None, None] * across + phase
        sines = torch.einsum("ikc,ijc,jkc->k", rows.sin(), picture, columns.cos())
        return (sines + torch.einsum("ikc,ijc,jkc->k", rows.cos(), picture, columns.sin())) / picture.numel()


def turn(angles: Tensor) -> Tensor:
    """The rotation by a vector [3], radians."""
    x, y, z = angles
    zero = torch.zeros_like(x)
    return torch.linalg.matrix_exp(torch.stack([zero, -z, y, z, zero, -x, -y, x, zero]).reshape(3, 3))


def draw_scene(head: BuiltInHead, seed: int) -> tuple[Scene, dict[str, Tensor]]:
    """A scene, and the parameters at which its gradient is taken."""
    chance = torch.Generator().manual_seed(seed)

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=chance, dtype=torch.float64)

    identity = head.sample_identity(chance).double()
    light = 0.15 * normal(9, 3)
    light[0] = 0.8
    waves = (4.0 * normal(WAVES, 3), 4.0 * normal(WAVES, 3), 3.0 * normal(WAVES, 3))
    expression = torch.zeros(len(head.space), dtype=torch.float64)
    active = torch.randperm(52, generator=chance)[:SHAPES]
    expression[active] = 0.2 + 0.6 * torch.rand(SHAPES, generator=chance, dtype=torch.float64)
    angles = (torch.rand(3, generator=chance, dtype=torch.float64) - 0.5) * torch.tensor([0.8, 2.4, 0.6])
    parameters = {
        "translation": 0.005 * normal(3),
        "rotation": angles,
        "scale": 1.0 + 0.03 * normal(1),
        "expression": expression,
    }
    centre = head.rest[head.head_weight > 0.9].mean(0)
    return Scene(head, identity, light, centre, waves), parameters


def differences(scene: Scene, parameters: dict[str, Tensor], size: int, shapes: list[int]) -> dict[str, Tensor]:
    """Central differences of the finely drawn losses [WAVES, entries], by group.

    Steps move the face by about a millimetre, a pixel at 256: smaller ones move edges by too few of the fine samples,
    larger ones see what curves.
    """
    farthest = scene.head.shapes.reshape(len(scene.head.shapes), -1, 3).norm(dim=-1).amax(1)  # metres at weight 1
    steps = {
        "translation": dict.fromkeys(range(3), 1e-3),
        "rotation": dict.fromkeys(range(3), 1e-2),
        "scale": {0: 1e-2},
        "expression": {
            shape: min(1e-3 / float(farthest[shape]), 0.2, 0.9 * float(parameters["expression"][shape]))
            for shape in shapes
        },
    }
    result = {}
    for name, entries in steps.items():
        slopes = []
        for entry, step in entries.items():
            ends = []
            for sign in (1.0, -1.0):
                moved = {key: value.clone() for key, value in parameters.items()}
                moved[name][entry] += sign * step
                with torch.no_grad():
                    ends.append(scene.losses(moved, size, _surfaces_alone))
            slopes.append((ends[0] - ends[1]) / (2.0 * step))
        result[name] = torch.stack(slopes, 1)
    return result


def gradients(scene: Scene, parameters: dict[str, Tensor], size: int, method: Method) -> dict[str, Tensor]:
    """The same by a method's gradients."""
    leaves = {name: value.clone().requires_grad_() for name, value in parameters.items()}
    losses = scene.losses(leaves, size, method)
    rows = [torch.autograd.grad(loss, list(leaves.values()), retain_graph=True) for loss in losses]
    return {name: torch.stack(column) for name, column in zip(leaves, zip(*rows, strict=True), strict=True)}


def main(options: Options) -> None:
    """Print the table."""
    head = BuiltInHead.load().double()
    errors: dict[tuple[int, str, str], list[float]] = {}
    for seed in track(range(options.scenes), "scenes"):
        scene, parameters = draw_scene(head, seed)
        if options.every_shape:
            parameters["expression"][:52].clamp_(min=0.1)
        shapes = parameters["expression"].nonzero()[:, 0].tolist()
        truth = differences(scene, parameters, 256 * options.samples, shapes)
        for size in options.sizes:
            for title, (method, samples) in METHODS.items():
                found = gradients(scene, parameters, size * samples, method)
                found["expression"] = found["expression"][:, shapes]
                for name, wanted in truth.items():
                    error = float((found[name] - wanted).norm() / wanted.norm())
                    errors.setdefault((size, title, name), []).append(error)
    print(
        f"{options.scenes} scenes, {len(head.rest)} vertices, float64, commit {commit()}, {platform.machine()}\n"
        "error of the derivatives in percent of their length: median / 90th percentile / worst\n"
    )
    names = ("translation", "rotation", "scale", "expression")
    print(f"{'':<44}" + "".join(f"{name:>22}" for name in names))
    for size in options.sizes:
        for title in METHODS:
            cells = [
                "{:.1f} / {:.1f} / {:.1f}".format(
                    *np.percentile(100.0 * np.array(errors[size, title, name]), (50, 90, 100))
                )
                for name in names
            ]
            print(f"{f'{size} pixels: {title}':<44}" + "".join(f"{cell:>22}" for cell in cells))


if __name__ == "__main__":
    main(tyro.cli(Options, description=__doc__))
