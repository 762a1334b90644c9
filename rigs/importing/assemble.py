"""From what a file holds to a rig that controls move."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar.controls import Control, ControlSpace
from avatar.rigs.importing.eyeballs import find_balls, measure_turns
from avatar.rigs.importing.frame import Frame, find_frame
from avatar.rigs.importing.mouth import Mouth, find_mouth
from avatar.rigs.importing.names import Match, key_of, match_names
from avatar.rigs.importing.neck import find_turn, still_patches
from avatar.rigs.importing.overrides import Overrides
from avatar.rigs.importing.paint import is_hidden, is_skin, paint
from avatar.rigs.importing.source import Floats, Integers, Source
from avatar.rigs.importing.teeth import upper_teeth_edge
from avatar.rigs.rig_data import NO_IDENTITY, Eyeballs, HeadTurn, RigData
from avatar.spaces import SPACES

_GUESSED_SPACES = ("arkit", "metahuman", "oculus", "vrm")


@dataclass(frozen=True, eq=False)
class Imported:
    """A rig and how it came about.

    Args:
        data: the rig.
        matches: what became of each shape of the file.
        notes: what was found, assumed or mended, for people.
    """

    data: RigData
    matches: tuple[Match, ...]
    notes: tuple[str, ...]


def assemble(source: Source, overrides: Overrides, *, space: str | None = None) -> Imported:
    """Match names, find units, axes, eyes and mouth, and put all of it together.

    Args:
        source: what the file holds.
        overrides: the user's own word.
        space: a name in `avatar.spaces.SPACES`; the one that most shapes are named after when left out.

    Raises:
        KeyError: a name in the overrides is unknown.
        ValueError: no shape is a control, or something cannot be found.
    """
    chosen = _space_named(space) if space else _likely_space(source, overrides)
    matches = match_names(tuple(source.shapes), chosen, overrides.names)
    if not any(match.controls for match in matches):
        raise ValueError(
            f"none of the {len(matches)} shapes is a control of {chosen.name} by its name "
            f"({', '.join(match.shape for match in matches[:6])} ...); name them in [names] of a TOML, given by --map"
        )
    keys = {name: key_of(name)[0] for name in source.shapes}
    keys |= {match.shape: key_of(match.controls[0])[0] for match in matches if match.controls}
    frame = find_frame(source, keys, scale=overrides.scale, up=overrides.up, front=overrides.front)
    body = _Body.of(source, frame, overrides)
    shapes = dict(_shapes(source, frame, matches, body.vertices))
    if overrides.swap_sides:
        shapes = _swapped(shapes, chosen)
    if overrides.extras == "keep":
        chosen, shapes = _with_extras(chosen, shapes, source, frame, matches)
    mouth = find_mouth(
        body.vertices,
        body.skin,
        shapes,
        landmarks=body.landmarks,
        inner_lip=overrides.inner_lip,
        corners=overrides.corners,
    )
    eyes = _eyeballs(source, frame, body, shapes, chosen)
    turn = _head_turn(source, frame, body, shapes, mouth)
    regions = dict(mouth.regions) | still_patches(body.vertices, shapes)
    teeth = body.of_parts("teeth", "tooth")
    regions |= upper_teeth_edge(body.vertices, teeth, shapes, float(body.vertices[mouth.inner_lip[0], 0]))
    if eyes is not None:
        regions |= {"left_eye": eyes.vertices[0], "right_eye": eyes.vertices[1]}
    if not (overrides.inner_lip or overrides.corners or body.landmarks is not None):
        how = "found by what the shapes move"
    else:
        how = "by the points given"
    notes = (*source.notes, *frame.notes, *body.notes, f"the mouth is {how}", _eye_note(eyes), _turn_note(turn))
    return Imported(
        RigData(
            space=chosen,
            rest=body.vertices,
            shapes=_stacked(chosen, shapes, len(body.vertices)),
            faces=body.faces,
            inner_lip=mouth.inner_lip,
            mouth_corners=mouth.corners,
            parts=body.parts,
            face_parts=body.face_parts,
            vertex_colours=paint(body.colours, body.faces, body.parts, body.face_parts, _lips(mouth, body)),
            regions=regions | dict(overrides.regions),
            landmarks=np.zeros(0, np.int64) if body.landmarks is None else body.landmarks,
            identity_space=_identity_space(source),
            identities=np.stack([frame.places(step) for step in source.identities.values()])
            if source.identities
            else None,
            head_turn=turn,
            eyeballs=eyes,
            notes={"import": "; ".join(note for note in notes if note)},
        ),
        tuple(matches),
        tuple(note for note in notes if note),
    )


@dataclass(frozen=True, eq=False)
class _Body:
    """The mesh in its right place, without what is not drawn."""

    vertices: Floats
    faces: Integers
    parts: tuple[str, ...]
    face_parts: Integers
    colours: Floats
    skin: NDArray[np.bool_]
    shells: NDArray[np.bool_]
    landmarks: Integers | None
    notes: tuple[str, ...]

    @classmethod
    def of(cls, source: Source, frame: Frame, overrides: Overrides) -> "_Body":
        assert source.face_parts is not None
        assert source.colours is not None
        vertices = frame.places(source.vertices)
        names = tuple(overrides.parts.get(part, part) for part in source.parts)
        unknown = [part for part in (*overrides.parts, *overrides.hide) if part not in (*source.parts, *names)]
        if unknown:
            raise KeyError(f"the file has no part {unknown[0]!r}; it has {', '.join(source.parts)}")
        parts = tuple(dict.fromkeys(names))
        owner = np.array([parts.index(name) for name in names])[source.face_parts]
        gone = [index for index, part in enumerate(parts) if part in overrides.hide or is_hidden(part)]
        shells = np.zeros(len(vertices), bool)
        shells[np.unique(source.faces[np.isin(owner, gone)])] = True
        corners = source.faces
        degenerate = (corners == np.roll(corners, 1, axis=1)).any(1)
        kept = ~np.isin(owner, gone) & ~degenerate
        if not kept.any():
            raise ValueError("nothing is left to draw: all parts are hidden; change hide in the TOML")
        faces, owner, notes = corners[kept], owner[kept], []
        if gone:
            notes.append(f"not drawn: {', '.join(parts[index] for index in gone)}")
        if degenerate.any():
            notes.append(f"{degenerate.sum()} triangles with a corner twice were left out")
        if _is_inside_out(vertices, faces):
            faces = faces[:, ::-1].copy()
            notes.append("triangles were turned round, they faced inwards")
        skin = np.zeros(len(vertices), bool)
        names_skin = [index for index, part in enumerate(parts) if is_skin(part) and index not in gone]
        skin[np.unique(faces[np.isin(owner, names_skin)])] = True
        if not skin.any():
            skin[np.unique(faces)] = True
        landmarks = source.landmarks if overrides.landmarks is None else overrides.landmarks
        return cls(vertices, faces, parts, owner, source.colours, skin, shells, landmarks, tuple(notes))

    def of_parts(self, *words: str) -> NDArray[np.bool_]:
        """Vertices [V] of the parts whose names hold one of the words."""
        chosen = [index for index, part in enumerate(self.parts) if any(word in part.lower() for word in words)]
        found = np.zeros(len(self.vertices), bool)
        found[np.unique(self.faces[np.isin(self.face_parts, chosen)])] = True
        return found


def _is_inside_out(vertices: Floats, faces: Integers) -> bool:
    """Whether most of the area faces the middle of the head."""
    corners = (vertices - 0.5 * (vertices.min(0) + vertices.max(0)))[faces].astype(np.float64)
    volume = np.einsum("fi,fi->f", corners[:, 0], np.cross(corners[:, 1], corners[:, 2]))
    return float(volume.sum()) < 0


def _space_named(name: str) -> ControlSpace:
    if name not in SPACES:
        raise ValueError(f"space must be one of {', '.join(SPACES)}, got {name!r}")
    return SPACES[name]


def _likely_space(source: Source, overrides: Overrides) -> ControlSpace:
    """The space that most shapes are named after; ARKit's in doubt."""
    keys = {key_of(overrides.names.get(name, name) or name) for name in source.shapes}
    counts = {name: len(keys & {key_of(other) for other in SPACES[name].names}) for name in _GUESSED_SPACES}
    return SPACES[max(counts, key=lambda name: (counts[name], -_GUESSED_SPACES.index(name)))]


