"""A microphone on a stand-in for the sound system."""

import logging
import sys
import threading
from types import ModuleType

import numpy as np
import pytest

from avatar.streaming import microphone
from avatar.streaming.inlet import Inlet
from avatar.streaming.microphone import Microphone
from avatar.streaming.sources import listening


class PortAudioError(Exception):
    pass


class System(ModuleType):
    """Stands in for sounddevice: devices come and go as the test says."""

    PortAudioError = PortAudioError

    def __init__(self):
        super().__init__("sounddevice")
        self.devices = [{"name": "Headset", "max_input_channels": 2, "default_samplerate": 48000.0}]
        self.accepts = lambda samplerate, channels: True
        self.plans = []  # of the next openings: how many blocks come, or an error
        self.opened, self.closed, self.scans = [], 0, 0
        self.on_empty = lambda: None

    def query_devices(self, device=None, kind=None):
        if kind is None:
            return self.devices
        found = [each for each in self.devices if device in (None, each["name"])]
        if not found:
            raise ValueError(f"No input device matching {device!r}") if device else PortAudioError("no default device")
        return found[0]

    def check_input_settings(self, *, device, samplerate, channels, dtype):
        if not self.accepts(samplerate, channels):
            raise PortAudioError("Invalid sample rate")

    def _terminate(self):
        self.scans += 1

    def _initialize(self):
        pass

    def InputStream(self, *, device, samplerate, channels, dtype, blocksize, latency, callback):  # noqa: N802
        self.opened.append((samplerate, channels))
        return Opened(self, self.plans.pop(0) if self.plans else 0, blocksize, channels, callback)


class Opened:
    def __init__(self, system, plan, blocksize, channels, callback):
        self.system, self.plan, self.shape, self.callback = system, plan, (blocksize, channels), callback

    def start(self):
        if isinstance(self.plan, Exception):
            raise self.plan
        block = np.zeros(self.shape, np.float32)
        for number in range(self.plan):
            block[:] = (number + 1) / 100
            self.callback(block, len(block), None, None)

    def close(self, ignore_errors):
        assert ignore_errors
        self.system.closed += 1
        if not self.system.plans:
            self.system.on_empty()


@pytest.fixture
def system(monkeypatch):
    system = System()
    monkeypatch.setitem(sys.modules, "sounddevice", system)
    monkeypatch.setattr(microphone, "_VANISHED", 0.02)
    monkeypatch.setattr(microphone, "_FIRST_WAIT", 0.01)
    return system


def fill(system, source=None):
    """All that a microphone gives while the plans last."""
    inlet = Inlet(16000, live=True, most=100.0)
    system.on_empty = inlet.end
    (source or Microphone()).fill(inlet)
    return inlet.take(100.0, timeout=0)


def test_our_rate_is_asked_for(system):
    system.plans = [3]
    heard = fill(system)
    assert system.opened == [(16000, 1)] and system.closed == 1
    np.testing.assert_allclose(heard, np.repeat([0.01, 0.02, 0.03], 320), rtol=1e-6)


def test_a_device_with_a_rate_of_its_own_is_resampled(system):
    system.accepts = lambda samplerate, channels: (samplerate, channels) == (48000, 2)
    system.plans = [50]
    heard = fill(system)
    assert system.opened == [(48000, 2)]
    assert 14000 < len(heard) <= 16000  # the rest is still in the filter
    assert heard.max() == pytest.approx(0.48, abs=0.04)


def test_a_device_that_vanishes_is_looked_for_until_it_is_back(system, caplog):
    caplog.set_level(logging.INFO, "avatar")
    system.plans = [2, PortAudioError("Device unavailable"), OSError("busy"), 3]
    heard = fill(system)
    assert len(heard) == 5 * 320 and len(system.opened) == system.closed == 4 and system.scans == 3
    said = [record.getMessage() for record in caplog.records]
    assert said == [
        "listening to the microphone at 16000 Hz",
        "the microphone is gone (it gave no sound for 0.02 s); looking for it again in 0.0 s",
        "the microphone is gone (Device unavailable); looking for it again in 0.0 s",
        "the microphone is gone (busy); looking for it again in 0.0 s",
        "listening to the microphone at 16000 Hz",
    ]


def test_waits_grow_and_start_anew(system, monkeypatch):
    waits = []

    class Patient(Inlet):
        def wait_for_end(self, seconds):
            if seconds:
                waits.append(seconds)
            return super().wait_for_end(0)

    monkeypatch.setattr(microphone, "_LONGEST_WAIT", 0.04)
    gone = PortAudioError("gone")
    system.plans = [gone, gone, gone, gone, 2, gone, gone, gone]
    inlet = Patient(16000, live=True)
    system.on_empty = inlet.end
    Microphone().fill(inlet)
    assert waits == [0.01, 0.02, 0.04, 0.04, 0.01, 0.02, 0.04]


def test_unplugged_devices_may_be_missing_for_a_while(system):
    source = Microphone("Headset")
    devices, system.devices = system.devices, []
    inlet = Inlet(16000, live=True)
    waited = []

    def look():
        waited.append(1)
        if len(waited) == 3:
            system.devices, system.plans = devices, [1]

    system._initialize = look
    system.on_empty = inlet.end
    source.fill(inlet)
    assert len(inlet.take(1.0, timeout=0)) == 320 and len(system.opened) == 1


def test_the_end_of_listening_closes_the_device(system):
    system.plans = [1]
    with listening(Microphone()) as inlet:
        assert len(inlet.take(1.0, timeout=5)) == 320
    assert system.closed == len(system.opened) >= 1
    assert not [thread for thread in threading.enumerate() if "microphone" in thread.name]


@pytest.mark.parametrize(
    ("device", "devices", "message"),
    [
        ("Piano", None, r"cannot use the microphone 'Piano' \(No input device .*\); found 'Headset'"),
        (None, [], r"cannot use the microphone \(no default device\); found none; plug one in, or read standard input"),
    ],
)
def test_what_is_not_there_from_the_start(system, device, devices, message):
    system.devices = system.devices if devices is None else devices
    with pytest.raises(ValueError, match=message):
        Microphone(device)


def test_a_device_that_takes_no_settings(system):
    system.accepts = lambda samplerate, channels: False
    with pytest.raises(ValueError, match="cannot use the microphone: Invalid sample rate"):
        Microphone()


def test_devices_by_number(system, monkeypatch):
    asked = []
    monkeypatch.setattr(system, "query_devices", lambda device, kind: asked.append(device) or system.devices[0])
    Microphone("7")
    assert asked == [7]


def test_what_is_not_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(ValueError, match=r"a microphone needs the extra 'live': pip install 'avatar\[live\]'"):
        Microphone()


def test_portaudio_is_missing(monkeypatch, tmp_path):
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')")
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ValueError, match=r"needs PortAudio \(PortAudio library not found\): install it, for example"):
        Microphone()
