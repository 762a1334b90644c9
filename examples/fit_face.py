"""Fit a face to two pictures by descending through the renderer: pose, identity, expression and light.

    python examples/fit_face.py OUT                  # OUT/fit.mp4, the descent, and OUT/fit.png, its curves
    python examples/fit_face.py OUT --seed 7         # another person
    python examples/fit_face.py --table 10           # ten people, errors and times alone

A seed draws a person, an expression, a pose and a light, and two cameras with known lenses, 40 degrees apart, take a
picture each. The descent starts at another person with another expression, in even light, 20 degrees and some
centimetres away. It sees the pictures and their outlines, and knows the colours of skin, lips and hair. What counts is
the mean distance in space between fitted and true vertices over the skin of the head, ears and back included, without
any alignment. The ten seeds of `--table 10` ended at 0.15 to 0.31 mm, in 15 s of process time each on two cores. From
one camera (`--cameras 1`) it is 0.4 to 1.4 mm, most of it depth: how far away a head is changes its picture little.

Each step follows the loss's gradient, as the renderer gives it, through the inverse of a Gauss-Newton matrix. That
matrix needs only to be roughly right, and is made anew every few steps from how colours and vertices move and how steep
the picture is where they are. Pictures grow from 32 to 256 pixels, so that what is far away pulls too; damping and the
prior (weights near 0, people near the average) grow weaker alongside.
"""

import argparse
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from avatar.controls import ARKIT_SHAPES
from avatar.renderers import Camera, interpolate, motion_gradients, rasterize, spherical_harmonics, vertex_normals
from avatar.rigs import BuiltInHead

FIELD_OF_VIEW = 0.5
FRAME = 0.3
"""How many metres the pictures are high where the head is."""
AWAY = math.radians(20)
"""How far the head to be found is turned from the start, radians."""

DAMPING = (1e-2, 1e-6)
"""At the first and at the last step, in parts of the loss when every number is off by its scale."""
PRIOR = 0.01
"""The prior's share of the damping."""
RATE, MOMENTUM = 0.5, 0.7
FRESH = 6
"""How many steps a Gauss-Newton matrix serves."""
FINEST = 128
"""The size of the pictures that it is made of, at most."""


@dataclass(frozen=True)
class Stage:
    """Some steps at one size: pictures of `size` pixels, each averaged over `samples` x `samples`."""

    size: int
    samples: int
    steps: int


STAGES = (Stage(32, 4, 25), Stage(64, 2, 25), Stage(128, 2, 30), Stage(256, 2, 30))


