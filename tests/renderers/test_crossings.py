"""Where surfaces give way to each other: against every triangle cut with every way between two pixels."""

from collections import Counter, defaultdict

import numpy as np
import pytest
import torch

from avatar.renderers import Camera, rasterize
from avatar.renderers.crossings import find_crossings
from avatar.renderers.topology import neighbours

from .conftest import ball
from .twins import crossings as slow

SIZE = (20, 22)


def view(vertices, position=(0.1, 0.2, 0.4)):
    return Camera.look_at(position, (0, 0, 0), field_of_view=0.7).clip(vertices, SIZE)


def noted(crossings):
    """What was found on each way: place, edge or None, faces or None, share."""
    ways = defaultdict(list)
    for n in range(len(crossings.image)):
        way = (int(crossings.image[n]), int(crossings.row[n]), int(crossings.column[n]), bool(crossings.vertical[n]))
        edge, faces = (
            None if pair == [-1, -1] else tuple(pair)
            for pair in (crossings.edge[n].tolist(), crossings.faces[n].tolist())
        )
        ways[way].append((float(crossings.place[n]), edge, faces, float(crossings.share[n])))
    return ways


def agrees(clip, found, changes):
    """Whether the crossings of one way are its changes."""

    def same_edge(one, other):
        # Vertices may lie in one place.
        return (one is None) == (other is None) and (
            one is None or any(np.array_equal(clip[list(one)], clip[list(ends)]) for ends in (other, other[::-1]))
        )

    return len(found) == len(changes) and all(
        same_edge(edge, change.edge) and faces == change.faces and abs(place - change.place) < 1e-6
        for (place, edge, faces, _), change in zip(found, changes, strict=True)
    )


def compare(clip, faces, size=SIZE):
    """Count the ways with changes on which the twin and the kernel agree ("same"), and the others.

    The others are counted by how many changes the twin and the kernel find there; or as "rounded", where a pixel took
    another face because positions are rounded to 1/256 pixel.
    """
    clip, faces = np.asarray(clip, np.float64), np.asarray(faces)
    clip = clip if clip.ndim == 3 else clip[None]
    seen = rasterize(clip, faces, size)
    ways = noted(find_crossings(seen))
    tally = Counter()
    for way in slow.ways(clip, seen.faces.numpy(), seen.triangle_id.numpy()):
        found = ways.pop((way.image, way.row, way.column, way.vertical), [])
        ids = seen.triangle_id[way.image]
        beside = ids[way.row, way.column], ids[way.row + way.vertical, way.column + (not way.vertical)]
        if agrees(clip[way.image], found, way.changes):
            tally["same"] += bool(found)
        elif tuple(map(int, beside)) == way.seen:
            tally[len(way.changes), len(found)] += 1
        else:
            tally["rounded"] += 1
    assert not ways, "crossings between pixels that see the same face"
    return tally


def nearly_all_same(tally, least, share=0.0):
    """Whether at least so many ways agree, and the others are few, with more to see than what both pixels see.

    Where a corner or a third surface lies between two pixels, the kernel knows of what the two see alone: one crossing,
    or two with half of the step each.
    """
    others = {key: count for key, count in tally.items() if key not in ("same", "rounded")}
    assert all(changes >= 2 and found in (1, 2) for changes, found in others), others
    assert tally["rounded"] <= 0.02 * tally["same"]
    return tally["same"] >= least and sum(others.values()) <= share * tally["same"]


def two_balls(offset=(0.08, 0.02, 0.05), rows=12):
    vertices, faces = ball(rows)
    return np.concatenate([vertices, 0.8 * vertices + offset]), np.concatenate([faces, faces + len(vertices)])


def pleated(rows=5, columns=9, height=0.05):
    """An open sheet with pleats, [V, 3] and [F, 3]."""
    across, up = np.meshgrid(np.linspace(-0.1, 0.1, columns), np.linspace(-0.1, 0.1, rows))
    away = height * np.abs(np.arange(columns) % 4 - 2)
    points = np.stack([across, up, np.broadcast_to(away, across.shape)], -1).reshape(-1, 3)
    index = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, :-1], index[1:, 1:]
    return points, np.concatenate([np.stack([a, b, d], -1).reshape(-1, 3), np.stack([a, d, c], -1).reshape(-1, 3)])


