"""The kernel that turns what pixels see into colours."""

from typing import Any

import numpy as np
from avatar.renderers.colour import TABLE_SIZE
from avatar.renderers.kernel import kernel, part

# Brighter light than this is compressed, so that highlights keep their colour.
SHOULDER = 0.75
IRIS_RADIUS = 0.0059
PUPIL_RADIUS = 0.0021
# 1 / 7.8 mm (the cornea's radius) - 1 / 12.5 mm (the ball's).
CORNEA = 48.0
# Less than this in front (metres) is the same surface.
SHELTER_GAP = 0.0006
# More radii than this in front is too far away to matter.
SHELTER_REACH = 4.0


@part
def smooth(low: float, high: float, value: float) -> float:
    """Rise from 0 at `low` to 1 at `high` without a corner."""
    t = min(max((value - low) / (high - low), 0.0), 1.0)
    return t * t * (3.0 - 2.0 * t)


@part
def shoulder(value: float) -> float:
    """Compress light above the shoulder into what is left under 1."""
    if value <= SHOULDER:
        return max(value, 0.0)
    excess = (value - SHOULDER) / (1.0 - SHOULDER)
    return SHOULDER + (1.0 - SHOULDER) * excess / (1.0 + excess)


@part
def openness(depths: Any, row: float, column: float, lens: Any, radius: float) -> float:
    """Return the share of the surroundings of a sample that no nearer surface covers.

    Args:
        depths: [H, W] z / w.
        row: the sample, in samples from the top.
        column: the sample, in samples from the left.
        lens: [3], (a, b, focal) with distance = b / (depth + a) and focal in samples.
        radius: metres around the sample.
    """
    height, width = depths.shape
    here = lens[1] / (depths[int(row), int(column)] + lens[0])
    reach = radius * lens[2] / here
    covered = 0.0
    total = 0.0
    for ring in range(1, 4):
        distance = reach * ring / 3.0
        for spoke in range(8):
            angle = (spoke + 0.33 * ring) * 0.785398
            up = np.sin(angle)
            # Light comes from above, so what hangs over a spot shelters it most.
            weight = 1.0 + 0.8 * up
            total += weight
            y, x = int(row - distance * up), int(column + distance * np.cos(angle))
            if 0 <= y < height and 0 <= x < width:
                gap = here - lens[1] / (depths[y, x] + lens[0])
                near_enough = 1.0 - smooth(0.5 * SHELTER_REACH * radius, SHELTER_REACH * radius, gap)
                covered += weight * smooth(SHELTER_GAP, 4.0 * SHELTER_GAP, gap) * near_enough
    return 1.0 - covered / total


@part
def paint_eye(x: float, y: float, z: float, belongs: int, materials: Any, red: float, green: float, blue: float) -> Any:
    """Return the colour of an eyeball at an offset (metres) from its centre while it looks along +z."""
    across = np.sqrt(x * x + y * y)
    if z <= 0.0 or across > 1.3 * IRIS_RADIUS:
        return red, green, blue
    share = across / IRIS_RADIUS
    angle = np.arctan2(y, x)
    fibres = 0.82 + 0.10 * np.sin(23.0 * angle + 5.0 * share) + 0.08 * np.sin(41.0 * angle - 9.0 * share)
    # The cornea bends light from above into the lower half of the iris.
    glow = (0.75 - 0.55 * y / IRIS_RADIUS) * fibres * (1.35 - 0.6 * share)
    ring = 1.0 - 0.75 * smooth(0.78, 1.0, share)
    open_ = smooth(PUPIL_RADIUS * 0.88, PUPIL_RADIUS * 1.08, across)
    cover = 1.0 - smooth(0.93, 1.08, share)
    iris = glow * ring * open_
    return (
        red + cover * (materials[belongs, 12] * iris - red),
        green + cover * (materials[belongs, 13] * iris - green),
        blue + cover * (materials[belongs, 14] * iris - blue),
    )


