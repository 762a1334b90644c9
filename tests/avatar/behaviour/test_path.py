import numpy as np
import pytest

from avatar.behaviour import Path


def test_goes_straight_from_value_to_value_and_holds_at_both_ends():
    path = Path((1.0, 2.0, 4.0), ((0.0, 1.0), (1.0, 1.0), (1.0, -1.0)))
    values = path(np.array([0.0, 1.0, 1.5, 2.0, 3.0, 9.0]))
    np.testing.assert_allclose(values, [[0, 1], [0, 1], [0.5, 1], [1, 1], [1, 0], [1, -1]])


def test_rests_at_each_instant_when_eased():
    times = np.arange(0.0, 2.0, 0.001)
    values = Path((0.5, 1.5), ((0.0,), (1.0,)), eased=True)(times)[:, 0]
    speed = np.gradient(values, times)
    assert speed[510] < 0.01 and speed[1490] < 0.01 and speed.max() == pytest.approx(1.875, abs=0.01)


def test_turns_elsewhere_from_where_it_is():
    path = Path((0.0, 2.0), ((0.0,), (2.0,))).turned(1.0, (5.0,), duration=0.1)
    np.testing.assert_allclose(path(np.array([0.5, 1.0, 1.05, 1.1, 3.0]))[:, 0], [0.5, 1.0, 3.0, 5.0, 5.0])


@pytest.mark.parametrize("eased", [False, True])
def test_since_some_instant_it_is_the_same_to_the_bit(eased):
    times = np.cumsum(np.random.default_rng(0).uniform(0.01, 1.0, 20))
    path = Path(tuple(times), tuple((np.sin(time), np.cos(time)) for time in times), eased)
    for begin in np.linspace(-1.0, times[-1] + 1.0, 99):
        later = np.linspace(begin, times[-1] + 2.0, 200)
        np.testing.assert_array_equal(path.since(begin)(later), path(later))
    assert path.since(times[8]) is path
    assert path.since(times[12] + 1e-6).times == path.times[12:]
    assert path.since(1e9).times == path.times[-1:]


@pytest.mark.parametrize(
    ("times", "values", "message"),
    [
        ((), (), "at least one"),
        ((0.0, 1.0), ((1.0,),), "got 2 times and 1 values"),
        ((0.0, 1.0), ((1.0,), (1.0, 2.0)), "all of one length"),
        ((0.0, 0.0), ((1.0,), (2.0,)), "rising"),
        ((0.0,), ((float("nan"),),), "finite"),
    ],
)
def test_refuses_what_is_no_path(times, values, message):
    with pytest.raises(ValueError, match=message):
        Path(times, values)
