from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from avatar.animation import Animation
from avatar.controls import ARKIT, Control, ControlSpace

SPACE = ControlSpace("test", (Control("a"), Control("b", "signed weight", -1, 1), Control("c", "radian", -2, 2, 0.5)))

rates = st.sampled_from([12.5, 24.0, 25.0, 30.0, 50.0, 60.0, 100.0])


few = st.integers(1, 40)


def animations(frames=few, fps=rates):
    values = frames.flatmap(
        lambda t: hnp.arrays(np.float32, (t, len(SPACE)), elements=st.floats(-1, 1, width=32, allow_subnormal=False))
    )
    return st.builds(lambda weights, rate: Animation(SPACE, weights, rate), values, fps)


def ramp(frames=10, fps=10.0):
    return Animation(SPACE, np.arange(frames * 3, dtype=np.float32).reshape(frames, 3) / 100, fps)


def assert_same(one, other):
    assert one.space == other.space and one.fps == other.fps
    np.testing.assert_array_equal(one.weights, other.weights)


class TestMaking:
    def test_is_frozen_through_and_through(self):
        source = np.zeros((2, 3), np.float32)
        animation = Animation(SPACE, source, 30)
        source[0, 0] = 1.0
        assert animation.weights[0, 0] == 0.0
        with pytest.raises(ValueError, match="read-only"):
            animation.weights[0, 0] = 1.0
        with pytest.raises(AttributeError):
            animation.fps = 25.0
        assert animation.weights.dtype == np.float32

    @pytest.mark.parametrize("shape", [(4,), (4, 2), (1, 4, 3), ()])
    def test_wrong_shape(self, shape):
        with pytest.raises(ValueError, match=r"weights must be \[T, 3\] for test, got \["):
            Animation(SPACE, np.zeros(shape), 30)

    @pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e300])
    def test_not_finite_says_where(self, value):
        weights = np.zeros((4, 3))
        weights[2, 1] = value
        with pytest.raises(ValueError, match="in 'b' at frame 2"):
            Animation(SPACE, weights, 30)

    @pytest.mark.parametrize("fps", [0, -1, np.nan, np.inf])
    def test_impossible_fps(self, fps):
        with pytest.raises(ValueError, match="fps must be a number above 0"):
            Animation(SPACE, np.zeros((1, 3)), fps)

    def test_from_curves_fills_by_name(self):
        animation = Animation.from_curves(SPACE, {"b": [0.1, 0.2]}, 30)
        np.testing.assert_allclose(animation.weights, [[0, 0.1, 0.5], [0, 0.2, 0.5]])

    @pytest.mark.parametrize("curves", [{}, {"a": [1, 2], "b": [1]}, {"a": 1.0}, {"a": [[1, 2]]}])
    def test_from_curves_needs_one_length(self, curves):
        with pytest.raises(ValueError, match=r"curves must be \[T\], all of one length"):
            Animation.from_curves(SPACE, curves, 30)

    def test_unknown_names(self):
        with pytest.raises(KeyError, match="no control named 'jawOpne'; did you mean jawOpen"):
            Animation.from_curves(ARKIT, {"jawOpne": [1.0]}, 30)
        with pytest.raises(KeyError, match="no control named 'd'"):
            ramp().with_curves({"d": 1.0})
        with pytest.raises(KeyError, match="no control named 'd'"):
            ramp()["d"]

    def test_with_curves_takes_arrays_and_numbers(self):
        changed = ramp(3).with_curves({"a": [1, 2, 3], "c": 0.25})
        np.testing.assert_array_equal(changed["a"], [1, 2, 3])
        np.testing.assert_array_equal(changed["c"], [0.25] * 3)
        np.testing.assert_array_equal(changed["b"], ramp(3)["b"])
        with pytest.raises(ValueError, match=r"curve 'a' must be \[3\] or a single value, got \[2\]"):
            ramp(3).with_curves({"a": [1, 2]})

    def test_times_are_frame_over_fps(self):
        assert ramp(3, 10).times.tolist() == [0, 0.1, 0.2]
        assert ramp(3, 10).duration == pytest.approx(0.3)


class TestSlice:
    @given(animations(), st.floats(0, 1))
    def test_pieces_put_together_are_the_whole(self, animation, where):
        cut = where * animation.duration
        assert_same(Animation.concatenate([animation.slice(0, cut), animation.slice(cut)]), animation)

    @given(animations())
    def test_whole_slice_is_the_whole(self, animation):
        assert_same(animation.slice(0), animation)

    def test_takes_frames_at_or_after_start_and_before_end(self):
        assert ramp(10, 10).slice(0.25, 0.5)["a"].tolist() == ramp(10, 10)["a"][3:5].tolist()
        assert len(ramp(30, 30).slice(0.1, 0.2)) == 3  # though 0.1 * 30 is not quite 3

    @pytest.mark.parametrize(("start", "end"), [(-1, None), (0.5, 0.2), (5, None), (float("nan"), None)])
    def test_impossible_slices(self, start, end):
        with pytest.raises(ValueError, match="slice needs 0 <= start <= end"):
            ramp(10, 10).slice(start, end)

    def test_lets_the_sound_go(self):
        animation = Animation(SPACE, np.zeros((4, 3)), 30, Path("a.wav"))
        assert animation.slice(0.05).audio is None
        assert animation.resample(60).audio == Path("a.wav")


