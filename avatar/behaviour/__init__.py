"""What a face does beside speaking: blinks, gaze, head motion, brows and breath."""

from avatar.behaviour.behaviour import ALIVE, Behaviour
from avatar.behaviour.blinks import Blinks
from avatar.behaviour.breath import Breath
from avatar.behaviour.brows import Brows
from avatar.behaviour.gaze import Gaze
from avatar.behaviour.head import Nods, Posture
from avatar.behaviour.motion import Pulse, Step
from avatar.behaviour.path import Path
from avatar.behaviour.performance import Performance
from avatar.behaviour.performer import Performer
from avatar.behaviour.recorded import add_behaviour, perform

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
