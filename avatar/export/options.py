"""What the formats may be asked for beyond the animation itself."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from avatar.animation import Animation
from avatar.export.look import Look
from avatar.export.pattern import is_folder, sequence_pattern

MOVING = (".mp4", ".mov", ".webm")
"""Extensions of videos."""
LONGEST_HOLD = 3600
"""Seconds; a slip of the finger beyond would fill the memory."""


@dataclass(frozen=True)
class ExportOptions(Look):
    """How an animation is worn, seen and heard; each format takes what concerns it.

    Several clips, people or moments are drawn beside one another, each in a picture of `size`.

    Args:
        audio: the sound of a video; the animation's own file when left out.
        at: the instant that a picture shows, in seconds, or several for a contact sheet.
        sheet: how many instants of a contact sheet to spread evenly over the clip, instead of `at`.
        hold: seconds of video for which the instant `at` stands still, instead of the clip.
        people: identities by what their label says, instead of the one `identity`.
        beside: further clips.
        labels: what is written into the pictures of the clip and of those beside it.
        against: a clip to compare with: the head wears the distance of its vertices in millimetres as colours.
        scale: millimetres at the upper end of those colours; by default as many as the clips need.

    Raises:
        ValueError: a value is out of range, or labels do not match the clips in number.
    """

    audio: Path | None = None
    at: float | Sequence[float] = 0.0
    sheet: int | None = None
    hold: float | None = None
    people: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    beside: Sequence[Animation] = ()
    labels: Sequence[str] = ()
    against: Animation | None = None
    scale: float | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.audio is not None:
            object.__setattr__(self, "audio", Path(self.audio))
        if not self.instants:
            raise ValueError("at must be an instant in seconds, or several, got none")
        for second in self.instants:
            if not 0 <= second < float("inf"):
                raise ValueError(f"at must be an instant in seconds, 0 or later, got {second}")
        if self.sheet is not None and self.sheet < 1:
            raise ValueError(f"sheet must be a number of moments, 1 or more, got {self.sheet}")
        if self.sheet is not None and self.instants != (0.0,):
            raise ValueError(f"give sheet, for moments that are evenly spread, or at, got {self.sheet} and {self.at}")
        if self.hold is not None and not 0 < self.hold <= LONGEST_HOLD:
            raise ValueError(f"hold must be above 0 and at most {LONGEST_HOLD} seconds, got {self.hold}")
        if self.scale is not None and not 0 < self.scale < float("inf"):
            raise ValueError(f"scale must be millimetres above 0, got {self.scale}")
        if self.scale is not None and self.against is None:
            raise ValueError("scale is that of the distances to against, which is missing")
        count = 1 + len(self.beside)
        if self.labels and len(self.labels) != count:
            clips = "1 clip" if count == 1 else f"{count} clips"
            raise ValueError(f"labels must be one for each of the {clips}, got {len(self.labels)}")

    @property
    def instants(self) -> tuple[float, ...]:
        """The instants of `at`, in seconds."""
        return tuple(self.at) if isinstance(self.at, Sequence) else (float(self.at),)

    @property
    def moments(self) -> int:
        """How many instants a picture shows."""
        return self.sheet or len(self.instants)

    def check(self, path: str | os.PathLike[str]) -> None:
        """Refuse what the target's format cannot show.

        Raises:
            ValueError: say, a contact sheet as a video.
        """
        kind = Path(path).suffix.lower()
        sequence = is_folder(path) or sequence_pattern(path) is not None
        if kind == ".mp4" and self.background == "transparent":
            raise ValueError(f"cannot write {path}: .mp4 has no transparency; write .mov, .webm or .png, or a colour")
        if self.moments > 1 and (kind in MOVING or sequence):
            raise ValueError(
                f"cannot write {path}: a sheet of {self.moments} moments is a single picture; write a .png"
            )
        if self.hold is not None and not (kind in MOVING or sequence):
            raise ValueError(f"cannot write {path}: only a video can hold a moment; write one of {', '.join(MOVING)}")
        for name in ("people", "beside", "against"):
            if getattr(self, name) and not (kind in (".png", *MOVING) or sequence):
                what = {"people": "several people", "beside": "clips beside one another", "against": "a comparison"}
                raise ValueError(f"cannot write {path}: {what[name]} can only be drawn, as .png or {', '.join(MOVING)}")