def _shapes(
    source: Source, frame: Frame, matches: Sequence[Match], vertices: Floats
) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Displacements in metres by control."""
    found: dict[str, NDArray[np.float32]] = {}
    for match in matches:
        step = frame.places(source.shapes[match.shape])
        if match.how == "both sides":
            left = _smooth_side(vertices)[:, None]
            found[match.controls[0]], found[match.controls[1]] = left * step, (1 - left) * step
        elif match.controls:
            found[match.controls[0]] = found.get(match.controls[0], np.float32(0)) + step
    yield from found.items()


def _smooth_side(vertices: Floats) -> NDArray[np.float32]:
    """1 on the subject's left, 0 on the right, with a smooth step of 2 cm between."""
    share = np.clip(vertices[:, 0] / 0.02 + 0.5, 0, 1)
    return np.asarray(share * share * (3 - 2 * share), np.float32)


def _swapped(shapes: Mapping[str, NDArray[np.float32]], space: ControlSpace) -> dict[str, NDArray[np.float32]]:
    mirror = {"Left": "Right", "Right": "Left"}

    def other(name: str) -> str:
        for side, opposite in mirror.items():
            if name.endswith(side) and name.removesuffix(side) + opposite in space:
                return name.removesuffix(side) + opposite
        return name

    return {other(name): step for name, step in shapes.items()}


