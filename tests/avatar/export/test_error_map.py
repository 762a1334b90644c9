import numpy as np
import pytest

from avatar.animation import Animation
from avatar.controls import ARKIT
from avatar.export.error_map import ErrorMap, distances, largest, measured, round_up
from avatar.export.frames import Portrait
from avatar.export.options import ExportOptions

SMALL = {"size": 96, "supersample": 1}


@pytest.fixture(scope="module")
def portrait():
    return Portrait(ExportOptions(lights="even", **SMALL))


def jaw(*values):
    return Animation.from_curves(ARKIT, {"jawOpen": np.array(values)}, 30)


def test_distances_are_millimetres():
    ours = np.zeros((1, 2, 3))
    theirs = np.array([[[0.0, 0.003, 0.004], [0.0, 0.0, 0.0]]])
    np.testing.assert_allclose(distances(ours, theirs), [[5.0, 0.0]])


def test_only_visible_skin_of_the_head_counts(portrait):
    head, rows = portrait.head, measured(portrait)
    assert head.landmarks[8].item() in rows and head.landmarks[30].item() in rows
    assert not set(rows) & set(head.regions["mouth_cavity"].tolist())
    assert not set(rows) & set(head.regions["shirt"].tolist())
    assert not set(rows) & set(head.regions["upper_teeth"].tolist())


def test_the_largest_is_that_of_all_frames(portrait):
    one, two = jaw(0.0, 0.2, 1.0, 0.1), jaw(0.0, 0.2, 0.0, 0.0)
    neutral, opened = (portrait.vertices(jaw(value), [0])[0, measured(portrait)] for value in (0.0, 1.0))
    assert largest(portrait, one, two, range(4)) == pytest.approx(
        1000 * np.linalg.norm(opened - neutral, axis=-1).max()
    )
    assert largest(portrait, one, two, [0, 1]) == 0


def test_colours_rise_where_the_clips_differ(portrait):
    same, other = ErrorMap(portrait, jaw(0.0, 1.0), 30.0).pictures(jaw(0.0, 0.0))
    difference = np.abs(other.astype(int) - same).sum(-1)[:, 20:70]
    assert difference[58:82].max() > 100  # chin and lower lip
    assert difference[:40].max() < 12  # eyes and forehead


def test_numbers_of_the_frame_are_written(portrait):
    # Beyond the scale colours stay, so that only the words tell these apart.
    one, two = (next(ErrorMap(portrait, jaw(other), 1e-9).pictures(jaw(0.8))) for other in (0.0, 0.4))
    changed = np.argwhere((one != two).any(-1))
    assert len(changed) and changed[:, 0].min() > 80


@pytest.mark.parametrize(
    ("value", "rounded"), [(0.0, 1.0), (0.013, 0.015), (1.0, 1.0), (1.01, 1.5), (5.2, 6.0), (61.0, 80.0), (81.0, 100.0)]
)
def test_rounding_up(value, rounded):
    assert round_up(value) == rounded
