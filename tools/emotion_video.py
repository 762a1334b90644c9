"""Film every emotion at three intensities, all saying the same sentence side by side, for docs/emotion.md.

python -m tools.emotion_video [OUT]
"""

import sys

from avatar import Animator
from avatar.emotion import EMOTIONS
from avatar.export import export
from tools.emotion_sheet import INTENSITIES, SPEECH

SIZE = 160
FPS = 25


def main(out: str) -> None:
    """Film the clips, three of an emotion beside one another."""
    animator = Animator.load()
    asked = [(emotion, intensity) for emotion in EMOTIONS for intensity in INTENSITIES]
    clips = [animator.animate(SPEECH, fps=FPS, emotion={emotion: intensity}) for emotion, intensity in asked]
    labels = [f"{emotion} {intensity:g}" for emotion, intensity in asked]
    export(clips[0], out, beside=clips[1:], labels=labels, size=SIZE, audio=SPEECH)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "docs/images/emotions.mp4")
