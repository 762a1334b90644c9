"""Draw the README's picture: moments of the example recording on four heads.

python tools/readme_picture.py docs/images/hello.png
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from avatar.animator import Animator
from avatar.export import ExportOptions
from avatar.export.frames import Portrait
from avatar.export.head import drawn_identity, shipped_head

ROOT = Path(__file__).resolve().parent.parent
MOMENTS = (
    ("h-e-llo", 0.16),
    ("hell-o", 0.38),
    ("i a-m", 0.86),
    ("a-v-atar", 1.11),
    ("av-a-tar", 1.33),
    ("give m-e", 2.12),
)
"""What is being said (between the hyphens), and when, in seconds."""
PEOPLE = (None, 5)
SIZE = 260


def main(path: str) -> None:
    """One row for each head, one column for each moment."""
    animation = Animator.load().animate(ROOT / "examples" / "hello.flac", fps=60, behaviour=None)
    frames = [round(second * animation.fps) for _, second in MOMENTS]
    rows = []
    for seed in PEOPLE:
        identity = {} if seed is None else drawn_identity(shipped_head(), seed)
        portrait = Portrait(ExportOptions(identity, 2 * SIZE, 2))
        pictures = [picture[..., :3][30:-40, 75:-75] for picture in portrait.pictures(animation, frames)]
        rows.append(np.hstack(pictures))
    sheet = Image.fromarray(np.vstack(rows))
    width = sheet.width // len(MOMENTS)
    draw = ImageDraw.Draw(sheet)
    for i, (word, _) in enumerate(MOMENTS):
        draw.text((i * width + width // 2, 8), word, fill="white", font_size=24, anchor="ma")
    sheet.resize((sheet.width // 2, sheet.height // 2), Image.Resampling.LANCZOS).save(path, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1])
