"""Sound from any file or array: mono float32 with an explicit sample rate."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import av
import numpy as np
import soxr
from av.container import InputContainer
from numpy.typing import ArrayLike, NDArray

log = logging.getLogger(__name__)

SAMPLE_RATE = 16000
"""Hz; what the speech model hears."""

SHORTEST = 0.05
"""Seconds; under this there is no sound of speech to animate."""

SOUND_EXTENSIONS = frozenset(
    {".aac", ".aif", ".aiff", ".flac", ".m4a", ".mp3", ".oga", ".ogg", ".opus", ".wav", ".wma"}
)
"""What a folder of recordings is searched for. Other files, videos among them, can still be named one by one."""

_SILENT_PEAK = 1e-4
_CLIPPED_LEVEL = 0.99
_CLIPPED_SHARE = 1e-3
_LOUDEST_PEAK = 8.0


@dataclass(frozen=True, eq=False)
class Sound:
    """Mono sound.

    Args:
        samples: [N] float32, -1..1. Made read-only; copied only where the type differs.
        sample_rate: samples per second, above 0.
        path: the file that it came from, if any.

    Raises:
        ValueError: not one channel, samples that are not finite, or no usable rate.
    """

    samples: NDArray[np.float32]
    sample_rate: int
    path: Path | None = None

    def __post_init__(self) -> None:
        samples = np.asarray(self.samples)
        if samples.dtype != np.float32:
            with np.errstate(over="ignore"):  # becomes inf, which is refused below
                samples = samples.astype(np.float32)
        if samples.ndim != 1:
            raise ValueError(
                f"samples must be [N], one channel, got {list(samples.shape)}; average the channels, or use as_sound"
            )
        check_finite(samples, self.sample_rate)
        if not (np.isfinite(self.sample_rate) and self.sample_rate > 0 and self.sample_rate == int(self.sample_rate)):
            raise ValueError(f"sample_rate must be a whole number of Hz above 0, got {self.sample_rate}")
        view = samples.view()
        view.flags.writeable = False
        object.__setattr__(self, "samples", view)
        object.__setattr__(self, "sample_rate", int(self.sample_rate))

    def __len__(self) -> int:
        return len(self.samples)

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.sample_rate

    @property
    def peak(self) -> float:
        """Largest absolute sample; 0 for no samples."""
        # Not abs(): an hour of sound would be copied whole.
        return float(max(self.samples.max(), -self.samples.min())) if len(self.samples) else 0.0

    @property
    def silent(self) -> bool:
        """Whether nothing in it can be heard: the peak is under -80 dB of full scale."""
        return self.peak < _SILENT_PEAK

    def resample(self, sample_rate: int) -> "Sound":
        """The same sound at another sample rate."""
        if sample_rate == self.sample_rate:
            return self
        return Sound(soxr.resample(self.samples, self.sample_rate, sample_rate), sample_rate, self.path)


def as_sound(
    audio: str | os.PathLike[str] | Sound | ArrayLike,
    *,
    sample_rate: int | None = None,
    target_rate: int = SAMPLE_RATE,
) -> Sound:
    """Whatever a user calls audio, as mono sound fit for animation.

    Sound that is silent or clipped is let through with a warning in the log.

    Args:
        audio: a file (see `load_audio`), a `Sound`, or samples [N] or [channels, N]: float in -1..1, or integers that
            span their type.
        sample_rate: samples per second of an array; needed there and only there.
        target_rate: samples per second of the result.

    Returns:
        The sound at `target_rate`, at least 50 ms of it.

    Raises:
        OSError: there is no such file, or it may not be read.
        ValueError: no sound in it, shorter than 50 ms, not finite, far outside -1..1, or a rate missing or too many.

    Example:
        >>> as_sound(np.zeros((2, 8000)), sample_rate=8000).duration
        1.0
    """
    if isinstance(audio, str | os.PathLike | Sound):
        if sample_rate is not None:
            raise ValueError(
                f"sample_rate is only for arrays; {type(audio).__name__} brings its own, got {sample_rate}"
            )
        sound = audio.resample(target_rate) if isinstance(audio, Sound) else load_audio(audio, target_rate)
    else:
        if sample_rate is None:
            raise ValueError("sample_rate must be given with an array of samples, got none; for example 16000")
        sound = Sound(to_mono(np.asarray(audio)), sample_rate).resample(target_rate)
    _check_usable(sound)
    return sound


def load_audio(path: str | os.PathLike[str], sample_rate: int = SAMPLE_RATE) -> Sound:
    """Read the sound of an audio or video file: any rate and channel count to mono.

    Args:
        path: wav, flac, mp3, ogg, m4a, a video, or whatever else FFmpeg decodes.
        sample_rate: samples per second to resample to.

    Returns:
        The channels' mean, of any length above 0.

    Raises:
        OSError: there is no such file, or it may not be read.
        ValueError: not a media file, no sound in it, nothing decodable, or samples that are not finite.
    """
    # One growing buffer: joining a list of blocks would hold an hour of sound twice.
    buffer = bytearray()
    for block in read_audio(path, sample_rate):
        buffer += block.tobytes()
    if not buffer:
        raise ValueError(f"{path} holds no sound: its audio track is empty")
    return Sound(np.frombuffer(buffer, np.float32), sample_rate, Path(path))


def read_audio(path: str | os.PathLike[str], sample_rate: int = SAMPLE_RATE) -> Iterator[NDArray[np.float32]]:
    """Read the sound of a file block by block, so that memory does not grow with its length.

    Args:
        path: see `load_audio`.
        sample_rate: samples per second to resample to.

    Yields:
        Blocks [n] of mono samples that follow one another.

    Raises:
        OSError, ValueError: see `load_audio`.
    """
    done = 0.0
    resampler, rate = None, 0
    for samples, frame_rate in _decode(Path(path)):
        try:
            check_finite(samples, frame_rate, start=done)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
        done += len(samples) / frame_rate
        if frame_rate == sample_rate and resampler is None:
            yield samples
            continue
        if resampler is None or frame_rate != rate:
            # Streams that were joined may change their rate half-way.
            if resampler is not None:
                yield resampler.resample_chunk(np.zeros(0, np.float32), last=True)
            resampler, rate = soxr.ResampleStream(frame_rate, sample_rate, 1, dtype="float32"), frame_rate
        yield resampler.resample_chunk(samples)
    if resampler is not None:
        yield resampler.resample_chunk(np.zeros(0, np.float32), last=True)


@dataclass(frozen=True)
class Track:
    """What a file says about its sound.

    Args:
        codec: for example "flac".
        channels: how many.
        sample_rate: samples per second.
    """

    codec: str
    channels: int
    sample_rate: int


def describe(path: str | os.PathLike[str]) -> Track:
    """What a file says about its sound, without decoding it.

    Raises:
        OSError, ValueError: see `load_audio`.
    """
    with _container(Path(path)) as container:
        context = container.streams.audio[0].codec_context
        return Track(context.name, context.layout.nb_channels, context.sample_rate)


@contextmanager
def _container(path: Path) -> Iterator[InputContainer]:
    """A media file that has sound."""
    # Opened here and not by FFmpeg, which would take the name for a web address, a playlist or a pattern of names.
    with _open(path) as file:
        try:
            container = av.open(file, "r", metadata_errors="replace")
        except av.error.FFmpegError as error:
            reason = "it is empty" if path.stat().st_size == 0 else error.strerror
            raise ValueError(f"{path} is not an audio or video file that can be read: {reason}") from None
        with container:
            if not container.streams.audio:
                raise ValueError(f"{path} has no sound: there is no audio track in it")
            yield container


def _decode(path: Path) -> Iterator[tuple[NDArray[np.float32], int]]:
    """Mono blocks [n] of the first audio track, each with its own sample rate."""
    damaged = decoded = 0
    unpack = _Unpacker()
    with _container(path) as container:
        try:
            for packet in container.demux(container.streams.audio[0]):
                try:
                    frames = packet.decode()
                except av.error.FFmpegError:
                    damaged += 1
                    continue
                for frame in frames:
                    decoded += 1
                    yield to_mono(unpack(frame)), frame.sample_rate
        except av.error.FFmpegError as error:
            raise ValueError(f"{path} cannot be read to its end: {error.strerror}") from None
    if damaged and not decoded:
        raise ValueError(f"{path} cannot be decoded: all {damaged} pieces of its audio track are damaged")
    if damaged:
        log.warning("%s: skipped %d damaged pieces of its audio track", path, damaged)


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise FileNotFoundError(f"no such audio file: {path}") from None
    except IsADirectoryError:
        raise IsADirectoryError(f"{path} is a folder, not an audio file; name the files in it") from None
    except OSError as error:
        raise type(error)(f"cannot read {path}: {error.strerror or error}") from None


class _Unpacker:
    """Decoded frames of any sample format to float32 samples [channels, n].

    FFmpeg does it and not `to_ndarray`, which runs past the end of frames with eight separate channels.
    """

    def __init__(self) -> None:
        self._converter: tuple[tuple[str, str, int], av.AudioResampler] | None = None

    def __call__(self, frame: av.AudioFrame) -> NDArray[np.float32]:
        kind = (frame.format.name, frame.layout.name, frame.sample_rate)
        if self._converter is None or self._converter[0] != kind:
            self._converter = kind, av.AudioResampler("flt")
        pieces = [
            piece.to_ndarray().reshape(-1, piece.layout.nb_channels) for piece in self._converter[1].resample(frame)
        ]
        return np.asarray(np.concatenate(pieces).T, np.float32) if pieces else np.zeros((1, 0), np.float32)


def to_mono(samples: NDArray[Any]) -> NDArray[np.float32]:
    """Samples of any type as one channel.

    Args:
        samples: [N] or [channels, N]: float in -1..1, or integers that span their type.

    Returns:
        [N] float32 in -1..1, the channels' mean.

    Raises:
        ValueError: they are not samples, or transposed.
    """
    if samples.ndim not in (1, 2) or samples.dtype.kind not in "fiu":
        raise ValueError(
            f"audio must be real samples [N] or [channels, N], got {list(samples.shape)} of {samples.dtype}"
        )
    if samples.ndim == 2 and samples.shape[0] > 64 >= samples.shape[1]:
        raise ValueError(f"audio must be [channels, N], got {list(samples.shape)}; transpose it")
    with np.errstate(over="ignore"):
        mono = (samples if samples.ndim == 1 else samples.mean(0, dtype=np.float64)).astype(np.float32)
    if samples.dtype.kind in "iu":
        span = np.iinfo(samples.dtype)
        half = np.float32((int(span.max) - int(span.min) + 1) / 2)
        mono = (mono - (half if samples.dtype.kind == "u" else np.float32(0))) / half
    return np.asarray(mono, np.float32)


def check_finite(samples: NDArray[np.float32], sample_rate: float, *, start: float = 0.0) -> None:
    """Refuse samples that are not finite.

    Args:
        samples: [N].
        sample_rate: samples per second.
        start: seconds that came before them.

    Raises:
        ValueError: one of them is not finite.
    """
    if np.isfinite(samples).all():
        return
    first = int(np.flatnonzero(~np.isfinite(samples))[0])
    raise ValueError(
        f"samples must be finite, got {samples[first]} at {start + first / sample_rate:.3f} s; "
        "repair the recording, for example with numpy.nan_to_num"
    )


def check_peak(peak: float, name: str = "the audio") -> None:
    """Refuse samples so far outside -1..1 that they must be counted in another unit.

    Args:
        peak: largest absolute sample.
        name: what the user calls them.

    Raises:
        ValueError: the peak is above 8.
    """
    if peak > _LOUDEST_PEAK:
        raise ValueError(
            f"{name} must be within -1..1, got a peak of {peak:g}; divide 16-bit samples by 32768, "
            "or pass them as integers"
        )


def _check_usable(sound: Sound) -> None:
    """Refuse what cannot be animated; warn of what may look wrong."""
    name = sound.path or "the audio"
    if sound.duration < SHORTEST:
        raise ValueError(f"{name} must last at least {SHORTEST * 1000:.0f} ms, got {sound.duration * 1000:.1f} ms")
    check_peak(sound.peak, str(name))
    if sound.silent:
        log.warning("%s is silent: the mouth does not speak", name)
        return
    above = np.count_nonzero(sound.samples > _CLIPPED_LEVEL)
    clipped = (above + np.count_nonzero(sound.samples < -_CLIPPED_LEVEL)) / len(sound)
    if clipped > _CLIPPED_SHARE:
        log.warning("%s is clipped in %.1f %% of its samples: the mouth may be less exact there", name, 100 * clipped)
