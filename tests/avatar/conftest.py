"""Sounds to test with, made on the spot."""

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

WriteSound = Callable[..., Path]

# Extension to encoder and its sample format.
_CODECS = {
    ".wav": ("pcm_s16le", "s16"),
    ".flac": ("flac", "s16"),
    ".mp3": ("libmp3lame", "fltp"),
    ".ogg": ("vorbis", "fltp"),
    ".opus": ("libopus", "flt"),
    ".m4a": ("aac", "fltp"),
    ".mp4": ("aac", "fltp"),
}


@pytest.fixture
def write_sound(tmp_path: Path) -> WriteSound:
    """Write samples [channels, N] or [N] to a file whose extension picks the codec."""

    def write(
        name: str, samples: NDArray[np.float32], rate: int = 16000, codec: str | None = None, layout: str | None = None
    ) -> Path:
        path = tmp_path / name
        encoder, form = _CODECS[path.suffix]
        if codec is not None:
            encoder, form = codec, "flt" if codec.startswith("pcm_f") else form
        channels = np.atleast_2d(np.asarray(samples, np.float32))
        layout = layout or {1: "mono", 2: "stereo", 6: "5.1", 7: "6.1", 8: "7.1"}[len(channels)]
        with av.open(str(path), "w") as container:
            stream = container.add_stream(encoder, rate=rate, layout=layout)
            stream.format = form
            stream.codec_context.options = {"strict": "experimental"}  # FFmpeg's own vorbis asks for it
            # Interleaved: PyAV runs past the end of frames with eight separate channels.
            frame = av.AudioFrame.from_ndarray(channels.T.reshape(1, -1).copy(), format="flt", layout=layout)
            frame.sample_rate = rate
            frame.pts = 0
            to_format = av.AudioResampler(format=form, layout=layout, rate=rate)
            fifo = av.AudioFifo()
            for piece in [*to_format.resample(frame), *to_format.resample(None)]:
                fifo.write(piece)
            while (piece := fifo.read(stream.frame_size or 1024, partial=True)) is not None:
                container.mux(stream.encode(piece))
            container.mux(stream.encode(None))
        return path

    return write


@pytest.fixture
def tone() -> Callable[..., NDArray[np.float32]]:
    """A sine [N] of 440 Hz."""

    def make(
        seconds: float = 1.0, rate: int = 16000, *, hertz: float = 440.0, level: float = 0.5
    ) -> NDArray[np.float32]:
        return (level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)

    return make
