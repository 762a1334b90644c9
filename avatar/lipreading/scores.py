"""How well a reader reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch

from avatar.articulation.phones import BILABIAL
from avatar.lipreading.clips import MouthClip
from avatar.lipreading.reader import PhoneReader, decode
from avatar.lipreading.visemes import visemes


@dataclass(frozen=True)
class Counts:
    """What was right and wrong; counts add up.

    Args:
        phones: that were spoken.
        phone_edits: least insertions, deletions and substitutions that make what was read what was spoken.
        viseme_edits: the same of phones' visemes.
        frames: of pictures.
        frame_hits: frames whose phone was named.
        viseme_hits: frames whose viseme was named.
        closures: frames of p b m.
        closures_seen: of those, frames that were read as one of the three.
        closures_read: frames that were read as one of the three.
    """

    phones: int = 0
    phone_edits: int = 0
    viseme_edits: int = 0
    frames: int = 0
    frame_hits: int = 0
    viseme_hits: int = 0
    closures: int = 0
    closures_seen: int = 0
    closures_read: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(self)))

    @property
    def phone_error(self) -> float:
        """Edits in parts of the phones; 1 where nothing was spoken."""
        return self.phone_edits / self.phones if self.phones else 1.0

    @property
    def viseme_error(self) -> float:
        """Edits of visemes in parts of the phones; 1 where nothing was spoken."""
        return self.viseme_edits / self.phones if self.phones else 1.0

    def __str__(self) -> str:
        """Return all of it in percent, in one line."""
        frames, closures, read = max(self.frames, 1), max(self.closures, 1), max(self.closures_read, 1)
        return (
            f"phone error {100 * self.phone_error:.1f} %, viseme error {100 * self.viseme_error:.1f} %; frames: "
            f"phone {100 * self.frame_hits / frames:.1f} %, viseme {100 * self.viseme_hits / frames:.1f} %, "
            f"p b m found {100 * self.closures_seen / closures:.1f} %, right {100 * self.closures_seen / read:.1f} %"
        )


def edits(found: Sequence[str], wanted: Sequence[str]) -> int:
    """Least number of insertions, deletions and substitutions between two sequences.

    Source:
        Wagner and Fischer (1974). The string-to-string correction problem.

    >>> edits(["B", "AA"], ["B", "IY", "AA"])
    1
    """
    row = np.arange(len(wanted) + 1)
    for number, symbol in enumerate(found, 1):
        differs = np.array([symbol != other for other in wanted], np.int64)
        best = np.concatenate([[number], np.minimum(row[1:] + 1, row[:-1] + differs)])
        # Insertions go along the row: the least of what is to the left plus the way from there.
        steps = np.arange(len(best))
        row = np.minimum.accumulate(best - steps) + steps
    return int(row[-1])


@torch.no_grad()
def score(reader: PhoneReader, clips: Iterable[MouthClip], *, frozen: bool = False) -> Counts:
    """Read whole clips, and count.

    Args:
        reader: to judge.
        clips: what to read.
        frozen: show the first picture of each clip all the time; what is then read is what a reader can guess.
    """
    names, total = reader.config.phones, Counts()
    bilabial = torch.tensor([name in BILABIAL for name in names])
    looks = {viseme: number for number, viseme in enumerate(dict.fromkeys(visemes(names)))}
    look = torch.tensor([looks[viseme] for viseme in visemes(names)])
    for clip in clips:
        pictures = clip.pictures[:1].expand_as(clip.pictures) if frozen else clip.pictures
        reading = reader(pictures[None])
        said, read = [names[index] for index in clip.phones], decode(reading.sequence, names)[0]
        best = reading.frames[0].argmax(-1)
        shut, seen = bilabial[clip.labels], bilabial[best]
        total += Counts(
            len(said),
            edits(read, said),
            edits(visemes(read), visemes(said)),
            len(best),
            int((best == clip.labels).sum()),
            int((look[best] == look[clip.labels]).sum()),
            int(shut.sum()),
            int((shut & seen).sum()),
            int(seen.sum()),
        )
    return total
