"""Live Link Face packets: what the phone app sends to Unreal by UDP, one a frame, and recordings of them.

A packet is big-endian: version 6 (one byte), device and subject (each a 4-byte length and that many bytes), the frame's
number (4-byte integer), its fraction (4-byte float), frames per second as numerator and denominator (4-byte integers),
the count of values (one byte) and the values (4-byte floats) in ARKit's order, angles turned as the app turns them.

A `.livelink.bin` recording is packets end to end, which is what `nc -ul 11111 > take.livelink.bin` writes: each says
itself how long it is. A `.gesichter` recording is gzip of a version, a count, and packets with their lengths.
"""

import gzip
import os
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from avatar.animation import MOST_FPS, Animation
from avatar.controls import ARKIT
from avatar.export.conversion import in_space
from avatar.export.livelink import app_sign
from avatar.export.options import ExportOptions
from avatar.files import replacing

VERSION = 6
_SIGNS = np.array([app_sign(name) for name in ARKIT.names], np.float32)
_LONGEST_NAME = 1024
"""Bytes; a packet that claims more is damaged."""
_LARGEST_RECORDING = 1 << 30
"""Bytes, unpacked: more than a day."""
_FRAMES = 1 << 31
"""Frame numbers start anew after as many."""


@dataclass(frozen=True, eq=False)
class Packet:
    """One frame as it is sent.

    Args:
        subject: what Unreal's Live Link panel calls the face.
        device: identifies the sender.
        frame: number of the frame.
        subframe: its fraction, 0..1.
        rate: frames per second.
        values: [61] in the order of `ARKIT`, angles turned as the app turns them.
    """

    subject: str
    device: str
    frame: int
    subframe: float
    rate: Fraction
    values: NDArray[np.float32]

    def encode(self) -> bytes:
        """The bytes that are sent.

        Raises:
            ValueError: a name is too long, or there are not 61 values.
        """
        if np.shape(self.values) != (len(ARKIT),):
            raise ValueError(f"values must be [{len(ARKIT)}], got {list(np.shape(self.values))}")
        names = [name.encode() for name in (self.device, self.subject)]
        for what, name in zip(("device", "subject"), names, strict=True):
            if len(name) > _LONGEST_NAME:
                raise ValueError(f"{what} must be at most {_LONGEST_NAME} bytes, got {len(name)}")
        head = b"".join(struct.pack(">i", len(name)) + name for name in names)
        time = struct.pack(">ifii", self.frame % _FRAMES, self.subframe, self.rate.numerator, self.rate.denominator)
        return bytes([VERSION]) + head + time + bytes([len(self.values)]) + self.values.astype(">f4").tobytes()


def decode(data: bytes) -> Packet:
    """The packet that a datagram holds.

    Raises:
        ValueError: it is cut off, goes on after the packet, or is something else.
    """
    packet, end = _decode_at(data, 0)
    if end != len(data):
        raise ValueError(f"the packet must be {end} bytes, got {len(data)}")
    return packet


def to_packets(
    animation: Animation, *, subject: str = "Avatar", device: str = "avatar", first: int = 0
) -> list[Packet]:
    """The packets of an animation in ARKit, frame after frame.

    Args:
        animation: the curves.
        subject: what Unreal's Live Link panel calls the face.
        device: identifies the sender.
        first: number of the first frame.
    """
    rate = _fraction(animation.fps)
    values = animation.weights * _SIGNS + np.float32(0)  # no minus zeros
    return [Packet(subject, device, first + t, 0.0, rate, row) for t, row in enumerate(values)]


def from_packets(packets: Sequence[Packet], source: str | os.PathLike[str] = "the recording") -> Animation:
    """The animation that packets of one subject hold; frames that were lost on the way are filled in between.

    Args:
        packets: in the order of arrival; those that came late are put where they belong.
        source: what an error calls them.

    Raises:
        ValueError: no packets, several subjects or rates, or values that are not finite.
    """
    if not packets:
        raise ValueError(f"{source} holds no packets")
    subjects = sorted({packet.subject for packet in packets})
    rates = sorted({packet.rate for packet in packets})
    if len(subjects) > 1 or len(rates) > 1:
        what = f"subjects {', '.join(subjects)}" if len(subjects) > 1 else f"rates {', '.join(map(str, rates))}"
        raise ValueError(f"{source} mixes the {what}; record one at a time")
    moments = {Fraction(packet.frame) + Fraction(packet.subframe): packet for packet in packets}
    ordered = sorted(moments)
    values = np.stack([moments[moment].values for moment in ordered]) * _SIGNS
    if not np.isfinite(values).all():
        raise ValueError(f"{source}: packet {int(np.argwhere(~np.isfinite(values))[0, 0])} holds a value not finite")
    times = np.array([float(moment - ordered[0]) for moment in ordered])  # in frames
    if times[-1] > 1e7:
        raise ValueError(f"{source}: its frame numbers span {times[-1]:.0f} frames, so it is damaged")
    grid = np.arange(round(times[-1]) + 1)
    whole = np.stack([np.interp(grid, times, column) for column in values.T], axis=1)
    return Animation(ARKIT, whole, float(rates[0]))


