"""Speech encoders of other people, behind one interface with the built-in trunk."""

from avatar.speech.encoders.encoder import SpeechEncoder
from avatar.speech.encoders.model import EncodedSpeechModel
from avatar.speech.encoders.pretrained import load_encoder
from avatar.speech.encoders.trunk import TrunkEncoder

__all__ = ["EncodedSpeechModel", "SpeechEncoder", "TrunkEncoder", "load_encoder"]
