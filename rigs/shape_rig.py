"""A head made of blend shapes: anybody's."""

from pathlib import Path

import torch
from torch import Tensor, nn

from avatar.controls import ControlSpace
from avatar.rigs.gaze import positive_part
from avatar.rigs.rig import check_pose
from avatar.rigs.rig_data import RigData
from avatar.rigs.rotations import yaw_pitch_roll

_HEAD_ANGLES = ("headYaw", "headPitch", "headRoll")
_EYE_ANGLES = tuple(f"{eye}Eye{axis}" for eye in ("left", "right") for axis in ("Yaw", "Pitch", "Roll"))


class ShapeRig(nn.Module):
    """A neutral head, a displacement for each control, and identity directions where there are any.

    Linear in the controls and in identity, apart from the turning head and eyeballs. Eyes without balls of their own
    look where the eyeLook shapes take them, which then follow the eyes' own angles too.

    Args:
        data: what it is made of.

    Attributes:
        rest: the neutral head [V, 3].
        shapes: [C, V * 3], what each control adds at 1, without what eyeballs do as rigid balls.
        head_weight: how much of the head's turn each vertex takes [V].
        neck_pivot: the point about which the head turns [3].
        notes: where the data is from and what was made of it, for people.
        data: what it was made of.
    """

    faces: Tensor
    face_parts: Tensor
    vertex_colours: Tensor
    landmarks: Tensor
    rest: Tensor
    shapes: Tensor
    identities: Tensor
    head_weight: Tensor
    neck_pivot: Tensor
    followers: Tensor
    eye_centres: Tensor
    eye_angles: Tensor

    def __init__(self, data: RigData) -> None:
        super().__init__()
        self.data = data
        self.space: ControlSpace = data.space
        self.identity_space: ControlSpace = data.identity_space
        self.parts = data.parts
        self.inner_lip = data.inner_lip
        self.mouth_corners = data.mouth_corners
        self.notes = dict(data.notes)
        self.regions = {name: torch.from_numpy(rows.copy()) for name, rows in data.regions.items()}
        self._head_angles = self.space.indices(self.space.spellings(_HEAD_ANGLES).values())
        self.turns_head = data.head_turn is not None and len(self._head_angles) == 3
        self._own_eye_angles = [self.space.index(name) for name in _EYE_ANGLES if name in self.space]
        for name in ("faces", "face_parts", "vertex_colours", "landmarks", "rest"):
            self._constant(name, torch.from_numpy(getattr(data, name).copy()))
        count = len(data.rest)
        self._constant("identities", torch.from_numpy(data.identities).flatten(1))
        turn = data.head_turn
        self._constant("head_weight", torch.ones(count) if turn is None else torch.from_numpy(turn.share.copy()))
        self._constant("neck_pivot", torch.zeros(3) if turn is None else torch.from_numpy(turn.pivot.copy()))
        shapes = torch.from_numpy(data.shapes).clone()
        balls = data.eyeballs
        self.balls: tuple[Tensor, ...] = ()
        if balls is not None:
            self.balls = tuple(torch.from_numpy(ball) for ball in balls.vertices)
            turning = torch.from_numpy(balls.angles)
            self._constant("eye_centres", torch.from_numpy(balls.centres.copy()))
            self._constant("eye_angles", turning)
            for side, ball in enumerate(self.balls):
                for control in torch.nonzero(turning[:, side].any(-1))[:, 0]:
                    shapes[control, ball] = 0.0
        self._constant("shapes", shapes.flatten(1))
        self._constant("followers", _followers(self.space, None if balls is None else torch.from_numpy(balls.angles)))

    def _constant(self, name: str, value: Tensor) -> None:
        self.register_buffer(name, value, persistent=False)

    @classmethod
    def load(cls, path: str | Path) -> "ShapeRig":
        """Load a rig that `save` or `avatar rig import` wrote.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: the file isn't such a rig.
        """
        from avatar.rigs.shape_rig_file import read

        return cls(read(path))

    def save(self, path: str | Path) -> None:
        """Write the rig into one .safetensors file."""
        from avatar.rigs.shape_rig_file import write

        write(self.data, path)

    def forward(self, weights: Tensor, identity: Tensor | None = None) -> Tensor:
        """Vertices for controls and an identity.

        Args:
            weights: [B, C] values of the controls in `space`.
            identity: [B, I] or [1, I] values of the axes in `identity_space`; the average when left out.

        Returns:
            Vertices [B, V, 3], metres; differentiable in weights and identity.

        Raises:
            ValueError: a shape doesn't fit.
        """
        check_pose(self, weights, identity)
        neutral = self.neutral(identity)
        vertices = neutral + (self._followed(weights) @ self.shapes).reshape(len(weights), -1, 3)
        vertices = self._turn_eyes(vertices, neutral, weights)
        if not self.turns_head:
            return vertices
        about = vertices - self.neck_pivot
        turned = about @ yaw_pitch_roll(self.head_turns(weights)).transpose(-1, -2)
        return vertices + self.head_weight[:, None] * (turned - about)

    def neutral(self, identity: Tensor | None = None) -> Tensor:
        """Vertices of an identity at rest [B, V, 3], or of the average [1, V, 3].

        Args:
            identity: [B, I] values of the axes in `identity_space`.
        """
        if identity is None:
            return self.rest[None]
        return self.rest + (identity @ self.identities).reshape(len(identity), -1, 3)

    @property
    def morph_names(self) -> tuple[str, ...]:
        """The controls that displace vertices, in the order of `morph_targets`."""
        return tuple(self.space.names[row] for row in self._displacing)

    def morph_targets(self, identity: Tensor | None = None) -> Tensor:
        """What each control of `morph_names` adds at 1 [S, V, 3]; eyeballs that turn stay where they are."""
        return self.shapes[self._displacing].reshape(len(self._displacing), -1, 3)

    def ball_centres(self, identity: Tensor | None = None) -> Tensor:
        """Centres [2, 3] of the left and the right eyeball of an identity [1, I]."""
        neutral = self.neutral(identity)[0]
        return torch.stack(
            [
                centre + (neutral[ball] - self.rest[ball]).mean(0)
                for centre, ball in zip(self.eye_centres, self.balls, strict=True)
            ]
        )

    def ball_turns(self, weights: Tensor) -> Tensor:
        """Yaw, pitch and roll [B, 2, 3] of the eyeballs for controls [B, C], in radians."""
        return torch.einsum("bc,cea->bea", weights, self.eye_angles)

    def head_turns(self, weights: Tensor) -> Tensor:
        """Yaw, pitch and roll [B, 3] of the head for controls [B, C], in radians; zero where no control turns it."""
        return weights[:, self._head_angles] if self.turns_head else weights.new_zeros(len(weights), 3)

    @property
    def _displacing(self) -> list[int]:
        moves = torch.nonzero(self.shapes.any(1))[:, 0].tolist()
        return [row for row in moves if self.space.controls[row].unit in ("weight", "signed weight")]

    def _followed(self, weights: Tensor) -> Tensor:
        """Weights with what the eyes' own angles add to the eyeLook shapes, so that lids follow them."""
        if not len(self.followers):
            return weights
        own = weights[:, self._own_eye_angles]
        return weights + torch.cat([positive_part(own), positive_part(-own)], 1) @ self.followers

    def _turn_eyes(self, vertices: Tensor, neutral: Tensor, weights: Tensor) -> Tensor:
        if not self.balls:
            return vertices
        rotations = yaw_pitch_roll(self.ball_turns(weights))
        out = vertices.clone()
        for side, ball in enumerate(self.balls):
            # Identities shift a ball as a whole; what else shapes do to it (a pupil that widens) turns along.
            shift = (neutral[:, ball] - self.rest[ball]).mean(1, keepdim=True)
            centre = self.eye_centres[side] + shift
            out[:, ball] = centre + (vertices[:, ball] - centre) @ rotations[:, side].transpose(-1, -2)
        return out


def _followers(space: ControlSpace, angles: Tensor | None) -> Tensor:
    """Weights [12, C] that a radian of the eyes' own angles adds to eyeLook shapes, first positive, then negative."""
    from avatar.rigs.gaze import SIDEWAYS, UPDOWN

    if any(name not in space for name in _EYE_ANGLES):
        return torch.zeros(0, len(space))
    out = torch.zeros(12, len(space))
    for side, letter in enumerate(("Left", "Right")):
        outward = 1.0 if side == 0 else -1.0
        for name, axis, sign in (("Out", 0, outward), ("In", 0, -outward), ("Down", 1, 1.0), ("Up", 1, -1.0)):
            shape = f"eyeLook{name}{letter}"
            if shape not in space:
                continue
            full = 0.0 if angles is None else abs(float(angles[space.index(shape), side, axis]))
            full = full or (SIDEWAYS if axis == 0 else UPDOWN)
            out[3 * side + axis + (0 if sign > 0 else 6), space.index(shape)] = 1 / full
    return out
