import numpy as np
import pytest

from avatar.export.labels import font_size, lay_over, words, write_text


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_words_stand_out_on_any_background(shade):
    picture = np.full((200, 300, 4), shade, np.uint8)
    picture[..., 3] = 255
    write_text(picture, "Hello")
    changed = np.argwhere((picture[..., :3] != shade).any(-1))
    (top, left), (bottom, right) = changed.min(0), changed.max(0)
    assert 0 < top < bottom < 40 and left > 100 and right < 200
    assert abs(left + right - 299) <= 1
    plate = picture[top + 2 : bottom - 2, left + 6 : right - 6, 0]
    assert plate.max() > 200 and np.median(plate) < 80


def test_words_at_the_foot_of_nothing_bring_their_alpha():
    picture = np.zeros((200, 300, 4), np.uint8)
    write_text(picture, "Hello", foot=True)
    assert picture[:150].max() == 0
    assert picture[150:, ..., 3].max() > 240
    ink = picture[..., 3] > 240
    assert (picture[ink][:, :3] > 200).all()


def test_no_words_no_change():
    picture = np.full((20, 30, 4), 9, np.uint8)
    write_text(picture, "")
    assert (picture == 9).all()


def test_long_words_are_written_smaller_and_then_cut():
    assert words("Hello", 20).shape == words("Hello", 20, 300).shape
    smaller, cut = words("Hello world", 20, 70), words("Hello world" * 9, 20, 70)
    assert smaller.shape[1] <= 70 and cut.shape[1] <= 70
    assert len(smaller) < len(words("Hello world", 20))
    assert font_size(16, 16) >= 10
    tiny = np.zeros((16, 16, 4), np.uint8)
    write_text(tiny, "a very long label")
    assert tiny.any()


def test_what_sticks_out_is_cut_off():
    picture = np.zeros((4, 4, 4), np.uint8)
    piece = np.full((3, 3, 4), 255, np.uint8)
    lay_over(picture, piece, -2, 3)
    assert np.argwhere(picture[..., 0]).tolist() == [[0, 3]]
    lay_over(picture, piece, 9, 9)
    assert picture[..., 0].sum() == 255
