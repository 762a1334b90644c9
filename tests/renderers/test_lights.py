"""Sets of lights."""

import numpy as np
import pytest

from avatar.renderers import LIGHTS, Camera, Material, Mesh, lights_named, render, studio


def test_lights_by_name():
    assert lights_named("studio") == studio()
    assert list(LIGHTS) == ["studio", "soft", "dramatic", "even", "outdoors"]
    with pytest.raises(ValueError, match="lights must be one of studio, soft, dramatic, even, outdoors, got 'disco'"):
        lights_named("disco")


def brightness(name, vertices, faces):
    mesh = Mesh(faces, part_colours=[[0.5, 0.5, 0.5]], materials=(Material(specular=0.0),))
    image = render(
        vertices[None], mesh, Camera.look_at((0, 0, 1), (0, 0, 0), height=0.25), (40, 40), lights=lights_named(name)
    )
    return image[0, 8:32, 8:32, 1].astype(float)


def test_characters(fine_ball):
    seen = {name: brightness(name, *fine_ball) for name in LIGHTS}
    contrast = {name: image.std() / image.mean() for name, image in seen.items()}
    assert contrast["even"] < contrast["soft"] < contrast["studio"] < contrast["dramatic"]
    # A grey of 0.5 linear is byte 188; even light leaves it about so.
    assert np.median(seen["even"]) == pytest.approx(188, abs=8)
    dramatic, outdoors = seen["dramatic"], seen["outdoors"]
    assert dramatic[:, :6].mean() > 1.8 * dramatic[:, -6:].mean()
    assert outdoors[:4].mean() > 1.2 * outdoors[-4:].mean()
