"""Where live sound comes from: something with a rate that fills an inlet from a thread of its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from avatar.audio import to_mono
from avatar.streaming.inlet import Inlet
from avatar.streaming.pcm import Bytes, Layout, read_blocks


class Source(Protocol):
    """Something that hears."""

    @property
    def name(self) -> str:
        """What a message calls it."""
        ...

    @property
    def sample_rate(self) -> int:
        """Samples per second that it gives."""
        ...

    @property
    def live(self) -> bool:
        """Whether late sound is worthless."""
        ...

    def fill(self, inlet: Inlet) -> None:
        """Put sound into the inlet as it comes, until there is no more or the inlet was ended."""
        ...


class PcmSource:
    """Uncompressed sound from a pipe or file.

    Args:
        file: opened without a buffer, past any header.
        layout: of its samples.
        live: whether late sound is worthless; otherwise the writer is made to wait.
        name: what a message calls it.
    """

    def __init__(self, file: Bytes, layout: Layout, *, live: bool = False, name: str = "standard input") -> None:
        self._file, self._layout = file, layout
        self.name, self.sample_rate, self.live = name, layout.sample_rate, live

    def fill(self, inlet: Inlet) -> None:
        """See `Source`."""
        for block in read_blocks(self._file, self._layout):
            inlet.put(to_mono(block))
            if inlet.wait_for_end(0):
                return


@contextmanager
def listening(source: Source) -> Iterator[Inlet]:
    """An inlet that a thread fills from a source as long as the context lasts."""
    inlet = Inlet(source.sample_rate, live=source.live)

    def listen() -> None:
        try:
            source.fill(inlet)
        except Exception as error:
            inlet.end(error)
        else:
            inlet.end()

    # A daemon: a read from a pipe cannot be called off, and must not keep the process alive.
    thread = threading.Thread(target=listen, name=f"avatar: {source.name}", daemon=True)
    thread.start()
    try:
        yield inlet
    finally:
        inlet.end()
        thread.join(2.0 if source.live else 0.1)
