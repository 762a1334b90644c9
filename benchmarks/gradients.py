"""Gradients of pictures of the built-in head against finite differences: `python -m benchmarks.gradients`.

Each scene is a random person with a random expression, turned by up to 70 degrees, lit by random spherical harmonics.
The loss weighs the picture with random smooth waves. Its gradient at 224 and 256 pixels, by translation, rotation,
scale and expression, is compared with central differences of the picture drawn with 12 x 12 samples a pixel.
"""

import platform
from collections.abc import Callable
from dataclasses import dataclass, field

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
"""How many expression weights of each scene are compared; finite differences of all 52 take long."""


@dataclass(frozen=True)
class Options:
    """Compare gradients with finite differences."""

    scenes: int = 50
    """How many."""
    sizes: tuple[int, ...] = (224, 256)
    """Pictures' sides in pixels."""
    samples: int = 12
    """Samples across and down each pixel of the finite differences."""


@dataclass(frozen=True)
class Scene:
    """One person, lit and turned at random, and the functional that makes a number of its picture."""

    head: BuiltInHead
    identity: Tensor
    light: Tensor
    centre: Tensor
    waves: tuple[Tensor, Tensor, Tensor]
    known_waves: dict[int, Tensor] = field(default_factory=dict)

    def picture(self, parameters: dict[str, Tensor], size: int, method: Method) -> Tensor:
        """The picture [size, size, 3] that the parameters give, with the gradients of a method."""
        points = self.head(parameters["expression"][None], self.identity) - self.centre
        points = points @ turn(parameters["rotation"]).T * parameters["scale"] + parameters["translation"]
        clip = Camera.look_at((0, 0, 1.2), (0, 0, 0), field_of_view=0.3).clip(points, (size, size))
        lit = spherical_harmonics(vertex_normals(points, self.head.faces), self.light)
        values = 3.0 * self.head.vertex_colours.to(lit) * lit
        return method(values, rasterize(clip, self.head.faces, (size, size)))[0]

    def loss(self, parameters: dict[str, Tensor], size: int, method: Method) -> Tensor:
        """The mean of the picture times the waves, whose periods do not depend on the size.

        For them, averaging a larger picture down and taking the mean of it are the same.
        """
        return (self.picture(parameters, size, method) * self.wave(size)).mean()

    def wave(self, size: int) -> Tensor:
        """The weights of the picture [size, size, 3]."""
        if size not in self.known_waves:
            self.known_waves.clear()
            place = (torch.arange(size, dtype=torch.float64) + 0.5) / size
            down, across, phase = self.waves
            # sin(a + b) from the sines of rows and columns, which are few.
            rows, columns = place[:, None, None] * down, place[:, None, None] * across + phase
            self.known_waves[size] = torch.einsum("ick,jck->ijc", rows.sin(), columns.cos())
            self.known_waves[size] += torch.einsum("ick,jck->ijc", rows.cos(), columns.sin())
        return self.known_waves[size]


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
    waves = (4.0 * normal(3, 3), 4.0 * normal(3, 3), 3.0 * normal(3, 3))
    expression = torch.zeros(len(head.space), dtype=torch.float64)
    active = torch.randperm(52, generator=chance)[:10]
    expression[active] = 0.8 * torch.rand(10, generator=chance, dtype=torch.float64)
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
    """Central differences of the finely drawn loss, by group of parameters; steps of about a pixel at 256.

    Smaller ones move edges by too few of the fine samples; larger ones see what curves.
    """
    result = {}
    for name, step, entries in (
        ("translation", 1e-3, range(3)),
        ("rotation", 1e-2, range(3)),
        ("scale", 1e-2, range(1)),
        ("expression", 0.12, shapes),
    ):
        slopes = []
        for entry in entries:
            ends = []
            for sign in (1.0, -1.0):
                moved = {key: value.clone() for key, value in parameters.items()}
                moved[name][entry] += sign * step
                with torch.no_grad():
                    ends.append(scene.loss(moved, size, _surfaces_alone))
            slopes.append((ends[0] - ends[1]) / (2.0 * step))
        result[name] = torch.stack(slopes)
    return result


def gradients(scene: Scene, parameters: dict[str, Tensor], size: int, method: Method) -> dict[str, Tensor]:
    """The same by a method's gradients."""
    leaves = {name: value.clone().requires_grad_() for name, value in parameters.items()}
    scene.loss(leaves, size, method).backward()  # type: ignore[no-untyped-call]
    return {name: leaf.grad for name, leaf in leaves.items() if leaf.grad is not None}


def main(options: Options) -> None:
    """Print the table."""
    head = BuiltInHead.load().double()
    errors: dict[tuple[int, str, str], list[float]] = {}
    for seed in track(range(options.scenes), "scenes"):
        scene, parameters = draw_scene(head, seed)
        shapes = torch.randperm(52, generator=torch.Generator().manual_seed(seed))[:SHAPES].tolist()
        truth = differences(scene, parameters, 256 * options.samples, shapes)
        for size in options.sizes:
            for title, (method, samples) in METHODS.items():
                found = gradients(scene, parameters, size * samples, method)
                found["expression"] = found["expression"][shapes]
                for name, wanted in truth.items():
                    error = float((found[name] - wanted).norm() / wanted.norm())
                    errors.setdefault((size, title, name), []).append(error)
    print(
        f"{options.scenes} scenes, {len(head.rest)} vertices, float64, commit {commit()}, {platform.machine()}\n"
        "error of the gradient in percent of its length: median / 90th percentile / worst\n"
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
