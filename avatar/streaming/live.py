"""The loop of a live face: sound comes, frames go, whatever happens to either end.

The clock is the sound's: frames are sent when the sound that they wait for has come, so that nothing drifts. Only
where no sound comes, silence is put in its place by the computer's clock, and the face goes to rest.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar.animation import Animation
from avatar.streaming.animation_stream import AnimationStream
from avatar.streaming.inlet import Inlet
from avatar.streaming.sinks import Sink

log = logging.getLogger(__name__)

HOP = 0.02
"""Seconds of sound, or of silence in its place, that are animated at once where the computer keeps the time."""

MOST = 1.0
"""Seconds of sound that are animated at once where there are more."""

STALL = 0.2
"""Seconds without sound after which it is taken to have stopped; the face goes to rest."""

SAID = 2.0
"""Seconds without sound after which that is said."""

LATEST = 0.5
"""Seconds that a face may be behind the sound; then it goes on with the newest."""

_SAY_AGAIN = 10.0
"""Seconds between two complaints about the same."""


@dataclass(frozen=True)
class Progress:
    """How a live face is doing.

    Args:
        seconds: of sound and of silence in its place that were animated.
        frames: that were sent.
        hop: milliseconds that one piece of sound took to animate, the median since the last report.
        slowest: the most that one took.
        waiting: seconds of sound that wait to be animated.
        rested: seconds of silence that were put in where no sound came.
        skipped: seconds of sound that were left out to keep up.
    """

    seconds: float
    frames: int
    hop: float
    slowest: float
    waiting: float
    rested: float
    skipped: float


class LiveFace:
    """Animates the sound of an inlet until it ends.

    Args:
        inlet: where the sound comes from.
        stream: animates it; of the inlet's sample rate.
        sinks: where the frames go.
        realtime: whether somebody watches: sound that was there before its time is held back until then, and silence
            takes the place of sound that does not come. Otherwise the sound's own time is all that counts.
        clock: tells seconds; only differences count.
        sleep: waits for so many seconds.
        report: told every second how it goes.
    """

    def __init__(
        self,
        inlet: Inlet,
        stream: AnimationStream,
        sinks: Sequence[Sink],
        *,
        realtime: bool = True,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Any] = time.sleep,
        report: Callable[[Progress], Any] | None = None,
    ) -> None:
        self._inlet, self._stream, self._sinks = inlet, stream, sinks
        self._realtime, self._clock, self._sleep, self._report = realtime, clock, sleep, report
        self._paced = realtime and not inlet.live
        self._rate = stream.sample_rate
        self._due = self._filled = self._reported = 0.0
        self._said_skipping = -np.inf
        self._stalled, self._rested, self._skipped = 0.0, 0, 0.0
        self._hops: list[float] = []

    def run(self, stop: Callable[[], bool] = lambda: False) -> Progress:
        """Animate until the sound ends or `stop` says so; what was heard until then is animated to its end.

        Raises:
            ValueError: the sound is not finite or far outside -1..1.
            OSError: a sink cannot take more (BrokenPipeError: its reader is gone), or the source cannot be read.
        """
        hop = HOP if self._paced else MOST
        self._due = self._filled = self._reported = self._clock()
        while not stop():
            early = not self._inlet.waiting
            samples = self._inlet.take(hop, timeout=HOP)
            if len(samples):
                self._hear(samples, waited=early)
            elif self._inlet.ended:
                break
            elif self._realtime:
                self._rest()
            self._say()
        self._send(self._stream.flush())
        return self._progress()

    def _hear(self, samples: NDArray[np.float32], *, waited: bool) -> None:
        if self._stalled >= SAID:
            log.info("sound again, after %.0f s", self._stalled)
        self._stalled = 0.0
        if self._paced:
            self._keep_time(len(samples) / self._rate, waited)
        self._filled = self._clock()
        self._animate(samples)

    def _keep_time(self, seconds: float, waited: bool) -> None:
        """Hold sound back that is there before it would be spoken; leave some out where we are behind."""
        now = self._clock()
        if waited:
            self._due = max(self._due, now)  # the sound was late, not we
        if now < self._due:
            self._sleep(self._due - now)
        elif now - self._due > LATEST:
            before = self._inlet.skipped
            self._inlet.skip(now - self._due)
            self._due += self._inlet.skipped - before
        self._due += seconds

    def _rest(self) -> None:
        """Put silence where no sound came."""
        now = self._clock()
        empty = now - self._filled
        if empty < (HOP if self._stalled else STALL):
            return
        said = self._stalled >= SAID
        self._stalled += empty
        if not said and self._stalled >= SAID:
            log.info("no sound comes; the face rests until it does")
        # A computer that slept for hours has no hours of silence to show.
        count = int(min(empty, MOST) * self._rate)
        self._filled = now if empty > MOST else self._filled + count / self._rate
        self._rested += count
        self._animate(np.zeros(count, np.float32))

    def _animate(self, samples: NDArray[np.float32]) -> None:
        began = time.perf_counter()
        frames = self._stream.push(samples)
        self._hops.append(1000 * (time.perf_counter() - began))
        self._send(frames)

    def _send(self, animation: Animation) -> None:
        first = self._stream.frames - len(animation)
        for sink in self._sinks if len(animation) else ():
            sink.send(animation, first)

    def _say(self) -> None:
        now = self._clock()
        if self._inlet.skipped > self._skipped and now >= self._said_skipping + _SAY_AGAIN:
            log.warning("fell behind the sound: skipped %.1f s of it so far", self._inlet.skipped)
            self._skipped, self._said_skipping = self._inlet.skipped, now
        if now >= self._reported + 1:
            if self._report is not None:
                self._report(self._progress())
            self._hops.clear()
            self._reported = now

    def _progress(self) -> Progress:
        hops = self._hops or [0.0]
        return Progress(
            self._stream.seconds,
            self._stream.frames,
            float(np.median(hops)),
            max(hops),
            self._inlet.waiting,
            self._rested / self._rate,
            self._inlet.skipped,
        )
