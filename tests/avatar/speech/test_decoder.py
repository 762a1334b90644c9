import torch

from avatar.speech.decoder import CurveDecoder


def decoder() -> CurveDecoder:
    torch.manual_seed(0)
    return CurveDecoder(features=12, curves=3, phones=5, width=8, kernel=3, dilations=(1, 2)).eval()


def test_shapes() -> None:
    decoded = decoder()(torch.randn(2, 20, 12))
    assert decoded.curves.shape == (2, 20, 3)
    assert decoded.phones.shape == (2, 20, 5)


def test_batch_of_one_is_a_slice_of_a_batch() -> None:
    model, features = decoder(), torch.randn(3, 20, 12)
    torch.testing.assert_close(model(features[1:2]).curves, model(features).curves[1:2])


def test_reach_is_exact() -> None:
    model = decoder()
    features = torch.randn(1, 41, 12, requires_grad=True)
    model(features).curves[0, 20].sum().backward()
    assert features.grad is not None
    touched = features.grad[0].abs().sum(1).nonzero()[:, 0]
    assert (int(touched.min()), int(touched.max())) == (20 - model.reach, 20 + model.reach)
