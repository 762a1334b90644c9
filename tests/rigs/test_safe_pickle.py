"""Pickles of arrays are read in every spelling, and nothing else is."""

import copyreg
import io
import pickle
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse
import torch

from avatar.rigs.safe_pickle import RefusedFileError, load_npy, load_npz, load_pickle, read_pickle

from . import pickles


def contents() -> dict[str, Any]:
    random = np.random.default_rng(0)
    matrix = scipy.sparse.random(5, 20, 0.3, random_state=random)
    return {
        "array": np.arange(12.0).reshape(3, 4),
        "columns first": np.asfortranarray(np.arange(6, dtype=">i4").reshape(2, 3)),
        "empty": np.zeros((0, 3)),
        "unsigned": np.array([[4294967295, 0]], np.uint32),
        "truth": np.array([True, False]),
        "names": np.array(["ab", "c"]),
        "number": np.float32(3.5),
        "plain": [None, True, 1, -3, 10**20, 1.5, "bs", b"\x00\xff", (1, 2, 3, 4), {"a": []}],
        "sets": [{1, 2}, frozenset("ab")],
        **{form: matrix.asformat(form) for form in ("csc", "csr", "coo")},
        "sparse array": scipy.sparse.csc_array(matrix),
    }


def same(wrote: Any, read: Any) -> bool:
    if scipy.sparse.issparse(wrote):
        return np.array_equal(wrote.toarray(), read.dense())
    if isinstance(wrote, np.ndarray):
        order = wrote.flags.f_contiguous == read.flags.f_contiguous
        return read.dtype == wrote.dtype and order and np.array_equal(wrote, read)
    return type(wrote) is type(read) and bool(wrote == read)


@pytest.mark.parametrize("protocol", range(6))
def test_every_protocol_is_read(protocol: int) -> None:
    wrote = contents()
    read = read_pickle(pickle.dumps(wrote, protocol))
    assert read.keys() == wrote.keys()
    assert [name for name in wrote if not same(wrote[name], read[name])] == []


@pytest.mark.parametrize("protocol", range(3))
def test_python_2_is_read(protocol: int) -> None:
    wrote = {name: value for name, value in contents().items() if name not in ("plain", "names")}
    data = pickles.dumps(wrote, protocol, python_2=True)
    read = read_pickle(data)
    assert b"numpy.core" in data and b"_codecs" not in data and b"copyreg" not in data
    assert [name for name in wrote if not same(wrote[name], read[name])] == []


@pytest.mark.parametrize("protocol", range(3))
def test_chumpy_gives_the_arrays_it_stands_for(protocol: int) -> None:
    base = np.arange(12.0).reshape(3, 4)
    wrote = {
        "stored": pickles.chumpy_array(base),
        "selected": pickles.Select(a=pickles.chumpy_array(base), idxs=np.array([4, 1, 7, 2]), preferred_shape=(2, 2)),
        "transposed": pickles.Transpose(a=pickles.chumpy_array(base), axes=None),
        "reshaped": pickles.Reshape(a=base, newshape=(4, -1)),
    }
    read = read_pickle(pickles.dumps(wrote, protocol, python_2=True))
    np.testing.assert_array_equal(read["stored"], base)
    np.testing.assert_array_equal(read["selected"], [[4, 1], [7, 2]])
    np.testing.assert_array_equal(read["transposed"], base.T)
    np.testing.assert_array_equal(read["reshaped"], base.reshape(4, 3))


def test_torch_gives_arrays() -> None:
    wrote = {"turned": torch.arange(12).reshape(3, 4).T, "single": torch.rand(79, 2), "one": torch.ones(1).double()}
    read = read_pickle(pickle.dumps(wrote))
    for name, tensor in wrote.items():
        np.testing.assert_array_equal(read[name], tensor.numpy())


def test_numpy_files_of_objects_are_read(tmp_path: Path) -> None:
    matrix = scipy.sparse.random(5, 20, 0.3, format="csc", random_state=np.random.default_rng(0))
    np.save(tmp_path / "a.npy", {"faces": np.arange(3), "weights": torch.ones(2)})
    np.savez(tmp_path / "a.npz", plain=np.arange(4), matrix=np.array(matrix, dtype=object))
    read = load_npy(tmp_path / "a.npy")[()]
    np.testing.assert_array_equal(read["faces"], [0, 1, 2])
    np.testing.assert_array_equal(read["weights"], [1, 1])
    arrays = load_npz(tmp_path / "a.npz")
    np.testing.assert_array_equal(arrays["plain"], np.arange(4))
    np.testing.assert_array_equal(arrays["matrix"][()].dense(), matrix.toarray())


