"""Mouths that follow the loudness."""

import numpy as np

from avatar.evaluation.baseline import LOUDEST, envelope_animations


def test_the_loudest_frame_opens_widest() -> None:
    samples = np.concatenate([np.zeros(8000), np.full(8000, 0.5), np.full(8000, 0.1)])
    for animation in envelope_animations(samples, sample_rate=16000, fps=50).values():
        jaw = animation["jawOpen"]
        assert len(jaw) == 75 and jaw[:20].max() == 0 and np.allclose(jaw[30:48], LOUDEST)
        assert 0 < jaw[60] < LOUDEST


def test_silence_stays_closed() -> None:
    for animation in envelope_animations(np.zeros(16000), sample_rate=16000, fps=50).values():
        assert not animation.weights.any()
