"""Random people at whose pictures gradients are compared, and the losses of these pictures."""

from dataclasses import dataclass

import torch
from torch import Tensor

from avatar.renderers import Camera, spherical_harmonics, vertex_normals
from avatar.rigs import BuiltInHead

SHAPES = 8
WAVES = 4


@dataclass(frozen=True)
class Scene:
    """One person, lit and turned at random, and the waves that its picture is weighed with."""

    head: BuiltInHead
    identity: Tensor
    light: Tensor
    centre: Tensor
    waves: tuple[Tensor, Tensor, Tensor]

    def surface(self, parameters: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        """Clip positions [1, V, 4] and colours [1, V, 3] of the vertices that the parameters give."""
        points = self.head(parameters["expression"][None], self.identity) - self.centre
        points = points @ _turn(parameters["rotation"]).T * parameters["scale"] + parameters["translation"]
        clip = Camera.look_at((0, 0, 1.2), (0, 0, 0), field_of_view=0.3).clip(points, (256, 256))
        lit = spherical_harmonics(vertex_normals(points, self.head.faces), self.light)
        return clip, 3.0 * self.head.vertex_colours.to(lit) * lit

    def weigh(self, picture: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
        """The means of a picture [H, W, 3] times each wave [WAVES], whose periods do not depend on the size.

        For them, averaging a larger picture down and taking the mean of it are the same.

        Args:
            picture: or a part of one.
            rows: [H] where its rows are, from 0 (the whole picture's top) to 1.
            columns: [W] where its columns are.
        """
        down, across, phase = self.waves
        # sin(a + b) from the sines of rows and columns, which are few.
        a = (rows.double()[:, None, None] * down).permute(2, 1, 0)
        b = (columns.double()[:, None, None] * across + phase).permute(2, 0, 1)
        over_rows = torch.cat([a.sin(), a.cos()], 1) @ picture.permute(2, 0, 1)
        over_both = (over_rows.unflatten(1, (2, -1)) * torch.stack([b.cos().mT, b.sin().mT], 1)).sum((0, 1, 3))
        return over_both / picture.numel()


def draw_scene(head: BuiltInHead, seed: int, *, few_shapes: bool) -> tuple[Scene, dict[str, Tensor]]:
    """A scene, and the parameters at which its gradient is taken.

    8 expression weights are 0.2 to 0.8; the others 0.1, or 0 with few shapes. At 0 some of what they do has a corner.
    """
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
    if not few_shapes:
        expression[:52].clamp_(min=0.1)
    angles = (torch.rand(3, generator=chance, dtype=torch.float64) - 0.5) * torch.tensor([0.8, 2.4, 0.6])
    parameters = {
        "translation": 0.005 * normal(3),
        "rotation": angles,
        "scale": 1.0 + 0.03 * normal(1),
        "expression": expression,
    }
    centre = head.rest[head.head_weight > 0.9].mean(0)
    return Scene(head, identity, light, centre, waves), parameters


def _turn(angles: Tensor) -> Tensor:
    """The rotation by a vector [3], radians."""
    x, y, z = angles
    zero = torch.zeros_like(x)
    return torch.linalg.matrix_exp(torch.stack([zero, -z, y, z, zero, -x, -y, x, zero]).reshape(3, 3))
