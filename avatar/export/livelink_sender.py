"""Sends faces as a phone with Live Link Face would: a whole animation in step with the clock, or packet by packet."""

import logging
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import floor
from types import TracebackType
from typing import Any

from avatar.animation import Animation
from avatar.export.livelink_packets import Packet, to_packets

log = logging.getLogger(__name__)

PORT = 11111
"""Where Unreal's Live Link listens for faces."""

LATEST = 0.25
"""Seconds; frames that are later are skipped, others are sent at once to catch up."""


@dataclass(frozen=True)
class Sent:
    """What was sent.

    Args:
        packets: how many.
        skipped: how many instants had passed before they could be sent, say while the computer slept.
        failed: how many the network refused.
    """

    packets: int
    skipped: int
    failed: int


class Outlet:
    """Sends packets to one receiver. That nobody listens is no error; the network may come and go.

    Args:
        host: name or address of the receiver; a broadcast address reaches all.
        port: 1..65535.

    Raises:
        OSError: there is no such host.
        ValueError: a port that cannot be.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = PORT) -> None:
        if not 1 <= port <= 65535:
            raise ValueError(f"port must be within 1..65535, got {port}")
        self._place = f"{host} port {port}"
        family, self._address = _resolve(host, port)
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        self.packets = 0
        """How many were sent."""
        self.failed = 0
        """How many the network refused."""

    def __enter__(self) -> "Outlet":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def send(self, packet: Packet) -> None:
        """Send a packet, or count it as failed."""
        try:
            self._socket.sendto(packet.encode(), self._address)
            self.packets += 1
        except OSError as error:
            if not self.failed:
                log.warning("cannot send to %s (%s); trying on", self._place, error.strerror or error)
            self.failed += 1


def send(
    animation: Animation,
    *,
    host: str = "127.0.0.1",
    port: int = PORT,
    subject: str = "Avatar",
    loop: bool = False,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Any] = time.sleep,
) -> Sent:
    """Send an animation's frames at their instants, once or until interrupted.

    Frame n is due n / fps after the start, whatever sleeping and sending took before: nothing adds up over hours.
    That nobody listens is no error; the network may come and go.

    Args:
        animation: at least one frame in ARKit.
        host: name or address of the receiver; a broadcast address reaches all.
        port: 1..65535.
        subject: what Unreal's Live Link panel calls the face.
        loop: begin anew at the end, until interrupted.
        clock: tells seconds; only differences count.
        sleep: waits for so many seconds.

    Returns:
        What was sent.

    Raises:
        OSError: there is no such host.
        ValueError: no frames, or a port that cannot be.
    """
    if len(animation) == 0:
        raise ValueError("the animation to send must have frames, got none")
    packets = to_packets(animation, subject=subject)
    skipped = 0
    with Outlet(host, port) as outlet:
        start, number = clock(), 0
        while loop or number < len(packets):
            wait = start + number / animation.fps - clock()
            if wait > 0:
                sleep(wait)
            elif wait < -LATEST:
                due = floor((clock() - start) * animation.fps)
                due = due if loop else min(due, len(packets) - 1)  # the last pose is always sent
                skipped += due - number
                number = due
            outlet.send(replace(packets[number % len(packets)], frame=number))
            number += 1
    return Sent(outlet.packets, skipped, outlet.failed)


def _resolve(host: str, port: int) -> tuple[int, Any]:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    except (OSError, UnicodeError) as error:
        raise OSError(f"there is no host {host!r} to send to ({getattr(error, 'strerror', None) or error})") from None
    return family, address
