"""What a pickle of arrays may refer to, and what is made of it: numpy, scipy's sparse matrices, chumpy, containers."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar.rigs.pickle_machine import MOST_KEYS, Budget, Builders, RefusedFileError, Shell, Symbol, called, checked_key

_MOST_DENSE = 2**28

_PLAIN_DTYPE = re.compile(r"[<>=|]?[biufcSU?]\d{0,9}")


@dataclass(frozen=True, eq=False)
class SparseMatrix:
    """A matrix [R, C] by its stored entries.

    Args:
        shape: rows and columns.
        rows: of each entry [N] int64.
        columns: of each entry [N] int64.
        values: the entries [N]; entries of one place add up.
    """

    shape: tuple[int, int]
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    values: NDArray[Any]

    def dense(self) -> NDArray[np.float64]:
        """The whole matrix.

        Raises:
            RefusedFileError: it would take more than 256 MiB.
        """
        if self.shape[0] * self.shape[1] * 8 > _MOST_DENSE:
            raise RefusedFileError(f"must hold matrices that fit 256 MiB when written out, got {list(self.shape)}")
        matrix = np.zeros(self.shape)
        np.add.at(matrix, (self.rows, self.columns), self.values)
        return matrix


def count_of(shape: Any) -> int:
    """How many items an array has, if its shape is one.

    Raises:
        RefusedFileError: it isn't a tuple of at most 32 whole numbers.
    """
    if type(shape) is not tuple or len(shape) > 32 or not all(type(extent) is int and extent >= 0 for extent in shape):
        raise RefusedFileError(f"must hold arrays of sound shapes, got {called(shape)}")
    return math.prod(shape)


def refuse_call(symbol: Symbol, arguments: tuple[Any, ...], budget: Budget) -> Any:
    """For symbols that may be named and not called."""
    raise RefusedFileError(f"must hold arrays and plain values only, got a call of {symbol}")


def array_of(data: bytes, dtype: np.dtype[Any], shape: tuple[int, ...], *, fortran: bool) -> NDArray[Any]:
    """A read-only array over bytes that must be all there.

    Raises:
        RefusedFileError: the shape and the bytes don't fit.
    """
    size = count_of(shape) * dtype.itemsize
    if size != len(data) or dtype.itemsize == 0:
        raise RefusedFileError(
            f"must hold {size} bytes for an array {list(shape)} of {dtype}, got {len(data)}; it is damaged"
        )
    return np.frombuffer(data, dtype).reshape(shape, order="F" if fortran else "C")


def _bytes(value: Any, budget: Budget) -> bytes:
    """Raw data; Python 2 kept it as a string."""
    if isinstance(value, str):
        budget.spend(len(value))
        return value.encode("latin-1")
    if not isinstance(value, bytes):
        raise TypeError(f"bytes were expected, not {type(value).__name__}")
    return value


def _new_array(_: Symbol, arguments: tuple[Any, ...], budget: Budget) -> Shell:
    kind = arguments[0]
    if not (isinstance(kind, Symbol) and kind in _ARRAYS):
        raise RefusedFileError(f"must hold plain numpy arrays, got {called(kind)}")
    return Shell("array", _fill_array)


def _fill_array(state: Any, budget: Budget) -> NDArray[Any]:
    shape, dtype, fortran, data = state[-4:]
    if not isinstance(dtype, np.dtype):
        raise TypeError("an array without type")
    if not dtype.hasobject:
        return array_of(_bytes(data, budget), dtype, shape, fortran=bool(fortran))
    if not isinstance(data, list) or count_of(shape) != len(data):
        raise RefusedFileError(f"must hold all items of an array {called(shape)} of objects")
    budget.spend(8 * len(data))
    objects = np.empty(len(data), object)
    for index, item in enumerate(data):
        objects[index] = item
    return objects.reshape(shape, order="F" if fortran else "C")


def _array_from_buffer(_: Symbol, arguments: tuple[Any, ...], budget: Budget) -> NDArray[Any]:
    data, dtype, shape, order = arguments
    if not isinstance(dtype, np.dtype) or dtype.hasobject:
        raise TypeError("an array without plain type")
    return array_of(_bytes(data, budget), dtype, shape, fortran=order == "F")


def _scalar(_: Symbol, arguments: tuple[Any, ...], budget: Budget) -> Any:
    dtype, data = arguments
    if not isinstance(dtype, np.dtype) or dtype.hasobject:
        raise TypeError("a number without plain type")
    return array_of(_bytes(data, budget), dtype, (1,), fortran=False)[0]


def _new_dtype(_: Symbol, arguments: tuple[Any, ...], budget: Budget) -> Shell:
    code = arguments[0]
    if not isinstance(code, str) or not (code in ("O", "O8") or _PLAIN_DTYPE.fullmatch(code)):
        raise RefusedFileError(f"must hold arrays of numbers or strings, got the type {called(code)}")
    return Shell("type", partial(_fill_dtype, "O" if code == "O8" else code))


def _fill_dtype(code: str, state: Any, budget: Budget) -> np.dtype[Any]:
    order, fields = state[1], state[2:5]
    if order not in ("<", ">", "=", "|") or any(field is not None for field in fields):
        raise RefusedFileError("must hold arrays of numbers or strings, got a type of several fields")
    return np.dtype(code).newbyteorder(order)


def _encode(_: Symbol, arguments: tuple[Any, ...], budget: Budget) -> bytes:
    text, encoding = arguments if len(arguments) == 2 else (*arguments, None)
    if not isinstance(text, str) or encoding not in ("latin1", "latin-1"):
        raise RefusedFileError(f"must encode strings as Latin-1 only, got {called(encoding)}")
    return _bytes(text, budget)


def _sequence(kind: Callable[[Any], Any], _: Symbol, arguments: tuple[Any, ...], budget: Budget) -> Any:
    items = arguments[0] if arguments else ()
    if len(arguments) > 1 or type(items) not in (list, tuple, bytes):
        raise TypeError("a container that is made of something else than a list")
    budget.spend(64 * len(items))
    return kind(items)


def _plain_set(kind: Callable[[Any], Any], _: Symbol, arguments: tuple[Any, ...], budget: Budget) -> Any:
    items = arguments[0] if arguments else ()
    if type(items) not in (list, tuple) or len(items) > MOST_KEYS:
        raise TypeError("a set that is made of something else than a short list")
    budget.spend(64 * len(items))
    return kind([checked_key(item) for item in items])


def _dict(_: Symbol, arguments: tuple[Any, ...], budget: Budget) -> dict[Any, Any]:
    if arguments:
        raise TypeError("a dict that is made of something")
    return {}


def _raw(_: Symbol, arguments: tuple[Any, ...], budget: Budget) -> bytes:
    if len(arguments) > 1 and arguments[1] not in ("latin-1", "latin1"):
        raise TypeError("bytes of another encoding")
    return _bytes(arguments[0], budget) if arguments else b""


def _slice(_: Symbol, arguments: tuple[Any, ...], budget: Budget) -> slice:
    if len(arguments) != 3 or not all(part is None or isinstance(part, int) for part in arguments):
        raise TypeError("a slice of something else than whole numbers")
    return slice(*arguments)


def _reconstruct(_: Symbol, arguments: tuple[Any, ...], budget: Budget) -> Any:
    """The way of old protocols to make an empty object of a class."""
    kind, rest = arguments[0], arguments[1:]
    if not isinstance(kind, Symbol) or kind not in _CLASSES or rest not in ((), *((base, None) for base in _OBJECT)):
        raise RefusedFileError(f"must hold arrays and plain values only, got an object of {called(kind)}")
    return _CLASSES[kind](kind, (), budget)


def _new_object(
    fill: Callable[[str, dict[str, Any], Budget], Any], symbol: Symbol, arguments: tuple[Any, ...], _: Budget
) -> Shell:
    if arguments:
        refuse_call(symbol, arguments, _)

    def filled(state: Any, budget: Budget) -> Any:
        if type(state) is not dict:
            raise TypeError(f"{symbol} without its attributes")
        return fill(symbol.name, state, budget)

    return Shell(str(symbol), filled)


def _numbers(value: Any) -> NDArray[Any]:
    """An array; lists are not taken, for nested ones may unfold without end."""
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "biuf":
        raise TypeError(f"an array of numbers was expected, not {called(value)}")
    return value


def _fill_sparse(name: str, state: dict[str, Any], budget: Budget) -> SparseMatrix:
    shape = tuple(state["_shape"] if "_shape" in state else state["shape"])
    shape = tuple(extent.item() if isinstance(extent, np.integer) else extent for extent in shape)
    count_of(shape)
    values = _numbers(state["data"])
    budget.spend(16 * values.size)  # places are widened below
    if name.startswith("coo"):
        rows, columns = map(_numbers, state["coords"] if "coords" in state else (state["row"], state["col"]))
    else:
        along, across = (0, 1) if name.startswith("csr") else (1, 0)
        places = {
            along: _unpacked(state["indptr"], shape[along], len(values), budget),
            across: _numbers(state["indices"]),
        }
        rows, columns = places[0], places[1]
    if not (rows.shape == columns.shape == values.shape and values.ndim == 1 and len(shape) == 2):
        raise RefusedFileError("must hold sound sparse matrices, got one whose entries and places don't fit")
    for place, count in zip((rows, columns), shape, strict=True):
        if len(place) and not 0 <= place.min() <= place.max() < count:
            raise RefusedFileError("must hold sound sparse matrices, got one with entries outside its shape")
    return SparseMatrix(shape, rows.astype(np.int64), columns.astype(np.int64), values)


def _unpacked(pointers: Any, lines: int, entries: int, budget: Budget) -> NDArray[np.int64]:
    """The line (row or column) of each entry of a compressed matrix."""
    starts = _numbers(pointers).astype(np.int64)
    sound = starts.shape == (lines + 1,) and starts[0] == 0 and starts[-1] == entries
    if not sound or starts.min() < 0 or np.diff(starts).min(initial=0) < 0:
        raise RefusedFileError("must hold sound sparse matrices, got one whose pointers don't fit its entries")
    budget.spend(8 * entries)
    return np.repeat(np.arange(lines), np.diff(starts))


def _fill_chumpy(name: str, state: dict[str, Any], budget: Budget) -> NDArray[Any]:
    """The array that a chumpy object stands for: stored as it is, or reordered."""
    array = _numbers(state["x" if name == "Ch" else "a"])
    if name == "Select":
        chosen = state["idxs"]
        chosen = chosen if isinstance(chosen, slice) else _numbers(chosen)
        budget.spend(array.nbytes + array.itemsize * (0 if isinstance(chosen, slice) else chosen.size))
        array = array.ravel()[chosen]
        shape = state.get("preferred_shape")
        return array if shape is None else array.reshape(shape)
    if name == "transpose":
        return np.transpose(array, state.get("axes"))
    if name == "Reshape":
        return array.reshape(state["newshape"])
    return array


_ARRAYS = {Symbol("numpy", "ndarray")}
_OBJECT = (Symbol("__builtin__", "object"), Symbol("builtins", "object"))

_CLASSES: dict[Symbol, Callable[[Symbol, tuple[Any, ...], Budget], Any]] = {
    **{
        Symbol(f"scipy.sparse.{module}", f"{form}_{kind}"): partial(_new_object, _fill_sparse)
        for form in ("csc", "csr", "coo")
        for module in (form, f"_{form}")
        for kind in ("matrix", "array")
    },
    Symbol("chumpy.ch", "Ch"): partial(_new_object, _fill_chumpy),
    Symbol("chumpy", "Ch"): partial(_new_object, _fill_chumpy),
    **{
        Symbol("chumpy.reordering", name): partial(_new_object, _fill_chumpy)
        for name in ("Select", "transpose", "Reshape")
    },
}

BUILDERS: Builders = {
    **_CLASSES,
    **{
        Symbol(f"{core}.multiarray", name): build
        for core in ("numpy.core", "numpy._core")
        for name, build in (("_reconstruct", _new_array), ("scalar", _scalar))
    },
    **{Symbol(f"{core}.numeric", "_frombuffer"): _array_from_buffer for core in ("numpy.core", "numpy._core")},
    **dict.fromkeys((*_ARRAYS, *_OBJECT), refuse_call),
    Symbol("numpy", "dtype"): _new_dtype,
    Symbol("_codecs", "encode"): _encode,
    Symbol("collections", "OrderedDict"): _dict,
    **{Symbol(registry, "_reconstructor"): _reconstruct for registry in ("copy_reg", "copyreg")},
    **{Symbol(registry, "__newobj__"): _reconstruct for registry in ("copy_reg", "copyreg")},
    **{
        Symbol(builtins, name): build
        for builtins in ("__builtin__", "builtins")
        for name, build in (
            ("set", partial(_plain_set, set)),
            ("frozenset", partial(_plain_set, frozenset)),
            ("list", partial(_sequence, list)),
            ("tuple", partial(_sequence, tuple)),
            ("bytes", _raw),
            ("bytearray", _raw),
            ("slice", _slice),
        )
    },
}
"""Everything that a pickle of arrays may refer to."""