@part
def cornea(x: float, y: float, z: float) -> float:
    """Return how much, for each metre off the axis, the cornea tilts the normal of the ball under it outwards.

    It is rounder than the ball, and so brings the lamps' reflections from its rim in front of the iris. The tilt is
    taken in the world's x and y, as if the eye looked along +z: nobody sees the difference.
    """
    if z <= 0.0:
        return 0.0
    across = np.sqrt(x * x + y * y)
    return CORNEA * (1.0 - smooth(0.9 * IRIS_RADIUS, 1.2 * IRIS_RADIUS, across))


@part
def light_up(
    face: int,
    row: float,
    column: float,
    height: int,
    width: int,
    planes: Any,
    corners: Any,
    faces: Any,
    belongs: int,
    part_colours: Any,
    materials: Any,
    lights: Any,
    ambient: Any,
    eye: Any,
    lens: Any,
    depths: Any,
) -> Any:
    """Return the linear RGB of a face at a place in the image (in samples)."""
    sx, sy = column * 2.0 / width - 1.0, 1.0 - row * 2.0 / height
    p = max(planes[0, 0] * sx + planes[0, 1] * sy + planes[0, 2], 0.0)
    q = max(planes[1, 0] * sx + planes[1, 1] * sy + planes[1, 2], 0.0)
    r = max(planes[2, 0] * sx + planes[2, 1] * sy + planes[2, 2], 0.0)
    total = p + q + r
    if total > 0.0:
        scale = 1.0 / total
        p, q, r = p * scale, q * scale, r * scale
    else:
        p, q, r = 1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0
    # Unsigned, so that no index is tested for counting from the end.
    i, j, k = np.uint64(faces[face, 0]), np.uint64(faces[face, 1]), np.uint64(faces[face, 2])
    p, q, r = np.float32(p), np.float32(q), np.float32(r)

    vx = eye[0] - (p * corners[i, 0] + q * corners[j, 0] + r * corners[k, 0])
    vy = eye[1] - (p * corners[i, 1] + q * corners[j, 1] + r * corners[k, 1])
    vz = eye[2] - (p * corners[i, 2] + q * corners[j, 2] + r * corners[k, 2])
    nx = p * corners[i, 3] + q * corners[j, 3] + r * corners[k, 3]
    ny = p * corners[i, 4] + q * corners[j, 4] + r * corners[k, 4]
    nz = p * corners[i, 5] + q * corners[j, 5] + r * corners[k, 5]
    red = part_colours[belongs, 0] * (p * corners[i, 6] + q * corners[j, 6] + r * corners[k, 6])
    green = part_colours[belongs, 1] * (p * corners[i, 7] + q * corners[j, 7] + r * corners[k, 7])
    blue = part_colours[belongs, 2] * (p * corners[i, 8] + q * corners[j, 8] + r * corners[k, 8])
    occlusion = p * corners[i, 9] + q * corners[j, 9] + r * corners[k, 9]
    scale = 1.0 / np.sqrt(vx * vx + vy * vy + vz * vz + 1e-30)
    vx, vy, vz = vx * scale, vy * scale, vz * scale
    # Seen from behind, a face answers with its other side.
    scale = planes[3, 0] / np.sqrt(nx * nx + ny * ny + nz * nz + 1e-30)
    nx, ny, nz = nx * scale, ny * scale, nz * scale
    if materials[belongs, 11] > 0.0:
        ex = p * corners[i, 10] + q * corners[j, 10] + r * corners[k, 10]
        ey = p * corners[i, 11] + q * corners[j, 11] + r * corners[k, 11]
        ez = p * corners[i, 12] + q * corners[j, 12] + r * corners[k, 12]
        red, green, blue = paint_eye(ex, ey, ez, belongs, materials, red, green, blue)
        bulge = cornea(ex, ey, ez)
        nx, ny = nx + bulge * ex, ny + bulge * ey
        scale = 1.0 / np.sqrt(nx * nx + ny * ny + nz * nz + 1e-30)
        nx, ny, nz = nx * scale, ny * scale, nz * scale
    facing = max(nx * vx + ny * vy + nz * vz, 0.0)
    direct = 1.0
    if materials[belongs, 9] > 0.0:
        direct = 1.0 - materials[belongs, 9] * (1.0 - openness(depths, row, column, lens, materials[belongs, 10]))
        occlusion *= direct

    up = 0.5 + 0.5 * ny
    shut = 1.0 - occlusion
    lit_red = (ambient[3] + up * (ambient[0] - ambient[3])) * occlusion * (1.0 + materials[belongs, 3] * shut)
    lit_green = (ambient[4] + up * (ambient[1] - ambient[4])) * occlusion * (1.0 + materials[belongs, 4] * shut)
    lit_blue = (ambient[5] + up * (ambient[2] - ambient[5])) * occlusion * (1.0 + materials[belongs, 5] * shut)
    grazing = (1.0 - facing) * (1.0 - facing)
    grazing = grazing * grazing
    mirror = (materials[belongs, 6] * 0.02 + materials[belongs, 8] * grazing) * occlusion
    shine_red = mirror * ambient[0]
    shine_green = mirror * ambient[1]
    shine_blue = mirror * ambient[2]
    # Half of a crease's darkness also falls on direct light: lamps have a size.
    direct *= 0.5 + 0.5 * occlusion
    mx, my, mz = 2.0 * facing * nx - vx, 2.0 * facing * ny - vy, 2.0 * facing * nz - vz
    strength = (materials[belongs, 6] + (1.0 - materials[belongs, 6]) * materials[belongs, 8] * grazing) * direct
    for light in range(lights.shape[0]):
        lx, ly, lz = lights[light, 0], lights[light, 1], lights[light, 2]
        toward = nx * lx + ny * ly + nz * lz
        if toward <= -0.5:
            continue
        reach_red = max((toward + materials[belongs, 0]) * materials[belongs, 15], 0.0) * direct
        reach_green = max((toward + materials[belongs, 1]) * materials[belongs, 16], 0.0) * direct
        reach_blue = max((toward + materials[belongs, 2]) * materials[belongs, 17], 0.0) * direct
        lit_red += reach_red * lights[light, 3]
        lit_green += reach_green * lights[light, 4]
        lit_blue += reach_blue * lights[light, 5]
        if toward > 0.0:
            lobe = materials[belongs, 7] / (materials[belongs, 7] + 1.0 - (mx * lx + my * ly + mz * lz))
            lobe = lobe * lobe * strength * min(4.0 * toward, 1.0)
            shine_red += lobe * lights[light, 3]
            shine_green += lobe * lights[light, 4]
            shine_blue += lobe * lights[light, 5]
    return (
        shoulder(red * lit_red + shine_red),
        shoulder(green * lit_green + shine_green),
        shoulder(blue * lit_blue + shine_blue),
    )


