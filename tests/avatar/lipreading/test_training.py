"""Clips that are drawn, a net that learns them, and a training that goes on."""

from pathlib import Path

import numpy as np
import pytest
import torch

from avatar.lipreading.clips import HELD_OUT, ClipStyle, MouthClips
from avatar.lipreading.practice import Pool
from avatar.lipreading.reader import PhoneReader, ReaderConfig
from avatar.lipreading.train import TrainOptions, draw_held_out, losses, mirrored, train

SYMBOLS = ("SIL", "AA", "AH", "AO", "M", "S", "UW", "Y")
SMALL = ReaderConfig(phones=SYMBOLS, width=32, channels=(8, 8, 16, 16), blocks=2)


@pytest.fixture(scope="module")
def source(pictures, sentence):
    return MouthClips([sentence], SYMBOLS, pictures, style=ClipStyle(people=4))


def test_clips_say_what_they_show(source, sentence):
    clip = source.draw(np.random.default_rng(0))
    assert clip.pictures.shape == (40, 48, 48)
    assert [SYMBOLS[index] for index in clip.phones] == [phone.symbol for phone in sentence if phone.symbol != "SIL"]
    assert [SYMBOLS[index] for index in clip.labels[::4]] == [phone.symbol for phone in sentence]
    part = source.draw(np.random.default_rng(1), 12)
    assert part.pictures.shape == (12, 48, 48)
    assert 1 <= len(part.phones) <= 4
    long = source.draw(np.random.default_rng(1), 60)
    assert torch.equal(long.pictures[40:], long.pictures[39:40].expand(20, -1, -1))
    assert len(long.labels) == 60


def test_the_same_chance_draws_the_same_clip_and_other_chance_another(source):
    one, same, other = (source.draw(np.random.default_rng(seed)).pictures for seed in (5, 5, 6))
    assert torch.equal(one, same)
    assert (one - other).abs().mean() > 0.01


def test_held_out_people_are_others(pictures, sentence):
    assert HELD_OUT.first_person > ClipStyle().people
    held = draw_held_out(MouthClips([sentence] * 3, SYMBOLS, pictures, style=HELD_OUT), 2)
    assert len(held) == 2
    with pytest.raises(ValueError, match="take the English part"):
        MouthClips([sentence], ("SIL", "M"), pictures)


def test_the_pool_keeps_the_last_clips(source):
    pool, chance = Pool(2), np.random.default_rng(0)
    clips = [source.draw(chance, 8) for _ in range(3)]
    for clip in clips:
        pool.add(clip)
    assert len(pool.kept) == 2
    drawn = pool.draw(chance)
    assert min((drawn.pictures - clip.pictures.clamp(0, 1)).abs().max() for clip in clips[1:]) < 0.003


def test_half_of_the_clips_are_mirrored():
    ramp = torch.linspace(0, 1, 6).expand(40, 2, 6, 6)
    turned = mirrored(ramp, np.random.default_rng(0))
    left = turned[:, 0, 0, 0] > turned[:, 0, 0, -1]
    assert 10 < int(left.sum()) < 30


def test_a_reader_learns_one_clip_by_heart(source):
    """Were labels and pictures shifted or mixed up, other parts could still go down; so the answer is read out."""
    torch.manual_seed(0)
    reader, clip = PhoneReader(SMALL), source.draw(np.random.default_rng(0))
    optimizer = torch.optim.Adam(reader.parameters(), lr=5e-3)
    for _ in range(90):
        parts = losses(reader(clip.pictures[None]), [clip])
        optimizer.zero_grad()
        torch.autograd.backward(parts["frames"] + parts["sequence"])
        optimizer.step()
    reader.eval()
    reading = reader(clip.pictures[None])
    assert (reading.frames[0].argmax(-1) == clip.labels).float().mean() > 0.9
    assert reader.read(clip.pictures[None])[0] == tuple(SYMBOLS[index] for index in clip.phones)


def test_training_goes_on_where_it_stopped(source, tmp_path):
    def options(steps: int) -> TrainOptions:
        return TrainOptions(Path(), tmp_path, steps=steps, batch=3, fresh=1, frames=8, reader=SMALL)

    train(source, options(2))
    written = (tmp_path / "lip_reader.safetensors").read_bytes()
    train(source, options(2))
    assert (tmp_path / "lip_reader.safetensors").read_bytes() == written
    train(source, options(3))
    assert torch.load(tmp_path / "checkpoint.pt", weights_only=True)["step"] == 3
    with pytest.raises(SystemExit, match="another size"):
        train(source, TrainOptions(Path(), tmp_path, steps=4, reader=ReaderConfig(phones=SYMBOLS, width=8)))
