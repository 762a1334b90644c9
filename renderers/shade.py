"""The kernel that turns what pixels see into colours."""

from typing import Any

import numpy as np

from avatar.renderers.colour import TABLE_SIZE
from avatar.renderers.eyes import cornea, paint_eye
from avatar.renderers.kernel import kernel, part
from avatar.renderers.ramps import shoulder
from avatar.renderers.shelter import openness
from avatar.renderers.surface_texture import look_up

TOP_BYTE = float(TABLE_SIZE - 1)
# Single precision throughout: one double-precision number would make doubles of all that it meets.
ZERO, HALF, ONE, TWO, FOUR = np.float32(0.0), np.float32(0.5), np.float32(1.0), np.float32(2.0), np.float32(4.0)
TINY = np.float32(1e-30)
FAINT = np.float32(0.005)


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
    lens: Any,
    depths: Any,
    base: int,
    corner_uv: Any,
    levels_of: Any,
    texels: Any,
    levels: Any,
) -> Any:
    """Return the linear RGB of a face at a place in the image (in samples)."""
    sx, sy = column * 2.0 / width - 1.0, 1.0 - row * 2.0 / height
    p = max(planes[face, 0] * sx + planes[face, 1] * sy + planes[face, 2], 0.0)
    q = max(planes[face, 3] * sx + planes[face, 4] * sy + planes[face, 5], 0.0)
    r = max(planes[face, 6] * sx + planes[face, 7] * sy + planes[face, 8], 0.0)
    total = p + q + r
    if total > 0.0:
        scale = 1.0 / total
        p, q, r = p * scale, q * scale, r * scale
    else:
        p, q, r = 1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0
    # Unsigned, so that no index is tested for counting from the end.
    i, j, k = np.uint64(faces[face, 0]), np.uint64(faces[face, 1]), np.uint64(faces[face, 2])
    p, q, r = np.float32(p), np.float32(q), np.float32(r)

    vx = p * corners[i, 0] + q * corners[j, 0] + r * corners[k, 0]
    vy = p * corners[i, 1] + q * corners[j, 1] + r * corners[k, 1]
    vz = p * corners[i, 2] + q * corners[j, 2] + r * corners[k, 2]
    nx = p * corners[i, 3] + q * corners[j, 3] + r * corners[k, 3]
    ny = p * corners[i, 4] + q * corners[j, 4] + r * corners[k, 4]
    nz = p * corners[i, 5] + q * corners[j, 5] + r * corners[k, 5]
    red = part_colours[belongs, 0] * (p * corners[i, 6] + q * corners[j, 6] + r * corners[k, 6])
    green = part_colours[belongs, 1] * (p * corners[i, 7] + q * corners[j, 7] + r * corners[k, 7])
    blue = part_colours[belongs, 2] * (p * corners[i, 8] + q * corners[j, 8] + r * corners[k, 8])
    occlusion = p * corners[i, 9] + q * corners[j, 9] + r * corners[k, 9]
    # A test of its own, so that it leaves the machine code where there is no texture.
    if texels is not None:  # noqa: SIM102
        if materials[belongs, 18] > ZERO:
            u = p * corner_uv[face, 0] + q * corner_uv[face, 2] + r * corner_uv[face, 4]
            v = p * corner_uv[face, 1] + q * corner_uv[face, 3] + r * corner_uv[face, 5]
            over_red, over_green, over_blue, cover = look_up(texels, levels, levels_of[face], u, v)
            red = over_red + (ONE - cover) * red
            green = over_green + (ONE - cover) * green
            blue = over_blue + (ONE - cover) * blue
    scale = ONE / np.sqrt(vx * vx + vy * vy + vz * vz + TINY)
    vx, vy, vz = vx * scale, vy * scale, vz * scale
    # Seen from behind, a face answers with its other side.
    scale = np.float32(planes[face, 9]) / np.sqrt(nx * nx + ny * ny + nz * nz + TINY)
    nx, ny, nz = nx * scale, ny * scale, nz * scale
    if materials[belongs, 11] > ZERO:
        ex = p * corners[i, 10] + q * corners[j, 10] + r * corners[k, 10]
        ey = p * corners[i, 11] + q * corners[j, 11] + r * corners[k, 11]
        ez = p * corners[i, 12] + q * corners[j, 12] + r * corners[k, 12]
        red, green, blue = paint_eye(ex, ey, ez, belongs, materials, red, green, blue)
        bulge = np.float32(cornea(ex, ey, ez))
        nx, ny = nx + bulge * ex, ny + bulge * ey
        scale = ONE / np.sqrt(nx * nx + ny * ny + nz * nz + TINY)
        nx, ny, nz = nx * scale, ny * scale, nz * scale
    facing = max(nx * vx + ny * vy + nz * vz, ZERO)
    direct = ONE
    if materials[belongs, 9] > ZERO:
        direct = ONE - materials[belongs, 9] * (
            ONE - np.float32(openness(depths, base, height, row, column, lens, materials[belongs, 10]))
        )
        occlusion *= direct

    up = HALF + HALF * ny
    shut = ONE - occlusion
    lit_red = (ambient[3] + up * (ambient[0] - ambient[3])) * occlusion * (ONE + materials[belongs, 3] * shut)
    lit_green = (ambient[4] + up * (ambient[1] - ambient[4])) * occlusion * (ONE + materials[belongs, 4] * shut)
    lit_blue = (ambient[5] + up * (ambient[2] - ambient[5])) * occlusion * (ONE + materials[belongs, 5] * shut)
    grazing = (ONE - facing) * (ONE - facing)
    grazing = grazing * grazing
    mirror = (materials[belongs, 6] * FAINT + materials[belongs, 8] * grazing) * occlusion
    shine_red = mirror * ambient[0]
    shine_green = mirror * ambient[1]
    shine_blue = mirror * ambient[2]
    # Half of a crease's darkness also falls on direct light: lamps have a size.
    direct *= HALF + HALF * occlusion
    mx, my, mz = TWO * facing * nx - vx, TWO * facing * ny - vy, TWO * facing * nz - vz
    strength = (materials[belongs, 6] + (ONE - materials[belongs, 6]) * materials[belongs, 8] * grazing) * direct
    for light in range(lights.shape[0]):
        lx, ly, lz = lights[light, 0], lights[light, 1], lights[light, 2]
        toward = nx * lx + ny * ly + nz * lz
        if toward <= -HALF:
            continue
        reach_red = max((toward + materials[belongs, 0]) * materials[belongs, 15], ZERO) * direct
        reach_green = max((toward + materials[belongs, 1]) * materials[belongs, 16], ZERO) * direct
        reach_blue = max((toward + materials[belongs, 2]) * materials[belongs, 17], ZERO) * direct
        lit_red += reach_red * lights[light, 3]
        lit_green += reach_green * lights[light, 4]
        lit_blue += reach_blue * lights[light, 5]
        if toward > ZERO:
            lobe = materials[belongs, 7] / (materials[belongs, 7] + ONE - (mx * lx + my * ly + mz * lz))
            lobe = lobe * lobe * strength * min(FOUR * toward, ONE)
            shine_red += lobe * lights[light, 3]
            shine_green += lobe * lights[light, 4]
            shine_blue += lobe * lights[light, 5]
    return (
        shoulder(red * lit_red + shine_red, ambient[6]),
        shoulder(green * lit_green + shine_green, ambient[6]),
        shoulder(blue * lit_blue + shine_blue, ambient[6]),
    )


