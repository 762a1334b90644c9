"""Sends an animation as a phone with Live Link Face would, in step with the clock."""

import logging
import socket
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from math import floor
from typing import Any

from avatar.animation import Animation
from avatar.export.livelink_packets import to_packets

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
    if not 1 <= port <= 65535:
        raise ValueError(f"port must be within 1..65535, got {port}")
    packets = to_packets(animation, subject=subject)
    family, address = _resolve(host, port)
    done = skipped = failed = 0
    with closing(socket.socket(family, socket.SOCK_DGRAM)) as out:
        out.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
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
            packet = replace(packets[number % len(packets)], frame=number)
            try:
                out.sendto(packet.encode(), address)
                done += 1
            except OSError as error:
                if not failed:
                    log.warning("cannot send to %s port %d (%s); trying on", host, port, error.strerror or error)
                failed += 1
            number += 1
    return Sent(done, skipped, failed)


def _resolve(host: str, port: int) -> tuple[int, Any]:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    except (OSError, UnicodeError) as error:
        raise OSError(f"there is no host {host!r} to send to ({getattr(error, 'strerror', None) or error})") from None
    return family, address
