"""`avatar rig`: import, info, check, and wearing what was imported."""

import numpy as np
import pytest
from PIL import Image

from avatar import ARKIT, Animation
from avatar.export import export
from avatar.rigs.importing import read_source


@pytest.fixture(scope="module")
def glb(tmp_path_factory):
    path = tmp_path_factory.mktemp("heads") / "head.glb"
    export(Animation(ARKIT, ARKIT.neutral[None], 30), path)
    return path


@pytest.fixture
def rig(run, glb, tmp_path):
    path = tmp_path / "my.safetensors"
    assert run("rig", "import", glb, "-o", path)[0] == 0
    return path


def test_import_says_what_it_found(run, glb, tmp_path):
    code, out, _ = run("rig", "import", glb, "-o", tmp_path / "my.safetensors")
    assert code == 0
    for said in ("the unit is taken for metres", "+y is up and the face looks along +z", "52 of 52 shapes are ARKit"):
        assert said in out


def test_import_says_at_once_what_every_clip_would_show(run, glb, tmp_path):
    """A mirrored head, as from a program whose x points the other way: the cure is said, and works."""
    source = read_source(glb)
    mirror = np.array([-1.0, 1.0, 1.0])
    np.savez(
        tmp_path / "mirrored.npz",
        vertices=source.vertices * mirror,
        faces=source.faces,
        names=list(source.shapes),
        shapes=np.stack(list(source.shapes.values())) * mirror,
    )
    (tmp_path / "cure.toml").write_text("swap_sides = true\n")
    words = ("rig", "import", tmp_path / "mirrored.npz", "-o", tmp_path / "a.safetensors")
    _, out, _ = run(*words)
    assert "triangles were turned round" in out
    assert "error: left and right are swapped in all 36 shapes with sides; set swap_sides = true" in out
    code, out, _ = run(*words, "--map", tmp_path / "cure.toml")
    assert code == 0
    assert "error" not in out


def test_what_is_given_is_used(run, glb, tmp_path):
    (tmp_path / "names.toml").write_text('[names]\ncheekPuff = ""\n')
    code, out, _ = run(
        "rig", "import", glb, "-o", tmp_path / "a.safetensors", "--map", tmp_path / "names.toml", "--scale", "0.5",
        "--up=+y", "--front", "+z",
    )  # fmt: skip
    assert code == 0
    assert "a unit is 0.5 m (given)" in out
    assert "(given)" in out
    assert "without a shape: cheekPuff" in out


def test_info(run, rig):
    code, out, _ = run("rig", "info", rig)
    assert code == 0
    assert "61 of ARKit" in out
    assert "upper_teeth" in out
    assert run("rig", "info", "built-in")[0] == 0


def test_check_draws_a_sheet(run, rig, tmp_path):
    code, out, _ = run("rig", "check", rig, "-o", tmp_path / "sheet.png")
    assert code == 0
    assert all(line.split(":")[0] in ("warning", "note") for line in out.splitlines()[:-1])
    sheet = np.asarray(Image.open(tmp_path / "sheet.png"))
    assert sheet.shape[0] >= 320 * 4


def test_animate_wears_it(run, rig, talk, tmp_path):
    code, _, err = run("animate", talk, "--rig", rig, "-o", tmp_path / "a.mp4", "--size", "64", "--fps", "10")
    assert code == 0, err
    assert (tmp_path / "a.mp4").stat().st_size > 1000


def test_animate_wears_a_glb_as_it_is(run, glb, talk, tmp_path):
    code, _, err = run("animate", talk, "--rig", glb, "-o", tmp_path / "a.png", "--size", "64", "--at", "0.5")
    assert code == 0, err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("rig", "import", "nothing.glb", "-o", "a.safetensors"), "no such file or folder: nothing.glb"),
        (("rig", "import", "x.glb", "-o", "a.npz"), "-o must be a .safetensors file"),
        (("rig", "check", "built-in"), "must be a rig of shapes"),
        (("rig", "info", "nothing.safetensors"), "no rig at nothing.safetensors"),
        (("rig", "check", "x.safetensors", "-o", "a.jpg"), "-o must be a .png file"),
        (("animate", "talk.wav", "--rig", "gone.glb", "-o", "a.png"), "no rig at gone.glb"),
    ],
)
def test_errors(run, talk, tmp_path, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    code, _, err = run(*words)
    assert code == 2
    assert message in err


def test_drawn_people_are_the_built_in_heads(run, rig, talk, tmp_path):
    code, _, err = run("animate", talk, "--rig", rig, "--identity", "3", "-o", tmp_path / "a.png")
    assert code == 2
    assert "people are drawn for the built-in head only" in err


def test_a_pickle_that_would_run_code_is_refused(run, tmp_path):
    (tmp_path / "flame.pkl").write_bytes(b'cos\nsystem\n(S"touch %s"\ntR.' % str(tmp_path / "harm").encode())
    before = sorted(tmp_path.iterdir())
    code, _, err = run("rig", "import", tmp_path / "flame.pkl", "-o", tmp_path / "a.safetensors")
    assert code == 2
    assert "os.system" in err
    assert sorted(tmp_path.iterdir()) == before
