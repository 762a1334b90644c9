"""Draw what the articulation model does over time, for docs/articulation.md.

python -m tools.articulation_plots [FOLDER]
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from avatar.articulation import Phone, articulate
from avatar.articulation.score import write_score
from avatar.articulation.tracks import Tracks, play
from avatar.evaluation.motion import mouth_motion
from avatar.renderers import Camera, Mesh, render
from avatar.rigs import BuiltInHead
from tools.panels import BLUE, GREY, RED, Line, Panel, draw

FPS = 200.0

MAYBE = (
    "SIL 300 M 70 EY 110 B 60 IY 60 F 110 AY 160 V 50 B 70 IH 60 G 60 P 90 IY 70 P 70 AH 60 L 60 M 70 UW 100 V 60 D 40 "
    "W 60 AO 120 T 50 ER 150 SIL 350"
)
"""Maybe five big people moved water."""

SHOES = (
    "SIL 300 W 70 IY 90 B 70 AO 130 T 60 SH 110 UW 120 Z 80 TH 90 R 60 UW 110 Y 50 UH 60 R 60 W 60 IH 60 N 60 D 40 "
    "OW 170 SIL 350"
)
"""We bought shoes through your window."""


def spoken(text: str, *, rate: float = 1.0) -> list[Phone]:
    """Phones of "symbol milliseconds" pairs, spoken `rate` times as fast."""
    words, phones, now = text.split(), [], 0.0
    for symbol, length in zip(words[::2], words[1::2], strict=True):
        end = now + float(length) / 1000 / (1.0 if symbol == "SIL" else rate)
        phones.append(Phone(symbol, now, end))
        now = end
    return phones


def tracks_of(phones: Sequence[Phone]) -> Tracks:
    """The model's tracks at `FPS`."""
    end = phones[-1].end
    return play(write_score(phones, end), round(end * FPS), FPS)


def made(contact: NDArray[np.float64]) -> list[tuple[float, float]]:
    """Stretches in seconds where a contact is whole."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], contact > 0.99, [0]]).astype(int)))
    return [(start / FPS, end / FPS) for start, end in edges.reshape(-1, 2)]


def sentence(text: str) -> Image.Image:
    """All tracks of a sentence, and what the head's lips do with them."""
    phones, head = spoken(text), BuiltInHead.load()
    tracks = tracks_of(phones)
    motion = mouth_motion(articulate(phones, fps=FPS), head)
    contacts = [*made(tracks.lips), *made(tracks.teeth)]
    return draw(
        [
            Panel(
                "opening\nmm",
                0,
                13,
                [
                    Line(motion.opening, "lips of the head"),
                    Line(tracks.opening, "asked without contacts", RED, dashed=True),
                    Line(tracks.jaw, "the jaw's part", BLUE),
                ],
                150,
                contacts,
            ),
            Panel("width\nmm", -8, 4, [Line(tracks.width, "")], 100, contacts),
            Panel("protrusion\nmm", 0, 7, [Line(tracks.protrusion, "")], 90, contacts),
            Panel("lower lip\nmm", -2.5, 1.5, [Line(tracks.lower_lip, "")], 70, contacts),
            Panel(
                "tongue\nmm",
                0,
                13,
                [
                    Line(tracks.tongue_tip, "tip up"),
                    Line(tracks.tongue_back, "back up", BLUE, dashed=True),
                    Line(tracks.tongue_out, "out", RED),
                ],
                100,
            ),
        ],
        seconds=phones[-1].end,
        fps=FPS,
        phones=phones,
    )


