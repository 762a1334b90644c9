"""How well a solution follows: where, by which shapes, and when not."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Residual:
    """What is left between the vertices asked for and those of the solution, in millimetres.

    Args:
        by_region: mean distance of each region's vertices over all frames, by name.
        by_frame: mean distance of the face at each frame [T].
        lips: mean distance of the lips at each frame [T].
        by_shape: mean share of the left-over motion that each control could still explain, as the length of the move
            along its own direction that would help most, were it not for bounds, costs and the others; by name.
        moved: mean length of what each control moves where it moves anything, by name: the size of its share in the
            result.
        opening: signed height between the lips of the solution beyond that of the resting face [T].
        wanted_opening: the same of what was asked for [T].
    """

    by_region: dict[str, float]
    by_frame: Floats
    lips: Floats
    by_shape: dict[str, float]
    moved: dict[str, float]
    opening: Floats
    wanted_opening: Floats

    def worst_frames(self, count: int = 5) -> tuple[int, ...]:
        """Frames that are followed least well, the worst first."""
        return tuple(int(frame) for frame in np.argsort(-self.by_frame, kind="stable")[:count])

    def lost_contacts(self, *, touching: float = 0.2, tolerance: float = 0.5) -> tuple[int, ...]:
        """Frames at which the lips should touch and do not.

        Args:
            touching: millimetres up to which lips asked for count as touching.
            tolerance: millimetres by which lips may be apart and still count as touching.
        """
        lost = (self.wanted_opening <= touching) & (self.opening > tolerance)
        return tuple(int(frame) for frame in np.nonzero(lost)[0])

    def summary(self) -> str:
        """A few lines for people."""
        regions = ", ".join(f"{name} {value:.2f}" for name, value in self.by_region.items())
        lines = [f"left over, mm: {regions}"]
        unexplained = sorted(self.by_shape.items(), key=lambda item: -item[1])[:3]
        lines.append("could still help, mm: " + ", ".join(f"{name} {value:.2f}" for name, value in unexplained))
        if len(self.by_frame):
            worst = ", ".join(f"{frame} ({self.by_frame[frame]:.2f} mm)" for frame in self.worst_frames(3))
            lines.append(f"worst frames: {worst}")
        closed = int((self.wanted_opening <= 0.2).sum())
        lines.append(f"closed lips: {closed} frames, {len(self.lost_contacts())} of them lost")
        return "\n".join(lines)


@dataclass(frozen=True, eq=False)
class Piece:
    """What `Residual` says, frame by frame.

    Args:
        regions: mean distance of each region [B], by name.
        by_frame: [B].
        lips: [B].
        shapes: what each control could still help [B], by name.
        moved: what each control moves [B], by name.
        opening: [B].
        wanted_opening: [B].
    """

    regions: dict[str, Floats]
    by_frame: Floats
    lips: Floats
    shapes: dict[str, Floats]
    moved: dict[str, Floats]
    opening: Floats
    wanted_opening: Floats

    def frames(self, own: slice) -> "Piece":
        """Some of the frames."""

        def cut(value: Floats | dict[str, Floats]) -> Any:
            return {name: each[own] for name, each in value.items()} if isinstance(value, dict) else value[own]

        return Piece(**{field.name: cut(getattr(self, field.name)) for field in fields(self)})


def join(pieces: list[Piece]) -> Residual:
    """The residual of all frames."""

    def together(field: str) -> Floats:
        return np.concatenate([np.zeros(0), *(getattr(piece, field) for piece in pieces)])

    def means(field: str) -> dict[str, float]:
        names = getattr(pieces[0], field) if pieces else ()
        return {
            name: float(np.mean(np.concatenate([getattr(piece, field)[name] for piece in pieces]))) for name in names
        }

    return Residual(
        by_region=means("regions"),
        by_frame=together("by_frame"),
        lips=together("lips"),
        by_shape=means("shapes"),
        moved=means("moved"),
        opening=together("opening"),
        wanted_opening=together("wanted_opening"),
    )
