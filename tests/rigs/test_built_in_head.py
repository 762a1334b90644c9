"""The built-in head's interface: shapes, errors, gradients, batches."""

import pytest
import torch
from avatar.rigs import BuiltInHead
from torch import Tensor


@pytest.fixture(scope="module")
def head() -> BuiltInHead:
    return BuiltInHead.load()


def controls(head: BuiltInHead, **values: float) -> Tensor:
    weights = torch.zeros(1, len(head.space))
    for name, value in values.items():
        weights[0, head.space.index(name)] = value
    return weights


def random_weights(head: BuiltInHead, batch: int) -> Tensor:
    weights = torch.rand(batch, len(head.space), generator=torch.Generator().manual_seed(0))
    weights[:, 52:] -= 0.5
    return weights


def test_tables_fit_the_vertices(head: BuiltInHead) -> None:
    vertices = head(torch.zeros(2, len(head.space)))
    count = vertices.shape[1]
    assert vertices.shape == (2, count, 3)
    assert head.faces.max() < count and head.faces.dtype == torch.int64
    assert head.uv.shape == (count, 2) and head.corner_uv.shape == (*head.faces.shape, 2)
    assert head.face_parts.shape == (len(head.faces),) and head.face_parts.max() + 1 == len(head.parts)
    assert head.part_colours.shape == (len(head.parts), 3) and head.vertex_colours.shape == (count, 3)
    assert head.landmarks.shape == (68,) and len(set(head.landmarks.tolist())) == 68
    assert sum(axis.minimum == -1 for axis in head.identity_space.controls) >= 40


def test_a_batch_of_one_is_a_slice_of_a_batch(head: BuiltInHead) -> None:
    weights, identity = random_weights(head, 3), head.sample_identity(torch.Generator().manual_seed(1), 3)
    whole = head(weights, identity)
    for k in range(3):
        torch.testing.assert_close(head(weights[k : k + 1], identity[k : k + 1])[0], whole[k], atol=1e-6, rtol=0)


def test_one_identity_serves_all_frames(head: BuiltInHead) -> None:
    weights, identity = random_weights(head, 3), head.sample_identity(torch.Generator().manual_seed(1))
    torch.testing.assert_close(head(weights, identity), head(weights, identity.expand(3, -1)), atol=1e-6, rtol=0)


def test_equal_seeds_draw_equal_people_within_the_axes(head: BuiltInHead) -> None:
    first, second = (head.sample_identity(torch.Generator().manual_seed(5), 64) for _ in range(2))
    assert torch.equal(first, second) and not torch.equal(first[0], first[1])
    assert (first >= torch.from_numpy(head.identity_space.minimum)).all()
    assert (first <= torch.from_numpy(head.identity_space.maximum)).all()


@pytest.mark.parametrize("shape", [(61,), (2, 60), (2, 3, 61)])
def test_wrong_weights_say_what_was_expected(head: BuiltInHead, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"weights must be \[B, 61\]"):
        head(torch.zeros(shape))


def test_wrong_identity_says_what_was_expected(head: BuiltInHead) -> None:
    with pytest.raises(ValueError, match=r"identity must be \[B, "):
        head(torch.zeros(2, 61), torch.zeros(2, 5))
    with pytest.raises(ValueError, match="identity must have 1 row"):
        head(torch.zeros(2, 61), torch.zeros(3, len(head.identity_space)))


def test_a_missing_file_says_how_to_bake_one(tmp_path: object) -> None:
    with pytest.raises(FileNotFoundError, match=r"python -m avatar\.rigs\.bake"):
        BuiltInHead.load(f"{tmp_path}/none.safetensors")
