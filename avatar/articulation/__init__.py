"""From phones with times to face curves: the model that teaches the speech model."""

from typing import TYPE_CHECKING, Any

from avatar.articulation.phones import Phone

if TYPE_CHECKING:
    from avatar.articulation.model import Style, articulate

__all__ = ["Phone", "Style", "articulate"]


def __getattr__(name: str) -> Any:
    # Imported on first use: reading phone tables must not wait for torch and the head.
    if name not in ("Style", "articulate"):
        raise AttributeError(f"module 'avatar.articulation' has no attribute {name!r}")
    from avatar.articulation import model

    return getattr(model, name)
