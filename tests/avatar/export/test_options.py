from pathlib import Path

import numpy as np
import pytest

from avatar.animation import Animation
from avatar.controls import ARKIT
from avatar.export.options import ExportOptions

REST = Animation(ARKIT, np.zeros((3, 61)), 60)


def test_instants():
    assert ExportOptions().instants == (0.0,) and ExportOptions().moments == 1
    assert ExportOptions(at=1).instants == (1.0,)
    assert ExportOptions(at=[0.5, 1.0]).moments == 2
    assert ExportOptions(sheet=12).moments == 12


def test_the_sound_may_be_a_string():
    assert ExportOptions(audio="a.wav").audio == Path("a.wav")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"at": -1.0}, "at must be an instant in seconds"),
        ({"at": float("nan")}, "at must be an instant in seconds"),
        ({"at": [0.5, -1.0]}, "at must be an instant in seconds"),
        ({"at": []}, "at must be an instant in seconds, or several, got none"),
        ({"sheet": 0}, "sheet must be a number of moments, 1 or more, got 0"),
        ({"sheet": 4, "at": 0.5}, "give sheet, for moments that are evenly spread, or at"),
        ({"hold": 0.0}, "hold must be above 0 and at most 3600 seconds, got 0"),
        ({"hold": 1e9}, "hold must be above 0 and at most 3600 seconds, got 1000000000"),
        ({"scale": -1.0, "against": REST}, "scale must be millimetres above 0, got -1"),
        ({"scale": 1.0}, "scale is that of the distances to against, which is missing"),
        ({"labels": ["a", "b"]}, "labels must be one for each of the 1 clip, got 2"),
        ({"labels": ["a"], "beside": [REST]}, "labels must be one for each of the 2 clips, got 1"),
    ],
)
def test_impossible(options, message):
    with pytest.raises(ValueError, match=message):
        ExportOptions(**options)


@pytest.mark.parametrize(
    ("path", "options", "message"),
    [
        ("a.mp4", {"background": "transparent"}, r"a\.mp4: \.mp4 has no transparency; write \.mov, \.webm or \.png"),
        ("a.mp4", {"sheet": 4}, r"a\.mp4: a sheet of 4 moments is a single picture; write a \.png"),
        ("a%02d.png", {"at": [0.1, 0.2]}, "a sheet of 2 moments is a single picture"),
        ("frames/", {"at": [0.1, 0.2]}, "a sheet of 2 moments is a single picture"),
        ("a.png", {"hold": 1.0}, "only a video can hold a moment"),
        ("a.csv", {"beside": [REST]}, r"a\.csv: clips beside one another can only be drawn"),
        ("a.glb", {"people": {"Ann": {}}}, r"a\.glb: several people can only be drawn"),
        ("a.npz", {"against": REST}, r"a\.npz: a comparison can only be drawn"),
    ],
)
def test_what_a_format_cannot_show(path, options, message):
    with pytest.raises(ValueError, match=message):
        ExportOptions(**options).check(path)


@pytest.mark.parametrize(
    ("path", "options"),
    [
        ("a.mov", {"background": "transparent"}),
        ("frames/", {"background": "transparent", "beside": [REST], "hold": 1.0}),
        ("a.webm", {"people": {"Ann": {}}, "hold": 2.0}),
        ("a.png", {"sheet": 4, "against": REST}),
        ("a.csv", {"preset": "mouth", "background": "transparent"}),
    ],
)
def test_what_it_can(path, options):
    ExportOptions(**options).check(path)
