"""Time the renderer: `python -m benchmarks.render`.

Prints process milliseconds (all threads together, so that a busy machine does not lie much) a frame of the built-in
head, medians over runs after a warm-up, and where they go.
"""

import platform
import sys
import time

import numpy as np
import torch

from avatar.renderers import TRANSPARENT, Camera, head_mesh, rasterize, render, warm_up
from avatar.rigs import BuiltInHead

FRAMES = 8
RUNS = 9
STAGES = ("placed", "gather", "prepare", "draw", "shade")


def milliseconds(work, runs=RUNS):
    """Median process milliseconds of `work()`."""
    work()
    times = []
    for _ in range(runs):
        start = time.process_time()
        work()
        times.append(1000.0 * (time.process_time() - start))
    return float(np.median(times))


def stages(work):
    """Thread milliseconds of each stage of one `work()` on one thread."""
    module = sys.modules["avatar.renderers.render"]
    spent = dict.fromkeys(STAGES, 0.0)
    originals = {name: getattr(module, name) for name in STAGES}

    def timed(name):
        def call(*arguments):
            start = time.thread_time()
            result = originals[name](*arguments)
            spent[name] += 1000.0 * (time.thread_time() - start)
            return result

        return call

    for name in STAGES:
        setattr(module, name, timed(name))
    try:
        work()
    finally:
        for name, original in originals.items():
            setattr(module, name, original)
    return spent


def main():
    """Print the table."""
    print(f"{platform.platform()}, Python {platform.python_version()}, {platform.processor() or platform.machine()}")
    print(f"compile or load: {warm_up():.2f} s")
    head = BuiltInHead.load()
    weights = torch.zeros(FRAMES, len(head.space))
    weights[:, head.space.index("jawOpen")] = torch.linspace(0.0, 0.6, FRAMES)
    vertices = head(weights).detach().numpy()
    neutral = head.neutral()[0].numpy()
    mesh = head_mesh(head, neutral)
    print(f"head of {vertices.shape[1]} vertices and {len(mesh.faces)} triangles, {FRAMES} frames, median of {RUNS}")
    # As `avatar render` frames it: the head with room to turn.
    camera = Camera.portrait(neutral[(head.head_weight > 0.5).numpy()], margin=0.12)
    for side in (256, 512):
        for samples in (1, 2):
            size = (side, side)

            def draw_all(threads=None, size=size, samples=samples):
                return render(vertices, mesh, camera, size, supersample=samples, threads=threads)

            cover = (render(vertices[:1], mesh, camera, size, background=TRANSPARENT)[..., 3] > 0).mean()
            split = stages(lambda draw_all=draw_all: draw_all(threads=1))
            parts = ", ".join(f"{name} {spent / FRAMES:.2f}" for name, spent in split.items())
            one, all_ = milliseconds(lambda draw_all=draw_all: draw_all(threads=1)), milliseconds(draw_all)
            print(
                f"render {side} x {side}, {samples} x {samples} samples, {100 * cover:.0f} % covered: "
                f"{one / FRAMES:.1f} ms a frame on one thread, {all_ / FRAMES:.1f} ms on all ({parts})"
            )
        clip = camera.clip(vertices, (side, side)).astype(np.float32)

        def find(clip=clip, side=side):
            return rasterize(clip, mesh.faces, (side, side), threads=1)

        print(f"rasterize {side} x {side}: {milliseconds(find) / FRAMES:.1f} ms a frame on one thread")


if __name__ == "__main__":
    main()
