"""Speaking faces with emotions, drawn on the fly."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from avatar.animation import Animation
from avatar.articulation.model import Style, articulate
from avatar.articulation.phones import SILENCE, Phone
from avatar.behaviour import add_behaviour
from avatar.controls import ARKIT_SHAPES
from avatar.emotion.emotions import EMOTIONS, NEUTRAL
from avatar.emotion.express import express
from avatar.emotion.style import ExpressionStyle
from avatar.emotion_reading.appearance import FaceAppearance
from avatar.emotion_reading.face_pictures import FacePictures
from avatar.emotion_reading.speech import timed

NAMES = (NEUTRAL, *EMOTIONS)
"""What a face may show."""

FPS = 25.0
"""Frames a second of the curves that pictures are taken from."""

_LONGEST = 75  # frames of speech that pictures are taken from; an emotion is put on no more


@dataclass(frozen=True)
class ClipStyle:
    """How clips are drawn.

    Args:
        people: that take part; person k has the same face and the same way of showing emotions in every run.
        first_person: number of the first of them, so that others can be held out.
        weakest: lowest intensity of an emotion.
        strongest: highest intensity.
        frames: pictures in a clip, anywhere in speech.
        manner: deviation of jaw and lips from everyday speech, as a factor's logarithm.
        alone: share of the sentences that one person in one light says with every emotion, so that nothing else
            differs; the others are said by somebody else each time.
    """

    people: int = 100_000
    first_person: int = 0
    weakest: float = 0.4
    strongest: float = 1.0
    frames: int = 3
    manner: float = 0.2
    alone: float = 0.5


HELD_OUT = ClipStyle(people=1000, first_person=1_000_000, weakest=0.8, strongest=0.8, frames=8, alone=0.0)
"""People that training never sees, at the intensity that a reader is judged at."""


@dataclass(frozen=True, eq=False)
class FaceClip:
    """One clip.

    Args:
        pictures: [T, H, W] grey, about 0..1.
        emotion: index in `NAMES`.
        shapes: [T, S] weights of ARKit's shapes.
    """

    pictures: Tensor
    emotion: int
    shapes: Tensor


class FaceClips:
    """Draws clips of faces that say sentences.

    Args:
        sentences: English texts.
        pictures: draws faces.
        style: how clips are drawn.

    Raises:
        ValueError: there is no sentence.
    """

    def __init__(self, sentences: Sequence[str], pictures: FacePictures, *, style: ClipStyle | None = None) -> None:
        if not sentences:
            raise ValueError("sentences must hold one or more, got none; compose some with avatar.datasets.sentences")
        self.sentences, self.pictures, self.style = tuple(sentences), pictures, style or ClipStyle()

    def draw(self, chance: np.random.Generator) -> list[FaceClip]:
        """Draw one sentence with every emotion of `NAMES` in turn.

        Args:
            chance: the source of chance; equal seeds give equal clips.
        """
        phones = timed(self.sentences[int(chance.integers(len(self.sentences)))], chance)
        jaw, lips = np.exp(chance.normal(0.0, self.style.manner, 2)).clip(0.5, 1.6).tolist()
        return self.film(articulate(phones, fps=FPS, style=Style(jaw, lips)), phones, chance)

    @torch.no_grad()
    def film(self, spoken: Animation, phones: Sequence[Phone], chance: np.random.Generator) -> list[FaceClip]:
        """Draw speech that is there with every emotion of `NAMES` in turn, as `draw` does.

        Args:
            spoken: without emotion or behaviour, in ARKit.
            phones: what is said when; pictures are taken where something is.
            chance: the source of chance.
        """
        alive = add_behaviour(spoken, seed=int(chance.integers(2**31)))
        first = int(chance.integers(max(len(alive) - _LONGEST, 0) + 1))
        alive = replace(alive, weights=alive.weights[first : first + _LONGEST])
        speaking = _speaking(phones, (first + np.arange(len(alive))) / spoken.fps)
        rig, weights, cast = self.pictures.rig, [], len(NAMES)
        numbers = self.style.first_person + chance.integers(self.style.people, size=cast)
        looks = [FaceAppearance.sample(chance) for _ in NAMES]
        if chance.random() < self.style.alone:
            numbers, looks = numbers[:1].repeat(cast), looks[:1] * cast
        for name, number in zip(NAMES, numbers.tolist(), strict=True):
            asked = {} if name == NEUTRAL else {name: float(chance.uniform(self.style.weakest, self.style.strongest))}
            shown = express(alive, asked, style=ExpressionStyle.sample(number), seed=int(chance.integers(2**31)))
            weights.append(shown.weights[np.sort(chance.choice(speaking, self.style.frames))])
        identity = torch.cat([rig.sample_identity(torch.Generator().manual_seed(each)) for each in numbers.tolist()])
        posed = torch.from_numpy(np.concatenate(weights))
        vertices = rig(posed, identity.repeat_interleave(self.style.frames, 0))
        vertices = vertices.reshape(cast, self.style.frames, *vertices.shape[1:])
        noise = torch.Generator().manual_seed(int(chance.integers(2**31)))
        drawn = self.pictures(vertices, looks, neutral=rig.neutral(identity), generator=noise)
        shapes = torch.split(posed[:, : len(ARKIT_SHAPES)], self.style.frames)
        return [FaceClip(drawn[emotion], emotion, shapes[emotion]) for emotion in range(cast)]


def _speaking(phones: Sequence[Phone], times: np.ndarray) -> np.ndarray:
    """Which of some instants lie in speech; all of them where none do."""
    inside = np.zeros(len(times), bool)
    for phone in phones:
        if phone.symbol != SILENCE:
            inside |= (times >= phone.start) & (times < phone.end)
    return np.flatnonzero(inside if inside.any() else ~inside)