def rectangle(left, right, bottom, top, size, depth=0.0):
    """Four corners [4, 4] in clip space from places in pixels."""
    height, width = size
    x, y = (np.array(ends) for ends in ([left, right, right, left], [bottom, bottom, top, top]))
    return np.stack([x * 2 / width - 1, 1 - y * 2 / height, np.full(4, depth), np.ones(4)], 1)


QUAD = np.array([[0, 1, 2], [0, 2, 3]])


@pytest.mark.parametrize("position", [(0.1, 0.2, 0.4), (-0.3, 0.1, 0.1), (0.02, 0.3, 0.05)])
def test_a_ball(position):
    vertices, faces = ball(14)
    assert nearly_all_same(compare(view(vertices, position), faces), 40)


def test_balls_before_each_other():
    vertices, faces = two_balls(offset=(0.05, 0.02, 0.2))
    assert nearly_all_same(compare(view(vertices), faces), 60, share=0.05)


def test_balls_that_cut_each_other():
    vertices, faces = two_balls()
    clip = view(vertices)
    assert nearly_all_same(compare(clip, faces), 60, share=0.05)
    cuts = find_crossings(rasterize(clip[None], faces, SIZE)).faces
    assert (cuts[:, 0] >= 0).sum() > 10


@pytest.mark.parametrize("position", [(0.45, 0.1, 0.1), (0.0, 0.3, -0.35)])
def test_a_pleated_sheet(position):
    points, faces = pleated()
    assert nearly_all_same(compare(view(points, position), faces), 40)


def test_surfaces_ahead_of_a_camera_that_they_also_reach_behind():
    # A floor and a wall through the camera, far from which the near plane cuts them.
    points = np.array(
        [[-9, -0.2, 1], [9, -0.2, 1], [9, -0.2, -3], [-9, -0.2, -3], [0.2, -9, 1], [0.5, 9, 1], [0.4, 1, -4]]
    )
    clip = Camera(np.eye(4), (0.9, 0.9), near=0.01, far=10.0).clip(points, SIZE)
    faces = [[0, 1, 2], [0, 2, 3], [4, 5, 6]]
    assert ((clip[:, 3] < 0).sum(), (clip[:, 3] > 0).sum()) == (4, 3)
    assert nearly_all_same(compare(clip, faces), 30)


def test_where_the_near_plane_ends_a_surface_there_is_no_edge():
    points = np.array([[-9, -0.2, 1], [9, -0.2, 1], [9, -0.2, -3], [-9, -0.2, -3.0]])
    clip = Camera(np.eye(4), (0.9, 0.9), near=0.6, far=10.0).clip(points, SIZE)
    tally = compare(clip, QUAD)
    # The horizon, which is the far edge, is found.
    assert tally == {(1, 0): SIZE[1], "same": SIZE[1]}


@pytest.mark.parametrize("seed", range(3))
def test_soups(seed):
    random = np.random.default_rng(seed)
    points = random.uniform(-1.5, 1.5, (36, 3)) * [1, 1, 0] - [0, 0, 1] * random.uniform(1, 4, (36, 1))
    clip = Camera(np.eye(4), (0.9, 0.9), near=0.2, far=10.0).clip(points, SIZE)
    assert nearly_all_same(compare(clip, np.arange(36).reshape(12, 3)), 100, share=0.25)


def test_several_meshes_in_a_batch():
    vertices, faces = ball(9)
    views = np.stack([view(vertices), view(vertices * [1, 0.5, 1]), view(vertices)])
    fewer = faces.copy()
    fewer[vertices[faces].mean(1) @ [0.6, 0.2, 0.5] > 0.06] = -1
    meshes = np.stack([faces, fewer, faces[::-1]])
    assert nearly_all_same(compare(views, meshes), 100, share=0.05)
    alone = find_crossings(rasterize(views[1:2], meshes[1:2], SIZE))
    together = find_crossings(rasterize(views, meshes, SIZE))
    here = together.image == 1
    for name in ("row", "column", "vertical", "edge", "faces", "place", "share"):
        assert torch.equal(getattr(together, name)[here], getattr(alone, name))
    assert torch.equal(together.continues[1:2], alone.continues)


