"""Draw what blinks, eyes and heads do beside published figures, for docs/images/behaviour_*.png.

    python -m tools.behaviour_plots [FOLDER]

It lets faces speak and listen for half an hour each (the sentences of examples/hello.flac again and again, from
somewhere within, with pauses), draws three sheets and prints the numbers in them.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.signal import welch

from avatar.animation import Animation
from avatar.audio import SAMPLE_RATE, Sound, as_sound
from avatar.behaviour import Performance, perform
from avatar.behaviour.motion import parabolic_speed, step_curve
from avatar.controls import ARKIT
from tools.chart import OURS, PALE, THEIRS, THIRD, Panel, sheet

MINUTES = 30
FPS = 60.0
HELLO = Path(__file__).parent.parent / "examples" / "hello.flac"

Floats = np.ndarray


def conversation(seconds: float, seed: int) -> Sound:
    """Somebody who goes on speaking."""
    chance = np.random.default_rng(seed)
    hello = as_sound(HELLO).samples
    pieces: list[Floats] = []
    while sum(map(len, pieces)) < seconds * SAMPLE_RATE:
        pieces += [np.roll(hello, chance.integers(len(hello))), np.zeros(chance.integers(3000, 9000), np.float32)]
    return Sound(np.concatenate(pieces)[: round(seconds * SAMPLE_RATE)], SAMPLE_RATE)


class Face:
    """One that speaks or listens for a while."""

    def __init__(self, voice: Sound | None) -> None:
        seconds = 60.0 * MINUTES
        self.performance: Performance = perform(voice, seconds, seed=1)
        still = Animation(ARKIT, np.zeros((round(seconds * FPS), len(ARKIT))), FPS)
        self.animation = self.performance.add(still)
        self.head = np.degrees([self.animation[f"head{axis}"] for axis in ("Yaw", "Pitch", "Roll")])
        self.blinks = self.performance.blinks or ()
        steps = self.performance.gaze or ()
        before = np.array([(0.0, 0.0), *(step.target for step in steps[:-1])])
        self.saccades = np.degrees(np.hypot(*(np.array([step.target for step in steps]) - before).T))

    @property
    def rate(self) -> float:
        """Blinks a minute."""
        return len(self.blinks) / MINUTES

    @property
    def moving(self) -> float:
        """Share of the time in which the head turns by more than a degree a second."""
        return float((np.linalg.norm(np.diff(self.head, axis=1), axis=0) * FPS > 1.0).mean())

    def main_sequence(self) -> tuple[Floats, Floats, Floats]:
        """Degrees, seconds and peak degrees a second of saccades, from their curves at 4000 frames a second."""
        steps = self.performance.gaze or ()
        speeds = []
        for index in range(1, len(steps)):
            times = steps[index].start + np.arange(0.0, steps[index].duration, 1 / 4000)
            curve = step_curve(times, steps[index - 1 : index + 1], home=(0.0, 0.0), ease=parabolic_speed)
            speeds.append(np.degrees(np.hypot(*np.diff(curve, axis=0).T).max()) * 4000)
        return self.saccades[1:], np.array([step.duration for step in steps[1:]]), np.array(speeds)

    def stays(self) -> tuple[Floats, Floats]:
        """Seconds that the eyes stay within two degrees of the viewer, and beyond."""
        steps = self.performance.gaze or ()
        away = np.hypot(*step_curve(self.animation.times, steps, home=(0.0, 0.0), ease=parabolic_speed).T)
        beyond = away > np.radians(2.0)
        edges = np.flatnonzero(np.diff(beyond))
        lengths = np.diff(edges) / FPS
        return lengths[~beyond[edges[:-1] + 1]], lengths[beyond[edges[:-1] + 1]]


def blink_sheet(speaks: Face, listens: Face) -> Image.Image:
    """Rate, course, duration and the time in between."""
    rates = Panel("Blinks a minute", (0, 4), (0, 40), ("", "a minute")).ticks(
        [0.5, 1.5, 2.5, 3.5], [0, 10, 20, 30, 40], names=["speaking", "conversation", "listening", "at rest"]
    )
    rates.bars([0.2, 0.8], [speaks.rate], OURS, "ours").bars([2.2, 2.8], [listens.rate], OURS)
    rates.bars([1.2, 1.8], [26.0], THEIRS, "Bentivoglio et al. 1997").bars([3.2, 3.8], [17.0], THEIRS)
    rates.curve([1.5, 1.5], [10.5, 32.5], THIRD, "95 %: Doughty 2001").curve([3.5, 3.5], [8.0, 21.0], THIRD)

    blink = next(each for each in speaks.blinks if each.size == (1.0,))
    times = np.arange(0.0, 0.4, 0.001)
    moved = Performance(blinks=(blink,)).add(Animation(ARKIT, np.zeros((1, len(ARKIT))), FPS))  # checks the track
    shift = Performance(blinks=(type(blink)(0.0, blink.rise, blink.hold, blink.fall, blink.size),))
    course = shift.add(Animation(moved.space, np.zeros((len(times), len(ARKIT))), 1000.0))["eyeBlinkLeft"]
    shape = Panel("A blink", (0, 400), (0, 1.05), ("ms", "closed")).ticks([0, 100, 200, 300, 400], [0, 0.5, 1])
    shape.curve(1000 * times, course, OURS, "ours")

    lengths = np.array([1000 * (each.end - each.start) for each in speaks.blinks])
    edges = np.arange(200, 440, 10)
    counts = np.histogram(lengths, edges)[0] / len(lengths) * 100
    duration = Panel("Duration", (200, 430), (0, 25), ("ms", "% of blinks")).ticks(
        [200, 250, 300, 350, 400], [0, 10, 20]
    )
    duration.bars(edges, counts, OURS, "ours")
    duration.curve([300, 300], [0, 25], THEIRS, "most frequent: Trutoiu et al. 2011")

    gaps = np.diff([each.start for each in speaks.blinks])
    edges = np.arange(0.0, 10.5, 0.5)
    counts = np.histogram(gaps, edges)[0] / len(gaps) * 100
    between = Panel("From one blink to the next, speaking", (0, 10), (0, 25), ("s", "%")).ticks(
        [0, 2, 4, 6, 8, 10], [0, 10, 20]
    )
    chance = 100 * (np.exp(-edges[:-1] / gaps.mean()) - np.exp(-edges[1:] / gaps.mean()))
    between.bars(edges, counts, OURS, "ours")
    between.curve(edges[:-1] + 0.25, chance, THEIRS, "by chance alone (Ruhland et al. 2015)")
    print(
        f"blinks: {speaks.rate:.1f} and {listens.rate:.1f} a minute, {lengths.mean():.0f} +- {lengths.std():.0f} ms, "
    )
    print(f"        {gaps.mean():.2f} +- {gaps.std():.2f} s apart while speaking")
    return sheet([rates, shape, duration, between], 2)


def gaze_sheet(speaks: Face, listens: Face) -> Image.Image:
    """Main sequence, sizes, and how long eyes stay."""
    sizes, durations, speeds = speaks.main_sequence()
    sequence = Panel("Main sequence: peak speed", (0, 30), (0, 700), ("degrees", "degrees a second")).ticks(
        [0, 10, 20, 30], [0, 200, 400, 600]
    )
    sequence.band((20, 30), (400, 600), (250, 224, 200)).note(25, 375, "Lee et al. 2002", THEIRS)
    sequence.dots([30.0], [500.0], THEIRS, "Ruhland et al. 2015", radius=4).dots(sizes, speeds, OURS, "ours")
    length = Panel("Main sequence: duration", (0, 30), (0, 120), ("degrees", "ms")).ticks([0, 10, 20, 30], [0, 50, 100])
    length.curve([0, 30], [20, 20 + 60], THEIRS, "20 + 2.0 A to 30 + 2.7 A ms").curve([0, 30], [30, 30 + 81], THEIRS)
    length.dots(sizes, 1000 * durations, OURS, "ours")

    edges = np.arange(2.0, 31.0, 2.0)
    far = sizes[sizes > 2.0]
    counts = np.histogram(far, edges)[0] / len(far) * 100
    theirs = np.exp(-(edges[:-1] + 1.0) / 6.9)
    extent = Panel("Saccades over 2 degrees, speaking", (0, 30), (0, 40), ("degrees", "%")).ticks(
        [0, 10, 20, 30], [0, 20, 40]
    )
    extent.bars(edges, counts, OURS, "ours")
    extent.curve(edges[:-1] + 1.0, theirs / theirs.sum() * 100, THEIRS, "exp(-A / 6.9): Lee et al. 2002")

    measured = [float(each.mean()) for face in (speaks, listens) for each in face.stays()]
    published = [3.13, 0.93, 7.92, 0.43]
    stay = Panel("How long eyes stay", (0, 4), (0, 14), ("", "s")).ticks(
        [0.5, 1.5, 2.5, 3.5], [0, 5, 10], names=["speaking, on", "away", "listening, on", "away"]
    )
    for index, (our, their) in enumerate(zip(measured, published, strict=True)):
        stay.bars([index + 0.2, index + 0.5], [our], OURS, "" if index else "ours, on the viewer and away")
        stay.bars([index + 0.5, index + 0.8], [their], THEIRS, "" if index else "Lee et al. 2002")
    print("gaze: on and away, speaking and listening: " + ", ".join(f"{each:.2f}" for each in measured) + " s")
    return sheet([sequence, length, extent, stay], 2)


def head_sheet(speaks: Face, listens: Face) -> Image.Image:
    """Spectrum, spread, how much of the time it moves, and twenty seconds of it."""
    spectrum = Panel(
        "Spectrum of the head's pitch", (0.05, 10), (1e-5, 100), ("Hz", "square degrees a Hz"), log=(True, True)
    )
    for low, high, name in ((0.2, 1.8, "slow"), (1.9, 3.6, "ordinary"), (3.7, 7.0, "rapid")):
        spectrum.band((low, high), (1e-5, 100), PALE).note(np.sqrt(low * high), 3e-5, name)
    spectrum.ticks([0.1, 1, 10], [1e-4, 1e-2, 1, 100])
    for face, colour, name in ((speaks, OURS, "ours, speaking"), (listens, THIRD, "ours, listening")):
        frequency, power = welch(face.head[1], FPS, nperseg=2048)
        spectrum.curve(frequency[2:], power[2:], colour, name)
    spectrum.note(0.2, 1e-4, "bands: Hadar et al. 1983", THEIRS)

    deviation = speaks.head.std(axis=1)
    spread = Panel("Standard deviation while speaking", (0, 3), (0, 5), ("", "degrees")).ticks(
        [0.5, 1.5, 2.5], [0, 1, 2, 3, 4, 5], names=["pitch", "yaw", "roll"]
    )
    for index, (our, their) in enumerate(zip(deviation[[1, 0, 2]], (3.3, 0.9, 0.8), strict=True)):
        spread.bars([index + 0.2, index + 0.5], [our], OURS, "" if index else "ours")
        spread.bars([index + 0.5, index + 0.8], [their], THEIRS, "" if index else "one actor: Busso et al. 2007")

    moving = Panel("Share of the time that the head moves", (0, 2), (0, 100), ("", "%")).ticks(
        [0.5, 1.5], [0, 50, 100], names=["speaking", "listening"]
    )
    for index, (face, their) in enumerate(((speaks, 89.9), (listens, 12.8))):
        moving.bars(
            [index + 0.2, index + 0.5], [100 * face.moving], OURS, "" if index else "ours, over a degree a second"
        )
        moving.bars([index + 0.5, index + 0.8], [their], THEIRS, "" if index else "Hadar et al. 1983")

    first = slice(round(60 * FPS), round(80 * FPS))
    course = Panel("Twenty seconds of speech", (0, 20), (-10, 10), ("s", "degrees")).ticks(
        [0, 5, 10, 15, 20], [-10, 0, 10]
    )
    for axis, colour, name in ((1, OURS, "pitch, down"), (0, THEIRS, "yaw"), (2, THIRD, "roll")):
        course.curve(np.arange(len(speaks.head[axis][first])) / FPS, speaks.head[axis][first], colour, name)
    print("head: yaw, pitch, roll " + ", ".join(f"{each:.1f}" for each in deviation) + " degrees,", end=" ")
    print(f"moves {100 * speaks.moving:.0f} % of speech and {100 * listens.moving:.0f} % of listening")
    return sheet([spectrum, spread, moving, course], 2)


def main(folder: Path) -> None:
    """Draw all sheets."""
    speaks, listens = Face(conversation(60.0 * MINUTES, seed=1)), Face(None)
    for name, draw in (("blinks", blink_sheet), ("gaze", gaze_sheet), ("head", head_sheet)):
        draw(speaks, listens).save(folder / f"behaviour_{name}.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images"))
