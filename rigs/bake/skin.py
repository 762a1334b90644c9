"""Skin with neck and shoulders, the shirt that ends them, and the scalp under the hair."""

from dataclasses import dataclass

import numpy as np

from avatar.rigs.bake import hair
from avatar.rigs.bake.source import Floats, Integers, Source
from avatar.rigs.bake.surface import Surface, normals

SHIRT_THICKNESS = 0.0025


@dataclass(frozen=True)
class Skins:
    """The surfaces cut from the source's body.

    Args:
        skin: head, eye sockets, mouth cavity, neck.
        labels: body part of each skin triangle [F].
        shirt: what lies under the neckline.
        hair: the scalp above the hairline.
    """

    skin: Surface
    labels: np.ndarray
    shirt: Surface
    hair: Surface


def _texture(source: Source, corners: Integers) -> Floats:
    return np.asarray(source.texture_points[corners])


def cut(source: Source, average: Floats, eye_centres: tuple[Floats, Floats], ears: Floats) -> Skins:
    """Cut head and bust out of the body.

    Args:
        source: the source.
        average: vertices of the average in the head's frame [N, 3].
        eye_centres: centre of the left and the right eyeball [3].
        ears: how much each vertex belongs to an ear [N].
    """
    faces, corners = source.triangles("body")
    labels = source.labels(corners)
    middle = average[faces].mean(1)
    bust = (labels == "body") & (middle[:, 1] > -0.31) & (np.abs(middle[:, 0]) < 0.25)
    keep = np.isin(labels, ["head", "mouth_cavity"]) | bust
    for side, centre in zip("LR", eye_centres, strict=True):
        # The back of a socket is never seen: the eyeball is in front of it.
        keep |= (labels == f"eye_cavity.{side}") & (average[faces][:, :, 2].max(1) > centre[2] - 0.002)
    body = Surface.of(len(average), faces[keep], _texture(source, corners[keep]))
    bust_side, _ = body.split(_bust(body.points(average)))
    upper, shirt = bust_side.split(_neckline(bust_side.points(average)))
    scalp, skin = upper.split(hair.above_hairline(upper.points(average), upper.weights @ ears))
    return Skins(skin, _labels_of(skin, faces[keep], labels[keep]), shirt, scalp)


def _labels_of(surface: Surface, faces: Integers, labels: np.ndarray) -> np.ndarray:
    """Labels of a cut surface's triangles: those of the source triangle, "body" where one was cut."""
    known = {tuple(sorted(face)): label for face, label in zip(faces.tolist(), labels.tolist(), strict=True)}
    origin = surface.source_indices()[surface.faces]
    return np.array([known.get(tuple(sorted(face)), "body") for face in origin.tolist()])


def _bust(points: Floats) -> Floats:
    """Positive inside the bust: everything above the shoulders, an ellipse below."""
    x, y = points[:, 0], points[:, 1]
    return np.asarray(np.where(y > -0.14, 1.0, 1 - (x / 0.165) ** 2 - ((y + 0.14) / 0.115) ** 2))


def _neckline(points: Floats) -> Floats:
    """Positive above the neckline, a trough that falls to the front and rises to the sides."""
    x, y, z = points.T
    return np.asarray(y + 0.162 + 0.35 * (z + 0.01) - 7.5 * x * x)


def lift_shirt(shirt: Surface, average: Floats) -> Floats:
    """How far each vertex of the shirt stands off the body [V, 3]."""
    return SHIRT_THICKNESS * normals(shirt.points(average), shirt.faces)
