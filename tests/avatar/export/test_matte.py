import numpy as np

from avatar.export.matte import bleed


def test_colours_run_past_the_outline_and_nothing_seen_changes():
    picture = np.zeros((40, 60, 4), np.uint8)
    picture[10:30, 10:30] = 200, 100, 50, 255
    picture[10:30, 30] = 200, 100, 50, 1
    bled = bleed(picture)
    shown = picture[..., 3] > 0
    np.testing.assert_array_equal(bled[shown], picture[shown])
    np.testing.assert_array_equal(bled[..., 3], picture[..., 3])
    np.testing.assert_allclose(bled[4:36, 4:36, :3].astype(int), np.full((32, 32, 3), (200, 100, 50)), atol=1)
    assert not bled[:, 45:].any()


def test_opaque_and_empty_pictures_stay_as_they_are():
    opaque = np.random.default_rng(0).integers(0, 256, (8, 8, 4), np.uint8)
    opaque[..., 3] = 255
    np.testing.assert_array_equal(bleed(opaque), opaque)
    empty = np.zeros((8, 8, 4), np.uint8)
    np.testing.assert_array_equal(bleed(empty), empty)
