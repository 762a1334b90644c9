"""FLAME: a head learned from scans, posed by linear blend skinning."""

from pathlib import Path

import torch
from torch import Tensor, nn

from avatar.controls import Control, ControlSpace
from avatar.rigs.flame_anatomy import PARTS, find_anatomy
from avatar.rigs.flame_file import PARENTS, FlameFile
from avatar.rigs.flame_landmarks import LARGEST_YAW, Embedding
from avatar.rigs.rig import check_pose
from avatar.rigs.skinning import rotation_matrices, skin
from avatar.spaces.flame import EYELIDS, LARGEST_EXPRESSION, POSES, flame_space

_ROOT, _NECK = 0, 1


class FlameRig(nn.Module):
    """A FLAME model as a rig: identity, expression, five joints, and lids where the user has their shapes.

    Metres, +y up, facing +z at rest. The model itself is the user's: see `avatar.rigs.flame_import.read_flame`.

    Args:
        file: the model's data.
        expressions: how many expression coefficients to use, from the first; all when left out.
        identities: how many identity coefficients to use; all when left out.

    Raises:
        ValueError: the file has fewer coefficients than asked for, or no mouth is found in it.

    Attributes:
        space: expressions, joints and lids, see `avatar.spaces.flame_space`.
        identity_space: shape_0 and on, in standard deviations; the average is zero.
        file: the model's data.
        template: the average head [V, 3].

    Source:
        Li, Bolkart, Black, Li and Romero (2017). Learning a model of facial shape and expression from 4D scans.
    """

    faces: Tensor
    face_parts: Tensor
    vertex_colours: Tensor
    landmarks: Tensor
    template: Tensor
    identities: Tensor
    expressions: Tensor
    pose_correctives: Tensor
    joint_regressor: Tensor
    skinning_weights: Tensor
    eyelids: Tensor
    inner_faces: Tensor
    inner_barycentrics: Tensor
    contour_faces: Tensor
    contour_barycentrics: Tensor

    def __init__(self, file: FlameFile, *, expressions: int | None = None, identities: int | None = None) -> None:
        super().__init__()
        anatomy = find_anatomy(file)
        chosen = _chosen(expressions, len(file.expressions), "expressions")
        people = _chosen(identities, len(file.identities), "identities", least=0)
        self.file = file
        self.space = flame_space(chosen, eyelids=file.eyelids is not None)
        self.identity_space = ControlSpace(
            "FLAME identity",
            tuple(
                Control(f"shape_{i}", "signed weight", -LARGEST_EXPRESSION, LARGEST_EXPRESSION) for i in range(people)
            ),
        )
        self.parts: tuple[str, ...] = PARTS
        self.regions = {name: torch.from_numpy(rows.copy()) for name, rows in anatomy.regions.items()}
        self.inner_lip = anatomy.inner_lip
        self.mouth_corners = anatomy.mouth_corners
        self._poses = self.space.indices(POSES)
        self._lids = self.space.indices(name for name in EYELIDS if name in self.space)
        arrays = {name: getattr(anatomy, name) for name in ("face_parts", "vertex_colours", "landmarks")}
        arrays |= {name: getattr(file, name) for name in ("faces", "template", "joint_regressor", "skinning_weights")}
        for name, array in arrays.items():
            self._constant(name, torch.from_numpy(array).clone())
        self._constant("identities", torch.from_numpy(file.identities[:people]).flatten(1).clone())
        self._constant("expressions", torch.from_numpy(file.expressions[:chosen]).flatten(1).clone())
        self._constant("pose_correctives", torch.from_numpy(file.pose_correctives).flatten(1).clone())
        lids = (
            torch.zeros(0, self.template.numel()) if file.eyelids is None else torch.from_numpy(file.eyelids).flatten(1)
        )
        self._constant("eyelids", lids.clone())
        self._embed("inner", None if file.landmarks is None else file.landmarks.inner)
        self._embed("contour", None if file.landmarks is None else file.landmarks.contour)

    def _constant(self, name: str, value: Tensor) -> None:
        self.register_buffer(name, value, persistent=False)

    def _embed(self, name: str, embedding: Embedding | None) -> None:
        rows = torch.zeros(0, dtype=torch.int64) if embedding is None else torch.from_numpy(embedding.faces)
        weights = torch.zeros(0, 3) if embedding is None else torch.from_numpy(embedding.barycentrics)
        self._constant(f"{name}_faces", rows.clone())
        self._constant(f"{name}_barycentrics", weights.clone())

    @classmethod
    def load(cls, path: str | Path) -> "FlameRig":
        """Load a model that `avatar rig import` or `FlameFile.save` wrote.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: the file isn't a converted FLAME model.
        """
        return cls(FlameFile.load(path))

    def forward(self, weights: Tensor, identity: Tensor | None = None) -> Tensor:
        """Vertices for controls and an identity.

        Args:
            weights: [B, C] values of the controls in `space`: expressions, axis-angle radians, lids 0..1.
            identity: [B, I] or [1, I] values of the axes in `identity_space`; the average when left out.

        Returns:
            Vertices [B, V, 3], metres; differentiable in weights and identity.

        Raises:
            ValueError: a shape doesn't fit.
        """
        contents = f" ({len(self.expressions)} expressions, joints{', lids' if self._lids else ''})"
        check_pose(self, weights, identity, contents=contents)
        shaped = self.neutral(identity) + (weights[:, : len(self.expressions)] @ self.expressions).reshape(
            len(weights), -1, 3
        )
        joints = self.joint_regressor @ shaped
        rotations = rotation_matrices(weights[:, self._poses].reshape(len(weights), -1, 3))
        bent = (rotations[:, 1:] - torch.eye(3).to(weights)).flatten(1)
        moved = bent @ self.pose_correctives
        if self._lids:
            # Lids belong to the resting head, so that they turn with it.
            moved = moved + weights[:, self._lids] @ self.eyelids
        return skin(shaped + moved.reshape_as(shaped), rotations, joints, PARENTS, self.skinning_weights)

    def neutral(self, identity: Tensor | None = None) -> Tensor:
        """Vertices of an identity at rest [B, V, 3], or of the average [1, V, 3].

        Args:
            identity: [B, I] values of the axes in `identity_space`.
        """
        if identity is None:
            return self.template[None]
        return self.template + (identity @ self.identities).reshape(len(identity), -1, 3)

    def surface_landmarks(
        self, weights: Tensor, identity: Tensor | None = None, *, view: Tensor | None = None
    ) -> Tensor:
        """The 68 iBUG landmarks on the surface; those of the outline lie where the view sees the outline.

        Args:
            weights: [B, C] as for calling the rig.
            identity: as for calling the rig.
            view: rotation from the world to the camera [B or 1, 3, 3], the camera looking along its -z; from the front
                when left out.

        Returns:
            [B, 68, 3] metres, the outline first; [B, 51, 3] without the outline where the user has no file of it.
            Differentiable in weights and identity, but not in the choice of the outline's points.

        Raises:
            ValueError: the user has no landmarks, or a shape doesn't fit.
        """
        if not len(self.inner_faces):
            raise ValueError(
                "landmarks need a file of them beside the FLAME model when it is imported: landmark_embedding.npy, "
                "or flame_static_embedding.pkl and flame_dynamic_embedding.npy"
            )
        vertices = self(weights, identity)
        inner = _on_surface(vertices, self.faces[self.inner_faces], self.inner_barycentrics)
        if not len(self.contour_faces):
            return inner
        row = self.outline_yaw(weights, view=view) + LARGEST_YAW
        return torch.cat(
            [_on_surface(vertices, self.faces[self.contour_faces[row]], self.contour_barycentrics[row]), inner], 1
        )

    def outline_yaw(self, weights: Tensor, *, view: Tensor | None = None) -> Tensor:
        """How far the head is turned to the subject's left as seen by a camera [B] int64, whole degrees in -39..39.

        This is the angle between the view and the head's middle plane, whatever the head's pitch and roll.

        Args:
            weights: [B, C] as for calling the rig.
            view: as for `surface_landmarks`.
        """
        rotations = rotation_matrices(weights[:, self._poses].reshape(len(weights), -1, 3))
        turned = rotations[:, _ROOT] @ rotations[:, _NECK]
        if view is not None:
            turned = view @ turned
        # The last row is the direction to the camera in the head's own axes; turned left, it comes from the right.
        yaw = torch.asin((-turned[:, 2, 0]).clamp(-1, 1)).rad2deg()
        return yaw.round().clamp(-LARGEST_YAW, LARGEST_YAW).to(torch.int64)


def _chosen(asked: int | None, most: int, name: str, *, least: int = 1) -> int:
    if asked is None:
        return most
    if not least <= asked <= most:
        raise ValueError(f"{name} must be within {least}..{most}, which the file has, got {asked}")
    return asked


def _on_surface(vertices: Tensor, triangles: Tensor, barycentrics: Tensor) -> Tensor:
    """Points [B, N, 3] in triangles [N, 3] or [B, N, 3] by their barycentric coordinates."""
    if triangles.ndim == 2:
        return torch.einsum("bncx,nc->bnx", vertices[:, triangles], barycentrics)
    each = torch.arange(len(vertices))[:, None, None]
    return torch.einsum("bncx,bnc->bnx", vertices[each, triangles], barycentrics)
