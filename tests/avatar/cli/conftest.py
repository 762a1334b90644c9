"""The command line with a stand-in for the speech model."""

from math import ceil

import numpy as np
import pytest

from avatar.animation import Animation
from avatar.animator import Animator
from avatar.cli import main
from avatar.controls import ARKIT


class _Mouth:
    """Opens and closes the jaw twice a second."""

    def predict(self, samples, *, lookahead=None):
        t = np.arange(ceil(len(samples) / 320)) / 50
        return Animation.from_curves(ARKIT, {"jawOpen": 0.5 - 0.5 * np.cos(4 * np.pi * t)}, 50)


@pytest.fixture
def run(monkeypatch, capsys):
    """Run `avatar ...` in this process; gives exit code, standard output and standard error."""
    monkeypatch.setattr(Animator, "load", classmethod(lambda cls: cls(_Mouth())))

    def call(*words):
        code = main([str(word) for word in words])
        seen = capsys.readouterr()
        return code, seen.out, seen.err

    return call


@pytest.fixture
def talk(write_sound, tone):
    """A second of sound in a file."""
    return write_sound("talk.wav", tone(1.0))
