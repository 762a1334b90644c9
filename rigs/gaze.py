"""Eyeballs that turn as rigid balls, and lids that follow them."""

from math import radians

import torch
from avatar.rigs.head_file import HeadFile
from avatar.rigs.rotations import yaw_pitch_roll
from torch import Tensor, nn

from avatar.controls import ARKIT, ARKIT_SHAPES

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

    def __init__(self, file: HeadFile, regions: dict[str, Tensor]) -> None:
        super().__init__()
        self.balls = (regions["left_eye"], regions["right_eye"])
        constants = {
            "centres": torch.from_numpy(file.tensors["eye_centres"]),
            "centre_identities": torch.from_numpy(file.tensors["eye_centre_identities"]),
            "angles_of_shapes": _angles_of_shapes(),
        }
        for name, value in constants.items():
            self.register_buffer(name, value, persistent=False)

    def angles(self, weights: Tensor) -> Tensor:
        """Yaw, pitch and roll of the left and the right eye [B, 2, 3], radians, for controls [B, 61]."""
        own = weights[:, _OWN_ANGLES].reshape(-1, 2, 3)
        return own + torch.einsum("bs,sea->bea", weights[:, : len(ARKIT_SHAPES)], self.angles_of_shapes)

    def lid_weights(self, weights: Tensor) -> Tensor:
        """What the eyes' own angles add to the eyeLook shapes [B, 52], so that the lids follow them."""
        own = weights[:, _OWN_ANGLES].reshape(-1, 2, 3)
        forward = _positive_part(own)
        backward = _positive_part(-own)
        extra = torch.zeros_like(weights[:, : len(ARKIT_SHAPES)])
        for side, letter in enumerate(("Left", "Right")):
            outward, inward = (forward, backward) if side == 0 else (backward, forward)
            for name, turn, axis, full in (
                ("Out", outward, 0, SIDEWAYS),
                ("In", inward, 0, SIDEWAYS),
                ("Down", forward, 1, UPDOWN),
                ("Up", backward, 1, UPDOWN),
            ):
                extra[:, ARKIT_SHAPES.index(f"eyeLook{name}{letter}")] = turn[:, side, axis] / full
        return extra

    def forward(self, vertices: Tensor, neutral: Tensor, weights: Tensor, identity: Tensor | None) -> Tensor:
        """Put the turned eyeballs into vertices [B, V, 3].

        Args:
            vertices: the head with its shapes.
            neutral: the same identity at rest [B or 1, V, 3].
            weights: the controls [B, 61].
            identity: [B or 1, I], or None for the average.
        """
        centres = self.centres[None]
        if identity is not None:
            centres = centres + torch.einsum("bi,iea->bea", identity, self.centre_identities)
        rotations = yaw_pitch_roll(self.angles(weights))
        out = vertices.clone()
        for side, ball in enumerate(self.balls):
            centre = centres[:, side, None]
            out[:, ball] = centre + (neutral[:, ball] - centre) @ rotations[:, side].transpose(-1, -2)
        return out


def _positive_part(x: Tensor) -> Tensor:
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
