"""From moving vertices to the controls of the rig that they belong to."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from avatar.animation import Animation, check_fps
from avatar.progress import track
from avatar.rigs.face_solver import FaceSolver
from avatar.rigs.pose import Head
from avatar.rigs.preferences import Preferences
from avatar.rigs.residual import Piece, Residual, join
from avatar.rigs.rig import Rig
from avatar.rigs.rig_function import MILLIMETRES, RigFunction
from avatar.rigs.windows import windows

Floats = NDArray[np.float64]
Vertices = NDArray[np.floating] | Tensor

FRAMES, OVERLAP = 240, 16
"""Frames that are solved at once, and those beyond either end that are solved along."""


@dataclass(frozen=True, eq=False)
class Solution:
    """Controls that follow vertices, and how well they do.

    Args:
        animation: the controls.
        residual: what is left over, millimetres.
        drift: how far the head moved beyond turning about its neck [T, 3], metres; the controls cannot say it.
    """

    animation: Animation
    residual: Residual
    drift: Floats


@dataclass(frozen=True, eq=False)
class SolvedPiece:
    """Some frames of a solution.

    Args:
        weights: the controls [B, C].
        drift: [B, 3] metres.
        left_over: what becomes a `Residual` of all frames.
    """

    weights: Floats
    drift: Floats
    left_over: Piece


def solve(
    vertices: Vertices,
    rig: Rig,
    *,
    fps: float = 60.0,
    identity: Tensor | None = None,
    neutral: Vertices | None = None,
    preferences: Preferences | None = None,
) -> Solution:
    """Find the controls of a rig that follow a vertex sequence.

    The head's rigid motion is found first, then that of the eyeballs, then all other controls at once: least squares
    within the ranges of the space, with prices on controls that are not at rest and on changes from frame to frame.
    Lips that touch in the sequence are pulled together; opposite shapes (jawLeft and jawRight) exclude each other.

    Args:
        vertices: [T, V, 3] metres, in the rig's topology.
        rig: the head.
        fps: frames per second of the sequence.
        identity: [1, I], whose head it is; the average when left out.
        neutral: the sequence's own resting face [V, 3] where it is not the rig's: what moves against it is solved for.
        preferences: prices and weights.

    Returns:
        The animation in `rig.space`, and what is left over.

    Raises:
        ValueError: vertices do not fit the rig or are not finite.

    Source:
        Lewis, Anjyo, Rhee, Zhang, Pighin and Deng (2014). Practice and theory of blendshape facial models.

    Example:
        >>> from avatar.rigs import BuiltInHead
        >>> head = BuiltInHead.load()
        >>> solve(head.neutral().repeat(3, 1, 1), head).animation.weights.max() < 1e-3
        True
    """
    check_fps(fps)
    _check(vertices, rig)
    steps = range(0, len(vertices), FRAMES)
    chunks = (vertices[begin : begin + FRAMES] for begin in steps)
    pieces = track(
        solve_stream(chunks, rig, identity=identity, neutral=neutral, preferences=preferences),
        "solving",
        total=len(steps),
    )
    return gather(pieces, rig, fps)


def solve_stream(
    chunks: Iterable[Vertices],
    rig: Rig,
    *,
    identity: Tensor | None = None,
    neutral: Vertices | None = None,
    preferences: Preferences | None = None,
) -> Iterator[SolvedPiece]:
    """The same for a sequence of any length, piece by piece, in memory that does not grow.

    Args:
        chunks: vertices [B, V, 3], one after the other, any B.
        rig: the head.
        identity: [1, I].
        neutral: [V, 3].
        preferences: prices and weights.

    Yields:
        Pieces that add up to the whole; how the stream was cut into chunks changes nothing.

    Raises:
        ValueError: vertices do not fit the rig or are not finite.
    """
    solver = Solver(rig, identity=identity, neutral=neutral, preferences=preferences)
    arrays = (_check(chunk, rig) for chunk in chunks)
    for window in windows(arrays, frames=FRAMES, overlap=OVERLAP):
        yield solver(window.frames, window.own)


class Solver:
    """Solves windows of frames; made once for a rig, which takes a second or two.

    Args:
        rig: the head.
        identity: [1, I].
        neutral: [V, 3].
        preferences: prices and weights.
    """

    def __init__(
        self,
        rig: Rig,
        *,
        identity: Tensor | None = None,
        neutral: Vertices | None = None,
        preferences: Preferences | None = None,
    ) -> None:
        self.function = RigFunction(rig, identity)
        self.head = Head(self.function)
        self.face = FaceSolver(self.function, self.head.follows, preferences or Preferences())
        still = self.function.rest if neutral is None else MILLIMETRES * _check(_one(neutral), rig)[0]
        self.still = np.asarray(still, np.float64)

    def __call__(self, vertices: NDArray[np.floating], own: slice, gaps: Floats | None = None) -> SolvedPiece:
        """Solve a window.

        Args:
            vertices: [B, V, 3] metres.
            own: the frames that are wanted; the others only bear on them.
            gaps: heights between `face.pairs` that should be [B, P], millimetres; those of the vertices when left out.
        """
        lengths = MILLIMETRES * np.asarray(vertices, np.float64)
        rotations, translations = self.head.motion(lengths, self.still)
        held = (lengths - translations[:, None]) @ rotations + (self.function.rest - self.still)
        piece = self.held(held, rotations, own, gaps)
        return replace(piece, drift=self.head.drift(rotations, translations)[own])

    def held(
        self, vertices: Floats, rotations: Floats, own: slice, gaps: Floats | None = None, lids: Floats | None = None
    ) -> SolvedPiece:
        """Solve a window of a head that is held still, and set its turn.

        Args:
            vertices: [B, V, 3] millimetres.
            rotations: of the head [B, 3, 3].
            own: the frames that are wanted.
            gaps: [B, P] millimetres.
            lids: heights between `face.lids` that should be, beyond those at rest [B, Q], millimetres.
        """
        weights, left_over = self.face(vertices, gaps, lids)
        if self.head.controls:
            space = self.function.rig.space
            columns = space.indices(self.head.controls)
            angles = self.head.angles(rotations)
            weights[:, columns] = np.clip(angles, space.minimum[columns], space.maximum[columns])
        return SolvedPiece(weights[own], np.zeros((len(weights), 3))[own], left_over.frames(own))


def gather(pieces: Iterable[SolvedPiece], rig: Rig, fps: float) -> Solution:
    """One solution from its pieces."""
    solved = list(pieces)
    weights = np.concatenate([np.zeros((0, len(rig.space))), *(piece.weights for piece in solved)])
    drift = np.concatenate([np.zeros((0, 3)), *(piece.drift for piece in solved)])
    residual = join([piece.left_over for piece in solved])
    return Solution(Animation(rig.space, weights.astype(np.float32), fps), residual, drift)


def _one(neutral: Vertices) -> Vertices:
    return neutral[None] if neutral.ndim == 2 else neutral


def _check(vertices: Vertices, rig: Rig) -> NDArray[np.floating]:
    array = vertices.detach().cpu().numpy() if isinstance(vertices, Tensor) else np.asarray(vertices)
    count = len(rig.vertex_colours)
    if array.ndim != 3 or array.shape[1:] != (count, 3):
        raise ValueError(
            f"vertices must be [T, {count}, 3] in the rig's topology, got {list(array.shape)}; "
            "bring other topologies over with avatar.rigs.transfer"
        )
    if not np.isfinite(array).all():
        frame, vertex, _ = np.argwhere(~np.isfinite(array))[0]
        raise ValueError(
            f"vertices must be finite, got {array[frame, vertex].tolist()} at frame {frame}, vertex {vertex}"
        )
    return array
