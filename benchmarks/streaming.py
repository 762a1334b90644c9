"""Speed and memory of live animation: python -m benchmarks.streaming [--hours 10] [--plot memory.png]

A hop is 20 ms of sound pushed and the frames that it makes final, on one core: process time is what the hop costs, wall
time what it took on this machine with all that ran beside it. The long run pushes pieces of 10 ms to 2 s and notes the
memory of the whole process after every minute of sound.
"""

import os
import platform
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import tyro
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from avatar.animator import Animator
from avatar.speech import SpeechModel
from avatar.streaming import AnimationStream
from benchmarks.provenance import commit
from benchmarks.speech import syllables

HOP = 0.02
RATE = 44100  # of the long run, so that it resamples too
BLACK, GREY, PALE, BLUE = (20, 20, 20), (120, 120, 120), (225, 225, 225), (28, 70, 150)


@dataclass(frozen=True)
class Options:
    """Time live animation, and watch its memory."""

    seconds: float = 60.0
    """Of sound that is timed hop by hop."""
    hours: float = 0.0
    """Of sound in the long run; 0 leaves it out."""
    fps: float = 60.0
    """Frames per second."""
    lookahead: float = 0.2
    """Seconds."""
    model: Path | None = None
    """Weights; the shipped ones when left out."""
    plot: Path | None = None
    """Picture of the memory over the long run."""


def main(options: Options) -> None:
    """Print the numbers, draw the picture."""
    torch.set_num_threads(1)
    animator = Animator(SpeechModel.load(options.model))
    busy = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores{busy}, commit {commit()}")
    for rate in (16000, 48000):
        stream = animator.stream(options.fps, sample_rate=rate, lookahead=options.lookahead)
        process, wall = time_hops(stream, options.seconds)
        print(
            f"{1000 * HOP:.0f} ms at {rate} Hz, {options.fps:g} fps, look-ahead {1000 * options.lookahead:.0f} ms: "
            f"{figures(process)} of process time, {figures(wall)} of wall time"
        )
    if options.hours > 0:
        stream = animator.stream(options.fps, sample_rate=RATE, lookahead=options.lookahead)
        began = time.process_time()
        hours, megabytes = watch_memory(stream, options.hours)
        spent = time.process_time() - began
        settled = megabytes[hours >= min(0.25, options.hours / 2)]
        slope = np.polyfit(hours[-len(settled) :], settled, 1)[0] if len(settled) > 1 else 0.0
        print(
            f"{options.hours:g} h of sound at {RATE} Hz, {stream.frames} frames, "
            f"{3600 * options.hours / spent:.0f} x real time by process time: once it has settled, memory is "
            f"{settled.min():.0f} to {settled.max():.0f} MB and grows {slope:.2f} MB an hour"
        )
        if options.plot is not None:
            draw(hours, megabytes).save(options.plot)


def figures(seconds: NDArray[np.float64]) -> str:
    """Median and 99th percentile in milliseconds."""
    return f"median {1000 * np.median(seconds):.1f} ms, 99 % under {1000 * np.percentile(seconds, 99):.1f} ms"


def time_hops(stream: AnimationStream, seconds: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Seconds of process time and of wall time [N] that each hop took, the first second left out."""
    hop = round(HOP * stream.sample_rate)
    sound = np.resize(syllables(10.0), round(seconds * stream.sample_rate) // hop * hop)
    times = []
    for piece in sound.reshape(-1, hop):
        before = time.process_time(), time.perf_counter()
        stream.push(piece)
        times.append((time.process_time() - before[0], time.perf_counter() - before[1]))
    process, wall = np.array(times[round(1 / HOP) :]).T
    return process, wall


def watch_memory(stream: AnimationStream, hours: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Hours of sound [N] and megabytes of the process [N] after each minute of sound."""
    chance = np.random.default_rng(0)
    sound = np.resize(syllables(60.0), 60 * RATE)
    points = [(0.0, resident_megabytes())]
    for minute in range(1, round(60 * hours) + 1):
        louder, place = np.float32(chance.uniform(0.1, 1.0)), 0
        while place < len(sound):
            size = int(chance.choice([441, 882, 1024, RATE, 2 * RATE]))
            stream.push(louder * sound[place : place + size])
            place += size
        points.append((minute / 60, resident_megabytes()))
        if minute % 60 == 0:
            print(f"  {minute // 60} h: {points[-1][1]:.0f} MB", flush=True)
    at, megabytes = np.array(points).T
    return at, megabytes


def resident_megabytes() -> float:
    """Memory of this process: what it holds now where the system says so, else the most that it ever held."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / 1e6 if sys.platform == "darwin" else peak / 1e3


def draw(hours: NDArray[np.float64], megabytes: NDArray[np.float64]) -> Image.Image:
    """The memory over the hours, from nothing upwards."""
    scale, width, height = 2, 900, 300  # drawn larger, then shrunk: smooth lines
    left, right, top, bottom = 64, 20, 34, 44
    image = Image.new("RGB", (scale * width, scale * height), "white")
    pen = ImageDraw.Draw(image)
    font, title = ImageFont.load_default(scale * 12), ImageFont.load_default(scale * 14)
    most = 100 * np.ceil(1.15 * megabytes.max() / 100)

    def x(hour: float) -> float:
        return scale * (left + (width - left - right) * hour / hours[-1])

    def y(value: float) -> float:
        return scale * (height - bottom - (height - top - bottom) * value / most)

    for value in np.arange(0, most + 1, 100):
        pen.line((x(0), y(value), x(hours[-1]), y(value)), fill=PALE, width=scale)
        pen.text((x(0) - 8 * scale, y(value)), f"{value:.0f}", fill=GREY, font=font, anchor="rm")
    for hour in np.arange(0, hours[-1] + 1e-9, max(round(hours[-1] / 10), 1)):
        pen.text((x(hour), y(0) + 8 * scale), f"{hour:.0f}", fill=GREY, font=font, anchor="mt")
    pen.line([(x(h), y(m)) for h, m in zip(hours, megabytes, strict=True)], fill=BLUE, width=2 * scale, joint="curve")
    pen.text((x(0), 8 * scale), "Memory of the process, MB", fill=BLACK, font=title, anchor="lt")
    pen.text((x(hours[-1]), y(0) + 24 * scale), "hours of sound", fill=GREY, font=font, anchor="rt")
    return image.resize((width, height), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main(tyro.cli(Options))
