"""Draw every emotion at three intensities, in a wide vowel and in closed lips of one sentence, for docs/emotion.md.

python -m tools.emotion_sheet [OUT]
"""

import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw

from avatar import Animator
from avatar.emotion import EMOTIONS, express
from avatar.evaluation.motion import mouth_motion
from avatar.renderers import Camera, head_mesh, render
from avatar.rigs import BuiltInHead

INTENSITIES = (0.33, 0.66, 1.0)
SIZE = 200
SPEECH = Path(__file__).resolve().parent.parent / "examples" / "hello.flac"
FPS = 60


def moments(opening: np.ndarray) -> tuple[int, int]:
    """The frame of the widest opening, and the closed one between openings that is nearest to it."""
    widest = int(opening.argmax())
    closed = np.flatnonzero(opening < 0.3)
    between = [frame for frame in closed if opening[:frame].max(initial=0) > 4 and opening[frame:].max() > 4]
    return widest, int(min(between, key=lambda frame: abs(frame - widest)))


def main(out: Path) -> None:
    """Draw the sheet: a row for each emotion; vowel and closure for each intensity."""
    head = BuiltInHead.load()
    neutral = Animator.load().animate(SPEECH, fps=FPS, behaviour=None)
    frames = moments(mouth_motion(neutral, head).opening)
    camera = Camera.portrait(head.rest[head.head_weight > 0.95], margin=0.0)
    mesh = head_mesh(head, head.rest)
    columns = [(intensity, frame) for intensity in INTENSITIES for frame in frames]
    sheet = Image.new("RGB", (len(columns) * SIZE, len(EMOTIONS) * SIZE))
    pen = ImageDraw.Draw(sheet)
    for row, emotion in enumerate(EMOTIONS):
        clips = {intensity: express(neutral, {emotion: intensity}).weights for intensity in INTENSITIES}
        weights = np.stack([clips[intensity][frame] for intensity, frame in columns])
        with torch.inference_mode():
            pictures = render(head(torch.from_numpy(weights)), mesh, camera, (SIZE, SIZE), supersample=2)
        for column, ((intensity, _), picture) in enumerate(zip(columns, pictures, strict=True)):
            corner = (column * SIZE, row * SIZE)
            sheet.paste(Image.fromarray(picture[..., :3]), corner)
            pen.text((corner[0] + 5, corner[1] + 3), f"{emotion} {intensity:g}", fill="white")
    sheet.save(out, quality=82, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images/emotion_sheet.jpg"))
