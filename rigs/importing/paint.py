"""Plain colours by what a part is called."""

import numpy as np
from numpy.typing import NDArray

from avatar.rigs.importing.source import Floats, Integers

_SKIN, _LIPS = (0.55, 0.32, 0.225), (0.44, 0.18, 0.14)
_BY_WORD = (
    (("brow", "lash"), (0.03, 0.02, 0.014)),
    (("hair", "beard"), (0.05, 0.03, 0.02)),
    (("eye", "sclera"), (0.72, 0.69, 0.66)),
    (("teeth", "tooth"), (0.66, 0.6, 0.5)),
    (("tongue", "gum", "cavity", "mouth"), (0.42, 0.13, 0.12)),
    (("skin", "head", "face", "body", "lip", "neck"), _SKIN),
    (("shirt", "cloth", "top", "outfit"), (0.035, 0.055, 0.085)),
)
_OTHER = (0.4, 0.37, 0.35)

HIDDEN = ("occlusion", "tear", "lacrimal", "fluid", "eye_blend", "eyeblend", "cornea", "lash_card")
"""Words in the names of what only a picture with alpha makes visible: shells over the eyes, cards of lashes."""


def is_hidden(part: str) -> bool:
    """Whether a part needs a picture with alpha by its name."""
    return any(word in part.lower() for word in HIDDEN)


def paint(
    given: Floats, faces: Integers, parts: tuple[str, ...], face_parts: Integers, lips: Integers
) -> NDArray[np.float32]:
    """Linear RGB [V, 3]: what the file says, plain by the parts' names elsewhere, with lips that are redder.

    Args:
        given: [V, 3], NaN where the file says nothing.
        faces: [F, 3].
        parts: names of the parts.
        face_parts: [F].
        lips: vertices of the lips.
    """
    colours = np.full(given.shape, _OTHER, np.float32)
    for index, part in enumerate(parts):
        colours[np.unique(faces[face_parts == index])] = colour_of(part)
    share = _softened(lips, faces, len(given))[:, None]
    colours = (1 - share) * colours + share * np.array(_LIPS)
    return np.where(np.isfinite(given), given, colours).astype(np.float32)


def _softened(rows: Integers, faces: Integers, count: int) -> NDArray[np.float64]:
    """1 at vertices [N] and 0 elsewhere [V], with an edge that is a few triangles wide."""
    share = np.zeros(count)
    share[rows] = 1.0
    corners = faces.ravel()
    uses = np.maximum(np.bincount(corners, minlength=count), 1)
    for _ in range(3):
        around = np.repeat(share[faces].mean(1), 3)
        share = np.bincount(corners, around, count) / uses
    return share


def colour_of(part: str) -> tuple[float, float, float]:
    """The linear RGB that a part's name suggests."""
    lower = part.lower()
    return next((colour for words, colour in _BY_WORD if any(word in lower for word in words)), _OTHER)


def is_skin(part: str) -> bool:
    """Whether lips may be on a part by its name."""
    return colour_of(part) in (_SKIN, _OTHER)
