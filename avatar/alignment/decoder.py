"""PocketSphinx (Huggins-Daines et al. 2006; BSD), as far as aligning needs it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar.alignment.spelling import spell
from avatar.articulation.phones import ARPABET, SILENCE

FRAME = 0.01
"""Seconds from one of its frames to the next."""

SAMPLE_RATE = 16000
"""Hz that its acoustic model hears."""

WIDE, NARROW = 1e-150, 1e-48
"""How unlikely a way may become before it is given up: for graphs with few ways, and for graphs with many."""

PHONE_MARK = "#"
"""Begins the names of words that are one phone."""

_SPEECH = tuple(phone for phone in ARPABET if phone != SILENCE)

Arc = tuple[int, int, float, str] | tuple[int, int, float]
"""From one state of a graph to another, with a probability, saying a word or nothing."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A word, a phone or a silence in a recording.

    Args:
        name: of a word as it was learned, of a phone in ARPAbet.
        start: first frame.
        end: frame after the last.
        misfit: how badly its sound fits, from 0, a mean over frames in the model's logarithmic units; not measured
            where no phones are.
        phones: of a word.
    """

    name: str
    start: int
    end: int
    misfit: float = 0.0
    phones: tuple["Segment", ...] = ()

    @property
    def silent(self) -> bool:
        """Whether it is a pause, or a noise that no mouth makes."""
        return self.name.startswith(("<", "[", "+")) or self.name == "SIL"

    def shifted(self, frames: int) -> "Segment":
        """The same segment so many frames later."""
        phones = tuple(phone.shifted(frames) for phone in self.phones)
        return Segment(self.name, self.start + frames, self.end + frames, self.misfit, phones)


class Decoder:
    """Finds the words of a graph, and their phones, in a recording.

    Args:
        beam: `WIDE` or `NARROW`.

    Raises:
        ImportError: PocketSphinx is missing.
    """

    def __init__(self, beam: float = WIDE) -> None:
        try:
            import pocketsphinx
        except ImportError as error:
            raise ImportError(
                'aligning a text needs PocketSphinx; pip install "avatar[text]", or give the phones with their times'
            ) from error
        self._sphinx: Any = pocketsphinx.Decoder(
            bestpath=False, lm=None, loglevel="FATAL", beam=beam, pbeam=beam, wbeam=beam
        )
        self._graphs = 0

    def learn(self, name: str, word: str) -> None:
        """Let it know a word, said in all the ways of its dictionary or, if that lacks it, by rule.

        Args:
            name: what it will be called in graphs and segments.
            word: in lower case.
        """
        ways = [self._sphinx.lookup_word(variant) for variant in (word, *(f"{word}({n})" for n in range(2, 10)))]
        known = [way for way in ways if way is not None] or [" ".join(spell(word.replace("'", "")) or ("AH",))]
        for number, way in enumerate(known, 1):
            self._sphinx.add_word(name if number == 1 else f"{name}({number})", way, False)

    def learn_phones(self) -> tuple[str, ...]:
        """Let it know each phone as a word of its own; gives the names of these words."""
        names = tuple(PHONE_MARK + phone for phone in _SPEECH)
        for name, phone in zip(names, _SPEECH, strict=True):
            if self._sphinx.lookup_word(name) is None:
                self._sphinx.add_word(name, phone, False)
        return names

    def search(
        self, samples: NDArray[np.float32], arcs: Sequence[Arc], final: int, *, phones: bool
    ) -> tuple[Segment, ...] | None:
        """Find the likeliest way through a graph of words; pauses may be anywhere.

        Args:
            samples: [N] at 16 kHz.
            arcs: of the graph, from state 0; its words must have been learned.
            final: its last state.
            phones: whether to find the phones too: memory then grows with the square of the length, so that a piece
                must stay under about half a minute.

        Returns:
            Words and pauses in order, or None if no way fits.
        """
        self._graphs += 1
        name, before = f"graph{self._graphs}", f"graph{self._graphs - 1}"
        self._sphinx.add_fsg(name, self._sphinx.create_fsg(name, 0, final, arcs))
        self._sphinx.activate_search(name)
        if self._graphs > 1:
            self._sphinx.remove_search(before)
        pcm = (np.clip(samples, -1, 1) * 32767).astype(np.int16).tobytes()
        self._run(pcm)
        if self._sphinx.hyp() is None:
            return None
        if not phones:
            found = [Segment(_base(word.word), word.start_frame, word.end_frame + 1) for word in self._sphinx.seg()]
            return tuple(word for word in found if word.name != "(NULL)")
        try:
            self._sphinx.set_alignment()
        except RuntimeError:  # the likeliest way says nothing
            return None
        self._run(pcm)
        alignment = self._sphinx.get_alignment()
        if alignment is None:
            return None
        return tuple(_segment(word, tuple(_segment(phone, ()) for phone in word)) for word in alignment)

    def _run(self, pcm: bytes) -> None:
        self._sphinx.start_utt()
        self._sphinx.process_raw(pcm, full_utt=True)
        self._sphinx.end_utt()


def _segment(entry: Any, phones: tuple[Segment, ...]) -> Segment:
    misfit = -entry.score / max(entry.duration, 1)
    return Segment(_base(entry.name), entry.start, entry.start + entry.duration, misfit, phones)


def _base(name: str) -> str:
    """A word without the number of its variant: "to(2)" is "to"."""
    return name.partition("(")[0] if name.endswith(")") and not name.startswith("(") else name
