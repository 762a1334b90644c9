"""Gradients of pictures of the built-in head against finite differences: `python -m benchmarks.gradients`.

Each scene is a random person with a random expression, turned by up to 70 degrees, lit by random spherical harmonics.
The derivative of a picture is a picture; what is compared is how it weighs with four random smooth waves, by
translation, rotation, scale and all expression weights, at 224 and 256 pixels, with central differences of a finely
drawn picture. How far their last two steps are apart is the first row.
"""

import json
import math
import platform
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
import tyro
from torch import Tensor

from avatar.files import replacing
from avatar.progress import track
from avatar.renderers import Fragments, edge_gradients, interpolate, motion_gradients, rasterize
from avatar.rigs import BuiltInHead
from benchmarks.differences import Differences, Fineness, Slope
from benchmarks.provenance import commit
from benchmarks.scenes import Scene, draw_scene

Method = Callable[[Tensor, Fragments], Tensor]


def _surfaces_alone(values: Tensor, seen: Fragments) -> Tensor:
    return interpolate(values, seen)


def _surfaces_and_edges(values: Tensor, seen: Fragments) -> Tensor:
    return edge_gradients(interpolate(values, seen), seen)


def _motion(values: Tensor, seen: Fragments) -> Tensor:
    return motion_gradients(interpolate(values, seen.still), seen, shade=lambda spots: interpolate(values, spots))


def _motion_without_gaps(values: Tensor, seen: Fragments) -> Tensor:
    return motion_gradients(interpolate(values, seen.still), seen)


METHODS: dict[str, tuple[Method, int]] = {
    "interpolate alone (interior)": (_surfaces_alone, 1),
    "interpolate + edge_gradients": (_surfaces_and_edges, 1),
    "motion_gradients without shade": (_motion_without_gaps, 1),
    "motion_gradients without shade, 8 x 8 samples": (_motion_without_gaps, 8),
    "motion_gradients": (_motion, 1),
    "motion_gradients, 2 x 2 samples": (_motion, 2),
    "motion_gradients, 4 x 4 samples": (_motion, 4),
    "motion_gradients, 8 x 8 samples": (_motion, 8),
    "motion_gradients, 16 x 16 samples": (_motion, 16),
}
"""How a picture gets its gradients, and samples across and down each pixel: drawn larger and averaged."""

REFERENCE = "finite differences, two steps apart"
DENSITY = 4
"""How much denser than usual the finite differences draw: coarser ones were off by more than the gradients are."""
FINER = ((1.0, 8), (0.25, 8))
"""Where two steps do not agree: what is tried next, a step by the one before and how much denser it is drawn."""
TOLERANCE = 0.02
"""How far two steps of the finite differences may be apart, in their group's whole derivative."""
DOUBTFUL = 0.01


@dataclass(frozen=True)
class Options:
    """Compare gradients with finite differences."""

    scenes: int = 50
    """How many."""
    first: int = 0
    """The first one's seed."""
    sizes: tuple[int, ...] = (224, 256)
    """Pictures' sides in pixels."""
    few_shapes: bool = False
    """Have all expression weights but 8 at 0, and compare these 8; otherwise all 52 are at least 0.1, and compared."""
    keep: Path | None = None
    """A folder for the finite differences, two minutes of a core a scene; those that are there are not taken again."""


def losses(scene: Scene, parameters: dict[str, Tensor], size: int, method: Method) -> Tensor:
    """The means of the whole picture times each wave [WAVES], with the gradients of a method."""
    clip, colours = scene.surface(parameters)
    picture = method(colours, rasterize(clip, scene.head.faces, (size, size)))[0]
    place = (torch.arange(size, dtype=torch.float64) + 0.5) / size
    return scene.weigh(picture, place, place)


def references(scene: Scene, parameters: dict[str, Tensor], shapes: list[int]) -> dict[str, list[Slope]]:
    """Derivatives by central differences of the finely drawn losses, of each entry of each group.

    Steps move the face by about a quarter of a millimetre, a quarter of a pixel at 256, and shrink, entry by entry,
    where two do not agree to a fraction of the derivative by the group.
    """
    farthest = scene.head.shapes.reshape(len(scene.head.shapes), -1, 3).norm(dim=-1).amax(1)  # metres at weight 1
    steps = {
        "translation": dict.fromkeys(range(3), 2.5e-4),
        "rotation": dict.fromkeys(range(3), 2.5e-3),
        "scale": {0: 2.5e-3},
        "expression": {
            shape: min(2.5e-4 / float(farthest[shape]), 0.05, 0.2 * float(parameters["expression"][shape]))
            for shape in shapes
        },
    }
    result = {}
    for name, entries in steps.items():

        def by(entry: int, name: str = name) -> Differences:
            def draw(value: Tensor) -> tuple[Tensor, Tensor]:
                moved = parameters[name].clone()
                moved[entry] = value
                return scene.surface({**parameters, name: moved})

            return Differences(draw, scene.head.faces, scene.weigh, parameters[name][entry])

        fine = Fineness().times(DENSITY)
        first = {entry: by(entry).slope(step, fine) for entry, step in entries.items()}
        tolerance = TOLERANCE * float(torch.stack([one.value for one in first.values()]).norm())
        result[name] = [by(entry).refined(one, tolerance, FINER) for entry, one in first.items()]
    return result


