import pytest

from avatar.behaviour import ALIVE
from avatar.cli.life import Life

LAYERS = ("blinks", "gaze", "posture", "nods", "brows", "breath")


@pytest.mark.parametrize(
    ("options", "off"),
    [
        ({}, set()),
        ({"blinks": False}, {"blinks"}),
        ({"gaze": False, "brows": False}, {"gaze", "brows"}),
        ({"head": False}, {"posture", "nods", "breath"}),
    ],
)
def test_switches_leave_layers_out(options, off):
    chosen = Life(**options).chosen_behaviour()
    assert {layer for layer in LAYERS if getattr(chosen, layer) is None} == off
    assert all(getattr(chosen, layer) == getattr(ALIVE, layer) for layer in set(LAYERS) - off)


def test_nothing_is_none():
    assert Life(behaviour=False).chosen_behaviour() is None
    assert Life(blinks=False, gaze=False, head=False, brows=False).chosen_behaviour() is None


def test_seeds_are_checked():
    with pytest.raises(ValueError, match="--seed must be 0 or more, got -1"):
        Life(seed=-1).chosen_behaviour()


def test_a_still_face_is_asked_for_in_words(run, talk, tmp_path):
    from avatar.animation import Animation

    assert run("animate", talk, "-o", tmp_path / "still.npz", "--no-behaviour")[0] == 0
    assert run("animate", talk, "-o", tmp_path / "alive.npz", "--no-brows")[0] == 0
    still, alive = (Animation.load(tmp_path / f"{name}.npz") for name in ("still", "alive"))
    assert not still["headPitch"].any() and alive["headPitch"].any()
    assert (still["jawOpen"] == alive["jawOpen"]).all()
