import socket

import numpy as np
import pytest

from avatar.animation import Animation
from avatar.controls import ARKIT
from avatar.export.livelink_packets import decode
from avatar.export.livelink_sender import send

SPEECH = Animation.from_curves(ARKIT, {"jawOpen": np.linspace(0, 1, 600)}, 30000 / 1001)


class Network:
    """Stands in for the socket and for the clock: an hour passes in a moment."""

    def __init__(self, *, error=None, late=0.0):
        self.now, self.sent, self.instants, self.slept = 1e6, [], [], 0
        self.error, self.late = error, late

    def clock(self):
        return self.now

    def sleep(self, seconds):
        assert seconds > 0
        self.slept += 1
        self.now += seconds + self.late  # sleeping always lasts a little longer than asked

    def sendto(self, data, address):
        self.now += 2e-4
        self.instants.append(self.now - 1e6)
        if self.error is not None:
            raise self.error
        self.sent.append(data)
        if len(self.sent) >= 3600 * 30:
            raise KeyboardInterrupt

    def setsockopt(self, *_):
        pass

    def close(self):
        self.closed = True


def play(monkeypatch, network, **options):
    monkeypatch.setattr(socket, "socket", lambda *_: network)
    return send(SPEECH, clock=network.clock, sleep=network.sleep, **options)


def test_an_hour_does_not_drift(monkeypatch):
    network = Network(late=0.003)
    with pytest.raises(KeyboardInterrupt):
        play(monkeypatch, network, loop=True)
    due = np.arange(3600 * 30) / SPEECH.fps
    late = np.array(network.instants) - due
    assert late.min() >= 0 and late.max() < 0.004 and network.closed
    frames = [decode(network.sent[n]).frame for n in (0, 599, 600, -1)]
    assert frames == [0, 599, 600, 3600 * 30 - 1]
    assert decode(network.sent[600 + 7]).values.tolist() == decode(network.sent[7]).values.tolist()


def test_what_a_sleeping_computer_missed_is_skipped(monkeypatch):
    network = Network()

    def sleep(seconds):
        Network.sleep(network, seconds + 3 * (network.slept == 9))

    network.sleep = sleep
    sent = send_all = play(monkeypatch, network)
    frames = [decode(data).frame for data in network.sent]
    assert frames == sorted(set(frames)) and frames[-1] == 599
    assert send_all.packets == len(frames) == 600 - sent.skipped and 85 < sent.skipped < 95


def test_refusals_of_the_network_do_not_stop_it(monkeypatch, caplog):
    sent = play(monkeypatch, Network(error=OSError(101, "Network is unreachable")))
    assert (sent.packets, sent.failed) == (0, 600)
    assert [record.getMessage() for record in caplog.records] == [
        "cannot send to 127.0.0.1 port 11111 (Network is unreachable); trying on"
    ]


def test_a_receiver_gets_the_frames_and_none_is_needed():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.settimeout(5)
        receiver.bind(("127.0.0.1", 0))
        port = receiver.getsockname()[1]
        short = Animation.from_curves(ARKIT, {"jawOpen": [0.25, 0.5, 0.75]}, 500)
        send(short, port=port, subject="Anna")
        packets = [decode(receiver.recv(2048)) for _ in range(3)]
    assert [float(packet.values[ARKIT.index("jawOpen")]) for packet in packets] == [0.25, 0.5, 0.75]
    assert {packet.subject for packet in packets} == {"Anna"}
    assert send(short, port=port).packets == 3


def test_what_cannot_be_sent():
    with pytest.raises(ValueError, match="must have frames, got none"):
        send(Animation(ARKIT, np.zeros((0, 61)), 30))
    with pytest.raises(ValueError, match=r"port must be within 1\.\.65535, got 0"):
        send(SPEECH, port=0)
    with pytest.raises(OSError, match=r"there is no host 'no such host\.invalid' to send to"):
        send(SPEECH, host="no such host.invalid")
