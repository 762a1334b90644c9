import gzip
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avatar.animation import Animation
from avatar.controls import ARKIT
from avatar.export import export
from avatar.export.livelink_packets import decode, from_packets, read, read_packets, to_packets
from avatar.export.reading import load_animation


@pytest.fixture
def captured(shared):
    return shared / "data" / "livelink"


def test_the_captured_packet_comes_out_byte_for_byte(captured):
    data = (captured / "first_packet.bin").read_bytes()
    packet = decode(data)
    assert packet.subject == "LLV Default Device" and packet.rate == 60
    np.testing.assert_array_equal(packet.values, np.load(captured / "dao_180x61.npy")[0])
    assert packet.encode() == data


def test_the_recording_holds_its_180_frames(captured):
    packets = read_packets(captured / "dao.gesichter")
    values = np.load(captured / "dao_180x61.npy")
    np.testing.assert_array_equal([packet.values for packet in packets], values)
    animation = load_animation(captured / "dao.gesichter")
    assert animation.fps == 60 and animation.out_of_range() == {}
    np.testing.assert_allclose(animation["jawOpen"].max(), values[:, ARKIT.index("jawOpen")].max(), atol=0.02)


@settings(deadline=None, max_examples=30)
@given(
    fps=st.sampled_from([24.0, 25.0, 30.0, 60.0, 120.0, 30000 / 1001, 24000 / 1001, 50.5]),
    frames=st.integers(1, 40),
    seed=st.integers(0, 99),
)
def test_read_gives_back_what_was_written_exactly(fps, frames, seed, tmp_path_factory):
    weights = np.random.default_rng(seed).uniform(-1, 1, (frames, len(ARKIT))).astype(np.float32)
    path = tmp_path_factory.mktemp("udp") / "a.livelink.bin"
    export(Animation(ARKIT, weights, fps), path)
    back = load_animation(path)
    assert back.fps == pytest.approx(fps, rel=1e-9)
    np.testing.assert_array_equal(back.weights, weights)


def test_angles_turn_as_the_app_turns_them(lively):
    packets = to_packets(lively)
    yaw, jaw = ARKIT.index("headYaw"), ARKIT.index("jawOpen")
    assert packets[3].values[yaw] == -lively["headYaw"][3] and packets[3].values[jaw] == lively["jawOpen"][3]


def test_lost_and_late_packets(lively):
    packets = to_packets(Animation.from_curves(ARKIT, {"jawOpen": np.linspace(0, 1, 21)}, 30), first=700)
    shuffled = [packets[i] for i in (0, 2, 1, 2, *range(5, 21))]
    back = from_packets(shuffled)
    np.testing.assert_allclose(back["jawOpen"], np.linspace(0, 1, 21), atol=1e-6)


def _whole():
    return to_packets(Animation(ARKIT, np.zeros((1, 61)), 30))[0].encode()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "holds no packets"),
        (b"nothing", "packet 0: a packet must begin with version 6, got 6e"),
        (_whole() + _whole()[:-1], "packet 1: it is cut off"),
        (_whole()[:3], "packet 0: it is cut off"),
        (b"\x06\x7f\xff\xff\xff" + _whole(), "a name must be at most 1024 bytes, got 2147483647"),
        (_whole()[:-245] + b"\x05" + _whole()[-244:], "it must hold 61 values, got 5"),
        (_whole()[:-4] + struct.pack(">f", np.nan), "packet 0 holds a value not finite"),
        (_whole().replace(struct.pack(">ii", 30, 1), struct.pack(">ii", 30, 0)), "its rate must be within"),
        (gzip.compress(b"\x06\0\0\0\x02" + struct.pack(">i", 306) + _whole()), "packet 0 is said to be 306 bytes"),
        (gzip.compress(b"\x06\0\0\0\x02")[:-9], "it is cut off"),
        (gzip.compress(b"\x06\0\0\0\x02"), "it is said to hold 2 packets, but holds 0"),
        (b"\x1f\x8bnonsense", "is not a recording of Live Link Face packets"),
    ],
)
def test_damaged_recordings_say_where(tmp_path, data, message):
    (tmp_path / "a.livelink.bin").write_bytes(data)
    with pytest.raises(ValueError, match=message):
        read(tmp_path / "a.livelink.bin")


def test_two_faces_in_one_recording_are_refused(lively):
    with pytest.raises(ValueError, match="mixes the subjects A, B; record one at a time"):
        from_packets([*to_packets(lively, subject="A"), *to_packets(lively, subject="B", first=50)])


def test_datagrams_of_another_length_are_refused():
    with pytest.raises(ValueError, match="the packet must be"):
        decode(_whole() + b"\0")