def gradients(scene: Scene, parameters: dict[str, Tensor], size: int, method: Method) -> dict[str, Tensor]:
    """The same by a method's gradients."""
    leaves = {name: value.clone().requires_grad_() for name, value in parameters.items()}
    weighed = losses(scene, leaves, size, method)
    rows = [torch.autograd.grad(loss, list(leaves.values()), retain_graph=True) for loss in weighed]
    return {name: torch.stack(column) for name, column in zip(leaves, zip(*rows, strict=True), strict=True)}


def kept_references(file: Path | None, make: Callable[[], dict[str, list[Slope]]]) -> dict[str, list[Slope]]:
    """What `make` gives, from a file if it is there, otherwise kept in it."""
    if file is not None and file.exists():
        groups = json.loads(file.read_text(encoding="utf-8"))
        return {
            name: [Slope(torch.tensor(one.pop("value"), dtype=torch.float64), **one) for one in slopes]
            for name, slopes in groups.items()
        }
    made = make()
    if file is not None:
        groups = {name: [{**vars(one), "value": one.value.tolist()} for one in slopes] for name, slopes in made.items()}
        file.parent.mkdir(parents=True, exist_ok=True)
        with replacing(file) as beside:
            beside.write_text(json.dumps(groups), encoding="utf-8")
    return made


def compare(
    scene: Scene, parameters: dict[str, Tensor], shapes: list[int], truth: dict[str, Tensor], sizes: tuple[int, ...]
) -> dict[str, dict[str, float]]:
    """How far each method is off, as a share of the derivative, by row of the table and group of parameters."""
    errors: dict[str, dict[str, float]] = {}
    for size in sizes:
        for title, (method, samples) in METHODS.items():
            found = gradients(scene, parameters, size * samples, method)
            found["expression"] = found["expression"][:, shapes]
            errors[f"{size} pixels: {title}"] = {
                name: float((found[name] - wanted).norm() / wanted.norm()) for name, wanted in truth.items()
            }
    return errors


def main(options: Options) -> None:
    """Print each scene's largest errors as it is done, and the table."""
    head = BuiltInHead.load().double()
    errors: list[dict[str, dict[str, float]]] = []
    doubtful, corners, entries = [], 0, 0
    seeds = range(options.first, options.first + options.scenes)
    for seed in track(seeds, "scenes"):
        scene, parameters = draw_scene(head, seed, few_shapes=options.few_shapes)
        shapes = parameters["expression"].nonzero()[:, 0].tolist()
        file = options.keep and options.keep / f"scene-{seed}{'-few' if options.few_shapes else ''}.json"
        slopes = kept_references(file, partial(references, scene, parameters, shapes))
        truth = {name: torch.stack([one.value for one in group], 1) for name, group in slopes.items()}
        lengths = {name: float(one.norm()) for name, one in truth.items()}
        doubts = {name: math.hypot(*(one.doubt for one in group)) / lengths[name] for name, group in slopes.items()}
        errors.append({REFERENCE: doubts, **compare(scene, parameters, shapes, truth, options.sizes)})
        for name, group in slopes.items():
            entries += len(group)
            doubtful += [f"{seed} {name}"] * sum(one.doubt > DOUBTFUL * lengths[name] for one in group)
            corners += sum(one.corner(2.0 * DOUBTFUL * lengths[name]) for one in group)
        for row in (REFERENCE, list(errors[-1])[-1]):
            cells = [f"{name} {100.0 * error:.1f} %" for name, error in errors[-1][row].items()]
            print(f"scene {seed}, {row}: {', '.join(cells)}", flush=True)
    print(
        f"\n{options.scenes} scenes, {len(head.rest)} vertices, float64, commit {commit()}, {platform.machine()}\n"
        "error of the derivatives in percent of their length: median / 90th percentile / worst (its scene)\n"
    )
    names = list(errors[0][REFERENCE])
    print(f"{'':<58}" + "".join(f"{name:>25}" for name in names))
    for row in errors[0]:
        cells = []
        for name in names:
            found = 100.0 * np.array([one[row][name] for one in errors])
            middle, high, worst = np.percentile(found, (50, 90, 100))
            cells.append(f"{middle:.1f} / {high:.1f} / {worst:.1f} ({seeds[int(found.argmax())]})")
        print(f"{row:<58}" + "".join(f"{cell:>25}" for cell in cells))
    print(
        f"\nof {entries} entries {len(doubtful)} have differences that stay {100 * DOUBTFUL:.0f} % of their group's "
        f"derivative or more apart, in scenes {', '.join(dict.fromkeys(doubtful)) or '-'}; at {corners} the slopes to "
        "both sides differ. All are in the table."
    )


if __name__ == "__main__":
    main(tyro.cli(Options, description=__doc__))
