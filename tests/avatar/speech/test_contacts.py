import numpy as np
import pytest
import torch
from torch import Tensor

from avatar.animation import Animation
from avatar.articulation import shapes
from avatar.articulation.phones import ARPABET
from avatar.controls import ARKIT
from avatar.evaluation.motion import MouthMotion, mouth_motion
from avatar.rigs import BuiltInHead
from avatar.speech import contacts as module
from avatar.speech.contacts import Contacts
from avatar.speech.decoder import Decoded
from avatar.speech.model import MOUTH_CONTROLS

FRAMES, AT = 41, 20
SHAPED = {"jawOpen": 0.25, "mouthLowerDownLeft": 0.2, "mouthLowerDownRight": 0.2, "mouthPucker": 0.3}


@pytest.fixture(scope="module")
def contacts() -> Contacts:
    return Contacts(MOUTH_CONTROLS, ARPABET)


def curves(**weights: float) -> Tensor:
    """The same pose in every frame, [1, T, C]."""
    pose = torch.tensor([weights.get(name, 0.0) for name in MOUTH_CONTROLS])
    return pose.expand(1, FRAMES, -1).clone()


def heard(**probabilities: float) -> Tensor:
    """Logits [1, T, P] of phones that are heard in frame `AT` only, the rest being AA."""
    shares = torch.full((1, FRAMES, len(ARPABET)), 1e-9)
    shares[..., ARPABET.index("AA")] = 1
    for symbol, probability in probabilities.items():
        shares[0, AT, ARPABET.index(symbol)] = probability
    shares[0, AT, ARPABET.index("AA")] = 1 - sum(probabilities.values()) + 1e-9
    return shares.log()


def column(moved: Tensor, name: str) -> Tensor:
    return moved[0, :, MOUTH_CONTROLS.index(name)]


def seen(moved: Tensor) -> MouthMotion:
    weights = np.tile(ARKIT.neutral, (FRAMES, 1))
    weights[:, ARKIT.indices(MOUTH_CONTROLS)] = moved[0].numpy()
    return mouth_motion(Animation(ARKIT, weights, 50), BuiltInHead.load())


def test_missed_closure_is_made_and_nothing_else_changes(contacts: Contacts) -> None:
    before = curves(**SHAPED, mouthStretchLeft=0.2)
    after = contacts(Decoded(before, heard(B=0.2, P=0.2)))
    opening = seen(after).opening
    assert seen(before).opening.min() > 6
    assert opening[AT] < 0.3
    near = slice(AT - module.COURSE - module.SEARCH, AT + module.COURSE + module.SEARCH + 1)
    elsewhere = np.delete(np.arange(FRAMES), near)
    assert torch.equal(after[:, elsewhere], before[:, elsewhere])
    for name in ("mouthPucker", "mouthStretchLeft"):
        assert torch.equal(column(after, name), column(before, name))
    # Behind closed lips the jaw does not hang open.
    assert column(after, "jawOpen")[AT] < 0.1


def test_lips_come_and_go_without_a_jump(contacts: Contacts) -> None:
    opening = seen(contacts(Decoded(curves(**SHAPED), heard(M=1.0)))).opening
    way = opening.max() - opening.min()
    assert np.all(np.diff(opening[: AT + 1]) <= 1e-4) and np.all(np.diff(opening[AT:]) >= -1e-4)
    assert np.abs(np.diff(opening)).max() < 0.65 * way


def test_lower_lip_reaches_the_teeth(contacts: Contacts) -> None:
    before = curves(**SHAPED)
    distance = seen(contacts(Decoded(before, heard(V=0.3)))).lower_lip_to_teeth
    assert seen(before).lower_lip_to_teeth[AT] > 4
    assert distance[AT] < 2
    assert distance[AT + 3] > 4


def test_contacts_that_are_made_already_stay_as_they_are(contacts: Contacts) -> None:
    shut = curves(jawOpen=0.1, mouthClose=0.12, mouthPucker=0.1)
    torch.testing.assert_close(contacts(Decoded(shut, heard(M=1.0))), shut, rtol=0, atol=0)
    bitten = curves(**module.BITE)
    torch.testing.assert_close(contacts(Decoded(bitten, heard(F=1.0))), bitten, rtol=0, atol=0)


def test_dip_beside_the_sound_counts(contacts: Contacts) -> None:
    closing = curves(**SHAPED)
    closing[0, AT + 1] = curves(jawOpen=0.1, mouthClose=0.12)[0, 0]
    assert torch.equal(contacts(Decoded(closing, heard(M=1.0))), contacts(Decoded(closing, heard())))


def test_trembling_is_steadied(contacts: Contacts) -> None:
    trembling = curves(jawOpen=0.3)
    jaw = MOUTH_CONTROLS.index("jawOpen")
    trembling[0, ::2, jaw] += 0.02
    steady = contacts(Decoded(trembling, heard()))[0, :, jaw]
    assert steady[1:-1].diff().abs().max() < 0.8 * 0.02
    assert float(steady.mean()) == pytest.approx(float(trembling[0, :, jaw].mean()), abs=1e-3)


def test_faint_suspicion_changes_nothing(contacts: Contacts) -> None:
    before = curves(**SHAPED)
    assert torch.equal(contacts(Decoded(before, heard(M=0.01, B=0.005, F=0.018))), before)
    opening = seen(contacts(Decoded(before, heard(M=0.03)))).opening
    assert 1 < opening[AT] < opening[0] - 1


def test_of_two_contacts_the_closure_wins(contacts: Contacts) -> None:
    assert seen(contacts(Decoded(curves(**SHAPED), heard(M=0.5, V=0.5)))).opening[AT] < 0.3


def test_answers_are_weights(contacts: Contacts) -> None:
    torch.manual_seed(0)
    wild = Decoded(torch.randn(1, FRAMES, len(MOUTH_CONTROLS)), 3 * torch.randn(1, FRAMES, len(ARPABET)))
    moved = contacts(wild)
    assert moved.min() >= 0 and moved.max() <= 1


def test_batch_of_one_is_a_slice_of_a_batch(contacts: Contacts) -> None:
    torch.manual_seed(0)
    batch = Decoded(torch.rand(3, FRAMES, len(MOUTH_CONTROLS)), 2 * torch.randn(3, FRAMES, len(ARPABET)))
    one = Decoded(batch.curves[1:2], batch.phones[1:2])
    torch.testing.assert_close(contacts(one), contacts(batch)[1:2])


@pytest.mark.parametrize("side", [-1, 1])
def test_reach_is_exact(contacts: Contacts, side: int) -> None:
    sound = heard(M=1.0)
    frame = AT + side * module.COURSE

    def dipped(at: int) -> Tensor:
        asked = curves(jawOpen=0.3)
        asked[0, at] = 0.0
        return contacts(Decoded(asked, sound))[0, frame]

    undisturbed = contacts(Decoded(curves(jawOpen=0.3), sound))[0, frame]
    # Seen from `frame`, the dip lies as far away as it can and still matter, and one frame beyond.
    assert not torch.equal(dipped(frame - side * contacts.reach), undisturbed)
    assert torch.equal(dipped(frame - side * (contacts.reach + 1)), undisturbed)


def test_constants_are_those_of_the_articulation_model() -> None:
    assert (module.CLOSED, module.JAW) == (shapes.CLOSED_OPENING, shapes.CLOSED_JAW)
    bite = shapes.built_in_response().bite.weights
    found = {name: round(float(bite[ARKIT.index(name)]), 4) for name in ARKIT.names if bite[ARKIT.index(name)] > 0}
    assert found == module.BITE
