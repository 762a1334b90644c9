import threading

import numpy as np
import pytest

from avatar.streaming.inlet import Inlet


def ramp(start, stop):
    return np.arange(start, stop, dtype=np.float32)


def test_samples_come_out_in_order_in_pieces_of_any_size():
    inlet = Inlet(100, live=True, most=10.0)
    for start, stop in ((0, 7), (7, 7), (7, 100), (100, 130)):
        inlet.put(ramp(start, stop))
    assert inlet.waiting == 1.3
    pieces = [inlet.take(seconds, timeout=0) for seconds in (0.05, 0.03, 0.5, 9.0, 1.0)]
    assert [len(piece) for piece in pieces] == [5, 3, 50, 72, 0]
    np.testing.assert_array_equal(np.concatenate(pieces), ramp(0, 130))
    assert inlet.waiting == 0 and not inlet.ended


def test_live_sound_loses_what_is_oldest():
    inlet = Inlet(100, live=True, most=0.5)
    for start in range(0, 200, 20):
        inlet.put(ramp(start, start + 20))
    assert (inlet.waiting, inlet.skipped) == (0.5, 1.5)
    np.testing.assert_array_equal(inlet.take(1.0, timeout=0), ramp(150, 200))


def test_other_sound_is_waited_with():
    inlet, done = Inlet(100, live=False, most=0.5), threading.Event()

    def fill():
        for start in range(0, 1000, 20):
            inlet.put(ramp(start, start + 20))
        inlet.end()
        done.set()

    thread = threading.Thread(target=fill, daemon=True)
    thread.start()
    assert not done.wait(0.05) and inlet.waiting < 0.71
    pieces = []
    while not inlet.ended:
        pieces.append(inlet.take(0.1, timeout=5))
    thread.join(5)
    np.testing.assert_array_equal(np.concatenate(pieces), ramp(0, 1000))
    assert inlet.skipped == 0 and done.is_set()


def test_an_end_frees_who_waits():
    inlet = Inlet(100, live=False, most=0.1)
    inlet.put(ramp(0, 50))
    thread = threading.Thread(target=inlet.put, args=(ramp(50, 100),), daemon=True)
    thread.start()
    inlet.end()
    thread.join(5)
    assert not thread.is_alive() and not inlet.ended
    np.testing.assert_array_equal(inlet.take(9.0, timeout=0), ramp(0, 50))
    assert inlet.ended and inlet.wait_for_end(0)


def test_an_error_comes_after_the_sound():
    inlet = Inlet(100, live=True)
    inlet.put(ramp(0, 10))
    inlet.end(OSError("the cable is gone"))
    inlet.end()
    assert len(inlet.take(1.0, timeout=0)) == 10
    with pytest.raises(OSError, match="the cable is gone"):
        inlet.take(1.0, timeout=0)


def test_skipping():
    inlet = Inlet(100, live=False)
    inlet.put(ramp(0, 30))
    inlet.skip(0.2)
    np.testing.assert_array_equal(inlet.take(1.0, timeout=0), ramp(20, 30))
    inlet.skip(0.2)
    assert inlet.skipped == 0.2
