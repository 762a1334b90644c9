"""Animation while the sound is still arriving: streams, live sources of sound, and where the frames go."""

from avatar.streaming.animation_stream import AnimationStream

__all__ = ["AnimationStream"]
