import json
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avatar.animation import Animation
from avatar.export import export, load_animation
from avatar.spaces import VRM

GAZE = (("lookUp", "lookDown"), ("lookLeft", "lookRight"))


@settings(deadline=None, max_examples=15)
@given(fps=st.sampled_from([24.0, 30.0, 60.0]), frames=st.integers(2, 20), seed=st.integers(0, 99))
def test_expressions_and_gaze_come_back(fps, frames, seed, tmp_path_factory):
    weights = np.random.default_rng(seed).uniform(0, 1, (frames, len(VRM)))
    for one, other in GAZE:  # eyes look one way at a time
        weights[::2, VRM.index(one)] = weights[1::2, VRM.index(other)] = 0
    path = tmp_path_factory.mktemp("vrma") / "a.vrma"
    export(Animation(VRM, weights, fps), path)
    back = load_animation(path)
    assert (back.space, back.fps) == (VRM, fps)
    np.testing.assert_allclose(back.weights, weights, atol=1e-5)


def document(path):
    content = path.read_bytes()
    (size,) = struct.unpack_from("<I", content, 12)
    return json.loads(content[20 : 20 + size])


def test_it_is_as_the_specification_says(lively, tmp_path):
    export(lively, tmp_path / "a.vrma")
    found = document(tmp_path / "a.vrma")
    extension = found["extensions"]["VRMC_vrm_animation"]
    assert found["extensionsUsed"] == ["VRMC_vrm_animation"] and extension["specVersion"] == "1.0"
    # Gaze is said by lookAt alone: the specification forbids look expressions here.
    assert set(extension["expressions"]["preset"]) == set(VRM.names) - {name for pair in GAZE for name in pair}
    paths = {channel["target"]["node"]: channel["target"]["path"] for channel in found["animations"][0]["channels"]}
    assert paths.pop(extension["lookAt"]["node"]) == "rotation" and set(paths.values()) == {"translation"}


def test_other_files_are_refused(lively, tmp_path):
    export(lively, tmp_path / "a.glb")
    (tmp_path / "a.glb").rename(tmp_path / "a.vrma")
    with pytest.raises(ValueError, match="is not a VRM animation: it lacks VRMC_vrm_animation"):
        load_animation(tmp_path / "a.vrma")
