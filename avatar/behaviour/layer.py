"""What every layer of behaviour has in common."""

from typing import Protocol

from avatar.behaviour.moments import Moment


class Layer(Protocol):
    """Decides movements as time goes on; what is decided is never taken back."""

    def advance(self, until: float) -> None:
        """Decide, from the layer's own rhythm, all movements that begin before `until` seconds."""
        ...

    def hear(self, moment: Moment) -> None:
        """Respond to a moment, up to whose time the layer has advanced."""
        ...


def check_share(value: float, name: str) -> None:
    """Refuse probabilities and shares that are not within 0 and 1.

    Raises:
        ValueError: naming the option.
    """
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"{name} must be a share within 0 and 1, got {value}")


def check_size(value: float, name: str) -> None:
    """Refuse sizes and rates that are not numbers from 0 on.

    Raises:
        ValueError: naming the option.
    """
    if not 0.0 <= value < float("inf"):
        raise ValueError(f"{name} must be a number, 0 or more, got {value}; leave the layer out to switch it off")
