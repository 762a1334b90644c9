"""A user's picture on the surface of a mesh."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image, UnidentifiedImageError

from avatar.renderers.arrays import floats, to_numpy
from avatar.renderers.colour import decode
from avatar.renderers.kernel import part
from avatar.renderers.mipmaps import mipmaps

FloatArray = npt.NDArray[np.float32]

FULL = np.float32(1.0 / 65535.0)
HALF, ONE = np.float32(0.5), np.float32(1.0)
LARGEST_TEXTURE = 8192


@dataclass(frozen=True, eq=False)
class Pyramid:
    """A picture and its halves, quarters and so on, so that it does not sparkle where it is seen small.

    Attributes:
        texels: [N, 4] uint16, all levels one after another: linear RGB times alpha, and alpha; 65535 is 1.
        levels: [L, 3] int64, the first texel, height and width of each level.
    """

    texels: npt.NDArray[np.uint16]
    levels: npt.NDArray[np.int64]

    @classmethod
    def of(cls, picture: npt.NDArray[Any]) -> "Pyramid":
        """Return the pyramid of a picture as `check_texture` gives it."""
        values = _decoded(picture) if picture.dtype == np.uint8 else picture.astype(np.float32)
        colour, alpha = values[..., :3], values[..., 3:]
        if not alpha.size:
            alpha = np.ones((*values.shape[:2], 1), np.float32)
        level = np.concatenate([colour * alpha, alpha], axis=-1)
        flat, table, start = [], [], 0
        for each in mipmaps(torch.from_numpy(level)[None]):
            height, width = each.shape[1:3]
            flat.append(np.rint(each.numpy().reshape(-1, 4) * np.float32(65535.0)).astype(np.uint16))
            table.append((start, height, width))
            start += height * width
        return cls(np.concatenate(flat), np.array(table, np.int64))

    def level_of(
        self, corner_uv: FloatArray, clip: npt.NDArray[np.float64], faces: npt.NDArray[np.int64], size: tuple[int, int]
    ) -> FloatArray:
        """Return the level [F] at which a texel of each face is about as large as a pixel.

        It compares areas, so that slanted faces are taken between their long and their short side.

        Args:
            corner_uv: [F, 6].
            clip: [V, 4] clip positions.
            faces: [F, 3].
            size: (height, width) of the picture in pixels.
        """
        in_front = clip[:, 3] > 1e-6
        place = clip[:, :2] / np.where(in_front, clip[:, 3], 1.0)[:, None] * (0.5 * size[1], 0.5 * size[0])
        pixels = _area(place[faces])
        texels = _area(corner_uv.reshape(-1, 3, 2).astype(np.float64)) * self.levels[0, 1] * self.levels[0, 2]
        known = in_front[faces].all(axis=1) & (texels > 0.0) & (pixels > 0.0)
        ratio = np.divide(texels, pixels, out=np.ones(len(faces)), where=known)
        return np.asarray(np.clip(0.5 * np.log2(ratio), 0.0, len(self.levels) - 1), np.float32)


NO_TEXTURE = Pyramid(np.zeros((1, 4), np.uint16), np.array([[0, 1, 1]]))


def check_texture(texture: Any, corner_uv: Any, face_count: int) -> tuple[npt.NDArray[Any], FloatArray]:
    """Return a texture as [H, W, 3 or 4] uint8 (sRGB) or float32 (linear), and its [F, 3, 2] float32 coordinates.

    Raises:
        TypeError: if a type is neither.
        ValueError: if a shape or a range does not fit, or there are no coordinates.
    """
    picture = to_numpy(texture)
    if picture.dtype.kind not in "f" and picture.dtype != np.uint8:
        raise TypeError(f"texture must be uint8 (sRGB) or float from 0 to 1 (linear light), got {picture.dtype}")
    if picture.ndim != 3 or picture.shape[2] not in (3, 4) or not picture.size:
        raise ValueError(f"texture must be [H, W, 3] or [H, W, 4] with alpha, got {list(picture.shape)}")
    if max(picture.shape[:2]) > LARGEST_TEXTURE:
        raise ValueError(
            f"texture must be at most {LARGEST_TEXTURE} pixels on a side, got {list(picture.shape)}; make it smaller"
        )
    if picture.dtype != np.uint8:
        picture = picture.astype(np.float32)
        if not ((picture >= 0.0) & (picture <= 1.0)).all():
            raise ValueError(
                f"texture must be 0 to 1 where it is float, got {picture.min()} to {picture.max()}; "
                "bytes (0 to 255) go in as uint8"
            )
    if corner_uv is None:
        raise ValueError("corner_uv must say where the texture goes, [F, 3, 2], got none; a rig has them as corner_uv")
    return picture, floats("corner_uv", corner_uv, (face_count, 3, 2)).astype(np.float32)


def read_texture(path: str | Path, *, upside_down: bool = False) -> npt.NDArray[np.uint8]:
    """Read a texture from a PNG, JPEG or other picture file.

    Args:
        path: the file.
        upside_down: turn the picture over, for texture coordinates whose v = 0 is the top row, as glTF has them;
            those of `Mesh`, OBJ and the built-in head have it at the bottom.

    Returns:
        [H, W, 4] uint8 sRGB and alpha.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is not a picture.
    """
    try:
        with Image.open(path) as picture:
            pixels = np.array(picture.convert("RGBA"))
    except (UnidentifiedImageError, Image.DecompressionBombError, SyntaxError) as error:
        raise ValueError(f"{path} is not a picture that can be read as a texture; convert it to PNG") from error
    return np.ascontiguousarray(pixels[::-1]) if upside_down else pixels


@part
def look_up(texels: Any, levels: Any, level: Any, u: Any, v: Any) -> Any:
    """Return red, green and blue times alpha, and alpha, at a place of a texture that repeats."""
    lower = int(level)
    red, green, blue, alpha = bilinear(texels, levels, lower, u, v)
    share = level - np.float32(lower)
    if share > np.float32(0.0):
        coarse_red, coarse_green, coarse_blue, coarse_alpha = bilinear(texels, levels, lower + 1, u, v)
        red += share * (coarse_red - red)
        green += share * (coarse_green - green)
        blue += share * (coarse_blue - blue)
        alpha += share * (coarse_alpha - alpha)
    return red, green, blue, alpha


@part
def bilinear(texels: Any, levels: Any, level: int, u: Any, v: Any) -> Any:
    """Look up one level; the middle of its top left texel is at u = 0.5 / width, v = 1 - 0.5 / height."""
    start, height, width = levels[level, 0], levels[level, 1], levels[level, 2]
    x, y = u * np.float32(width) - HALF, (ONE - v) * np.float32(height) - HALF
    left, top = np.floor(x), np.floor(y)
    x, y = x - left, y - top
    column, row = int(left) % width, int(top) % height
    column_after, row_after = (column + 1) % width, (row + 1) % height
    a, b = start + row * width + column, start + row * width + column_after
    c, d = start + row_after * width + column, start + row_after * width + column_after
    return (
        blend(texels[a, 0], texels[b, 0], texels[c, 0], texels[d, 0], x, y),
        blend(texels[a, 1], texels[b, 1], texels[c, 1], texels[d, 1], x, y),
        blend(texels[a, 2], texels[b, 2], texels[c, 2], texels[d, 2], x, y),
        blend(texels[a, 3], texels[b, 3], texels[c, 3], texels[d, 3], x, y),
    )


@part
def blend(a: Any, b: Any, c: Any, d: Any, x: Any, y: Any) -> Any:
    """Return four neighbours' 16-bit values as one from 0 to 1; x and y are the shares of the right and the lower."""
    upper = np.float32(a) + x * (np.float32(b) - np.float32(a))
    lower = np.float32(c) + x * (np.float32(d) - np.float32(c))
    return FULL * (upper + y * (lower - upper))


def _decoded(picture: npt.NDArray[np.uint8]) -> FloatArray:
    table = decode(np.arange(256) / 255.0).astype(np.float32)
    values = table[picture]
    values[..., 3:] = picture[..., 3:] / np.float32(255.0)
    return np.asarray(values)


def _area(corners: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return twice the areas [F] of triangles [F, 3, 2]."""
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    return np.asarray(np.abs(first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]))
