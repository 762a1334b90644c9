"""What one head does, done by another with other vertices."""

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.linalg import splu

from avatar.rigs.control_groups import SIDES
from avatar.rigs.correspondence import Correspondence, Skin, register
from avatar.rigs.facial_points import facial_points
from avatar.rigs.lip_contact import lip_gaps
from avatar.rigs.rig import Rig
from avatar.rigs.rigid import rigid_motion
from avatar.rigs.surface import Surface, frames_of, gradient, vertex_normals

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_SURE = 0.2
_UNSURE = 0.05
"""How much a triangle without counterpart insists on its shape."""

_ANCHOR, _LIP_ANCHOR = 0.01, 0.3
"""How much corresponding points must move alike, beside triangles that deform alike."""

_FIRST_INNER = 17
"""Landmarks before it lie on the outline, where different hands put them differently."""

_CHIN = slice(6, 11)
_BATCH = 16


class Transfer:
    """Deformation transfer: the target's triangles deform as the source's do, corresponding points go along.

    Made once for two heads: the system is factorised, a frame costs a multiplication and a substitution.

    Args:
        source: the head that moves.
        target: the head that should.
        source_rest: the source at rest [V, 3], millimetres.
        target_rest: the target at rest [W, 3], millimetres.
        pairs: further vertices of source and target that are the same point [N, 2].

    Raises:
        ValueError: there are too few common landmarks, or pairs are not vertices of the skins.

    Source:
        Sumner and Popovic (2004). Deformation transfer for triangle meshes. Solved as a Poisson system as in
        Botsch, Sumner, Pauly and Gross (2006). Deformation transfer for detail-preserving surface editing.
    """

    def __init__(
        self, source: Rig, target: Rig, source_rest: Floats, target_rest: Floats, *, pairs: Integers | None = None
    ) -> None:
        self.source_rest, self.target_rest = source_rest, target_rest
        self.source_skin, self.target_skin = Skin.of(source, source_rest), Skin.of(target, target_rest)
        common = _common_points(source, target, self.source_skin, self.target_skin, pairs)
        self.match: Correspondence = register(self.source_skin, self.target_skin, common)
        self._deform = _Deformation(self.source_skin, self.target_skin, self.match)
        self._passengers = _Passengers(source, target, target_rest, self.target_skin)

    def __call__(self, vertices: NDArray[np.floating]) -> Floats:
        """The target [B, W, 3] for the source [B, V, 3], both held still, millimetres."""
        out = np.empty((len(vertices), *self.target_rest.shape))
        for begin in range(0, len(vertices), _BATCH):
            moved = np.asarray(vertices[begin : begin + _BATCH], np.float64)
            skin = self._deform(moved[:, self.source_skin.vertices])
            out[begin : begin + _BATCH] = self._passengers(skin, moved, self.source_rest)
        return out

    def gaps(self, vertices: NDArray[np.floating], pairs: Integers) -> Floats:
        """Height between the source's points of the target's lip pairs [B, P], scaled to the target, millimetres.

        Args:
            vertices: the source [B, V, 3], held still.
            pairs: vertices of the target [P, 2].
        """
        places = self.target_skin.places(pairs.ravel())
        faces = self.source_skin.vertices[self.source_skin.faces]
        corners = faces[self.match.triangles[places]]
        weights = self.match.weights[places, :, None]
        moved = (weights * vertices[:, corners]).sum(-2)
        rest = (weights * self.source_rest[corners]).sum(-2)
        order = np.arange(pairs.size).reshape(-1, 2)
        return self.match.scale * lip_gaps(moved, rest, order)


class _Deformation:
    """Skin to skin."""

    def __init__(self, source: Skin, target: Skin, match: Correspondence) -> None:
        self.source, self.target, self.match = source, target, match
        faces = target.faces
        centres = match.warped[faces].mean(1)
        normals = vertex_normals(match.warped, faces)[faces].mean(1)
        of = np.sign(source.lip[source.faces].sum(1))
        sides = np.sign(target.lip[faces].sum(1))
        triangles, _, distance = Surface(source.rest, source.faces).nearest(centres, normals, sides, of)
        self.sure = (match.sure[faces].min(1) > _SURE) & np.isfinite(distance)
        self.triangles = source.faces[triangles[self.sure]]
        self.undo = np.linalg.inv(frames_of(source.rest, self.triangles))
        slopes, areas = gradient(target.rest, faces)
        insist = np.where(self.sure, 1.0, _UNSURE)
        weighted = sp.csr_matrix(slopes.T @ sp.diags(np.repeat(areas * insist, 3)))
        self.gather = weighted[:, np.repeat(self.sure, 3)]
        self.anchor = match.sure * np.where(target.lip != 0, _LIP_ANCHOR, _ANCHOR)
        self.system = splu(sp.csc_matrix(weighted @ slopes + sp.diags(self.anchor + 1e-9)))

    def __call__(self, moved: Floats) -> Floats:
        """The target's skin [B, S, 3] for the source's."""
        change = frames_of(moved, self.triangles) @ self.undo - np.eye(3)
        count = len(moved)
        # Rows are the directions in space, columns the coordinates of every frame.
        wanted = np.ascontiguousarray(change.transpose(1, 3, 0, 2)).reshape(-1, 3 * count)
        step = self.match.scale * self.match.points(moved - self.source.rest, self.source.faces)
        pulled = self.anchor[:, None] * step.transpose(1, 0, 2).reshape(-1, 3 * count)
        solved = self.system.solve(self.gather @ wanted + pulled)
        return self.target.rest + solved.reshape(-1, count, 3).transpose(1, 0, 2)


