"""Emotions onto the curves of a speaking face."""

import os
from collections.abc import Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from avatar.animation import Animation, check_fps
from avatar.articulation.response import LipResponse, built_in_response
from avatar.easing import minimum_jerk
from avatar.emotion.action_units import ACTION_UNITS, unit_shapes
from avatar.emotion.dimensions import DIMENSIONS, place_table
from avatar.emotion.life import EMPHASIS, Emphasis, Floats, Variation
from avatar.emotion.lips import Lips
from avatar.emotion.prototypes import prototype_table
from avatar.emotion.style import ExpressionStyle
from avatar.emotion.track import EmotionTrack

Asked = EmotionTrack | str | os.PathLike[str] | Mapping[str, float]

WIDER = 0.3
"""How much wider than usual mouths open in speech at an arousal of 1; less than usual below 0. Angry and happy speech
opens the lips more, sad speech less (Magno Caldognetto et al. 2004); how much is ours."""

PAUSE, AT_REST = 0.6, 0.8
"""Seconds that a mouth waits after speech, as in a pause between phrases, and then takes to go over to the emotion; to
speech it goes back at once."""

_LIPS = ("mouth", "jaw")


class Expression:
    """Shows a track's emotions on frames as they come, whatever the sizes of the pieces.

    What a frame shows depends on the track, and on the frames before it; never on those after.

    Args:
        track: which emotions, when.
        fps: frames per second.
        style: how the person shows them, or the seed of a person; the average by default.
        seed: of the small changes that keep them alive; 0 or more.
        rested: whether the mouth rested before the first frame; otherwise it waits, as after speech, before it is the
            emotion's.
        response: of the rig that will wear the curves; by default the built-in head's.

    Raises:
        ValueError: seed or fps is out of range.
        TypeError: the style is none.
    """

    def __init__(
        self,
        track: EmotionTrack,
        fps: float,
        *,
        style: ExpressionStyle | int | None = None,
        seed: int = 0,
        rested: bool = False,
        response: LipResponse | None = None,
    ) -> None:
        check_fps(fps)
        self.track = track
        """Another one may take its place between two pieces; it should be where this one is then."""
        self._lips = Lips.of(response) if response is not None else _built_in_lips()
        space = self._lips.response.space
        sizes = (ExpressionStyle() if style is None else ExpressionStyle.of(style)).sizes()
        self._contractions = prototype_table() * sizes
        self._shapes = unit_shapes(space)
        self._on_lips = np.array([index for index, name in enumerate(space.names) if name.startswith(_LIPS)])
        self._variation, self._emphasis = Variation(seed), Emphasis(fps)
        self._stressed = np.array([unit.region != "mouth" for unit in ACTION_UNITS.values()])
        self._arousal = place_table()[:, DIMENSIONS.index("arousal")]
        self._fps = float(fps)
        # How much the mouth rested in the last frames.
        self._rested = np.full(max(round((PAUSE + AT_REST) * fps), 1), float(rested))

    def add(self, animation: Animation, *, first: int = 0) -> Animation:
        """The same frames with the emotion.

        Brows, lids, cheeks and nose are added to what they do already; lids that close, close all the same. The mouth
        keeps its contacts and openings, see `avatar.emotion.lips`.

        Args:
            animation: the next frames, in the rig's controls.
            first: number of its first frame, where it goes on after another.

        Raises:
            ValueError: it has other controls or another rate.
        """
        space = self._lips.response.space
        if animation.space != space or animation.fps != self._fps:
            raise ValueError(
                f"animation must be in {space.name} at {self._fps:g} fps, "
                f"got {animation.space.name} at {animation.fps:g}; convert or resample it first"
            )
        if not len(animation):
            return animation
        speech = animation.weights.astype(np.float64)
        times = np.arange(first, first + len(animation)) / self._fps
        rest, stress = self._rest(speech), self._emphasis.push(self._lips.opening(speech))
        intensities = self.track.at(times)
        shown = self._shown(intensities, times, stress)
        if not shown.any():
            return animation
        weights = speech + shown * (1.0 - speech)
        self._open_lids(weights, speech, shown)
        gain = 1.0 + WIDER * _sum(intensities, self._arousal)
        mouth = self._lips.express(speech, shown, rest=rest, gain=gain)
        weights[:, self._on_lips] = mouth[:, self._on_lips]
        asked = np.asarray(intensities.max(1) > 0.0)
        return Animation(space, np.where(asked[:, None], weights, speech), self._fps, animation.audio)

    def _shown(self, intensities: Floats, times: Floats, stress: Floats) -> Floats:
        """Weights [T, C] of the emotion alone."""
        units = np.zeros((len(times), *self._contractions.shape[1:]))
        for emotion, contractions in enumerate(self._contractions):
            units += intensities[:, emotion, None, None] * contractions
        factor = self._variation.at(times)
        factor[:, self._stressed] *= 1.0 + EMPHASIS * stress[:, None]
        units = np.clip(units * factor[:, :, None], 0.0, 1.0)
        shown = np.zeros((len(times), self._shapes.shape[2]))
        for unit, sides in enumerate(self._shapes):
            for side, shapes in enumerate(sides):
                columns = np.flatnonzero(shapes)
                shown[:, columns] += units[:, unit, side, None] * shapes[columns]
        return np.asarray(np.clip(shown, 0.0, 1.0))

    def _open_lids(self, weights: Floats, speech: Floats, shown: Floats) -> None:
        """A blink closes wide eyes too: heads that only add shapes up would leave them ajar."""
        space = self._lips.response.space
        for side in ("Left", "Right"):
            wide, blink = f"eyeWide{side}", f"eyeBlink{side}"
            if wide in space and blink in space:
                open_ = 1.0 - speech[:, space.index(blink)]
                weights[:, space.index(wide)] = np.clip(
                    speech[:, space.index(wide)] + shown[:, space.index(wide)] * open_, 0.0, 1.0
                )

    def _rest(self, speech: Floats) -> Floats:
        """How much the lips are the emotion's [T]: they become so slowly, and stop being so at once."""
        known = np.concatenate([self._rested, self._lips.resting(speech)])
        count = len(self._rested)
        self._rested = known[-count:]
        windows = np.lib.stride_tricks.sliding_window_view(known, count + 1)
        back = np.maximum(np.arange(count, -1, -1) / self._fps - PAUSE, 0.0) / AT_REST
        return minimum_jerk(np.minimum((windows + back).min(1), 1.0))


