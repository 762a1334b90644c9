import numpy as np
import pytest
import torch

from avatar.speech.mel import (
    FLOOR,
    HOP,
    MARGIN,
    QUIETEST_LEVEL,
    REFERENCE_LEVEL,
    LogMel,
    frame_energy,
    mel_filters,
    speech_level,
)


def slow_power(samples: np.ndarray) -> np.ndarray:
    """Mel power from the definition of the Fourier sum and of the triangles, one value at a time."""

    def mel(hertz: float) -> float:
        return hertz * 3 / 200 if hertz < 1000 else 15 + np.log(hertz / 1000) * 27 / np.log(6.4)

    def hertz(mel: float) -> float:
        return mel * 200 / 3 if mel < 15 else 1000 * 6.4 ** ((mel - 15) / 27)

    corners = [hertz(i * mel(8000.0) / 81) for i in range(82)]
    n = np.arange(400)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * n / 400)
    rows = []
    for start in range(0, len(samples) - 399, 160):
        piece = samples[start : start + 400] * window
        energy = [abs(np.sum(piece * np.exp(-2j * np.pi * k * n / 400))) ** 2 for k in range(201)]
        row = []
        for left, centre, right in zip(corners, corners[1:], corners[2:], strict=False):
            tent = [
                max(0.0, min((40 * k - left) / (centre - left), (right - 40 * k) / (right - centre)))
                for k in range(201)
            ]
            row.append(np.dot(tent, energy) * 2 / (right - left))
        rows.append(row)
    return np.array(rows).T


def test_power_equals_the_definition() -> None:
    samples = np.random.default_rng(0).standard_normal(400 + 2 * 160).astype(np.float32) * 0.1
    power = LogMel().power(torch.from_numpy(samples)[None])[0]
    np.testing.assert_allclose(power.numpy(), slow_power(samples), rtol=1e-4, atol=1e-6)


def test_filters_have_unit_area_and_cover_the_spectrum() -> None:
    filters = mel_filters()
    assert filters.shape == (80, 201)
    assert (filters >= 0).all()
    # Above 1 kHz the triangles are wide enough for the sampled area to be the true one (40 Hz a bin).
    assert torch.allclose(filters[45:].sum(1) * 40, torch.ones(35), atol=0.05)


def test_frame_is_centred_on_its_instant() -> None:
    samples = np.zeros(2 * MARGIN + 20 * HOP, np.float32)
    samples[MARGIN + 10 * HOP] = 1.0
    energy = frame_energy(LogMel().power(torch.from_numpy(samples)[None]))[0]
    assert int(energy.argmax()) == 10
    assert energy[9] == pytest.approx(float(energy[11]), rel=1e-4)


@pytest.mark.parametrize("gain", [0.01, 0.3, 1.0])
def test_level_makes_gain_disappear(gain: float) -> None:
    rng = np.random.default_rng(1)
    samples = torch.from_numpy((rng.standard_normal(16000) * np.linspace(0.01, 0.5, 16000)).astype(np.float32))[None]
    mel = LogMel()

    def levelled(sound: torch.Tensor) -> torch.Tensor:
        return mel(sound, torch.tensor([speech_level(frame_energy(mel.power(sound))[0].numpy())]))

    torch.testing.assert_close(levelled(samples * gain), levelled(samples), rtol=0, atol=1e-4)


def test_level_ignores_pauses_and_a_click() -> None:
    speech = np.full(300, 100.0, np.float32)
    assert speech_level(speech) == pytest.approx(2.0)
    assert speech_level(np.concatenate([speech, np.full(3000, 1e-3, np.float32)])) == pytest.approx(2.0)
    assert speech_level(np.concatenate([speech, [1e6]]).astype(np.float32)) == pytest.approx(2.0, abs=0.1)


def test_silence_is_the_floor_and_not_amplified() -> None:
    assert speech_level(np.zeros(10, np.float32)) == QUIETEST_LEVEL
    assert speech_level(np.zeros(0, np.float32)) == QUIETEST_LEVEL
    mel = LogMel()(torch.zeros(1, 1600), torch.tensor([QUIETEST_LEVEL]))
    # Even at the largest gain, digital silence stays at the floor.
    assert torch.equal(mel, torch.full_like(mel, (FLOOR + 4) / 4))
    assert QUIETEST_LEVEL < REFERENCE_LEVEL
