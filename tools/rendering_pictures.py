"""Draw the pictures of docs/rendering.md.

python tools/rendering_pictures.py docs/images
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from PIL import Image

from avatar.animation import Animation
from avatar.animator import Animator
from avatar.export import export
from avatar.export.head import drawn_identity, shipped_head
from avatar.export.layout import grid
from avatar.export.presets import PRESETS
from avatar.renderers.lights import LIGHTS
from avatar.renderers.views import VIEWS

ROOT = Path(__file__).resolve().parent.parent


def main(folder: str) -> None:
    """Animate the example recording, and show it in every way."""
    clip = Animator.load().animate(ROOT / "examples" / "hello.flac", fps=60, behaviour=None)
    coarse = clip.resample(5).resample(60, frames=len(clip))
    people = {str(seed): drawn_identity(shipped_head(), seed) for seed in (1, 2, 5, 7)}
    still = {"at": 0.38, "size": 240}
    pictures: dict[str, Iterable[dict[str, Any]]] = {
        "presets": [{"preset": name, "labels": [name]} for name in PRESETS if name != "turntable"],
        "turntable": [{"preset": "turntable", "sheet": 6, "at": 0.0, "size": 200}],
        "views": [{"view": name, "labels": [name], "size": 260} for name in VIEWS],
        "lights": [{"lights": name, "labels": [name]} for name in LIGHTS],
        "backgrounds": [{"background": name} for name in ("#203040", "#7fa8d0,#f0f4f8", "transparent")],
        "sheet": [{"sheet": 8, "at": 0.0, "preset": "mouth", "size": 200}],
        "people": [{"at": [0.38, 1.11, 2.12], "people": people, "size": 180}],
        "side_by_side": [{"beside": [coarse], "labels": ["60 frames a second", "5 frames a second"], "at": 1.11}],
        "error": [{"against": clip, "at": [0.3, 1.11], "size": 300}],
    }
    for name, each in pictures.items():
        source = coarse if name == "error" else clip
        drawn = [draw(source, **{**still, **options}) for options in each]
        columns = 3 if name == "views" else len(drawn)
        target = Path(folder) / f"rendering_{name}.png"
        Image.fromarray(grid(drawn, columns)).save(target, optimize=True)
        print(target, target.stat().st_size // 1000, "kB")


def draw(clip: Animation, **options: Any) -> np.ndarray:
    """A picture, as `avatar render` writes it."""
    with TemporaryDirectory() as hidden:
        export(clip, Path(hidden) / "a.png", **options)
        with Image.open(Path(hidden) / "a.png") as picture:
            return np.asarray(picture)


if __name__ == "__main__":
    main(sys.argv[1])
