"""`avatar evaluate`."""

import importlib.util
import json
import sys
import types

import numpy as np
import pytest
import torch

from avatar.animation import Animation
from avatar.articulation.model import articulate
from avatar.articulation.phone_files import write_phones
from avatar.articulation.phones import Phone
from avatar.controls import ARKIT
from avatar.export.formats import write
from avatar.export.head import shipped_head
from avatar.export.options import ExportOptions

PHONES = (
    Phone("SIL", 0.0, 0.3),
    Phone("M", 0.3, 0.4),
    Phone("AA", 0.4, 0.6),
    Phone("F", 0.6, 0.7),
    Phone("UW", 0.7, 0.9),
    Phone("SIL", 0.9, 1.2),
)
FPS = 30


@pytest.fixture
def truth(tmp_path):
    path = tmp_path / "truth.npz"
    articulate(PHONES, fps=FPS, duration=1.2).save(path)
    return path


@pytest.fixture
def jaw(tmp_path):
    """A jaw that follows nobody."""
    path = tmp_path / "jaw.csv"
    opening = 0.15 + 0.15 * np.sin(np.arange(36))
    write(
        Animation.from_curves(ARKIT, {"jawOpen": opening, "headYaw": np.linspace(0, 0.5, 36)}, FPS),
        str(path),
        ExportOptions(),
    )
    return path


@pytest.fixture
def phones(tmp_path):
    path = tmp_path / "phones.TextGrid"
    write_phones(PHONES, path)
    return path


@pytest.fixture
def vertices(truth, tmp_path):
    """What the truth does on the head, in millimetres, the head moved."""
    with torch.no_grad():
        found = shipped_head()(torch.from_numpy(Animation.load(truth).weights.copy())).numpy()
    path = tmp_path / "vertices.npy"
    np.save(path, (1000 * found + [5, 6, 7]).reshape(len(found), -1).astype(np.float32))
    return path


def together(text):
    return json.loads(text)["together"]


def test_systems_stand_beside_reference_and_loudness(run, jaw, truth, phones, write_sound, tone):
    sound = write_sound("talk.wav", tone(1.2))
    words = ["evaluate", jaw, truth, "--reference", truth, "--phones", phones, "--audio", sound]
    code, out, err = run(*words)
    assert code == 0, err
    heading = out.splitlines()[0].split()
    assert heading == ["jaw.csv", "truth.npz", "reference", "RMS", "log", "RMS"]
    assert "LVE: lips of the rig" in out and "p b m closed" in out
    code, out, _ = run(
        "evaluate", jaw, truth, "--reference", truth, "--phones", phones, "--audio", sound, "--json", "-"
    )
    found = together(out)
    assert found["truth.npz"]["opening_r0"] == pytest.approx(1) and found["jaw.csv"]["opening_r"] < 0.9
    assert found["truth.npz"]["lve_mm"] == 0 and found["jaw.csv"]["lve_mm"] > 1 and found["RMS"]["lve_mm"] > 1
    assert found["reference"]["closure"] == found["reference"]["at_teeth"] == 1
    assert found["jaw.csv"]["at_teeth"] == 0 and found["reference"]["opening_r0"] is None


def test_vertices_are_judged_as_the_curves_that_made_them(run, vertices, truth, phones):
    options = ["--reference", truth, "--phones", phones, "--vertex-fps", FPS, "--unit", 0.001, "--json", "-"]
    code, out, err = run("evaluate", vertices, *options)
    assert code == 0, err
    found = together(out)["vertices.npy"]
    assert found["opening_r0"] == pytest.approx(1, abs=1e-4) and found["lve_mm"] < 0.02
    assert found["closure"] == found["at_teeth"] == 1


def test_without_a_reference_phones_and_jitter_are_left(run, truth, phones, tmp_path):
    code, out, err = run("evaluate", truth, "--phones", phones, "--json", tmp_path / "numbers.json")
    assert code == 0, err
    assert "opening r" not in out and "jitter" in out and "100.0 %" in out
    assert together((tmp_path / "numbers.json").read_text())["truth.npz"]["closure"] == 1


def test_words_are_aligned_with_the_sound(run, truth, tmp_path, write_sound, tone, monkeypatch):
    heard = []

    def align(samples, text):
        heard.append((len(samples), text))
        return types.SimpleNamespace(phones=PHONES)

    monkeypatch.setattr("avatar.alignment.align", align)
    (tmp_path / "words.txt").write_text("muff")
    words = ["evaluate", truth, "--text", tmp_path / "words.txt"]
    code, _, err = run(*words)
    assert code == 2 and "can only be aligned with sound" in err
    code, out, err = run(*words, "--audio", write_sound("talk.wav", tone(1.2)), "--json", "-")
    assert code == 0, err
    assert heard == [(19200, "muff")] and together(out)["truth.npz"]["closure"] == 1


def test_recordings_pool(run, truth, tmp_path):
    for name in ("ours", "truth_of"):
        (tmp_path / name).mkdir()
        for take in "ab":
            Animation.load(truth).save(tmp_path / name / f"{take}.npz")
    code, out, err = run("evaluate", tmp_path / "ours", "--reference", tmp_path / "truth_of", "--each")
    assert code == 0, err
    assert "2 recordings together" in out and out.count("opening r at no lag") == 3


