"""Finds what is wrong with a rig of shapes before an animation shows it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from avatar.controls import ARKIT
from avatar.rigs.shape_rig import ShapeRig

Severity = Literal["error", "warning", "note"]

_MOVES = 2e-5
"""Metres; shapes that move nothing further are dead."""


@dataclass(frozen=True)
class Finding:
    """Something that the rig's owner should know.

    Args:
        severity: "error" shows in every clip, "warning" in some, "note" is only said.
        what: what was found, in numbers.
        cure: what to do about it.
    """

    severity: Severity
    what: str
    cure: str

    def __str__(self) -> str:
        return f"{self.severity}: {self.what}; {self.cure}"


def check(rig: ShapeRig) -> list[Finding]:
    """Look at topology, size, sides, shapes and lips; the worst findings come first.

    Args:
        rig: the rig.

    Returns:
        The findings; an empty list is a rig without fault.
    """
    found = [finding for look in _LOOKS for finding in look(rig)]
    return sorted(found, key=lambda finding: ("error", "warning", "note").index(finding.severity))


def _topology(rig: ShapeRig) -> Iterator[Finding]:
    faces, rest = rig.faces.numpy(), rig.rest.numpy()
    corners = rest[faces].astype(np.float64)
    double_area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    empty = int((double_area < 1e-12).sum())
    if empty:
        yield Finding("warning", f"{empty} of {len(faces)} triangles have no area", "remove degenerate faces")
    edges = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    _, uses = np.unique(edges, axis=0, return_counts=True)
    crowded = int((uses > 2).sum())
    if crowded:
        yield Finding(
            "warning",
            f"{crowded} edges belong to more than two triangles (non-manifold)",
            "remove inner or doubled faces: shading and outlines are wrong there",
        )
    holes = _holes(edges[_inverse_counts(edges) == 1])
    if holes:
        yield Finding("note", f"the surface has {holes} open borders", "fine at neck, eyes and mouth; close others")


def _inverse_counts(edges: NDArray[np.int64]) -> NDArray[np.int64]:
    """How often each edge [E, 2] occurs [E]."""
    _, inverse, counts = np.unique(edges, axis=0, return_inverse=True, return_counts=True)
    return np.asarray(counts[inverse.ravel()])


def _holes(border: NDArray[np.int64]) -> int:
    """Number of loops that border edges [E, 2] make."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if not len(border):
        return 0
    used, ends = np.unique(border, return_inverse=True)
    ends = ends.reshape(-1, 2)
    graph = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(len(used), len(used)))
    return int(connected_components(graph, directed=False)[0])


def _scale(rig: ShapeRig) -> Iterator[Finding]:
    left, right = rig.rest[list(rig.mouth_corners)].numpy()
    width = 1000 * float(np.linalg.norm(left - right))
    if not 20 <= width <= 110:
        yield Finding(
            "error", f"the mouth is {width:.1f} mm wide, people's are 40 to 60", "import again with another --scale"
        )
    elif not 32 <= width <= 75:
        yield Finding("note", f"the mouth is {width:.1f} mm wide, people's are 40 to 60", "fine for a drawn character")
    if left[0] < right[0]:
        yield Finding(
            "error", "the left corner of the mouth is on the right", "swap [mouth] corners, or check --up and --front"
        )


def _steps(rig: ShapeRig) -> dict[str, NDArray[np.float32]]:
    """What each displacing control adds at 1 [V, 3]."""
    return dict(zip(rig.morph_names, rig.morph_targets().numpy(), strict=True))