def express(
    animation: Animation,
    emotion: Asked,
    *,
    style: ExpressionStyle | int | None = None,
    seed: int = 0,
    response: LipResponse | None = None,
) -> Animation:
    """Show emotions on a face, speaking or not.

    A face that never speaks has the emotion on its lips from the first frame on; one that does, where it falls silent.

    Args:
        animation: in ARKit, or the controls of the rig of `response`.
        emotion: a track, intensities by name, a text such as "happy:0.7", or a track's file.
        style: how the person shows them, or the seed of a person; the average by default.
        seed: of the small changes that keep a held emotion alive.
        response: of the rig that will wear it, `LipResponse.of(rig)`; by default the built-in head's.

    Returns:
        The same animation with the emotion; neutral changes nothing.

    Raises:
        OSError: there is no such file, or it may not be read.
        ValueError: an unknown emotion, a number out of range, or other controls.
        TypeError: the style is none.

    Example:
        >>> from avatar.controls import ARKIT
        >>> still = Animation(ARKIT, np.zeros((60, len(ARKIT))), 60)
        >>> bool(express(still, "happy:0.7")["mouthSmileLeft"].min() > 0.3)
        True
    """
    lips = Lips.of(response) if response is not None else _built_in_lips()
    idle = animation.space == lips.response.space and bool((lips.resting(animation.weights) > 0.99).all())
    expression = Expression(
        EmotionTrack.of(emotion), animation.fps, style=style, seed=seed, rested=idle, response=response
    )
    return expression.add(animation)


@cache
def _built_in_lips() -> Lips:
    return Lips.of(built_in_response())


def _sum(rows: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weighted sum [T] of columns [T, K], column by column."""
    total = np.zeros(len(rows))
    for column, weight in enumerate(weights):
        total += rows[:, column] * weight
    return total
