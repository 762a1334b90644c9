"""Time the differentiable operations: `python -m benchmarks.rasterizer`.

Prints process milliseconds a frame (all threads together) of the built-in head's face filling the picture, medians
over runs after a warm-up, beside Embree (`pip install embreex`) casting a ray for each pixel in the same run, and how
two threads divide the time on the clock. torch itself has one thread: others would count as work while they wait.
"""

import platform
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import tyro
from torch import Tensor

from avatar.renderers import (
    Camera,
    Fragments,
    antialias,
    edge_gradients,
    interpolate,
    motion_gradients,
    rasterize,
    texture,
)
from avatar.rigs import BuiltInHead
from benchmarks.provenance import commit

RUNS = 9
DRTK = {"visibility": {224: 5.1, 256: 5.1, 512: 14.6}, "edge gradients": {256: 14.0, 512: 40.0}}
"""Process milliseconds a frame of DRTK's CPU kernels on two cores of the same class and a mesh of 9,940 triangles."""


@dataclass(frozen=True)
class Options:
    """Time the differentiable operations."""

    sizes: tuple[int, ...] = (224, 256, 512)
    """Pictures' sides in pixels."""
    batch: int = 8
    """Pictures drawn together."""


def milliseconds(work: Callable[[], object], clock: Callable[[], float] = time.process_time) -> float:
    """Median milliseconds of `work()`, once the allocator keeps the memory that it needs."""
    for _ in range(RUNS):
        work()
    spent = []
    for _ in range(RUNS):
        start = clock()
        work()
        spent.append(1000.0 * (clock() - start))
    return float(np.median(spent))


def embree(vertices: Tensor, faces: Tensor, camera: Camera, size: int) -> Callable[[], object] | None:
    """Building Embree's tree over each frame and casting a ray for each pixel; None where it is not installed."""
    try:
        from embreex.mesh_construction import TriangleMesh
        from embreex.rtcore_scene import EmbreeScene
    except ImportError:
        return None
    inverse = np.linalg.inv(camera.intrinsics((size, size)))
    column, row = np.meshgrid(np.arange(size) + 0.5, np.arange(size) + 0.5)
    seen = np.stack([column, row, np.ones_like(row)], -1).reshape(-1, 3) @ inverse.T * (1.0, -1.0, -1.0)
    directions = np.ascontiguousarray(seen @ camera.view[:3, :3], np.float32)
    origins = np.ascontiguousarray(np.broadcast_to(camera.position, directions.shape), np.float32)
    soups = [np.ascontiguousarray(frame[faces], np.float32) for frame in vertices]

    def cast() -> None:
        for soup in soups:
            scene = EmbreeScene()
            TriangleMesh(scene, soup)
            scene.run(origins, directions, output=True)

    return cast


def operations(seen: Fragments, values: Tensor) -> dict[str, Callable[[], object]]:
    """What is timed forwards and backwards, with gradients to positions and attributes."""
    incoming = torch.randn(*seen.triangle_id.shape, values.shape[-1])
    texels = torch.rand(1, 512, 512, 3, requires_grad=True)

    def both(draw: Callable[[], Tensor]) -> Callable[[], object]:
        return lambda: draw().backward(incoming)  # type: ignore[no-untyped-call]

    places = interpolate(values[..., :2], seen.still).detach().requires_grad_()
    return {
        "interpolate": both(lambda: interpolate(values, seen)),
        "interpolate + edge gradients": both(lambda: edge_gradients(interpolate(values, seen), seen)),
        "interpolate + motion gradients": both(lambda: motion_gradients(interpolate(values, seen.still), seen)),
        "interpolate + antialias": both(lambda: antialias(interpolate(values, seen), seen)),
        "texture, bilinear": both(lambda: texture(texels, places)),
    }


def main(options: Options) -> None:
    """Print the tables."""
    torch.set_num_threads(1)
    head = BuiltInHead.load()
    weights = torch.zeros(options.batch, len(head.space))
    weights[:, head.space.index("jawOpen")] = torch.linspace(0.0, 0.6, options.batch)
    with torch.no_grad():
        vertices = head(weights)
    camera = Camera.portrait(head.rest[head.head_weight > 0.95], margin=0.02)
    values = torch.rand(*vertices.shape, requires_grad=True)
    print(
        f"{platform.platform()}, {platform.machine()}, commit {commit()}: {len(head.rest)} vertices, "
        f"{len(head.faces)} triangles, batch {options.batch}, float32; process milliseconds a frame\n"
    )
    rows: dict[str, dict[int, float]] = {}
    for size in options.sizes:
        clip = camera.clip(vertices, (size, size)).requires_grad_()
        seen = rasterize(clip, head.faces, (size, size))
        print(f"{size} x {size}: {100.0 * float(seen.mask.float().mean()):.0f} % covered")
        work = {
            "visibility, one thread": lambda clip=clip, size=size: rasterize(clip, head.faces, (size, size), threads=1),
            **operations(seen, values),
        }
        cast = embree(vertices, head.faces, camera, size)
        if cast is not None:
            work["Embree: build and cast"] = cast
        for name, each in work.items():
            rows.setdefault(name, {})[size] = milliseconds(each) / options.batch
    for name, times in DRTK.items():
        rows[f"DRTK {name}, as measured elsewhere"] = {size: times[size] for size in options.sizes if size in times}
    print(f"\n{'':<40}" + "".join(f"{size:>8}" for size in options.sizes))
    for name, spent in rows.items():
        cells = [f"{spent[size]:8.2f}" if size in spent else f"{'':>8}" for size in options.sizes]
        print(f"{name:<40}" + "".join(cells))
    if "Embree: build and cast" in rows:
        theirs, ours = rows["Embree: build and cast"], rows["visibility, one thread"]
        print(
            f"{'Embree over visibility':<40}" + "".join(f"{theirs[size] / ours[size]:8.1f}" for size in options.sizes)
        )
    size = options.sizes[-1]
    clip = camera.clip(vertices, (size, size))
    one, two = (
        milliseconds(
            lambda threads=threads: rasterize(clip, head.faces, (size, size), threads=threads), time.perf_counter
        )
        for threads in (1, 2)
    )
    print(
        f"\nvisibility at {size} on the clock: one thread {one:.1f} ms, two {two:.1f} ms, {one / two:.2f} times as fast"
    )


if __name__ == "__main__":
    main(tyro.cli(Options, description=__doc__))
