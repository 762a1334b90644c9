"""From vertices to finished pictures."""

import threading
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from avatar.renderers.arrays import LARGEST_SIDE, FloatArray, floats, image_size, triangles
from avatar.renderers.background import STUDIO, Background
from avatar.renderers.bands import Bands, moved
from avatar.renderers.camera import Camera
from avatar.renderers.colour import byte_table, decode
from avatar.renderers.lights import Lights, studio
from avatar.renderers.materials import UNLIT
from avatar.renderers.mesh import Mesh
from avatar.renderers.normals import gather
from avatar.renderers.rasterize import cutting_room, placed
from avatar.renderers.shade import prepare, shade
from avatar.renderers.shelter import lens, margin
from avatar.renderers.surface_texture import NO_TEXTURE
from avatar.renderers.topology import neighbours
from avatar.renderers.views import View, depth_colours, normal_colours, part_colours, view_named
from avatar.renderers.visibility import draw
from avatar.renderers.wires import draw_wires, outlines
from avatar.threads import spread, strips, thread_count

Pixels = npt.NDArray[np.uint8]

_BYTES = byte_table()
_LIGHT = decode(np.arange(256) / 255.0)
MOST_SAMPLES = 4
SHOULDER = 0.75
"""Brighter light than this is compressed, so that highlights keep their colour."""


def render(
    vertices: Any,  # [B, V, 3]
    mesh: Mesh,
    camera: Camera,
    size: tuple[int, int],
    *,
    lights: Lights | None = None,
    background: Background = STUDIO,
    view: View | str = "shaded",
    supersample: int = 1,
    threads: int | None = None,
) -> Pixels:
    """Draw one picture of `mesh` for each set of vertices; nothing here is differentiable.

    Large pictures are drawn in bands, so that memory grows with the width of a picture but hardly with its height;
    their pixels are the same.

    Args:
        vertices: [B, V, 3] metres, numpy or torch; +y is up.
        mesh: faces, parts, colours and materials.
        camera: see `Camera.portrait` for one that frames a head.
        size: (height, width) in pixels.
        lights: `studio()` by default; see `lights_named`.
        background: what is seen beside the mesh.
        view: what is shown of the mesh: a `View`, or the name of one in `VIEWS`, such as "normals" or "wireframe".
        supersample: samples across and down each pixel, 1 to 4; 2 smooths the edges.
        threads: how many threads to use; all cores by default. The pictures do not depend on it.

    Returns:
        [B, H, W, 4] uint8: sRGB and straight (not premultiplied) alpha, row 0 on top.

    Raises:
        TypeError: if vertices are not real numbers.
        ValueError: if a shape, an index or a range does not fit, a vertex is not finite, or a view has no such name.
    """
    points = floats("vertices", vertices, ("B", "V", 3))
    height, width = image_size(size)
    if supersample not in range(1, MOST_SAMPLES + 1):
        raise ValueError(f"supersample must be a whole number from 1 to {MOST_SAMPLES}, got {supersample!r}")
    if max(height, width) * supersample > LARGEST_SIDE:
        raise ValueError(f"size times supersample must be at most {LARGEST_SIDE}, got {size} times {supersample}")
    chosen = view_named(view) if isinstance(view, str) else view
    if chosen.surface == "depth" and chosen.depths is None and points.size:
        chosen = replace(chosen, depths=_depths(points, camera))
    scene = _Scene(mesh, points.shape[1], camera, (height, width), lights or studio(), background, chosen, supersample)
    pixels = np.empty((len(points), height, width, 4), np.uint8)
    workers = thread_count(threads)
    # With fewer pictures than threads, or large ones, the threads share each picture; otherwise each draws whole ones.
    inner = workers if len(points) < workers or scene.is_large else 1

    def one_image(index: int) -> None:
        scene.draw(points[index], pixels[index], inner)

    spread(one_image, len(points), 1 if inner > 1 else workers)
    return pixels


