"""Small grey pictures of the mouth, as lip-readers watch them."""

from collections.abc import Sequence

import torch
from torch import Tensor

from avatar.lipreading.appearance import Appearance
from avatar.lipreading.grey_pictures import GreyPictures, each_of
from avatar.rigs.built_in_head import BuiltInHead

SIZE = 48
"""Pixels across and down."""

FRAME = 0.075
"""How many metres a picture is high where the mouth is: from under the nose to the chin's edge, cheeks beside."""

SAMPLES = 2
"""Samples across and down each pixel; more than twice as many cost more than all the rest."""

_REACH = (0.065, 0.06, 0.1)
_PARTS = ("skin", "upper_teeth", "lower_teeth", "tongue")


class MouthPictures(GreyPictures):
    """Draws the mouth of the built-in head, turned back to the front, in any light and from any side.

    Only the surface near the mouth is drawn, with one light and without shadows: a millisecond of one core a picture.

    Args:
        rig: the head.
        size: of the pictures in pixels.
        samples: across and down each pixel; gradients of more are less noisy.

    Example:
        >>> head = BuiltInHead.load()
        >>> MouthPictures(head)(head.neutral()[None]).shape
        torch.Size([1, 1, 48, 48])
    """

    lips: Tensor

    def __init__(self, rig: BuiltInHead, size: int = SIZE, *, samples: int = SAMPLES) -> None:
        middle = rig.rest[list(rig.mouth_corners)].mean(0)
        near = ((rig.rest - middle).abs() < middle.new_tensor(_REACH)).all(1)
        of_parts = torch.isin(rig.face_parts, torch.tensor([rig.parts.index(part) for part in _PARTS]))
        drawn = near[rig.faces].any(1) & of_parts
        super().__init__(rig, size, samples=samples, height=FRAME, anchor=rig.mouth_corners, drawn=drawn)
        self._constant("lips", self._among(rig.regions["lips"]))

    def tint(self, looks: Sequence[Appearance], like: Tensor) -> Tensor:
        """See `GreyPictures.tint`."""
        skin, lips, inside = (each_of(looks, name, like) for name in ("skin", "lips", "inside"))
        return torch.where(self.inside > 0, inside, skin * (1 + (lips - 1) * self.lips))