class FaceModel:
    """A posed and lit head as one vector x: expression, identity, rotation, translation and light.

    Attributes:
        rest: [P] the average in even light.
        scale: [P] how far each number usually is from that.
        held: [P] 1 where the prior holds on to `rest`; 0 for the pose.
        low: [P] least values.
        high: [P] greatest values.
        region: [V] bool, the skin of the head whose vertices are compared: no neck, mouth cavity or eye sockets.
    """

    def __init__(self, head: BuiltInHead, cameras: int = 2) -> None:
        self.head = head
        self.counts = (len(ARKIT_SHAPES), len(head.identity_space), 3, 3, 27)
        shapes, people, *_ = self.counts
        infinite = torch.full((3 + 3 + 27,), torch.inf)
        one_sided = torch.from_numpy(head.identity_space.minimum) == 0
        self.low = torch.cat([torch.zeros(shapes), torch.where(one_sided, 0.0, -head.spread.limit), -infinite])
        self.high = torch.cat([torch.ones(shapes), head.spread.limit, infinite])
        free = (torch.full((3,), 0.3), torch.full((3,), 0.02), torch.full((27,), 0.5))  # radians, metres, light
        self.scale = torch.cat([torch.full((shapes,), 0.5), head.spread.deviation, *free])
        self.held = torch.ones_like(self.scale)
        self.held[shapes + people : -27] = 0.0
        self.rest = torch.zeros_like(self.scale)
        self.rest[-27:-24] = 2.7
        self.region = head.head_weight > 0.95
        outside = torch.zeros_like(self.region)
        outside[head.regions["skin"]] = True
        for name in ("mouth_cavity", "left_eye_socket", "right_eye_socket"):
            outside[head.regions[name]] = False
        self.region &= outside
        self.centre = head.rest[self.region].mean(0)
        place = self.centre + torch.tensor([0.0, 0.0, 0.5 * FRAME / math.tan(0.5 * FIELD_OF_VIEW)])
        front = Camera.look_at(place, self.centre, field_of_view=FIELD_OF_VIEW)
        turns = (0.0,) if cameras == 1 else (-0.35, 0.35)
        self.cameras = [front.turned(turn, about=self.centre) for turn in turns]

    def surface(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Vertices in the world, and their lit colours, [B, V, 3] both, of x [B, P]."""
        expression, identity, rotation, translation, light = x.split(self.counts, 1)
        weights = torch.cat([expression, x.new_zeros(len(x), len(self.head.space) - self.counts[0])], 1)
        points = self.head(weights, identity) - self.centre
        points = points @ turn(rotation).mT + translation[:, None] + self.centre
        lit = spherical_harmonics(vertex_normals(points, self.head.faces), light.reshape(-1, 9, 3))
        return points, self.head.vertex_colours * lit

    def pictures(self, x: Tensor, size: int, samples: int) -> Tensor:
        """Linear RGB and the outline, [cameras, 4, size, size], with gradients to x [P]."""
        points, colours = self.surface(x[None])
        fine = (size * samples, size * samples)
        clip = torch.cat([camera.clip(points, fine) for camera in self.cameras])
        seen = rasterize(clip, self.head.faces, fine)
        values = torch.cat([colours, torch.ones_like(colours[..., :1])], 2)
        picture = motion_gradients(interpolate(values, seen.still), seen)
        return avg_pool2d(picture.permute(0, 3, 1, 2), samples)

    def curvature(self, x: Tensor, pictures: Tensor) -> Tensor:
        """The Gauss-Newton matrix [P, P] float64 of `loss` at x, about.

        A pixel changes by what its surface point's colour does, less the picture's slope times the point's motion.
        """
        while pictures.shape[-1] > FINEST:
            pictures = avg_pool2d(pictures, 2)
        size = (pictures.shape[-2], pictures.shape[-1])
        # The head is nearly linear: differences of its vertices do. They step away from the nearer bound.
        step = 0.02 * self.scale * torch.where(x + 0.02 * self.scale > self.high, -1.0, 1.0)
        before, colours_before = self.surface(x[None])
        after, colours_after = self.surface(x + torch.diag(step))
        colours = (colours_after - colours_before) / step[:, None, None]
        total = x.new_zeros(len(x), len(x), dtype=torch.float64)
        for camera, picture in zip(self.cameras, pictures, strict=True):
            motion = (camera.project(after, size) - camera.project(before, size)) / step[:, None, None]
            seen = rasterize(camera.clip(before, size), self.head.faces, size)
            each = torch.cat([colours, motion], 2).permute(1, 0, 2)  # [V, P, 5]
            at = interpolate(each.flatten(1)[None], seen)[seen.mask].unflatten(1, each.shape[1:])
            down, across = (slope[:, seen.mask[0]] for slope in torch.gradient(picture, dim=(1, 2)))
            for channel in range(4):
                row = -across[channel, :, None] * at[..., 3] - down[channel, :, None] * at[..., 4]
                row = row + at[..., channel] if channel < 3 else row
                total += (row.mT @ row).double()
        return total / (len(pictures) * size[0] * size[1])


def turn(vectors: Tensor) -> Tensor:
    """Rotations [B, 3, 3] by axis times angle [B, 3] in radians."""
    x, y, z = vectors.unbind(1)
    zero = torch.zeros_like(x)
    return torch.linalg.matrix_exp(torch.stack([zero, -z, y, z, zero, -x, -y, x, zero], 1).reshape(-1, 3, 3))


def loss(pictures: Tensor, target: Tensor) -> Tensor:
    """Half of the mean squared difference of pixels, summed over channels."""
    return 2.0 * (pictures - target).square().mean()


@dataclass(frozen=True)
class Scene:
    """What is to be found, and where the descent starts, [P] both."""

    truth: Tensor
    start: Tensor

    @classmethod
    def drawn(cls, model: FaceModel, seed: int) -> "Scene":
        """Draw two people with twelve of the 52 shapes each, the true one turned and moved in coloured light."""
        chance = torch.Generator().manual_seed(seed)

        def face() -> list[Tensor]:
            expression = torch.zeros(len(ARKIT_SHAPES))
            expression[torch.randperm(len(expression), generator=chance)[:12]] = torch.rand(12, generator=chance)
            return [0.8 * expression, model.head.sample_identity(chance)[0]]

        axis = torch.nn.functional.normalize(torch.randn(3, generator=chance), dim=0)
        sizes = torch.tensor([0.3, 0.4, 0.4, 0.4, *(0.15,) * 5])[:, None]
        grey, tint = torch.randn(9, 1, generator=chance), torch.randn(9, 3, generator=chance)
        light = model.rest[-27:] + (sizes * (grey + 0.12 * tint)).flatten()
        truth = torch.cat([*face(), AWAY * axis, 0.01 * torch.randn(3, generator=chance), light])
        return cls(truth, torch.cat([*face(), torch.zeros(6), model.rest[-27:]]))


@dataclass(frozen=True)
class Step:
    """One step of the descent.

    Attributes:
        x: [P] where it is.
        size: of the pictures that were compared, in pixels.
        loss: how far they were from the target.
        error: mean distance in space over the region's vertices, millimetres.
    """

    x: Tensor
    size: int
    loss: float
    error: float


def descend(model: FaceModel, scene: Scene, stages: tuple[Stage, ...] = STAGES) -> Iterator[Step]:
    """Descend from the scene's start, one `Step` after another; the last one is the result."""
    x, velocity, done = scene.start, torch.zeros_like(scene.start), 0
    total = sum(stage.steps for stage in stages)
    with torch.no_grad():
        target = model.pictures(scene.truth, stages[-1].size, stages[-1].samples)
    for stage in stages:
        smaller = avg_pool2d(target, target.shape[-1] // stage.size)
        for index in range(stage.steps):
            share = done / total
            damping = DAMPING[0] * (DAMPING[1] / DAMPING[0]) ** share
            hold = PRIOR * damping * model.held / model.scale**2
            leaf = x.clone().requires_grad_()
            pictures = model.pictures(leaf, stage.size, stage.samples)
            value = loss(pictures, smaller)
            (gradient,) = torch.autograd.grad(value, leaf)
            yield Step(x, stage.size, value.item(), vertex_error(model, x, scene.truth))
            with torch.no_grad():
                if index % FRESH == 0:
                    curvature = model.curvature(x, pictures)
                velocity = MOMENTUM * velocity + (1.0 - MOMENTUM) * (gradient + hold * (x - model.rest))
                rate = RATE * min(1.0, 4.0 * (1.0 - share))
                x = bounded_step(model, x, velocity, curvature + torch.diag(damping / model.scale**2 + hold), rate)
            done += 1
    with torch.no_grad():
        value = loss(model.pictures(x, stages[-1].size, stages[-1].samples), target)
    yield Step(x, stages[-1].size, value.item(), vertex_error(model, x, scene.truth))


def bounded_step(model: FaceModel, x: Tensor, gradient: Tensor, matrix: Tensor, rate: float) -> Tensor:
    """Newton's step towards the minimum, at most one scale long, with what presses against a bound left there."""
    stuck = ((x <= model.low) & (gradient > 0.0)) | ((x >= model.high) & (gradient < 0.0))
    free = (~stuck).nonzero()[:, 0]
    step = torch.zeros_like(x)
    step[free] = -torch.linalg.solve(matrix[free[:, None], free], gradient[free].double()).to(x)
    longest = float((step / model.scale).abs().max())
    return torch.clamp(x + rate * step / max(longest, 1.0), model.low, model.high)


@torch.no_grad()
def vertex_error(model: FaceModel, x: Tensor, truth: Tensor) -> float:
    """Mean distance between the region's vertices of two faces in space, millimetres."""
    points, _ = model.surface(torch.stack([x, truth]))
    return 1e3 * float((points[0] - points[1])[model.region].norm(dim=1).mean())


def main() -> None:
    """Fit one face and show it, or several and count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="folder for fit.mp4 and fit.png")
    parser.add_argument("--seed", type=int, default=0, help="who is to be found")
    parser.add_argument("--table", type=int, metavar="N", help="fit the seeds from 0 to N - 1, and print a table")
    parser.add_argument("--cameras", type=int, choices=(1, 2), default=2)
    options = parser.parse_args()
    if options.folder is None and options.table is None:
        parser.error("name a folder for the pictures, or ask for a --table")
    if options.folder is not None:
        options.folder.mkdir(parents=True, exist_ok=True)
    # Torch's threads wait for each other longer than such small tensors take; the renderer has threads of its own.
    torch.set_num_threads(1)
    model = FaceModel(BuiltInHead.load(), options.cameras)
    print("seed   start mm   end mm   process s   elapsed s")
    for seed in [options.seed] if options.table is None else range(options.table):
        scene = Scene.drawn(model, seed)
        work, clock = time.process_time(), time.perf_counter()
        steps = list(descend(model, scene))
        work, clock = time.process_time() - work, time.perf_counter() - clock
        print(f"{seed:4d}{steps[0].error:11.2f}{steps[-1].error:9.3f}{work:12.1f}{clock:12.1f}", flush=True)
    if options.folder is not None:
        from fit_pictures import film, summary

        film(model, scene, steps, options.folder / "fit.mp4")
        summary(model, scene, steps, options.folder / "fit.png")


if __name__ == "__main__":
    main()
