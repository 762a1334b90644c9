"""Puts the head together: every part at rest, and what every shape and identity axis does to it."""

from dataclasses import dataclass

import numpy as np

from avatar.controls import ARKIT_SHAPES
from avatar.rigs.bake import brows, eyes, hair, lashes, paint, skin, teeth
from avatar.rigs.bake.axes import Axis, average, local_axes, macro_axes
from avatar.rigs.bake.rings import Quads, rings
from avatar.rigs.bake.source import Floats, Integers, Source
from avatar.rigs.bake.surface import Part, Surface

EAR_MIDDLE = np.array([0.0, 0.720, 0.045])
"""The head's origin in the source: between the ears."""

TONGUE_FLATTENING = 0.4
"""By which share of its height the tongue flattens when the jaw opens wide, so that it doesn't fill the mouth."""

_VERMILION_SEEDS = (455, 466, 467, 509, 468, 474, 520, 537)
"""The source's vertices on the middle line of the upper lip, from its border inwards."""

LID_MARGIN_SEEDS = {"left": (7748, 13352, 6785), "right": (1056, 6756, 1)}
"""The source's vertices over the pupils whose rings are the lids' margins, from the ball outwards."""


@dataclass(frozen=True)
class Draft:
    """The head before mending; P parts, V vertices, S shapes, I identity axes.

    Args:
        parts: names of the parts, in order of their vertices.
        part_of: part of each vertex [V].
        rest: average at rest [V, 3], metres, origin between the ears.
        faces: triangles [F, 3].
        face_parts: part of each triangle [F].
        corner_uv: texture coordinates [F, 3, 2].
        colours: linear RGB [V, 3].
        shapes: displacement of the 52 shapes [S, V, 3].
        identity: displacement of the identity axes [I, V, 3].
        axes: the identity axes.
        eye_centres: left and right eyeball's centre [2, 3].
        source_indices: vertex of the source that a vertex equals, else -1 [V].
        lip_rings: rings of vertices around the lips, from the vermilion border inwards.
        lid_margins: rings of vertices on the margins of the left and the right eye's lids, from the ball outwards.
        labels: body part of each skin triangle, "" elsewhere [F].
    """

    parts: tuple[str, ...]
    part_of: Integers
    rest: Floats
    faces: Integers
    face_parts: Integers
    corner_uv: Floats
    colours: Floats
    shapes: Floats
    identity: Floats
    axes: tuple[Axis, ...]
    eye_centres: Floats
    source_indices: Integers
    lip_rings: list[Integers]
    lid_margins: dict[str, list[Integers]]
    labels: np.ndarray


def assemble(source: Source) -> Draft:
    """Build all parts and carry shapes and identity over to them."""
    middle = average(source)
    neutral = source.vertices + middle - EAR_MIDDLE
    left_eye, left_centre = eyes.build(source, neutral, "helper-l-eye", "left_eye")
    right_eye, right_centre = eyes.build(source, neutral, "helper-r-eye", "right_eye")
    ears, quads = hair.ears(source), Quads(source)
    cut = skin.cut(source, neutral, (left_centre, right_centre), ears)
    lip_rings = rings(quads, cut.skin.source_indices(), neutral, _VERMILION_SEEDS)
    shirt = _surface_part("shirt", cut.shirt, neutral, lift=skin.lift_shirt(cut.shirt, neutral))
    parts = [
        _skin(cut, neutral, ears, lip_rings),
        shirt,
        left_eye,
        right_eye,
        teeth.build(source, neutral, teeth.UPPER),
        teeth.build(source, neutral, teeth.LOWER),
        _group_part(source, neutral, "tongue", ("helper-tongue",)),
        _lashes(source, neutral, [quads.ring(seeds[-1], neutral) for seeds in LID_MARGIN_SEEDS.values()]),
        brows.build(cut.skin, neutral, float(left_centre[1])),
        _hair(cut.hair, neutral, ears),
    ]
    axes = _aligned(macro_axes(source), source) + local_axes(source)
    counts = [len(part.rest) for part in parts]
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    indices = np.full(sum(counts), -1, np.int64)
    indices[: counts[0]] = cut.skin.source_indices()
    rest = np.concatenate([part.rest for part in parts])
    faces = np.concatenate([part.faces + start for part, start in zip(parts, starts, strict=True)])
    return Draft(
        parts=tuple(part.name for part in parts),
        part_of=np.repeat(np.arange(len(parts)), counts),
        rest=rest,
        faces=faces,
        face_parts=np.repeat(np.arange(len(parts)), [len(part.faces) for part in parts]),
        corner_uv=np.concatenate([part.corner_uv for part in parts]),
        colours=np.concatenate([part.colours for part in parts]),
        shapes=np.stack([_shape(source, parts, name) for name in ARKIT_SHAPES]),
        identity=np.stack([np.concatenate([part.displace(axis.displacement) for part in parts]) for axis in axes]),
        axes=tuple(axes),
        eye_centres=np.stack([left_centre, right_centre]),
        source_indices=indices,
        lip_rings=lip_rings,
        lid_margins={
            side: rings(quads, cut.skin.source_indices(), neutral, seeds) for side, seeds in LID_MARGIN_SEEDS.items()
        },
        labels=np.concatenate([cut.labels, np.full(len(faces) - len(cut.labels), "")]),
    )


