"""Speech in, named face curves out: animate, render and export a talking head."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from avatar.animation import Animation
    from avatar.animator import Animator
    from avatar.controls import ARKIT, Control, ControlSpace
    from avatar.export import load_animation

__version__ = "0.1.0"

__all__ = ["ARKIT", "Animation", "Animator", "Control", "ControlSpace", "load_animation"]

# Imported on first use: `avatar --help` must not wait for torch.
_HOME = {
    "ARKIT": "avatar.controls",
    "Animation": "avatar.animation",
    "Animator": "avatar.animator",
    "Control": "avatar.controls",
    "ControlSpace": "avatar.controls",
    "load_animation": "avatar.export",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'avatar' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
