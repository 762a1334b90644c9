"""FLAME: expression coefficients, joint rotations and lids as one control space."""

from math import pi

from avatar.controls import Control, ControlSpace

JOINTS: tuple[str, ...] = ("root", "neck", "jaw", "left_eye", "right_eye")
"""The five joints, in FLAME's own order."""

POSES: tuple[str, ...] = tuple(f"{joint}_pose_{axis}" for joint in JOINTS for axis in "xyz")
"""Axis-angle components of each joint's rotation, radians; x turns downwards, y to the subject's left."""

EYELIDS: tuple[str, ...] = ("eyelid_left", "eyelid_right")
"""Weights 0..1 of the lid shapes that some trackers add to FLAME."""

LARGEST_EXPRESSION = 5.0
"""Largest expression coefficient that is taken as meaningful, in standard deviations of FLAME's training faces."""


def flame_space(expressions: int = 100, *, eyelids: bool = True) -> ControlSpace:
    """The controls of a FLAME model.

    Args:
        expressions: number of expression coefficients, 1..300.
        eyelids: whether the model closes its lids by `EYELIDS`.

    Returns:
        `exp_0` .. , then the joints' axis-angle components (`POSES`), then the lids.

    Raises:
        TypeError: expressions is no whole number.
        ValueError: it is out of range.

    Source:
        Li, Bolkart, Black, Li and Romero (2017). Learning a model of facial shape and expression from 4D scans.

    Example:
        >>> flame_space(50).names[48:51]
        ('exp_48', 'exp_49', 'root_pose_x')
    """
    if isinstance(expressions, bool) or not isinstance(expressions, int):
        raise TypeError(f"expressions must be a whole number, got {expressions!r}")
    if not 1 <= expressions <= 300:
        raise ValueError(f"expressions must be within 1..300, which FLAME's files have, got {expressions}")
    return ControlSpace(
        "FLAME",
        (
            *(
                Control(f"exp_{i}", "signed weight", -LARGEST_EXPRESSION, LARGEST_EXPRESSION)
                for i in range(expressions)
            ),
            *(Control(name, "radian", -pi, pi) for name in POSES),
            *(Control(name) for name in EYELIDS if eyelids),
        ),
    )


FLAME: ControlSpace = flame_space()
"""100 expression coefficients, five joints and both lids."""
