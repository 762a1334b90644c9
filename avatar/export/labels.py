"""Words in pictures."""

from functools import lru_cache
from math import ceil

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

_PLATE = (12, 15, 19, 200)
_SMALLEST = 10
_SMOOTH = 4
"""So many times larger first: Pillow does not smooth corners, and moves small letters to whole pixels."""


def write_text(picture: NDArray[np.uint8], text: str, *, foot: bool = False) -> None:
    """Write a line into a picture, white on a dark plate that lets something through: legible on anything.

    Args:
        picture: [H, W, 4] uint8 sRGB with straight alpha, which is changed.
        text: one line; where it is too long it is written smaller, and then cut short. Nothing is drawn for "".
        foot: whether it stands at the lower edge instead of the upper one.
    """
    if not text:
        return
    height, width = picture.shape[:2]
    size = font_size(height, width)
    ink = words(text, size, width - 2 * size)
    piece = plate(round(1.6 * size), ink.shape[1] + size)
    lay_over(piece, ink, (len(piece) - len(ink)) // 2, size // 2)
    gap = max(height // 50, 2)
    lay_over(picture, piece, height - gap - len(piece) if foot else gap, (width - piece.shape[1]) // 2)


def font_size(height: int, width: int) -> int:
    """The height in pixels of letters that suit a picture."""
    return max(round(0.045 * min(height, width)), _SMALLEST)


@lru_cache(maxsize=256)
def words(text: str, size: int, widest: int | None = None) -> NDArray[np.uint8]:
    """White letters on nothing, [h, w, 4]; smaller ones, or less of the text, where it would be too wide."""
    while widest is not None and _length(text, size) > widest and size > _SMALLEST:
        size -= 1
    kept = len(text)
    while widest is not None and _length(text, size) > widest and kept > 1:
        kept -= 1
        text = text[:kept].rstrip() + "…"
    width, height = max(_length(text, size), 1), round(1.4 * size)
    canvas = Image.new("L", (_SMOOTH * width, _SMOOTH * height), 0)
    font = ImageFont.load_default(_SMOOTH * size)
    ImageDraw.Draw(canvas).text((0, canvas.height / 2), text, fill=255, font=font, anchor="lm")
    canvas = canvas.resize((width, height), Image.Resampling.BOX)
    letters = Image.new("RGBA", canvas.size, "white")
    letters.putalpha(canvas)
    pixels = np.array(letters)
    pixels.flags.writeable = False
    return pixels


def _length(text: str, size: int) -> int:
    return ceil(ImageFont.load_default(_SMOOTH * size).getlength(text) / _SMOOTH)


def plate(height: int, width: int) -> NDArray[np.uint8]:
    """A dark rectangle with round corners that lets something through, [height, width, 4]."""
    mask = Image.new("L", (_SMOOTH * width, _SMOOTH * height), 0)
    box = (0, 0, mask.width - 1, mask.height - 1)
    ImageDraw.Draw(mask).rounded_rectangle(box, _SMOOTH * min(height, width) // 4, _PLATE[3])
    rectangle = Image.new("RGBA", (width, height), _PLATE)
    rectangle.putalpha(mask.resize((width, height), Image.Resampling.BOX))
    return np.array(rectangle)


def lay_over(picture: NDArray[np.uint8], piece: NDArray[np.uint8], top: int, left: int) -> None:
    """Lay a piece [h, w, 4] over a part of a picture [H, W, 4], which is changed; what sticks out is cut off."""
    piece = piece[max(-top, 0) :, max(-left, 0) :]
    top, left = max(top, 0), max(left, 0)
    under = picture[top : top + piece.shape[0], left : left + piece.shape[1]]
    over = piece[: under.shape[0], : under.shape[1]]
    if under.size:
        both = (Image.fromarray(np.ascontiguousarray(each)) for each in (under, over))
        under[...] = np.asarray(Image.alpha_composite(*both))
