"""`avatar retarget`."""

import numpy as np
import pytest

from avatar.animation import Animation
from avatar.controls import ARKIT


@pytest.fixture
def clip(tmp_path):
    path = tmp_path / "clip.npz"
    opening = np.array([0.0, 0.2, 0.4], np.float32)
    Animation.from_curves(ARKIT, {"jawOpen": opening, "headYaw": [0.0, 0.1, 0.2]}, 30.0).save(path)
    return path


def test_a_clip_is_retargeted_and_told_about(run, clip, tmp_path):
    code, out, err = run("retarget", clip, "-o", tmp_path / "there.npz", tmp_path / "there.csv")
    assert code == 0, err
    there = Animation.load(tmp_path / "there.npz")
    np.testing.assert_allclose(there["jawOpen"], [0.0, 0.2, 0.4], atol=0.02)
    np.testing.assert_allclose(there["headYaw"], [0.0, 0.1, 0.2], atol=1e-3)
    assert (tmp_path / "there.csv").exists()
    assert "there.npz" in out and "left over, mm: face" in out and "worst frames" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--to", "flame"), "--to flame needs your FLAME file"),
        (("--to", "none.safetensors"), "no rig at none.safetensors"),
        (("--from", "none.safetensors"), "no rig at none.safetensors"),
        (("--to", "built-in", "--rig", "x.safetensors"), "leave out --rig x.safetensors"),
        (("--to", "flame", "--rig", "built-in"), "needs a rig with the control jaw_pose_x"),
        (("--sparsity", "-1"), "sparsity must be a number of at least 0"),
    ],
)
def test_mistakes_are_named_before_any_work(run, clip, tmp_path, words, message):
    code, _, err = run("retarget", clip, *words, "-o", tmp_path / "there.npz")
    assert code == 2 and message in err
    assert not (tmp_path / "there.npz").exists()
