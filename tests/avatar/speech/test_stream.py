import numpy as np
import pytest
import torch

from avatar.controls import ARKIT
from avatar.speech import SpeechModel


def in_pieces(model: SpeechModel, samples: np.ndarray, sizes: list[int], lookahead: float = 0.2) -> np.ndarray:
    stream, parts, place = model.stream(lookahead), [], 0
    while place < len(samples):
        size = sizes[len(parts) % len(sizes)]
        parts.append(stream.push(samples[place : place + size]))
        place += size
    return np.concatenate([*parts, stream.flush()])


@pytest.fixture(scope="module")
def shipped() -> SpeechModel:
    return SpeechModel.load()


def columns(model: SpeechModel) -> list[int]:
    return [ARKIT.index(name) for name in model.config.controls]


@pytest.mark.parametrize("lookahead", [0.1125, 0.2, 0.5])
def test_streamed_equals_offline_bit_by_bit(shipped: SpeechModel, speech: np.ndarray, lookahead: float) -> None:
    samples = speech[: 4 * 16000 + 123]
    whole = shipped.predict(samples, lookahead=lookahead).weights[:, columns(shipped)]
    assert np.ptp(whole, 0).max() > 0.3
    assert np.array_equal(in_pieces(shipped, samples, [320], lookahead), whole)
    assert np.array_equal(in_pieces(shipped, samples, [0, 1, 7, 4096, 163], lookahead), whole)


def test_frames_come_no_later_than_the_look_ahead(shipped: SpeechModel) -> None:
    stream, given = shipped.stream(0.2), 0
    for hop in range(1, 100):
        given += len(stream.push(np.zeros(160, np.float32)))
        # Frame k is at k / 50 s, and the next one is needed to interpolate to other rates.
        assert given >= min(np.floor((hop * 0.01 - 0.2 + 1e-9) * 50) + 2, hop * 0.5 * (hop * 0.01 > 0.2))


def test_later_sound_changes_nothing(shipped: SpeechModel, speech: np.ndarray) -> None:
    other = speech[: 3 * 16000].copy()
    other[2 * 16000 :] = 0
    cut = shipped.predict(other, lookahead=0.2).weights
    whole = shipped.predict(speech[: 3 * 16000], lookahead=0.2).weights
    assert np.array_equal(cut[:91], whole[:91])
    assert not np.array_equal(cut[100:], whole[100:])


def test_everything_ahead_is_the_model_on_the_whole(shipped: SpeechModel, speech: np.ndarray) -> None:
    samples = speech[: 3 * 16000]
    padded = torch.from_numpy(np.pad(samples, (2 * 16000 + 200, 2 * 16000 + 200)))[None]
    with torch.no_grad():
        mel = shipped.mel(padded, torch.tensor([shipped._level(samples)]))
        expected = shipped.contacts(shipped(mel[..., : mel.shape[-1] // 2 * 2]))[0, 100:250]
    given = shipped.predict(samples).weights[:, columns(shipped)]
    np.testing.assert_allclose(given, expected, atol=2e-4)


def test_memory_does_not_grow(shipped: SpeechModel) -> None:
    def held(stream: object) -> int:
        parts = [stream._stem, stream._halve, *stream._layers, stream._contacts]  # type: ignore[attr-defined]
        rows = [part.rows for part in parts] + [stream._first]  # type: ignore[attr-defined]
        for attention in stream._blocks:  # type: ignore[attr-defined]
            rows += [attention.hidden, attention.projected]
        return sum(len(row._buffer) for row in rows) + len(stream._audio)  # type: ignore[attr-defined]

    stream = shipped.stream(0.2)
    for _ in range(5):
        stream.push(np.zeros(16000, np.float32))
    before = held(stream)
    for _ in range(16):
        stream.push(np.zeros(16000, np.float32))
    assert held(stream) <= before + 200


def test_after_the_end_nothing_may_come(shipped: SpeechModel) -> None:
    stream = shipped.stream()
    assert len(stream.flush()) == 0
    with pytest.raises(ValueError, match="samples came after flush"):
        stream.push(np.zeros(10, np.float32))
    with pytest.raises(ValueError, match="flushed already"):
        stream.flush()


def test_sound_that_is_none_is_refused_and_changes_nothing(shipped: SpeechModel, speech: np.ndarray) -> None:
    stream = shipped.stream()
    with pytest.raises(ValueError, match=r"samples must be \[n\], one channel, got \[2, 8\]"):
        stream.push(np.zeros((2, 8), np.float32))
    with pytest.raises(ValueError, match="samples must be finite"):
        stream.push(np.full(8, np.nan, np.float32))
    curves = np.concatenate([stream.push(speech[:8000]), stream.flush()])
    np.testing.assert_array_equal(curves, in_pieces(shipped, speech[:8000], [8000]))
