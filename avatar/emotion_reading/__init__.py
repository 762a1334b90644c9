"""Read emotions from pictures of a face, and compare faces by what a reader sees in them."""

from avatar.emotion_reading.appearance import FaceAppearance
from avatar.emotion_reading.face_pictures import FacePictures
from avatar.emotion_reading.reader import EmotionReader, EmotionReading, ReaderConfig

__all__ = ["EmotionReader", "EmotionReading", "FaceAppearance", "FacePictures", "ReaderConfig"]
