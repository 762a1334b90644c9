"""sRGB and back."""

import numpy as np
import pytest

from avatar.renderers import hex_colour
from avatar.renderers.colour import TABLE_SIZE, byte_table, decode, encode


def test_known_values():
    np.testing.assert_allclose(encode([0.0, 0.0031308, 0.5, 1.0]), [0, 0.04045, 0.735357, 1], atol=1e-5)


def test_round_trip():
    values = np.linspace(0, 1, 256)
    np.testing.assert_allclose(encode(decode(values)), values, atol=1e-9)


def test_every_byte_survives_the_table():
    steps = (decode(np.arange(256) / 255.0) * (TABLE_SIZE - 1) + 0.5).astype(int)
    np.testing.assert_array_equal(byte_table()[steps], np.arange(256))


def test_hex():
    assert hex_colour("#ff0000") == (1.0, 0.0, 0.0)
    assert hex_colour("808080")[0] == pytest.approx(0.2158605, abs=1e-6)
    for text in ("#fff", "red", "#gg0000", ""):
        with pytest.raises(ValueError, match="six hexadecimal digits"):
            hex_colour(text)