class _Passengers:
    """All that is not skin: eyeballs turn, what hangs on the jaw goes with the chin, the rest with the nearest skin."""

    def __init__(self, source: Rig, target: Rig, rest: Floats, skin: Skin) -> None:
        self.rest, self.skin = rest, skin

        def region(rig: Rig, name: str) -> Integers:
            return rig.regions[name].cpu().numpy() if name in rig.regions else np.zeros(0, np.int64)

        self.balls = [(region(source, f"{side}_eye"), region(target, f"{side}_eye")) for side in SIDES]
        self.on_jaw = np.concatenate([region(target, name) for name in ("lower_teeth", "tongue")])
        fixed = np.concatenate([region(target, "upper_teeth"), *(ball for _, ball in self.balls)])
        other = np.setdiff1d(np.arange(len(rest)), np.concatenate([skin.vertices, self.on_jaw, fixed]))
        self.other = other
        self.carrier = _nearest(rest[other], skin.rest)
        chin = target.landmarks.cpu().numpy()[_CHIN]
        self.chin = _near(skin, rest[chin].mean(0) if len(chin) else skin.rest[skin.rest[:, 1].argmin()])

    def __call__(self, skin: Floats, source: Floats, source_rest: Floats) -> Floats:
        out = np.tile(self.rest, (len(skin), 1, 1))
        out[:, self.skin.vertices] = skin
        out[:, self.other] += skin[:, self.carrier] - self.skin.rest[self.carrier]
        if len(self.on_jaw):
            rotation, translation = rigid_motion(skin[:, self.chin], self.skin.rest[self.chin])
            out[:, self.on_jaw] = self.rest[self.on_jaw] @ rotation.transpose(0, 2, 1) + translation[:, None]
        for theirs, ours in self.balls:
            if len(theirs) and len(ours):
                rotation, _ = rigid_motion(source[:, theirs], source_rest[theirs])
                centre = self.rest[ours].mean(0)
                out[:, ours] = centre + (self.rest[ours] - centre) @ rotation.transpose(0, 2, 1)
        return out


def _nearest(points: Floats, among: Floats) -> Integers:
    from scipy.spatial import cKDTree

    return np.asarray(cKDTree(among).query(points)[1]) if len(points) else np.zeros(0, np.int64)


def _near(skin: Skin, point: Floats) -> Integers:
    """Skin vertices around a point: a patch large enough to tell how it turns."""
    return np.argsort(np.linalg.norm(skin.rest - point, axis=1))[:60]


def _common_points(source: Rig, target: Rig, source_skin: Skin, target_skin: Skin, pairs: Integers | None) -> Integers:
    """Vertices of both skins that are the same point [N, 2]."""
    named = [
        np.array([*source.inner_lip, *source.mouth_corners]),
        np.array([*target.inner_lip, *target.mouth_corners]),
    ]
    common = [np.stack(named, 1)]
    if len(source.landmarks) and len(target.landmarks):
        both = np.stack([source.landmarks.cpu().numpy(), target.landmarks.cpu().numpy()], 1)
        common.append(both[_FIRST_INNER:])
    if pairs is not None:
        common.append(np.asarray(pairs, np.int64).reshape(-1, 2))
    else:
        common.append(np.stack([facial_points(source, source_skin), facial_points(target, target_skin)], 1))
    joined = np.concatenate(common)
    joined = joined[(joined >= 0).all(1)]
    places = np.stack([source_skin.places(joined[:, 0]), target_skin.places(joined[:, 1])], 1)
    places = places[(places >= 0).all(1)]
    # One vertex cannot go to two places; the first named wins.
    places = places[np.sort(np.unique(places[:, 1], return_index=True)[1])]
    if len(places) < 8:
        raise ValueError(
            f"needs at least 8 points that both heads have on their skin, got {len(places)}; "
            "give both rigs their 68 landmarks or their eyes, or give pairs of vertices"
        )
    return places
