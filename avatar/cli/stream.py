"""`avatar stream`: a live voice to a live face."""

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from avatar.cli.life import Life
from avatar.cli.side_files import check_not_read

if TYPE_CHECKING:
    from avatar.streaming.live import Progress
    from avatar.streaming.sinks import Sink
    from avatar.streaming.sources import Source

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Stream(Life):
    """Animate a microphone or standard input while it speaks, by Live Link to Unreal or as JSON lines. Ctrl-C ends.

    avatar stream

    ffmpeg -i talk.mp3 -f wav - | avatar stream - --host 192.168.1.20

    arecord -t raw -f S16_LE -r 16000 | avatar stream - --rate 16000 --live --json -

    Args:
        source: microphone; - for standard input, a WAV or (with --rate) raw samples; or such a file or named pipe.
        device: Number or part of the name of the microphone; the system's default when left out.
        rate: Samples per second of raw samples.
        sample_format: Of raw samples.
        channels: Of raw samples, interleaved.
        live: Standard input is live: show what comes at once, skip what comes late. Otherwise it is held back until its
            time, as the sound of a file or of a speech synthesizer needs.
        json: File of JSON lines, - for standard output: the frames go there, by Live Link only if --host is given.
        host: Name or address of the computer that listens to Live Link; 127.0.0.1 when left out.
        port: Its port.
        subject: What Unreal's Live Link panel calls the face.
        fps: Frames per second.
        lookahead: Seconds that the face waits for more sound: more is better and later.
        verbose: Tell every second how it goes.
    """

    source: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="SOURCE")] = "microphone"
    device: str | None = None
    rate: int | None = None
    sample_format: Annotated[Literal["s16le", "f32le"], tyro.conf.arg(name="format")] = "s16le"
    channels: int = 1
    live: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    json: str | None = None
    host: str | None = None
    port: int = 11111
    subject: Annotated[str, tyro.conf.arg(aliases=["--name"])] = "Avatar"
    fps: float = 60.0
    lookahead: float = 0.2
    verbose: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False

    def run(self) -> int:
        """Check everything, then listen."""
        from avatar.animation import check_fps

        check_fps(self.fps, "--fps")
        if self.json is not None and self.json != "-":
            check_not_read("--json", self.json, [Path(self.source)])
        self.chosen_behaviour()
        self.chosen_emotion()
        self.chosen_style()
        try:
            with ExitStack() as stack:
                self._listen(stack)
        except BrokenPipeError:
            # Whoever read our lines has enough. Python would complain once more when it closes standard output.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0

    def _listen(self, stack: ExitStack) -> None:
        from avatar.animator import Animator
        from avatar.streaming.live import LiveFace
        from avatar.streaming.sources import listening

        source = self._source(stack)
        stream = Animator.load().stream(
            self.fps,
            sample_rate=source.sample_rate,
            lookahead=self.lookahead,
            emotion=self.chosen_emotion(),
            style=self.chosen_style(),
            behaviour=self.chosen_behaviour(),
            seed=self.seed,
        )
        sinks = self._sinks(stack)
        inlet = stack.enter_context(listening(source))
        face = LiveFace(
            inlet, stream, sinks, realtime=source.live or not self.json_only, report=_report if self.verbose else None
        )
        with _stopped_by_signals() as stop:
            done = face.run(stop)
        log.info("%.1f s of sound, %d frames%s", done.seconds - done.rested, done.frames, _troubles(done))

    @property
    def json_only(self) -> bool:
        """Whether nobody watches: the frames are only written."""
        return self.json is not None and self.host is None

    def _source(self, stack: ExitStack) -> "Source":
        if self.source == "microphone":
            for name, value in (("--rate", self.rate), ("--live", self.live or None)):
                if value is not None:
                    raise ValueError(f"{name} is only for standard input and files; a microphone needs none")
            from avatar.streaming.microphone import Microphone

            return Microphone(self.device)
        if self.device is not None:
            raise ValueError(f"--device is only for microphones, got {self.device!r} with {self.source}")
        from avatar.streaming.pcm import Layout, read_wav_header
        from avatar.streaming.sources import PcmSource

        # Unbuffered: a buffer would wait for more than there is.
        if self.source == "-":
            name, file = "standard input", os.fdopen(sys.stdin.fileno(), "rb", buffering=0, closefd=False)
        elif Path(self.source).exists():
            name, file = self.source, stack.enter_context(Path(self.source).open("rb", buffering=0))  # noqa: SIM115
        else:
            raise FileNotFoundError(f"no such file or pipe: {self.source}; name one, or microphone, or - alone")
        if self.rate is None:
            layout = read_wav_header(file, name)
        else:
            layout = Layout(self.rate, self.sample_format, self.channels)
        return PcmSource(file, layout, live=self.live, name=name)

    def _sinks(self, stack: ExitStack) -> "list[Sink]":
        from avatar.export.livelink_sender import Outlet
        from avatar.streaming.sinks import JsonLinesSink, LiveLinkSink

        sinks: list[Sink] = []
        if not self.json_only:
            outlet = stack.enter_context(Outlet(self.host or "127.0.0.1", self.port))
            sinks.append(LiveLinkSink(outlet, subject=self.subject))
        if self.json == "-":
            sinks.append(JsonLinesSink(sys.stdout))
        elif self.json is not None:
            # In place and not beside it: it is read while it grows.
            file = stack.enter_context(Path(self.json).open("w", encoding="utf-8"))  # noqa: SIM115
            sinks.append(JsonLinesSink(file))
        for sink in sinks:
            stack.callback(sink.close)
        return sinks


@contextmanager
def _stopped_by_signals() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C or a request to end came; a second one stops at once."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():  # only the main one may choose what signals do
        yield asked.is_set
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def ask(number: int, frame: object) -> None:
        asked.set()
        for each in before:
            signal.signal(each, signal.default_int_handler)

    for number in before:
        signal.signal(number, ask)
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _report(progress: "Progress") -> None:
    log.info(
        "%.0f s: a piece of sound takes %.1f ms (at most %.1f), %.0f ms wait, %d frames%s",
        progress.seconds,
        progress.hop,
        progress.slowest,
        1000 * progress.waiting,
        progress.frames,
        _troubles(progress),
    )


def _troubles(progress: "Progress") -> str:
    rested = f", {progress.rested:.1f} s without sound" if progress.rested >= 1 else ""
    return rested + (f", {progress.skipped:.1f} s skipped" if progress.skipped else "")