def _sides(rig: ShapeRig) -> Iterator[Finding]:
    wrong, right = [], 0
    for name, step in _steps(rig).items():
        for side, sign in (("Left", 1.0), ("Right", -1.0)):
            stem = name.removesuffix(side)
            if stem == name or stem in ("jaw", "mouth"):  # whose movement goes to the side, not on it
                continue
            length = np.linalg.norm(step, axis=1)
            middle = float((length * rig.rest.numpy()[:, 0]).sum() / max(length.sum(), 1e-12))
            if sign * middle < -0.005:
                wrong.append(name)
            elif sign * middle > 0.005:
                right += 1
    if wrong and right == 0:
        yield Finding(
            "error", f"left and right are swapped in all {len(wrong)} shapes with sides", "set swap_sides = true"
        )
        return
    if wrong:
        yield Finding(
            "error", f"left and right are swapped in {', '.join(wrong)}", "name them the other way round in [names]"
        )
    for name, sign in (("Left", 1.0), ("Right", -1.0)):
        for stem in ("jaw", "mouth"):
            sideways = _steps(rig).get(stem + name)
            if sideways is not None and sign * float(sideways[list(rig.inner_lip), 0].sum()) < -1e-3:
                yield Finding(
                    "error",
                    f"{stem}{name} moves the lips to the subject's other side",
                    "swap it with its twin in [names]",
                )


def _shapes(rig: ShapeRig) -> Iterator[Finding]:
    steps = _steps(rig)
    weights = [control.name for control in rig.space.controls if control.unit == "weight"]
    turning = rig.eye_angles.any(-1).any(-1) if rig.balls else None
    dead = [
        name
        for name in weights
        if (name not in steps or np.abs(steps[name]).max() < _MOVES)
        and (turning is None or not turning[rig.space.index(name)])
    ]
    if dead:
        grave = "jawOpen" in dead and rig.space == ARKIT
        yield Finding(
            "error" if grave else "warning",
            f"{len(dead)} of {len(weights)} controls move nothing: {_listed(dead)}",
            "name their shapes in [names], or make them",
        )
    names = [name for name in steps if name not in dead]
    flat = {name: steps[name].ravel() for name in names}
    seen: list[str] = []
    for name in names:
        norm = np.linalg.norm(flat[name])
        for other in seen:
            if np.linalg.norm(flat[name] - flat[other]) < 0.01 * norm:
                yield Finding(
                    "warning", f"{name} and {other} are the same shape", "one of them is a copy: make it anew"
                )
        seen.append(name)
    far = [name for name in names if np.linalg.norm(steps[name], axis=1).max() > 0.12]
    if far:
        yield Finding(
            "warning", f"more than 12 cm are moved by {_listed(far)}", "the displacements are on another scale"
        )


def _listed(names: list[str]) -> str:
    return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")


def _lips(rig: ShapeRig) -> Iterator[Finding]:
    upper, lower = rig.inner_lip
    rest = rig.rest.numpy()
    gap = 1000 * float(np.linalg.norm(rest[upper] - rest[lower]))
    if gap > 3:
        yield Finding("warning", f"the lips are {gap:.1f} mm apart at rest", "model the neutral with closed lips")
    elif gap > 1:
        yield Finding("note", f"the lips are {gap:.1f} mm apart at rest", "m, b and p need mouthClose or mouthPress")
    steps = _steps(rig)
    jaw, close = steps.get("jawOpen"), steps.get("mouthClose")
    if jaw is None:
        return
    opened = 1000 * float((rest[upper] + jaw[upper] - rest[lower] - jaw[lower])[1])
    if opened < 3:
        yield Finding("error", f"jawOpen opens the mouth by {opened:.1f} mm only", "check inner_lip in [mouth]")
    elif close is not None:
        closed = 1000 * float((rest + jaw + close)[upper, 1] - (rest + jaw + close)[lower, 1])
        if abs(closed) > max(0.15 * opened, gap + 1.0):
            state = f"leave {closed:.1f} mm between" if closed > 0 else f"push {-closed:.1f} mm into each other"
            yield Finding(
                "warning",
                f"jawOpen and mouthClose together {state} the lips that jawOpen parts by {opened:.1f} mm",
                "shape mouthClose so that it undoes jawOpen at the lips",
            )


_LOOKS: tuple[Callable[[ShapeRig], Iterator[Finding]], ...] = (_topology, _scale, _sides, _shapes, _lips)
