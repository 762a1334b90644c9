"""Options of what a face does beside speaking, and what it feels."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

if TYPE_CHECKING:
    from avatar.behaviour import Behaviour
    from avatar.emotion import EmotionTrack, ExpressionStyle


@dataclass(frozen=True, kw_only=True)
class Life:
    """Which layers of behaviour a face has, and which emotions.

    Args:
        emotion: What the face shows: happy, sad, angry, surprised, afraid, disgusted, contempt, calm, each with its
            intensity 0..1 (happy:0.7), or together (happy:0.5+surprised:0.3); or a file that says when (.json, .csv, or
            Audio2Face's .yml).
        style: Who shows it, and raises the brows in speech: a number draws a person; or a file of an ExpressionStyle
            (.json). The average when left out.
        behaviour: Whether the face does anything beside speaking.
        blinks: Whether it blinks.
        gaze: Whether the eyes look away and back; otherwise they look straight ahead.
        head: Whether the head moves: postures, nods, breath.
        brows: Whether brows rise with what is stressed.
        seed: Of all that moves by itself: another number, other movements.
    """

    emotion: Annotated[str | None, tyro.conf.arg(metavar="NAME:0..1|FILE")] = None
    style: Annotated[str | None, tyro.conf.arg(metavar="NUMBER|FILE")] = None
    behaviour: bool = True
    blinks: bool = True
    gaze: bool = True
    head: bool = True
    brows: bool = True
    seed: int = 0

    def chosen_behaviour(self) -> "Behaviour | None":
        """The layers that are on; None where all are off.

        Raises:
            ValueError: the seed is negative.
        """
        from avatar.behaviour import Behaviour, Blinks, Breath, Brows, Gaze, Nods, Posture

        if self.seed < 0:
            raise ValueError(f"--seed must be 0 or more, got {self.seed}")
        if not (self.behaviour and (self.blinks or self.gaze or self.head or self.brows)):
            return None
        return Behaviour(
            blinks=Blinks() if self.blinks else None,
            gaze=Gaze() if self.gaze else None,
            posture=Posture() if self.head else None,
            nods=Nods() if self.head else None,
            breath=Breath() if self.head else None,
            brows=Brows() if self.brows else None,
        )

    def chosen_emotion(self) -> "EmotionTrack | None":
        """The emotions that are asked for.

        Raises:
            OSError: a track's file cannot be read.
            ValueError: an unknown emotion, or a file without a track.
        """
        if self.emotion is None:
            return None
        from avatar.emotion import EmotionTrack

        return EmotionTrack.of(self.emotion)

    def chosen_style(self) -> "ExpressionStyle | None":
        """How the person shows them; None is the average.

        Raises:
            OSError: the file cannot be read.
            ValueError: it is neither a number nor a style's file, or nothing is shown that has a style.
        """
        if self.style is None:
            return None
        if self.emotion is None and not (self.behaviour and self.brows):
            raise ValueError("--style shapes emotions and the brows in speech, and there is neither; give --emotion")
        from avatar.emotion import ExpressionStyle

        if self.style.isdecimal():
            return ExpressionStyle.sample(int(self.style))
        if Path(self.style).suffix.lower() != ".json" and not Path(self.style).is_file():
            raise ValueError(
                f"--style takes a whole number, 0 or more, that draws a person, or a style's file (.json), "
                f"got {self.style}"
            )
        return ExpressionStyle.load(self.style)
