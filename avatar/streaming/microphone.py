"""A microphone that may be unplugged and plugged in again."""

import logging
from queue import Empty, SimpleQueue
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar.audio import SAMPLE_RATE
from avatar.streaming.inlet import Inlet
from avatar.streaming.sound import SoundStream

log = logging.getLogger(__name__)

_BLOCK = 0.02
"""Seconds of sound that the system hands over at once: what completes a frame of the speech model."""

_VANISHED = 1.0
"""Seconds without sound after which a device is taken to be gone; a muted one gives zeros."""

_FIRST_WAIT, _LONGEST_WAIT = 0.5, 8.0
"""Seconds before a device that is gone is looked for again: twice as long each time."""


class Microphone:
    """An input of the sound system, through PortAudio. It always gives 16 kHz, whatever the device does.

    Args:
        device: number or part of the name of the device; None is the system's default.

    Raises:
        ValueError: there is no such device, or none at all, or it cannot be used; or the extra `live` or PortAudio is
            not installed.
    """

    sample_rate = SAMPLE_RATE
    live = True

    def __init__(self, device: str | int | None = None) -> None:
        self._system = _sounddevice()
        self._device = int(device) if isinstance(device, str) and device.isdecimal() else device
        self.name = "the microphone" if device is None else f"the microphone {device!r}"
        self._settings()  # what is wrong from the start is an error, what goes wrong later is waited for

    def fill(self, inlet: Inlet) -> None:
        """See `Source`: ends with the inlet alone; a device that vanishes is opened again when it is back."""
        wait = _FIRST_WAIT
        while not inlet.wait_for_end(0):
            try:
                if self._listen(inlet):
                    wait = _FIRST_WAIT
                reason = f"it gave no sound for {_VANISHED:g} s"
            except (OSError, ValueError, self._system.PortAudioError) as error:
                reason = str(error)
            if inlet.wait_for_end(0):
                return
            log.warning("%s is gone (%s); looking for it again in %.1f s", self.name, reason, wait)
            if inlet.wait_for_end(wait):
                return
            wait = min(2 * wait, _LONGEST_WAIT)
            self._look_again()

    def _listen(self, inlet: Inlet) -> bool:
        """Hand on what the device gives until it gives nothing more; whether it gave anything."""
        blocks: SimpleQueue[NDArray[np.float32]] = SimpleQueue()

        def hear(samples: NDArray[np.float32], *_: object) -> None:
            blocks.put(samples.T.copy())  # the memory is used again

        settings = self._settings()
        sound = SoundStream(int(settings["samplerate"]))
        heard = False
        stream = self._system.InputStream(
            **settings, blocksize=round(_BLOCK * sound.sample_rate), latency="low", callback=hear
        )
        try:
            stream.start()
            while not inlet.wait_for_end(0):
                inlet.put(sound.push(blocks.get(timeout=_VANISHED)))
                if not heard:
                    log.info("listening to %s at %d Hz", self.name, sound.sample_rate)
                heard = True
        except Empty:
            pass
        finally:
            stream.close(ignore_errors=True)
        return heard

    def _settings(self) -> dict[str, Any]:
        """How the device can be opened, best first: at our rate, so that nothing waits to be resampled; in mono."""
        try:
            device = self._system.query_devices(self._device, "input")
        except (ValueError, self._system.PortAudioError) as error:
            names = [f"{d['name']!r}" for d in self._system.query_devices() if d["max_input_channels"] > 0]
            found = f"found {', '.join(names)}" if names else "found none; plug one in, or read standard input with -"
            raise ValueError(f"cannot use {self.name} ({error}); {found}") from None
        own = float(device["default_samplerate"])
        reason: Exception | None = None
        for rate, channels in ((SAMPLE_RATE, 1), (own, 1), (own, device["max_input_channels"])):
            settings = {"device": self._device, "samplerate": rate, "channels": channels, "dtype": "float32"}
            try:
                self._system.check_input_settings(**settings)
            except (ValueError, self._system.PortAudioError) as error:
                reason = error
            else:
                return settings
        raise ValueError(f"cannot use {self.name}: {reason}")

    def _look_again(self) -> None:
        """Let PortAudio see what was plugged in: it looks once, when it starts."""
        try:
            self._system._terminate()
            self._system._initialize()
        except self._system.PortAudioError as error:
            log.debug("PortAudio did not start anew: %s", error)


def _sounddevice() -> ModuleType:
    try:
        import sounddevice
    except ImportError:
        raise ValueError(
            "a microphone needs the extra 'live': pip install 'avatar[live]'; or read standard input with -"
        ) from None
    except OSError as error:
        raise ValueError(
            f"a microphone needs PortAudio ({error}): install it, for example with apt install libportaudio2; "
            "or read standard input with -"
        ) from None
    module: ModuleType = sounddevice
    return module
