"""Texts and phones on the command line."""

from pathlib import Path

import numpy as np
import pytest

from avatar import load_animation
from avatar.articulation.phone_files import read_phones, write_phones
from avatar.articulation.phones import Phone

PHONES = (Phone("AA", 0.1, 0.3), Phone("B", 0.3, 0.4), Phone("AA", 0.4, 0.8))
HELLO = Path(__file__).parents[3] / "examples" / "hello.flac"
TEXT = (
    "Hello, I am Avatar. Give me any voice, and my lips will move to match it. Five bumpy bubbles above a purple "
    "puffin? Perfectly possible!"
)


def test_phones_alone_make_a_clip(run, tmp_path):
    write_phones(PHONES, tmp_path / "ab.TextGrid")
    code, out, err = run("animate", tmp_path / "ab.TextGrid", "-o", tmp_path / "ab.npz")
    assert code == 0, err
    assert "(0.8 s)" in out
    animation = load_animation(tmp_path / "ab.npz")
    assert animation["jawOpen"].max() > 0.2 and animation.audio is None


def test_phones_close_the_lips_of_a_recording(run, talk, tmp_path):
    write_phones(PHONES, tmp_path / "talk.csv")
    assert run("animate", talk, "-o", tmp_path / "a.npz", "--no-behaviour")[0] == 0
    code, _, err = run(
        "animate", talk, "--phones", tmp_path / "{name}.csv", "-o", tmp_path / "b.npz", "--no-behaviour",
        "--save-phones", tmp_path / "again.json",
    )  # fmt: skip
    assert code == 0, err
    before, after = load_animation(tmp_path / "a.npz"), load_animation(tmp_path / "b.npz")
    frame = round(0.34 * 60)
    assert before["mouthClose"][frame] == 0 and after["mouthRollLower"][frame] > 0.05
    np.testing.assert_array_equal(before.weights[-5:], after.weights[-5:])
    assert read_phones(tmp_path / "again.json") == PHONES


def test_a_text_is_aligned_and_its_phones_are_saved(run, tmp_path):
    pytest.importorskip("pocketsphinx", reason="aligning needs PocketSphinx (the extra text)")
    (tmp_path / "hello.txt").write_text(TEXT, encoding="utf-8")
    code, _, err = run(
        "animate", HELLO, "--text", tmp_path / "{name}.txt", "-o", tmp_path / "a.npz",
        "--save-phones", tmp_path / "{name}.TextGrid",
    )  # fmt: skip
    assert code == 0, err
    assert sum(phone.symbol in "PBM" for phone in read_phones(tmp_path / "hello.TextGrid")) == 18


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--text", "hi", "--phones", "x.csv"), "give --text or --phones, not both"),
        (("--text", "missing.txt"), "--text: no such file: missing.txt"),
        (("--phones", "missing.csv"), "--phones: no such file: missing.csv"),
        (("--save-phones", "x.csv"), "--save-phones needs to know what is said"),
        (("--text", "hi", "--save-phones", "x.wav"), "--save-phones writes .csv"),
        (("--text", "hi", "--save-phones", "out.csv"), "--save-phones would overwrite out.csv"),
        (("--text", "!?"), "the text holds no words"),
    ],
)
def test_options_that_do_not_fit_are_refused(run, talk, tmp_path, monkeypatch, options, message):
    pytest.importorskip("pocketsphinx", reason="aligning needs PocketSphinx (the extra text)")
    monkeypatch.chdir(tmp_path)
    code, _, err = run("animate", talk, "-o", "out.csv", *options)
    assert code == 2 and message in err, err
    assert not Path("out.csv").exists()


def test_several_recordings_need_a_name_each(run, talk, tmp_path):
    (tmp_path / "more.wav").write_bytes(talk.read_bytes())
    code, _, err = run("animate", tmp_path, "-o", tmp_path / "{name}.csv", "--phones", tmp_path / "x.json")
    assert code == 2 and "2 recordings cannot share one --phones; write {name} in it" in err


def test_a_text_is_told_to_install_what_it_needs(run, talk, tmp_path, monkeypatch):
    monkeypatch.setattr("avatar.cli.words.find_spec", lambda name: None)
    code, _, err = run("animate", talk, "--text", "hello", "-o", tmp_path / "a.csv")
    assert code == 2 and "pip install 'avatar[text]'" in err
