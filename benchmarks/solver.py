"""The solver: recovery, noise, speed, and the way over the ICT head and back.

python -m benchmarks.solver [--seconds 60]

Recovery and noise are on the built-in head's own vertices. The way over the other head needs ICT-FaceKit among the
development data: what the speech model makes of the example recording is played on the ICT head, retargeted to the
built-in head, and back. Times are of the process, progress and compilation included.
"""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import tyro
from numpy.typing import NDArray

from avatar.animation import Animation
from avatar.animator import Animator
from avatar.controls import ARKIT, ARKIT_SHAPES
from avatar.evaluation.table import layout
from avatar.rigs import BuiltInHead
from avatar.rigs.control_groups import rivals
from avatar.rigs.importing import import_rig
from avatar.rigs.lip_contact import lip_gaps, lip_pairs
from avatar.rigs.preferences import Preferences
from avatar.rigs.retarget import retarget
from avatar.rigs.rig import Rig
from avatar.rigs.rig_function import RigFunction
from avatar.rigs.shape_rig import ShapeRig
from avatar.rigs.solve import solve
from benchmarks.provenance import ROOT, commit, shared

Weights = NDArray[np.float32]
TOUCHING, TOLERANCE = 0.2, 0.5


@dataclass(frozen=True)
class Options:
    """Judge the solver."""

    seconds: float = 60.0
    """Length of the timed sequence at 60 fps; 0 leaves it out."""
    speech: Path = ROOT / "examples" / "hello.flac"
    """The recording that is retargeted."""


def main(options: Options) -> None:
    """Print the numbers."""
    torch.set_num_threads(1)
    head = BuiltInHead.load()
    print(f"commit {commit()}, one torch thread\n")
    speech = Animator.load().animate(options.speech, fps=60)
    _recovery(head)
    _noise(head, speech)
    if options.seconds > 0:
        _speed(head, speech, options.seconds)
    _over_and_back(head, ShapeRig(import_rig(shared("data/ict")).data), speech)


def _recovery(head: BuiltInHead) -> None:
    chance = np.random.default_rng(0)
    weights = np.zeros((256, len(ARKIT)), np.float32)
    for frame in weights:
        frame[chance.choice(len(ARKIT_SHAPES), 6, replace=False)] = chance.uniform(0.1, 1, 6)
        for one, other in rivals(ARKIT).items():
            if frame[ARKIT.index(one)] > 0:
                frame[ARKIT.index(other)] = 0
    weights[:, ARKIT.indices(("headYaw", "headPitch", "headRoll"))] = chance.normal(0, 0.15, (256, 3))
    found = solve(_vertices(head, weights), head, preferences=Preferences(smoothness=0.0))
    error = np.abs(found.animation.weights - weights)
    tongue = ARKIT.index("tongueOut")
    print(
        f"random sparse weights, 6 of 52 shapes in 256 frames: mean absolute error {error.mean():.4f}, "
        f"without tongueOut (which closed lips hide) {np.delete(error, tongue, 1).mean():.4f}; "
        f"largest {np.delete(error, tongue, 1).max():.2f}; bounds kept: {not found.animation.out_of_range()}"
    )


def _noise(head: BuiltInHead, speech: Animation) -> None:
    clean = _vertices(head, speech.weights)
    noise = np.random.default_rng(1).normal(0, 0.0005 / 3**0.5, clean.shape).astype(np.float32)
    one, other = (solve(vertices, head).animation.weights for vertices in (clean, clean + noise))
    moved = _lip_distance(head, one, other)
    print(f"0.5 mm of noise moves the lips by {moved.mean():.3f} mm, in the worst frame {moved.max():.3f} mm")


def _speed(head: BuiltInHead, speech: Animation, seconds: float) -> None:
    frames = round(60 * seconds)
    vertices = np.resize(_vertices(head, speech.weights), (frames, len(head.rest), 3))
    began = time.process_time()
    solve(vertices, head)
    print(f"{seconds:g} s at 60 fps on the built-in head: {time.process_time() - began:.1f} s of process time")


def _over_and_back(head: BuiltInHead, other: Rig, speech: Animation) -> None:
    began = time.process_time()
    there = retarget(speech, other, head)
    passed = time.process_time() - began
    back = retarget(there.animation, head, other)
    print(f"\nspeech, {len(speech)} frames, ICT -> built-in in {passed:.1f} s, -> ICT\n{there.residual.summary()}\n")
    rows = []
    for name, animation in (("over and back", back.animation), ("same names, not solved", there.animation)):
        distance = _lip_distance(other, speech.weights, animation.weights)
        rows.append([name, f"{distance.mean():.2f}", f"{distance.max():.2f}"])
    still = _lip_distance(other, speech.weights, np.zeros_like(speech.weights))
    rows.append(["no motion at all", f"{still.mean():.2f}", f"{still.max():.2f}"])
    print(layout(["lips on the ICT head, mm from what was played", "mean", "worst frame"], rows))
    wanted = _openings(other, speech.weights)
    for name, rig, animation in (("the built-in head", head, there.animation), ("ICT again", other, back.animation)):
        closed = wanted <= TOUCHING
        apart = _openings(rig, animation.weights)[closed]
        print(
            f"closures on {name}: {closed.sum()} frames, apart by at most {apart.max(initial=0):.2f} mm, "
            f"{(apart > TOLERANCE).sum()} by more than {TOLERANCE} mm; bounds kept: {not animation.out_of_range()}"
        )


def _vertices(rig: Rig, weights: Weights) -> NDArray[np.float32]:
    with torch.no_grad():
        pieces = [rig(torch.from_numpy(np.array(part))).numpy() for part in np.array_split(weights, len(weights) // 16)]
    return np.concatenate(pieces)


def _held(weights: Weights) -> Weights:
    still = np.array(weights)
    still[:, ARKIT.indices(("headYaw", "headPitch", "headRoll"))] = 0
    return still


def _lip_distance(rig: Rig, one: Weights, other: Weights) -> NDArray[np.float32]:
    """Mean distance of the lips' vertices in each frame, millimetres, of heads that are held still."""
    lips = rig.regions["lips"].numpy()
    apart = (_vertices(rig, _held(weights))[:, lips] for weights in (one, other))
    return 1000 * np.linalg.norm(np.subtract(*apart), axis=-1).mean(1)


def _openings(rig: Rig, weights: Weights) -> NDArray[np.float64]:
    """Height between the middles of the lips beyond that at rest, millimetres."""
    rest = RigFunction(rig).rest
    return lip_gaps(1000.0 * _vertices(rig, _held(weights)), rest, lip_pairs(rig, rest)[:1])[:, 0]


if __name__ == "__main__":
    main(tyro.cli(Options, description=__doc__))
