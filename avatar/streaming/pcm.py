"""Uncompressed sound from a pipe or file: raw samples, or those of a WAV that may never end."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Form = Literal["s16le", "s24le", "s32le", "f32le", "f64le", "u8"]
"""Sample formats, as FFmpeg calls them."""

_TYPES: dict[Form, str] = {"s16le": "<i2", "s32le": "<i4", "f32le": "<f4", "f64le": "<f8", "u8": "u1", "s24le": "u1"}
_WAV_FORMS: dict[tuple[int, int], Form] = {
    (1, 8): "u8",
    (1, 16): "s16le",
    (1, 24): "s24le",
    (1, 32): "s32le",
    (3, 32): "f32le",
    (3, 64): "f64le",
}
_EXTENSIBLE = 0xFFFE
_ENDLESS = 0x7FFF0000
"""Bytes; who writes a WAV to a pipe does not know its length and claims so many or more, or none."""

_AT_ONCE = 1 << 16
"""Bytes; a pipe gives what is there, which is less."""


class Bytes(Protocol):
    """A pipe or file, opened without a buffer so that `read` does not wait for more than there is."""

    def read(self, size: int, /) -> bytes | None:
        """At most so many bytes; none at the end."""
        ...


@dataclass(frozen=True)
class Layout:
    """How samples lie in bytes.

    Args:
        sample_rate: samples per second, above 0.
        form: of a sample.
        channels: how many, interleaved.
        length: bytes to the end; None where nobody knows.
    """

    sample_rate: int
    form: Form = "s16le"
    channels: int = 1
    length: int | None = None

    def __post_init__(self) -> None:
        if self.sample_rate <= 0 or not 1 <= self.channels <= 64:
            raise ValueError(
                "sound needs a sample rate above 0 and 1 to 64 channels, "
                f"got {self.sample_rate} Hz and {self.channels} channels"
            )

    @property
    def bytes_per_instant(self) -> int:
        """Bytes of one sample of all channels."""
        return self.channels * (3 if self.form == "s24le" else np.dtype(_TYPES[self.form]).itemsize)

    def decode(self, data: bytes) -> NDArray[np.generic]:
        """Samples [channels, n] of whole instants, as `AnimationStream.push` takes them."""
        values = np.frombuffer(data, _TYPES[self.form])
        if self.form == "s24le":
            wide = np.zeros((len(values) // 3, 4), np.uint8)
            wide[:, 1:] = values.reshape(-1, 3)
            values = wide.view("<i4")[:, 0]
        return values.reshape(-1, self.channels).T


def read_wav_header(file: Bytes, name: str = "standard input") -> Layout:
    """Read a WAV up to its samples.

    Args:
        file: at its beginning.
        name: what an error calls it.

    Raises:
        ValueError: it is no WAV, is cut off, or is compressed.
    """
    riff = _exactly(file, 12, name)
    if riff[:4] not in (b"RIFF", b"RF64") or riff[8:] != b"WAVE":
        raise ValueError(
            f"{name} must be a WAV where no rate is given, but begins with {riff[:4]!r}; "
            "for raw samples give --rate, for example --rate 16000"
        )
    layout = None
    while True:
        part, size = struct.unpack("<4sI", _exactly(file, 8, name))
        if part == b"data":
            if layout is None:
                raise ValueError(f"{name} is a damaged WAV: it says nothing about its samples before they begin")
            endless = size == 0 or size >= _ENDLESS
            return Layout(layout.sample_rate, layout.form, layout.channels, None if endless else size)
        if size > 1 << 24:
            raise ValueError(f"{name} is a damaged WAV: its part {part!r} claims {size} bytes")
        content = _exactly(file, size + size % 2, name)
        if part == b"fmt ":
            layout = _layout(content, name)


def read_blocks(file: Bytes, layout: Layout) -> Iterator[NDArray[np.generic]]:
    """Samples [channels, n] as they come, until the end; half an instant at the end is dropped."""
    left, rest = layout.length, b""
    while left is None or left > 0:
        data = file.read(_AT_ONCE if left is None else min(left, _AT_ONCE))
        if not data:
            return
        left = None if left is None else left - len(data)
        data = rest + data
        whole = len(data) // layout.bytes_per_instant * layout.bytes_per_instant
        rest = data[whole:]
        if whole:
            yield layout.decode(data[:whole])


def _layout(content: bytes, name: str) -> Layout:
    if len(content) < 16:
        raise ValueError(f"{name} is a damaged WAV: what it says about its samples is cut off")
    kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", content)
    if kind == _EXTENSIBLE and len(content) >= 26:
        (kind,) = struct.unpack_from("<H", content, 24)
    if (kind, bits) not in _WAV_FORMS:
        raise ValueError(
            f"{name} must be an uncompressed WAV, got format {kind} of {bits} bits; "
            "convert it, for example with ffmpeg -c:a pcm_s16le"
        )
    return Layout(rate, _WAV_FORMS[kind, bits], channels)


def _exactly(file: Bytes, count: int, name: str) -> bytes:
    data = b""
    while len(data) < count:
        more = file.read(count - len(data))
        if not more:
            raise ValueError(f"{name} ended before any sound came")
        data += more
    return data
