"""Puts together vertices that files split along seams of texture or material, so that normals are smooth across."""

from dataclasses import replace

import numpy as np

from avatar.rigs.importing.source import Joints, Source


def weld(source: Source) -> Source:
    """Merge vertices that are at one place and move alike in every shape.

    Lips that touch stay apart, because shapes part them.
    """
    columns = [source.vertices, source.colours, *source.shapes.values(), *source.identities.values()]
    if source.joints is not None:
        columns.append(source.joints.head_share[:, None])
    rows = np.concatenate([np.asarray(column, np.float32) for column in columns], axis=1)
    # Exporters write one vertex twice bit by bit; -0 and 0 are one number.
    keys = np.ascontiguousarray(rows + np.float32(0)).view(np.dtype((np.void, rows.shape[1] * 4)))[:, 0]
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    if len(first) == len(rows):
        return source
    # Keep the file's order.
    order = np.argsort(first)
    kept = first[order]
    new = np.argsort(order)[inverse.ravel()]
    joints = source.joints
    if joints is not None:
        eyes = joints.eyes
        if eyes is not None:
            (left, left_place), (right, right_place) = eyes
            eyes = ((np.unique(new[left]), left_place), (np.unique(new[right]), right_place))
        joints = Joints(joints.head_share[kept], joints.head_place, eyes)
    assert source.colours is not None
    return replace(
        source,
        vertices=source.vertices[kept],
        faces=new[source.faces],
        shapes={name: shape[kept] for name, shape in source.shapes.items()},
        identities={name: shape[kept] for name, shape in source.identities.items()},
        colours=source.colours[kept],
        joints=joints,
        landmarks=None if source.landmarks is None else new[source.landmarks],
        notes=(*source.notes, f"{len(rows) - len(kept)} vertices on seams were put together"),
    )
