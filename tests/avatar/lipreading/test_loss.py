"""The lip-reading loss: what is no difference, what is, and its way back to all controls."""

import pytest
import torch

from avatar.lipreading import Appearance, LipReadingLoss, MouthPictures, PhoneReader, ReaderConfig
from avatar.rigs import BuiltInHead

SMALL = ReaderConfig(phones=("SIL", "AA"), width=32, channels=(8, 8, 16, 16), blocks=2)


@pytest.fixture(scope="module")
def loss():
    torch.manual_seed(0)
    return LipReadingLoss(PhoneReader(SMALL).double())


def test_equal_pictures_cost_nothing_and_others_something(loss):
    clip = torch.rand(2, 6, 48, 48, dtype=torch.float64)
    assert loss(clip, clip).item() == pytest.approx(0.0, abs=1e-6)
    assert loss(clip, clip.flip(0)) > 1e-4
    with pytest.raises(ValueError, match="must have the same shape"):
        loss(clip, clip[:1])
    assert not any(parameter.requires_grad for parameter in loss.reader.parameters())


def test_gradients_to_pictures_are_right(loss):
    chance = torch.Generator().manual_seed(0)
    clip, target, way = (torch.rand(1, 6, 48, 48, generator=chance, dtype=torch.float64) for _ in range(3))
    clip.requires_grad_()
    (gradient,) = torch.autograd.grad(loss(clip, target), clip)
    with torch.no_grad():
        rise = loss(clip + 1e-5 * way, target) - loss(clip - 1e-5 * way, target)
    assert (gradient * way).sum().item() == pytest.approx(rise.item() / 2e-5, rel=1e-5)


def test_gradients_reach_all_controls_of_the_mouth(loss):
    """From weights through rig, rasterizer and net; along the gradient the loss rises as fast as the gradient says.

    The rasterizer's own errors are of some percent where little moves. This net has not learned anything, and hangs on
    single pixels more than one that has.
    """
    head = BuiltInHead.load().double()
    pictures, look = MouthPictures(head, samples=8), [Appearance(yaw=0.2)]
    chance = torch.Generator().manual_seed(1)
    weights = 0.05 + 0.25 * torch.rand(4, len(head.space), generator=chance, dtype=torch.float64)
    weights[:, -9:] = 0.0
    weights[:, head.space.indices(("jawOpen", "mouthClose"))] = torch.tensor([0.5, 0.05], dtype=torch.float64)
    with torch.no_grad():
        target = pictures(head(weights * torch.tensor([[0.6], [1.2], [0.4], [0.9]]))[None], look)

    def cost(values):
        return loss(pictures(head(values)[None], look), target)

    weights.requires_grad_()
    (gradient,) = torch.autograd.grad(cost(weights), weights)
    names = head.space.names
    size = dict(zip(names, gradient.norm(dim=0).tolist(), strict=True))
    of_mouth = [name for name in names if name.startswith(("jaw", "mouth", "tongue", "cheekPuff", "noseSneer"))]
    assert min(size[name] for name in of_mouth) > 1e-4
    # Neither eyes nor the head's turn show, apart from the neck's below the chin.
    assert max(value for name, value in size.items() if "Eye" in name or "eyeBlink" in name) < 1e-6
    assert max(size[name] for name in ("headYaw", "headPitch", "headRoll")) < 0.1 * size["jawOpen"]
    step = 0.02 * gradient / gradient.norm()
    with torch.no_grad():
        rise = (cost(weights + step) - cost(weights - step)).item() / 2
    assert (step * gradient).sum().item() == pytest.approx(rise, rel=0.25)
