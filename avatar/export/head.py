"""The heads as the formats use them."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import torch
from torch import Tensor

from avatar.animation import Animation
from avatar.rigs import BuiltInHead, Rig, load_rig
from avatar.rigs.rig import BUILT_IN


@cache
def shipped_head() -> BuiltInHead:
    """The built-in head, read once."""
    return BuiltInHead.load()


def rig_named(name: str) -> Rig:
    """The head that a name or file stands for, read once as long as the file stays the same.

    Raises:
        OSError: there is no such file.
        ValueError: it isn't a head.
    """
    if name == BUILT_IN:
        return shipped_head()
    path = Path(name)
    return _loaded(name, path.stat().st_mtime_ns if path.exists() else 0)


@cache
def _loaded(name: str, changed: int) -> Rig:
    return load_rig(name)


def worn(animation: Animation, rig: Rig, action: str) -> Animation:
    """The animation in the controls of a head.

    Args:
        animation: in any space.
        rig: the head.
        action: what for, as an error says it after "cannot", such as "write talk.mp4".

    Raises:
        ValueError: no map leads to the head's controls.
    """
    if animation.space == rig.space:
        return animation
    from avatar.spaces import convert

    try:
        return convert(animation, rig.space)
    except ValueError as error:
        wanted = f"it takes the {rig.space.name} controls, got {animation.space.name}"
        raise ValueError(f"cannot {action}: {wanted}; {error}") from None


def built_in_only(rig: Rig, action: str) -> BuiltInHead:
    """The built-in head, for what only it has.

    Raises:
        ValueError: it is another.
    """
    if not isinstance(rig, BuiltInHead):
        raise ValueError(f"cannot {action}: only the built-in head can be written so; leave out the rig, or write .glb")
    return rig


def identity_vector(head: Rig, values: Mapping[str, float]) -> Tensor:
    """Identity [1, I] from values by name; the other axes stay average.

    Raises:
        KeyError: an axis has no such name.
        ValueError: a value is outside its axis's range, or the head has no axes.
    """
    identity = torch.from_numpy(head.identity_space.neutral)[None].clone()
    if values and not len(head.identity_space):
        raise ValueError(f"the head is one person without identity axes, got {', '.join(values)}; leave them out")
    for name, value in values.items():
        axis = head.identity_space.controls[head.identity_space.index(name)]
        if not axis.minimum <= value <= axis.maximum:
            raise ValueError(f"identity {name} must be within {axis.minimum:g}..{axis.maximum:g}, got {value:g}")
        identity[0, head.identity_space.index(name)] = value
    return identity


def drawn_identity(head: Rig, seed: int) -> dict[str, float]:
    """Values by name of the plausible person that a seed stands for.

    Raises:
        ValueError: it isn't known which people are plausible, as of all but the built-in head.
    """
    if not isinstance(head, BuiltInHead):
        axes = ", ".join(head.identity_space.names[:3]) or "which it has none of"
        raise ValueError(f"people are drawn for the built-in head only; give NAME=VALUE of the head's axes ({axes})")
    try:
        generator = torch.Generator().manual_seed(seed)
    except RuntimeError:  # beyond 64 bits
        raise ValueError(f"a person's number must be one of 64 bits, got {seed}") from None
    drawn = head.sample_identity(generator)[0]
    return dict(zip(head.identity_space.names, drawn.tolist(), strict=True))
