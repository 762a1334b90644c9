"""The net: its shapes, what it must not care about, and its file."""

import json

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from avatar.articulation.phones import PHONES
from avatar.lipreading import AUTO_AVSR, AV_HUBERT, LIPNET, ModuleReader, PhoneReader, PictureFormat, ReaderConfig
from avatar.lipreading.reader import decode
from avatar.lipreading.scores import Counts, edits, score
from avatar.lipreading.visemes import VISEME_OF, VISEMES, visemes
from avatar.spaces import OCULUS

SMALL = ReaderConfig(phones=("SIL", "P", "AA"), width=16, channels=(4, 4, 8, 8), blocks=2)


@pytest.fixture
def reader():
    torch.manual_seed(0)
    return PhoneReader(SMALL).eval()


def test_reading_has_a_row_for_each_picture(reader):
    reading = reader(torch.rand(2, 7, 48, 48))
    assert reading.features.shape == (2, 7, 16)
    assert reading.frames.shape == (2, 7, 3)
    assert reading.sequence.shape == (2, 7, 4)
    assert len(reader.read(torch.rand(2, 7, 48, 48))) == 2
    assert PhoneReader(ReaderConfig(size=40)).features(torch.rand(1, 3, 40, 40)).shape == (1, 3, 160)


def test_brightness_and_contrast_hardly_matter(reader):
    clip = torch.rand(1, 9, 48, 48)
    torch.testing.assert_close(reader.features(clip), reader.features(0.5 * clip + 0.2), rtol=0.05, atol=0.02)
    assert torch.isfinite(reader.features(torch.zeros(1, 9, 48, 48))).all()


def test_clips_of_a_batch_are_read_apart(reader):
    clips = torch.rand(3, 9, 48, 48)
    torch.testing.assert_close(reader.features(clips)[1:2], reader.features(clips[1:2]), rtol=1e-4, atol=1e-4)


def test_saved_readers_read_alike(reader, tmp_path):
    path, clip = tmp_path / "reader.safetensors", torch.rand(1, 5, 48, 48)
    reader.save(path)
    again = PhoneReader.load(path)
    assert again.config == SMALL
    torch.testing.assert_close(again(clip).frames, reader(clip).frames, rtol=0.02, atol=0.02)


def test_files_that_hold_no_reader_are_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"avatar\.lipreading\.train"):
        PhoneReader.load(tmp_path / "none.safetensors")
    (tmp_path / "text").write_text("no tensors")
    with pytest.raises(ValueError, match="must be a lip-reader"):
        PhoneReader.load(tmp_path / "text")
    save_file({"a": torch.zeros(1)}, tmp_path / "other.safetensors")
    with pytest.raises(ValueError, match="of something else"):
        PhoneReader.load(tmp_path / "other.safetensors")
    with pytest.raises(ValueError, match="draw them with MouthPictures"):
        PhoneReader(SMALL).features(torch.zeros(1, 5, 32, 32))


HEADER = {"phones": ["SIL", "P", "AA"], "width": 16, "channels": [4, 4, 8, 8], "blocks": 2, "size": 48, "fps": 25.0}


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (json.dumps(HEADER | {"width": 24}), r"Error\(s\) in loading state_dict for PhoneReader:"),
        (json.dumps(HEADER | {"depth": 3}), "unexpected keyword argument 'depth'"),
        (json.dumps(HEADER | {"width": "wide"}), ""),
        (json.dumps(HEADER | {"channels": []}), ""),
        (json.dumps(HEADER | {"channels": [4]}), ""),
        ("[16, 2]", "its configuration must be values by name, got list"),
        ("sixteen", "Expecting value"),
    ],
)
def test_damaged_readers_are_refused_in_a_line(reader, tmp_path, header, reason):
    path = tmp_path / "reader.safetensors"
    save_file(reader.state_dict(), path, {"lip_reader": header})
    with pytest.raises(ValueError, match=rf"must be a lip-reader, got a damaged one \(.*{reason}") as caught:
        PhoneReader.load(path)
    assert "\n" not in str(caught.value)


def test_a_folder_is_no_reader(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no lip-reader at .*avatar\.lipreading\.train"):
        PhoneReader.load(tmp_path)


def test_the_best_path_merges_repetitions_that_no_blank_parts():
    logits = torch.eye(3)[[2, 0, 0, 2, 0, 1, 1, 2]][None]
    assert decode(logits, ("P", "AA")) == [("P", "P", "AA")]


@pytest.mark.parametrize(
    ("found", "wanted", "count"),
    [("", "", 0), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("abc", "abc", 0), ("xabc", "abcx", 2)],
)
def test_edits_are_levenshteins(found, wanted, count):
    assert edits(found, wanted) == count


def test_every_phone_has_a_viseme():
    assert set(VISEME_OF) == set(PHONES)
    assert set(VISEMES) == set(OCULUS.names)
    assert visemes(("P", "B", "M", "SIL")) == ("PP", "PP", "PP", "sil")


def test_scores_count_what_a_reader_names():
    class Parrot(PhoneReader):
        def forward(self, pictures):
            logits = torch.zeros(*pictures.shape[:2], 4)
            logits[..., pictures.shape[1] // 2 :, 1] = 9.0  # P in the second half
            logits[..., : pictures.shape[1] // 2, 3] = 9.0
            return type(super().forward(pictures))(logits, logits[..., :3], logits)

    from avatar.lipreading.clips import MouthClip

    clip = MouthClip(torch.rand(4, 48, 48), torch.tensor([0, 1, 1, 2]), (1, 2))
    counts = score(Parrot(SMALL), [clip, clip])
    assert counts == Counts(4, 2, 2, 8, 4, 4, 4, 2, 4)
    assert counts.phone_error == 0.5
    assert "p b m found 50.0 %, right 50.0 %" in str(counts)


@pytest.mark.parametrize(
    ("form", "shape"),
    [(AUTO_AVSR, (2, 5, 1, 88, 88)), (AV_HUBERT, (2, 1, 5, 88, 88)), (LIPNET, (2, 3, 5, 64, 128))],
)
def test_formats_give_other_nets_what_they_are_used_to(form, shape):
    shown = form(torch.full((2, 5, 48, 48), 0.421))
    assert shown.shape == shape
    assert shown.mean().item() == pytest.approx((0.421 - form.mean) / form.deviation, abs=1e-5)


def test_a_module_of_yours_reads_through_the_same_interface(tmp_path):
    module = nn.Sequential(nn.Flatten(2), nn.Linear(64, 3))
    save_file(module.state_dict(), tmp_path / "weights.safetensors")
    other = nn.Sequential(nn.Flatten(2), nn.Linear(64, 3))
    reader = ModuleReader.load(other, tmp_path / "weights.safetensors", PictureFormat((8, 8)))
    clip = torch.rand(1, 5, 48, 48, requires_grad=True)
    torch.testing.assert_close(reader.features(clip), ModuleReader(module, PictureFormat((8, 8))).features(clip))
    reader.features(clip).sum().backward()
    assert bool((clip.grad != 0).any())
    with pytest.raises(ValueError, match=r"module\.state_dict"):
        ModuleReader.load(nn.Linear(2, 2), tmp_path / "weights.safetensors", PictureFormat())
    with pytest.raises(ValueError, match="one row for each picture"):
        ModuleReader(nn.Flatten(1), PictureFormat((8, 8))).features(clip)
