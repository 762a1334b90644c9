"""Reads the baked head."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open


@dataclass(frozen=True)
class HeadFile:
    """What the file holds.

    Args:
        tensors: arrays by name.
        header: names, ranges, where the data is from.
    """

    tensors: dict[str, NDArray[Any]]
    header: dict[str, Any]

    @classmethod
    def read(cls, path: str | Path) -> "HeadFile":
        """Read a baked head.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: the file isn't a baked head.
        """
        if not Path(path).is_file():
            raise FileNotFoundError(f"no baked head at {path}; build one with: python -m avatar.rigs.bake WHEEL {path}")
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            if "head" not in metadata:
                raise ValueError(f"{path} must be a baked head, got a safetensors file without a head header")
            return cls({name: file.get_tensor(name) for name in sorted(file.keys())}, json.loads(metadata["head"]))

    def displacements(self, name: str) -> NDArray[np.float32]:
        """Displacements [K, V, 3] that were stored sparsely."""
        index = self.tensors[f"{name}.index"].astype(np.int64)
        count = self.tensors[f"{name}.count"]
        which = np.repeat(np.arange(len(count)), count)
        out = np.zeros((len(count), len(self.tensors["rest"]), 3), np.float32)
        out[which, index] = self.tensors[f"{name}.value"] * self.tensors[f"{name}.scale"][which, None]
        return out

    def prefixed(self, prefix: str) -> dict[str, NDArray[Any]]:
        """Arrays whose names start with a prefix, the prefix taken off."""
        return {name[len(prefix) :]: array for name, array in self.tensors.items() if name.startswith(prefix)}
