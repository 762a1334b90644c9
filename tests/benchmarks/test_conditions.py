"""Conditions are read from the command line before any work is done."""

import pytest

from benchmarks.conditions import Condition, tables


def test_damages_are_read() -> None:
    assert Condition.parse("reverb") == Condition("reverb")
    assert Condition.parse("noise:-5.5") == Condition("noise", -5.5)
    assert Condition.parse("noise:10").heading == "noise 10 dB"


@pytest.mark.parametrize("text", ["rain", "noise:loud", "noise:", "noise:nan", "music:inf", "reverb:10"])
def test_what_is_no_damage_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="--degrade takes"):
        Condition.parse(text)


def test_each_table_begins_with_the_model_at_its_best() -> None:
    found = tables(["reverb", "noise:5"], [0.2])
    assert list(found["worse sound"]) == ["clean", "reverb", "noise 5 dB"]
    assert list(found["look-ahead"].items()) == [("whole recording", Condition()), ("0.2 s", Condition(lookahead=0.2))]
    assert tables([], []) == {}
