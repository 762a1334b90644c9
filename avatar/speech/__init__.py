"""From sound to face curves."""

from avatar.speech.model import SpeechModel

__all__ = ["SpeechModel"]
