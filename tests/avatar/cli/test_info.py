import struct

import numpy as np
import pytest

from avatar.animation import Animation
from avatar.controls import ARKIT
from avatar.export import export


def test_of_the_install(run):
    code, out, _ = run("info")
    assert code == 0
    for word in ("avatar: ", "Apache-2.0", "torch", "vertices, 61 controls", ".csv, ", ".glb, ", ".mov, .mp4, "):
        assert word in out


@pytest.mark.parametrize("extension", ["csv", "npz"])
def test_of_curves(run, tmp_path, extension):
    animation = Animation.from_curves(ARKIT, {"jawOpen": np.linspace(0, 1.5, 90), "mouthClose": 0.2 * np.ones(90)}, 30)
    export(animation, tmp_path / f"a.{extension}")
    code, out, _ = run("info", tmp_path / f"a.{extension}")
    assert code == 0
    assert "90 at 30 fps" in out and "3.000 s" in out
    assert "moves most:  jawOpen 1.50\n" in out and "out of range: jawOpen 0.00..1.50" in out


def test_of_a_glb(run, tmp_path):
    export(Animation(ARKIT, np.zeros((31, 61)), 30), tmp_path / "a.glb")
    code, out, _ = run("info", tmp_path / "a.glb")
    assert code == 0
    assert "52 morph targets" in out and "Speech, 4 channels, 1.000 s" in out
    (tmp_path / "b.glb").write_bytes((tmp_path / "a.glb").read_bytes()[:5000])
    code, _, err = run("info", tmp_path / "b.glb")
    assert code == 2 and "b.glb is not a GLB file" in err


@pytest.mark.parametrize("document", [b"{}  ", b"[]  ", b'{"asset": {}, "meshes": [{}]}   '])
def test_of_a_glb_that_holds_no_gltf(run, tmp_path, document):
    header = struct.pack("<4sIII4s", b"glTF", 2, 20 + len(document), len(document), b"JSON")
    (tmp_path / "a.glb").write_bytes(header + document)
    code, out, err = run("info", tmp_path / "a.glb")
    assert (code, out) == (2, "") and "a.glb is not a GLB file: its JSON is not glTF" in err


def test_of_a_recording(run, write_sound, tone):
    sound = write_sound("a.wav", np.stack([tone(1.5, 44100)] * 2), 44100)
    code, out, _ = run("info", sound)
    assert code == 0
    assert "pcm_s16le, 2 channels, 44100 Hz" in out and "1.500 s" in out and "0.500 of full scale" in out


def test_of_what_is_none_of_these(run, tmp_path):
    (tmp_path / "a.txt").write_text("hello")
    assert run("info", tmp_path / "a.txt")[0] == 2
    code, _, err = run("info", tmp_path)
    assert code == 2 and "no such file, or a folder" in err
