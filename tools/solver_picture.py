"""Draw the picture of docs/solver.md: python tools/solver_picture.py ICT_RIG.safetensors docs/images

The first is ICT-FaceKit's head as `avatar rig import` wrote it.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from avatar.animation import Animation
from avatar.animator import Animator
from avatar.export.layout import grid
from avatar.renderers import Camera, head_mesh, render
from avatar.rigs import BuiltInHead, Rig, load_rig
from avatar.rigs.retarget import retarget

ROOT = Path(__file__).resolve().parent.parent
SECONDS = (0.38, 0.73, 1.11, 2.12)
SIZE = (300, 260)


def main(rig: str, folder: str) -> None:
    """Play the example recording on the ICT head, solve it on the built-in head, show both."""
    other, head = load_rig(rig), BuiltInHead.load()
    clip = Animator.load().animate(ROOT / "examples" / "hello.flac", fps=60)
    solved = retarget(clip, other, head).animation
    cells = [*pictures(other, clip), *pictures(head, solved)]
    target = Path(folder) / "solver.png"
    Image.fromarray(grid(cells, len(SECONDS))).save(target, optimize=True)
    print(target, target.stat().st_size // 1000, "kB")


def pictures(rig: Rig, animation: Animation) -> Sequence[NDArray[np.uint8]]:
    """One picture a moment."""
    rest = rig.neutral()
    mesh = head_mesh(rig, rest[0])
    frames = [round(second * animation.fps) for second in SECONDS]
    with torch.no_grad():
        vertices = rig(torch.tensor(animation.weights[frames]))
    camera = Camera.portrait(rest[0][rig.landmarks], margin=0.2, aspect=SIZE[1] / SIZE[0])
    return list(render(vertices, mesh, camera, SIZE, supersample=2))


if __name__ == "__main__":
    main(*sys.argv[1:])