def cut_open(rows=14):
    """A ball whose halves, left and right, have vertices of their own."""
    vertices, faces = ball(rows)
    column = np.tile(np.arange(rows), 2 * (rows - 1))
    return np.concatenate([vertices, vertices]), np.where(column[:, None] < rows // 2, faces + len(vertices), faces)


def test_a_seam_is_no_edge():
    vertices, faces = cut_open()
    for position in ((0.1, 0.2, 0.4), (0.45, 0.05, 0.0)):
        assert nearly_all_same(compare(view(vertices, position), faces), 40)


def test_beside_an_edge_a_seam_is_taken_for_it():
    # The walk from the ball's inside ends at the seam, and the background has none.
    vertices, faces = cut_open()
    tally = compare(view(vertices, (-0.05, 0.05, 0.45)), faces)
    assert tally["same"] > 30 and set(tally) == {"same", (1, 1)} and tally[1, 1] < 3


def test_two_seams_between_two_pixels_pass_for_edges_of_half_a_step_each():
    # Strips narrower than a pixel with vertices of their own: walks end at the first seam, and nobody sees the rest.
    vertices, faces = ball(12)
    tally = compare(view(vertices[faces].reshape(-1, 3)), np.arange(faces.size).reshape(-1, 3))
    assert tally[0, 2] > 20 and not tally.keys() - {"same", "rounded", (0, 2), (1, 1)}


def test_faces_without_area_and_edges_of_three_faces():
    points, faces = pleated()
    more = np.concatenate([points, [[0.0, 0.0, 0.2]]])
    # A fin on an edge that has two faces already; a needle of two corners; the same face twice; and a point.
    extra = [[0, 1, 45], [4, 5, 4], faces[7], [3, 3, 3]]
    assert nearly_all_same(compare(view(more), np.concatenate([faces, extra])), 30, share=0.05)


@pytest.mark.parametrize("turned", [False, True])
def test_a_surface_goes_on_across_faces_without_area(turned):
    # Spokes from many vertices in one place, with faces of two such vertices between them, seen from either side.
    around = np.linspace(0, 2 * np.pi, 13)[:-1]
    rim = 0.8 * np.stack([np.cos(around), np.sin(around)], 1)
    points = np.concatenate([rim, np.tile([[0.013, 0.021]], (12, 1))])
    clip = np.concatenate([points, np.zeros((24, 1)), np.ones((24, 1))], 1) * np.linspace(1.0, 1.1, 24)[:, None]
    after = (np.arange(12) + 1) % 12
    faces = np.stack([np.arange(12), after, after + 12], 1)
    needles = np.stack([np.arange(12), after + 12, np.arange(12) + 12], 1)
    faces = np.concatenate([faces, needles])
    size = (8, 8)
    seen = rasterize(clip[None], faces[:, ::-1] if turned else faces, size)
    found = find_crossings(seen)
    assert len(seen.triangle_id.unique()) == 13
    assert (seen.mask[found.first] != seen.mask[found.second]).all()
    both = seen.mask[:, :, 1:] & seen.mask[:, :, :-1]
    assert torch.equal(found.continues[:, :, :-1, 0], both)


def test_an_edge_through_pixel_centres_is_found():
    # Centres on the right and lower borders belong to what lies beyond, those on the left and upper ones do not.
    size = (8, 9)
    for offset in (0.0, 1e-3, -1e-3, 5e-4):
        clip = rectangle(2.5 + offset, 6.5 + offset, 6.5 + offset, 1.5 + offset, size)
        ways = noted(find_crossings(rasterize(clip[None], QUAD, size)))
        assert len(ways) == 2 * 5 + 2 * 4
        for crossings in ways.values():
            assert [share for *_, share in crossings] == [1.0]
            place = crossings[0][0]
            assert min(place, 1.0 - place) <= abs(offset) + 1e-12


@pytest.mark.parametrize("seed", range(4))
def test_between_any_two_surfaces_the_whole_step_is_shared_out(seed):
    # No near-plane cuts: then the shares of every way that sees something new, and is not on one surface, sum to 1.
    random = np.random.default_rng(seed)
    vertices, faces = two_balls(rows=16)
    position = random.normal(size=3)
    seen = rasterize(view(vertices, 0.42 * position / np.linalg.norm(position))[None], faces, (48, 40))
    found = find_crossings(seen)
    total = found.continues.double()
    total.index_put_((*found.first, found.vertical.long()), found.share, accumulate=True)
    hit = seen.mask
    torch.testing.assert_close(total[:, :, :-1, 0], (hit[:, :, 1:] | hit[:, :, :-1]).double())
    torch.testing.assert_close(total[:, :-1, :, 1], (hit[:, 1:] | hit[:, :-1]).double())
    assert not total[:, :, -1, 0].any() and not total[:, -1, :, 1].any()


def test_a_gap_that_no_pixel_sees_has_two_edges():
    left, right = rectangle(-9, 4.6, 9, -9, (8, 8)), rectangle(4.9, 20, 9, -9, (8, 8))
    found = find_crossings(rasterize(np.concatenate([left, right])[None], np.concatenate([QUAD, QUAD + 4]), (8, 8)))
    assert found.share.tolist() == [0.5] * 16
    np.testing.assert_allclose(found.place.reshape(8, 2), [[0.1, 0.4]] * 8, atol=1e-9)
    assert {tuple(sorted(edge)) for edge in found.edge.tolist()} == {(1, 2), (4, 7)}
    assert not found.continues[:, :, 4, 0].any() and found.continues[:, :, 3, 0].all()


def test_what_no_pixel_sees_before_one_surface_is_not_noticed():
    wall, bar = rectangle(-9, 20, 9, -9, (8, 8), depth=0.5), rectangle(4.6, 4.9, 9, -9, (8, 8))
    found = find_crossings(rasterize(np.concatenate([wall, bar])[None], np.concatenate([QUAD, QUAD + 4]), (8, 8)))
    assert len(found.image) == 0


def test_indices_lead_to_both_pixels():
    seen = rasterize(rectangle(2.3, 5.6, 6.4, 1.7, (8, 8))[None], QUAD, (8, 8))
    found = find_crossings(seen)
    assert (seen.mask[found.first] != seen.mask[found.second]).all()
    assert not ((found.second[1] - found.first[1]) + (found.second[2] - found.first[2]) - 1).any()


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1)])
def test_narrow_pictures(size):
    clip = rectangle(0.3 * size[1], 0.8 * size[1], 0.8 * size[0], 0.3 * size[0], size)
    tally = compare(clip, QUAD, size)
    assert tally == ({"same": 2} if max(size) > 1 else {})


