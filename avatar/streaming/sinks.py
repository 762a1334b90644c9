"""Where live frames go: a game engine, or lines of JSON."""

import json
import logging
import time
from collections.abc import Callable
from typing import Any, Protocol, TextIO

import numpy as np

from avatar.animation import Animation
from avatar.controls import ARKIT
from avatar.export.livelink_packets import to_packets
from avatar.export.livelink_sender import Outlet

log = logging.getLogger(__name__)

_EASE = 0.25
"""Seconds in which a face goes to rest when nobody will move it any more."""


class Sink(Protocol):
    """Something that shows or keeps frames."""

    def send(self, animation: Animation, first: int) -> None:
        """Take the next frames, of which the first has this number."""
        ...

    def close(self) -> None:
        """No more frames will come."""
        ...


class LiveLinkSink:
    """Sends frames by UDP as the Live Link Face app does. That nobody listens is no error.

    Args:
        outlet: the way to the receiver.
        subject: what Unreal's Live Link panel calls the face.
        sleep: waits for so many seconds.
    """

    def __init__(self, outlet: Outlet, *, subject: str = "Avatar", sleep: Callable[[float], Any] = time.sleep) -> None:
        self._outlet, self._subject, self._sleep = outlet, subject, sleep
        self._last: Animation | None = None
        self._next = 0

    def send(self, animation: Animation, first: int) -> None:
        """See `Sink`."""
        for packet in to_packets(animation, subject=self._subject, first=first):
            self._outlet.send(packet)
        if len(animation):
            self._last, self._next = animation, first + len(animation)

    def close(self) -> None:
        """Bring the face to rest: the receiver would keep the last pose, perhaps an open mouth, for ever."""
        if self._last is None:
            return
        fps = self._last.fps
        shares = np.linspace(1, 0, max(round(_EASE * fps), 1) + 1, dtype=np.float32)[1:, None]
        ease = Animation(ARKIT, ARKIT.neutral + shares * (self._last.weights[-1] - ARKIT.neutral), fps)
        for packet in to_packets(ease, subject=self._subject, first=self._next):
            self._sleep(1 / fps)
            self._outlet.send(packet)
        self._last = None
        if self._outlet.failed:
            log.warning("the network refused %d packets, and took %d", self._outlet.failed, self._outlet.packets)


class JsonLinesSink:
    """Writes a line of JSON a frame: its number, its time in seconds, and all curves by name.

    Args:
        file: text; it is not closed.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def send(self, animation: Animation, first: int) -> None:
        """See `Sink`. Whoever reads gets whole lines, and gets them at once."""
        names = animation.space.names
        lines = [
            json.dumps(
                {
                    "frame": first + t,
                    "time": round((first + t) / animation.fps, 6),
                    "curves": {name: round(float(value), 5) for name, value in zip(names, row, strict=True)},
                },
                separators=(",", ":"),
            )
            for t, row in enumerate(animation.weights)
        ]
        if lines:
            self._file.write("\n".join(lines) + "\n")
            self._file.flush()

    def close(self) -> None:
        """See `Sink`."""
        self._file.flush()
