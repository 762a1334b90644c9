"""Draw mouths at the bilabials of recordings and at the vowels after them, for docs/evaluation.md.

python -m tools.bilabials [--weights FILE] [--folder docs/images]

The example recording and two takes of an actress (Apache-2.0) from the development data. PocketSphinx aligns the known
words; for each P, B and M the frame with the smallest opening is drawn, as the measure of closure takes it. The curves
of the last take are plotted as `avatar evaluate --plot` does, beside the articulation model on the aligned phones.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
import tyro
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from avatar.animation import Animation
from avatar.articulation.model import articulate_recording
from avatar.articulation.phones import BILABIAL, VOWELS, Phone
from avatar.audio import load_audio
from avatar.evaluation.baseline import envelope_animations
from avatar.evaluation.comparison import REFERENCE, Scene
from avatar.evaluation.contacts import CLOSED
from avatar.evaluation.motion import MouthMotion, mouth_motion
from avatar.evaluation.plot import plot_scene
from avatar.renderers import Camera, Mesh, render
from avatar.rigs import BuiltInHead
from avatar.speech import SpeechModel
from benchmarks.provenance import ROOT, shared
from benchmarks.transcripts import aligned

SIZE, COLUMNS, TEXT = 150, 9, 32
TURN = 0.35
"""The camera's turn in radians, so that lips standing forward are seen."""


@dataclass(frozen=True)
class Options:
    """Draw mouths at bilabials."""

    weights: Path | None = None
    """A speech model's weights; the shipped ones by default."""
    folder: Path = Path("docs/images")
    """Where the pictures go, one for each recording."""
    fps: float = 60.0
    """Frame rate of the animation."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A frame to draw.

    Args:
        label: what is said there.
        frame: which one.
        opening: mm.
    """

    label: str
    frame: int
    opening: float


def moments(motion: MouthMotion, phones: Sequence[Phone]) -> list[tuple[Moment, Moment]]:
    """Each bilabial with the vowel that comes next."""
    found = []
    for place, (phone, following) in enumerate(pairwise([*phones, phones[-1]])):
        if phone.symbol not in BILABIAL:
            continue
        vowel = next((later for later in phones[place + 1 :] if later.symbol in VOWELS), following)
        before = phones[place - 1].symbol if place else "-"
        found.append(
            (
                _moment(motion, phone, f"{before} [{phone.symbol}] {following.symbol}", np.argmin),
                _moment(motion, vowel, vowel.symbol, np.argmax),
            )
        )
    return found


def _moment(motion: MouthMotion, phone: Phone, label: str, pick: Callable[[NDArray[np.float64]], np.intp]) -> Moment:
    inside = np.flatnonzero((motion.times >= phone.start) & (motion.times <= phone.end))
    if not len(inside):
        inside = np.array([min(round(phone.start * motion.fps), len(motion.opening) - 1)])
    frame = int(inside[pick(motion.opening[inside])])
    return Moment(f"{phone.start:.2f} s  {label}", frame, float(motion.opening[frame]))


def sheet(animation: Animation, pairs: Sequence[tuple[Moment, Moment]], head: BuiltInHead) -> Image.Image:
    """Bilabials above the vowels after them."""
    rest = head.neutral()[0].numpy()
    lips = rest[head.regions["lips"].numpy()].mean(axis=0) + np.array([0.0, 0.0, -0.02])
    camera = Camera.look_at(lips + 0.8 * np.array([np.sin(TURN), 0.05, np.cos(TURN)]), lips, field_of_view=0.12)
    mesh = Mesh(head.faces, head.parts, head.face_parts, head.part_colours, head.vertex_colours)
    rows = -(-len(pairs) // COLUMNS)
    height = 2 * (SIZE + TEXT)
    picture = Image.new("RGB", (min(len(pairs), COLUMNS) * SIZE, rows * height), "white")
    draw = ImageDraw.Draw(picture)
    for index, pair in enumerate(pairs):
        row, column = divmod(index, COLUMNS)
        weights = torch.from_numpy(animation.weights[[moment.frame for moment in pair]].copy())
        drawn = render(head(weights).numpy(), mesh, camera, (SIZE, SIZE), supersample=2)
        for which, (moment, pixels) in enumerate(zip(pair, drawn, strict=True)):
            x, y = column * SIZE, row * height + which * (SIZE + TEXT)
            open_lips = which == 0 and moment.opening >= CLOSED
            draw.text((x + 4, y + 2), moment.label, fill="black")
            draw.text((x + 4, y + 15), f"{moment.opening:.1f} mm", fill="red" if open_lips else "grey")
            picture.paste(Image.fromarray(pixels[..., :3]), (x, y + TEXT))
    return picture


def plot(path: Path, phones: tuple[Phone, ...], animation: Animation, head: BuiltInHead, target: Path) -> None:
    """The curves against the sound."""
    sound = load_audio(path)
    asked = articulate_recording(phones, sound.samples, sound.sample_rate, fps=animation.fps, frames=len(animation))
    envelopes = envelope_animations(sound.samples, sample_rate=sound.sample_rate, fps=animation.fps)
    drawn = {REFERENCE: asked, "model": animation, **envelopes}
    motions = {heading: mouth_motion(each, head) for heading, each in drawn.items()}
    plot_scene(Scene(path.stem, motions, drawn, sound=sound, phones=phones), target)


def main(options: Options) -> None:
    """Write one picture for each recording."""
    speech = shared("data/speech/emotional")
    paths = [ROOT / "examples" / "hello.flac", speech / "claire_neutral.flac", speech / "claire_anger.flac"]
    head, model = BuiltInHead.load(), SpeechModel.load(options.weights)
    for path, samples, phones in aligned(paths):
        if phones is None:
            print(f"{path.stem}: its words do not fit the sound")
            continue
        animation = model.predict(samples).resample(options.fps)
        pairs = moments(mouth_motion(animation, head), phones)
        closed = sum(first.opening < CLOSED for first, _ in pairs)
        target = options.folder / f"bilabials_{path.stem.removeprefix('claire_')}.png"
        sheet(animation, pairs, head).save(target, optimize=True)
        print(f"{path.stem}: {closed} of {len(pairs)} closed -> {target}")
        if path == paths[-1]:
            plot(path, phones, animation, head, options.folder / "evaluation_curves.png")


if __name__ == "__main__":
    main(tyro.cli(Options, description=__doc__))
