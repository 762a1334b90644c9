"""VRM 1.0: the preset expressions of the avatar format."""

from avatar.controls import Control, ControlSpace

MOUTH: tuple[str, ...] = ("aa", "ih", "ou", "ee", "oh")
"""Vowels."""

BLINKS: tuple[str, ...] = ("blink", "blinkLeft", "blinkRight")
"""Both lids, and each side's."""

GAZE: tuple[str, ...] = ("lookUp", "lookDown", "lookLeft", "lookRight")
"""Where both eyes look; left is the subject's."""

EMOTIONS: tuple[str, ...] = ("happy", "angry", "sad", "relaxed", "surprised", "neutral")
"""Whole faces."""

VRM = ControlSpace("VRM", tuple(Control(name) for name in MOUTH + BLINKS + GAZE + EMOTIONS))
"""18 weights 0..1."""
