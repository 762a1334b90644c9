"""Under which conditions a model hears and answers: worse sound, less look-ahead."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from avatar.animation import Animation
from avatar.datasets.degrade import BEDS, CHANGES, degrade
from avatar.speech import SpeechModel


@dataclass(frozen=True, slots=True)
class Condition:
    """One way to run a model.

    Args:
        kind: of damage, as `avatar.datasets.degrade.degrade` names it; None leaves the sound clean.
        snr: decibels of speech over what is added; None is the damage's own.
        lookahead: seconds that the model looks ahead; None is the whole recording.
    """

    kind: str | None = None
    snr: float | None = None
    lookahead: float | None = None

    @classmethod
    def parse(cls, text: str) -> "Condition":
        """Read damage such as "reverb" or "noise:10".

        Raises:
            ValueError: there is no such damage, or what follows the colon is no number or not wanted.
        """
        kind, colon, level = text.partition(":")
        if kind not in (*BEDS, *CHANGES):
            raise ValueError(f"--degrade takes {', '.join([*BEDS, *CHANGES])}, got {kind!r}")
        try:
            snr = float(level) if colon else None
        except ValueError:
            raise ValueError(f"--degrade takes KIND or KIND:DECIBELS such as noise:10, got {text!r}") from None
        if snr is not None and (kind in CHANGES or not isfinite(snr)):
            raise ValueError(f"--degrade takes decibels, a finite number, for {', '.join(BEDS)} only, got {text!r}")
        return cls(kind, snr)

    @property
    def heading(self) -> str:
        """What a table calls the sound."""
        level = "" if self.snr is None else f" {self.snr:g} dB"
        return "clean" if self.kind is None else self.kind + level

    def predict(self, model: SpeechModel, samples: NDArray[np.float32], *, seed: str) -> Animation:
        """What the model makes of it; one seed and condition damage a sound in one way.

        Args:
            model: to run.
            samples: [N] float32 at 16 kHz, clean.
            seed: any text, such as the utterance's name.
        """
        if self.kind is not None:
            rng = np.random.default_rng(zlib.crc32(f"{seed} {self.heading}".encode()))
            level = {} if self.snr is None else {"snr": self.snr}
            samples = degrade(samples, self.kind, rng, **level)
        return model.predict(samples, lookahead=self.lookahead)


def tables(damages: Sequence[str], lookaheads: Sequence[float]) -> dict[str, dict[str, Condition]]:
    """The conditions of each table by its title, and by heading; the first of each is the model at its best."""
    found: dict[str, dict[str, Condition]] = {}
    if damages:
        found["worse sound"] = {each.heading: each for each in (Condition(), *map(Condition.parse, damages))}
    if lookaheads:
        limited = {f"{seconds:g} s": Condition(lookahead=seconds) for seconds in lookaheads}
        found["look-ahead"] = {"whole recording": Condition(), **limited}
    return found
