"""Small grey pictures of the face, as an emotion reader watches them."""

from collections.abc import Sequence

import torch
from torch import Tensor

from avatar.emotion_reading.appearance import FaceAppearance
from avatar.lipreading.appearance import Appearance
from avatar.lipreading.grey_pictures import GreyPictures, each_of
from avatar.rigs.built_in_head import BuiltInHead

SIZE = 80
"""Pixels across and down."""

FRAME = 0.14
"""How many metres a picture is high where the face is: from the forehead to the chin."""

SAMPLES = 2
"""Samples across and down each pixel."""

_PARTS = ("skin", "left_eye", "right_eye", "upper_teeth", "lower_teeth", "tongue", "lashes", "brows", "hair")
_HAIRY = ("lashes", "brows", "hair")
_FRONT = 0.0  # metres before the ears
_TALL = (-0.125, 0.09)
_OUTLINE = 17  # of the landmarks; the others are brows, nose, eyes and mouth


class FacePictures(GreyPictures):
    """Draws the face of the built-in head, turned back to the front, in any light and from any side.

    Only the front of the head is drawn, with one light and without shadows.

    Args:
        rig: the head.
        size: of the pictures in pixels.
        samples: across and down each pixel; gradients of more are less noisy.

    Example:
        >>> head = BuiltInHead.load()
        >>> FacePictures(head)(head.neutral()[None]).shape
        torch.Size([1, 1, 80, 80])
    """

    plain = FaceAppearance()
    hair: Tensor
    eyes: Tensor
    lips: Tensor

    def __init__(self, rig: BuiltInHead, size: int = SIZE, *, samples: int = SAMPLES) -> None:
        up, forward = rig.rest[:, 1], rig.rest[:, 2]
        near = (forward > _FRONT) & (up > _TALL[0]) & (up < _TALL[1])
        of_parts = torch.isin(rig.face_parts, torch.tensor([rig.parts.index(part) for part in _PARTS]))
        drawn = near[rig.faces].any(1) & of_parts
        anchor = rig.landmarks[_OUTLINE:].tolist()
        super().__init__(rig, size, samples=samples, height=FRAME, anchor=anchor, drawn=drawn)
        self._constant("hair", self._among(torch.cat([rig.regions[name] for name in _HAIRY])))
        self._constant("eyes", self._among(torch.cat(rig.balls)))
        self._constant("lips", self._among(rig.regions["lips"]))

    def tint(self, looks: Sequence[Appearance], like: Tensor) -> Tensor:
        """See `GreyPictures.tint`."""
        skin, lips, inside = (each_of(looks, name, like) for name in ("skin", "lips", "inside"))
        tinted = torch.where(self.inside > 0, inside, skin * (1 + (lips - 1) * self.lips))
        for name, among in (("hair", self.hair), ("eyes", self.eyes)):
            tinted = torch.where(among > 0, each_of(looks, name, like), tinted)
        return tinted
