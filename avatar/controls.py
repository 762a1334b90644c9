"""Named controls of a face: what a rig can be asked to do, and in which unit."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from math import isfinite, pi
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Unit = Literal["weight", "signed weight", "radian", "metre"]


@dataclass(frozen=True)
class Control:
    """One named control.

    Args:
        name: unique within its space.
        unit: "weight" (0..1), "signed weight" (-1..1), "radian" or "metre".
        minimum: smallest meaningful value, in the unit.
        maximum: largest meaningful value, in the unit.
        neutral: the value at which the control does nothing.

    Raises:
        ValueError: no name, an unknown unit, or limits that are out of order or not finite.
    """

    name: str
    unit: Unit = "weight"
    minimum: float = 0.0
    maximum: float = 1.0
    neutral: float = 0.0

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("a control needs a name, got an empty one")
        if self.unit not in get_args(Unit):
            raise ValueError(f"unit of control {self.name!r} must be one of {get_args(Unit)}, got {self.unit!r}")
        if not (self.minimum <= self.neutral <= self.maximum and isfinite(self.maximum - self.minimum)):
            raise ValueError(
                f"control {self.name!r} needs finite minimum <= neutral <= maximum, "
                f"got {self.minimum}, {self.neutral}, {self.maximum}"
            )


@dataclass(frozen=True)
class ControlSpace:
    """An ordered set of named controls. Address them by name: several orders of the same names exist.

    Args:
        name: what the set is called, for example "ARKit".
        controls: the controls, names unique.

    Raises:
        ValueError: a name occurs twice, or two differ in case alone, which Unreal and file systems take for one.

    Example:
        >>> ARKIT.index("jawOpen")
        17
        >>> ARKIT.controls[ARKIT.index("headYaw")].unit
        'radian'
    """

    name: str
    controls: tuple[Control, ...]

    def __post_init__(self) -> None:
        if len(set(self.names)) != len(self.names):
            twice = sorted({name for name in self.names if self.names.count(name) > 1})
            raise ValueError(f"control names of {self.name!r} must be unique, got twice: {', '.join(twice)}")
        if len(self._spellings) != len(self.names):
            alike = [name for name in self.names if self._spellings[name.casefold()] != name]
            pairs = ", ".join(f"{name} and {self._spellings[name.casefold()]}" for name in alike)
            raise ValueError(f"control names of {self.name!r} must differ in more than case, got {pairs}; rename one")

    def __len__(self) -> int:
        return len(self.controls)

    def __contains__(self, name: object) -> bool:
        return name in self._index

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The control names, in order."""
        return tuple(control.name for control in self.controls)

    @cached_property
    def _index(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.names)}

    @cached_property
    def _spellings(self) -> dict[str, str]:
        return {name.casefold(): name for name in self.names}

    def index(self, name: str) -> int:
        """Column of a control.

        Raises:
            KeyError: no control has that name; the message lists the nearest ones.
            TypeError: the name is not a string.
        """
        if not isinstance(name, str):
            raise TypeError(f"a control is addressed by its name, for example {self.names[0]!r}; got {name!r}")
        if name not in self._index:
            near = get_close_matches(name, self.names, n=3)
            hint = f"; did you mean {', '.join(near)}?" if near else ""
            raise KeyError(f"{self.name} has no control named {name!r}{hint}")
        return self._index[name]

    def indices(self, names: Iterable[str]) -> list[int]:
        """Columns of several controls, in the order asked for."""
        return [self.index(name) for name in names]

    def spelling(self, name: str) -> str:
        """A control's own spelling of a name in any case.

        Raises:
            KeyError: no control has that name; the message lists the nearest ones.
            TypeError: the name is not a string.
        """
        found = self._spellings.get(str(name).casefold())
        return self.names[self.index(name)] if found is None else found

    def spellings(self, names: Iterable[str]) -> dict[str, str]:
        """What each of several names is called here, whatever its case; names that are not in the space are left out.

        Raises:
            ValueError: two of the names mean the same control, for example "jawOpen" and "JAWOPEN".
        """
        found: dict[str, str] = {}
        for name in names:
            own = self._spellings.get(name.casefold())
            if own is not None and own in found.values():
                other = next(given for given, known in found.items() if known == own)
                raise ValueError(f"{other!r} and {name!r} both mean {self.name}'s {own!r}; remove one or rename it")
            if own is not None:
                found[name] = own
        return found

    @property
    def neutral(self) -> NDArray[np.float32]:
        """Neutral values [C]."""
        return np.array([control.neutral for control in self.controls], np.float32)

    @property
    def minimum(self) -> NDArray[np.float32]:
        """Smallest values [C]."""
        return np.array([control.minimum for control in self.controls], np.float32)

    @property
    def maximum(self) -> NDArray[np.float32]:
        """Largest values [C]."""
        return np.array([control.maximum for control in self.controls], np.float32)


_EYE = ("eyeBlink", "eyeLookDown", "eyeLookIn", "eyeLookOut", "eyeLookUp", "eyeSquint", "eyeWide")

ARKIT_SHAPES: tuple[str, ...] = (
    *(f"{name}Left" for name in _EYE),
    *(f"{name}Right" for name in _EYE),
    "jawForward",
    "jawLeft",
    "jawRight",
    "jawOpen",
    "mouthClose",
    "mouthFunnel",
    "mouthPucker",
    "mouthLeft",
    "mouthRight",
    "mouthSmileLeft",
    "mouthSmileRight",
    "mouthFrownLeft",
    "mouthFrownRight",
    "mouthDimpleLeft",
    "mouthDimpleRight",
    "mouthStretchLeft",
    "mouthStretchRight",
    "mouthRollLower",
    "mouthRollUpper",
    "mouthShrugLower",
    "mouthShrugUpper",
    "mouthPressLeft",
    "mouthPressRight",
    "mouthLowerDownLeft",
    "mouthLowerDownRight",
    "mouthUpperUpLeft",
    "mouthUpperUpRight",
    "browDownLeft",
    "browDownRight",
    "browInnerUp",
    "browOuterUpLeft",
    "browOuterUpRight",
    "cheekPuff",
    "cheekSquintLeft",
    "cheekSquintRight",
    "noseSneerLeft",
    "noseSneerRight",
    "tongueOut",
)
"""The 52 blend shapes that Apple's ARKit face tracking reports."""

ARKIT_ROTATIONS: tuple[str, ...] = tuple(
    f"{part}{axis}" for part in ("head", "leftEye", "rightEye") for axis in ("Yaw", "Pitch", "Roll")
)
"""Head and eye rotations, R = Ry(yaw) Rx(pitch) Rz(roll): yaw turns to the subject's left, pitch looks down."""

ARKIT = ControlSpace(
    "ARKit",
    (
        *(Control(name) for name in ARKIT_SHAPES),
        *(Control(name, "radian", -pi / 2, pi / 2) for name in ARKIT_ROTATIONS),
    ),
)
"""The 52 ARKit shapes (weights 0..1), head rotation and both eyes' rotation (radians)."""
