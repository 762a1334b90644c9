"""The net: its shapes, what it must not care about, its file, and its scores."""

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from avatar.emotion_reading import EmotionReader, ReaderConfig
from avatar.emotion_reading.clips import NAMES, FaceClip
from avatar.emotion_reading.scores import Confusion, score

SMALL = ReaderConfig(names=("neutral", "happy", "sad"), width=16, channels=(4, 4, 8, 8), size=32)


@pytest.fixture
def reader():
    torch.manual_seed(0)
    return EmotionReader(SMALL).eval()


def test_reading_has_a_row_for_each_picture_and_each_clip(reader):
    reading = reader(torch.rand(2, 7, 32, 32))
    assert reading.features.shape == (2, 7, 16)
    assert reading.frames.shape == (2, 7, 3)
    assert reading.shapes.shape == (2, 7, 52)
    torch.testing.assert_close(reading.clips, reading.frames.mean(1))
    assert set(reader.read(torch.rand(2, 7, 32, 32))) <= set(SMALL.names)


def test_the_usual_reader_is_small_and_knows_all_emotions():
    reader = EmotionReader()
    assert sum(parameter.numel() for parameter in reader.parameters()) < 1_000_000
    assert reader.config.names == NAMES


def test_light_and_order_hardly_matter(reader):
    clip = torch.rand(1, 5, 32, 32)
    torch.testing.assert_close(reader.features(clip), reader.features(0.5 * clip + 0.2), rtol=0.05, atol=0.02)
    torch.testing.assert_close(reader(clip).clips, reader(clip.flip(1)).clips, rtol=1e-4, atol=1e-5)
    assert torch.isfinite(reader.features(torch.zeros(1, 5, 32, 32))).all()


def test_clips_of_a_batch_are_read_apart(reader):
    clips = torch.rand(3, 4, 32, 32)
    torch.testing.assert_close(reader.features(clips)[1:2], reader.features(clips[1:2]), rtol=1e-4, atol=1e-4)


def test_saved_readers_read_alike(reader, tmp_path):
    path, clip = tmp_path / "reader.safetensors", torch.rand(1, 5, 32, 32)
    reader.save(path)
    again = EmotionReader.load(path)
    assert again.config == SMALL
    torch.testing.assert_close(again(clip).frames, reader(clip).frames, rtol=0.02, atol=0.02)


def test_files_that_hold_no_reader_are_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"avatar\.emotion_reading\.train"):
        EmotionReader.load(tmp_path / "none.safetensors")
    (tmp_path / "text").write_text("no tensors")
    with pytest.raises(ValueError, match="must be an emotion reader"):
        EmotionReader.load(tmp_path / "text")
    save_file({"a": torch.zeros(1)}, tmp_path / "other.safetensors")
    with pytest.raises(ValueError, match="of something else"):
        EmotionReader.load(tmp_path / "other.safetensors")
    with pytest.raises(ValueError, match="draw them with FacePictures"):
        EmotionReader(SMALL).features(torch.zeros(1, 5, 48, 48))


def test_scores_count_what_was_taken_for_what(reader):
    """A reader that finds the brighter pictures happier."""

    def reads(pictures):
        level = pictures.mean((2, 3))
        frames = torch.stack([0.5 + 0 * level, level, -level], -1)
        return type(EmotionReader.forward(reader, pictures))(level[..., None], frames, frames.mean(1), level[..., None])

    reader.forward = reads
    bright, dark = torch.full((2, 32, 32), 0.9), torch.full((2, 32, 32), 0.1)
    turning = torch.stack([dark[0], bright[0], bright[0]])
    shown = [(bright, 1), (dark, 1), (dark, 0), (bright, 2), (turning, 1)]
    clips = [FaceClip(pictures, emotion, torch.zeros(len(pictures), 52)) for pictures, emotion in shown]
    found = score(reader, clips)
    np.testing.assert_array_equal(found.counts, [[1, 0, 0], [1, 2, 0], [0, 1, 0]])
    assert found.accuracy == pytest.approx(3 / 5)
    np.testing.assert_allclose(found.recalls, [1, 2 / 3, 0])
    assert ["happy", "33", "67"] in [line.replace("|", " ").split() for line in str(found).splitlines()]
    assert score(reader, clips, pictures=1).counts[1, 1] == 1


def test_nothing_read_is_nothing_right():
    assert Confusion(("a", "b"), np.zeros((2, 2), np.int64)).accuracy == 0.0
