"""Pickles as other programs wrote them: Python 2, chumpy (which need not be there)."""

import io
import pickle
from typing import Any, ClassVar

import numpy as np


class Foreign:
    """An object of a class that is not installed; pickled under that class's name with its attributes."""

    pickled_as: tuple[str, str]

    def __init__(self, **attributes: Any) -> None:
        self.__dict__.update(attributes)


class Ch(Foreign):
    pickled_as = ("chumpy.ch", "Ch")


class Select(Foreign):
    pickled_as = ("chumpy.reordering", "Select")


class Transpose(Foreign):
    pickled_as = ("chumpy.reordering", "transpose")


class Reshape(Foreign):
    pickled_as = ("chumpy.reordering", "Reshape")


class Tile(Foreign):
    pickled_as = ("chumpy.reordering", "Tile")


class Csc(Foreign):
    pickled_as = ("scipy.sparse.csc", "csc_matrix")


def chumpy_array(values: Any) -> Ch:
    """The attributes that chumpy pickles beside the array."""
    return Ch(x=np.asarray(values), _dirty_vars=set(), _itr=None, _depends_on_deps={})


class _Pickler(pickle._Pickler):  # type: ignore[name-defined, misc]
    dispatch: ClassVar = dict(pickle._Pickler.dispatch)  # type: ignore[attr-defined]
    python_2 = False

    def save_global(self, value: Any, name: str | None = None) -> None:
        module, name = getattr(value, "pickled_as", (None, name))
        if module is None and getattr(value, "__module__", "").startswith("numpy._core") and self.python_2:
            module, name = value.__module__.replace("numpy._core", "numpy.core"), value.__name__
        if module is None:
            super().save_global(value, name)
            return
        self.write(pickle.GLOBAL + f"{module}\n{name}\n".encode())
        self.memoize(value)

    dispatch[type] = save_global
    dispatch[type(len)] = save_global
    dispatch[type(lambda: 0)] = save_global


class _Python2Pickler(_Pickler):
    dispatch: ClassVar = dict(_Pickler.dispatch)
    python_2 = True

    def save_string(self, value: str | bytes) -> None:
        data = value.encode("latin-1") if isinstance(value, str) else value
        if self.proto == 0:
            self.write(pickle.STRING + repr(data)[1:].encode() + b"\n")
        elif len(data) < 256:
            self.write(pickle.SHORT_BINSTRING + bytes([len(data)]) + data)
        else:
            self.write(pickle.BINSTRING + len(data).to_bytes(4, "little") + data)
        self.memoize(value)

    dispatch[str] = save_string
    dispatch[bytes] = save_string


def dumps(value: Any, protocol: int = 2, *, python_2: bool = False) -> bytes:
    """A pickle with `Foreign` objects in it, on demand as Python 2 wrote it."""
    file = io.BytesIO()
    (_Python2Pickler if python_2 else _Pickler)(file, protocol).dump(value)
    return file.getvalue()
