"""Colours are linear RGB inside the renderer and sRGB outside it."""

from typing import Any

import numpy as np
import numpy.typing as npt

Colour = tuple[float, float, float]

TABLE_SIZE = 16384


def encode(linear: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return the sRGB values (0..1) of linear light (0..1, clipped), elementwise (IEC 61966-2-1)."""
    light = np.clip(np.asarray(linear, np.float64), 0.0, 1.0)
    return np.asarray(np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055))


def decode(encoded: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return the linear light (0..1) of sRGB values (0..1, clipped), elementwise: the inverse of `encode`."""
    value = np.clip(np.asarray(encoded, np.float64), 0.0, 1.0)
    return np.asarray(np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4))


def hex_colour(text: str) -> Colour:
    """Return the linear RGB of a colour written as in web pages, such as "#c8a080".

    Raises:
        ValueError: if `text` is not six hexadecimal digits after an optional "#".
    """
    digits = text.removeprefix("#")
    try:
        values = bytes.fromhex(digits)
    except ValueError:
        values = b""
    if len(values) != 3:
        raise ValueError(f'a colour must be six hexadecimal digits such as "#c8a080", got {text!r}')
    red, green, blue = (float(value) for value in decode(np.array(list(values)) / 255.0))
    return red, green, blue


def linear_colour(name: str, values: Any) -> Colour:
    """Return `values` as a linear RGB triple.

    Raises:
        ValueError: unless it is three numbers from 0 to 1.
    """
    array = np.asarray(values, np.float64)
    if array.shape != (3,) or not ((array >= 0.0) & (array <= 1.0)).all():
        raise ValueError(f"{name} must be three linear RGB numbers from 0 to 1, got {values!r}; see hex_colour")
    return float(array[0]), float(array[1]), float(array[2])


def byte_table() -> npt.NDArray[np.uint8]:
    """Return the sRGB byte of each of `TABLE_SIZE` even steps of linear light from 0 to 1."""
    return np.round(encode(np.linspace(0.0, 1.0, TABLE_SIZE)) * 255.0).astype(np.uint8)