@part
def prepare(clip: Any, faces: Any, face: int, planes: Any) -> None:
    """Fill `planes` [4, 3]: barycentrics in proportion to planes[:3] @ (x, y, 1), and which side is seen (1 or -1).

    As `edges` in `visibility`; kernels keep what they call in their own file.
    """
    for corner in range(3):
        p, q = faces[face, (corner + 1) % 3], faces[face, (corner + 2) % 3]
        planes[corner, 0] = clip[p, 1] * clip[q, 3] - clip[p, 3] * clip[q, 1]
        planes[corner, 1] = clip[p, 3] * clip[q, 0] - clip[p, 0] * clip[q, 3]
        planes[corner, 2] = clip[p, 0] * clip[q, 1] - clip[p, 1] * clip[q, 0]
    v = faces[face, 0]
    determinant = clip[v, 0] * planes[0, 0] + clip[v, 1] * planes[0, 1] + clip[v, 3] * planes[0, 2]
    planes[3, 0] = 1.0
    if determinant < 0.0:
        planes[3, 0] = -1.0
        for corner in range(3):
            for axis in range(3):
                planes[corner, axis] = -planes[corner, axis]


@part
def alike(ids: Any, above: int, left: int, samples: int) -> bool:
    """Return whether all samples of a pixel see the same face."""
    first = ids[above, left]
    for y in range(samples):
        for x in range(samples):
            if ids[above + y, left + x] != first:
                return False
    return True


