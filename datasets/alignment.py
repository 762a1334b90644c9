"""A second opinion on phone times: PocketSphinx (BSD) aligns a recording with the phones that it must contain."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar.articulation.phones import SILENCE, Phone
from avatar.datasets.phones import join
from avatar.datasets.synthesis import MissingToolError

FRAME_SECONDS = 0.01
"""PocketSphinx counts time in these."""

NEAREST_ENGLISH = {
    "UE": "UW",
    "OE": "ER",
    "OH": "OW",
    "UX": "UH",
    "X": "HH",
    "RR": "D",
    "NY": "N",
    "LY": "L",
    "BH": "V",
}
"""What the acoustic model of English takes for the phones of other languages; a tap is its d of "ladder"."""


class Aligner:
    """Aligns words that are given as phones, so that the phones are the synthesizer's own."""

    def __init__(self) -> None:
        try:
            import pocketsphinx
        except ImportError as error:
            raise MissingToolError("aligning the corpus needs PocketSphinx; pip install pocketsphinx==5.1.1") from error
        self._decoder: Any = pocketsphinx.Decoder(bestpath=False, lm=None, loglevel="FATAL")
        self._known: set[str] = set()

    def align(self, samples: NDArray[np.float32], words: tuple[tuple[str, ...], ...]) -> tuple[Phone, ...] | None:
        """Find the phones in the recording.

        Args:
            samples: [N] float32 at 16 kHz.
            words: the phones of each word, without silence; of any language, see `NEAREST_ENGLISH`.

        Returns:
            The phones with silences between them, or None if they do not fit the sound.
        """
        english = tuple(tuple(NEAREST_ENGLISH.get(symbol, symbol) for symbol in word) for word in words)
        found = self._align(samples, english)
        if found is None:
            return None
        symbols = iter(symbol for word in words for symbol in word)
        return tuple(
            phone if phone.symbol == SILENCE else Phone(next(symbols), phone.start, phone.end) for phone in found
        )

    def _align(self, samples: NDArray[np.float32], words: tuple[tuple[str, ...], ...]) -> tuple[Phone, ...] | None:
        """The same with phones of English."""
        names = ["_".join(("w", *word)).lower() for word in words]
        for name, word in zip(names, words, strict=True):
            if name not in self._known:
                self._decoder.add_word(name, " ".join(word), True)
                self._known.add(name)
        self._decoder.set_align_text(" ".join(names))
        pcm = (np.clip(samples, -1, 1) * 32767).astype(np.int16).tobytes()
        self._run(pcm)
        if self._decoder.hyp() is None:
            return None
        self._decoder.set_alignment()
        self._run(pcm)
        alignment = self._decoder.get_alignment()
        if alignment is None:
            return None
        pieces = [
            (
                SILENCE if phone.name in {"SIL", "+SPN+", "+NSN+"} else phone.name,
                phone.start * FRAME_SECONDS,
                (phone.start + phone.duration) * FRAME_SECONDS,
            )
            for word in alignment
            for phone in word
        ]
        phones = join(pieces)
        spoken = tuple(phone.symbol for phone in phones if phone.symbol != SILENCE)
        return phones if spoken == tuple(symbol for word in words for symbol in word) else None

    def _run(self, pcm: bytes) -> None:
        self._decoder.start_utt()
        self._decoder.process_raw(pcm, full_utt=True)
        self._decoder.end_utt()
