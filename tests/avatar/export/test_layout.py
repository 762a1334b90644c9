import numpy as np
import pytest

from avatar.export.layout import columns_for, grid


@pytest.mark.parametrize(
    ("count", "columns"), [(1, 1), (2, 2), (3, 3), (4, 2), (5, 3), (6, 3), (7, 3), (8, 4), (9, 3), (10, 5), (12, 4)]
)
def test_columns(count, columns):
    assert columns_for(count) == columns


def test_pictures_go_from_left_to_right_and_down():
    pictures = [np.full((2, 4, 4), shade, np.uint8) for shade in (10, 20, 30)]
    whole = grid(pictures, 2)
    assert whole.shape == (4, 8, 4)
    np.testing.assert_array_equal(whole[::2, ::4, 0], [[10, 20], [30, 0]])
    assert not whole[2:, 4:].any()
