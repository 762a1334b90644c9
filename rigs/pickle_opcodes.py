"""What each opcode of a pickle does to the machine."""

import codecs
import pickle
import struct
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

from avatar.rigs.pickle_machine import MARK, Machine, RefusedFileError, Symbol, called

_MOST_OPCODES = 2_000_000
_MOST_DIGITS = 400
_ONLY = "must hold arrays and plain values only"


def run(machine: Machine) -> Any:
    """Interpret one pickle from where the machine stands.

    Returns:
        Its value.

    Raises:
        RefusedFileError: it refers to something that is not in the machine's table, or is damaged or too large.
    """
    at = machine.position
    try:
        for _ in range(_MOST_OPCODES):
            at = machine.position
            opcode = machine.take(1)
            if opcode == pickle.STOP:
                return machine.pop()
            if opcode not in _OPCODES:
                raise ValueError(f"there is no opcode {opcode!r}")
            _OPCODES[opcode](machine)
    except RefusedFileError as refused:
        raise RefusedFileError(f"{machine.name} {refused}; nothing of it was run") from None
    except (LookupError, ValueError, TypeError, OverflowError, MemoryError, struct.error) as error:
        raise RefusedFileError(
            f"{machine.name} must be a whole pickle of arrays, got a damaged or foreign one at byte {at} "
            f"({type(error).__name__}: {error}); fetch it again"
        ) from None
    raise RefusedFileError(f"{machine.name} must hold at most {_MOST_OPCODES} values, got more; it isn't a rig")


def _refuse_extension(machine: Machine, layout: str) -> None:
    raise RefusedFileError(f"{_ONLY}, got number {machine.number(layout)} of the extension registry")


def _refuse_instance(machine: Machine) -> None:
    module, name = machine.line().decode("latin-1"), machine.line().decode("latin-1")
    raise RefusedFileError(f"{_ONLY}, got an instance of {called(Symbol(module, name))}")


def _refuse_object(machine: Machine) -> None:
    first = next(iter(machine.pop_to_mark()), None)
    raise RefusedFileError(f"{_ONLY}, got an instance of {called(first)}")


def _refuse_keywords(machine: Machine) -> None:
    machine.pop(), machine.pop()
    raise RefusedFileError(f"{_ONLY}, got a call of {called(machine.pop())} with keywords")


def _refuse_buffer(machine: Machine) -> None:
    raise RefusedFileError("must hold everything itself, got a buffer kept elsewhere")


def _integer(machine: Machine) -> None:
    text = machine.line(_MOST_DIGITS)
    machine.push({b"00": False, b"01": True}[text] if text in (b"00", b"01") else int(text))


def _long(machine: Machine) -> None:
    machine.push(int(machine.line(_MOST_DIGITS).removesuffix(b"L")))


def _long_of(machine: Machine, layout: str) -> None:
    size = machine.number(layout)
    if size > _MOST_DIGITS:
        raise ValueError(f"a number of {size} bytes")
    machine.push(int.from_bytes(machine.take(size), "little", signed=True))


def _quoted(machine: Machine) -> None:
    text = machine.line()
    if len(text) < 2 or text[:1] != text[-1:] or text[:1] not in (b"'", b'"'):
        raise ValueError("a string without quotes")
    machine.push(codecs.escape_decode(text[1:-1])[0].decode("latin-1"))


def _text(machine: Machine, layout: str) -> None:
    machine.push(machine.take(machine.number(layout)).decode("utf-8", "surrogatepass"))


def _latin(machine: Machine, layout: str) -> None:
    machine.push(machine.take(machine.number(layout)).decode("latin-1"))


def _global(machine: Machine) -> None:
    module, name = machine.line().decode("latin-1"), machine.line().decode("latin-1")
    machine.refer(module, name)


def _stack_global(machine: Machine) -> None:
    name, module = machine.pop(), machine.pop()
    machine.refer(module, name)


def _call(machine: Machine) -> None:
    arguments, what = machine.pop(), machine.pop()
    machine.call(what, arguments)


def _tuple_of(machine: Machine, count: int) -> None:
    machine.push(tuple([machine.pop() for _ in range(count)][::-1]))


def _dictionary(machine: Machine) -> None:
    items = machine.pop_to_mark()
    machine.push({})
    machine.add_pairs(items)


def _set_item(machine: Machine) -> None:
    value, key = machine.pop(), machine.pop()
    machine.add_pairs([key, value])


def _append(machine: Machine) -> None:
    value = machine.pop()
    machine.top(list).append(value)


def _extend(machine: Machine) -> None:
    items = machine.pop_to_mark()
    machine.top(list).extend(items)


def _add(machine: Machine) -> None:
    items = [machine.key(item) for item in machine.pop_to_mark()]
    machine.top(set).update(items)


def _identify_line(machine: Machine) -> None:
    machine.identify(machine.line().decode("latin-1"))


def _identify(machine: Machine) -> None:
    machine.identify(machine.pop())


def _discard(machine: Machine) -> None:
    machine.stack.pop()


def _duplicate(machine: Machine) -> None:
    value = machine.pop()
    machine.stack += (value, value)


def _skip(machine: Machine, count: int) -> None:
    machine.take(count)


