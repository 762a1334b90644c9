"""What every head offers, whatever it is made of."""

import logging
from importlib import import_module
from pathlib import Path
from typing import Protocol

from safetensors import SafetensorError, safe_open
from torch import Tensor

from avatar.controls import ControlSpace

log = logging.getLogger(__name__)

BUILT_IN = "built-in"
"""The name of the head that ships with the package."""

_KINDS = {
    "shape_rig": ("avatar.rigs.shape_rig", "ShapeRig"),
    "flame": ("avatar.rigs.flame", "FlameRig"),
    "head": ("avatar.rigs.built_in_head", "BuiltInHead"),
}
"""Keys of a safetensors header, and who reads such a file."""


class Rig(Protocol):
    """A head that controls move; every one is a `torch.nn.Module`, differentiable in weights and identity.

    Attributes:
        space: the controls that drive it.
        identity_space: the identity axes; empty where there is one person only.
        faces: triangles [F, 3] int64, counter-clockwise from outside.
        parts: names of the parts, such as "skin" or "teeth".
        face_parts: part of each triangle [F] int64.
        vertex_colours: linear RGB of each vertex [V, 3].
        regions: vertex indices by name, such as "lips", as far as the rig knows them.
        landmarks: vertex indices of the 68 iBUG landmarks, or empty.
        inner_lip: mid points of the upper and the lower lip that meet when the mouth is closed.
        mouth_corners: the left and the right corner of the mouth.
    """

    space: ControlSpace
    identity_space: ControlSpace
    faces: Tensor
    parts: tuple[str, ...]
    face_parts: Tensor
    vertex_colours: Tensor
    regions: dict[str, Tensor]
    landmarks: Tensor
    inner_lip: tuple[int, int]
    mouth_corners: tuple[int, int]

    def __call__(self, weights: Tensor, identity: Tensor | None = None) -> Tensor:
        """Vertices [B, V, 3] in metres, +y up, face along +z, for controls [B, C] and identities [B or 1, I]."""
        ...

    def neutral(self, identity: Tensor | None = None) -> Tensor:
        """Vertices of identities at rest [B, V, 3], or of the average [1, V, 3]."""
        ...


def check_pose(rig: Rig, weights: Tensor, identity: Tensor | None, *, contents: str = "") -> None:
    """Refuse controls and identities of other shapes than a rig takes.

    Args:
        rig: that is to be moved.
        weights: should be [B, C].
        identity: should be [B or 1, I], or None.
        contents: what the rig's weights are, for the message.

    Raises:
        ValueError: they are not.
    """
    if weights.ndim != 2 or weights.shape[1] != len(rig.space):
        raise ValueError(
            f"weights must be [B, {len(rig.space)}] in the order of {rig.space.name}{contents}, "
            f"got {list(weights.shape)}; take an Animation's weights in that space"
        )
    if identity is None:
        return
    if identity.ndim != 2 or identity.shape[1] != len(rig.identity_space):
        draw = "draw one with sample_identity or " if hasattr(rig, "sample_identity") else ""
        raise ValueError(
            f"identity must be [B, {len(rig.identity_space)}], got {list(identity.shape)}; {draw}start from torch.zeros"
        )
    if identity.shape[0] not in (1, weights.shape[0]):
        raise ValueError(
            f"identity must have 1 row or as many as weights ({weights.shape[0]}), got {identity.shape[0]}; "
            "give one identity for all frames or one for each"
        )


def load_rig(name: str | Path) -> Rig:
    """Load a head.

    Args:
        name: "built-in", a .safetensors file that `avatar rig import` wrote, or what that command takes, which is then
            imported anew each time.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file isn't a head.
    """
    if str(name) == BUILT_IN:
        from avatar.rigs.built_in_head import BuiltInHead

        return BuiltInHead.load()
    path = Path(name)
    if not path.exists():
        raise FileNotFoundError(
            f'no rig at {path}; give "{BUILT_IN}" or a file made by: avatar rig import FILE -o {path}'
        )
    if path.suffix.lower() != ".safetensors":
        return _imported(path)
    kind = _kind(path)
    module, loader = _KINDS[kind]
    rig: Rig = getattr(import_module(module), loader).load(path)
    return rig


def _imported(path: Path) -> Rig:
    from avatar.rigs.importing import import_rig
    from avatar.rigs.shape_rig import ShapeRig

    imported = import_rig(path)
    for note in imported.notes:
        log.info("%s: %s", path, note)
    return ShapeRig(imported.data)


def _kind(path: Path) -> str:
    cure = f"make one with: avatar rig import {path} -o rig.safetensors"
    try:
        with safe_open(path, framework="numpy") as file:
            header = file.metadata() or {}
    except SafetensorError as error:
        raise ValueError(f"{path} must be a rig in a .safetensors file, got something else ({error}); {cure}") from None
    kind = next((kind for kind in _KINDS if kind in header), None)
    if kind is None:
        raise ValueError(f"{path} must be a rig, got a .safetensors file of something else; {cure}")
    return kind
