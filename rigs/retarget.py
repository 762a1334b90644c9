"""One rig's controls into another's."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from avatar.animation import Animation
from avatar.progress import track
from avatar.rigs.control_groups import head_rotations, is_head
from avatar.rigs.lip_contact import lid_gaps, lid_pairs
from avatar.rigs.preferences import Preferences
from avatar.rigs.rig import Rig
from avatar.rigs.rig_function import RigFunction
from avatar.rigs.solve import FRAMES, OVERLAP, Solution, SolvedPiece, Solver, gather
from avatar.rigs.transfer import Transfer
from avatar.rigs.windows import windows

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

PREFERENCES = Preferences(sparsity=0.005, smoothness=0.02)
"""Two heads never quite agree: what is left over should not wake every shape a little."""

_HIDDEN = "tongueOut"


def retarget(
    animation: Animation,
    source: Rig,
    target: Rig,
    *,
    source_identity: Tensor | None = None,
    target_identity: Tensor | None = None,
    pairs: Integers | None = None,
    preferences: Preferences | None = None,
) -> Solution:
    """Find the controls with which one rig does what another does.

    The source's vertices are carried over to the target by deformation transfer and solved for. The head's turn is
    taken over as such, and so is a tongue that comes out, which skin does not show.

    Args:
        animation: the source's controls.
        source: the rig that they drive.
        target: the rig to be driven.
        source_identity: [1, I]; the average when left out.
        target_identity: [1, I]; the average when left out.
        pairs: vertices of source and target that are the same point [N, 2], beside the landmarks.
        preferences: prices and weights of the solver.

    Returns:
        The animation in `target.space`, and what is left over against the transferred vertices.

    Raises:
        ValueError: the animation is not in the source's space, or the heads have too few points in common.
    """
    converter = Retargeting(
        source,
        target,
        source_identity=source_identity,
        target_identity=target_identity,
        pairs=pairs,
        preferences=preferences,
    )
    steps = -(-len(animation) // FRAMES)
    solution = gather(track(converter.stream(animation), "retargeting", total=steps), target, animation.fps)
    return Solution(
        Animation(target.space, solution.animation.weights, animation.fps, animation.audio),
        solution.residual,
        solution.drift,
    )


class Retargeting:
    """The same for several animations: the heads are matched once."""

    def __init__(
        self,
        source: Rig,
        target: Rig,
        *,
        source_identity: Tensor | None = None,
        target_identity: Tensor | None = None,
        pairs: Integers | None = None,
        preferences: Preferences | None = None,
    ) -> None:
        self.source = RigFunction(source, source_identity)
        prefer = preferences or PREFERENCES
        if _HIDDEN in target.space and _HIDDEN not in prefer.still:
            prefer = prefer.but_still(_HIDDEN)
        self.solver = Solver(target, identity=target_identity, preferences=prefer)
        self.transfer = Transfer(source, target, self.source.rest, self.solver.function.rest, pairs=pairs)

    def stream(self, animation: Animation) -> Iterator[SolvedPiece]:
        """Solve an animation piece by piece."""
        source = self.source.rig.space
        if animation.space.names != source.names:
            raise ValueError(
                f"animation must be in the source rig's space {source.name} with {len(source)} controls, "
                f"got {animation.space.name} with {len(animation.space)}; convert it with avatar.spaces.convert"
            )
        chunks = (animation.weights[begin : begin + FRAMES] for begin in range(0, len(animation), FRAMES))
        for window in windows(chunks, frames=FRAMES, overlap=OVERLAP):
            yield self._piece(window.frames, window.own)

    def _piece(self, weights: NDArray[np.floating], own: slice) -> SolvedPiece:
        space = self.source.rig.space
        still = np.array(weights, np.float64)
        columns = [i for i, name in enumerate(space.names) if is_head(name)]
        still[:, columns] = self.source.neutral[columns]
        moved = self.source(still)
        gaps = self.transfer.gaps(moved, self.solver.face.pairs)
        ours = self.solver.function.rest, self.solver.face.lids
        lids = lid_gaps(moved, (self.source.rest, lid_pairs(self.source.rig)), ours)
        piece = self.solver.held(self.transfer(moved), head_rotations(space, weights), own, gaps, lids)
        target = self.solver.function.rig.space
        if _HIDDEN in space and _HIDDEN in target:
            piece.weights[:, target.index(_HIDDEN)] = weights[own, space.index(_HIDDEN)]
        return piece