@kernel
def prepare(clip: Any, faces: Any, cull: Any, planes: Any) -> None:
    """Fill `planes` [F, 10] so that planes[:, :9] as [3, 3] @ (x, y, 1) is in proportion to the barycentrics at (x, y).

    The last column is the side that is seen, 1 (front) or -1.
    """
    for face in range(faces.shape[0]):
        i, j, k = faces[face, 0], faces[face, 1], faces[face, 2]
        ax, ay, aw = clip[i, 0], clip[i, 1], clip[i, 3]
        bx, by, bw = clip[j, 0], clip[j, 1], clip[j, 3]
        cx, cy, cw = clip[k, 0], clip[k, 1], clip[k, 3]
        a0, a1, a2 = by * cw - bw * cy, bw * cx - bx * cw, bx * cy - by * cx
        side = 1.0
        if ax * a0 + ay * a1 + aw * a2 < 0.0:
            side = -1.0
        planes[face, 0] = side * a0
        planes[face, 1] = side * a1
        planes[face, 2] = side * a2
        planes[face, 3] = side * (cy * aw - cw * ay)
        planes[face, 4] = side * (cw * ax - cx * aw)
        planes[face, 5] = side * (cx * ay - cy * ax)
        planes[face, 6] = side * (ay * bw - aw * by)
        planes[face, 7] = side * (aw * bx - ax * bw)
        planes[face, 8] = side * (ax * by - ay * bx)
        # At the outline, rounding can turn a sliver round; where backs are not drawn, what is seen is a front.
        planes[face, 9] = 1.0 if cull[face] else side


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
    planes: Any,
    corners: Any,
    faces: Any,
    face_parts: Any,
    part_colours: Any,
    materials: Any,
    lights: Any,
    ambient: Any,
    lens: Any,
    ids: Any,
    first_row: int,
    depths: Any,
    base: int,
    height: int,
    corner_uv: Any,
    levels_of: Any,
    texels: Any,
    levels: Any,
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
        planes: [F, 10] float64 from `prepare`.
        corners: [V, 13] float32: a vector to the viewer, the unit normal, and `Mesh.vertex_table`.
        faces: [F, 3] int64.
        face_parts: [F] int64.
        part_colours: [P, 3] float32.
        materials: [P, 19] float32 from `Material.row`, and whether the part wears the texture.
        lights: [L, 6] float32 from `Lights.table`.
        ambient: [7] float32, light from above and from below, and the knee of `shoulder`.
        lens: [6] float64 from `lens`.
        ids: [band, W * samples] int32 from `draw`, for a band of the picture.
        first_row: the row of samples of the picture that the band begins with.
        depths: [ring, W * samples] float64 from `draw`, see `openness`.
        base: see `openness`.
        height: of the picture, in samples.
        corner_uv: [F, 6] float32, u and v of each face's corners.
        levels_of: [F] float32 from `Pyramid.level_of`.
        texels: [N, 4] uint16 from `Pyramid`, or None.
        levels: [L, 3] int64 from `Pyramid`.
        samples: samples across and down a pixel.
        background: [H, 4] float64, linear RGB and alpha of each row.
        bytes_of: sRGB bytes from `byte_table`.
        top: first row of pixels, within the band.
        bottom: one past the last row.
        pixels: filled.
    """
    width = ids.shape[1]
    count = samples * samples
    share = 1.0 / count
    for row in range(top, bottom):
        back_red, back_green, back_blue = background[row, 0], background[row, 1], background[row, 2]
        opacity = background[row, 3]
        empty_red = bytes_of[int(back_red * TOP_BYTE + 0.5)]
        empty_green = bytes_of[int(back_green * TOP_BYTE + 0.5)]
        empty_blue = bytes_of[int(back_blue * TOP_BYTE + 0.5)]
        empty_alpha = int(opacity * 255.0 + 0.5)
        for column in range(pixels.shape[1]):
            left = column * samples
            above = row * samples - first_row
            first = ids[above, left]
            uniform = alike(ids, above, left, samples)
            if uniform and first < 0:
                pixels[row, column, 0] = empty_red
                pixels[row, column, 1] = empty_green
                pixels[row, column, 2] = empty_blue
                pixels[row, column, 3] = empty_alpha
                continue
            sum_red = sum_green = sum_blue = 0.0
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
                    belongs = face_parts[face]
                    red, green, blue = light_up(
                        face,
                        first_row + above + down + 0.5,
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
                        lens,
                        depths,
                        base,
                        corner_uv,
                        levels_of,
                        texels,
                        levels,
                    )
                    sum_red += same * red
                    sum_green += same * green
                    sum_blue += same * blue
            behind = (count - covered) * share * opacity
            alpha = covered * share + behind
            whole = 1.0 / alpha if alpha > 0.0 else 0.0
            pixels[row, column, 0] = bytes_of[int((sum_red * share + behind * back_red) * whole * TOP_BYTE + 0.5)]
            pixels[row, column, 1] = bytes_of[int((sum_green * share + behind * back_green) * whole * TOP_BYTE + 0.5)]
            pixels[row, column, 2] = bytes_of[int((sum_blue * share + behind * back_blue) * whole * TOP_BYTE + 0.5)]
            pixels[row, column, 3] = int(alpha * 255.0 + 0.5)
