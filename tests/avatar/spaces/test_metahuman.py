import pytest

from avatar.spaces import METAHUMAN, METAHUMAN_RAW
from avatar.spaces.metahuman import EXPRESSIONS, PREFIX, curve_name


def test_every_live_link_curve_is_in_the_space(shared):
    names = (shared / "data/metahuman/live_link_curve_names.txt").read_text().split()
    assert sorted(METAHUMAN.names) == sorted(names)
    raw = (shared / "data/metahuman/raw_control_names.txt").read_text().split()
    assert sorted(METAHUMAN_RAW.names) == sorted(raw)


def test_there_are_251_expressions_and_nine_others():
    assert len(EXPRESSIONS) == len(set(EXPRESSIONS)) == 251
    assert [name.startswith(PREFIX) for name in METAHUMAN.names] == [True] * 251 + [False] * 9
    assert METAHUMAN_RAW.neutral[METAHUMAN_RAW.index("head.qw")] == 1


@pytest.mark.parametrize(
    "name", ["CTRL_expressions_jawOpen", "ctrl_expressions_jawopen", "CTRL_expressions.jawOpen", "jawOpen", "JAWOPEN"]
)
def test_a_curve_is_known_in_every_spelling(name):
    assert curve_name(name) == "CTRL_expressions_jawOpen"


def test_an_unknown_curve_gets_a_suggestion():
    with pytest.raises(KeyError, match="did you mean CTRL_expressions_jawOpen"):
        curve_name("jawOpenn")
