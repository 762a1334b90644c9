import io
import struct

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar.audio import to_mono
from avatar.streaming.pcm import Layout, read_blocks, read_wav_header


class Dribble(io.BytesIO):
    """A pipe that gives a few bytes at a time."""

    step = 7

    def read(self, size=-1, /):
        return super().read(min(size, self.step))


def wav(chunks, *, kind=b"RIFF"):
    body = b"".join(name + struct.pack("<I", size) + data for name, size, data in chunks)
    return kind + b"\xff\xff\xff\xffWAVE" + body


def form(kind=1, channels=1, rate=16000, bits=16, more=b""):
    size = bits // 8 * channels
    content = struct.pack("<HHIIHH", kind, channels, rate, rate * size, size, bits) + more
    return (b"fmt ", len(content), content)


def mono(file, layout):
    return np.concatenate([to_mono(block) for block in read_blocks(file, layout)] or [np.zeros(0, np.float32)])


SAMPLES = np.array([[0, 0.5, -0.5, 0.25], [1.0, 0.5, 0.5, -0.75]]).T  # [n, channels]


@pytest.mark.parametrize(
    ("kind", "bits", "data"),
    [
        (1, 8, (SAMPLES * 127.9999 + 128).astype("u1").tobytes()),
        (1, 16, (SAMPLES * 32767).astype("<i2").tobytes()),
        (1, 24, (SAMPLES * (2**31 - 256)).astype("<i4").reshape(-1, 1).view("u1").reshape(-1, 4)[:, 1:].tobytes()),
        (1, 32, (SAMPLES * (2**31 - 1)).astype("<i4").tobytes()),
        (3, 32, SAMPLES.astype("<f4").tobytes()),
        (3, 64, SAMPLES.astype("<f8").tobytes()),
    ],
)
def test_wavs_of_all_forms(kind, bits, data):
    for size in (len(data), 0, 0xFFFFFFFF, 0x7FFFF000):
        trailer = b"LIST\x04\x00\x00\x00junk" if size == len(data) else b""
        file = Dribble(wav([form(kind, 2, 44100, bits), (b"LIST", 3, b"abc\0"), (b"data", size, data)]) + trailer)
        layout = read_wav_header(file)
        assert (layout.sample_rate, layout.channels) == (44100, 2)
        np.testing.assert_allclose(mono(file, layout), SAMPLES.mean(1), atol=2**-7 if bits == 8 else 1e-4)


def test_extensible_wavs():
    guid = struct.pack("<HHI", 22, 16, 3) + struct.pack("<H", 3) + b"\0" * 14
    file = io.BytesIO(wav([form(0xFFFE, 1, 8000, 32, guid), (b"data", 0, np.float32([0.5, -0.5]).tobytes())]))
    layout = read_wav_header(file)
    assert layout.form == "f32le" and mono(file, layout).tolist() == [0.5, -0.5]


@pytest.mark.parametrize("codec", ["pcm_s16le", "pcm_f32le", "pcm_s24le"])
def test_what_ffmpeg_writes_to_a_pipe(codec):
    class Pipe:
        def __init__(self):
            self.data = b""

        def write(self, data):
            self.data += bytes(data)
            return len(data)

    pipe, tone = Pipe(), np.sin(np.arange(4800) / 9).astype(np.float32)
    with av.open(pipe, "w", format="wav") as container:
        stream = container.add_stream(codec, rate=48000, layout="mono")
        frame = av.AudioFrame.from_ndarray(tone[None], format="flt", layout="mono")
        frame.sample_rate = 48000
        for piece in av.AudioResampler(format=stream.format.name, layout="mono", rate=48000).resample(frame):
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    file = Dribble(pipe.data)
    layout = read_wav_header(file)
    assert layout.length is None and layout.sample_rate == 48000
    np.testing.assert_allclose(mono(file, layout), tone, atol=1e-4)


@given(st.binary(max_size=80), st.integers(1, 9), st.integers(1, 3), st.sampled_from(["s16le", "f32le", "s24le"]))
def test_pieces_of_any_size_hold_the_same_samples(data, step, channels, sample_format):
    layout = Layout(16000, sample_format, channels)
    dribble = Dribble(data)
    dribble.step = step
    pieces = [layout.decode(b""), *read_blocks(dribble, layout)]
    whole = [layout.decode(b""), *read_blocks(io.BytesIO(data), layout)]
    np.testing.assert_array_equal(np.concatenate(pieces, 1), np.concatenate(whole, 1))
    assert np.concatenate(whole, 1).shape == (channels, len(data) // layout.bytes_per_instant)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "pipe ended before any sound came"),
        (b"RIFF\0\0\0\0WAVE", "pipe ended before any sound came"),
        (b"fLaC" + b"\0" * 40, r"pipe must be a WAV where no rate is given, but begins with b'fLaC'; .* --rate 16000"),
        (wav([(b"data", 4, b"\0\0\0\0")]), "pipe is a damaged WAV: it says nothing about its samples"),
        (wav([(b"fmt ", 4, b"\0\0\0\0")]), "pipe is a damaged WAV: .* cut off"),
        (wav([(b"junk", 0xFFFFFFF0, b"")]), r"pipe is a damaged WAV: its part b'junk' claims 4294967280 bytes"),
        (wav([form(kind=85, bits=0)]), r"pipe must be an uncompressed WAV, got format 85 of 0 bits; convert it"),
        (wav([form(channels=0)]), "a sample rate above 0 and 1 to 64 channels, got 16000 Hz and 0 channels"),
    ],
)
def test_what_is_no_wav(content, message):
    with pytest.raises(ValueError, match=message):
        read_wav_header(io.BytesIO(content), "pipe")


@pytest.mark.parametrize("arguments", [(0,), (-8000,), (16000, "s16le", 0), (16000, "s16le", 65)])
def test_impossible_layouts(arguments):
    with pytest.raises(ValueError, match="sound needs a sample rate above 0 and 1 to 64 channels, got"):
        Layout(*arguments)