def _push(machine: Machine, value: Any) -> None:
    machine.push(value)


def _push_empty(machine: Machine, kind: type) -> None:
    machine.push(kind())


def _number(machine: Machine, layout: str) -> None:
    machine.push(machine.number(layout))


def _float(machine: Machine) -> None:
    machine.push(float(machine.line(_MOST_DIGITS)))


def _text_line(machine: Machine) -> None:
    machine.push(machine.line().decode("raw-unicode-escape"))


def _raw(machine: Machine, layout: str) -> None:
    machine.push(machine.take(machine.number(layout)))


def _tuple(machine: Machine) -> None:
    machine.push(tuple(machine.pop_to_mark()))


def _list(machine: Machine) -> None:
    machine.push(machine.pop_to_mark())


def _frozen_set(machine: Machine) -> None:
    machine.push(frozenset([machine.key(item) for item in machine.pop_to_mark()]))


def _set_items(machine: Machine) -> None:
    machine.add_pairs(machine.pop_to_mark())


def _put(machine: Machine) -> None:
    machine.remember(int(machine.line(_MOST_DIGITS)))


def _get(machine: Machine) -> None:
    machine.push(machine.memo[int(machine.line(_MOST_DIGITS))])


def _put_at(machine: Machine, layout: str) -> None:
    machine.remember(machine.number(layout))


def _get_at(machine: Machine, layout: str) -> None:
    machine.push(machine.memo[machine.number(layout)])


def _memoize(machine: Machine) -> None:
    machine.remember(len(machine.memo))


def _opcodes() -> Iterator[tuple[bytes, Callable[[Machine], Any]]]:
    """Every opcode of protocols 0 to 5, except STOP."""
    op = pickle
    yield op.PROTO, partial(_skip, count=1)
    yield op.FRAME, partial(_skip, count=8)
    yield op.MARK, partial(_push, value=MARK)
    yield op.POP, _discard
    yield op.POP_MARK, Machine.pop_to_mark
    yield op.DUP, _duplicate
    for code, constant in ((op.NONE, None), (op.NEWTRUE, True), (op.NEWFALSE, False), (op.EMPTY_TUPLE, ())):
        yield code, partial(_push, value=constant)
    for code, empty in ((op.EMPTY_LIST, list), (op.EMPTY_DICT, dict), (op.EMPTY_SET, set)):
        yield code, partial(_push_empty, kind=empty)
    for code, layout in ((op.BININT, "<i"), (op.BININT1, "<B"), (op.BININT2, "<H"), (op.BINFLOAT, ">d")):
        yield code, partial(_number, layout=layout)
    yield op.INT, _integer
    yield op.LONG, _long
    yield op.FLOAT, _float
    yield op.STRING, _quoted
    yield op.UNICODE, _text_line
    for code, layout in ((op.LONG1, "<B"), (op.LONG4, "<i")):
        yield code, partial(_long_of, layout=layout)
    for code, layout in ((op.SHORT_BINUNICODE, "<B"), (op.BINUNICODE, "<I"), (op.BINUNICODE8, "<Q")):
        yield code, partial(_text, layout=layout)
    for code, layout in ((op.SHORT_BINSTRING, "<B"), (op.BINSTRING, "<i")):
        yield code, partial(_latin, layout=layout)
    for code, layout in ((op.SHORT_BINBYTES, "<B"), (op.BINBYTES, "<I"), (op.BINBYTES8, "<Q"), (op.BYTEARRAY8, "<Q")):
        yield code, partial(_raw, layout=layout)
    for code, count in ((op.TUPLE1, 1), (op.TUPLE2, 2), (op.TUPLE3, 3)):
        yield code, partial(_tuple_of, count=count)
    yield op.TUPLE, _tuple
    yield op.LIST, _list
    yield op.DICT, _dictionary
    yield op.FROZENSET, _frozen_set
    yield op.APPEND, _append
    yield op.APPENDS, _extend
    yield op.SETITEM, _set_item
    yield op.SETITEMS, _set_items
    yield op.ADDITEMS, _add
    yield op.PUT, _put
    yield op.GET, _get
    for code, layout in ((op.BINPUT, "<B"), (op.LONG_BINPUT, "<I")):
        yield code, partial(_put_at, layout=layout)
    for code, layout in ((op.BINGET, "<B"), (op.LONG_BINGET, "<I")):
        yield code, partial(_get_at, layout=layout)
    yield op.MEMOIZE, _memoize
    yield op.GLOBAL, _global
    yield op.STACK_GLOBAL, _stack_global
    yield op.REDUCE, _call
    yield op.NEWOBJ, _call
    yield op.BUILD, Machine.finish
    yield op.NEWOBJ_EX, _refuse_keywords
    yield op.INST, _refuse_instance
    yield op.OBJ, _refuse_object
    yield op.PERSID, _identify_line
    yield op.BINPERSID, _identify
    for code, layout in ((op.EXT1, "<B"), (op.EXT2, "<H"), (op.EXT4, "<i")):
        yield code, partial(_refuse_extension, layout=layout)
    yield op.NEXT_BUFFER, _refuse_buffer
    yield op.READONLY_BUFFER, _refuse_buffer


_OPCODES: Final = dict(_opcodes())
