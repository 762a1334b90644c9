"""The user's TOML."""

import numpy as np
import pytest

from avatar.rigs.importing import read_overrides


def test_everything_can_be_said(tmp_path):
    path = tmp_path / "head.toml"
    path.write_text(
        """
        scale = 0.01
        up = "+z"
        front = "-y"
        swap_sides = true
        extras = "keep"
        hide = ["lashes"]
        [names]
        "Mund auf" = "jawOpen"
        [parts]
        M_1 = "skin"
        [mouth]
        inner_lip = [1, 2]
        corners = [3, 4]
        [regions]
        lips = [1, 2, 3, 4]
        """
    )
    found = read_overrides(path)
    assert (found.scale, found.up, found.front, found.swap_sides, found.extras) == (0.01, "+z", "-y", True, "keep")
    assert (found.names, found.parts, found.hide) == ({"Mund auf": "jawOpen"}, {"M_1": "skin"}, ("lashes",))
    assert (found.inner_lip, found.corners) == ((1, 2), (3, 4))
    np.testing.assert_array_equal(found.regions["lips"], [1, 2, 3, 4])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[names", "is not TOML"),
        ("scael = 1", "unknown key 'scael'; it may have scale"),
        ("scale = 0", "scale must be metres in a unit of the file, above 0, got 0"),
        ("scale = 'big'", "scale in .* must be a number, got 'big'"),
        ("extras = 'maybe'", 'extras must be "drop" or "keep"'),
        ("names = 3", "must be a table"),
        ("[names]\na.b = 'jawOpen'", "quote names with dots"),
        ("[mouth]\nlip = [1, 2]", "unknown key 'lip'"),
        ("[mouth]\ninner_lip = [1]", r"mouth\.inner_lip in .* must be 2 vertex numbers"),
        ("landmarks = [1, 2]", "landmarks in .* must be 68 vertex numbers"),
        ("[regions]\nlips = [1.5]", "must be some vertex numbers"),
    ],
)
def test_slips_are_named(tmp_path, text, message):
    (tmp_path / "head.toml").write_text(text)
    with pytest.raises(ValueError, match=message):
        read_overrides(tmp_path / "head.toml")
