from pathlib import Path

import pytest

from avatar.articulation.phone_files import read_phones, write_phones
from avatar.articulation.phones import Phone

HELLO = (
    Phone("SIL", 0.0, 0.25),
    Phone("HH", 0.25, 0.3125),
    Phone("AH", 0.3125, 0.375),
    Phone("L", 0.375, 0.5),
    Phone("OW", 0.5, 0.75),
)

SHORT_TEXTGRID = """File type = "ooTextFile"
Object class = "TextGrid"

0
0.75
<exists>
3
"IntervalTier"
"Ann - words"
0
0.75
2
0
0.25
""
0.25
0.75
"say ""hello"" ! 1 2"
"TextTier"
"clicks"
0
0.75
1
0.5
"here"
"IntervalTier"
"Ann - phones"
0
0.75
5
0
0.25
""
0.25
0.3125
"HH"
0.3125
0.375
"AH0"
0.375
0.5
"L"
0.5
0.75
"OW1"
"""

FILES = {
    "short.TextGrid": SHORT_TEXTGRID,
    "heading.csv": "Begin,End,Label,Type\n0.25,0.75,hello,words\n0,0.25,sil,phones\n0.25,0.3125,HH,phones\n"
    "0.3125,0.375,AH0,phones\n0.375,0.5,L,phones\n0.5,0.75,OW1,phones\n",
    "bare.csv": "pau,0,0.25\nhh,0.25,0.3125\nax,0.3125,0.375\nl,0.375,0.5\now,0.5,0.75\n",
    "audacity.txt": "0\t0.25\t\n0.25\t0.3125\th\n0.3125\t0.375\tə\n0.375\t0.5\tl\n0.5\t0.75\toʊ\n",
    "duration.tsv": "phoneme\tstart\tduration\n_\t0\t0.25\nh\t0.25\t0.0625\n@\t0.3125\t0.0625\nl\t0.375\t0.125\n"
    "@U\t0.5\t0.25\n",
    "htk.lab": "0 2500000 sil\n2500000 3125000 hh\n3125000 3750000 ah\n3750000 5000000 l\n5000000 7500000 ow\n",
    "seconds.lab": "0.0 0.25 sil\n0.25 0.3125 hh\n0.3125 0.375 ah\n0.375 0.5 l\n0.5 0.75 ow\n",
    "ends.lab": "0.25 sil\n0.3125 hh\n0.375 ah\n0.5 l\n0.75 ow\n",
    "festival.lab": "separator ;\nnfields 1\n#\n 0.25 100 pau\n0.3125 100 hh\n0.375 100 ax\n0.5 100 l\n0.75 100 ow\n",
    "objects.json": '[{"symbol": "", "start": 0, "end": 0.25}, {"phone": "HH", "start": 0.25, "end": 0.3125},'
    '{"phone": "AH0", "start": 0.3125, "duration": 0.0625}, {"phone": "L", "start": 0.375, "end": 0.5},'
    '{"phone": "OW1", "start": 0.5, "end": 0.75}]',
    "lists.json": '[["SIL", 0, 0.25], ["HH", 0.25, 0.3125], ["AH", 0.3125, 0.375], [0.375, 0.5, "L"],'
    '["OW", 0.5, 0.75]]',
    "mfa.json": '{"start": 0, "end": 0.75, "tiers": {"words": {"entries": [[0.25, 0.75, "hello"]]}, "phones": '
    '{"type": "interval", "entries": [[0, 0.25, "sil"], [0.25, 0.3125, "HH"], [0.3125, 0.375, "AH0"],'
    '[0.375, 0.5, "L"], [0.5, 0.75, "OW1"]]}}}',
}


