"""MetaHuman: the curves that its face rig takes, as Unreal's Live Link names them."""

from importlib.resources import files
from math import pi

from avatar.controls import Control, ControlSpace

PREFIX = "CTRL_expressions_"
"""What the names of all expression curves begin with."""

EXPRESSIONS: tuple[str, ...] = tuple(
    (files("avatar.spaces") / "data" / "metahuman_curves.txt").read_text("ascii").split()
)
"""The 251 expression curves without `PREFIX`. L and R are the subject's sides, U and D the upper and the lower lip."""

METAHUMAN = ControlSpace(
    "MetaHuman",
    (
        *(Control(PREFIX + name) for name in EXPRESSIONS),
        *(Control(f"HeadTranslation{axis}", "metre", -1.0, 1.0) for axis in "XYZ"),
        *(Control(f"Head{axis}", "radian", -pi / 2, pi / 2) for axis in ("Yaw", "Pitch", "Roll")),
        Control("HeadControlSwitch"),
        Control("MHFDSVersion", maximum=100.0, neutral=1.0),
        Control("DisableFaceOverride", neutral=1.0),
    ),
)
"""251 expression weights 0..1 and what else a Live Link subject sends.

Head angles turn as ARKIT's do, in radians. The head's curves count where HeadControlSwitch is 1. MHFDSVersion is the
version of the data, and DisableFaceOverride 1 keeps other animation off the face.
"""

_QUATERNIONS = tuple(f"{joint}.q{part}" for joint in ("neck_01", "neck_02", "head") for part in "xyzw")

METAHUMAN_RAW = ControlSpace(
    "MetaHuman raw controls",
    (
        *(Control(f"CTRL_expressions.{name}") for name in EXPRESSIONS),
        *(Control(name, "signed weight", -1.0, 1.0, float(name.endswith("w"))) for name in _QUATERNIONS),
    ),
)
"""The 263 raw controls of the rig's DNA file: the same 251 expressions, and the quaternions of neck and head."""


def curve_name(name: str) -> str:
    """The Live Link name of an expression curve in any of its spellings.

    Args:
        name: any case, with a dot or an underscore after "CTRL_expressions", or without that prefix.

    Raises:
        KeyError: there is no such curve; the message lists the nearest ones.

    Example:
        >>> curve_name("ctrl_expressions.JAWOPEN")
        'CTRL_expressions_jawOpen'
    """
    bare = name.casefold().replace(".", "_").removeprefix(PREFIX.casefold())
    return METAHUMAN.spelling(PREFIX + bare)
