"""The identity axes: which of the source's targets each one is made of, how far it goes, how wide it is sampled."""

from dataclasses import dataclass
from itertools import product

import numpy as np

from avatar.rigs.bake.source import Floats, Source

GENDERS = ("female", "male")
ORIGINS = ("african", "asian", "caucasian")
MACRO = "macrodetails/"


TYPICAL_MOTION = 0.0013
"""Standard deviation of a local axis' largest motion, metres."""

LARGEST_SPREAD = 0.35


@dataclass(frozen=True)
class Axis:
    """One identity axis.

    Args:
        name: camelCase, as it stands in the identity space.
        displacement: metres at value 1 [N, 3].
        minimum: -1 for an axis with two ends, 0 for one with a single end.
        spread: standard deviation of the sampler; one-sided axes draw its absolute value.
    """

    name: str
    displacement: Floats
    minimum: float
    spread: float

    @classmethod
    def local(cls, name: str, displacement: Floats, minimum: float) -> "Axis":
        """A change of one feature, sampled as far as real heads differ and not to its end: that is a caricature."""
        farthest = float(np.linalg.norm(displacement, axis=1).max())
        return cls(name, displacement, minimum, min(LARGEST_SPREAD, TYPICAL_MOTION / farthest))


def _form(origin: str, gender: str, age: str) -> tuple[str, str]:
    return f"{MACRO}{origin}-{gender}-{age}", f"{MACRO}universal-{gender}-{age}-averagemuscle-averageweight"


def person(source: Source, *, genders: tuple[str, ...], origins: tuple[str, ...], age: str) -> Floats:
    """Mean displacement of people of these genders, origins and age from the source's base mesh [N, 3]."""
    pairs = [_form(origin, gender, age) for origin, gender in product(origins, genders)]
    return source.mean([pair[0] for pair in pairs]) + source.mean([pair[1] for pair in pairs])


def average(source: Source) -> Floats:
    """The young adult between both genders and all three origins: identity zero [N, 3]."""
    return person(source, genders=GENDERS, origins=ORIGINS, age="young")


def _body(source: Source, muscle: str, weight: str) -> Floats:
    return source.mean([f"{MACRO}universal-{gender}-young-{muscle}-{weight}" for gender in GENDERS])


def macro_axes(source: Source) -> list[Axis]:
    """Gender, age, origin and build, each a straight line through the average."""
    middle = average(source)
    male = person(source, genders=("male",), origins=ORIGINS, age="young") - middle
    old = person(source, genders=GENDERS, origins=ORIGINS, age="old") - middle
    child = person(source, genders=GENDERS, origins=ORIGINS, age="child") - middle
    plain = _body(source, "averagemuscle", "averageweight")
    heavy = _body(source, "averagemuscle", "maxweight") - plain
    light = _body(source, "averagemuscle", "minweight") - plain
    strong = _body(source, "maxmuscle", "averageweight") - _body(source, "minmuscle", "averageweight")
    axes = [
        Axis("gender", male, -1.0, 0.7),
        Axis("age", old, 0.0, 0.35),
        Axis("childhood", child, 0.0, 0.12),
    ]
    for origin in ORIGINS:
        shift = person(source, genders=GENDERS, origins=(origin,), age="young") - middle
        axes.append(Axis(origin, shift, 0.0, 0.5))
    axes += [
        Axis("heaviness", heavy, 0.0, 0.3),
        Axis("leanness", light, 0.0, 0.3),
        Axis("muscle", strong / 2, -1.0, 0.3),
    ]
    return axes