@pytest.mark.parametrize("name", FILES)
def test_one_word_in_many_files(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(FILES[name], encoding="utf-8")
    assert read_phones(path) == HELLO


@pytest.mark.parametrize("extension", [".TextGrid", ".lab", ".json", ".csv", ".tsv", ".txt"])
def test_what_is_written_is_read_again(extension: str, tmp_path: Path) -> None:
    phones = (*HELLO, Phone("X", 1.0, 1.125), Phone("UE", 1234.5, 1234.75))  # a gap stays one
    write_phones(phones, tmp_path / f"hello{extension}")
    read = read_phones(tmp_path / f"hello{extension}")
    assert [phone for phone in read if phone.symbol != "SIL"] == [phone for phone in phones if phone.symbol != "SIL"]


def test_gentle_gives_durations_and_no_times_for_words_it_missed(tmp_path: Path) -> None:
    path = tmp_path / "gentle.json"
    path.write_text(
        '{"words": [{"word": "well", "case": "not-found-in-audio"}, {"word": "low", "start": 0.25, "end": 0.5, '
        '"phones": [{"phone": "l_B", "duration": 0.125}, {"phone": "ow_E", "duration": 0.125}]}]}'
    )
    assert read_phones(path) == (Phone("L", 0.25, 0.375), Phone("OW", 0.375, 0.5))


def test_textgrids_in_utf16(tmp_path: Path) -> None:
    path = tmp_path / "hello.TextGrid"
    path.write_bytes(
        SHORT_TEXTGRID.replace("AH0", "ə").replace("OW1", "oʊ").replace("HH", "h").replace('L"', 'l"').encode("utf-16")
    )
    assert read_phones(path) == HELLO


def test_a_label_of_two_phones_is_shared_out(tmp_path: Path) -> None:
    path = tmp_path / "zwei.csv"
    path.write_text("ts,0,0.5\nv,0.5,0.6\naɪ,0.6,1\n", encoding="utf-8")
    assert read_phones(path)[:2] == (Phone("T", 0.0, 0.25), Phone("S", 0.25, 0.5))


def test_notation_may_be_said(tmp_path: Path) -> None:
    path = tmp_path / "tu.csv"
    path.write_text("t,0,0.1\ny,0.1,0.3\n")
    assert [phone.symbol for phone in read_phones(path)] == ["T", "UE"]
    assert [phone.symbol for phone in read_phones(path, notation="arpabet")] == ["T", "Y"]


def test_a_tier_may_be_named(tmp_path: Path) -> None:
    path = tmp_path / "two.TextGrid"
    path.write_text(SHORT_TEXTGRID.replace("Ann - words", "Bob - phones"))
    with pytest.raises(ValueError, match="give tier=, one of 'Bob - phones', 'Ann - phones'"):
        read_phones(path)
    assert read_phones(path, tier="Ann - phones") == HELLO
    with pytest.raises(ValueError, match="no interval tier is called 'Cy'"):
        read_phones(path, tier="Cy")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "AA,0,0.1\nQQ,0.1,0.2\n", "a.csv: line 2: the phone 'QQ' is not known"),
        ("a.csv", "AA,0,0.1\nB,x,0.2\n", "line 2: expected a phone, its start and end"),
        ("a.csv", "AA,0,0.3\nB,0.2,0.4\n", "line 2: 'B' begins at 0.2 s, before the phone before it ends"),
        ("a.csv", "AA,0.3,0.1\n", "line 1: 'AA' must have 0 <= start <= end"),
        ("a.csv", "word,speaker\nhello,Ann\n", "line 1: expected columns phone, start and end, got word"),
        ("a.csv", "", "holds no phones"),
        ("a.csv", "1,2\n", "line 1: expected columns phone, start and end, got 1, 2"),
        (
            "a.csv",
            "phone,start,end\nAA,0,infinity\n",
            "line 2: 'AA' must have 0 <= start <= end, both finite, got 0 and inf",
        ),
        ("a.csv", '"' + 200_000 * "a" + '",0,1\n', "line 1: it is not a table"),
        ("a.lab", "0 1 sil\n1 2 AA\n", "all of its phones last no time"),
        (
            "a.json",
            '{"words": [{"start": 1, "phones": [{"phone": "AA", "duration": "x"}]}]}',
            "phone 1: expected phone",
        ),
        ("a.json", '{"words": [{"start": 1, "phones": null}, {"phones": []}]}', "holds no phones"),
        ("a.json", f'[["AA", 0, {400 * "9"}]]', "phone 1: expected phone, start and end in seconds"),
        ("a.csv", "AA1,0,0.1\nʃ,0.1,0.2\n", "mix notations; give notation="),
        ("a.json", '[["AA", 0]]', 'phone 1: expected phone, start and end in seconds, got \\["AA", 0\\]'),
        ("a.json", "{}", "expected a list such as"),
        ("a.json", "[\n{", "line 2: it is not JSON"),
        ("a.lab", "0 1000 sil\nhello\n", "line 2: expected times and a phone"),
        ("a.TextGrid", SHORT_TEXTGRID[:-9], "the file ends before a label in tier 'Ann - phones'"),
        ("a.TextGrid", '"ooTextFile" "Pitch"', "line 1: expected a Praat TextGrid"),
        ("a.TextGrid", "ooBinaryFile\x08TextGrid", "binary TextGrid; save it as text"),
        ("a.wav", "", r"phones come in \.csv"),
    ],
)
def test_errors_name_the_place_and_the_cure(name: str, content: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_phones(path)


def test_unknown_extension_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"phones are written as \.csv"):
        write_phones(HELLO, tmp_path / "phones.xml")
