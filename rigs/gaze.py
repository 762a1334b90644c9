"""Eyeballs that turn as rigid balls, and lids that follow them."""

from math import radians

import torch
from torch import Tensor, nn

from avatar.controls import ARKIT, ARKIT_SHAPES
from avatar.rigs.head_file import HeadFile
from avatar.rigs.rotations import yaw_pitch_roll

SIDEWAYS = radians(30)
"""Angle of eyeLookIn and eyeLookOut at weight 1."""

UPDOWN = radians(25)
"""Angle of eyeLookUp and eyeLookDown at weight 1."""

_SMOOTH = radians(1)


class Gaze(nn.Module):
    """Turns the eyeballs about their centres.

    Args:
        file: the baked head.
        regions: its regions, "left_eye" and "right_eye" among them.
    """

    centres: Tensor
    centre_identities: Tensor
    angles_of_shapes: Tensor
    lids_of_angles: Tensor

    def __init__(self, file: HeadFile, regions: dict[str, Tensor]) -> None:
        super().__init__()
        self.balls = (regions["left_eye"], regions["right_eye"])
        constants = {
            "centres": torch.from_numpy(file.tensors["eye_centres"]),
            "centre_identities": torch.from_numpy(file.tensors["eye_centre_identities"]),
            "angles_of_shapes": _angles_of_shapes(),
            "lids_of_angles": _lids_of_angles(),
        }
        for name, value in constants.items():
            self.register_buffer(name, value, persistent=False)

    def angles(self, weights: Tensor) -> Tensor:
        """Yaw, pitch and roll of the left and the right eye [B, 2, 3], radians, for controls [B, 61]."""
        own = weights[:, _OWN_ANGLES].reshape(-1, 2, 3)
        return own + torch.einsum("bs,sea->bea", weights[:, : len(ARKIT_SHAPES)], self.angles_of_shapes)

    def lid_weights(self, weights: Tensor) -> Tensor:
        """What the eyes' own angles add to the eyeLook shapes [B, 52], so that the lids follow them."""
        own = weights[:, _OWN_ANGLES]
        both_ways = torch.cat([positive_part(own), positive_part(-own)], 1)
        return both_ways @ self.lids_of_angles

    def balls_of(self, neutral: Tensor, identity: Tensor | None) -> tuple[Tensor, Tensor]:
        """Centres [B or 1, 2, 3] and radii [B or 1, 2] of the left and the right eyeball of an identity.

        Args:
            neutral: the identity at rest [B or 1, V, 3].
            identity: [B or 1, I], or None for the average.
        """
        centres = self.centres[None]
        if identity is not None:
            centres = centres + torch.einsum("bi,iea->bea", identity, self.centre_identities)
        on_balls = neutral[:, [int(ball[0]) for ball in self.balls]]
        return centres, (on_balls - centres).square().sum(-1).sqrt()

    def forward(self, vertices: Tensor, neutral: Tensor, weights: Tensor, centres: Tensor) -> Tensor:
        """Put the turned eyeballs into vertices.

        Args:
            vertices: the head with its shapes [B, V, 3].
            neutral: the same identity at rest [B or 1, V, 3].
            weights: the controls [B, 61].
            centres: of the eyeballs [B or 1, 2, 3].
        """
        rotations = yaw_pitch_roll(self.angles(weights))
        out = vertices.clone()
        for side, ball in enumerate(self.balls):
            centre = centres[:, side, None]
            out[:, ball] = centre + (neutral[:, ball] - centre) @ rotations[:, side].transpose(-1, -2)
        return out


def positive_part(x: Tensor) -> Tensor:
    """max(x, 0) with a rounded corner: 0 up to 0, a parabola for a degree, then straight."""
    corner = x.clamp(0, _SMOOTH)
    return corner * corner / (2 * _SMOOTH) + (x - _SMOOTH).clamp(min=0)


_OWN_ANGLES = ARKIT.indices(f"{eye}Eye{axis}" for eye in ("left", "right") for axis in ("Yaw", "Pitch", "Roll"))


def _angles_of_shapes() -> Tensor:
    """Yaw, pitch and roll that each shape at weight 1 gives to the left and the right eye [52, 2, 3]."""
    table = torch.zeros(len(ARKIT_SHAPES), 2, 3)
    for side, letter in enumerate(("Left", "Right")):
        outward = SIDEWAYS if side == 0 else -SIDEWAYS
        for name, axis, angle in (("Out", 0, outward), ("In", 0, -outward), ("Down", 1, UPDOWN), ("Up", 1, -UPDOWN)):
            table[ARKIT_SHAPES.index(f"eyeLook{name}{letter}"), side, axis] = angle
    return table


def _lids_of_angles() -> Tensor:
    """Weights of the shapes [12, 52] for one radian of each eye's own angles, first positive then negative ones."""
    turns = _angles_of_shapes().flatten(1).T  # [6, 52]
    inverse = torch.where(turns == 0, 0, 1 / turns.abs().clamp(min=1e-6))
    return torch.cat([inverse * (turns > 0), inverse * (turns < 0)])