_TWO_ENDS: tuple[tuple[str, str, str, str], ...] = (
    ("headWidth", "head/head-scale-horiz", "incr", "decr"),
    ("headDepth", "head/head-scale-depth", "incr", "decr"),
    ("headHeight", "head/head-scale-vert", "incr", "decr"),
    ("headFat", "head/head-fat", "incr", "decr"),
    ("headBackDepth", "head/head-back-scale-depth", "incr", "decr"),
    ("foreheadSlope", "forehead/forehead-nubian", "incr", "decr"),
    ("foreheadHeight", "forehead/forehead-scale-vert", "incr", "decr"),
    ("foreheadTemple", "forehead/forehead-temple", "incr", "decr"),
    ("foreheadForward", "forehead/forehead-trans", "forward", "backward"),
    ("browAngle", "eyebrows/eyebrows-angle", "up", "down"),
    ("browForward", "eyebrows/eyebrows-trans", "forward", "backward"),
    ("browHeight", "eyebrows/eyebrows-trans", "up", "down"),
    ("eyeBag", "eyes/{side}-eye-bag", "incr", "decr"),
    ("eyeBagHeight", "eyes/{side}-eye-bag-height", "incr", "decr"),
    ("eyeInnerCorner", "eyes/{side}-eye-corner1", "up", "down"),
    ("eyeOuterCorner", "eyes/{side}-eye-corner2", "up", "down"),
    ("eyeFoldAngle", "eyes/{side}-eye-eyefold-angle", "up", "down"),
    ("eyeFoldCurve", "eyes/{side}-eye-eyefold", "convex", "concave"),
    ("eyeFoldHeight", "eyes/{side}-eye-eyefold", "up", "down"),
    ("eyeInnerHeight", "eyes/{side}-eye-height1", "incr", "decr"),
    ("eyeMiddleHeight", "eyes/{side}-eye-height2", "incr", "decr"),
    ("eyeOuterHeight", "eyes/{side}-eye-height3", "incr", "decr"),
    ("eyeInnerDepth", "eyes/{side}-eye-push1", "out", "in"),
    ("eyeOuterDepth", "eyes/{side}-eye-push2", "out", "in"),
    ("eyeScale", "eyes/{side}-eye-scale", "incr", "decr"),
    ("eyeSpacing", "eyes/{side}-eye-trans", "out", "in"),
    ("eyeRaise", "eyes/{side}-eye-trans", "up", "down"),
    ("eyeEpicanthus", "eyes/{side}-eye-epicanthus", "in", "out"),
    ("noseBase", "nose/nose-base", "up", "down"),
    ("noseCompression", "nose/nose-compression", "compress", "uncompress"),
    ("noseCurve", "nose/nose-curve", "convex", "concave"),
    ("noseFlaring", "nose/nose-flaring", "incr", "decr"),
    ("noseGreek", "nose/nose-greek", "incr", "decr"),
    ("noseHump", "nose/nose-hump", "incr", "decr"),
    ("noseNostrilAngle", "nose/nose-nostrils-angle", "up", "down"),
    ("noseNostrilWidth", "nose/nose-nostrils-width", "incr", "decr"),
    ("noseTip", "nose/nose-point", "up", "down"),
    ("noseTipWidth", "nose/nose-point-width", "incr", "decr"),
    ("noseDepth", "nose/nose-scale-depth", "incr", "decr"),
    ("noseWidth", "nose/nose-scale-horiz", "incr", "decr"),
    ("noseLength", "nose/nose-scale-vert", "incr", "decr"),
    ("noseSeptum", "nose/nose-septumangle", "incr", "decr"),
    ("noseRaise", "nose/nose-trans", "up", "down"),
    ("noseForward", "nose/nose-trans", "forward", "backward"),
    ("noseVolume", "nose/nose-volume", "incr", "decr"),
    ("noseUpperWidth", "nose/nose-width1", "incr", "decr"),
    ("noseMiddleWidth", "nose/nose-width2", "incr", "decr"),
    ("noseLowerWidth", "nose/nose-width3", "incr", "decr"),
    ("mouthCorners", "mouth/mouth-angles", "up", "down"),
    ("mouthCupidBow", "mouth/mouth-cupidsbow", "incr", "decr"),
    ("mouthCupidBowWidth", "mouth/mouth-cupidsbow-width", "incr", "decr"),
    ("mouthDimples", "mouth/mouth-dimples", "in", "out"),
    ("mouthLaughLines", "mouth/mouth-laugh-lines", "in", "out"),
    ("mouthPhiltrum", "mouth/mouth-philtrum-volume", "incr", "decr"),
    ("mouthDepth", "mouth/mouth-scale-depth", "incr", "decr"),
    ("mouthWidth", "mouth/mouth-scale-horiz", "incr", "decr"),
    ("mouthHeight", "mouth/mouth-scale-vert", "incr", "decr"),
    ("mouthForward", "mouth/mouth-trans", "forward", "backward"),
    ("mouthRaise", "mouth/mouth-trans", "up", "down"),
    ("lowerLipHeight", "mouth/mouth-lowerlip-height", "incr", "decr"),
    ("lowerLipMiddle", "mouth/mouth-lowerlip-middle", "up", "down"),
    ("lowerLipSides", "mouth/mouth-lowerlip-ext", "up", "down"),
    ("lowerLipVolume", "mouth/mouth-lowerlip-volume", "incr", "decr"),
    ("lowerLipWidth", "mouth/mouth-lowerlip-width", "incr", "decr"),
    ("upperLipHeight", "mouth/mouth-upperlip-height", "incr", "decr"),
    ("upperLipMiddle", "mouth/mouth-upperlip-middle", "up", "down"),
    ("upperLipSides", "mouth/mouth-upperlip-ext", "up", "down"),
    ("upperLipVolume", "mouth/mouth-upperlip-volume", "incr", "decr"),
    ("upperLipWidth", "mouth/mouth-upperlip-width", "incr", "decr"),
    ("cheekBones", "cheek/{side}-cheek-bones", "incr", "decr"),
    ("cheekInner", "cheek/{side}-cheek-inner", "incr", "decr"),
    ("cheekRaise", "cheek/{side}-cheek-trans", "up", "down"),
    ("cheekVolume", "cheek/{side}-cheek-volume", "incr", "decr"),
    ("chinBones", "chin/chin-bones", "incr", "decr"),
    ("chinCleft", "chin/chin-cleft", "incr", "decr"),
    ("chinHeight", "chin/chin-height", "incr", "decr"),
    ("chinJawDrop", "chin/chin-jaw-drop", "incr", "decr"),
    ("chinPrognathism", "chin/chin-prognathism", "incr", "decr"),
    ("chinProminence", "chin/chin-prominent", "incr", "decr"),
    ("chinWidth", "chin/chin-width", "incr", "decr"),
    ("earFlap", "ears/{side}-ear-flap", "incr", "decr"),
    ("earLobe", "ears/{side}-ear-lobe", "incr", "decr"),
    ("earRotation", "ears/{side}-ear-rot", "forward", "backward"),
    ("earScale", "ears/{side}-ear-scale", "incr", "decr"),
    ("earDepth", "ears/{side}-ear-scale-depth", "incr", "decr"),
    ("earHeight", "ears/{side}-ear-scale-vert", "incr", "decr"),
    ("earForward", "ears/{side}-ear-trans", "forward", "backward"),
    ("earRaise", "ears/{side}-ear-trans", "up", "down"),
    ("earWing", "ears/{side}-ear-wing", "incr", "decr"),
    ("neckDouble", "neck/neck-double", "incr", "decr"),
    ("neckWidth", "neck/neck-scale-horiz", "incr", "decr"),
    ("asymmetricBrow", "asym/asym-brown-1", "l", "r"),
    ("asymmetricCheek", "asym/asym-cheek-1", "l", "r"),
    ("asymmetricEye", "asym/asym-eye-1", "l", "r"),
    ("asymmetricJaw", "asym/asym-jaw-1", "l", "r"),
    ("asymmetricMouth", "asym/asym-mouth-1", "l", "r"),
    ("asymmetricNose", "asym/asym-nose-1", "l", "r"),
)

_ONE_END: tuple[tuple[str, str], ...] = (
    ("headOval", "head/head-oval"),
    ("headRound", "head/head-round"),
    ("headSquare", "head/head-square"),
    ("headTriangular", "head/head-triangular"),
    ("headInvertedTriangular", "head/head-invertedtriangular"),
    ("chinTriangle", "chin/chin-triangle"),
    ("earPointed", "ears/{side}-ear-shape-pointed"),
    ("earRound", "ears/{side}-ear-shape-round"),
)


def local_axes(source: Source) -> list[Axis]:
    """Changes of single features. An axis with two ends is the mean line through both."""
    axes = []
    for name, stem, plus, minus in _TWO_ENDS:
        line = (source.target(f"{stem}-{plus}") - source.target(f"{stem}-{minus}")) / 2
        axes.append(Axis.local(name, line, -1.0))
    axes += [Axis.local(name, source.target(target), 0.0) for name, target in _ONE_END]
    return axes
