"""Phones with times in, face curves out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from avatar.animation import Animation
from avatar.articulation.loudness import JAW, widening
from avatar.articulation.loudness import loudness as loudness_of
from avatar.articulation.phones import Phone
from avatar.articulation.response import LipResponse, built_in_response
from avatar.articulation.score import write_score
from avatar.articulation.shapes import shape_weights
from avatar.articulation.tracks import Tracks, play


@dataclass(frozen=True, slots=True)
class Style:
    """How much jaw and lips take part, as in JALI (Edwards et al. 2016). Contacts are made in any style.

    Args:
        jaw: factor of the jaw's opening; 0 speaks through the teeth.
        lips: factor of what the lips do: parting, spreading, rounding; 0 mumbles.
    """

    jaw: float = 1.0
    lips: float = 1.0

    def __post_init__(self) -> None:
        for name, value in (("jaw", self.jaw), ("lips", self.lips)):
            if not 0 <= value <= 2:
                raise ValueError(f"{name} must be a factor 0..2, got {value}; 1 is everyday speech")


def articulate(
    phones: Sequence[Phone],
    *,
    fps: float = 50.0,
    duration: float | None = None,
    style: Style | None = None,
    loudness: ArrayLike | None = None,
    response: LipResponse | None = None,
) -> Animation:
    """Move a mouth as the phones ask.

    Args:
        phones: in order of time, without overlaps; what none covers is silence.
        fps: frames per second of the result.
        duration: seconds of the result; by default until the last phone's end.
        style: share of jaw and lips; by default everyday speech.
        loudness: [T] dB over normal at each frame, as `avatar.articulation.loudness.loudness` measures it; kept within
            -15..12. A decibel opens the lips by 0.15 mm; contacts are made at any loudness. By default 0.
        response: of the rig that will wear the curves; by default the built-in head.

    Returns:
        An animation of round(duration * fps) frames; shapes outside mouth and tongue stay neutral. The same
        phones always give the same curves, and a phone changes nothing further than about 0.45 s away.

    Raises:
        ValueError: fps or duration is not positive, phones overlap, or loudness has the wrong length or is not finite.

    >>> articulate([Phone("AA", 0.5, 0.75)], fps=50, duration=1.0).weights.shape
    (50, 61)
    """
    if duration is None:
        duration = phones[-1].end if phones else 0.0
    if not (np.isfinite(fps) and fps > 0):
        raise ValueError(f"fps must be a number above 0, got {fps}")
    if not (np.isfinite(duration) and duration > 0):
        raise ValueError(f"duration must be seconds above 0, got {duration}; give it, or at least one phone")
    response = built_in_response() if response is None else response
    count = max(1, round(duration * fps))
    tracks = play(write_score(phones, duration), count, fps)
    if loudness is not None:
        tracks = _louder(tracks, np.asarray(loudness, np.float64))
    if style is not None:
        tracks = _styled(tracks, style)
    weights = np.tile(response.space.neutral, (count, 1)) + shape_weights(tracks, response)
    return Animation(response.space, weights.astype(np.float32), fps)


def articulate_recording(
    phones: Sequence[Phone], samples: ArrayLike, sample_rate: int, *, fps: float, frames: int
) -> Animation:
    """Move a mouth as the phones of a recording ask, further where its voice is loud: what a speech model learns.

    Args:
        phones: what is said when.
        samples: [N] mono, clean speech in -1..1.
        sample_rate: samples per second.
        fps: frames per second of the result.
        frames: how many.

    Raises:
        ValueError: as `articulate` and `avatar.articulation.loudness.loudness` do.
    """
    level = loudness_of(samples, sample_rate, fps=fps, frames=frames)
    return articulate(phones, fps=fps, duration=frames / fps, loudness=level)


def _styled(tracks: Tracks, style: Style) -> Tracks:
    jaw = style.jaw * tracks.jaw
    return replace(
        tracks,
        jaw=jaw,
        opening=jaw + style.lips * (tracks.opening - tracks.jaw),
        width=style.lips * tracks.width,
        protrusion=style.lips * tracks.protrusion,
        lower_lip=style.lips * tracks.lower_lip,
    )


def _louder(tracks: Tracks, level: NDArray[np.float64]) -> Tracks:
    if level.shape != tracks.jaw.shape:
        raise ValueError(f"loudness must be [{len(tracks.jaw)}], in dB at each frame, got {list(level.shape)}")
    if not np.isfinite(level).all():
        frame = int(np.flatnonzero(~np.isfinite(level))[0])
        raise ValueError(f"loudness must be finite dB, got {level[frame]} at frame {frame}; give 0 where none is known")
    wider = widening(level)
    return replace(
        tracks, jaw=np.maximum(tracks.jaw + JAW * wider, 0.0), opening=np.maximum(tracks.opening + wider, 0.0)
    )
