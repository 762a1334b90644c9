"""Which control each shape of a file is, by its name."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from avatar.controls import ControlSpace

Key = tuple[str, str]
"""A name without case and side, and its side: "left", "right" or ""."""

_NOISE = frozenset(
    {
        *("arkit", "blendshape", "blendshapes", "bs", "ctrl", "expression", "expressions"),
        *("fcl", "key", "morph", "shape", "target", "viseme"),
    }
)
"""Words in front of names that say nothing."""

SYNONYMS = {
    "blink": "eyeblink",
    "blinking": "eyeblink",
    "browdownc": "browdown",
    "browinnerraise": "browinnerup",
    "browouterraise": "browouterup",
    "browsd": "browdown",
    "browsu": "browouterup",
    "browsuc": "browinnerup",
    "cheekraiser": "cheeksquint",
    "chinlowerraise": "mouthshruglower",
    "chinupperraise": "mouthshrugupper",
    "eyeclose": "eyeblink",
    "eyeclosed": "eyeblink",
    "eyedown": "eyelookdown",
    "eyein": "eyelookin",
    "eyeopen": "eyewide",
    "eyeout": "eyelookout",
    "eyesblink": "eyeblink",
    "eyesclosed": "eyeblink",
    "eyeswide": "eyewide",
    "eyeup": "eyelookup",
    "frown": "mouthfrown",
    "funnel": "mouthfunnel",
    "jawdrop": "jawopen",
    "jawfwd": "jawforward",
    "kiss": "mouthpucker",
    "lipfunnel": "mouthfunnel",
    "lippucker": "mouthpucker",
    "lipsfunnel": "mouthfunnel",
    "lipslowerclose": "mouthrolllower",
    "lipslowerdown": "mouthlowerdown",
    "lipspucker": "mouthpucker",
    "lipsstretch": "mouthstretch",
    "lipstogether": "mouthclose",
    "lipsupperclose": "mouthrollupper",
    "lipsupperup": "mouthupperup",
    "mouthopen": "jawopen",
    "mtha": "aa",
    "mthe": "ee",
    "mthi": "ih",
    "mtho": "oh",
    "mthu": "ou",
    "pucker": "mouthpucker",
    "puff": "cheekpuff",
    "smile": "mouthsmile",
    "sneer": "nosesneer",
    "squint": "eyesquint",
    "tongue": "tongueout",
}
"""Common spellings, FaceShift's and VRoid's among them, to those of the spaces, all without case and side."""


@dataclass(frozen=True)
class Match:
    """One shape of a file and what it became.

    Args:
        shape: the file's name.
        controls: the controls that it moves; two where it moves both sides at once; none where it is no control.
        how: "same", "spelled differently", "a synonym", "half", "both sides", "guessed", "given" or "no control".
    """

    shape: str
    controls: tuple[str, ...]
    how: str


def match_names(shapes: Sequence[str], space: ControlSpace, given: Mapping[str, str] | None = None) -> list[Match]:
    """Find the control of each shape: by name, then without case, separators and side's spelling, then by likeness.

    Args:
        shapes: names in the file.
        space: the controls.
        given: controls by shape that the user says, "" for none.

    Returns:
        One match a shape, in order.

    Raises:
        KeyError: a given name is not a shape of the file, or no control.
        ValueError: two shapes would be the same control.
    """
    given = given or {}
    for shape, control in given.items():
        if shape not in shapes:
            near = get_close_matches(shape, shapes, 3)
            hint = f"; did you mean {', '.join(near)}?" if near else f"; it has {', '.join(shapes[:8])}"
            raise KeyError(f"[names] speaks of the shape {shape!r}, which the file does not have{hint}")
        if control:
            space.index(control)
    found = {shape: Match(shape, (control,) if control else (), "given") for shape, control in given.items()}
    finder = _Finder(space)
    # Better evidence first: a synonym must not take what another shape is called.
    for step in (finder.same, finder.respelled, finder.synonym, finder.by_sides, finder.likely):
        for shape in shapes:
            if shape in found:
                continue
            match = step(shape)
            taken = {control for other in found.values() for control in other.controls if other.how != "half"}
            if match is not None and not taken & set(match.controls):
                found[shape] = match
    _check_apart(found.values())
    return [found.get(shape, Match(shape, (), "no control")) for shape in shapes]


def key_of(name: str) -> Key:
    """A name without case, separators, prefixes such as "blendShape1." and the spelling of its side."""
    name = name.rpartition(":")[2]  # a namespace
    bare, dot, last = name.rpartition(".")
    if dot and last.lower() not in ("l", "r", "left", "right"):
        bare = last  # a prefix; else Blender's way to write a side
    else:
        bare = name
    words = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", bare)]
    sides = {"l": "left", "left": "left", "r": "right", "right": "right"}
    found = [sides[word] for word in words if word in sides]
    text = "".join(word for word in words if word not in sides and word not in _NOISE)
    for side in ("left", "right"):
        if not found and text.endswith(side) and text != side:
            found, text = [side], text[: -len(side)]
    return text, found[0] if found else ""


class _Finder:
    def __init__(self, space: ControlSpace) -> None:
        self._space = space
        keys = [key_of(name) for name in space.names]
        # Names that only their exact spelling tells apart are found by that alone.
        self._by_key = {key: name for key, name in zip(keys, space.names, strict=True) if keys.count(key) == 1}

    def same(self, shape: str) -> Match | None:
        return Match(shape, (shape,), "same") if shape in self._space else None

    def respelled(self, shape: str) -> Match | None:
        control = self._by_key.get(key_of(shape))
        return Match(shape, (control,), "spelled differently") if control else None

    def synonym(self, shape: str) -> Match | None:
        text, side = key_of(shape)
        control = self._by_key.get((SYNONYMS.get(text, ""), side))
        return Match(shape, (control,), "a synonym") if control else None

    def by_sides(self, shape: str) -> Match | None:
        """A shape of one side whose control has none, or one for both where the controls have sides."""
        text, side = key_of(shape)
        for name in (text, SYNONYMS.get(text, "")):
            if side and (name, "") in self._by_key:
                return Match(shape, (self._by_key[name, ""],), "half")
            if not side and (name, "left") in self._by_key and (name, "right") in self._by_key:
                return Match(shape, (self._by_key[name, "left"], self._by_key[name, "right"]), "both sides")
        return None

    def likely(self, shape: str) -> Match | None:
        text, side = key_of(shape)
        near = get_close_matches(text, [name for name, other in self._by_key if other == side], 1, cutoff=0.88)
        return Match(shape, (self._by_key[near[0], side],), "guessed") if near else None


def _check_apart(matches: Iterable[Match]) -> None:
    owner: dict[str, Match] = {}
    for match in matches:
        for control in match.controls:
            other = owner.setdefault(control, match)
            if other is not match and not (other.how == match.how == "half"):
                raise ValueError(
                    f"the shapes {other.shape!r} and {match.shape!r} would both be {control}; say which in [names], "
                    f'for example "{match.shape}" = ""'
                )
