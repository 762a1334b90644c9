"""Mouth measures of an animation."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from avatar.animation import Animation
from avatar.articulation.mouth import measure_poses
from avatar.controls import ARKIT
from avatar.evaluation.envelope import loudness_envelope
from avatar.evaluation.motion import mouth_motion
from avatar.evaluation.smoothness import jitter
from avatar.rigs import BuiltInHead
from avatar.rigs.mouth import measure


@pytest.fixture(scope="module")
def head() -> BuiltInHead:
    return BuiltInHead.load()


def test_equals_measuring_the_whole_head(head: BuiltInHead) -> None:
    weights = torch.rand(6, len(ARKIT), generator=torch.Generator().manual_seed(1)) * 0.6
    weights[:, 52:] -= 0.3
    quick, whole = measure_poses(weights, head), measure(head(weights), head)
    for name in ("signed_opening", "width", "protrusion", "lower_lip_to_teeth"):
        np.testing.assert_allclose(getattr(quick, name), getattr(whole, name), atol=2e-3, err_msg=name)


def test_an_opening_jaw_opens(head: BuiltInHead) -> None:
    animation = Animation.from_curves(ARKIT, {"jawOpen": np.linspace(0, 0.3, 1200)}, fps=50)
    motion = mouth_motion(animation, head)
    assert motion.opening.shape == motion.times.shape == (1200,)
    assert motion.opening[0] == 0 and 8 < motion.opening[-1] < 14
    assert (np.diff(motion.opening) >= -1e-3).all()


def test_no_frames_no_measures(head: BuiltInHead) -> None:
    motion = mouth_motion(Animation(ARKIT, np.zeros((0, len(ARKIT))), 50), head)
    assert motion.opening.shape == (0,)


def test_another_space_is_refused(head: BuiltInHead) -> None:
    other = replace(ARKIT, name="other")
    with pytest.raises(ValueError, match="must be in the rig's control space ARKit, got other"):
        mouth_motion(Animation(other, np.zeros((3, len(ARKIT))), 50), head)


def test_jitter_of_known_curves() -> None:
    times = np.arange(0, 2, 1 / 60)
    assert jitter(3 + 2 * times + times**2, fps=60).value == pytest.approx(0, abs=1e-9)
    assert jitter(times**3, fps=60).value == pytest.approx(6 / 60**3)
    assert jitter(np.arange(120) % 2, fps=60).value == pytest.approx(4)
    assert jitter([1, 2], fps=60).count == 0


class TestEnvelope:
    def test_follows_loudness(self) -> None:
        times = np.arange(16000) / 16000
        sound = np.sin(2 * np.pi * 200 * times) * np.where(times < 0.5, 0.1, 0.8)
        linear, log = (loudness_envelope(sound, sample_rate=16000, fps=50, scale=scale) for scale in ("linear", "log"))
        assert linear.shape == log.shape == (50,)
        assert linear[10] == pytest.approx(0.1 / np.sqrt(2), rel=0.05)
        assert linear[40] == pytest.approx(0.8 / np.sqrt(2), rel=0.05)
        assert log[40] - log[10] == pytest.approx(20 * np.log10(8), rel=0.05)

    def test_silence_is_zero(self) -> None:
        assert not loudness_envelope(np.zeros(1600), sample_rate=16000, fps=50, scale="log").any()
