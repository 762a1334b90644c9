"""Draw the mouth at the middle of every phone, for docs/images/phones.png.

python -m tools.phone_sheet [OUT]
"""

import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw

from avatar.articulation import Phone, articulate
from avatar.articulation.phones import BILABIAL, LABIODENTAL, PHONES, SILENCE, VOWELS
from avatar.renderers import Camera, Mesh, render
from avatar.rigs import BuiltInHead

SIZE = 150
COLUMNS = 10
TURN = 0.5
"""The camera's turn in radians, so that lips standing forward are seen."""

ORDER = (SILENCE, *sorted(BILABIAL), *sorted(LABIODENTAL), *sorted(VOWELS))
"""What lips do is shown first, then the consonants that leave them alone."""


def weights_of(symbol: str) -> np.ndarray:
    """The curves [61] a third into the phone, spoken alone for 0.3 seconds."""
    animation = articulate([Phone(symbol, 0.5, 0.8)], fps=50, duration=1.3)
    return animation.weights[30]


def main(out: Path) -> None:
    """Draw the sheet."""
    symbols = [*ORDER, *(symbol for symbol in PHONES if symbol not in ORDER)]
    head = BuiltInHead.load()
    vertices = head(torch.from_numpy(np.stack([weights_of(symbol) for symbol in symbols]))).numpy()
    mesh = Mesh(head.faces, head.parts, head.face_parts, head.part_colours, head.vertex_colours)
    lips = vertices[0, head.regions["lips"].numpy()].mean(axis=0) + np.array([0.0, 0.006, -0.03])
    camera = Camera.look_at(lips + 0.8 * np.array([np.sin(TURN), 0.05, np.cos(TURN)]), lips, field_of_view=0.13)
    pictures = render(vertices, mesh, camera, (SIZE, SIZE), supersample=2)
    rows = -(-len(symbols) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * SIZE, rows * (SIZE + 14)), "white")
    draw = ImageDraw.Draw(sheet)
    for index, (symbol, picture) in enumerate(zip(symbols, pictures, strict=True)):
        row, column = divmod(index, COLUMNS)
        x, y = column * SIZE, row * (SIZE + 14)
        draw.text((x + 4, y + 1), symbol, fill="black")
        sheet.paste(Image.fromarray(picture[..., :3]), (x, y + 14))
    sheet.save(out, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images/phones.png"))
