"""Check and time the renderer's CUDA kernels: `python -m benchmarks.cuda`.

Prints how far their results are from the CPU's, then milliseconds a frame of the built-in head for each operation,
medians between CUDA events after a warm-up, and the ratio to nvdiffrast's where that is installed.
"""

import importlib
import importlib.util
from functools import partial

import numpy as np
import torch

from avatar.renderers import Camera, edge_gradients, interpolate, motion_gradients, rasterize, texture
from avatar.renderers.backends import cuda_kernels
from avatar.rigs import BuiltInHead

SIDES = (256, 512, 1024)
BATCHES = (1, 8, 64)
RUNS = 20
WARM_UP = 3


def scene(batch, side, device):
    """Clip positions of a turning head that speaks, its faces, and values at its vertices."""
    head = BuiltInHead.load()
    weights = torch.zeros(batch, len(head.space))
    weights[:, head.space.index("jawOpen")] = torch.linspace(0.0, 0.6, batch)
    vertices = head(weights).detach()
    turns = np.linspace(-0.5, 0.5, batch) if batch > 1 else [0.3]
    frames = [Camera.portrait(vertices[:1], turn=turn).clip(vertices[b], (side, side)) for b, turn in enumerate(turns)]
    clip = torch.stack(frames).float().to(device)
    return clip, head.faces.to(device), vertices.to(device)


def operations(clip, faces, values, side):
    """What to time: name, work."""
    size = (side, side)
    moving, live = clip.clone().requires_grad_(), values.clone().requires_grad_()
    seen = rasterize(moving, faces, size)
    picture = interpolate(live, seen)
    image = picture.detach().requires_grad_()
    texels = torch.rand(1, 512, 512, 3, device=clip.device).requires_grad_()
    uv = (picture[..., :2].detach() * 4.0 + 0.5).requires_grad_()
    pull = torch.ones_like(image)

    def back(result, *inputs):
        torch.autograd.grad(result, inputs, pull)

    return {
        "rasterize": lambda: rasterize(clip, faces, size),
        "interpolate": lambda: interpolate(values, seen),
        "interpolate and back": lambda: back(interpolate(live, seen), live, moving),
        "texture": lambda: texture(texels.detach(), uv.detach()),
        "texture and back": lambda: back(texture(texels, uv), texels, uv),
        "edge gradients and back": lambda: back(edge_gradients(image, seen), image, moving),
        "motion gradients and back": lambda: back(motion_gradients(image, seen), image, moving),
    }


def nvdiffrast_operations(clip, faces, values, side):
    """The same in nvdiffrast, where it has the same; nothing where it is not installed."""
    if importlib.util.find_spec("nvdiffrast") is None:
        return {}
    library = importlib.import_module("nvdiffrast.torch")
    context, triangles = library.RasterizeCudaContext(device=clip.device), faces.int().contiguous()
    moving, live = clip.clone().requires_grad_(), values.clone().requires_grad_()
    draw = partial(library.rasterize, context, tri=triangles, resolution=[side, side], grad_db=False)
    seen = draw(pos=clip)[0]
    image = library.interpolate(values, seen, triangles)[0]
    texels = torch.rand(1, 512, 512, 3, device=clip.device).requires_grad_()
    uv = (image[..., :2] * 4.0 + 0.5).detach().contiguous().requires_grad_()
    pull = torch.ones_like(image)
    moved = draw(pos=moving)[0]

    def look_up(colours, places):
        return library.texture(colours, places, filter_mode="linear")

    def back(result, *inputs):
        torch.autograd.grad(result, inputs, pull, retain_graph=True)

    still = image.detach().requires_grad_()
    return {
        "rasterize": lambda: draw(pos=clip),
        "interpolate": lambda: library.interpolate(values, seen, triangles),
        "interpolate and back": lambda: back(library.interpolate(live, moved, triangles)[0], live, moving),
        "texture": lambda: look_up(texels.detach(), uv.detach()),
        "texture and back": lambda: back(look_up(texels, uv), texels, uv),
        "edge gradients and back": lambda: back(library.antialias(still, seen, moving, triangles), still, moving),
    }


def milliseconds(work):
    """Median milliseconds of `work()` on the GPU."""
    for _ in range(WARM_UP):
        work()
    times = []
    for _ in range(RUNS):
        start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        start.record()
        work()
        end.record()
        end.synchronize()
        times.append(start.elapsed_time(end))
    return float(np.median(times))


def parity(side):
    """Print how far the CUDA kernels' results are from the CPU's."""
    results = []
    for device in ("cpu", "cuda"):
        clip, faces, values = scene(2, side, "cpu")
        clip, values = clip.to(device).requires_grad_(), values.to(device).requires_grad_()
        seen = rasterize(clip, faces.to(device), (side, side))
        picture = motion_gradients(interpolate(values, seen.still), seen)
        uv = interpolate(values, seen)[..., :2] * 4.0 + 0.5
        colours = texture(torch.linspace(0, 1, 64 * 64 * 3, device=device).reshape(1, 64, 64, 3), uv)
        gradients = torch.autograd.grad((picture.square().sum() + colours.square().sum()), (values, clip))
        tensors = (seen.triangle_id, seen.barycentric, picture, colours, *gradients)
        results.append([tensor.detach().cpu().double() for tensor in tensors])
    here, there = results
    other = int((here[0] != there[0]).sum())
    names = ("barycentric", "values", "colours", "gradient of values", "gradient of positions")
    errors = [float((a - b).abs().max() / b.abs().max()) for a, b in zip(there[1:], here[1:], strict=True)]
    parts = ", ".join(f"{name} {error:.1e}" for name, error in zip(names, errors, strict=True))
    print(f"{side} x {side} against the CPU: {other} of {here[0].numel()} ids differ; relative error of {parts}")


def table(side, batch):
    """Print milliseconds a frame of every operation."""
    try:
        given = (*scene(batch, side, "cuda"), side)
        ours, theirs = operations(*given), nvdiffrast_operations(*given)
        for name, work in ours.items():
            taken = milliseconds(work) / batch
            ratio = f", {taken / (milliseconds(theirs[name]) / batch):.2f} of nvdiffrast's" if name in theirs else ""
            print(f"{side} x {side}, batch {batch}, {name}: {taken:.3f} ms a frame{ratio}")
    except torch.cuda.OutOfMemoryError:
        print(f"{side} x {side}, batch {batch}: the GPU's memory is too small")


def main():
    """Print everything, or why nothing can be."""
    if not torch.cuda.is_available():
        print("no CUDA device is found: nothing was checked or timed")
        return
    cuda_kernels()
    print(f"{torch.cuda.get_device_name()}, torch {torch.__version__}")
    for side in SIDES:
        parity(side)
    for side in SIDES:
        for batch in BATCHES:
            table(side, batch)


if __name__ == "__main__":
    main()