@part
def group(ids: Any, above: int, left: int, samples: int, y: int, x: int) -> Any:
    """Return how many samples of a pixel see the same face as sample (y, x), and their mean row and column.

    The count is 0 where an earlier sample of the pixel sees it too, and so has been shaded for all of them.
    """
    face = ids[above + y, left + x]
    same = 0
    down = 0
    across = 0
    for other_y in range(samples):
        for other_x in range(samples):
            if ids[above + other_y, left + other_x] == face:
                if same == 0 and (other_y != y or other_x != x):
                    return 0, 0.0, 0.0
                same += 1
                down += other_y
                across += other_x
    return same, down / same, across / same


@kernel
def shade(
    clip: Any,
    corners: Any,
    faces: Any,
    face_parts: Any,
    part_colours: Any,
    materials: Any,
    lights: Any,
    ambient: Any,
    eye: Any,
    lens: Any,
    ids: Any,
    depths: Any,
    samples: int,
    background: Any,
    bytes_of: Any,
    top: int,
    bottom: int,
    pixels: Any,
) -> None:
    """Fill rows top to bottom of `pixels` [H, W, 4] uint8 (sRGB and straight alpha).

    A face is shaded once for each pixel in the middle of its samples there, however many they are.

    Args:
        clip: [V, 4] float64 clip positions.
        corners: [V, 13] float32: world position, unit normal, and `Mesh.vertex_table`.
        faces: [F, 3] int64.
        face_parts: [F] int64.
        part_colours: [P, 3] float32.
        materials: [P, 18] float64 from `Material.row`.
        lights: [L, 6] float64 from `Lights.table`.
        ambient: [6] float64, light from above and from below.
        eye: [3] float64, the camera's place.
        lens: [3] float64, see `openness`.
        ids: [H * samples, W * samples] int32 from `draw`.
        depths: like ids, float64.
        samples: samples across and down a pixel.
        background: [H, 4] float64, linear RGB and alpha of each row.
        bytes_of: sRGB bytes from `byte_table`.
        top: first row of pixels.
        bottom: one past the last row.
        pixels: filled.
    """
    height, width = ids.shape
    planes = np.empty((4, 3))
    known = -1
    count = samples * samples
    share = 1.0 / count
    light_of = np.empty(3)
    empty = np.empty(4, np.uint8)
    for row in range(top, bottom):
        for channel in range(3):
            empty[channel] = bytes_of[int(background[row, channel] * (TABLE_SIZE - 1) + 0.5)]
        empty[3] = int(background[row, 3] * 255.0 + 0.5)
        for column in range(pixels.shape[1]):
            left = column * samples
            above = row * samples
            first = ids[above, left]
            uniform = alike(ids, above, left, samples)
            if uniform and first < 0:
                for channel in range(4):
                    pixels[row, column, channel] = empty[channel]
                continue
            light_of[0] = light_of[1] = light_of[2] = 0.0
            covered = 0
            for y in range(1 if uniform else samples):
                for x in range(1 if uniform else samples):
                    face = ids[above + y, left + x]
                    if face < 0:
                        continue
                    if uniform:
                        same, down, across = count, 0.5 * (samples - 1), 0.5 * (samples - 1)
                    else:
                        same, down, across = group(ids, above, left, samples, y, x)
                        if same == 0:
                            continue
                    covered += same
                    if face != known:
                        prepare(clip, faces, face, planes)
                        known = face
                    belongs = face_parts[face]
                    red, green, blue = light_up(
                        face,
                        above + down + 0.5,
                        left + across + 0.5,
                        height,
                        width,
                        planes,
                        corners,
                        faces,
                        belongs,
                        part_colours,
                        materials,
                        lights,
                        ambient,
                        eye,
                        lens,
                        depths,
                    )
                    light_of[0] += same * red
                    light_of[1] += same * green
                    light_of[2] += same * blue
            behind = (count - covered) * share * background[row, 3]
            alpha = covered * share + behind
            whole = 1.0 / alpha if alpha > 0.0 else 0.0
            for channel in range(3):
                value = (light_of[channel] * share + behind * background[row, channel]) * whole
                pixels[row, column, channel] = bytes_of[int(value * (TABLE_SIZE - 1) + 0.5)]
            pixels[row, column, 3] = int(alpha * 255.0 + 0.5)
