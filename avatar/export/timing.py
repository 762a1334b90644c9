"""Which frames of which clips are shown together."""

import logging
from dataclasses import replace

import numpy as np

from avatar.animation import Animation
from avatar.export.options import ExportOptions

log = logging.getLogger(__name__)


def alike(clips: list[Animation], reference: Animation | None) -> tuple[list[Animation], Animation | None]:
    """Bring clips to the highest of their rates and to one length.

    Args:
        clips: shown together; the shorter ones stand still at their end.
        reference: what they are compared with, if anything, which is done only as long as all of them move.
    """
    everyone = [*clips, *([] if reference is None else [reference])]
    fps = max(clip.fps for clip in everyone)
    lengths = [max(round(clip.duration * fps), 1) for clip in everyone]
    frames = max(lengths) if reference is None else min(lengths)
    if reference is not None and frames < max(lengths):
        log.warning("the clips differ in length: the first %.2f s, which they share, are compared", frames / fps)
    everyone = [
        clip if (clip.fps, len(clip)) == (fps, frames) else clip.resample(fps, frames=frames) for clip in everyone
    ]
    return everyone[: len(clips)], None if reference is None else everyone[-1]


def chosen_moments(clip: Animation, options: ExportOptions) -> list[int]:
    """The frames of a clip that a picture or a contact sheet shows.

    Raises:
        ValueError: an instant is after the end.
    """
    if options.sheet is not None:
        # The middles of even parts: beginning and end are often at rest.
        instants = tuple((part + 0.5) / options.sheet * clip.duration for part in range(options.sheet))
    else:
        instants = options.instants
    for instant in instants:
        if instant >= clip.duration:
            raise ValueError(f"at must be before the animation's end at {clip.duration:.3f} s, got {instant}")
    return [min(round(instant * clip.fps), len(clip) - 1) for instant in instants]


def held(clip: Animation, frame: int, seconds: float) -> Animation:
    """A frame of a clip, standing still without sound."""
    count = max(round(seconds * clip.fps), 1)
    return replace(clip, weights=np.repeat(clip.weights[frame : frame + 1], count, axis=0), audio=None)
