"""The emotion perceptual loss: what is no difference, what is, and its way back to all controls."""

import pytest
import torch

from avatar.emotion_reading import EmotionReader, FaceAppearance, FacePictures, ReaderConfig
from avatar.losses import EmotionPerceptualLoss
from avatar.rigs import BuiltInHead

SMALL = ReaderConfig(width=32, channels=(8, 8, 16, 16), size=48)


@pytest.fixture(scope="module")
def reader():
    torch.manual_seed(0)
    return EmotionReader(SMALL).double()


@pytest.fixture(scope="module")
def loss(reader):
    return EmotionPerceptualLoss(reader)


def test_equal_pictures_cost_nothing_and_others_something(loss):
    clip = torch.rand(2, 6, 48, 48, dtype=torch.float64)
    assert loss(clip, clip).item() == pytest.approx(0.0, abs=1e-6)
    assert loss(clip, clip.flip(0)) > 1e-4
    with pytest.raises(ValueError, match="must have the same shape"):
        loss(clip, clip[:, :3])
    assert not any(parameter.requires_grad for parameter in loss.reader.parameters())


def test_sequences_compare_whatever_their_order_and_length(reader, loss):
    clip, whole = torch.rand(2, 6, 48, 48, dtype=torch.float64), EmotionPerceptualLoss(reader, sequence=True)
    assert loss(clip, clip.flip(1)) > 1e-4
    assert whole(clip, clip.flip(1)).item() == pytest.approx(0.0, abs=1e-9)
    assert whole(clip, torch.cat([clip, clip], 1)).item() == pytest.approx(0.0, abs=1e-3)
    with pytest.raises(ValueError, match="must have the same shape"):
        whole(clip, clip[:1])


def test_gradients_to_pictures_are_right(loss):
    chance = torch.Generator().manual_seed(0)
    clip, target, way = (torch.rand(1, 4, 48, 48, generator=chance, dtype=torch.float64) for _ in range(3))
    clip.requires_grad_()
    (gradient,) = torch.autograd.grad(loss(clip, target), clip)
    with torch.no_grad():
        rise = loss(clip + 1e-5 * way, target) - loss(clip - 1e-5 * way, target)
    assert (gradient * way).sum().item() == pytest.approx(rise.item() / 2e-5, rel=1e-5)


@pytest.mark.parametrize("sequence", [False, True])
def test_gradients_reach_all_controls_of_the_face(reader, sequence):
    """From weights through rig, rasterizer and net; along the gradient the loss rises as fast as the gradient says.

    The rasterizer's own errors are of some percent where little moves. This net has not learned anything, and hangs on
    single pixels more than one that has.
    """
    loss, head = EmotionPerceptualLoss(reader, sequence=sequence), BuiltInHead.load().double()
    pictures, look = FacePictures(head, SMALL.size, samples=8), [FaceAppearance(yaw=0.2)]
    chance = torch.Generator().manual_seed(1)
    weights = 0.05 + 0.25 * torch.rand(2, len(head.space), generator=chance, dtype=torch.float64)
    weights[:, -9:] = 0.0
    weights[:, head.space.indices(("jawOpen", "mouthClose"))] = torch.tensor([0.5, 0.05], dtype=torch.float64)
    with torch.no_grad():
        target = pictures(head(weights * torch.tensor([[0.5], [1.3]]))[None], look)

    def cost(values):
        return loss(pictures(head(values)[None], look), target)

    weights.requires_grad_()
    (gradient,) = torch.autograd.grad(cost(weights), weights)
    size = dict(zip(head.space.names, gradient.norm(dim=0).tolist(), strict=True))
    turns = {"headYaw", "headPitch", "headRoll"}
    assert min(value for name, value in size.items() if name not in turns) > 1e-6
    # The head's turn shows through the neck alone.
    assert max(size[name] for name in turns) < 0.2 * size["jawOpen"]
    step = 0.02 * gradient / gradient.norm()
    with torch.no_grad():
        rise = (cost(weights + step) - cost(weights - step)).item() / 2
    assert (step * gradient).sum().item() == pytest.approx(rise, rel=0.25)
