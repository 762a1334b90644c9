"""Where in a recording which words and phones of a text were said.

First the whole text is laid over the whole recording; pauses then cut both into pieces of some seconds, in which phones
are found. A piece that does not sound like its words is searched again, with words that may be left out and speech that
is in no word: a slip of the text stays where it is and costs nothing elsewhere.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar.alignment.decoder import FRAME, NARROW, PHONE_MARK, SAMPLE_RATE, Decoder, Segment
from avatar.alignment.graph import learn, lenient, parse, strict
from avatar.alignment.pieces import Piece, cut
from avatar.alignment.text import Token, tokens_of
from avatar.articulation.phones import SILENCE, Phone

log = logging.getLogger(__name__)

MISFIT = 60.0
"""A word whose sound fits worse than this was not said.

Measured on synthetic voices at 18 dB of noise: two in a hundred words that were said fit worse, and half of those of
another text. A word that is wrongly missed costs little: there the speech model decides, as it does without a text.
"""

LEAST_HEARD = 0.5
"""Share of a text's words that must be heard, and of the speech that they must explain, lest it be another's text."""

_MOST_NAMED = 5  # words in a message


@dataclass(frozen=True, slots=True)
class AlignedWord:
    """A word of the text and where it was said.

    Args:
        written: as in the text.
        start: seconds.
        end: seconds; a word that was not heard ends where it starts, about where it should have been.
        phones: of the word; none if it was not heard.
    """

    written: str
    start: float
    end: float
    phones: tuple[Phone, ...]

    @property
    def heard(self) -> bool:
        """Whether the recording has it."""
        return bool(self.phones)


@dataclass(frozen=True, slots=True)
class Alignment:
    """What was said when.

    Args:
        words: of the text, in its order.
        pauses: stretches without speech.
    """

    words: tuple[AlignedWord, ...]
    pauses: tuple[Phone, ...]

    @property
    def phones(self) -> tuple[Phone, ...]:
        """Phones and pauses in order of time; gaps between them are speech that the text does not tell."""
        spoken = [phone for word in self.words for phone in word.phones]
        return tuple(sorted([*self.pauses, *spoken], key=lambda phone: phone.start))


def align(samples: NDArray[np.float32], text: str) -> Alignment:
    """Find the words and phones of a text in a recording.

    Args:
        samples: [N] mono at 16 kHz, -1..1, of any length.
        text: what is said, in English; numbers, abbreviations and signs are read out, what stands in square brackets is
            not.

    Raises:
        ImportError: PocketSphinx is missing.
        ValueError: the text cannot be read, or is not what is said; the message names the words.
    """
    tokens = tokens_of(text)
    decoder = Decoder()
    learn(decoder, tokens)
    found = decoder.search(samples, *strict(tokens), phones=False)
    if found is None:
        raise ValueError(
            f"the text of {len(tokens)} words does not fit the recording of {len(samples) / SAMPLE_RATE:.1f} s; give "
            "what is said in it"
        )
    words: list[AlignedWord] = []
    pauses: list[Phone] = []
    for piece in cut(found):
        heard = _search(decoder, samples, tokens, piece)
        words += _words(heard, tokens, piece)
        pauses += [_phone(segment) for segment in heard if segment.silent]
    _check_heard(words, len(samples) / SAMPLE_RATE - sum(pause.duration for pause in pauses))
    return Alignment(tuple(words), _joined(pauses))


def _search(decoder: Decoder, samples: NDArray[np.float32], tokens: Sequence[Token], piece: Piece) -> list[Segment]:
    """Words and pauses of a piece with their phones; words that were not said are missing."""
    begin, end = (round(frame * FRAME * SAMPLE_RATE) for frame in (piece.start, piece.end))
    sound, part = samples[begin:end], tokens[piece.first : piece.last]
    segments = decoder.search(sound, *strict(part, piece.first), phones=True)
    if segments is None or any(_misfits(segment) for segment in segments if not segment.silent):
        careful = Decoder(NARROW)
        learn(careful, part, piece.first)
        graph = lenient(part, careful.learn_phones(), piece.first)
        segments = careful.search(sound, *graph, phones=True) or segments or ()
    return [segment.shifted(piece.start) for segment in segments if not _misfits(segment)]


def _misfits(segment: Segment) -> bool:
    """Whether a word, or a pause, is not what is heard there."""
    return segment.name.startswith(PHONE_MARK) or segment.misfit > MISFIT


def _words(segments: Sequence[Segment], tokens: Sequence[Token], piece: Piece) -> list[AlignedWord]:
    """The words of a piece, heard or not."""
    phones: dict[int, list[Phone]] = {}
    for segment in segments:
        if not segment.silent:
            phones.setdefault(parse(segment.name)[0], []).extend(
                Phone(phone.name, FRAME * phone.start, FRAME * phone.end)
                for phone in segment.phones
                if not phone.silent
            )
    words: list[AlignedWord] = []
    now = FRAME * piece.start
    for number in range(piece.first, piece.last):
        said = phones.get(number, [])
        start, now = (said[0].start, said[-1].end) if said else (now, now)
        words.append(AlignedWord(tokens[number].written, start, now, tuple(said)))
    return words


def _phone(segment: Segment) -> Phone:
    return Phone(SILENCE if segment.silent else segment.name, FRAME * segment.start, FRAME * segment.end)


def _check_heard(words: Sequence[AlignedWord], speech: float) -> None:
    """Refuse a text that is not what is said, in so many seconds of speech; tell of words that are not heard."""
    missing = [word for word in words if not word.heard]
    explained = sum(word.end - word.start for word in words)
    named = ", ".join(f"{word.written!r} near {word.start:.1f} s" for word in missing[:_MOST_NAMED])
    named += f" and {len(missing) - _MOST_NAMED} more" if len(missing) > _MOST_NAMED else ""
    counted = f"{len(missing)} of its {len(words)} words are not heard" + (f" ({named})" if missing else "")
    if len(words) - len(missing) < LEAST_HEARD * len(words) or explained < LEAST_HEARD * speech:
        raise ValueError(
            f"the text is not what the recording says: {counted}, and the others are {explained:.1f} of {speech:.1f} s "
            "of speech; give what is said in it"
        )
    if missing:
        log.warning("the text differs from the recording: %s", counted)


def _joined(pauses: Sequence[Phone]) -> tuple[Phone, ...]:
    """Pauses of which those that touch are one."""
    joined: list[Phone] = []
    for pause in pauses:
        if joined and pause.start - joined[-1].end < FRAME / 2:
            pause = Phone(SILENCE, joined.pop().start, pause.end)
        joined.append(pause)
    return tuple(joined)
