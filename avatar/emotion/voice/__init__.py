"""Which emotion a voice has."""

from avatar.emotion.voice.hear import Heard, describe, hear
from avatar.emotion.voice.hearing import Hearing
from avatar.emotion.voice.model import VoiceModel

__all__ = ["Heard", "Hearing", "VoiceModel", "describe", "hear"]
