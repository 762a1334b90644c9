import pytest

from avatar.spaces import FLAME, flame_space
from avatar.spaces.flame import EYELIDS, POSES


def test_flame_is_expressions_then_joints_then_lids():
    assert len(FLAME) == 100 + 15 + 2
    assert FLAME.names[:2] == ("exp_0", "exp_1") and FLAME.names[100:115] == POSES and FLAME.names[115:] == EYELIDS
    assert {control.unit for control in FLAME.controls[100:115]} == {"radian"}
    assert not FLAME.neutral.any()


def test_a_model_has_as_many_expressions_as_its_file():
    assert len(flame_space(50, eyelids=False)) == 65
    assert flame_space(100) == FLAME


@pytest.mark.parametrize("count", [0, 301, -1])
def test_impossible_counts_are_refused(count):
    with pytest.raises(ValueError, match=r"expressions must be within 1\.\.300"):
        flame_space(count)


@pytest.mark.parametrize("count", [True, 10.0, "10"])
def test_counts_are_whole_numbers(count):
    with pytest.raises(TypeError, match="expressions must be a whole number"):
        flame_space(count)
