import pytest

from avatar.alignment.numbers import cardinal, ordinal, readings


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "zero"),
        (19, "nineteen"),
        (40, "forty"),
        (99, "ninety nine"),
        (100, "one hundred"),
        (1_000_001, "one million one"),
        (12_345, "twelve thousand three hundred forty five"),
        (2 * 10**12, "two trillion"),
    ],
)
def test_cardinals(number: int, words: str) -> None:
    assert " ".join(cardinal(number)) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "first"), (12, "twelfth"), (20, "twentieth"), (33, "thirty third"), (104, "one hundred fourth")],
)
def test_ordinals(number: int, words: str) -> None:
    assert " ".join(ordinal(number)) == words


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("25", ["twenty five"]),
        (
            "1984",
            [
                "nineteen eighty four",
                "one thousand nine hundred eighty four",
                "one thousand nine hundred and eighty four",
            ],
        ),
        ("1905", ["nineteen oh five"]),
        ("1,984", ["one thousand nine hundred eighty four"]),
        ("3.14", ["three point one four"]),
        ("007", ["zero zero seven"]),
        ("21st", ["twenty first"]),
        ("10:30", ["ten thirty"]),
        ("9:05", ["nine oh five"]),
        ("9:00", ["nine", "nine o'clock"]),
        ("911", ["nine hundred eleven", "nine hundred and eleven", "nine one one"]),
        ("2" * 16, [" ".join(["two"] * 16)]),
    ],
)
def test_written_numbers_have_readings(text: str, ways: list[str]) -> None:
    found = [" ".join(way) for way in readings(text)]
    assert found[0] == ways[0] and set(ways) <= set(found)
