"""Have everything compiled before the first picture is asked for."""

import logging
import time

import numpy as np

from avatar.renderers.camera import Camera
from avatar.renderers.kernel import compiled
from avatar.renderers.mesh import Mesh
from avatar.renderers.normals import gather
from avatar.renderers.render import render
from avatar.renderers.shade import prepare, shade
from avatar.renderers.visibility import draw, place

logger = logging.getLogger(__name__)


def needs_compiling() -> bool:
    """Whether some kernel of `render` has neither run in this process nor left usable machine code on disk."""
    return not all(compiled(kernel) for kernel in (place, draw, gather, prepare, shade))


def warm_up() -> float:
    """Compile the renderer, or load what an earlier process compiled, and return the seconds that it took.

    The first time on a machine takes about ten seconds, afterwards well under one; `needs_compiling` tells which it
    will be, and a log message says so. Rendering without this works too, the first picture is then late.
    """
    start = time.perf_counter()
    compiling = needs_compiling()
    if compiling:
        logger.info("compiling the renderer (once, about 10 s)")
    corners = np.array([[[-0.1, -0.1, 0.0], [0.1, -0.1, 0.0], [0.0, 0.1, 0.0]]], np.float32)
    camera = Camera.portrait(corners)
    mesh = Mesh.plain([[0, 1, 2]])
    render(corners, mesh, camera, (8, 8), threads=1)
    seconds = time.perf_counter() - start
    if compiling:
        logger.info("compiled the renderer in %.1f s", seconds)
    return seconds
