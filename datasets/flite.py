"""Flite (permissive licence) as a corpus voice: it prints where each of its phones ends."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from avatar.articulation.phones import SILENCE
from avatar.datasets.manners import MANNERS
from avatar.datasets.phones import FLITE, from_table, join
from avatar.datasets.synthesis import MissingToolError, Synthesis, Voice, read_wav

PITCH = {"kal16": 105.0, "slt": 170.0, "rms": 100.0, "awb": 130.0}
"""The voices, with the mean pitch of each in hertz."""

PITCH_RANGE = 15.0
"""Usual standard deviation of the pitch in hertz."""

_SEGMENT = re.compile(r"(\S+):([0-9.]+)")


class Flite:
    """The flite program; see the module."""

    licence = "Flite's own, BSD-like"

    def __init__(self) -> None:
        program = shutil.which("flite")
        if program is None:
            raise MissingToolError(
                "the corpus needs the program flite; apt-get install flite (or build it: cmuflite.org)"
            )
        self._program = program

    def speak(self, text: str, voice: Voice, *, speed: float, pitch: float = 1.0) -> Synthesis:
        """Speak a text; see `Synthesizer.speak`."""
        (name,) = voice.styles
        with tempfile.TemporaryDirectory() as folder:
            sound = Path(folder) / "speech.wav"
            said = subprocess.run(
                [
                    self._program, "-voice", name, "-psdur",
                    "--setf", f"duration_stretch={1 / speed:.4f}",
                    "--setf", f"int_f0_target_mean={PITCH[name] * pitch:.2f}",
                    *_liveliness(voice.manner),
                    "-t", text, "-o", str(sound),
                ],
                check=True, capture_output=True, text=True,
            )  # fmt: skip
            samples = read_wav(sound)
        return Synthesis(samples, join(read_segments(said.stdout)))


def _liveliness(manner: str) -> list[str]:
    """Options for a wider range of pitch, where the manner has one."""
    factor = MANNERS[manner].liveliness
    return [] if factor == 1 else ["--setf", f"int_f0_target_stddev={PITCH_RANGE * factor:.2f}"]


def read_segments(printed: str) -> list[tuple[str, float, float]]:
    """Read "pau:0.220 ax:0.295 ..." (or one utterance a line) into (symbol, start, end) in seconds.

    Flite begins its clock anew with every utterance of a text, so that later lines are moved behind earlier ones.
    """
    pieces: list[tuple[str, float, float]] = []
    time = 0.0
    for line in printed.splitlines():
        offset = time
        for name, end in _SEGMENT.findall(line):
            pieces.append((from_table(name, FLITE), time, offset + float(end)))
            time = offset + float(end)
    return pieces or [(SILENCE, 0.0, 0.0)]