def _with_extras(
    space: ControlSpace,
    shapes: dict[str, NDArray[np.float32]],
    source: Source,
    frame: Frame,
    matches: Sequence[Match],
) -> tuple[ControlSpace, dict[str, NDArray[np.float32]]]:
    extra = [match.shape for match in matches if match.how == "no control"]
    if not extra:
        return space, shapes
    whole = ControlSpace(f"{space.name} and {len(extra)} more", (*space.controls, *map(Control, extra)))
    return whole, shapes | {name: frame.places(source.shapes[name]) for name in extra}


def _stacked(space: ControlSpace, shapes: Mapping[str, NDArray[np.float32]], count: int) -> NDArray[np.float32]:
    out = np.zeros((len(space), count, 3), np.float32)
    for name, step in shapes.items():
        out[space.index(name)] = step
    return out


def _eyeballs(
    source: Source, frame: Frame, body: _Body, shapes: Mapping[str, NDArray[np.float32]], space: ControlSpace
) -> Eyeballs | None:
    if source.joints is not None and source.joints.eyes is not None:
        (left, left_place), (right, right_place) = source.joints.eyes
        balls, centres = (left, right), frame.places(np.stack([left_place, right_place]))
        if centres[0, 0] < centres[1, 0]:
            balls, centres = (right, left), centres[::-1].copy()
    else:
        found = find_balls(body.vertices, body.faces, body.shells)
        if found is None:
            return None
        balls, centres = found
    return measure_turns(space, body.vertices, shapes, balls, centres)


def _head_turn(
    source: Source, frame: Frame, body: _Body, shapes: Mapping[str, NDArray[np.float32]], mouth: Mouth
) -> HeadTurn:
    if source.joints is not None:
        return HeadTurn(frame.places(source.joints.head_place), source.joints.head_share.astype(np.float32))
    return find_turn(body.vertices, shapes, mouth.inner_lip)


def _lips(mouth: Mouth, body: _Body) -> Integers:
    return mouth.regions.get("lips", np.zeros(0, np.int64))


def _identity_space(source: Source) -> ControlSpace:
    if not source.identities:
        return NO_IDENTITY
    return ControlSpace("identity", tuple(Control(name, "signed weight", -3.0, 3.0) for name in source.identities))


def _eye_note(eyes: Eyeballs | None) -> str:
    if eyes is None:
        return "no eyeballs found: the eyes look by their shapes alone"
    return f"eyeballs of {len(eyes.vertices[0])} and {len(eyes.vertices[1])} vertices turn rigidly"


def _turn_note(turn: HeadTurn) -> str:
    x, y, z = (1000 * turn.pivot).round().astype(int)
    return f"the head turns about ({x}, {y}, {z}) mm"
