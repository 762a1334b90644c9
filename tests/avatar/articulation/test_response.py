"""Any head with the ARKit mouth shapes can be taught, and does what the built-in head does."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from avatar.articulation import Phone, articulate
from avatar.articulation.mouth import Mouth
from avatar.articulation.response import LipResponse, built_in_response
from avatar.controls import ARKIT, ARKIT_SHAPES, ControlSpace
from avatar.evaluation.contacts import demands
from avatar.evaluation.motion import mouth_motion
from avatar.rigs import BuiltInHead
from avatar.rigs.rig_data import RigData
from avatar.rigs.shape_rig import ShapeRig

PHONES = [
    Phone(symbol, 0.4 + 0.12 * index, 0.52 + 0.12 * index)
    for index, symbol in enumerate(["M", "IY", "F", "AA", "P", "UW", "SH", "AO", "V", "AE", "B", "W", "S", "TH", "OW"])
]


@pytest.fixture(scope="module")
def head() -> BuiltInHead:
    return BuiltInHead.load()


def copy_of(head: BuiltInHead, *, scale: float = 1.0, regions: bool = True) -> ShapeRig:
    """The built-in head's shapes in a rig of another kind."""
    targets = torch.zeros(len(head.space), *head.rest.shape)
    targets[: len(ARKIT_SHAPES)] = head.morph_targets()
    return ShapeRig(
        RigData(
            head.space,
            scale * head.rest.numpy(),
            scale * targets.numpy(),
            head.faces.numpy(),
            head.inner_lip,
            head.mouth_corners,
            regions={name: rows.numpy() for name, rows in head.regions.items()} if regions else {},
        )
    )


@pytest.mark.parametrize("scale", [1.0, 0.7, 2.5])
def test_size_and_kind_of_the_rig_do_not_matter(head: BuiltInHead, scale: float) -> None:
    response = LipResponse.of(copy_of(head, scale=scale))
    assert response.size == pytest.approx(scale, rel=1e-3)
    spoken = articulate(PHONES, response=response)
    np.testing.assert_allclose(spoken.weights, articulate(PHONES).weights, atol=3e-3)


def test_a_rig_that_knows_no_regions_still_closes_and_opens(head: BuiltInHead) -> None:
    response = LipResponse.of(copy_of(head, regions=False))
    assert np.isnan(response.bite.distance) and response.tongue_out == 0
    spoken = articulate(PHONES, response=response)
    found = demands(mouth_motion(spoken, head), PHONES)
    assert found.closure.value == 1 and found.false_closure.value == 0
    assert not spoken["tongueOut"].any()


def test_millimetres_are_what_the_head_shows(head: BuiltInHead) -> None:
    for symbol, opening, width, protrusion in (
        ("AA", 13, 0, 0),
        ("IY", 7, 3.5, 0),
        ("UW", 4.5, -6.2, 5.6),
        ("SH", 6.5, -3.2, 4),
    ):
        motion = mouth_motion(articulate([Phone(symbol, 0.5, 0.9)], duration=1.4), head)
        assert motion.opening[35] == pytest.approx(opening, abs=0.1), symbol
        assert motion.width[35] - motion.width[0] == pytest.approx(width, abs=0.6), symbol
        assert motion.protrusion[35] == pytest.approx(protrusion, abs=0.5), symbol


def test_the_bite_reaches_the_teeth(head: BuiltInHead) -> None:
    bite = built_in_response().bite
    mouth = Mouth.of(head)
    assert bite.distance < 1.5 and mouth.lip_to_teeth(bite.weights[None])[0] == pytest.approx(bite.distance)
    assert 1 < mouth.opening(bite.weights[None])[0] < 3


def test_ict_facekit_is_taught(shared: Path) -> None:
    from avatar.rigs.importing import import_rig

    rig = ShapeRig(import_rig(shared / "data" / "ict").data)
    response = LipResponse.of(rig)
    assert response.bite.distance < 1.5
    spoken, mouth = articulate(PHONES, response=response), Mouth.of(rig)
    opening = mouth.opening(spoken.weights.astype(np.float64))
    for phone in PHONES:
        inside = slice(round(50 * phone.start), round(50 * phone.end) + 1)
        if phone.symbol in ("P", "B", "M"):
            assert opening[inside].min() < 0.3, phone
        if phone.symbol in ("AA", "AE"):
            assert opening[inside].max() > 8, phone
        if phone.symbol in ("F", "V"):
            assert mouth.lip_to_teeth(spoken.weights[inside].astype(np.float64)).min() < 2, phone


def test_a_rig_without_the_shapes_is_refused(head: BuiltInHead) -> None:
    rig = copy_of(head)
    rig.space = ControlSpace(
        "mine", tuple(replace(control, name=control.name.replace("mouthClose", "shut")) for control in ARKIT.controls)
    )
    with pytest.raises(ValueError, match="rig must have the ARKit mouth shapes, got mine without mouthClose"):
        LipResponse.of(rig)


def test_lips_that_do_not_part_are_refused(head: BuiltInHead) -> None:
    rig = copy_of(head, regions=False)
    rig.inner_lip = (rig.inner_lip[0], rig.inner_lip[0])
    with pytest.raises(ValueError, match=r"rig must open its lips with jawOpen.*got 0\.0"):
        LipResponse.of(rig)