def test_masks_may_be_given(run, jaw, truth, tmp_path):
    lips = tmp_path / "lips.txt"
    lips.write_text("512,532\n540")
    code, out, err = run("evaluate", jaw, "--reference", truth, "--lips", lips)
    assert code == 0 and "LVE: lips.txt, 3 vertices" in out, err
    lips.write_text("512 900000")
    code, _, err = run("evaluate", jaw, "--reference", truth, "--lips", lips)
    assert code == 2 and "vertex numbers under 6589" in err


@pytest.mark.skipif(
    importlib.util.find_spec("matplotlib") is None, reason="needs matplotlib: pip install 'avatar[plot]'"
)
def test_plots_are_drawn(run, jaw, truth, phones, tmp_path, write_sound, tone):
    from PIL import Image

    sound = write_sound("talk.wav", tone(1.2))
    words = ["evaluate", jaw, "--reference", truth, "--phones", phones, "--audio", sound, "--curves", "jawOpen"]
    code, out, err = run(*words, "--plot", tmp_path / "pictures")
    assert code == 0 and "truth.png" in out, err
    picture = Image.open(tmp_path / "pictures" / "truth.png")
    assert picture.width > 900 and len(np.unique(np.asarray(picture.convert("RGB")).reshape(-1, 3), axis=0)) > 50
    code, _, err = run(*words[:-1], "smile", "--plot", tmp_path / "one.png")
    assert code == 2 and "no clip of truth has the control 'smile'" in err


def test_plots_name_what_they_need(run, truth, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    code, _, err = run("evaluate", truth, "--plot", tmp_path / "plot.png")
    assert code == 2 and "pip install 'avatar[plot]'" in err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--reference", "none.csv"), "no such reference: none.csv"),
        (("--fps", "0"), "--fps must be a number above 0"),
        (("--unit", "0"), "--unit must be metres above 0"),
        (("--plot", "x.gif"), "--plot must end in .png, .svg or .pdf"),
        (("--curves", "jawOpen"), "add --plot"),
        (("--phones", "a.lab", "--text", "a.txt"), "--phones or --text, not both"),
        (("--rig", "none.safetensors"), "no rig at none.safetensors"),
        (("--lips", "none.txt"), "no such file of vertex numbers"),
    ],
)
def test_mistakes_are_named(run, truth, words, message):
    code, out, err = run("evaluate", truth, *words)
    assert code == 2 and message in err and not out


def test_clip_and_reference_must_fit(run, truth, vertices, tmp_path):
    clip = Animation.load(truth)
    clip.resample(60).save(tmp_path / "fast.npz")
    code, _, err = run("evaluate", tmp_path / "fast.npz", "--reference", truth)
    assert code == 2 and "one frame rate, got 60 and 30" in err and "--fps" in err
    assert run("evaluate", tmp_path / "fast.npz", "--reference", truth, "--fps", 60)[0] == 0
    clip.slice(0, 0.8).save(tmp_path / "short.npz")
    code, _, err = run("evaluate", tmp_path / "short.npz", "--reference", truth)
    assert code == 2 and "equally long, got 0.80 and 1.20 s" in err
    assert run("evaluate", tmp_path / "short.npz", "--reference", truth, "--overlap")[0] == 0
    code, _, err = run("evaluate", vertices, "--reference", truth)
    assert code == 2 and "--vertex-fps" in err
    code, _, err = run("evaluate", vertices, "--reference", truth, "--vertex-fps", 30)
    assert code == 2 and "1e+03 times its size" in err and "--unit 0.001" in err


def test_vertices_that_are_not_finite_are_named(run, vertices, truth, tmp_path):
    damaged = np.load(vertices)
    damaged[20, 300] = np.nan
    path = tmp_path / "damaged.npy"
    np.save(path, damaged)
    code, _, err = run("evaluate", path, "--reference", truth, "--vertex-fps", FPS, "--unit", 0.001)
    assert code == 2 and "damaged.npy: vertices must be finite, got some in frame 20" in err


def test_a_clip_too_short_for_anything_says_so(run, tmp_path):
    path = tmp_path / "frame.npz"
    articulate(PHONES, fps=FPS, duration=1 / FPS).save(path)
    code, out, _ = run("evaluate", path)
    assert code == 0 and "nothing could be measured" in out


def test_sound_too_short_for_a_frame_is_left_out(run, truth, write_sound):
    sound = write_sound("blip.wav", np.full(100, 0.1, np.float32))
    code, out, err = run("evaluate", truth, "--reference", truth, "--audio", sound)
    assert code == 0, err
    assert "RMS" not in out


def test_places_that_cannot_be_written_are_refused_before_the_work(run, truth, tmp_path):
    code, out, err = run("evaluate", truth, "--json", tmp_path / "nowhere" / "scores.json")
    assert code == 2 and not out and "nowhere does not exist; make it first" in err
    code, out, err = run("evaluate", truth, "--json", tmp_path)
    assert code == 2 and not out and "it is a folder; give a file name" in err


def test_scores_are_not_written_over_what_is_read(run, truth):
    before = truth.read_bytes()
    code, out, err = run("evaluate", truth, "--json", truth)
    assert code == 2 and not out and "--json would overwrite" in err
    assert truth.read_bytes() == before


def test_two_recordings_need_a_folder_of_pictures(run, truth, jaw, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", types.ModuleType("matplotlib"))
    code, out, err = run("evaluate", truth, jaw, "--plot", "both.png")
    assert code == 2 and not out and "2 recordings do not fit into both.png; name a folder: --plot both/" in err
