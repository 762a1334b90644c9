"""The sound of an animation, encoded in step with its pictures."""

import logging
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
from av import AudioStream
from av.container import OutputContainer
from numpy.typing import NDArray

from avatar.audio import read_audio

log = logging.getLogger(__name__)

AUDIO_RATE = 48000
AUDIO_BITS = 128_000

_NOTABLE_MISMATCH = 0.5
"""Seconds between the ends of sound and animation that are worth a warning."""


class SoundTrack:
    """Reads a file block by block and encodes what belongs to the pictures so far.

    The track lasts as long as the animation: longer sound is cut, shorter sound ends in silence, with a warning.

    Args:
        container: the file being written.
        encoder: for example "aac".
        path: the recording.
        duration: of the animation, in seconds.
    """

    def __init__(self, container: OutputContainer, encoder: str, path: Path, duration: float) -> None:
        self._container = container
        self._path = path
        self._blocks: Iterator[NDArray[np.float32]] = read_audio(path, AUDIO_RATE)
        self._stream = cast(AudioStream, container.add_stream(encoder, rate=AUDIO_RATE, layout="mono"))
        if not encoder.startswith("pcm"):
            self._stream.bit_rate = AUDIO_BITS
        self._to_format = av.AudioResampler(self._stream.codec_context.format, "mono", AUDIO_RATE)
        self._fifo = av.AudioFifo()
        self._duration = duration
        self._wanted = round(duration * AUDIO_RATE)
        self._written = self._heard = 0
        self._ended = False

    def add_until(self, time: float) -> None:
        """Encode the sound up to an instant in seconds."""
        while not self._ended and self._written < min(round(time * AUDIO_RATE), self._wanted):
            block = next(self._blocks, None)
            if block is None:
                self._ended = True
                break
            self._heard += len(block)
            self._write(block[: self._wanted - self._written])
        self._encode(flush=False)

    def close(self) -> None:
        """Encode the rest."""
        self.add_until(self._duration)
        length = (self._heard + sum(map(len, self._blocks))) / AUDIO_RATE
        if abs(length - self._duration) > _NOTABLE_MISMATCH:
            log.warning(
                "%s lasts %.2f s and the animation %.2f s: the video is as long as the animation",
                self._path,
                length,
                self._duration,
            )
        self._encode(flush=True)
        self._container.mux(self._stream.encode(None))

    def _write(self, samples: NDArray[np.float32]) -> None:
        if len(samples) == 0:
            return
        frame = av.AudioFrame.from_ndarray(samples[None].copy(), format="flt", layout="mono")
        frame.sample_rate = AUDIO_RATE
        frame.pts = self._written
        frame.time_base = Fraction(1, AUDIO_RATE)
        for piece in self._to_format.resample(frame):
            self._fifo.write(piece)
        self._written += len(samples)

    def _encode(self, *, flush: bool) -> None:
        size = self._stream.codec_context.frame_size or 1024
        while (frame := self._fifo.read(size, partial=flush)) is not None:
            self._container.mux(self._stream.encode(frame))
