"""Clips of mouths that speak, drawn on the fly from a corpus's phones."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from avatar.animation import Animation
from avatar.articulation.model import Style, articulate
from avatar.articulation.phones import SILENCE, Phone
from avatar.emotion.emotions import EMOTIONS
from avatar.emotion.express import express
from avatar.emotion.style import ExpressionStyle
from avatar.lipreading.appearance import Appearance
from avatar.lipreading.mouth_pictures import MouthPictures


@dataclass(frozen=True)
class ClipStyle:
    """How clips are drawn.

    Args:
        people: identities that take part; person k is the same in every run.
        first_person: number of the first of them, so that others can be held out.
        emotional: share of the clips with an emotion, of any kind and strength.
        manner: deviation of jaw and lips from everyday speech, as a factor's logarithm.
        level: deviation of the loudness in dB.
    """

    people: int = 512
    first_person: int = 0
    emotional: float = 0.5
    manner: float = 0.2
    level: float = 3.0


HELD_OUT = ClipStyle(people=64, first_person=100_000)
"""People that training never sees."""


@dataclass(frozen=True, eq=False)
class MouthClip:
    """One clip.

    Args:
        pictures: [T, H, W] grey, about 0..1.
        labels: [T] index of the phone at each frame.
        phones: indices of the phones of which the middle is shown, without silence.
    """

    pictures: Tensor
    labels: Tensor
    phones: tuple[int, ...]


class MouthClips:
    """Draws clips of one corpus.

    Args:
        sentences: phones with times of each sentence.
        symbols: the phones that are told apart; sentences with others are left out.
        pictures: draws mouths.
        fps: frames a second.
        style: how clips are drawn.

    Raises:
        ValueError: no sentence is left.
    """

    def __init__(
        self,
        sentences: Sequence[Sequence[Phone]],
        symbols: Sequence[str],
        pictures: MouthPictures,
        *,
        fps: float = 25.0,
        style: ClipStyle | None = None,
    ) -> None:
        self.index = {symbol: number for number, symbol in enumerate(symbols)}
        self.sentences = [one for one in sentences if one and all(phone.symbol in self.index for phone in one)]
        if not self.sentences:
            raise ValueError(
                f"sentences must hold one or more spoken with {len(self.index)} known phones, got {len(sentences)} "
                "without any; take the English part of the corpus"
            )
        self.pictures, self.fps, self.style = pictures, fps, style or ClipStyle()

    @torch.no_grad()
    def draw(self, chance: np.random.Generator, frames: int | None = None, sentence: int | None = None) -> MouthClip:
        """Draw one clip.

        Args:
            chance: the source of chance; equal seeds give equal clips.
            frames: length, a part of a sentence, which is repeated in silence where it is shorter; whole when left out.
            sentence: which; any when left out.
        """
        phones = self.sentences[int(chance.integers(len(self.sentences))) if sentence is None else sentence]
        animation = self._animation(phones, chance)
        first = 0
        if frames is not None:
            first = int(chance.integers(max(len(animation) - frames, 0) + 1))
        last = len(animation) if frames is None else min(first + frames, len(animation))
        rig = self.pictures.rig
        identity = self._person(chance)
        weights = torch.tensor(animation.weights[first:last])
        vertices = rig(weights, identity)
        look = Appearance.sample(chance)
        noise = torch.Generator().manual_seed(int(chance.integers(2**31)))
        drawn = self.pictures(vertices[None], [look], neutral=rig.neutral(identity), generator=noise)[0]
        times = np.arange(first, last) / self.fps
        labels = torch.tensor(frame_labels(phones, times, self.index))
        middles = [0.5 * (phone.start + phone.end) for phone in phones]
        shown = tuple(
            self.index[phone.symbol]
            for phone, middle in zip(phones, middles, strict=True)
            if phone.symbol != SILENCE and times[0] <= middle < times[-1] + 1 / self.fps
        )
        clip = MouthClip(drawn, labels, shown)
        return clip if frames is None else _lengthened(clip, frames)

    def _animation(self, phones: Sequence[Phone], chance: np.random.Generator) -> Animation:
        manner = np.exp(chance.normal(0.0, self.style.manner, 2)).clip(0.5, 1.6)
        seconds = phones[-1].end
        count = max(1, round(seconds * self.fps))
        level = np.full(count, float(np.clip(chance.normal(0.0, self.style.level), -8.0, 8.0)))
        spoken = articulate(
            phones, fps=self.fps, duration=seconds, style=Style(float(manner[0]), float(manner[1])), loudness=level
        )
        if chance.random() >= self.style.emotional:
            return spoken
        emotion = str(chance.choice(EMOTIONS))
        seed = int(chance.integers(2**31))
        strength = float(chance.uniform(0.1, 1.0))
        return express(spoken, {emotion: strength}, style=ExpressionStyle.sample(seed), seed=seed)

    def _person(self, chance: np.random.Generator) -> Tensor:
        number = self.style.first_person + int(chance.integers(self.style.people))
        return self.pictures.rig.sample_identity(torch.Generator().manual_seed(number))


def frame_labels(phones: Sequence[Phone], times: np.ndarray, index: dict[str, int]) -> np.ndarray:
    """Index [T] of the phone at each time; silence where there is none."""
    starts = np.array([phone.start for phone in phones])
    at = np.searchsorted(starts, times, side="right") - 1
    return np.array(
        [
            index[phones[row].symbol] if row >= 0 and time < phones[row].end else index[SILENCE]
            for row, time in zip(at, times, strict=True)
        ],
        np.int64,
    )


def _lengthened(clip: MouthClip, frames: int) -> MouthClip:
    """Hold the last picture until a clip has so many frames."""
    missing = frames - len(clip.labels)
    if missing <= 0:
        return clip
    pictures = torch.cat([clip.pictures, clip.pictures[-1:].expand(missing, -1, -1)])
    return replace(clip, pictures=pictures, labels=torch.cat([clip.labels, clip.labels[-1:].expand(missing)]))
