"""Brings an animation into the controls that a format speaks."""

from avatar.animation import Animation
from avatar.controls import ControlSpace


def in_space(animation: Animation, space: ControlSpace, action: str) -> Animation:
    """The animation in a control space, converted where there is a map.

    Args:
        animation: in any space.
        space: what the format speaks.
        action: what for, as an error says it after "cannot", such as "write a.json".

    Raises:
        ValueError: no map leads there.
    """
    if animation.space == space:
        return animation
    from avatar.spaces import convert

    try:
        return convert(animation, space)
    except ValueError as error:
        wanted = f"it takes the {space.name} controls, got {animation.space.name}"
        raise ValueError(f"cannot {action}: {wanted}; {error}") from None
