"""What a solution should be like."""

from dataclasses import dataclass, replace
from math import isfinite


@dataclass(frozen=True, kw_only=True)
class Preferences:
    """Prices and weights of the solver. Prices are relative to what a control moves: 0.01 takes 1% off a lone shape.

    Args:
        sparsity: price of a control that is not at rest.
        smoothness: price of changes from frame to frame; 0.02 takes 0.5% off a motion of 5 Hz at 60 fps.
        stillness: price of squared values, which shares motion out among controls that do the same.
        lips: how many times more a vertex of the lips counts than one elsewhere.
        courtesy: price of what brows, cheeks and nose move of the lips: so that jaw and mouth explain the mouth.
        contact: pull on lips that touch.
        iterations: most Gauss-Newton steps.
        still: names of controls that stay at rest.

    Raises:
        ValueError: a number is out of range.
    """

    sparsity: float = 0.002
    smoothness: float = 0.01
    stillness: float = 1e-4
    lips: float = 4.0
    courtesy: float = 0.02
    contact: float = 0.5
    iterations: int = 8
    still: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("sparsity", "smoothness", "stillness", "courtesy", "contact"):
            value = getattr(self, name)
            if not (isfinite(value) and value >= 0):
                raise ValueError(f"{name} must be a number of at least 0, got {value}")
        if not (isfinite(self.lips) and self.lips > 0):
            raise ValueError(f"lips must be a number above 0, got {self.lips}")
        if self.iterations < 1:
            raise ValueError(f"iterations must be at least 1, got {self.iterations}")

    def but_still(self, *names: str) -> "Preferences":
        """The same, with more controls that stay at rest."""
        return replace(self, still=(*self.still, *names))