def write(animation: Animation, path: str, options: ExportOptions) -> None:
    """Write a recording of what `avatar send` would send, packets end to end."""
    animation = in_space(animation, ARKIT, f"write {path}")
    data = b"".join(packet.encode() for packet in to_packets(animation))
    with replacing(path) as temporary:
        temporary.write_bytes(data)


def read(path: str | os.PathLike[str]) -> Animation:
    """Read a recording, packets end to end or a `.gesichter`.

    Raises:
        OSError: there is no such file, or it may not be read.
        ValueError: it is damaged or something else.
    """
    return from_packets(read_packets(path), path)


def read_packets(path: str | os.PathLike[str]) -> list[Packet]:
    """The packets of a recording, as `read` takes them."""
    data = Path(path).read_bytes()
    try:
        if data[:2] == b"\x1f\x8b":
            return _recorded(_unpacked(data))
        return _end_to_end(data)
    except (ValueError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(f"{path} is not a recording of Live Link Face packets, or is damaged: {error}") from None


def _unpacked(data: bytes) -> bytes:
    whole = zlib.decompressobj(wbits=31)
    content = whole.decompress(data, _LARGEST_RECORDING)
    if not whole.eof:
        raise ValueError("it is cut off" if len(content) < _LARGEST_RECORDING else "it unpacks to over a gigabyte")
    return content


def _recorded(data: bytes) -> list[Packet]:
    """Packets of a .gesichter: a version, how many, and each with its length."""
    if len(data) < 5:
        raise ValueError("it is cut off")
    (count,) = struct.unpack_from(">i", data, 1)
    packets: list[Packet] = []
    at = 5
    while at < len(data):
        if len(data) < at + 4:
            raise ValueError(f"packet {len(packets)} is cut off")
        (length,) = struct.unpack_from(">i", data, at)
        packet, end = _decode_at(data, at + 4)
        if end != at + 4 + length:
            raise ValueError(f"packet {len(packets)} is said to be {length} bytes, but takes {end - at - 4}")
        packets.append(packet)
        at = end
    if len(packets) != count:
        raise ValueError(f"it is said to hold {count} packets, but holds {len(packets)}")
    return packets


def _end_to_end(data: bytes) -> list[Packet]:
    packets: list[Packet] = []
    at = 0
    while at < len(data):
        try:
            packet, at = _decode_at(data, at)
        except ValueError as error:
            raise ValueError(f"packet {len(packets)}: {error}") from None
        packets.append(packet)
    return packets


def _decode_at(data: bytes, at: int) -> tuple[Packet, int]:
    """The packet that begins at a byte, and where it ends."""
    if data[at : at + 1] != bytes([VERSION]):
        raise ValueError(f"a packet must begin with version {VERSION}, got {data[at : at + 1].hex() or 'nothing'}")
    try:
        device, place = _name_at(data, at + 1)
        subject, place = _name_at(data, place)
        frame, subframe, numerator, denominator, count = struct.unpack_from(">ifiiB", data, place)
    except struct.error:
        raise ValueError("it is cut off") from None
    if numerator <= 0 or denominator <= 0 or numerator > MOST_FPS * denominator:
        raise ValueError(f"its rate must be within 0..{MOST_FPS:g} frames per second, got {numerator}/{denominator}")
    if not 0 <= subframe <= 1:
        raise ValueError(f"the fraction of its frame must be within 0..1, got {subframe}")
    if count != len(ARKIT):
        raise ValueError(f"it must hold {len(ARKIT)} values, got {count}")
    start, end = place + 17, place + 17 + 4 * count
    if len(data) < end:
        raise ValueError("it is cut off")
    values = np.frombuffer(data[start:end], ">f4").astype(np.float32)
    return Packet(subject, device, frame, subframe, Fraction(numerator, denominator), values), end


def _name_at(data: bytes, at: int) -> tuple[str, int]:
    (length,) = struct.unpack_from(">i", data, at)
    if not 0 <= length <= _LONGEST_NAME:
        raise ValueError(f"a name must be at most {_LONGEST_NAME} bytes, got {length}")
    if len(data) < at + 4 + length:
        raise ValueError("it is cut off")
    return data[at + 4 : at + 4 + length].decode("utf-8", "replace"), at + 4 + length


def _fraction(fps: float) -> Fraction:
    """Frames per second as the nearest fraction that Unreal knows: n/1 or n/1001 where it is one of those."""
    for denominator in (1, 1001):
        if abs(round(fps * denominator) / denominator - fps) < 1e-6:
            return Fraction(round(fps * denominator), denominator)
    return Fraction(fps).limit_denominator(10000)
