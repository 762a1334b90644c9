"""Speed and memory of the speech model: python -m benchmarks.speech [--hours 1]

Real-time factors are seconds of sound per second of process time and per second of wall time, medians of 5 runs after
a warm-up. The long run is noise shaped like syllables; its peak memory is that of the whole process, samples included.
"""

import platform
import resource
import statistics
import sys
import time
from dataclasses import dataclass

import numpy as np
import torch
import tyro
from numpy.typing import NDArray

from avatar.speech import SpeechModel
from benchmarks.provenance import commit


@dataclass(frozen=True)
class Options:
    """Time the shipped speech model."""

    hours: float = 1.0
    """Length of the long recording; 0 leaves it out."""


def main(options: Options) -> None:
    """Print the numbers."""
    began = time.process_time()
    model = SpeechModel.load()
    print(f"{platform.processor() or platform.machine()}, {torch.get_num_threads()} threads, commit {commit()}")
    print(f"load: {time.process_time() - began:.2f} s of process time")
    for seconds in (1, 10, 60):
        sound = syllables(seconds)
        model.predict(sound)
        runs = [measure(model, sound) for _ in range(5)]
        process, wall = (seconds / statistics.median(column) for column in zip(*runs, strict=True))
        print(f"{seconds:3d} s of sound: {process:.0f} x real time by process time, {wall:.0f} x by wall time")
    if options.hours > 0:
        sound = syllables(3600 * options.hours)
        before = peak_megabytes()
        process, wall = measure(model, sound)
        print(
            f"{options.hours:g} h of sound: {len(sound) / 16000 / process:.0f} x by process time, "
            f"{len(sound) / 16000 / wall:.0f} x by wall time; peak memory {before:.0f} MB before, "
            f"{peak_megabytes():.0f} MB after ({sound.nbytes / 1e6:.0f} MB of it samples)"
        )


def measure(model: SpeechModel, sound: NDArray[np.float32]) -> tuple[float, float]:
    """Seconds of process time and of wall time for one prediction."""
    process, wall = time.process_time(), time.perf_counter()
    model.predict(sound)
    return time.process_time() - process, time.perf_counter() - wall


def syllables(seconds: float) -> NDArray[np.float32]:
    """Noise that swells four times a second."""
    count = round(seconds * 16000)
    sound = np.random.default_rng(0).standard_normal(count, np.float32)
    swell = np.abs(np.sin(2 * np.pi * 2 * np.arange(16000, dtype=np.float32) / 16000))
    sound *= 0.1 * np.resize(swell, count)
    return sound


def peak_megabytes() -> float:
    """Largest memory that the process has had so far."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1e6 if sys.platform == "darwin" else 1e3)


if __name__ == "__main__":
    main(tyro.cli(Options))
