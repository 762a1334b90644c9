"""What the losses demand of their arguments."""

from torch import Tensor


def check_points(name: str, points: Tensor, count: int | None = None) -> None:
    """Refuse what is not [..., V, 3].

    Args:
        name: of the argument.
        points: its value.
        count: V, where it is known.

    Raises:
        ValueError: the shape does not fit.
    """
    if points.ndim < 2 or points.shape[-1] != 3 or count not in (None, points.shape[-2]):
        wanted = "V" if count is None else count
        raise ValueError(
            f"{name} must be [..., {wanted}, 3] metres, got {list(points.shape)}; give the vertices of one rig"
        )


def check_alike(name: str, found: Tensor, other: str, target: Tensor) -> None:
    """Refuse two tensors of different shapes, which would otherwise be broadcast.

    Raises:
        ValueError: the shapes differ.
    """
    if found.shape != target.shape:
        raise ValueError(
            f"{name} and {other} must have the same shape, got {list(found.shape)} and {list(target.shape)}; "
            "expand the smaller one"
        )
