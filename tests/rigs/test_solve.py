"""Controls from vertices."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from avatar.controls import ARKIT, ARKIT_SHAPES
from avatar.rigs import BuiltInHead
from avatar.rigs.control_groups import rivals
from avatar.rigs.preferences import Preferences
from avatar.rigs.solve import Solver, gather, solve, solve_stream

Pose = Callable[..., Tensor]
STILLS = Preferences(smoothness=0.0)


def sparse_weights(frames: int, *, seed: int = 0, count: int = 6) -> np.ndarray:
    """Random weights of a few shapes at a time, and some turn of the head."""
    chance = np.random.default_rng(seed)
    weights = np.zeros((frames, len(ARKIT)), np.float32)
    shapes = [name for name in ARKIT_SHAPES if name != "tongueOut"]  # closed lips hold the tongue back: not to be seen
    for frame in weights:
        frame[ARKIT.indices(chance.choice(shapes, count, replace=False))] = chance.uniform(0.1, 1, count)
        for one, other in rivals(ARKIT).items():
            if frame[ARKIT.index(one)] > 0:
                frame[ARKIT.index(other)] = 0
    weights[:, ARKIT.indices(["headYaw", "headPitch", "headRoll"])] = chance.normal(0, 0.15, (frames, 3))
    return weights


@pytest.fixture(scope="module")
def smooth(head: BuiltInHead) -> tuple[np.ndarray, Tensor]:
    """64 frames of curves without jumps, and their vertices."""
    keys = sparse_weights(7, seed=1)
    keys[:, 52:] = 0
    times = np.linspace(0, 1.5, 64)
    weights = np.stack([np.interp(times, np.arange(7), curve) for curve in keys.T], 1).astype(np.float32)
    return weights, head(torch.from_numpy(weights))


def test_random_sparse_weights_are_recovered(head: BuiltInHead) -> None:
    weights = sparse_weights(24)
    found = solve(head(torch.from_numpy(weights)), head, preferences=STILLS)
    error = np.abs(found.animation.weights - weights)
    assert error.mean() < 0.01 and error.max() < 0.2
    assert found.residual.by_region["lips"] < 0.1
    assert np.abs(found.drift).max() < 1e-5


def test_weights_stay_in_bounds_whatever_is_asked(head: BuiltInHead, pose: Pose) -> None:
    too_far = head.neutral() + 2.5 * (head(pose(jawOpen=1.0, mouthSmile=1.0)) - head.neutral())
    found = solve(too_far, head).animation
    assert found.out_of_range() == {}
    assert found["jawOpen"].item() == 1.0


def test_noise_hardly_moves_the_lips(head: BuiltInHead, smooth: tuple[np.ndarray, Tensor]) -> None:
    _, vertices = smooth
    noise = torch.randn(vertices.shape, generator=torch.Generator().manual_seed(0)) * 0.0005 / 3**0.5
    clean, noisy = (head(torch.tensor(solve(v, head).animation.weights)) for v in (vertices, vertices + noise))
    moved = 1000 * (clean - noisy)[:, head.regions["lips"]].norm(dim=-1)
    assert moved.mean() < 0.2 and moved.mean(1).max() < 0.5


def test_one_side_stays_one_side(head: BuiltInHead, pose: Pose) -> None:
    asked = pose(mouthSmileLeft=0.8, browDownLeft=0.6, eyeBlinkLeft=1.0, mouthStretchRight=0.4)
    found = solve(head(asked), head, preferences=STILLS).animation.weights
    np.testing.assert_allclose(found, asked, atol=0.02)


def test_opposite_shapes_exclude_each_other(head: BuiltInHead, pose: Pose) -> None:
    both = solve(head(pose(jawLeft=0.6, jawRight=0.5)), head, preferences=STILLS).animation
    assert min(both["jawLeft"].item(), both["jawRight"].item()) == 0


def test_the_mouth_is_not_explained_by_brows_and_cheeks(head: BuiltInHead, pose: Pose) -> None:
    vertices = head(pose(jawOpen=0.3, mouthFunnel=0.4))
    vertices[:, head.regions["lips"]] += torch.tensor([0.0, 0.0, 0.001])  # what no shape does
    found = solve(vertices, head).animation
    strangers = [name for name in ARKIT_SHAPES if name.startswith(("brow", "cheek", "eye", "nose"))]
    assert max(found[name].item() for name in strangers) < 0.05


def test_the_turn_of_head_and_eyes_is_found(head: BuiltInHead, pose: Pose) -> None:
    asked = pose(headYaw=0.5, headPitch=-0.2, headRoll=0.1, eyeLookInLeft=0.5, eyeLookDownRight=0.7)
    found = solve(head(asked), head, preferences=STILLS)
    np.testing.assert_allclose(found.animation.weights, asked, atol=0.01)


def test_a_head_that_moves_as_a_whole_drifts(head: BuiltInHead, pose: Pose) -> None:
    shift = torch.tensor([0.01, -0.02, 0.03])
    found = solve(head(pose(jawOpen=0.2, headYaw=0.3)) + shift, head)
    np.testing.assert_allclose(found.drift[0], shift, atol=1e-4)
    assert found.animation["jawOpen"].item() == pytest.approx(0.2, abs=0.01)


def test_lips_that_touch_keep_touching(head: BuiltInHead, pose: Pose) -> None:
    vertices = head(torch.cat([pose(jawOpen=x, mouthClose=x, mouthFunnel=0.3 * x) for x in (0.2, 0.5)]))
    vertices[:, head.regions["lower_lip"], 1] += 0.0005
    found = solve(vertices, head, preferences=STILLS).residual
    assert (found.wanted_opening < 0.2).any()
    assert found.lost_contacts() == ()


def test_another_person_and_another_rest(head: BuiltInHead, pose: Pose) -> None:
    identity = head.sample_identity(torch.Generator().manual_seed(2))
    asked = pose(jawOpen=0.4, mouthPucker=0.3)
    known = solve(head(asked, identity), head, identity=identity)
    np.testing.assert_allclose(known.animation.weights, asked, atol=0.03)
    dented = torch.zeros_like(head.rest)
    dented[:, 2] = 0.002 * torch.sin(80 * head.rest[:, 0])
    rest = solve(head(asked) + dented, head, neutral=head.neutral()[0] + dented)
    np.testing.assert_allclose(rest.animation.weights, asked, atol=0.03)


def test_a_stream_has_no_seams(
    head: BuiltInHead, smooth: tuple[np.ndarray, Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, vertices = smooth
    monkeypatch.setattr("avatar.rigs.solve.FRAMES", 24)
    whole = Solver(head)(vertices.numpy(), slice(None)).weights
    pieces = list(solve_stream(vertices.split(17), head))
    assert len(pieces) == 3
    np.testing.assert_allclose(gather(pieces, head, 60.0).animation.weights, whole, atol=5e-3)


def test_what_is_left_over_is_told(head: BuiltInHead, pose: Pose) -> None:
    vertices = head(torch.cat([pose(), pose(jawOpen=0.5), pose()]))
    vertices[1, head.regions["upper_lip"], 2] += 0.004
    residual = solve(vertices, head, preferences=STILLS).residual
    assert residual.worst_frames(1) == (1,)
    assert residual.by_region["upper_lip"] > 0.2 > residual.by_region["left_lids"]
    assert residual.moved["jawOpen"] == max(residual.moved.values())
    assert "worst frames: 1 (" in residual.summary()


def test_no_frames_give_no_frames(head: BuiltInHead) -> None:
    found = solve(head.neutral()[:0], head)
    assert len(found.animation) == 0 and found.residual.worst_frames() == ()


def test_errors_say_what_is_wrong(head: BuiltInHead) -> None:
    with pytest.raises(ValueError, match=r"vertices must be \[T, 6589, 3\] .* got \[1, 4, 3\].*transfer"):
        solve(torch.zeros(1, 4, 3), head)
    broken = head.neutral().clone()
    broken[0, 7, 1] = torch.nan
    with pytest.raises(ValueError, match=r"finite.*frame 0, vertex 7"):
        solve(broken, head)
    with pytest.raises(ValueError, match="sparsity must be a number of at least 0, got -1"):
        Preferences(sparsity=-1)
    with pytest.raises(KeyError, match="jawOpen"):
        solve(head.neutral(), head, preferences=Preferences(still=("jawopn",)))
