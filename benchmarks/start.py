"""How long the command line takes to start, and ten seconds of sound to curves from cold.

python -m benchmarks.start
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
import wave
from pathlib import Path
from statistics import median

import numpy as np

RUNS = 5
RATE = 16000

_IMPORTS = "import torch, av, soxr, numpy, safetensors.torch, avatar.animator, avatar.speech, avatar.cli.commands"


def timed(command: list[str]) -> tuple[float, float]:
    """Wall and process seconds of one run of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def report(title: str, command: list[str]) -> float:
    """Print the medians of several runs; returns the process time."""
    timed(command)
    walls, processes = zip(*(timed(command) for _ in range(RUNS)), strict=True)
    print(f"{title:<44} wall {median(walls):6.2f} s   process {median(processes):6.2f} s")
    return median(processes)


def write_babble(path: Path, seconds: float) -> None:
    """Something with the loudness of speech: a buzz that swells four times a second."""
    t = np.arange(round(seconds * RATE)) / RATE
    buzz = np.sign(np.sin(2 * np.pi * 120 * t)) * np.sin(4 * np.pi * t) ** 2
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((buzz * 8000).astype("<i2").tobytes())


def main() -> None:
    """Print the times."""
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, medians of {RUNS} runs after one to warm up")
    avatar = [sys.executable, "-m", "avatar"]
    report("avatar --help", [*avatar, "--help"])
    with tempfile.TemporaryDirectory() as folder:
        sound, curves = Path(folder) / "ten.wav", Path(folder) / "ten.csv"
        write_babble(sound, 10.0)
        whole = report("avatar animate, ten seconds to CSV", [*avatar, "animate", str(sound), "-o", str(curves)])
    imports = report("its imports alone", [sys.executable, "-c", _IMPORTS])
    print(f"{'without the imports':<44} {'':<14} process {whole - imports:6.2f} s")


if __name__ == "__main__":
    main()
