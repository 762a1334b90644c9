"""MP4: H.264 pictures with the sound in step as AAC."""

import logging
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import OutputContainer
from av.video.reformatter import ColorRange, Colorspace
from numpy.typing import NDArray

from avatar.animation import Animation
from avatar.audio import read_audio
from avatar.export.formats import in_arkit
from avatar.export.frames import Picture, Portrait
from avatar.export.options import ExportOptions
from avatar.files import replacing
from avatar.progress import track

log = logging.getLogger(__name__)

AUDIO_RATE = 48000
AUDIO_BITS = 128_000
_BT709 = 1
_SRGB = 13

_NOTABLE_MISMATCH = 0.5
"""Seconds between the ends of sound and animation that are worth a warning."""


def write(animation: Animation, path: str, options: ExportOptions) -> None:
    """Draw every frame, and encode it with the sound of `options.audio` or of the animation, if there is any.

    The video lasts as long as the animation: longer sound is cut, shorter sound ends in silence, with a warning.
    """
    in_arkit(animation, path)
    audio = options.audio or animation.audio
    pictures = Portrait(options).pictures(animation)
    with (
        replacing(path) as temporary,
        av.open(str(temporary), "w", format="mp4", options={"movflags": "+faststart"}) as container,
    ):
        video = _Video(container, animation.fps, options.size)
        sound = None if audio is None else _Sound(container, audio, animation.duration)
        for t, picture in enumerate(track(pictures, f"drawing {Path(path).name}", total=len(animation))):
            video.add(picture)
            if sound is not None:
                # Little by little, or the container would have to hold back all pictures until the sound came.
                sound.add_until((t + 1) / animation.fps)
        video.close()
        if sound is not None:
            sound.close()


class _Video:
    """Encodes pictures [H, W, 4], which must be opaque."""

    def __init__(self, container: OutputContainer, fps: float, size: int) -> None:
        rate = Fraction(fps).limit_denominator(1001)
        self._container = container
        self._stream = container.add_stream("libx264", rate=rate, options={"crf": "18", "preset": "veryfast"})
        self._stream.width = self._stream.height = size
        self._stream.pix_fmt = "yuv420p"
        context = self._stream.codec_context
        context.color_range = ColorRange.MPEG
        context.colorspace = context.color_primaries = _BT709
        context.color_trc = _SRGB

    def add(self, picture: Picture) -> None:
        rgb = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture[..., :3]), format="rgb24")
        frame = rgb.reformat(
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
        )
        self._container.mux(self._stream.encode(frame))

    def close(self) -> None:
        self._container.mux(self._stream.encode(None))


class _Sound:
    """Reads a file block by block and encodes what belongs to the pictures so far."""

    def __init__(self, container: OutputContainer, path: Path, duration: float) -> None:
        self._container = container
        self._path = path
        self._blocks: Iterator[NDArray[np.float32]] = read_audio(path, AUDIO_RATE)
        self._stream = container.add_stream("aac", rate=AUDIO_RATE, layout="mono")
        self._stream.bit_rate = AUDIO_BITS
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
        frame = av.AudioFrame.from_ndarray(samples[None].copy(), format="fltp", layout="mono")
        frame.sample_rate = AUDIO_RATE
        frame.pts = self._written
        frame.time_base = Fraction(1, AUDIO_RATE)
        self._fifo.write(frame)
        self._written += len(samples)

    def _encode(self, *, flush: bool) -> None:
        size = self._stream.codec_context.frame_size or 1024
        while (frame := self._fifo.read(size, partial=flush)) is not None:
            self._container.mux(self._stream.encode(frame))
