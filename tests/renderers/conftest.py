"""Shapes that the renderer's tests draw."""

import numpy as np
import pytest


def ball(rows: int = 16, radius: float = 0.1):
    """A ball of triangles about the origin: vertices [V, 3] and faces [F, 3], counter-clockwise from outside."""
    polar, around = np.meshgrid(np.linspace(0, np.pi, rows), np.linspace(0, 2 * np.pi, rows + 1)[:-1], indexing="ij")
    vertices = np.stack([np.sin(polar) * np.sin(around), np.cos(polar), np.sin(polar) * np.cos(around)], -1)
    index = np.arange(rows * rows).reshape(rows, rows)
    a, b = index[:-1], np.roll(index, -1, 1)[:-1]
    c, d = index[1:], np.roll(index, -1, 1)[1:]
    faces = np.concatenate([np.stack([a, c, b], -1).reshape(-1, 3), np.stack([b, c, d], -1).reshape(-1, 3)])
    return radius * vertices.reshape(-1, 3), faces


@pytest.fixture(scope="session")
def ball_mesh():
    return ball()


@pytest.fixture(scope="session")
def fine_ball():
    return ball(rows=40)
