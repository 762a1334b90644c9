"""Read phones from pictures of a mouth, and compare mouths by what a reader sees in them."""

from avatar.lipreading.adapters import AUTO_AVSR, AV_HUBERT, LIPNET, ModuleReader, PictureFormat
from avatar.lipreading.appearance import Appearance
from avatar.lipreading.loss import LipReadingLoss
from avatar.lipreading.mouth_pictures import MouthPictures
from avatar.lipreading.reader import LipReader, PhoneReader, ReaderConfig, Reading

__all__ = [
    "AUTO_AVSR",
    "AV_HUBERT",
    "LIPNET",
    "Appearance",
    "LipReader",
    "LipReadingLoss",
    "ModuleReader",
    "MouthPictures",
    "PhoneReader",
    "PictureFormat",
    "ReaderConfig",
    "Reading",
]