COMMAND = "echo caught > caught"


class System:
    def __reduce__(self) -> tuple[Any, ...]:
        import os

        return os.system, (COMMAND,)


class Eval:
    def __reduce__(self) -> tuple[Any, ...]:
        return eval, ("open('caught', 'w').close()",)


class Stored:
    """Pickled as an object of the trap module, whose class acts in __setstate__."""

    pickled_as = ("trap", "Stateful")

    def __init__(self) -> None:
        self.anything = 1


def text(value: str) -> bytes:
    return pickle.SHORT_BINUNICODE + bytes([len(value)]) + value.encode()


def torch_bytes(inner: bytes) -> bytes:
    return (
        b"\x80\x04ctorch.storage\n_load_from_bytes\n"
        + pickle.BINBYTES
        + len(inner).to_bytes(4, "little")
        + inner
        + b"\x85R."
    )


QUOTED = f"S'{COMMAND}'\n".encode()
STACKED = b"\x80\x04" + text("os") + text("system") + b"\x93" + text(COMMAND) + b"\x85R."
REMEMBERED = b"\x80\x04" + text("system") + b"\x940" + text("os") + b"h\x00\x93" + text(COMMAND) + b"\x85R."
ATTACKS = {
    "reduce, protocol 0": (pickle.dumps(System(), 0), r"(posix|nt|os)\.system"),
    "reduce, protocol 5": (pickle.dumps(System(), 5), r"(posix|nt|os)\.system"),
    "eval": (pickle.dumps([Eval()], 2), r"__builtin__\.eval"),
    "stack global": (STACKED, r"os\.system"),
    "stack global from the memo": (REMEMBERED, r"os\.system"),
    "dotted name": (
        b"\x80\x04" + text("shutil") + text("os.system") + b"\x93" + text(COMMAND) + b"\x85R.",
        r"shutil\.os\.system",
    ),
    "inst": (b"(" + QUOTED + b"ios\nsystem\n.", r"os\.system"),
    "obj": (b"(cos\nsystem\n" + QUOTED + b"o.", r"os\.system"),
    "set state": (pickles.dumps(Stored(), 2), r"trap\.Stateful"),
    "import alone": (b"ctrap\nvalue\n.", r"trap\.value"),
    "in an array": (pickle.dumps(np.array([None, System()], object)), r"(posix|nt|os)\.system"),
    "in chumpy": (pickles.dumps(pickles.Ch(x=np.ones(3), later=System()), 2), r"(posix|nt|os)\.system"),
    "after sound arrays": (pickle.dumps({"v_template": np.ones((3, 3)), "f": System()}), r"(posix|nt|os)\.system"),
    "in a tensor's bytes": (torch_bytes(pickle.dumps(System(), 2)), r"(posix|nt|os)\.system"),
}
CANNOT_RUN_HERE = ("in chumpy", "in a tensor's bytes")


