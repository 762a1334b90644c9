"""The z-buffer against a slow twin, and the laws that it must keep."""

import numpy as np
import pytest
import torch

from avatar.renderers import Camera, Fragments
from avatar.renderers import rasterize as rasterize_tensors

GRID = 256


def rasterize(*arguments, **options):
    """The same, with numpy arrays in the fragments."""
    seen = rasterize_tensors(*arguments, **options)
    values = {name: getattr(seen, name).detach().numpy() for name in Fragments.__dataclass_fields__}
    return Fragments(**values)


def slow_rasterize(clip, faces, size, cull=False):
    """Ids [H, W] and depths [H, W] by testing every pixel against every triangle, one image at a time."""
    height, width = size
    ids = np.full(size, -1, np.int64)
    depths = np.ones(size)
    y, x = np.meshgrid(np.arange(height) * GRID + GRID // 2, np.arange(width) * GRID + GRID // 2, indexing="ij")
    for face, corners in enumerate(faces):
        polygon = near_part([clip[v].astype(np.float64) for v in corners])
        points = []
        for vertex in polygon:
            column = (vertex[0] / vertex[3] + 1.0) * 0.5 * width
            row = (1.0 - vertex[1] / vertex[3]) * 0.5 * height
            points.append((round(column * GRID), round(row * GRID), vertex[2] / vertex[3]))
        for k in range(1, len(points) - 1):
            a, b, c = points[0], points[k], points[k + 1]
            area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
            if area == 0 or (cull and area > 0):
                continue
            if area < 0:
                b, c, area = c, b, -area
            inside = np.ones(size, bool)
            weights = []
            for p, q in ((b, c), (c, a), (a, b)):
                edge = (q[0] - p[0]) * (y - p[1]) - (q[1] - p[1]) * (x - p[0])
                owned = q[1] < p[1] or (q[1] == p[1] and q[0] > p[0])
                inside &= (edge > 0) | ((edge == 0) & owned)
                weights.append(edge / area)
            depth = weights[0] * a[2] + weights[1] * b[2] + weights[2] * c[2]
            won = inside & (depth < depths)
            ids[won] = face
            depths[won] = depth[won]
    return ids, depths


def near_part(polygon):
    kept = []
    for here, there in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        a, b = here[2] + here[3], there[2] + there[3]
        if a >= 0:
            kept.append(here)
        if (a >= 0) != (b >= 0):
            start, end, near, far = (here, there, a, b) if a >= 0 else (there, here, b, a)
            kept.append(start + near / (near - far) * (end - start))
    return kept


def soup(seed, triangles=30, behind=True):
    """Random triangles in clip space of a camera at the origin, some of them partly behind it."""
    random = np.random.default_rng(seed)
    points = random.uniform(-1.5, 1.5, (3 * triangles, 3))
    points[:, 2] = random.uniform(-4.0, 1.0 if behind else -1.0, 3 * triangles)
    camera = Camera(np.eye(4), (0.9, 0.9), near=0.2, far=10.0)
    return camera.clip(points, (29, 41)), np.arange(3 * triangles).reshape(-1, 3)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("cull", [False, True])
def test_equals_the_slow_twin_on_triangle_soups(seed, cull):
    clip, faces = soup(seed)
    fast = rasterize(clip[None], faces, (29, 41), cull_backs=cull)
    ids, depths = slow_rasterize(clip, faces, (29, 41), cull)
    assert (ids >= 0).mean() > 0.3
    np.testing.assert_array_equal(fast.triangle_id[0], ids)
    np.testing.assert_allclose(fast.depth[0], depths, atol=1e-9)


def test_soups_cross_the_near_plane():
    behind = np.concatenate([(clip[:, 2] < -clip[:, 3])[faces].sum(1) for clip, faces in map(soup, range(6))])
    assert set(behind) == {0, 1, 2, 3}


def test_equals_the_slow_twin_on_a_closed_mesh(ball_mesh):
    vertices, faces = ball_mesh
    clip = Camera.look_at((0.1, 0.2, 0.4), (0, 0, 0)).clip(vertices, (40, 40))
    fast = rasterize(clip[None], faces, (40, 40))
    np.testing.assert_array_equal(fast.triangle_id[0], slow_rasterize(clip, faces, (40, 40))[0])


@pytest.mark.parametrize("seed", range(4))
def test_barycentrics_lead_back_to_the_pixel(seed):
    clip, faces = soup(seed)
    size = (29, 41)
    seen = rasterize(clip[None], faces, size)
    hit = seen.triangle_id[0] >= 0
    weights = seen.barycentric[0][hit]
    np.testing.assert_allclose(weights.sum(-1), 1.0, atol=1e-12)
    assert weights.min() >= 0.0
    place = np.einsum("nk,nkd->nd", weights, clip[faces[seen.triangle_id[0][hit]]])
    rows, columns = np.nonzero(hit)
    off_x = (place[:, 0] / place[:, 3] + 1) * 0.5 * size[1] - (columns + 0.5)
    off_y = (1 - place[:, 1] / place[:, 3]) * 0.5 * size[0] - (rows + 0.5)
    inner = weights.min(-1) > 0.0
    assert inner.mean() > 0.95
    np.testing.assert_allclose(off_x[inner], 0.0, atol=1e-9)
    np.testing.assert_allclose(off_y[inner], 0.0, atol=1e-9)
    assert not seen.barycentric[0][~hit].any()


def test_perspective_correct():
    # A floor from 1 m to 3 m away: the pixel half way up its picture sees it at 1.5 m, a quarter along.
    clip = np.array([[-1.0, -1.0, 0.0, 1.0], [1.0, -1.0, 0.0, 1.0], [-3.0, 3.0, 0.0, 3.0], [3.0, 3.0, 0.0, 3.0]])
    seen = rasterize(clip[None], [[0, 1, 2], [1, 3, 2]], (101, 101))
    row = 50
    near = np.array([1.0, 1.0, 0.0, 0.0])[np.array([[0, 1, 2], [1, 3, 2]])[seen.triangle_id[0, row, 50]]]
    assert seen.barycentric[0, row, 50] @ near == pytest.approx(0.75, abs=1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_a_shared_edge_leaves_no_gap_and_no_overlap(seed):
    random = np.random.default_rng(seed)
    # Corners on pixel centres and sub-pixel places put samples exactly on edges.
    corners = random.integers(0, 65, (4, 2)) / 64.0 * 2.0 - 1.0
    middle = random.uniform(-0.5, 0.5, 2)
    around = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    for points in (np.concatenate([around, middle[None]]), np.concatenate([around, corners[:1] * 0.5])):
        clip = np.concatenate([points, np.zeros((5, 1)), np.ones((5, 1))], 1)
        fan = [[4, k, (k + 1) % 4] for k in range(4)]
        covered = sum((rasterize(clip[None], [face], (16, 16)).triangle_id[0] >= 0).astype(int) for face in fan)
        np.testing.assert_array_equal(covered, 1)


def test_a_pixel_centre_on_the_shared_diagonal_belongs_to_one_triangle():
    clip = np.array([[-1, -1, 0, 1], [1, -1, 0, 1], [1, 1, 0, 1], [-1, 1, 0, 1]], float)
    first = rasterize(clip[None], [[0, 1, 2]], (8, 8)).triangle_id[0] >= 0
    second = rasterize(clip[None], [[0, 2, 3]], (8, 8)).triangle_id[0] >= 0
    np.testing.assert_array_equal(first ^ second, True)


def test_near_plane_cut_shows_only_what_is_in_front():
    # A strip along the line of sight from behind the camera to 4 m: its picture ends at the bottom edge.
    camera = Camera(np.eye(4), (0.5, 0.5), near=0.5, far=10.0)
    strip = np.array([[-0.1, -0.2, 1.0], [0.1, -0.2, 1.0], [0.1, -0.2, -4.0], [-0.1, -0.2, -4.0]])
    seen = rasterize(camera.clip(strip, (100, 100))[None], [[0, 1, 2], [0, 2, 3]], (100, 100))
    rows = np.nonzero((seen.triangle_id[0] >= 0).any(1))[0]
    # 0.2 m below the axis: at 4 m 2.5 pixels under the middle, at 0.5 m 20 pixels.
    assert rows.min() == 52 and rows.max() == 69
    assert seen.depth.min() >= -1.0


def test_beyond_the_far_plane_nothing_is_seen():
    clip = np.array([[[-1, -1, 1.5, 1], [3, -1, 1.5, 1], [-1, 3, 1.5, 1]]], float)
    assert (rasterize(clip, [[0, 1, 2]], (4, 4)).triangle_id == -1).all()


def test_corners_far_outside_the_picture():
    clip = np.array([[[-1e9, -1e9, 0, 1], [1e9, -1e9, 0, 1], [0, 1e12, 0, 1]]], float)
    seen = rasterize(clip, [[0, 1, 2]], (8, 8))
    assert (seen.triangle_id == 0).all()
    assert np.isfinite(seen.barycentric).all()


def test_of_equal_depths_the_lower_face_wins():
    clip = np.array([[[-1, -1, 0, 1], [3, -1, 0, 1], [-1, 3, 0, 1]]], float)
    assert (rasterize(clip, [[0, 1, 2], [1, 2, 0], [0, 1, 2]], (5, 5)).triangle_id == 0).all()


def test_degenerate_triangles_cover_nothing():
    clip = np.array([[[0, 0, 0, 1], [0.5, 0.5, 0, 1], [-0.5, -0.5, 0, 1], [1, 0, 0, 0]]], float)
    seen = rasterize(clip, [[0, 0, 0], [0, 1, 2], [0, 1, 1], [3, 3, 3]], (9, 9))
    assert (seen.triangle_id == -1).all()
    assert (seen.depth == 1.0).all()


def test_backs_are_left_out_on_request(ball_mesh):
    vertices, faces = ball_mesh
    clip = Camera.look_at((0, 0, 0.4), (0, 0, 0)).clip(vertices, (32, 32))[None]
    both = rasterize(clip, faces, (32, 32))
    fronts = rasterize(clip, faces, (32, 32), cull_backs=True)
    np.testing.assert_array_equal(both.triangle_id, fronts.triangle_id)
    backs = rasterize(clip, faces[:, ::-1], (32, 32), cull_backs=True)
    assert backs.depth[0, 16, 16] > fronts.depth[0, 16, 16]


@pytest.mark.parametrize("threads", [1, 2, 3, 8])
def test_the_same_bits_with_any_number_of_threads(threads):
    clip, faces = soup(3)
    batch = np.stack([clip, clip * [1.1, 0.9, 1.0, 1.0]])
    one = rasterize(batch, faces, (29, 41), threads=1)
    more = rasterize(batch, faces, (29, 41), threads=threads)
    for name in ("triangle_id", "barycentric", "depth"):
        np.testing.assert_array_equal(getattr(one, name), getattr(more, name))


def test_a_batch_of_one_equals_a_slice_of_a_batch():
    clips = np.stack([soup(seed)[0] for seed in range(3)])
    faces = soup(0)[1]
    batch = rasterize(clips, faces, (29, 41))
    alone = rasterize(clips[1:2], faces, (29, 41))
    np.testing.assert_array_equal(batch.triangle_id[1:2], alone.triangle_id)
    np.testing.assert_array_equal(batch.barycentric[1:2], alone.barycentric)


def test_torch_and_numpy_and_strides_give_the_same():
    clip, faces = soup(1)
    clip = clip.astype(np.float32)
    plain = rasterize(clip[None], faces, (29, 41))
    tensor = torch.tensor(clip[None], requires_grad=True)
    strided = torch.from_numpy(np.repeat(clip[None], 2, axis=2))[..., ::2]
    for given in (tensor, strided, torch.from_numpy(clip)[None].double()):
        seen = rasterize(given, torch.from_numpy(faces).int(), (29, 41))
        np.testing.assert_array_equal(seen.triangle_id, plain.triangle_id)
    assert plain.barycentric.dtype == plain.depth.dtype == np.float32
    assert rasterize(clip[None].astype(float), faces, (29, 41)).barycentric.dtype == np.float64


def test_empty_things():
    nothing = rasterize(np.zeros((2, 0, 4)), np.zeros((0, 3), int), (3, 4))
    assert nothing.triangle_id.shape == (2, 3, 4) and (nothing.triangle_id == -1).all()
    assert rasterize(np.zeros((0, 3, 4)), [[0, 1, 2]], (3, 4)).depth.shape == (0, 3, 4)
    one = rasterize([[[-1.0, -1, 0, 1], [3, -1, 0, 1], [-1, 3, 0, 1]]], [[0, 1, 2]], (1, 1))
    assert one.triangle_id.tolist() == [[[0]]]


def meshes(count=3):
    """Soups of different length: clip positions [B, V, 4], faces [B, F, 3] filled up with -1, and each by itself."""
    clips = np.stack([soup(seed)[0] for seed in range(count)])
    alone = [soup(0)[1][: 30 - 8 * b] for b in range(count)]
    faces = np.full((count, 30, 3), -1)
    for mesh, rows in zip(faces, alone, strict=True):
        mesh[: len(rows)] = rows
    return clips, faces, alone


def test_several_meshes_in_a_batch():
    clips, faces, alone = meshes()
    batch = rasterize(clips, faces, (29, 41))
    for b, mesh in enumerate(alone):
        one = rasterize(clips[b : b + 1], mesh, (29, 41))
        for name in ("triangle_id", "barycentric", "depth"):
            np.testing.assert_array_equal(getattr(batch, name)[b : b + 1], getattr(one, name))
        np.testing.assert_array_equal(batch.triangle_id[b], slow_rasterize(clips[b], mesh, (29, 41))[0])
    assert len({int(ids.max()) for ids in batch.triangle_id}) == 3


def test_rows_of_none_may_stand_anywhere():
    clips, faces, _ = meshes()
    spread = np.full((3, 60, 3), -1)
    spread[:, 1::2] = faces
    plain, holes = rasterize(clips, faces, (29, 41)), rasterize(clips, spread, (29, 41))
    ids = np.where(plain.triangle_id < 0, -1, 2 * plain.triangle_id + 1)
    np.testing.assert_array_equal(holes.triangle_id, ids)
    np.testing.assert_array_equal(holes.depth, plain.depth)


def test_meshes_of_none_at_all():
    clips, faces, _ = meshes()
    faces[1] = -1
    seen = rasterize(clips, faces, (29, 41))
    assert (seen.triangle_id[1] == -1).all() and (seen.triangle_id[[0, 2]] >= 0).any((1, 2)).all()
    assert (rasterize(clips, np.zeros((3, 0, 3), int), (4, 5)).triangle_id == -1).all()


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_several_meshes_with_any_number_of_threads(threads):
    clips, faces, _ = meshes()
    one, more = (rasterize(clips.astype(np.float32), faces, (29, 41), threads=count) for count in (1, threads))
    for name in ("triangle_id", "barycentric", "depth"):
        np.testing.assert_array_equal(getattr(one, name), getattr(more, name))


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"position_clip": np.zeros((3, 4))}, ValueError, r"position_clip must be \[B, V, 4\], got \[3, 4\]"),
        ({"position_clip": np.zeros((1, 3, 3))}, ValueError, r"position_clip must be \[B, V, 4\], got \[1, 3, 3\]"),
        ({"position_clip": np.full((1, 3, 4), np.nan)}, ValueError, "position_clip must be finite, got nan"),
        ({"position_clip": np.zeros((1, 3, 4), complex)}, TypeError, "position_clip must hold real numbers"),
        ({"faces": [[0, 1, 3]]}, ValueError, r"faces must index the 3 vertices \(0 to 2\), got 0 to 3"),
        ({"faces": [[-1, 1, 2]]}, ValueError, "got -1 to 2"),
        ({"faces": [[0.0, 1.0, 2.0]]}, TypeError, "faces must be integer vertex indices, got float32"),
        ({"faces": [0, 1, 2]}, ValueError, r"faces must be \[F, 3\], got \[3\]"),
        ({"faces": [[[0, 1, 2]]] * 2}, ValueError, r"faces must be \[1, F, 3\], got \[2, 1, 3\]"),
        ({"faces": [[[0, 1, -1]]]}, ValueError, "got -1 to 1"),
        ({"faces": [[[0, 1, 2], [-1, -1, 5]]]}, ValueError, "got -1 to 5"),
        ({"size": (0, 4)}, ValueError, r"size must be \(height, width\) in whole pixels from 1 to 16384"),
        ({"size": (4.5, 4)}, ValueError, "size must be"),
        ({"size": 4}, ValueError, "size must be"),
        ({"size": (4, 20000)}, ValueError, "size must be"),
        ({"threads": 0}, ValueError, "threads must be at least 1, got 0"),
    ],
)
def test_errors_name_the_argument(change, error, message):
    arguments = {"position_clip": np.zeros((1, 3, 4)), "faces": [[0, 1, 2]], "size": (4, 4)} | change
    with pytest.raises(error, match=message):
        rasterize(**arguments)
