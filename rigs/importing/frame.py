"""Which way a file's head looks, and how large its unit is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar.rigs.importing.source import Floats, Source

UNITS = {"metres": 1.0, "centimetres": 0.01, "inches": 0.0254, "millimetres": 0.001}
"""Length of each unit in metres."""

_FACE, _LOWER_FACE = 0.15, 0.08
"""Metres from the brows, or from below the nose, down to the chin and a little of the throat: what face shapes move."""

_UPWARDS = ("browouterup", "browinnerup", "mouthupperup", "eyewide", "nosesneer")
_DOWNWARDS = ("jawopen", "eyeblink", "browdown", "mouthlowerdown", "aa", "blink")
_FORWARDS = ("mouthpucker", "mouthfunnel", "jawforward", "tongueout", "ou", "u", "o", "oh", "cheekpuff")


@dataclass(frozen=True, eq=False)
class Frame:
    """How the file's space becomes metres, +y up, face along +z.

    Args:
        scale: metres in a unit of the file.
        rotation: [3, 3] for column vectors.
        notes: what was found or given, for people.
    """

    scale: float
    rotation: NDArray[np.float64]
    notes: tuple[str, ...]

    def places(self, points: Floats) -> NDArray[np.float32]:
        """Points [..., 3] in metres."""
        return np.asarray(self.scale * (points @ self.rotation.T), np.float32)


def find_frame(
    source: Source,
    keys: Mapping[str, str],
    *,
    scale: float | None = None,
    up: str | None = None,
    front: str | None = None,
) -> Frame:
    """Find unit and axes, as far as they are not given.

    Up is where brows and lids go; the front is where the lips go when they pucker, and where they are in the head. The
    unit is the one in which the part that shapes move has about the height of a face.

    Args:
        source: the head in the file's space.
        keys: names without case and side, by the file's name of the shape.
        scale: metres in a unit of the file.
        up: the file's axis that points up, such as "+y".
        front: the file's axis that the face looks along.

    Raises:
        ValueError: an axis is not one of +x, -x, +y, -y, +z, -z, or both are the same line.
    """
    above = _axis("up", up) if up else _strongest(_direction(source, keys, _up_sign), (0.0, 1.0, 0.0), None)
    ahead = _axis("front", front) if front else _strongest(_ahead(source, keys), (0.0, 0.0, 1.0), above)
    if abs(above @ ahead) > 0.5:
        raise ValueError(f"up and front must be different axes, got {_name(above)} and {_name(ahead)}; give both")
    rotation = np.stack([np.cross(above, ahead), above, ahead])
    axes = f"{_name(above)} is up and the face looks along {_name(ahead)} ({'given' if up and front else 'found'})"
    if scale is not None or source.metres is not None:
        chosen = scale if scale is not None else source.metres
        assert chosen is not None
        return Frame(chosen, rotation, (f"a unit is {chosen:g} m ({'given' if scale else 'known'})", axes))
    height = _moving_height(source, above)
    usual = _FACE if any(key.startswith(("brow", "eye", "blink")) for key in keys.values()) else _LOWER_FACE
    unit = min(UNITS, key=lambda name: abs(np.log(height * UNITS[name] / usual)))
    size = height * UNITS[unit]
    said = f"the unit is taken for {unit}: what the shapes move is {height:.4g} high, {1000 * size:.0f} mm"
    if not 0.6 < size / usual < 1.7:
        said += "; that is no human size, give the scale if it is wrong"
    return Frame(UNITS[unit], rotation, (said, axes))


def _axis(what: str, text: str) -> NDArray[np.float64]:
    word = text.strip().lower()
    sign, letter = (word[0], word[1:]) if word[:1] in ("+", "-") else ("+", word)
    if letter not in ("x", "y", "z"):
        raise ValueError(f"{what} must be one of +x, -x, +y, -y, +z, -z, got {text!r}")
    return np.asarray(np.eye(3)["xyz".index(letter)] * (-1.0 if sign == "-" else 1.0))


def _name(axis: NDArray[np.float64]) -> str:
    place = int(np.abs(axis).argmax())
    return f"{'-' if axis[place] < 0 else '+'}{'xyz'[place]}"


def _strongest(
    direction: NDArray[np.float64], default: tuple[float, float, float], across: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """The axis that a direction is nearest to, among those across another."""
    shares = np.abs(direction) * (1.0 if across is None else 1.0 - np.abs(across))
    if shares.max() < 1e-6:
        chosen = np.array(default)
        if across is not None and abs(chosen @ across) > 0.5:
            return np.roll(across, 1)
        return chosen
    place = int(shares.argmax())
    return np.asarray(np.eye(3)[place] * np.sign(direction[place]))


def _up_sign(key: str) -> float:
    return 1.0 if key in _UPWARDS else -1.0 if key in _DOWNWARDS else 0.0


def _forward_sign(key: str) -> float:
    return 1.0 if key in _FORWARDS else 0.0


def _direction(source: Source, keys: Mapping[str, str], sign: Callable[[str], float]) -> NDArray[np.float64]:
    """Sum of the directions that shapes go on the whole, each of length up to 1."""
    total = np.zeros(3)
    for name, step in source.shapes.items():
        length = np.linalg.norm(step, axis=1).sum()
        if sign(keys[name]) and length > 0:
            total += sign(keys[name]) * step.sum(0) / length
    return total


def _ahead(source: Source, keys: Mapping[str, str]) -> NDArray[np.float64]:
    moved = _moved(source)
    centre = 0.5 * (source.vertices.min(0) + source.vertices.max(0))
    offset = source.vertices[moved].mean(0) - centre
    extent = np.linalg.norm(np.ptp(source.vertices, axis=0))
    return np.asarray(_direction(source, keys, _forward_sign) + 4.0 * offset / max(extent, 1e-12))


def _moved(source: Source) -> NDArray[np.bool_]:
    """Vertices that some shape moves by more than a tenth of the largest step."""
    steps = np.stack([np.linalg.norm(step, axis=1) for step in source.shapes.values()])
    largest = steps.max(initial=0.0)
    if not largest > 0:
        raise ValueError("no shape moves anything: all morph targets are empty; export them with their displacements")
    return np.asarray((steps > 0.1 * largest).any(0))


def _moving_height(source: Source, up: NDArray[np.float64]) -> float:
    heights = source.vertices[_moved(source)] @ up
    low, high = np.quantile(heights, (0.01, 0.99))
    return float(max(high - low, 1e-12))
