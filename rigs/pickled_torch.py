"""Torch tensors in a pickle: FLAME's landmark files have some."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar.rigs import pickled_types
from avatar.rigs.pickle_machine import Budget, Builders, Machine, RefusedFileError, Symbol, called
from avatar.rigs.pickle_opcodes import run

_MAGIC = 0x1950A86A20F9469CFC6C
_HEADER_PICKLES = 4

_STORAGES = {
    Symbol("torch", f"{name}Storage"): np.dtype(code)
    for name, code in {
        "Double": "<f8",
        "Float": "<f4",
        "Half": "<f2",
        "Long": "<i8",
        "Int": "<i4",
        "Short": "<i2",
        "Char": "<i1",
        "Byte": "<u1",
        "Bool": "?",
    }.items()
}


def _storage_in_bytes(_: Symbol, arguments: tuple[Any, ...], budget: Budget) -> NDArray[Any]:
    """The one storage of a file in torch's old format: four pickles, its key, its length and its numbers."""
    (data,) = arguments
    if isinstance(data, str):
        budget.spend(len(data))
        data = data.encode("latin-1")
    machine = Machine(data, "its tensor", _NESTED, budget, persistent=_declared)
    magic, _, _, storage = (run(machine) for _ in range(_HEADER_PICKLES))
    keys = run(machine)
    if magic != _MAGIC or not isinstance(storage, tuple) or not isinstance(keys, list) or len(keys) != 1:
        raise RefusedFileError("must hold tensors in torch's own format, got something else")
    dtype, count = storage
    if machine.number("<q") != count:
        raise RefusedFileError("must hold whole tensors, got one that is shorter than announced")
    return pickled_types.array_of(machine.take(count * dtype.itemsize), dtype, (count,), fortran=False)


def _declared(identity: Any) -> tuple[np.dtype[Any], int]:
    """Type and length that a persistent id of torch declares."""
    word, kind, _, _, count = identity[:5]
    if word != "storage" or not isinstance(kind, Symbol) or type(count) is not int or count < 0:
        raise RefusedFileError(f"must hold tensors in torch's own format, got the persistent id {called(identity)}")
    return _STORAGES[kind], count


def _tensor(_: Symbol, arguments: tuple[Any, ...], budget: Budget) -> NDArray[Any]:
    storage, offset, shape, strides = arguments[:4]
    if not isinstance(storage, np.ndarray) or storage.ndim != 1:
        raise TypeError("a tensor without storage")
    count = pickled_types.count_of(shape)
    pickled_types.count_of(strides)
    last = offset + sum((extent - 1) * stride for extent, stride in zip(shape, strides, strict=True))
    if type(offset) is not int or offset < 0 or count == 0 or last >= len(storage):
        raise RefusedFileError(f"must hold whole tensors, got {called(shape)} of {len(storage)} numbers")
    budget.spend(count * storage.itemsize)
    steps = [stride * storage.itemsize for stride in strides]
    return np.lib.stride_tricks.as_strided(storage[offset:], shape, steps, writeable=False).copy()


_NESTED: Builders = {**pickled_types.BUILDERS, **dict.fromkeys(_STORAGES, pickled_types.refuse_call)}

BUILDERS: Builders = {
    Symbol("torch._utils", "_rebuild_tensor_v2"): _tensor,
    Symbol("torch.storage", "_load_from_bytes"): _storage_in_bytes,
}
"""What a pickle with tensors refers to beside `pickled_types.BUILDERS`."""
