"""Gauss-Newton for what a face does: controls from the vertices of a head that is held still."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from avatar.rigs.bounded_least_squares import Priors, bounded_least_squares
from avatar.rigs.control_groups import is_eye, is_head, is_mouth, rivals
from avatar.rigs.lip_contact import lid_pairs, lip_gaps, lip_pairs
from avatar.rigs.pose import eyes_of
from avatar.rigs.preferences import Preferences
from avatar.rigs.residual import Piece
from avatar.rigs.rig_function import RigFunction
from avatar.rigs.tangents import Tangents

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_TOUCH, _APART = 1.0, 0.25
"""Millimetres: at the first gap the pull on lips has fallen to 1/e; lips that touch but come out further apart than
the other are pulled harder."""

_CONVERGED = 1e-3
_OPPOSED = 4.0
_HARDEST = 8.0
"""How many times harder lips that touch may be pulled, at most."""
_ENOUGH = 4000
_TONGUE = 0.02
"""How much a vertex of the tongue counts: enough to find where it is, too little to move the jaw for it."""
_NOT_SKIN = ("left_eye", "right_eye", "upper_teeth", "lower_teeth", "hair", "shirt", "brows", "lashes", "mouth_cavity")


class FaceSolver:
    """Solves for all controls but the head's.

    Args:
        function: the rig.
        follows: whether each vertex turns with the head in full [V].
        preferences: prices and weights.

    Attributes:
        eyes: eyeballs, which are measured and not solved for.
        pairs: points of the lips that meet [P, 2].
        lids: points of the lids above each other [4, 2] or [0, 2].
        controls: columns that are solved for [K].
        rows: vertices that are looked at [R].
    """

    def __init__(self, function: RigFunction, follows: NDArray[np.bool_], preferences: Preferences) -> None:
        self.function, self.preferences = function, preferences
        space = function.rig.space
        space.indices(preferences.still)
        self.eyes = eyes_of(function)
        self.pairs, self.lids = lip_pairs(function.rig, function.rest), lid_pairs(function.rig)
        self._apart = np.concatenate([self.pairs, self.lids])
        fixed = {space.index(name) for name in space.names if is_head(name) or is_eye(name)}
        fixed |= {column for eye in self.eyes for column, _ in eye.looks} | set(space.indices(preferences.still))
        free = np.array(sorted(set(range(len(space))) - fixed), np.int64)
        regions = {name: rows.cpu().numpy() for name, rows in function.rig.regions.items()}
        skin = follows.copy()
        for name in _NOT_SKIN:
            skin[regions.get(name, [])] = False
        looked_at = _thinned(np.nonzero(skin)[0], regions)
        self.tangents = Tangents(function, free, looked_at, self._apart)
        self.rows, self.controls = self.tangents.rows, self.tangents.controls
        places = {name: np.nonzero(np.isin(self.rows, rows))[0] for name, rows in regions.items()}
        self.regions = {"face": np.arange(len(self.rows))} | {name: at for name, at in places.items() if len(at)}
        self.lips = self.regions.get("lips", np.nonzero(np.isin(self.rows, self.pairs))[0])
        self.importance = np.ones(len(self.rows))
        self.importance[self.lips] = preferences.lips
        self.importance[self.regions.get("tongue", [])] = _TONGUE
        self.importance /= self.importance.sum()
        self.energy = (self.importance * self.tangents.size**2).sum(1)
        self.priors = self._priors()
        # Eyes are closed by what belongs to the eyes, not by brows that come down.
        names = [space.names[c] for c in self.controls]
        foreign = np.array([name.startswith(("brow", "cheek", "nose")) for name in names], bool)
        self._may_close = np.ones((len(names), len(self._apart)))
        self._may_close[np.ix_(foreign, np.arange(len(self._apart)) >= len(self.pairs))] = 0.0
        self._normals: list[Floats] = []

    def _priors(self) -> Priors:
        space, prefer, count = self.function.rig.space, self.preferences, len(self.controls)
        names = [space.names[c] for c in self.controls]
        opposite, place = rivals(space), {name: k for k, name in enumerate(names)}
        rival = np.array([place.get(opposite.get(name, ""), -1) for name in names], np.int64).reshape(count)
        rivalry = np.where(rival >= 0, _OPPOSED * np.sqrt(self.energy * self.energy[rival]), 0.0)
        return Priors(
            lower=space.minimum.astype(np.float64)[self.controls],
            upper=space.maximum.astype(np.float64)[self.controls],
            rest=space.neutral.astype(np.float64)[self.controls],
            sparsity=prefer.sparsity * self.energy,
            smoothness=prefer.smoothness * self.energy,
            rival=rival,
            rivalry=rivalry,
        )

    def _ridge(self) -> Floats:
        """Price of squared values [K]."""
        names = [self.function.rig.space.names[c] for c in self.controls]
        on_lips = (self.importance * self.tangents.size**2)[:, self.lips].sum(1)
        stranger = np.array([not is_mouth(name) for name in names])
        return np.asarray(self.preferences.stillness * self.energy + self.preferences.courtesy * on_lips * stranger)

    def __call__(
        self, vertices: NDArray[np.floating], gaps: Floats | None = None, lids: Floats | None = None
    ) -> tuple[Floats, Piece]:
        """Controls [B, C] for vertices [B, V, 3] of a head that does not turn, millimetres.

        Args:
            vertices: where the vertices should be.
            gaps: heights between the pairs of lip points that should be [B, P]; those of the vertices when left out.
            lids: heights between the pairs of the lids that should be, beyond those at rest [B, Q]; where they are
                left out, the vertices alone tell.
        """
        space = self.function.rig.space
        weights = np.tile(self.function.neutral, (len(vertices), 1))
        for eye in self.eyes:
            eye.fill(weights, vertices, self.function.rest)
        weights = np.clip(weights, space.minimum, space.maximum)
        wanted = np.asarray(vertices[:, self.rows], np.float64)
        wanted_gaps = lip_gaps(vertices, self.function.rest, self.pairs) if gaps is None else gaps
        pull = self.preferences.contact * np.exp(-((wanted_gaps / _TOUCH) ** 2)) / len(self.pairs)
        if lids is None or not lids.shape[1]:
            lids, lid_pull = np.zeros((len(vertices), len(self.lids))), 0.0
        else:
            lid_pull = self.preferences.contact / len(self.lids)
        pull = np.concatenate([pull, np.full(lids.shape, lid_pull)], 1)
        return self._iterate(weights, wanted, np.concatenate([wanted_gaps, lids], 1), pull)

    def _iterate(self, weights: Floats, wanted: Floats, wanted_gaps: Floats, pull: Floats) -> tuple[Floats, Piece]:
        base = self.preferences.contact / len(self.pairs)
        missing = self._missing(weights, wanted, wanted_gaps)
        best, best_cost = weights, np.full(len(weights), np.inf)
        damping = np.zeros(len(weights))
        left, gap_left = missing(weights)
        for _ in range(self.preferences.iterations):
            # Lips that should touch and do not are pulled harder, which changes the cost that is compared.
            apart = (wanted_gaps < _APART) & (wanted_gaps - gap_left > _APART) & (pull < _HARDEST * base)
            apart[:, len(self.pairs) :] = False
            pull = np.where(apart, np.maximum(3 * pull, base), pull)
            best_cost = np.where(apart.any(1), np.inf, best_cost)
            moved = self._step(best, left, gap_left, pull, damping)
            change = np.abs(moved - best).max(initial=0.0)
            tried, gap_tried = missing(moved)
            cost = self._cost(moved, tried, gap_tried, pull)
            worse = cost > 1.02 * best_cost + 1e-5
            damping = np.where(worse, np.maximum(4 * damping, 0.1), damping / 4)
            best = np.where(worse[:, None], best, moved)
            left = np.where(worse[:, None, None], left, tried)
            gap_left = np.where(worse[:, None], gap_left, gap_tried)
            best_cost = np.where(worse, best_cost, cost)
            if change < _CONVERGED and not apart.any():
                break
        return best, self._piece(best, left, wanted_gaps - gap_left, wanted_gaps)

    def _missing(self, start: Floats, wanted: Floats, wanted_gaps: Floats) -> Callable[[Floats], tuple[Floats, Floats]]:
        """A function of controls that says what is missing at the rows [B, R, 3] and between the lips [B, P]."""
        looked_at = np.concatenate([self.rows, self._apart.ravel()])
        rest = self.function.rest[self._apart, 1]

        def exact(weights: Floats) -> tuple[Floats, Floats]:
            both = self.function(weights, looked_at).astype(np.float64)
            lips = both[:, len(self.rows) :].reshape(len(weights), -1, 2, 3)[..., 1]
            gaps = lips[..., 0] - lips[..., 1] - (rest[:, 0] - rest[:, 1])
            return wanted - both[:, : len(self.rows)], wanted_gaps - gaps

        if not self.tangents.linear:
            return exact
        at_start, gaps_at_start = exact(start)

        def straight(weights: Floats) -> tuple[Floats, Floats]:
            moved, opened = self.tangents.straight(weights)
            return at_start - moved, gaps_at_start - opened

        return straight

    def _cost(self, weights: Floats, left: Floats, gap_left: Floats, pull: Floats) -> Floats:
        """What each frame costs on its own [B]."""
        distance = (self.importance * np.square(left).sum(-1)).sum(1) + (pull * gap_left**2).sum(1)
        return np.asarray(distance + 2 * self._price(weights))

    def _price(self, weights: Floats) -> Floats:
        away = np.abs(weights[:, self.controls] - self.priors.rest)
        return np.asarray(away @ self.priors.sparsity + 0.5 * away**2 @ self._ridge())

    def _step(self, weights: Floats, left: Floats, gap_left: Floats, pull: Floats, damping: Floats) -> Floats:
        """One Gauss-Newton step for all frames together."""
        which = self.tangents.nearest(weights)
        count, now = len(self.controls), weights[:, self.controls]
        normal, right = np.empty((len(weights), count, count)), np.empty((len(weights), count))
        scaled = (left * self.importance[:, None]).reshape(len(left), -1).astype(np.float32)
        for i in np.unique(which):
            frames = which == i
            normal[frames] = self._normal(i)
            right[frames] = scaled[frames] @ self.tangents.jacobians[i].T
            across = self.tangents.gaps[i] * self._may_close
            normal[frames] += np.einsum("bp,kp,lp->bkl", pull[frames], across, across, optimize=True)
            right[frames] += (pull[frames] * gap_left[frames]) @ across.T
        held = damping[:, None] * self.energy
        normal[:, range(count), range(count)] += held
        right += np.einsum("bkl,bl->bk", normal, now)
        normal[:, range(count), range(count)] += self._ridge()
        right += self._ridge() * self.priors.rest
        moved = weights.copy()
        moved[:, self.controls] = bounded_least_squares(normal, right, now, self.priors)
        return moved

    def _normal(self, index: int) -> Floats:
        while len(self._normals) <= index:
            jacobian = self.tangents.jacobians[len(self._normals)]
            weighted = (jacobian * np.repeat(self.importance, 3)).astype(np.float64)
            self._normals.append(weighted @ jacobian.T)
        return self._normals[index]

    def _piece(self, weights: Floats, left: Floats, gaps: Floats, wanted_gaps: Floats) -> Piece:
        distance = np.linalg.norm(left, axis=-1)
        jacobian = self.tangents.jacobians[0]
        length = np.sqrt(np.einsum("kr,kr->k", jacobian, jacobian, dtype=np.float64)) + 1e-9
        # What a control moves, and could still move, spread evenly over the vertices that it moves.
        spread = np.sqrt(np.maximum((self.tangents.size > 0.1).sum(1), 1))
        names = [self.function.rig.space.names[c] for c in self.controls]
        helpful = np.abs(left.reshape(len(left), -1).astype(np.float32) @ jacobian.T) / length / spread
        moved = np.abs(weights[:, self.controls] - self.priors.rest) * length / spread
        lips = distance[:, self.lips].mean(1) if len(self.lips) else np.zeros(len(left))
        return Piece(
            regions={name: distance[:, at].mean(1) for name, at in self.regions.items()},
            by_frame=distance.mean(1) if distance.shape[1] else np.zeros(len(left)),
            lips=lips,
            shapes=dict(zip(names, helpful.T, strict=True)),
            moved=dict(zip(names, moved.T, strict=True)),
            opening=gaps[:, 0],
            wanted_opening=wanted_gaps[:, 0],
        )


def _thinned(vertices: Integers, regions: dict[str, Integers]) -> Integers:
    """Few enough vertices to be fast: all of the lips and the lids, and evenly many of the others."""
    fine = np.concatenate([rows for name, rows in regions.items() if "lip" in name or "lid" in name] + [[]])
    keep = np.isin(vertices, fine)
    others = np.nonzero(~keep)[0]
    step = max(1, round(len(others) / _ENOUGH))
    keep[others[::step]] = True
    return vertices[keep]
