"""What `check` finds in rigs that are spoiled on purpose."""

from dataclasses import replace

import numpy as np
import pytest

from avatar.controls import ARKIT
from avatar.rigs import BuiltInHead
from avatar.rigs.check import check
from avatar.rigs.rig_data import RigData
from avatar.rigs.shape_rig import ShapeRig


@pytest.fixture(scope="module")
def good():
    """The built-in head's shapes as plain displacements."""
    head = BuiltInHead.load()
    shapes = np.zeros((len(ARKIT), *head.rest.shape), np.float32)
    shapes[:52] = head.morph_targets().numpy()
    return RigData(
        space=ARKIT,
        rest=head.rest.numpy(),
        shapes=shapes,
        faces=head.faces.numpy(),
        inner_lip=head.inner_lip,
        mouth_corners=head.mouth_corners,
    )


def _said(data):
    return [str(finding) for finding in check(ShapeRig(data))]


def _only(data, beginning):
    found = [line for line in _said(data) if line.startswith(beginning)]
    assert len(found) == 1, _said(data)
    return found[0]


def test_the_built_in_head_has_no_errors_or_warnings(good):
    assert not [line for line in _said(good) if not line.startswith("note")]


def test_each_finding_has_severity_and_cure(good):
    for finding in check(ShapeRig(replace(good, rest=10 * good.rest, shapes=10 * good.shapes))):
        assert finding.severity in ("error", "warning", "note")
        assert "; " in str(finding)


def test_topology(good):
    doubled = np.concatenate([good.faces, good.faces[:1, [0, 1, 2]], good.faces[:1, [0, 2, 1]]])
    assert "3 edges belong to more than two triangles" in _only(
        replace(good, faces=doubled, face_parts=None), "warning"
    )
    flat = np.concatenate([good.faces, [[5, 5, 6]]])
    assert any("1 of" in line and "no area" in line for line in _said(replace(good, faces=flat, face_parts=None)))
    square = replace(good, faces=good.faces[:2], face_parts=None)
    assert any("open border" in line for line in _said(square))


def test_size(good):
    assert "the mouth is 435.8" in _only(replace(good, rest=10 * good.rest), "error: the mouth is")


def test_swapped_sides(good):
    order = [ARKIT.index(_other(name)) for name in ARKIT.names]
    swapped = replace(good, shapes=good.shapes[order])
    assert "swap_sides = true" in _only(swapped, "error: left and right are swapped in all")
    one = good.shapes.copy()
    pair = ARKIT.indices(["eyeBlinkLeft", "eyeBlinkRight"])
    one[pair] = one[pair[::-1]]
    line = _only(replace(good, shapes=one), "error: left and right are swapped")
    assert "eyeBlinkLeft, eyeBlinkRight" in line
    aside = good.shapes.copy()
    pair = ARKIT.indices(["jawLeft", "jawRight"])
    aside[pair] = aside[pair[::-1]]
    assert (
        len([line for line in _said(replace(good, shapes=aside)) if "moves the lips to the subject's other" in line])
        == 2
    )


def _other(name):
    for side, opposite in (("Left", "Right"), ("Right", "Left")):
        if name.endswith(side):
            return name.removesuffix(side) + opposite
    return name


def test_dead_and_doubled_shapes(good):
    shapes = good.shapes.copy()
    shapes[ARKIT.index("jawOpen")] = 0
    assert "jawOpen" in _only(replace(good, shapes=shapes), "error: 1 of 52 controls move nothing")
    shapes = good.shapes.copy()
    shapes[ARKIT.index("cheekPuff")] = shapes[ARKIT.index("mouthPucker")]
    assert "mouthPucker" in _only(replace(good, shapes=shapes), "warning: cheekPuff and mouthPucker are the same")
    shapes = good.shapes.copy()
    shapes[ARKIT.index("tongueOut")] *= 20
    assert "tongueOut" in _only(replace(good, shapes=shapes), "warning: more than 12 cm")


def test_lips_that_do_not_close(good):
    rest = good.rest.copy()
    rest[good.inner_lip[0], 1] += 0.005
    assert "4.9 mm" in _only(replace(good, rest=rest), "warning: the lips are")
    shapes = good.shapes.copy()
    shapes[ARKIT.index("mouthClose")] *= 0.1
    assert "mouthClose together leave" in _only(replace(good, shapes=shapes), "warning: jawOpen and mouthClose")
    shapes[ARKIT.index("jawOpen")] *= 0.01
    assert "opens the mouth by" in _only(replace(good, shapes=shapes), "error: jawOpen opens")
