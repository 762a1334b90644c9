"""Final phone times out of two opinions and the sound itself."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from avatar.articulation.phones import SILENCE, Phone
from avatar.datasets.phones import join
from avatar.datasets.synthesis import SAMPLE_RATE

LARGEST_MEDIAN_DIFFERENCE = 0.06
"""Seconds; utterances about which the two opinions differ more are dropped."""

SHORTEST_FIRST_CLOSURE = 0.07
"""Seconds that lips are closed before the first sound of speech; silence hides how long they really were."""

SHORTEST_SILENCE = 0.03
"""Seconds; shorter gaps between phones are given to the phones beside them."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two opinions about one utterance lie apart, over the starts of its phones.

    Args:
        offset: median of aligner minus engine, in seconds.
        difference: median distance, in seconds.
        ninetieth: 90th percentile of the distance, in seconds.
    """

    offset: float
    difference: float
    ninetieth: float


def spoken(phones: tuple[Phone, ...]) -> list[Phone]:
    """The phones without the silences."""
    return [phone for phone in phones if phone.symbol != SILENCE]


def words_between_silences(phones: tuple[Phone, ...]) -> tuple[tuple[str, ...], ...]:
    """The symbols of each stretch without silence, for engines that do not say where words begin."""
    words: list[tuple[str, ...]] = []
    word: list[str] = []
    for phone in (*phones, None):
        if phone is not None and phone.symbol != SILENCE:
            word.append(phone.symbol)
        elif word:
            words.append(tuple(word))
            word = []
    return tuple(words)


def agreement(engine: tuple[Phone, ...], aligned: tuple[Phone, ...]) -> Agreement:
    """Compare two opinions.

    Args:
        engine: the synthesizer's phones.
        aligned: the aligner's; the same phones but for silences.

    Raises:
        ValueError: if the spoken phones differ.
    """
    first, second = spoken(engine), spoken(aligned)
    if [phone.symbol for phone in first] != [phone.symbol for phone in second] or not first:
        raise ValueError(
            f"engine and aligned must hold the same spoken phones, got {len(first)} and {len(second)}; "
            "give the aligner the engine's own words"
        )
    apart = np.array([theirs.start - ours.start for ours, theirs in zip(first, second, strict=True)])
    return Agreement(float(np.median(apart)), float(np.median(np.abs(apart))), float(np.quantile(np.abs(apart), 0.9)))


def fuse(engine: tuple[Phone, ...], aligned: tuple[Phone, ...], *, trust: float, seconds: float) -> tuple[Phone, ...]:
    """Mix two opinions about the same phones.

    Args:
        engine: the synthesizer's phones.
        aligned: the aligner's; the same phones but for silences, whose places are taken from here.
        trust: share of the aligner in each boundary, 0..1. Beside a silence the aligner alone counts: the engines
            are not agreed on whether a pause starts with the closing of the mouth or the end of the sound.
        seconds: length of the recording; the last silence fills it.

    Returns:
        Phones that follow each other without gaps from 0 to `seconds`.
    """
    pairs = list(zip(spoken(engine), spoken(aligned), strict=True))
    bounds = []
    for i, (ours, theirs) in enumerate(pairs):
        after_pause = i == 0 or pairs[i - 1][1].end < theirs.start
        before_pause = i == len(pairs) - 1 or theirs.end < pairs[i + 1][1].start
        start = theirs.start if after_pause else trust * theirs.start + (1 - trust) * ours.start
        end = theirs.end if before_pause else trust * theirs.end + (1 - trust) * ours.end
        bounds.append([start, end])
    for before, after in pairwise(bounds):
        if after[0] - before[1] < SHORTEST_SILENCE:
            before[1] = after[0] = (before[1] + after[0]) / 2
    pieces: list[tuple[str, float, float]] = []
    time = 0.0
    for (ours, _), (start, end) in zip(pairs, bounds, strict=True):
        start, end = max(start, time), min(end, seconds)
        if start - time >= SHORTEST_SILENCE:
            pieces.append((SILENCE, time, start))
        else:
            start = time
        # Where the engine has a phone in what the aligner takes for a pause, nothing may be left of it.
        time = max(start, end)
        pieces.append((ours.symbol, start, time))
    pieces.append((SILENCE, time, seconds))
    return join(pieces)


def end_stops_at_release(
    phones: tuple[Phone, ...], samples: NDArray[np.float32], *, symbols: frozenset[str] = frozenset({"P", "B"})
) -> tuple[Phone, ...]:
    """Let the labelled stop be its closure: what follows the burst goes to the next phone.

    Engines and aligners count the breath after a p as part of it, although the lips are open by then.

    Args:
        phones: without gaps.
        samples: [N] float32 at `SAMPLE_RATE`.
        symbols: the stops to treat.
    """
    level = _level(samples)
    result = list(phones)
    for i, (phone, following) in enumerate(pairwise(phones)):
        if phone.symbol not in symbols or following.symbol == SILENCE:
            continue
        release = _release(level, phone.start + 0.015, min(phone.end + 0.015, following.end - 0.02))
        if release is not None:
            result[i] = Phone(phone.symbol, result[i].start, release)
            result[i + 1] = Phone(following.symbol, release, following.end)
    for i, (before, phone) in enumerate(pairwise(tuple(result)), start=1):
        missing = SHORTEST_FIRST_CLOSURE - phone.duration
        if before.symbol == SILENCE and phone.symbol in symbols and 0 < missing < before.duration - 0.01:
            result[i - 1] = Phone(SILENCE, before.start, phone.start - missing)
            result[i] = Phone(phone.symbol, phone.start - missing, phone.end)
    return tuple(result)


def _level(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """Level of the sound without its voicing bar in dB, one value a millisecond."""
    # The murmur behind closed lips lies low; a first difference takes most of it away.
    bright = np.diff(samples.astype(np.float64), prepend=samples[:1].astype(np.float64))
    hop, width = SAMPLE_RATE // 1000, 4 * SAMPLE_RATE // 1000
    power = np.convolve(bright**2, np.ones(width) / width, "same")[::hop]
    level: NDArray[np.float64] = 10 * np.log10(power + 1e-10)
    return level


def _release(level: NDArray[np.float64], start: float, end: float, *, rise: float = 8.0) -> float | None:
    """The burst between two instants: where the level first rises nearly as fast as it ever does there."""
    first, last = round(start * 1000), min(round(end * 1000), len(level) - 4)
    if last - first < 4:
        return None
    at = np.arange(first, last)
    gain = level[at + 3] - level[np.maximum(at - 3, 0)]
    if gain.max() < rise:
        return None
    fast = np.flatnonzero(gain >= max(rise, 0.7 * gain.max()))[0]
    # Within the first fast rise, its steepest point.
    return float(at[fast + int(np.argmax(gain[fast : fast + 6]))]) / 1000
