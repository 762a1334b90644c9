import pytest
import torch
from torch import Tensor

from avatar.speech.encoders.encoder import LayerChoice, WindowedEncoder, check_samples, windows


@pytest.mark.parametrize("frames", [1, 10, 11, 17, 30, 101])
def test_windows_cover_everything_once_with_context_at_inner_edges(frames: int) -> None:
    kept = 0
    for window in windows(frames, length=10, context=3):
        assert window.keep_first == kept < window.keep_last
        assert window.last - window.first == min(10, frames)
        assert window.keep_first - window.first >= (3 if window.first else 0)
        assert window.last - window.keep_last == (3 if window.last < frames else 0)
        kept = window.keep_last
    assert kept == frames


class Counting(WindowedEncoder):
    """Gives each frame its first sample, less the recording's mean."""

    def __init__(self) -> None:
        super().__init__(features=1, window=10, context=2)

    def level(self, samples: Tensor) -> Tensor:
        return samples.mean(1)

    def hear(self, samples: Tensor, level: Tensor) -> Tensor:
        return (samples[:, ::320] - level[:, None])[..., None]


def test_pieces_are_heard_at_the_level_of_the_whole() -> None:
    samples = torch.rand(2, 320 * 33 + 5)
    encoded = Counting().encode(samples)
    assert torch.equal(encoded, (samples[:, ::320] - samples.mean(1, keepdim=True))[..., None])
    assert len(list(Counting().pieces(samples))) > 3


def test_reading_pieces_does_not_switch_gradients_off() -> None:
    for _ in Counting().pieces(torch.rand(1, 320 * 20)):
        assert torch.is_grad_enabled()


def test_windows_must_be_longer_than_their_context() -> None:
    with pytest.raises(ValueError, match=r"window must be longer than the context of 2 s on both sides, got 4 s"):
        WindowedEncoder.__init__(Counting(), features=1, window=200, context=100)


def test_several_layers_are_put_side_by_side_or_added() -> None:
    hidden = [torch.full((1, 2, 3), float(i)) for i in range(4)]
    assert LayerChoice.of((1, 3), None, 3).mix(hidden)[0, 0].tolist() == [1, 1, 1, 3, 3, 3]
    assert LayerChoice.of((1, 3), (0.5, 2), 3).mix(hidden)[0, 0].tolist() == [6.5, 6.5, 6.5]
    assert LayerChoice.of(None, None, 12).layers == (6,)


@pytest.mark.parametrize("layers", [4, -1, (), (0, 7)])
def test_layers_must_be_there(layers: int | tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="layers must be one or several of 0 to 3"):
        LayerChoice.of(layers, None, 3)


def test_weights_must_be_one_for_each_layer() -> None:
    with pytest.raises(ValueError, match="weights must hold one number for each of the 2 layers, got 1"):
        LayerChoice.of((0, 1), (1.0,), 3)


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        (torch.zeros(320), r"must be \[B, N\] float at 16 kHz, got \[320\]"),
        (torch.zeros(1, 320, dtype=torch.int16), "int16"),
        (torch.zeros(1, 0), "at least one sample"),
        (torch.full((1, 320), torch.nan), "finite"),
    ],
)
def test_samples_must_be_recordings(samples: Tensor, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_samples(samples)
