"""Draw what eyes do while they look at the camera, near, aside, up and down, for docs/images/behaviour_eyes.png.

python -m tools.behaviour_eyes [OUT]
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from avatar.animation import Animation
from avatar.behaviour import Path as Course
from avatar.behaviour import Performance, Pulse, Step
from avatar.controls import ARKIT
from avatar.export.frames import Portrait
from avatar.export.options import ExportOptions

SIDE = 900
CROP = (slice(370, 560), slice(240, 660))
COLUMNS = 3

HALF_BLINK = Pulse(-0.05, 0.1, 0.1, 0.2, (1.0,))


def looking(yaw: float, pitch: float) -> Performance:
    """Eyes that have gone aside, by radians."""
    return Performance(gaze=(Step(-1.0, 0.05, (yaw, pitch)),))


FACES: tuple[tuple[str, Performance, tuple[float, float, float]], ...] = (
    ("at the camera", Performance(gaze=()), (0.0, 0.0, 0.0)),
    ("with the head turned", Performance(gaze=()), (0.2, 0.0, 0.0)),
    ("with the head lowered and tilted", Performance(gaze=()), (0.0, 0.12, 0.1)),
    ("at a fly in front of the nose", Performance(gaze=(), focus=Course.still(0.0, 0.0, 0.22)), (0.0, 0.0, 0.0)),
    ("aside", looking(0.35, 0.0), (0.0, 0.0, 0.0)),
    ("up", looking(0.0, -0.25), (0.0, 0.0, 0.0)),
    ("down and aside", looking(-0.15, 0.28), (0.0, 0.0, 0.0)),
    ("half way into a blink", Performance(gaze=(), blinks=(HALF_BLINK,)), (0.0, 0.0, 0.0)),
    ("in a blink, while looking up", Performance(gaze=looking(0.0, -0.25).gaze, blinks=(HALF_BLINK,)), (0.0, 0.0, 0.0)),
)


def main(out: Path) -> None:
    """Draw the sheet."""
    portrait = Portrait(ExportOptions(size=SIDE))
    font = ImageFont.load_default(15)
    rows, columns = (each.stop - each.start for each in CROP)
    page = Image.new("RGB", (COLUMNS * columns, -(-len(FACES) // COLUMNS) * rows))
    pen = ImageDraw.Draw(page)
    for index, (name, performance, turn) in enumerate(FACES):
        last = 6 if "in a blink" in name else 0
        turned = {f"head{axis}": np.full(7, angle) for axis, angle in zip(("Yaw", "Pitch", "Roll"), turn, strict=True)}
        animation = performance.add(Animation.from_curves(ARKIT, turned, 60.0))
        (picture,) = portrait.pictures(animation, [last])
        place = (index % COLUMNS * columns, index // COLUMNS * rows)
        page.paste(Image.fromarray(picture[CROP][..., :3]), place)
        pen.text((place[0] + 8, place[1] + 5), name, "white", font, stroke_width=2, stroke_fill="black")
    page.save(out, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images/behaviour_eyes.png"))