class TestResample:
    @given(animations(), st.integers(1, 5))
    def test_up_and_down_again_is_exact(self, animation, factor):
        assert_same(animation.resample(animation.fps * factor).resample(animation.fps), animation)

    @given(animations(), rates)
    def test_keeps_duration_within_half_a_frame_and_range(self, animation, fps):
        result = animation.resample(fps)
        assert result.fps == fps
        assert abs(result.duration - animation.duration) <= max(0.5 / fps + 1e-9, 1 / fps - animation.duration)
        assert result.weights.min() >= animation.weights.min() - 1e-6
        assert result.weights.max() <= animation.weights.max() + 1e-6

    @given(animations())
    def test_same_rate_changes_nothing(self, animation):
        assert_same(animation.resample(animation.fps), animation)

    @given(rates, rates, st.floats(-1, 1, width=32))
    def test_a_constant_stays_exactly(self, old, new, value):
        result = Animation(SPACE, np.full((20, 3), value), old).resample(new)
        assert (result.weights == np.float32(value)).all()

    @given(rates, rates)
    def test_a_line_stays_a_line(self, old, new):
        line = Animation(SPACE, np.arange(50)[:, None].repeat(3, 1) / old, old)
        result = line.resample(new)
        inside = result.times <= line.times[-1]
        np.testing.assert_allclose(result["a"][inside], result.times[inside], atol=1e-5)

    def test_a_short_closure_stays_closed(self):
        curve = np.full(50, 0.5)
        curve[20:24] = 0.0  # 80 ms
        for fps in (24, 25, 30, 60):
            assert Animation.from_curves(SPACE, {"a": curve}, 50).resample(fps)["a"].min() == 0.0

    def test_frames_are_counted_and_the_last_holds(self):
        result = ramp(10, 10).resample(20, frames=25)
        assert len(result) == 25
        assert (result.weights[18:] == ramp(10, 10).weights[-1]).all()
        assert len(ramp(10, 10).resample(20, frames=0)) == 0

    def test_empty(self):
        empty = Animation(SPACE, np.zeros((0, 3)), 30)
        assert len(empty.resample(60)) == 0
        with pytest.raises(ValueError, match="0 for an empty animation, got 5"):
            empty.resample(60, frames=5)
        with pytest.raises(ValueError, match="frames must be 0 or more"):
            ramp().resample(60, frames=-1)

    @pytest.mark.parametrize("fps", [0, -1, np.nan, np.inf, 1e9])
    def test_impossible_fps(self, fps):
        with pytest.raises(ValueError, match="fps must be a number above 0"):
            ramp().resample(fps)


class TestJoining:
    @given(animations(fps=st.just(30.0)), animations(fps=st.just(30.0)), animations(fps=st.just(30.0)))
    def test_concatenate_is_associative(self, a, b, c):
        join = Animation.concatenate
        assert_same(join([join([a, b]), c]), join([a, join([b, c])]))
        assert len(join([a, b])) == len(a) + len(b)

    def test_concatenate_refuses_what_differs(self):
        with pytest.raises(ValueError, match="at least one animation, got none"):
            Animation.concatenate([])
        with pytest.raises(ValueError, match=r"10\.0 and 20\.0 fps; resample one first"):
            Animation.concatenate([ramp(fps=10), ramp(fps=20)])
        with pytest.raises(ValueError, match="different control spaces: test, ARKit"):
            Animation.concatenate([ramp(), Animation(ARKIT, np.zeros((1, 61)), 10)])

    @given(animations(st.just(7), st.just(30.0)), animations(st.just(7), st.just(30.0)))
    def test_mix_ends_are_the_two(self, a, b):
        assert_same(a.mix(b, 0), a)
        assert_same(a.mix(b, 1), b)
        np.testing.assert_allclose(a.mix(b).weights, b.mix(a).weights, atol=1e-6)

    def test_mix_over_time(self):
        zero, one = (Animation(SPACE, np.full((3, 3), v), 30) for v in (0, 1))
        assert zero.mix(one, [0, 0.5, 1])["a"].tolist() == [0, 0.5, 1]

    @pytest.mark.parametrize("amount", [-0.1, 1.1, np.nan, [0, 0, 2]])
    def test_mix_amount_stays_within(self, amount):
        with pytest.raises(ValueError, match=r"amount must be within 0\.\.1"):
            ramp(3).mix(ramp(3), amount)

    def test_mix_refuses_other_lengths(self):
        with pytest.raises(ValueError, match="one length, got 3 and 4 frames"):
            ramp(3).mix(ramp(4))
        with pytest.raises(ValueError, match=r"amount must be one number or \[3\], got \[2\]"):
            ramp(3).mix(ramp(3), [0, 1])


