"""A net that learns clips, and a training that goes on."""

import numpy as np
import pytest
import torch

from avatar.controls import ARKIT_SHAPES
from avatar.emotion_reading import FaceAppearance
from avatar.emotion_reading.clips import NAMES, FaceClip
from avatar.emotion_reading.reader import EmotionReader, ReaderConfig
from avatar.emotion_reading.train import CHECKPOINT, WEIGHTS, TrainOptions, draw_held_out, loss, mirrored, train
from avatar.lipreading.practice import Pool

SMALL = ReaderConfig(width=32, channels=(8, 8, 16, 16))


def test_the_pool_keeps_the_last_clips(source):
    pool, chance = Pool(2), np.random.default_rng(0)
    clips = source.draw(chance)[:3]
    for clip in clips:
        pool.add(clip)
    assert [kept.emotion for kept in pool.kept] == [2, 1]
    drawn = pool.draw(chance)
    assert (drawn.pictures - clips[drawn.emotion].pictures.clamp(0, 1)).abs().max() < 0.003


def test_mirrored_clips_exchange_the_sides_of_shapes_too(source, pictures, head):
    """A winking head that is drawn from its mirrored shapes looks like its mirrored picture."""
    wink = torch.zeros(1, len(head.space))
    wink[0, head.space.index("eyeBlinkLeft")] = wink[0, head.space.index("mouthSmileLeft")] = 1.0
    other = mirrored(FaceClip(pictures(head(wink)[None])[0], 3, wink[:, : len(ARKIT_SHAPES)]))
    assert other.emotion == 3
    weights = torch.cat([other.shapes, wink[:, len(ARKIT_SHAPES) :]], 1)
    drawn = pictures(head(weights)[None], [FaceAppearance(light=(0.3, 0.5, 0.9))])[0]
    assert (drawn - other.pictures).abs().mean() < 0.2 * (drawn - other.pictures.flip(-1)).abs().mean()


def test_a_reader_learns_clips_by_heart(source, tmp_path):
    torch.manual_seed(0)
    reader, clips = EmotionReader(SMALL), source.draw(np.random.default_rng(0))
    pictures = torch.stack([clip.pictures for clip in clips])
    assert reader.eval().read(pictures) != list(NAMES)
    reader.train()
    optimizer = torch.optim.Adam(reader.parameters(), lr=5e-3)
    for _ in range(25):
        cost = loss(reader(pictures), clips, TrainOptions(tmp_path))
        optimizer.zero_grad()
        cost.backward()
        optimizer.step()
    assert reader.eval().read(pictures) == list(NAMES)


def test_held_out_clips_are_the_same_in_every_run(source):
    one, same = (draw_held_out(source, 1) for _ in range(2))
    assert len(one) == len(NAMES)
    assert all(torch.equal(a.pictures, b.pictures) for a, b in zip(one, same, strict=True))


def test_training_goes_on_where_it_stopped(source, tmp_path):
    def options(steps: int) -> TrainOptions:
        return TrainOptions(tmp_path, steps=steps, batch=10, reader=SMALL)

    train(source, options(2))
    written = (tmp_path / WEIGHTS).read_bytes()
    train(source, options(2))
    assert (tmp_path / WEIGHTS).read_bytes() == written
    train(source, options(3))
    assert torch.load(tmp_path / CHECKPOINT, weights_only=True)["step"] == 3
    with pytest.raises(SystemExit, match="another size"):
        train(source, TrainOptions(tmp_path, steps=4, reader=ReaderConfig(width=8)))
