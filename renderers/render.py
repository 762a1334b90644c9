"""From vertices to finished pictures."""

import threading
from typing import Any

import numpy as np
import numpy.typing as npt

from avatar.renderers.arrays import LARGEST_SIDE, floats, image_size, triangles
from avatar.renderers.background import STUDIO, Background
from avatar.renderers.camera import Camera
from avatar.renderers.colour import byte_table
from avatar.renderers.lights import Lights, studio
from avatar.renderers.mesh import Mesh
from avatar.renderers.normals import gather
from avatar.renderers.rasterize import cutting_room, placed
from avatar.renderers.shade import prepare, shade
from avatar.renderers.threads import spread, strips, thread_count
from avatar.renderers.visibility import draw

Pixels = npt.NDArray[np.uint8]

_BYTES = byte_table()
MOST_SAMPLES = 4


def render(
    vertices: Any,  # [B, V, 3]
    mesh: Mesh,
    camera: Camera,
    size: tuple[int, int],
    *,
    lights: Lights | None = None,
    background: Background = STUDIO,
    supersample: int = 1,
    threads: int | None = None,
) -> Pixels:
    """Draw one picture of `mesh` for each set of vertices; nothing here is differentiable.

    Args:
        vertices: [B, V, 3] metres, numpy or torch; +y is up.
        mesh: faces, parts, colours and materials.
        camera: see `Camera.portrait` for one that frames a head.
        size: (height, width) in pixels.
        lights: `studio()` by default.
        background: what is seen beside the mesh.
        supersample: samples across and down each pixel, 1 to 4; 2 smooths the edges.
        threads: how many threads to use; all cores by default. The pictures do not depend on it.

    Returns:
        [B, H, W, 4] uint8: sRGB and straight (not premultiplied) alpha, row 0 on top.

    Raises:
        TypeError: if vertices are not real numbers.
        ValueError: if a shape, an index or a range does not fit, or a vertex is not finite.
    """
    points = floats("vertices", vertices, ("B", "V", 3))
    height, width = image_size(size)
    if supersample not in range(1, MOST_SAMPLES + 1):
        raise ValueError(f"supersample must be a whole number from 1 to {MOST_SAMPLES}, got {supersample!r}")
    if max(height, width) * supersample > LARGEST_SIDE:
        raise ValueError(f"size times supersample must be at most {LARGEST_SIDE}, got {size} times {supersample}")
    scene = _Scene(mesh, points.shape[1], camera, (height, width), lights or studio(), background, supersample)
    pixels = np.empty((len(points), height, width, 4), np.uint8)
    workers = thread_count(threads)
    # With fewer pictures than threads the threads share each picture, otherwise each thread draws whole ones.
    inner = workers if len(points) < workers else 1

    def one_image(index: int) -> None:
        scene.draw(points[index], pixels[index], inner)

    spread(one_image, len(points), 1 if inner > 1 else workers)
    return pixels


class _Scene:
    """What all pictures of a batch have in common, in the form that the kernels read."""

    def __init__(
        self,
        mesh: Mesh,
        vertex_count: int,
        camera: Camera,
        size: tuple[int, int],
        lights: Lights,
        background: Background,
        samples: int,
    ) -> None:
        self.faces = triangles(mesh.faces, vertex_count)
        self.table = mesh.vertex_table(vertex_count)
        # Copies, since those of the mesh are read-only and kernels would be compiled once more for them.
        self.face_parts = np.array(mesh.face_parts)
        self.part_colours = np.array(mesh.part_colours)
        materials = mesh.materials or ()
        self.materials = np.array([material.row() for material in materials], np.float32)
        single = np.array([not material.double_sided for material in materials])
        self.cull = single[self.face_parts]
        self.camera = camera
        self.size = size
        self.samples = samples
        self.kept = threading.local()
        self.lights = lights.table().astype(np.float32)
        self.ambient = np.array([*lights.sky, *lights.ground], np.float32)
        self.background = background.rows(size[0])
        projection = camera.projection(size)
        focal = camera.focal[1] * size[0] * samples
        # Depth is -projection[2, 2] - projection[2, 3] / -distance, solved for the distance.
        self.lens = np.array([projection[2, 2], projection[2, 3], focal])

    def _buffers(self, height: int, width: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float64]]:
        # Fresh memory costs as much as drawing into it, so each thread keeps its own for the whole batch.
        if not hasattr(self.kept, "buffers"):
            self.kept.buffers = np.empty((height, width), np.int32), np.empty((height, width))
        ids, depths = self.kept.buffers
        return ids, depths

    def draw(self, points: npt.NDArray[Any], pixels: Pixels, threads: int) -> None:
        """Draw one set of vertices [V, 3] into `pixels` [H, W, 4]."""
        vertices = points.astype(np.float64)
        height, width = self.size[0] * self.samples, self.size[1] * self.samples
        clip = self.camera.clip(vertices, self.size)
        screen, depth, outside = placed(clip, height, width)
        normals = np.empty_like(vertices)
        gather(vertices, self.faces, normals)
        corners = np.empty((len(vertices), 13), np.float32)
        corners[:, :3] = self.camera.position - vertices
        corners[:, 3:6] = normals
        corners[:, 6:] = self.table
        planes = np.empty((len(self.faces), 10))
        prepare(clip, self.faces, self.cull, planes)
        ids, depths = self._buffers(height, width)
        bands = strips(height, threads)
        rows = strips(self.size[0], threads)

        def see(band: int) -> None:
            draw(clip, screen, depth, outside, self.faces, self.cull, cutting_room(), *bands[band], ids, depths)

        def colour(band: int) -> None:
            shade(
                planes,
                corners,
                self.faces,
                self.face_parts,
                self.part_colours,
                self.materials,
                self.lights,
                self.ambient,
                self.lens,
                ids,
                depths,
                self.samples,
                self.background,
                _BYTES,
                *rows[band],
                pixels,
            )

        # Shading looks at depths around a sample, so every strip must be drawn before the first is shaded.
        spread(see, len(bands), threads)
        spread(colour, len(rows), threads)
