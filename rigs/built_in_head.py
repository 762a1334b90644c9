"""The head that ships with the package."""

from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

import torch
from torch import Tensor, nn

from avatar.controls import ARKIT, ARKIT_SHAPES, Control, ControlSpace
from avatar.rigs.gaze import Gaze
from avatar.rigs.head_file import HeadFile
from avatar.rigs.lids import Lids
from avatar.rigs.rig import check_pose
from avatar.rigs.rotations import yaw_pitch_roll
from avatar.rigs.tongue import Tongue


@dataclass(frozen=True)
class Spread:
    """How identities are drawn.

    Args:
        deviation: standard deviation of each axis [I].
        limit: no axis is drawn beyond this [I].
    """

    deviation: Tensor
    limit: Tensor


class BuiltInHead(nn.Module):
    """A head with 52 ARKit shapes, turning head and eyes, and an identity space.

    It is linear in the shapes and in identity, apart from the rotations, the blink, which closes whatever gap the lids
    have, and tongueOut, which closed lips hold back.
    Metres, +y up, facing +z, origin between the ears of the average.

    Attributes:
        space: the controls, `ARKIT`.
        identity_space: the identity axes; the average is zero.
        faces: triangles [F, 3] int64, counter-clockwise from outside.
        uv: texture coordinates of the vertices [V, 2]; at seams they are those of one side, see `corner_uv`.
        corner_uv: texture coordinates of the triangles' corners [F, 3, 2].
        regions: vertex indices by name.
        landmarks: vertex indices of the 68 iBUG landmarks.
        inner_lip: mid points of the upper and the lower lip that meet when the mouth is closed.
        mouth_corners: the left and the right corner of the mouth.
        parts: names of the parts.
        face_parts: part of each triangle [F] int64.
        part_colours: linear RGB of each part [P, 3].
        vertex_colours: linear RGB of each vertex [V, 3].

    Example:
        >>> head = BuiltInHead.load()
        >>> head(torch.zeros(1, len(head.space))).shape[0]
        1
    """

    faces: Tensor
    uv: Tensor
    corner_uv: Tensor
    face_parts: Tensor
    part_colours: Tensor
    vertex_colours: Tensor
    landmarks: Tensor
    rest: Tensor
    shapes: Tensor
    identities: Tensor
    head_weight: Tensor
    neck_pivot: Tensor

    def __init__(self, file: HeadFile) -> None:
        super().__init__()
        header, tensors = file.header, file.tensors
        self.space = ARKIT
        self.identity_space = ControlSpace(
            "built-in head identity",
            tuple(
                Control(axis["name"], "weight" if axis["minimum"] == 0 else "signed weight", axis["minimum"], 1.0)
                for axis in header["axes"]
            ),
        )
        self.parts: tuple[str, ...] = tuple(header["parts"])
        self.regions = {
            name: torch.from_numpy(index.astype("int64")) for name, index in file.prefixed("region.").items()
        }
        self.inner_lip: tuple[int, int] = tuple(header["inner_lip"])
        self.mouth_corners: tuple[int, int] = tuple(header["mouth_corners"])
        self.spread = Spread(
            torch.tensor([axis["spread"] for axis in header["axes"]]),
            torch.tensor([axis["limit"] for axis in header["axes"]]),
        )
        for name in ("faces", "face_parts", "landmarks"):
            self._constant(name, torch.from_numpy(tensors[name].astype("int64")))
        for name in ("uv", "corner_uv", "part_colours", "vertex_colours", "rest", "head_weight", "neck_pivot"):
            self._constant(name, torch.from_numpy(tensors[name].astype("float32")))
        shapes = torch.from_numpy(file.displacements("shapes"))
        self._constant("shapes", shapes.flatten(1))
        self._constant("identities", torch.from_numpy(file.displacements("identity")).flatten(1))
        self.gaze = Gaze(file, self.regions)
        self.lids = Lids(file)
        self.balls: tuple[Tensor, ...] = self.gaze.balls
        self.morph_names = ARKIT_SHAPES
        self.tongue = Tongue(shapes, self.regions["tongue"], self.inner_lip)

    def _constant(self, name: str, value: Tensor) -> None:
        self.register_buffer(name, value, persistent=False)

    @classmethod
    def load(cls, path: str | Path | None = None) -> "BuiltInHead":
        """Load the shipped head, or one baked elsewhere.

        Args:
            path: a file made by `python -m avatar.rigs.bake`; the shipped one when left out.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: the file isn't a baked head.
        """
        if path is not None:
            return cls(HeadFile.read(path))
        with as_file(files("avatar.rigs") / "data" / "head.safetensors") as shipped:
            return cls(HeadFile.read(shipped))

    def forward(self, weights: Tensor, identity: Tensor | None = None) -> Tensor:
        """Vertices for controls and an identity.

        Args:
            weights: [B, 61] values of the controls in `space`: shapes 0..1, angles in radians. The eyeLook shapes
                turn the eyes too and add to the eyes' own angles: give one or the other.
            identity: [B, I] or [1, I] values of the axes in `identity_space`; the average when left out.

        Returns:
            Vertices [B, V, 3], metres; differentiable in weights and identity.

        Raises:
            ValueError: a shape doesn't fit.
        """
        check_pose(self, weights, identity)
        neutral = self.neutral(identity)
        shape_weights = weights[:, : len(ARKIT_SHAPES)] + self.gaze.lid_weights(weights)
        vertices = neutral + (shape_weights @ self.shapes).reshape(len(weights), -1, 3)
        vertices = self.tongue(vertices, neutral, weights)
        centres, radii = self.gaze.balls_of(neutral, identity)
        vertices = self.lids(vertices, weights, centres, radii)
        vertices = self.gaze(vertices, neutral, weights, centres)
        return self._turn(vertices, self.head_turns(weights))

    def neutral(self, identity: Tensor | None = None) -> Tensor:
        """Vertices of an identity at rest [B, V, 3], or of the average [1, V, 3].

        Args:
            identity: [B, I] values of the axes in `identity_space`.
        """
        if identity is None:
            return self.rest[None]
        return self.rest + (identity @ self.identities).reshape(len(identity), -1, 3)

    def morph_targets(self, identity: Tensor | None = None) -> Tensor:
        """What each shape at weight 1 moves [52, V, 3], for formats that can only add up displacements.

        Eyeballs stay still, for they should turn about `gaze` centres; tongueOut is whole although the lips are closed.

        Args:
            identity: [1, I]; the average when left out.
        """
        each = torch.eye(len(ARKIT_SHAPES), len(self.space)).to(self.rest)
        steps: Tensor = self(each, identity) - self.neutral(identity)
        for ball in self.gaze.balls:
            steps[:, ball] = 0.0
        steps[self.tongue.shape, self.tongue.tongue] = self.tongue.out
        return steps

    def ball_centres(self, identity: Tensor | None = None) -> Tensor:
        """Centres [2, 3] of the left and the right eyeball of an identity [1, I]."""
        return self.gaze.balls_of(self.neutral(identity), identity)[0][0]

    def ball_turns(self, weights: Tensor) -> Tensor:
        """Yaw, pitch and roll [B, 2, 3] of the eyeballs for controls [B, 61], in radians."""
        return self.gaze.angles(weights)

    def head_turns(self, weights: Tensor) -> Tensor:
        """Yaw, pitch and roll [B, 3] of the head for controls [B, 61], in radians."""
        return weights[:, self._head_angles]

    def sample_identity(self, generator: torch.Generator, batch: int = 1) -> Tensor:
        """Draw plausible identities.

        Args:
            generator: the source of chance; equal seeds give equal people.
            batch: how many.

        Returns:
            [batch, I], normally distributed about the average within the axes' limits.
        """
        if batch < 1:
            raise ValueError(f"batch must be at least 1, got {batch}; ask for one identity or more")
        draws = torch.randn(batch, len(self.identity_space), generator=generator) * self.spread.deviation
        one_sided = torch.from_numpy(self.identity_space.minimum) == 0
        draws = torch.where(one_sided, draws.abs(), draws)
        return draws.clamp(-self.spread.limit, self.spread.limit).to(self.rest)

    @property
    def _head_angles(self) -> list[int]:
        return self.space.indices(("headYaw", "headPitch", "headRoll"))

    def _turn(self, vertices: Tensor, angles: Tensor) -> Tensor:
        """Turn about the neck's pivot; down the neck the turn fades out."""
        about = vertices - self.neck_pivot
        turned = about @ yaw_pitch_roll(angles).transpose(-1, -2)
        return vertices + self.head_weight[:, None] * (turned - about)