@pytest.fixture
def trap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with a module that leaves a file when it is imported or used."""
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "trap.py").write_text(
        "def act(*_):\n    open('caught', 'w').close()\n\n\n"
        "class Stateful:\n    __setstate__ = act\n\n\nvalue = 1\nact()\n"
    )
    monkeypatch.syspath_prepend(tmp_path / "modules")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.delitem(sys.modules, "trap", raising=False)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_runs_and_the_error_names_it(attack: str, trap: Path) -> None:
    data, named = ATTACKS[attack]
    Path("evil.pkl").write_bytes(data)
    before, modules = sorted(trap.rglob("*")), set(sys.modules)
    with pytest.raises(RefusedFileError, match=named + ".*nothing of it was run"):
        load_pickle("evil.pkl")
    assert sorted(trap.rglob("*")) == before
    assert set(sys.modules) == modules


@pytest.mark.parametrize("attack", [attack for attack in ATTACKS if attack not in CANNOT_RUN_HERE])
def test_the_attacks_are_real(attack: str, trap: Path) -> None:
    pickle.loads(ATTACKS[attack][0])
    assert Path("caught").exists()


def test_attacks_in_numpy_files_are_refused(trap: Path) -> None:
    np.save("evil.npy", np.array([System()], object))
    np.savez("evil.npz", v_template=np.ones(3), f=np.array(Eval(), object))
    with pytest.raises(RefusedFileError, match=r"evil\.npy .*\.system"):
        load_npy("evil.npy")
    with pytest.raises(RefusedFileError, match=r"evil\.npz: f\.npy .*\.eval"):
        load_npz("evil.npz")
    assert sorted(path.name for path in Path().iterdir()) == ["evil.npy", "evil.npz"]


def test_the_extension_registry_is_not_asked(trap: Path) -> None:
    copyreg.add_extension("os", "system", 200)
    try:
        with pytest.raises(RefusedFileError, match="number 200 of the extension registry"):
            read_pickle(b"\x80\x02\x82\xc8" + QUOTED + b"\x85R.")
    finally:
        copyreg.remove_extension("os", "system", 200)


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"Pevil id\n.", "persistent id 'evil id'"),
        (b"\x80\x02K\x05Q.", "persistent id 5"),
        (b"\x80\x05\x97.", "kept elsewhere"),
        (b"cnumpy\nload\n.", r"numpy\.load"),
        (b"cnumpy\nndarray\n)R.", r"a call of numpy\.ndarray"),
        (
            b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\ndtype\n(K\x00tS'b'\ntR.",
            r"plain numpy arrays.*numpy\.dtype",
        ),
        (b"cnumpy\ndtype\n(S'O,i4'\nK\x00K\x01tR.", "the type 'O,i4'"),
        (b"]}b.", "a state for"),
        (b"(K\x01K\x02tK\x03a.", "fill only plain lists"),
        (b"c_codecs\nencode\n(S'x'\nS'rot13'\ntR.", "'rot13'"),
    ],
)
def test_everything_else_is_refused_by_name(data: bytes, named: str) -> None:
    with pytest.raises(RefusedFileError, match=named):
        read_pickle(data)


def test_chumpy_that_computes_is_refused_by_name() -> None:
    with pytest.raises(RefusedFileError, match=r"chumpy\.reordering\.Tile"):
        read_pickle(pickles.dumps(pickles.Tile(a=np.ones(3), reps=10**9)))


def shell(shape: bytes, code: bytes, data: bytes) -> bytes:
    """An array of a claimed shape."""
    dtype = b"cnumpy\ndtype\n(S'" + code + b"'\nK\x00K\x01tR(K\x03S'<'\nNNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
    return (
        b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\x00tS'b'\ntR(K\x01"
        + shape
        + dtype
        + b"\x89"
        + data
        + b"tb."
    )


def shared(levels: int, make: bytes) -> bytes:
    """Nested tuples, each of which holds the one before twice."""
    return b"\x80\x02)" + b"2\x86" * levels + make


BOMBS = {
    "bytes beyond the end": b"\x80\x04\x8e" + (2**62).to_bytes(8, "little") + b"x.",
    "text beyond the end": b"\x80\x04\x8d" + (2**63).to_bytes(8, "little") + b"x.",
    "negative length": b"T\xff\xff\xff\xffx.",
    "array beyond its data": shell(b"(J\xff\xff\xff\x7fJ\xff\xff\xff\x7ft", b"f8", b"S'abc'\n"),
    "array of objects beyond its list": shell(b"(J\xff\xff\xff\x7ft", b"O", b"]"),
    "shape of tuples": shell(b"((K\x01K\x02tJ\xff\xff\xff\x7ft", b"O", b"]"),
    "negative shape": shell(b"(J\xff\xff\xff\xffJ\xff\xff\xff\xfft", b"u1", b"S'x'\n"),
    "array of nothing": shell(b"(J\xff\xff\xff\x7ft", b"S0", b"S''\n"),
    "number without end": b"L" + b"9" * 100_000 + b"L\n.",
    "huge whole number": b"\x8b\xff\xff\xff\x7f\x01.",
    "keys that are slow to hash": shared(60, b"q\x000}h\x00K\x01s."),
    "errors that are slow to write": shared(60, b"q\x000") + b"cnumpy\ndtype\nh\x00\x85R.",
    "many times the same data": b"("
    + b"S'"
    + b"x" * 50_000
    + b"'\np0\n"
    + b"0(c_codecs\nencode\n(g0\nS'latin1'\ntR" * 1000
    + b".",
    "unfinished array": b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\x00tS'b'\ntR.",
    "array in itself": b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\x00tS'b'\ntRq\x00h\x00b.",
    "too many values": b"(" + b"N" * 2_000_001 + b"t.",
    "no such opcode": b"\xf0.",
    "empty": b"",
    "memo that is not there": b"g7\n.",
    "tensor that repeats itself": pickle.dumps(torch.ones(1).expand(10**9, 10**9)),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_claims_beyond_the_data_are_refused(bomb: str) -> None:
    with pytest.raises(RefusedFileError, match="the pickle must"):
        read_pickle(BOMBS[bomb])


def test_deep_nesting_is_read() -> None:
    value = read_pickle(b"]" * 100_000 + b"a" * 99_999 + b".")
    assert len(value) == 1


@pytest.mark.parametrize("attribute", ["_shape", "indptr", "indices", "data"])
def test_sparse_matrices_that_lie_are_refused(attribute: str) -> None:
    matrix = scipy.sparse.random(5, 20, 0.3, format="csc", random_state=np.random.default_rng(0))
    lie = {
        "_shape": (2**40, 2**40),
        "indptr": matrix.indptr[::-1].copy(),
        "indices": matrix.indices + 5,
        "data": matrix.data[1:],
    }
    setattr(matrix, attribute, lie[attribute])
    with pytest.raises(RefusedFileError, match="sound sparse matrices"):
        read_pickle(pickle.dumps(matrix))


def test_matrices_that_share_their_entries_do_not_unfold() -> None:
    entries, starts = np.zeros(100_000, np.int8), np.array([0, 100_000], np.int32)
    matrices = [pickles.Csc(_shape=(5, 1), data=entries, indices=entries, indptr=starts) for _ in range(100)]
    assert read_pickle(pickles.dumps(matrices[:1]))[0].shape == (5, 1)
    with pytest.raises(RefusedFileError, match="unfold to many times its size"):
        read_pickle(pickles.dumps(matrices))


def test_a_sparse_matrix_is_not_written_out_beyond_memory() -> None:
    matrix = read_pickle(pickle.dumps(scipy.sparse.coo_matrix(([1.0], ([0], [0])), shape=(2**40, 2**40))))
    with pytest.raises(RefusedFileError, match="fit 256 MiB"):
        matrix.dense()


def test_truncated_and_damaged_files_are_refused_or_read() -> None:
    whole = pickles.dumps(
        {"a": pickles.chumpy_array(np.arange(3.0)), "m": scipy.sparse.eye(3).tocsc()}, 2, python_2=True
    )
    for end in range(len(whole)):
        with pytest.raises(RefusedFileError):
            read_pickle(whole[:end])
    random = np.random.default_rng(1)
    refused = 0
    for _ in range(2000):
        damaged = bytearray(whole)
        for place in random.integers(0, len(whole), 2):
            damaged[place] = random.integers(0, 256)
        try:
            read_pickle(bytes(damaged))
        except RefusedFileError:
            refused += 1
    assert refused > 1000


def test_numpy_files_that_lie_are_refused(tmp_path: Path) -> None:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**6, 10**6)})
    (tmp_path / "a.npy").write_bytes(header.getvalue() + b"few")
    with pytest.raises(RefusedFileError, match=r"a\.npy must hold 8000000000000 bytes"):
        load_npy(tmp_path / "a.npy")
    (tmp_path / "b.npy").write_bytes(b"\x93NUMPY\x01\x00\xff")
    with pytest.raises(RefusedFileError, match=r"b\.npy must be a \.npy array"):
        load_npy(tmp_path / "b.npy")
    (tmp_path / "c.npz").write_bytes(b"PK\x03\x04 no")
    with pytest.raises(RefusedFileError, match=r"c\.npz must be an \.npz file"):
        load_npz(tmp_path / "c.npz")


@pytest.mark.parametrize("header", [b"(" * 9000, b"{'descr':" * 900, b"-" * 9000, b"{1: 2, 'descr': 3}", b"("])
def test_headers_that_choke_the_parser_are_refused(tmp_path: Path, header: bytes) -> None:
    (tmp_path / "a.npy").write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
    with pytest.raises(RefusedFileError, match=r"a\.npy must be a \.npy array"):
        load_npy(tmp_path / "a.npy")


def test_damaged_numpy_files_are_refused_or_read(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", {"faces": np.arange(3), "weights": torch.ones(2)})
    np.savez(tmp_path / "a.npz", plain=np.arange(4), more=np.array([None, "a"], object))
    random = np.random.default_rng(2)
    for name, load in (("a.npy", load_npy), ("a.npz", load_npz)):
        whole = (tmp_path / name).read_bytes()
        refused = 0
        for _ in range(300):
            damaged = bytearray(whole)
            damaged[random.integers(0, len(whole))] = random.integers(0, 256)
            (tmp_path / name).write_bytes(damaged)
            try:
                load(tmp_path / name)
            except RefusedFileError:
                refused += 1
        assert refused > 50


def test_archives_that_unpack_without_end_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.npy", b"\0" * 1000)
    with zipfile.ZipFile(tmp_path / "a.npz") as archive:
        start = archive.start_dir
    data = bytearray((tmp_path / "a.npz").read_bytes())
    data[start + 24 : start + 28] = (2**31).to_bytes(4, "little")
    (tmp_path / "a.npz").write_bytes(data)
    with pytest.raises(RefusedFileError, match="unpack to at most"):
        load_npz(tmp_path / "a.npz")