def _depths(points: FloatArray, camera: Camera) -> tuple[float, float]:
    """Return the nearest and the furthest distance of points [B, V, 3], within the camera's reach."""
    away = np.clip(camera.distance(points), camera.near, camera.far)
    return float(away.min()), float(max(away.max(), away.min() + 1e-6))


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
        view: View,
        samples: int,
    ) -> None:
        lit = view.surface == "shaded"
        self.view = view
        self.faces = triangles(mesh.faces, vertex_count)
        self.table = mesh.vertex_table(vertex_count)
        # Copies, since those of the mesh are read-only and kernels would be compiled once more for them.
        self.face_parts = np.array(mesh.face_parts)
        self.part_colours = np.array(mesh.part_colours)
        self.materials = mesh.materials or ()
        self.cull = np.array([not material.double_sided for material in self.materials])[self.face_parts]
        self.lights = lights.table().astype(np.float32)
        self.ambient = np.array([*lights.sky, *lights.ground, SHOULDER], np.float32)
        self.across = neighbours(self.faces) if view.line_width > 0.0 else None
        textured = np.isin(mesh.parts, mesh.textured_parts or ()) & lit
        self.pyramid = mesh.pyramid if textured.any() else NO_TEXTURE
        self.corner_uv = np.zeros((0, 6), np.float32)
        if textured.any() and mesh.corner_uv is not None:
            self.corner_uv = mesh.corner_uv.reshape(-1, 6).copy()
        if not lit:
            self.materials = (UNLIT,) * len(self.materials)
            self.lights = self.lights[:0]
            self.ambient[:] = 1.0
            self.table[:, :4] = 1.0
            self.part_colours = part_colours(len(self.materials))
            if view.surface != "parts":
                self.part_colours[:] = 1.0
        rows = [(*material.row(), worn) for material, worn in zip(self.materials, textured, strict=True)]
        self.rows = np.array(rows, np.float32).reshape(-1, 19)
        self.camera = camera
        self.size = size
        self.samples = samples
        self.lens = lens(camera, size, samples)
        self.background = background.rows(size[0])
        self.is_large = Bands.of(size[0] * samples, size[1] * samples, samples, 0).count > 1
        self.kept = threading.local()

    def draw(self, points: npt.NDArray[Any], pixels: Pixels, threads: int) -> None:
        """Draw one set of vertices [V, 3] into `pixels` [H, W, 4]."""
        vertices = points.astype(np.float64)
        height, width = self.size[0] * self.samples, self.size[1] * self.samples
        clip = self.camera.clip(vertices, self.size)
        screen, depth, outside = placed(clip, height, width)
        normals = np.empty_like(vertices)
        gather(vertices, self.faces, normals)
        corners = self._corners(vertices, normals)
        planes = np.empty((len(self.faces), 10))
        prepare(clip, self.faces, self.cull, planes)
        levels_of = np.zeros(0, np.float32)
        if len(self.corner_uv):
            levels_of = self.pyramid.level_of(self.corner_uv, clip, self.faces, self.size)
        own = None if self.across is None else outlines(clip, self.faces, self.across)
        bands = Bands.of(height, width, self.samples, self._margin(vertices) if self.is_large else 0)
        ids, depths = self._buffers(bands.ring, width)

        def see(band: int) -> None:
            span, slot = bands.span(band), bands.slot(band)
            inner_clip, inner_screen = moved(clip, screen, height, span)
            pieces = strips(span[1] - span[0], threads)

            def work(piece: int) -> None:
                found = ids[slot], depths[slot]
                place = inner_clip, inner_screen, depth, outside
                draw(*place, self.faces, self.cull, cutting_room(), *pieces[piece], *found)

            spread(work, len(pieces), threads)

        def colour(band: int) -> None:
            first, last = bands.span(band)
            seen = ids[bands.slot(band)]
            top, bottom = first // self.samples, last // self.samples
            pieces = [(top + start, top + end) for start, end in strips(bottom - top, threads)]

            def work(piece: int) -> None:
                start, end = pieces[piece]
                if self.view.surface == "hidden":
                    self._fill(pixels, start, end)
                else:
                    shade(
                        planes,
                        corners,
                        self.faces,
                        self.face_parts,
                        self.part_colours,
                        self.rows,
                        self.lights,
                        self.ambient,
                        self.lens,
                        seen,
                        first,
                        depths,
                        bands.base(band),
                        height,
                        self.corner_uv,
                        levels_of,
                        self.pyramid.texels if len(self.corner_uv) else None,
                        self.pyramid.levels,
                        self.samples,
                        self.background,
                        _BYTES,
                        start,
                        end,
                        pixels,
                    )
                if own is not None:
                    ink = np.array([*self.view.line_colour, self.view.line_opacity])
                    line = float(self.view.line_width)
                    lines = planes, own, seen, first, height, self.samples, line, ink, _LIGHT, _BYTES
                    draw_wires(*lines, start, end, pixels)

            spread(work, len(pieces), threads)

        # Shading looks at depths around a sample, so the bands ahead must be drawn before a band is shaded.
        drawn = 0
        for band in range(bands.count):
            while drawn < min(band + bands.ahead + 1, bands.count):
                see(drawn)
                drawn += 1
            colour(band)

    def _corners(self, vertices: npt.NDArray[np.float64], normals: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
        corners = np.empty((len(vertices), 13), np.float32)
        corners[:, :3] = self.camera.towards(vertices)
        corners[:, 3:6] = normals
        corners[:, 6:] = self.table
        if self.view.surface == "normals":
            corners[:, 6:9] = normal_colours(normals, self.camera.view)
        elif self.view.surface == "depth" and self.view.depths is not None:
            corners[:, 6:9] = depth_colours(self.camera.distance(vertices), self.view.depths)
        return corners

    def _margin(self, vertices: npt.NDArray[np.float64]) -> int:
        away = self.camera.distance(vertices)
        nearest = np.full(len(self.materials), np.inf)
        np.minimum.at(nearest, self.face_parts, np.maximum(away, self.camera.near)[self.faces].min(axis=1))
        return margin(self.materials, nearest, self.lens)

    def _fill(self, pixels: Pixels, top: int, bottom: int) -> None:
        rows = self.background[top:bottom]
        colours = _BYTES[(rows[:, :3] * (len(_BYTES) - 1) + 0.5).astype(np.int64)]
        pixels[top:bottom, :, :3] = colours[:, None]
        pixels[top:bottom, :, 3] = np.round(255.0 * rows[:, None, 3])

    def _buffers(self, height: int, width: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float64]]:
        # Fresh memory costs as much as drawing into it, so each thread keeps its own for the whole batch.
        ids, depths = getattr(self.kept, "buffers", (None, None))
        if ids is None or depths is None or len(ids) != height:
            ids, depths = self.kept.buffers = np.empty((height, width), np.int32), np.empty((height, width))
        return ids, depths
