"""Keys of glTF animations, read at any instant."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar.animation import MOST_FPS
from avatar.rigs.importing.gltf_file import GltfFile

Array = NDArray[Any]

_FALLBACK_FPS = 60.0
"""Frames per second where keys are unevenly spaced."""
_SAME = 1e-5
"""Seconds; instants that are nearer to each other are one."""
_LONGEST = 24 * 3600.0
"""Seconds; damaged times beyond would fill the memory."""


class Track:
    """Keys of one channel: seconds [K], values [K, W] and how they are joined.

    Args:
        file: the document.
        sampler: the animation's entry.
        width: values a key.
        what: what an error calls the channel.

    Raises:
        ValueError: counts do not fit, times do not rise, or something is not finite.
    """

    def __init__(self, file: GltfFile, sampler: dict[str, Any], width: int, what: str) -> None:
        self.times = file.accessor(sampler["input"]).astype(np.float64)
        self.kind = sampler.get("interpolation", "LINEAR")
        if self.kind not in ("LINEAR", "STEP", "CUBICSPLINE"):
            raise ValueError(
                f"{file.path}: the interpolation of {what} must be one that glTF has, got {self.kind!r:.40}"
            )
        values = file.accessor(sampler["output"]).astype(np.float64).reshape(-1)
        each = width * (3 if self.kind == "CUBICSPLINE" else 1)
        if self.times.ndim != 1 or not len(self.times) or len(values) != len(self.times) * each:
            raise ValueError(
                f"{file.path}: {what} must have {each} values for each of its {len(self.times)} keys, got {len(values)}"
            )
        if not (np.isfinite(values).all() and np.isfinite(self.times).all()):
            raise ValueError(f"{file.path}: {what} holds values that are not finite")
        if (np.diff(self.times) <= 0).any() or self.times[0] < 0 or self.times[-1] > _LONGEST:
            raise ValueError(f"{file.path}: the times of {what} must rise from 0 and end within a day")
        self.values = values.reshape(len(self.times), -1, width)

    def at(self, instants: Array) -> Array:
        """Values [T, W] at instants; before the first and after the last key they hold."""
        clamped = np.clip(instants, self.times[0], self.times[-1])
        # Times are 32-bit: instants that are meant to be a key's get its very values.
        after = np.clip(np.searchsorted(self.times, clamped), 1, max(len(self.times) - 1, 1))
        for key in (self.times[after - 1], self.times[np.minimum(after, len(self.times) - 1)]):
            clamped = np.where(np.abs(clamped - key) < _SAME, key, clamped)
        right = np.clip(np.searchsorted(self.times, clamped, side="right"), 1, max(len(self.times) - 1, 1))
        left = right - 1
        right = np.minimum(right, len(self.times) - 1)
        span = self.times[right] - self.times[left]
        share = np.where(span > 0, (clamped - self.times[left]) / np.where(span > 0, span, 1), 0)[:, None]
        if self.kind == "CUBICSPLINE":
            # Hermite's cubic, as the glTF 2.0 specification writes it in its appendix C.
            start, leaving = self.values[left, 1], self.values[left, 2] * span[:, None]
            end, arriving = self.values[right, 1], self.values[right, 0] * span[:, None]
            s2, s3 = share**2, share**3
            from_start: Array = (2 * s3 - 3 * s2 + 1) * start + (s3 - 2 * s2 + share) * leaving
            smooth: Array = from_start + (3 * s2 - 2 * s3) * end + (s3 - s2) * arriving
            return smooth
        if self.kind == "STEP":
            share = np.floor(share)
        start, end = self.values[left, 0], self.values[right, 0]
        straight: Array = start + share * (end - start)
        return straight


def sampler_of(file: GltfFile, animation: dict[str, Any], channel: dict[str, Any]) -> dict[str, Any]:
    """The sampler that a channel of an animation names.

    Raises:
        ValueError: there is no such sampler.
    """
    samplers, index = animation["samplers"], channel["sampler"]
    if not isinstance(index, int) or not 0 <= index < len(samplers):
        raise ValueError(f"{file.path} is damaged: it refers to sampler {index!r:.40} of {len(samplers)}")
    found: dict[str, Any] = samplers[index]
    return found


def frame_rate_of(times: list[Array]) -> tuple[float, int]:
    """Frames per second, and how many frames there are.

    Args:
        times: seconds of the keys of each track. Where the longest are unevenly spaced, 60 frames per second are taken.
    """
    longest = max(times, key=len)
    if len(longest) == 1:
        return _FALLBACK_FPS, 1
    fps = (len(longest) - 1) / (longest[-1] - longest[0])
    fps = next((round(fps * d) / d for d in (1, 1001) if abs(round(fps * d) / d - fps) < 1e-3), fps)
    even = np.abs(longest - longest[0] - np.arange(len(longest)) / fps).max() < 1e-4 + 1e-6 * longest[-1]
    if not even or fps > MOST_FPS or longest[0] != 0:
        fps = _FALLBACK_FPS
    return float(fps), round(max(float(each[-1]) for each in times) * fps) + 1


def yaw_pitch_roll_of(quaternions: Array) -> Array:
    """Angles [T, 3] of R = Ry(yaw) Rx(pitch) Rz(roll) from quaternions (x, y, z, w) [T, 4]."""
    lengths = np.linalg.norm(quaternions, axis=1, keepdims=True)
    x, y, z, w = (quaternions / np.maximum(lengths, 1e-12)).T
    yaw = np.arctan2(2 * (x * z + w * y), 1 - 2 * (x * x + y * y))
    pitch = np.arcsin(np.clip(2 * (w * x - y * z), -1, 1))
    roll = np.arctan2(2 * (x * y + w * z), 1 - 2 * (x * x + z * z))
    return np.stack([yaw, pitch, roll], axis=1)
