"""Fit a face at small sizes, and look at what the example writes."""

import importlib
import sys

import av
import numpy as np
import pytest
import torch
from PIL import Image

from avatar.rigs import BuiltInHead


@pytest.fixture(scope="module")
def fit_face(checkout):
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(checkout / "examples")
        yield importlib.import_module("fit_face")
    sys.modules.pop("fit_face")
    sys.modules.pop("fit_pictures", None)


@pytest.fixture(scope="module")
def model(fit_face):
    return fit_face.FaceModel(BuiltInHead.load())


def test_descent_finds_pose_identity_and_expression(fit_face, model):
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        scene = fit_face.Scene.drawn(model, 0)
        steps = list(fit_face.descend(model, scene, (fit_face.Stage(32, 4, 25), fit_face.Stage(64, 2, 20))))
    finally:
        torch.set_num_threads(threads)
    assert steps[0].error > 10.0
    assert steps[-1].error < 0.1 * steps[0].error
    for step in steps:
        assert (step.x >= model.low).all() and (step.x <= model.high).all()


def test_start_is_20_degrees_away_and_another_face(fit_face, model):
    scene = fit_face.Scene.drawn(model, 3)
    expression, identity, rotation, _, _ = (scene.truth - scene.start).split(model.counts)
    assert float(rotation.norm()) == pytest.approx(np.radians(20), rel=1e-5)
    assert expression.abs().max() > 0.2
    assert identity.abs().max() > 0.2


def test_film_and_summary_show_every_step(fit_face, model, tmp_path):
    pictures = importlib.import_module("fit_pictures")
    scene = fit_face.Scene.drawn(model, 1)
    steps = list(fit_face.descend(model, scene, (fit_face.Stage(16, 1, 2),)))
    pictures.film(model, scene, steps, tmp_path / "fit.mp4")
    pictures.summary(model, scene, steps, tmp_path / "fit.png")
    with av.open(str(tmp_path / "fit.mp4")) as film:
        shown = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
    assert len(shown) == len(steps) + 2 * pictures.FPS
    target, current = shown[0][:200, :256].astype(int), shown[0][:200, 256:512].astype(int)
    assert np.abs(target - current).mean() > 5.0
    with Image.open(tmp_path / "fit.png") as summary:
        assert summary.size == (3 * 256 + 440, 2 * 256)
