"""What a face does beside speaking: blinks, gaze, head motion, brows and breath."""

from avatar.behaviours.behaviour import ALIVE, Behaviour
from avatar.behaviours.blinks import Blinks
from avatar.behaviours.breath import Breath
from avatar.behaviours.brows import Brows
from avatar.behaviours.gaze import Gaze
from avatar.behaviours.head import Nods, Posture
from avatar.behaviours.motion import Pulse, Step
from avatar.behaviours.path import Path
from avatar.behaviours.performance import Performance
from avatar.behaviours.performer import Performer
from avatar.behaviours.recorded import add_behaviour, perform

__all__ = [
    "ALIVE",
    "Behaviour",
    "Blinks",
    "Breath",
    "Brows",
    "Gaze",
    "Nods",
    "Path",
    "Performance",
    "Performer",
    "Posture",
    "Pulse",
    "Step",
    "add_behaviour",
    "perform",
]
