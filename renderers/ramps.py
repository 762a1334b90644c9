"""Curves that the shading kernels rise along."""

from typing import Any

import numpy as np

from avatar.renderers.kernel import part

_ZERO, _ONE = np.float32(0.0), np.float32(1.0)


@part
def smooth(low: float, high: float, value: float) -> float:
    """Rise from 0 at `low` to 1 at `high` without a corner."""
    t = min(max((value - low) / (high - low), 0.0), 1.0)
    return t * t * (3.0 - 2.0 * t)


@part
def shoulder(value: Any, knee: Any) -> Any:
    """Compress light above the knee into what is left under 1, so that highlights keep their colour."""
    if value <= knee:
        return max(value, _ZERO)
    excess = value - knee
    room = _ONE - knee
    return knee + room * excess / (room + excess)