def _shape(source: Source, parts: list[Part], name: str) -> Floats:
    displacement = source.shape(name)
    pieces = [part.displace(displacement) for part in parts]
    for k, part in enumerate(parts):
        # Eyeballs turn instead, and only the jaw moves teeth.
        if part.name.endswith("_eye") or (part.name.endswith("_teeth") and not name.startswith("jaw")):
            pieces[k] = np.zeros_like(pieces[k])
        if part.name == "tongue" and name == "jawOpen":
            floor = part.rest[:, 1].min()
            pieces[k][:, 1] -= TONGUE_FLATTENING * (part.rest[:, 1] - floor)
    return np.concatenate(pieces)


def _aligned(axes: list[Axis], source: Source) -> list[Axis]:
    """Take body height out of the macro axes: the middle of the head stays where it is."""
    faces, corners = source.triangles("body")
    head = np.unique(faces[source.labels(corners) == "head"])
    return [
        Axis(axis.name, axis.displacement - axis.displacement[head].mean(0), axis.minimum, axis.spread) for axis in axes
    ]


def _surface_part(name: str, surface: Surface, neutral: Floats, lift: Floats | float = 0.0) -> Part:
    rest = surface.points(neutral) + lift
    return Part(name, rest, surface.faces, surface.corner_uv, surface.points, paint.plain(name, len(rest)))


def _group_part(source: Source, neutral: Floats, name: str, groups: tuple[str, ...]) -> Part:
    return _surface_part(name, _groups(source, groups), neutral)


def _groups(source: Source, groups: tuple[str, ...]) -> Surface:
    pairs = [source.triangles(group) for group in groups]
    faces, corners = (np.concatenate([pair[k] for pair in pairs]) for k in range(2))
    return Surface.of(len(source.vertices), faces, source.texture_points[corners])


def _lashes(source: Source, neutral: Floats, margins: list[Integers]) -> Part:
    cards = _groups(source, tuple(f"helper-{side}-eyelashes-{row}" for side in "lr" for row in (1, 2)))
    return _surface_part("lashes", lashes.shorten(cards, margins, neutral), neutral)


def _skin(cut: skin.Skins, neutral: Floats, ears: Floats, lip_rings: list[Integers]) -> Part:
    points, surface = cut.skin.points(neutral), cut.skin
    lined = {}
    for kind in ("mouth_cavity", "eye_cavity", "head"):
        of_kind = np.char.startswith(cut.labels.astype(str), kind)
        lined[kind] = np.isin(np.arange(len(points)), surface.faces[of_kind])
    above = hair.above_hairline(points, surface.weights @ ears)
    inside = [lined[kind] & ~lined["head"] for kind in ("mouth_cavity", "eye_cavity")]
    colours = paint.skin(points, lip_rings, inside[0], inside[1], above)
    return Part("skin", points, surface.faces, surface.corner_uv, surface.points, colours)


def _hair(scalp: Surface, neutral: Floats, ears: Floats) -> Part:
    above = hair.above_hairline(scalp.points(neutral), scalp.weights @ ears)
    return _surface_part("hair", scalp, neutral, lift=hair.lift(scalp, neutral, above))