class TestRange:
    def test_names_what_leaves_its_range(self):
        animation = Animation.from_curves(SPACE, {"a": [0.5, 1.5], "b": [-0.5, 0.5]}, 30)
        assert animation.out_of_range() == {"a": (0.5, 1.5)}
        assert animation.clamp().out_of_range() == {}
        assert Animation(SPACE, np.zeros((0, 3)), 30).out_of_range() == {}

    @given(animations())
    def test_clamp_twice_is_clamp(self, animation):
        assert_same(animation.clamp().clamp(), animation.clamp())


class TestFile:
    @settings(max_examples=20)
    @given(animation=animations(st.integers(0, 20)))
    def test_load_gives_back_what_was_saved(self, animation, tmp_path_factory):
        path = tmp_path_factory.mktemp("npz") / "a.npz"
        animation.save(path)
        assert_same(Animation.load(path), animation)

    def test_keeps_where_the_audio_is(self, tmp_path):
        Animation(ARKIT, np.zeros((1, 61)), 30, Path("talk.wav")).save(tmp_path / "a.npz")
        assert Animation.load(tmp_path / "a.npz").audio == Path("talk.wav")

    def test_missing(self, tmp_path):
        with pytest.raises(FileNotFoundError, match="no such animation file"):
            Animation.load(tmp_path / "gone.npz")
        with pytest.raises(IsADirectoryError, match="cannot read"):
            Animation.load(tmp_path)

    @pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04broken", b"\x80\x04K\x01."], ids=len)
    def test_foreign_content(self, tmp_path, content):
        path = tmp_path / "a.npz"
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"a\.npz is not an animation \.npz"):
            Animation.load(path)

    def test_other_npz_and_npy(self, tmp_path):
        np.savez(tmp_path / "other.npz", x=np.zeros(3))
        np.save(tmp_path / "bare.npy", np.zeros(3))
        for name in ("other.npz", "bare.npy"):
            with pytest.raises(ValueError, match=r"is not an animation \.npz"):
                Animation.load(tmp_path / name)

    def test_a_pickle_inside_is_never_run(self, tmp_path):
        class Bomb:
            def __reduce__(self):
                return (Path.touch, (tmp_path / "ran",))

        good = dict(np.load(self.saved(tmp_path)))
        np.savez(tmp_path / "b.npz", **{**good, "names": np.array([Bomb()] * 3, object)})
        with pytest.raises(ValueError, match=r"is not an animation \.npz"):
            Animation.load(tmp_path / "b.npz")
        assert not (tmp_path / "ran").exists()

    @settings(max_examples=200, deadline=None)
    @given(data=st.data())
    def test_damage_is_a_clear_error_or_does_not_matter(self, data, tmp_path_factory):
        folder = tmp_path_factory.mktemp("damage")
        ramp().save(folder / "a.npz")
        content = bytearray((folder / "a.npz").read_bytes())
        if data.draw(st.booleans(), label="cut"):
            content = content[: data.draw(st.integers(0, len(content) - 1), label="length")]
        else:
            where = data.draw(st.integers(0, len(content) - 1), label="where")
            value = data.draw(st.integers(0, 255), label="value")
            assume(content[where] != value)
            content[where] = value
        (folder / "b.npz").write_bytes(content)
        try:
            loaded = Animation.load(folder / "b.npz")
        except ValueError as error:
            assert "b.npz is not an animation .npz, or is damaged" in str(error)
        else:
            assert_same(loaded, ramp())

    def test_impossible_content_is_refused(self, tmp_path):
        good = dict(np.load(self.saved(tmp_path)))
        for name, value in {
            "fps": np.array(0.0),
            "curves": np.full((3, 3), np.nan, np.float32),
            "units": np.array(["weight", "degree", "radian"]),
            "names": np.array(["a", "b"]),
            "ranges": np.zeros((3, 4)),
        }.items():
            np.savez(tmp_path / "bad.npz", **{**good, name: value})
            with pytest.raises(ValueError, match=r"bad\.npz is not an animation \.npz"):
                Animation.load(tmp_path / "bad.npz")

    @staticmethod
    def saved(folder):
        ramp().save(folder / "good.npz")
        return folder / "good.npz"
