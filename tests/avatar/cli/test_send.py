import socket

import numpy as np
import pytest

from avatar.animation import Animation
from avatar.controls import ARKIT
from avatar.export.livelink_packets import decode


@pytest.fixture
def clip(tmp_path):
    Animation.from_curves(ARKIT, {"jawOpen": np.linspace(0, 1, 5)}, 250).save(tmp_path / "clip.npz")
    return tmp_path / "clip.npz"


def test_frames_arrive(run, clip):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.settimeout(5)
        receiver.bind(("127.0.0.1", 0))
        port = receiver.getsockname()[1]
        code, out, err = run("send", clip, "--port", port, "--subject", "Anna", "--fps", 500)
        packets = [decode(receiver.recv(2048)) for _ in range(10)]
    assert (code, err) == (0, "") and out == f"{clip} -> 127.0.0.1:{port}, 10 packets\n"
    assert {packet.subject for packet in packets} == {"Anna"} and packets[0].rate == 500


@pytest.mark.parametrize("words", [("--port", 0), ("--fps", 0), ("--host", "no such host.invalid")])
def test_what_cannot_be_sent(run, clip, words):
    code, out, err = run("send", clip, *words)
    assert (code, out) == (2, "") and err.count("\n") == 1


def test_ctrl_c_ends_a_loop(run, clip, monkeypatch):
    def stop(self, data, address):
        raise KeyboardInterrupt

    monkeypatch.setattr(socket.socket, "sendto", stop, raising=False)
    code, _, err = run("send", clip, "--loop")
    assert code == 130 and "stopped" in err
