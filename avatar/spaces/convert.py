"""One way from any control space to any other that a map leads to."""

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module

import numpy as np

from avatar.animation import Animation
from avatar.controls import ARKIT, ControlSpace
from avatar.spaces.flame import FLAME
from avatar.spaces.metahuman import METAHUMAN, METAHUMAN_RAW
from avatar.spaces.oculus import OCULUS
from avatar.spaces.vrm import VRM

SPACES: dict[str, ControlSpace] = {
    "arkit": ARKIT,
    "flame": FLAME,
    "metahuman": METAHUMAN,
    "metahuman-raw": METAHUMAN_RAW,
    "oculus": OCULUS,
    "vrm": VRM,
}
"""The control spaces by the names that commands and files use."""

_MAPS: dict[tuple[str, str], tuple[str, str]] = {
    ("arkit", "metahuman"): ("avatar.spaces.arkit_metahuman", "arkit_to_metahuman"),
    ("metahuman", "arkit"): ("avatar.spaces.arkit_metahuman", "metahuman_to_arkit"),
    ("metahuman", "metahuman-raw"): ("avatar.spaces.arkit_metahuman", "metahuman_to_raw"),
    ("metahuman-raw", "metahuman"): ("avatar.spaces.arkit_metahuman", "raw_to_metahuman"),
    ("arkit", "oculus"): ("avatar.spaces.arkit_oculus", "arkit_to_oculus"),
    ("oculus", "arkit"): ("avatar.spaces.arkit_oculus", "oculus_to_arkit"),
    ("arkit", "vrm"): ("avatar.spaces.arkit_vrm", "arkit_to_vrm"),
    ("vrm", "arkit"): ("avatar.spaces.arkit_vrm", "vrm_to_arkit"),
}
"""From and to, and the module and function that go there; imported when they are needed."""


def convert(animation: Animation, space: ControlSpace) -> Animation:
    """The animation in another control space.

    Controls are found by name. A space whose names are all known to the other needs no map: controls are put in their
    places, and those that it lacks stay neutral. Otherwise the shortest way over the maps is taken.

    Args:
        animation: in any space.
        space: one of `SPACES`, or a part of one.

    Returns:
        The same frames in `space`.

    Raises:
        ValueError: no map leads there, or a control that the space lacks is in use.

    Example:
        >>> convert(Animation(ARKIT, ARKIT.neutral[None], 60), METAHUMAN).space.name
        'MetaHuman'
    """
    if animation.space == space:
        return animation
    start, end = _known(animation.space), _known(space)
    if _is_part(animation.space, space) or (start is not None and start == end):
        return rekey(animation, space)
    way = None if start is None or end is None else _way(start, end)
    if start is None or way is None:
        raise ValueError(_no_way(animation.space, space))
    animation = rekey(animation, SPACES[start])
    for module, function in way:
        map_onwards: Callable[[Animation], Animation] = getattr(import_module(module), function)
        animation = map_onwards(animation)
    return rekey(animation, space)


def rekey(animation: Animation, space: ControlSpace) -> Animation:
    """The same controls in a space with more, fewer or differently ordered ones; names match in any case.

    Raises:
        ValueError: a control that the space lacks is not neutral throughout, or one has another unit there.
    """
    if animation.space == space:
        return animation
    found = space.spellings(animation.space.names)
    for name, own in found.items():
        units = animation.space.controls[animation.space.index(name)].unit, space.controls[space.index(own)].unit
        if units[0] != units[1]:
            raise ValueError(f"{name!r} is a {units[0]} in {animation.space.name} and a {units[1]} in {space.name}")
    used = np.flatnonzero((animation.weights != animation.space.neutral).any(0))
    lost = [name for name in (animation.space.names[column] for column in used) if name not in found]
    if lost:
        raise ValueError(
            f"{space.name} with {len(space)} controls lacks {', '.join(lost[:5])}{' ...' if len(lost) > 5 else ''}, "
            "which the animation uses; set them to neutral or take a space that has them"
        )
    weights = np.tile(space.neutral, (len(animation), 1))
    weights[:, space.indices(found.values())] = animation.weights[:, animation.space.indices(found)]
    return replace(animation, space=space, weights=weights)


def _known(space: ControlSpace) -> str | None:
    """Name of the space in `SPACES` that this is, is a part of, or is called as."""
    same = (name for name, known in SPACES.items() if space == known or space.name == known.name)
    part = (name for name, known in SPACES.items() if _is_part(space, known))
    return next(same, None) or next(part, None)


def _is_part(space: ControlSpace, whole: ControlSpace) -> bool:
    return len(whole.spellings(space.names)) == len(space)


def _way(start: str, end: str) -> list[tuple[str, str]] | None:
    """The maps on the shortest way, None where there is none."""
    ways: dict[str, list[tuple[str, str]]] = {start: []}
    for here in (queue := [start]):
        for (source, target), step in _MAPS.items():
            if source == here and target not in ways:
                ways[target] = [*ways[here], step]
                queue.append(target)
    return ways.get(end)


def _no_way(source: ControlSpace, target: ControlSpace) -> str:
    if FLAME.name in (source.name, target.name):
        return (
            f"no table leads from {source.name} to {target.name}: what FLAME's coefficients mean is in the FLAME file; "
            "solve it on the meshes with avatar retarget CLIP --to flame --rig FLAME.safetensors"
        )
    maps = ", ".join(f"{SPACES[start].name} to {SPACES[end].name}" for start, end in _MAPS)
    return (
        f"no map leads from {source.name} to {target.name}; there are {maps}. "
        "Between rigs of one's own, solve on the meshes with avatar retarget"
    )
