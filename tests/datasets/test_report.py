from pathlib import Path

import numpy as np
import pytest

from avatar.articulation.phones import Phone
from avatar.datasets.pairs import SEAMS
from avatar.datasets.report import phone_pairs, report, table
from avatar.datasets.shards import Entry, write_shard


def entry(part: str, number: int, symbols: str, *, split: str = "train", language: str = "English") -> Entry:
    phones = tuple(Phone(symbol, i / 4, (i + 1) / 4) for i, symbol in enumerate(symbols.split()))
    return Entry(
        id=f"{part}-{number:05d}", text="Mm.", engine="fake", voice=f"voice-{number % 2}", split=split, speed=1.0,
        pitch=1.0, shift=1.0, licence="free", seconds=360.0, first=0, shard=f"{part}-0000", phones=phones,
        difference=0.01 * (number + 1), offset=0.0, language=language,
    )  # fmt: skip


@pytest.fixture
def corpus(folder: Path) -> Path:
    english = [entry("fake", number, "SIL B AA SIL M IY") for number in range(3)]
    stranger = [entry("fake-far", 0, "OH BH", split="held_out_language", language="Spanish")]
    write_shard(folder, "fake-0000", english, [np.zeros(8, np.float32)], dropped=["fake-00003"])
    write_shard(folder, "fake-far-0000", stranger, [np.zeros(8, np.float32)], dropped=[])
    return folder


def test_pairs_do_not_reach_over_pauses() -> None:
    assert phone_pairs([entry("fake", 0, "SIL B AA SIL M IY")]) == {("B", "AA"), ("M", "IY")}


def test_report_counts(corpus: Path) -> None:
    found = report(corpus)
    near, far = found.parts
    assert (near.name, near.language, near.split, near.voices) == ("fake", "English", "train", 2)
    assert near.hours == near.training_hours == pytest.approx(0.3)
    assert near.dropped == pytest.approx(1 / 4)
    assert near.difference == pytest.approx(0.02)
    assert (far.name, far.language, far.split) == ("fake-far", "Spanish", "held_out_language")
    assert far.training_hours == far.dropped == 0
    assert found.speakers == 2
    assert found.all_pairs == 2
    assert found.pairs == pytest.approx(len({("B", "AA"), ("M", "IY")} & SEAMS) / len(SEAMS))
    assert found.licences == {"free": pytest.approx(0.3)}


def test_table_shows_it(corpus: Path) -> None:
    shown = table(report(corpus))
    assert "| fake | English | train | 0.30 | 0.30 | 2 | 25.0 | 20 |" in shown
    assert "0.40 hours, 0.30 of them for training, from 2 training speakers." in shown
    assert "free 0.30 h" in shown


def test_a_part_of_which_nothing_was_kept_is_told(corpus: Path) -> None:
    write_shard(corpus, "worst-0000", [], [], dropped=["worst-00000", "worst-00001"])
    (worst,) = (part for part in report(corpus).parts if part.name == "worst")
    assert (worst.dropped, worst.hours, worst.voices) == (1.0, 0.0, 0)
    assert "| worst | - | - | 0.00 | 0.00 | 0 | 100.0 | nan |" in table(report(corpus))
