"""Losses on tensors, from a rig's controls through its surface and its pictures to one number with gradients."""

from avatar.losses.contact import LidContactLoss, LipContactLoss, contact_demands
from avatar.losses.emotion import EmotionPerceptualLoss
from avatar.losses.landmark import LandmarkLoss, ProjectedLandmarkLoss
from avatar.losses.motion_prior import MotionPrior
from avatar.losses.photometric import PhotometricLoss
from avatar.losses.regions import region_weights
from avatar.losses.symmetry import SymmetryLoss
from avatar.losses.velocity import VelocityLoss
from avatar.losses.vertex import VertexLoss

__all__ = [
    "EmotionPerceptualLoss",
    "LandmarkLoss",
    "LidContactLoss",
    "LipContactLoss",
    "MotionPrior",
    "PhotometricLoss",
    "ProjectedLandmarkLoss",
    "SymmetryLoss",
    "VelocityLoss",
    "VertexLoss",
    "contact_demands",
    "region_weights",
]
