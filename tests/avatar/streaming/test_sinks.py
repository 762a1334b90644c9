import io
import json
import socket

import numpy as np
import pytest

from avatar.animation import Animation
from avatar.controls import ARKIT
from avatar.export.livelink_packets import decode
from avatar.export.livelink_sender import Outlet
from avatar.streaming.sinks import JsonLinesSink, LiveLinkSink


def frames(*values, fps=60.0):
    return Animation.from_curves(ARKIT, {"jawOpen": values, "headYaw": values}, fps)


class Collector:
    failed = 0

    def __init__(self):
        self.packets = []

    def send(self, packet):
        self.packets.append(decode(packet.encode()))

    def jaw(self):
        return np.array([packet.values[ARKIT.index("jawOpen")] for packet in self.packets])


def test_packets_go_on_counting():
    outlet = Collector()
    sink = LiveLinkSink(outlet, subject="Anna")
    sink.send(frames(0.1, 0.2), 0)
    sink.send(frames(0.3), 2)
    assert [packet.frame for packet in outlet.packets] == [0, 1, 2]
    assert {(packet.subject, packet.rate) for packet in outlet.packets} == {("Anna", 60)}
    np.testing.assert_allclose(outlet.jaw(), [0.1, 0.2, 0.3], rtol=1e-6)


def test_a_closed_mouth_is_left_behind():
    outlet, slept = Collector(), []
    sink = LiveLinkSink(outlet, sleep=slept.append)
    sink.send(frames(0.2, 0.8), 7)
    sink.close()
    jaw = outlet.jaw()
    assert (np.diff(jaw[1:]) < 0).all() and jaw[-1] == 0 and np.diff(jaw[1:]).min() > -0.06
    assert not outlet.packets[-1].values.any()
    assert [packet.frame for packet in outlet.packets] == list(range(7, 7 + len(jaw)))
    assert slept == [1 / 60] * 15
    sink.close()
    assert len(outlet.packets) == len(jaw)


def test_a_face_that_never_moved_stays_as_it_is():
    outlet = Collector()
    LiveLinkSink(outlet).close()
    assert not outlet.packets


def test_a_receiver_that_is_not_there_is_counted(monkeypatch, caplog):
    def refuse(self, data, address):
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket.socket, "sendto", refuse, raising=False)
    with Outlet("127.0.0.1", 9) as outlet:
        sink = LiveLinkSink(outlet, sleep=lambda _: None)
        sink.send(frames(0.1, 0.2, 0.3), 0)
        sink.close()
        assert (outlet.packets, outlet.failed) == (0, 18)
    said = [record.getMessage() for record in caplog.records]
    assert said == [
        "cannot send to 127.0.0.1 port 9 (Connection refused); trying on",
        "the network refused 18 packets, and took 0",
    ]


def test_a_line_a_frame():
    file = io.StringIO()
    sink = JsonLinesSink(file)
    sink.send(frames(0.25, 1 / 3, fps=30000 / 1001), 100)
    sink.send(Animation(ARKIT, np.zeros((0, 61)), 60), 102)
    sink.close()
    lines = [json.loads(line) for line in file.getvalue().splitlines()]
    assert [line["frame"] for line in lines] == [100, 101]
    assert lines[1]["time"] == pytest.approx(101 * 1001 / 30000, abs=1e-6)
    assert list(lines[0]["curves"]) == list(ARKIT.names)
    assert lines[1]["curves"]["jawOpen"] == lines[1]["curves"]["headYaw"] == 0.33333


def test_lines_come_at_once_and_whole():
    class File(io.StringIO):
        flushed = ""

        def flush(self):
            self.flushed = self.getvalue()

    file = File()
    JsonLinesSink(file).send(frames(0.1, 0.2), 0)
    assert file.flushed == file.getvalue() and file.flushed.endswith("}\n") and file.flushed.count("\n") == 2
