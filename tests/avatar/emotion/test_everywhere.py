"""Emotions from the animator, in streams, from the command line and in files."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from avatar import Animator
from avatar.animation import Animation
from avatar.animator import animate_phones
from avatar.articulation import Phone
from avatar.audio import load_audio
from avatar.behaviour import ALIVE
from avatar.cli import main
from avatar.emotion import EmotionKey, EmotionTrack, ExpressionStyle, express, in_mood
from avatar.export import export
from avatar.export.reading import load_animation

HELLO = Path(__file__).resolve().parents[3] / "examples" / "hello.flac"
TRACK = EmotionTrack((EmotionKey(0.0, {"happy": 0.7}), EmotionKey(0.6, {"angry": 0.8})))
PHONES = [Phone("B", 0.2, 0.3), Phone("AA", 0.3, 0.5), Phone("M", 0.5, 0.6)]


@pytest.fixture(scope="module")
def animator() -> Animator:
    return Animator.load()


@pytest.fixture(scope="module")
def sound() -> np.ndarray:
    """Speech: of a sound for which the mouth stays closed, the two would think otherwise."""
    return load_audio(HELLO).samples[8000:32000]


def test_the_animator_shows_what_is_asked(animator: Animator, sound: np.ndarray) -> None:
    shown = animator.animate(sound, sample_rate=16000, emotion=TRACK, seed=2)
    neutral = animator.animate(sound, sample_rate=16000, behaviour=in_mood(ALIVE, TRACK), seed=2)
    np.testing.assert_array_equal(shown.weights, express(neutral, TRACK, seed=2).weights)
    assert shown["mouthSmileLeft"][:20].min() > 0.2 and shown["browDownLeft"][-5:].min() > 0.4


def test_streams_show_the_same(animator: Animator, sound: np.ndarray) -> None:
    options = {"lookahead": 0.2, "emotion": TRACK, "style": ExpressionStyle.sample(4), "seed": 1}
    whole = animator.animate(sound, sample_rate=16000, **options)
    stream = animator.stream(**options)
    pieces = [stream.push(part) for part in np.split(sound, [100, 5000, 5001, 16000])]
    pieces.append(stream.flush())
    np.testing.assert_array_equal(np.concatenate([piece.weights for piece in pieces]), whole.weights)


def test_phones_alone_can_be_felt() -> None:
    shown = animate_phones(PHONES, emotion="sad:0.8", behaviour=None)
    np.testing.assert_array_equal(shown.weights, express(animate_phones(PHONES, behaviour=None), "sad:0.8").weights)


def test_the_command_line_asks_for_emotions(tmp_path: Path) -> None:
    (tmp_path / "said.csv").write_text("phone,start,end\nB,0.2,0.3\nAA,0.3,0.5\n")
    (tmp_path / "track.json").write_text(json.dumps([{"time": 0, "angry": 0.8}]))
    out = [str(tmp_path / "out.csv"), str(tmp_path / "out.npz"), str(tmp_path / "out.glb")]
    asked = ["--emotion", str(tmp_path / "track.json"), "--style", "3", "--no-behaviour"]
    assert main(["animate", str(tmp_path / "said.csv"), "-o", *out, *asked]) == 0
    animation = Animation.load(out[1])
    assert animation["browDownLeft"].min() > 0.4
    np.testing.assert_allclose(load_animation(out[0])["browDownLeft"], animation["browDownLeft"], atol=1e-4)
    assert Path(out[2]).stat().st_size > 10_000


def test_a_style_also_raises_the_brows_of_speech(animator: Animator) -> None:
    plain = animator.animate(HELLO, lookahead=0.2, seed=2)
    low = animator.animate(HELLO, lookahead=0.2, seed=2, style=ExpressionStyle(brows=0.5, mouth=2.0))
    assert plain["browInnerUp"].max() > 0.1
    np.testing.assert_allclose(low["browInnerUp"], 0.5 * plain["browInnerUp"], atol=1e-6)
    np.testing.assert_array_equal(low["jawOpen"], plain["jawOpen"])
    stream = animator.stream(lookahead=0.2, seed=2, style=ExpressionStyle(brows=0.5))
    samples = load_audio(HELLO).samples
    streamed = np.concatenate([stream.push(samples).weights, stream.flush().weights])
    np.testing.assert_array_equal(streamed, low.weights)


def test_a_style_without_anything_to_shape_is_refused(animator: Animator, sound: np.ndarray) -> None:
    for behaviour in (None, replace(ALIVE, brows=None)):
        with pytest.raises(ValueError, match="style shapes emotions and the brows of behaviour, and here is neither"):
            animator.animate(sound, sample_rate=16000, style=ExpressionStyle(), behaviour=behaviour)
        with pytest.raises(ValueError, match="here is neither"):
            animate_phones(PHONES, style=1, behaviour=behaviour)
    with pytest.raises(TypeError, match="style must be an ExpressionStyle, or a whole number that draws one, got '7'"):
        animate_phones(PHONES, emotion="sad:0.8", style="7")


def test_a_number_is_the_style_that_it_draws() -> None:
    by_seed, by_style = (
        animate_phones(PHONES, emotion="sad:0.8", style=style) for style in (7, ExpressionStyle.sample(7))
    )
    np.testing.assert_array_equal(by_seed.weights, by_style.weights)


@pytest.mark.parametrize("style", ["1.5", "-1"])
def test_the_command_line_says_what_a_style_is(tmp_path: Path, capsys: pytest.CaptureFixture[str], style: str) -> None:
    (tmp_path / "said.csv").write_text("phone,start,end\nB,0.2,0.3\n")
    command = ["animate", str(tmp_path / "said.csv"), "-o", str(tmp_path / "out.csv")]
    assert main([*command, "--emotion", "sad", "--style", style]) != 0
    assert f"--style takes a whole number, 0 or more, that draws a person, or a style's file (.json), got {style}" in (
        capsys.readouterr().err.replace("\n", " ")
    )
    assert main([*command, "--no-brows", "--style", "1"]) != 0
    assert "--style shapes emotions and the brows in speech" in capsys.readouterr().err
    assert not (tmp_path / "out.csv").exists()


def test_the_command_line_refuses_what_is_unknown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "said.csv").write_text("phone,start,end\nB,0.2,0.3\n")
    command = ["animate", str(tmp_path / "said.csv"), "-o", str(tmp_path / "out.csv"), "--emotion"]
    assert main([*command, "hapy:0.7"]) != 0
    assert "did you mean happy?" in capsys.readouterr().err
    assert main([*command, str(tmp_path / "none.json")]) != 0
    assert "none.json" in capsys.readouterr().err
    assert not (tmp_path / "out.csv").exists()


def test_a_metahumans_file_has_brows_and_corners(tmp_path: Path) -> None:
    face = express(animate_phones(PHONES, behaviour=None), "angry:0.8+contempt:0.5")
    export(face, tmp_path / "face.rigmapper.csv")
    text = (tmp_path / "face.rigmapper.csv").read_text()
    assert "browDownL" in text and "mouthDimpleL" in text
