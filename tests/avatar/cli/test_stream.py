import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import wave
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from avatar.animation import Animation
from avatar.animator import Animator
from avatar.controls import ARKIT
from avatar.export.livelink_packets import decode


class Mouth:
    """The jaw opens by the first sample of each 20 ms."""

    config = SimpleNamespace(controls=("jawOpen",))

    def stream(self, lookahead=0.2):
        if lookahead < 0.1:
            raise ValueError(f"lookahead must be at least 0.1 seconds, got {lookahead}")
        return Rows()

    def predict(self, samples, *, lookahead=None):
        rows = Rows()
        return Animation.from_curves(ARKIT, {"jawOpen": np.concatenate([rows.push(samples), rows.flush()])[:, 0]}, 50)


class Rows:
    def __init__(self):
        self.samples, self.done = np.zeros(0, np.float32), 0

    def push(self, samples):
        self.samples = np.concatenate([self.samples, samples])
        done, self.done = self.done, len(self.samples) // 320
        return np.abs(self.samples[done * 320 : self.done * 320 : 320, None])

    def flush(self):
        return np.abs(self.samples[self.done * 320 :: 320, None])


@pytest.fixture
def stream(run, monkeypatch):
    """Run `avatar stream ...` with bytes on its standard input."""
    monkeypatch.setattr(Animator, "load", classmethod(lambda cls: cls(Mouth())))

    def call(data, *words):
        read, write = os.pipe()

        def feed():
            # A command that refuses its options leaves before it has read.
            with suppress(BrokenPipeError), os.fdopen(write, "wb") as pipe:
                pipe.write(data)

        thread = threading.Thread(target=feed, daemon=True)
        thread.start()
        with os.fdopen(read, "rb") as pipe:
            monkeypatch.setattr(sys, "stdin", pipe)
            code = run("stream", *words)
        thread.join()
        return code

    return call


@pytest.fixture
def receiver():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        receiver.settimeout(5)
        receiver.bind(("127.0.0.1", 0))
        yield receiver


def raw(seconds=1.0, rate=16000):
    t = np.arange(round(seconds * rate)) / rate
    return np.round(32767 * np.sin(np.pi * t / seconds) ** 2).astype("<i2")


def wav(samples, rate=16000):
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(samples.tobytes())
    return file.getvalue()


def curves(text):
    lines = [json.loads(line) for line in text.splitlines()]
    assert [line["frame"] for line in lines] == list(range(len(lines)))
    return np.array([[line["curves"][name] for name in ARKIT.names] for line in lines])


@pytest.mark.parametrize("words", [(), ("--rate", 16000), ("--rate", 16000, "--format", "f32le", "--channels", 2)])
def test_lines_are_what_animate_gives(stream, words):
    samples = raw(3.0)
    data = samples.tobytes() if words else wav(samples)
    if "f32le" in words:
        data = np.repeat(samples / np.float32(32768), 2).astype("<f4").tobytes()
    code, out, err = stream(data, "-", "--json", "-", "--fps", 30, "--seed", 3, *words)
    assert (code, err) == (0, "avatar: 3.0 s of sound, 90 frames\n")
    whole = Animator(Mouth()).animate(samples, sample_rate=16000, fps=30, seed=3, lookahead=0.2)
    np.testing.assert_allclose(curves(out), whole.weights, atol=1e-5)


def test_a_file_to_a_file(stream, tmp_path):
    (tmp_path / "talk.wav").write_bytes(wav(raw(1.0, 44100), 44100))
    code, out, _ = stream(b"", tmp_path / "talk.wav", "--json", tmp_path / "talk.jsonl", "--no-blinks")
    assert (code, out) == (0, "")
    jaw = curves((tmp_path / "talk.jsonl").read_text())[:, ARKIT.index("jawOpen")]
    assert len(jaw) == 60 and jaw[30] > 0.99 and jaw[0] < 0.01


def test_lines_are_not_written_over_the_sound(stream, tmp_path):
    talk = tmp_path / "talk.wav"
    talk.write_bytes(wav(raw(1.0)))
    code, _, err = stream(b"", talk, "--json", talk)
    assert code == 2 and "--json would overwrite" in err and talk.read_bytes() == wav(raw(1.0))


