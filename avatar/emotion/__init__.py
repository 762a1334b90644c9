"""Emotions that can be asked for, and the faces that show them."""

from avatar.emotion.dimensions import from_dimensions, to_dimensions
from avatar.emotion.emotions import EMOTIONS
from avatar.emotion.express import Expression, express
from avatar.emotion.manner import head_home, in_mood
from avatar.emotion.style import ExpressionStyle, in_style
from avatar.emotion.track import EmotionKey, EmotionTrack

__all__ = [
    "EMOTIONS",
    "EmotionKey",
    "EmotionTrack",
    "Expression",
    "ExpressionStyle",
    "express",
    "from_dimensions",
    "head_home",
    "in_mood",
    "in_style",
    "to_dimensions",
]