def rounding() -> Image.Image:
    """Lips go forward ahead of "oo", unless a spread vowel stands in the way."""

    def ahead(before: str) -> NDArray[np.float64]:
        return tracks_of(spoken(f"SIL 250 AA 150 {before} UW 180 SIL 350")).protrusion

    vowel = Phone("UW", 0.6, 0.78)
    lines = [Line(ahead("T 100 K 100"), "aa t k oo"), Line(ahead("IY 200"), "aa ee oo", RED, dashed=True)]
    marks = [Phone("AA", 0.25, 0.4), vowel]
    return draw(
        [Panel("protrusion\nmm", 0, 7, lines, 150, [(vowel.start, vowel.end)])], seconds=1.13, fps=FPS, phones=marks
    )


def rate_and_loudness() -> Image.Image:
    """The same words faster, softer and louder."""
    head = BuiltInHead.load()
    phones = spoken("SIL 250 B 80 AE 140 D 60 P 80 AA 150 T 60 AH 60 M 80 SIL 300")
    normal = articulate(phones, fps=FPS)
    louder, softer = (
        mouth_motion(articulate(phones, fps=FPS, loudness=np.full(len(normal), level)), head).opening
        for level in (8.0, -8.0)
    )
    plain = mouth_motion(normal, head).opening
    fast = spoken("SIL 250 B 80 AE 140 D 60 P 80 AA 150 T 60 AH 60 M 80 SIL 300", rate=2.0)
    quick = mouth_motion(articulate(fast, fps=FPS), head).opening
    spread = 0.25 + (np.arange(len(plain)) / FPS - 0.25) / 2
    stretched = np.interp(spread, np.arange(len(quick)) / FPS, quick)
    return draw(
        [
            Panel(
                "opening\nmm",
                0,
                18,
                [
                    Line(louder, "8 dB louder", RED),
                    Line(plain, "normal"),
                    Line(softer, "8 dB softer", BLUE),
                    Line(stretched, "twice as fast, stretched to the same length", GREY, dashed=True),
                ],
                190,
            )
        ],
        seconds=phones[-1].end,
        fps=FPS,
        phones=phones,
    )


def mouths(text: str, at: Sequence[int]) -> Image.Image:
    """The head's mouth in the middle of some of a sentence's phones."""
    phones, head, side = spoken(text), BuiltInHead.load(), 125
    animation = articulate(phones, fps=FPS)
    shown = [phones[index] for index in at]
    frames = [round(FPS * (phone.start + phone.end) / 2) for phone in shown]
    vertices = head(torch.from_numpy(animation.weights[frames].copy())).numpy()
    mesh = Mesh(head.faces, head.parts, head.face_parts, head.part_colours, head.vertex_colours)
    lips = head.rest[head.regions["lips"]].mean(0).numpy()
    camera = Camera.look_at(lips + np.array([0.3, 0.03, 0.75]), lips - np.array([0, 0, 0.02]), field_of_view=0.1)
    row = Image.new("RGB", (len(at) * side, side + 16), "white")
    pen = ImageDraw.Draw(row)
    for place, picture in enumerate(render(vertices, mesh, camera, (side, side), supersample=2)):
        row.paste(Image.fromarray(picture[..., :3]), (place * side, 16))
        pen.text(((place + 0.5) * side, 8), shown[place].symbol, fill="black", anchor="mm")
    return row


def stacked(above: Image.Image, below: Image.Image) -> Image.Image:
    """Two pictures above each other."""
    sheet = Image.new("RGB", (max(above.width, below.width), above.height + below.height), "white")
    sheet.paste(above, (0, 0))
    sheet.paste(below, (0, above.height))
    return sheet


def main(folder: Path) -> None:
    """Draw the pictures."""
    pictures = {
        "sentence": stacked(sentence(MAYBE), mouths(MAYBE, [1, 2, 5, 6, 7, 13, 17, 20])),
        "rounded": stacked(sentence(SHOES), mouths(SHOES, [1, 2, 4, 6, 7, 9, 17, 19])),
        "rounding": rounding(),
        "rate": rate_and_loudness(),
    }
    for name, picture in pictures.items():
        picture.quantize(240, dither=Image.Dither.NONE).save(folder / f"articulation_{name}.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images"))
