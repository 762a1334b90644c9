"""Sentences in which any phone that can end an English word meets any phone that can begin one.

Ordinary sentences repeat the common pairs and miss the rare ones. These are chains of short words, chosen so that
their seams hold all pairs at least once.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

LONGEST_CHAIN = 8
"""Words in a sentence."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word with the phones at its edges.

    Args:
        text: its spelling.
        first: the phone it begins with.
        last: the phone it ends with.
    """

    text: str
    first: str
    last: str


def _read(table: str) -> tuple[Word, ...]:
    words = (entry.split("/") for entry in table.split())
    return tuple(Word(text, first, last) for first, text, last in words)


WORDS = _read("""
    AA/odd/D AA/art/T S/spa/AA AE/apple/L AE/ash/SH AH/up/P AH/oven/N S/sofa/AH M/mamma/AH AO/all/L AO/often/N
    L/law/AO S/saw/AO AW/owl/L AW/out/T N/now/AW K/cow/AW AY/ice/S AY/ivy/IY HH/high/AY P/pie/AY EH/edge/JH
    EH/echo/OW ER/earth/TH ER/early/IY F/fur/ER P/paper/ER EY/eight/T EY/age/JH D/day/EY W/way/EY IH/itch/CH
    IH/image/JH IY/eve/V IY/each/CH K/key/IY B/bee/IY OW/oath/TH OW/open/N G/go/OW SH/show/OW OY/oil/L
    OY/oyster/ER B/boy/OY T/toy/OY UW/ooze/Z T/two/UW SH/shoe/UW W/web/B K/cab/B T/teach/CH W/watch/CH
    CH/chair/R CH/cheap/P R/red/D B/bad/D DH/this/S DH/them/M S/smooth/DH B/breathe/DH L/leaf/F L/laugh/F
    D/dog/G B/big/G HH/home/M HH/have/V JH/joke/K JH/jam/M P/page/JH F/fudge/JH B/book/K L/look/K M/mill/L
    F/fool/L N/name/M N/knob/B V/van/N V/vase/S K/king/NG Y/young/NG R/ring/NG K/cap/P R/rope/P F/four/R
    R/rear/R Y/yes/S Y/you/UW W/wish/SH F/fish/SH SH/shape/P SH/shave/V G/goat/T G/gum/M TH/thief/F TH/thumb/M
    M/mouth/TH B/both/TH G/give/V L/love/V W/wave/V W/whim/M Z/zoo/UW Z/zip/P R/rose/Z N/nose/Z ZH/genre/AH
    B/beige/ZH M/mirage/ZH M/mob/B P/pub/B TH/think/K TH/thing/NG Z/zebra/AH
""")
"""Short words, each as first phone, spelling, last phone; every phone that can stand at an edge of a word does."""

FIRST = frozenset(word.first for word in WORDS)
"""Phones that begin words of English."""

LAST = frozenset(word.last for word in WORDS)
"""Phones that end words of English."""

SEAMS = frozenset((last, first) for last in LAST for first in FIRST)
"""All pairs that can meet between two words."""


def chains(*, seed: int = 0) -> list[str]:
    """Sentences whose words meet in all pairs of `SEAMS`.

    Args:
        seed: of the choice among words that are equally useful.

    Returns:
        Some hundred sentences.
    """
    rng = Random(seed)
    missing = set(SEAMS)
    sentences = []
    while missing:
        # Begin where something is missing for sure.
        start = rng.choice(sorted({last for last, _ in missing}))
        chain = [rng.choice([word for word in WORDS if word.last == start])]
        while len(chain) < LONGEST_CHAIN and (following := _next(chain[-1], missing, rng)) is not None:
            missing.discard((chain[-1].last, following.first))
            chain.append(following)
        text = " ".join(word.text for word in chain)
        sentences.append(text[0].upper() + text[1:] + rng.choice("..?!"))
    return sentences


def _next(word: Word, missing: set[tuple[str, str]], rng: Random) -> Word | None:
    """A word that makes a missing pair after this one and ends where most are missing; None if none does."""
    useful = [other for other in WORDS if (word.last, other.first) in missing]
    if not useful:
        return None
    lacking = {last: sum((last, first) in missing for first in FIRST) for last in {other.last for other in useful}}
    most = max(lacking.values())
    return rng.choice([other for other in useful if lacking[other.last] == most])