def test_packets_arrive_and_end_at_rest(stream, receiver):
    host, port = receiver.getsockname()
    code, out, err = stream(wav(raw(0.5)), "-", "--host", host, "--port", port, "--name", "Anna", "--verbose")
    assert (code, out) == (0, "") and err.startswith("avatar: 0.5 s of sound, 30 frames")
    packets = [decode(receiver.recv(2048)) for _ in range(45)]
    assert [packet.frame for packet in packets] == list(range(45)) and {packet.subject for packet in packets} == {
        "Anna"
    }
    assert max(packet.values[ARKIT.index("jawOpen")] for packet in packets) > 0.9 and not packets[-1].values.any()


def test_both_ways_at_once(stream, receiver):
    host, port = receiver.getsockname()
    code, out, _ = stream(wav(raw(0.3)), "-", "--json", "-", "--host", host, "--port", port)
    assert code == 0 and len(curves(out)) == 18 and decode(receiver.recv(2048)).frame == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("-",), "standard input must be a WAV where no rate is given, but begins with"),
        (("-", "--rate", 0), "sound needs a sample rate above 0"),
        (("-", "--fps", 0), "--fps must be a number above 0"),
        (("-", "--rate", 8000, "--seed", -1), "--seed must be 0 or more"),
        (("-", "--rate", 8000, "--lookahead", 0), "lookahead must be at least 0.1 seconds"),
        (("-", "--rate", 8000, "--port", 0), "port must be within 1..65535"),
        (("-", "--rate", 8000, "--device", "x"), "--device is only for microphones"),
        (("--rate", 8000), "--rate is only for standard input and files"),
        (("--live",), "--live is only for standard input and files"),
        (("gone.wav",), "no such file or pipe: gone.wav; name one, or microphone, or - alone"),
        (("-", "--rate", 8000, "--format", "f32le", "--json", "-"), "samples must be "),
    ],
)
def test_what_cannot_be(stream, words, message):
    code, _, err = stream(b"no sound at all ....", *words)
    assert code == 2 and message in err and err.count("\n") == 1


def test_a_microphone_without_portaudio_or_extra(stream, monkeypatch):
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    code, _, err = stream(b"")
    assert code == 2 and "pip install 'avatar[live]'" in err


PROGRAM = """
import sys
sys.path.insert(0, {folder!r})
from avatar.animator import Animator
from test_stream import Mouth
from avatar.cli import main
Animator.load = classmethod(lambda cls: cls(Mouth()))
sys.exit(main(["stream", "-", "--rate", "16000", "--json", "-", *{words!r}]))
"""


@pytest.fixture
def process():
    """`avatar stream` as a process, with pipes."""
    started = []

    def start(*words):
        program = PROGRAM.format(folder=str(Path(__file__).parent), words=words)
        pipe = subprocess.PIPE
        started.append(subprocess.Popen([sys.executable, "-c", program], stdin=pipe, stdout=pipe, stderr=pipe))
        return started[-1]

    yield start
    for each in started:
        each.kill()
        each.communicate()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals between processes")
def test_ctrl_c_ends_with_whole_lines(process):
    child = process()
    child.stdin.write(raw(1.0).tobytes())
    child.stdin.flush()
    lines = [child.stdout.readline() for _ in range(45)]
    child.send_signal(signal.SIGINT)
    rest, err = child.stdout.read(), child.stderr.read()
    assert child.wait(10) == 0 and err.startswith(b"avatar: 1.0 s of sound, ")
    assert len(curves((b"".join(lines) + rest).decode())) == 60


def test_a_reader_that_leaves_ends_the_stream(process):
    child = process()
    child.stdin.write(raw(5.0).tobytes())
    child.stdin.flush()
    assert json.loads(child.stdout.readline())["frame"] == 0
    child.stdout.close()
    try:
        for _ in range(100):
            child.stdin.write(raw(5.0).tobytes())
            child.stdin.flush()
    except BrokenPipeError:
        pass
    assert child.stderr.read() == b"" and child.wait(10) == 0
