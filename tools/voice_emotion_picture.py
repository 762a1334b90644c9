"""Draw what is heard in a voice: `python -m tools.voice_emotion_picture`.

The example's sentence, said plainly, angrily, plainly, and sadly: acted by `avatar.emotion.voice.acting`.
"""

from pathlib import Path

import numpy as np

from avatar.audio import load_audio
from avatar.emotion import EMOTIONS
from avatar.emotion.voice import hear
from avatar.emotion.voice.acting import CUES, act
from avatar.emotion.voice.frames import RATE, analyse
from tools.chart import GREY, INK, OURS, THEIRS, THIRD, Panel, sheet

ROOT = Path(__file__).resolve().parent.parent
SAID = ("neutral", "angry", "neutral", "sad")
COLOURS = {
    "neutral": GREY,
    "angry": THEIRS,
    "sad": OURS,
    "happy": THIRD,
    "calm": (120, 80, 180),
    "surprised": (200, 60, 120),
}


def main() -> None:
    """Write docs/images/voice_emotion.png."""
    sentence = load_audio(ROOT / "examples" / "hello.flac").samples
    rng = np.random.default_rng(0)
    pieces = [sentence if name == "neutral" else act(sentence, CUES[name], rng) for name in SAID]
    samples = np.concatenate(pieces)
    ends = np.cumsum([len(piece) / 16000 for piece in pieces])
    seconds = float(ends[-1])
    frames, heard = analyse(samples), hear(samples, sample_rate=16000)
    track, times = heard.track(), np.arange(0, seconds, 0.05)
    every = list(range(0, int(seconds) + 1, 2))

    def panel(title: str, y: tuple[float, float], labels: tuple[str, str], ticks: list[float]) -> Panel:
        drawn = Panel(title, (0, seconds), y, labels, size=(760, 190)).ticks(every, ticks)
        for name, start, end in zip(SAID, (0, *ends[:-1]), ends, strict=True):
            drawn.note((start + end) / 2, y[1] - 0.06 * (y[1] - y[0]), f"said: {name}", INK)
            drawn.curve([end, end], y, INK, width=0.5)
        return drawn

    clock = np.arange(len(frames)) / RATE
    pitch = panel("pitch", (50, 400), ("seconds", "Hz"), [100, 200, 300])
    pitch.dots(clock[frames.voiced], frames.pitch[frames.voiced], INK, radius=1.0)
    chances = panel("probabilities", (0, 1), ("seconds", ""), [0, 0.25, 0.5, 0.75, 1])
    for name in heard.classes:
        if name in COLOURS:
            chances.curve(heard.times, heard.probability(name), COLOURS[name], name)
    shown = panel("arousal, and what the face shows", (-1, 1), ("seconds", ""), [-1, -0.5, 0, 0.5, 1])
    shown.curve(heard.times, heard.arousal, GREY, "arousal")
    for name, curve in zip(EMOTIONS, track.at(times).T, strict=True):
        if curve.any():
            shown.curve(times, curve, COLOURS.get(name, THIRD), name, width=2.0)
    sheet([pitch, chances, shown], 1).save(ROOT / "docs" / "images" / "voice_emotion.png")


if __name__ == "__main__":
    main()
