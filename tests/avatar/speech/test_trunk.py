import pytest
import torch
import torch.nn.functional as F

from avatar.speech.trunk import Block, WhisperTrunk, banded_attention


def slow_attention(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, bias: torch.Tensor, past: int, future: int
) -> torch.Tensor:
    """One query at a time, over its own neighbours."""
    out = torch.zeros_like(value)
    batch, heads, length, width = query.shape
    for b in range(batch):
        for h in range(heads):
            for t in range(length):
                near = range(max(t - past, 0), min(t + future + 1, length))
                logits = torch.stack([query[b, h, t] @ key[b, h, s] / width**0.5 + bias[h, s - t + past] for s in near])
                share = logits.softmax(0)
                out[b, h, t] = sum((share[i] * value[b, h, s] for i, s in enumerate(near)), torch.zeros(width))
    return out


@pytest.mark.parametrize(("length", "past", "future"), [(1, 3, 3), (7, 2, 3), (23, 4, 0), (24, 0, 5), (31, 5, 5)])
def test_banded_attention_equals_the_definition(length: int, past: int, future: int) -> None:
    torch.manual_seed(0)
    query, key, value = torch.randn(3, 2, 2, length, 4)
    bias = torch.randn(2, past + 1 + future)
    expected = slow_attention(query, key, value, bias, past, future)
    torch.testing.assert_close(banded_attention(query, key, value, bias, past, future), expected)


def test_banded_attention_gradient() -> None:
    torch.manual_seed(0)
    query, key, value = torch.randn(3, 1, 2, 9, 3, dtype=torch.float64, requires_grad=True)
    bias = torch.randn(2, 4, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda *x: banded_attention(*x, 2, 1), (query, key, value, bias))


def test_block_equals_whispers_formula() -> None:
    torch.manual_seed(0)
    block, hidden = Block(8, 2, past=40, future=40), torch.randn(2, 11, 8)
    normed = F.layer_norm(hidden, (8,), block.attention_norm.weight, block.attention_norm.bias)
    q, k, v = F.linear(normed, block.query_key_value.weight, block.query_key_value.bias).chunk(3, -1)
    heads = []
    for h in range(2):
        part = slice(4 * h, 4 * h + 4)
        heads.append((q[..., part] @ k[..., part].mT / 2).softmax(-1) @ v[..., part])
    after = hidden + block.attention_out(torch.cat(heads, -1))
    fed = block.feed_out(F.gelu(block.feed_in(block.feed_norm(after))))
    torch.testing.assert_close(block(hidden), after + fed)


def test_frames_out_of_reach_do_not_matter() -> None:
    torch.manual_seed(0)
    trunk = WhisperTrunk(width=16, heads=2, depth=2, past=3, future=2)
    mel = torch.randn(1, 80, 120)
    other = mel.clone()
    other[..., : 2 * (30 - trunk.reach)] = 0
    other[..., 2 * (31 + trunk.reach) :] = 0
    torch.testing.assert_close(trunk(other)[:, 30], trunk(mel)[:, 30])
    assert not torch.allclose(trunk(other)[:, 5], trunk(mel)[:, 5])


def test_features_are_the_stem_beside_the_last_layer_at_half_the_rate() -> None:
    trunk = WhisperTrunk(width=16, heads=2, depth=1)
    assert trunk(torch.randn(2, 80, 50)).shape == (2, 25, 32)
