"""What the formats may be asked for beyond the animation itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

SMALLEST, LARGEST = 16, 4096


@dataclass(frozen=True)
class ExportOptions:
    """How an animation is worn, seen and heard; each format takes what concerns it.

    Args:
        identity: values of the built-in head's identity axes by name; the others are average. For GLB and pictures.
        size: width and height of pictures in pixels, even, 16..4096.
        supersample: samples across and down each pixel, 1..4; 2 smooths the edges.
        audio: the sound of a video; the animation's own file when left out.
        at: the instant that a single picture shows, in seconds.

    Raises:
        ValueError: the size is odd or out of range, or the instant is negative.
    """

    identity: Mapping[str, float] = field(default_factory=dict)
    size: int = 512
    supersample: int = 2
    audio: Path | None = None
    at: float = 0.0

    def __post_init__(self) -> None:
        if not SMALLEST <= self.size <= LARGEST or self.size % 2:
            raise ValueError(
                f"size must be an even number of pixels within {SMALLEST}..{LARGEST}, got {self.size}; for example 512"
            )
        if not 1 <= self.supersample <= 4:
            raise ValueError(f"supersample must be within 1..4, got {self.supersample}")
        if not 0 <= self.at < float("inf"):
            raise ValueError(f"at must be an instant in seconds, 0 or later, got {self.at}")