def test_nothing_to_find():
    triangle = [[[-1.0, -1, 0, 1], [3, -1, 0, 1], [-1, 3, 0, 1]]]
    for clip, faces in (
        (np.zeros((0, 3, 4)), [[0, 1, 2]]),
        (np.zeros((2, 0, 4)), []),
        (triangle, []),
        (triangle, [[0, 1, 2]]),
    ):
        found = find_crossings(rasterize(clip, faces, (3, 4)))
        assert len(found.image) == len(found.place) == 0 and found.edge.shape == (0, 2)
        assert found.continues.shape == (len(clip), 3, 4, 2)


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_the_same_with_any_number_of_threads(threads, monkeypatch):
    vertices, faces = two_balls()
    seen = rasterize(np.stack([view(vertices), view(vertices, (0.3, 0.1, 0.2))]).astype(np.float32), faces, SIZE)
    first = find_crossings(seen)
    monkeypatch.setattr("avatar.renderers.crossings.thread_count", lambda _: threads)
    for name, values in vars(find_crossings(seen)).items():
        assert torch.equal(values, getattr(first, name))


def test_neighbours_share_the_edge_that_both_name():
    _, faces = ball(6)
    table = neighbours(faces)
    for face, corner in zip(*np.nonzero(table >= 0), strict=True):
        other, there = divmod(int(table[face, corner]), 3)
        assert set(np.delete(faces[face], corner)) == set(np.delete(faces[other], there))
        assert table[other, there] == 3 * face + corner
    assert (neighbours(np.array([[0, 1, 2], [1, 0, 3], [0, 1, 4]])) == -1).all()
    assert neighbours(np.zeros((0, 3), np.int64)).shape == (0, 3)
