"""The stack machine that a pickle is a program for, reduced to what builds plain values."""

import reprlib
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

MOST_KEYS = 20_000
"""Most keys of all dicts and sets of a file."""

_MOST_KEY_PARTS = 64

MARK: Final = object()
"""Stands on the stack where a group of items begins."""


class RefusedFileError(ValueError):
    """A file that holds something else than arrays, or is damaged or too large; nothing of it was run."""


@dataclass(frozen=True)
class Symbol:
    """What a pickle calls a class or a function; it is never looked up anywhere but in a table of ours.

    Args:
        module: its module's name.
        name: its name in there.
    """

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(eq=False)
class Shell:
    """An object that a pickle has begun and not filled yet.

    Args:
        kind: what it is to become.
        fill: makes the value of its state.
    """

    kind: str
    fill: Callable[[Any, "Budget"], Any]
    places: list[int] = field(default_factory=list)

    def __str__(self) -> str:
        return f"an unfinished {self.kind}"


@dataclass
class Budget:
    """What a file may still make us allocate beyond its own size.

    Args:
        left: bytes.
    """

    left: int

    def spend(self, size: int) -> None:
        """Take `size` bytes.

        Raises:
            RefusedFileError: so many are not left.
        """
        self.left -= size
        if self.left < 0:
            raise RefusedFileError("must not unfold to many times its size, got one that does")


Builders = Mapping[Symbol, Callable[[Symbol, tuple[Any, ...], Budget], Any]]
"""What a pickle may refer to: makes a value, or a `Shell`, of the symbol and its arguments."""

Persistent = Callable[[Any], Any]
"""Gives what a persistent id stands for."""


class Machine:
    """A stack, a memo, and the ways in which opcodes may change them.

    Args:
        data: the file.
        name: what errors call it.
        builders: what it may refer to.
        budget: what it may allocate.
        start: where the pickle begins.
        persistent: gives what a persistent id stands for; none may occur when left out.
    """

    def __init__(
        self,
        data: bytes,
        name: str,
        builders: Builders,
        budget: Budget,
        *,
        start: int = 0,
        persistent: Persistent | None = None,
    ) -> None:
        self.data, self.name, self.builders, self.budget = data, name, builders, budget
        self.position, self.persistent = start, persistent
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self.keys = 0

    def take(self, count: int) -> bytes:
        """Read bytes."""
        end = self.position + count
        if count < 0 or end > len(self.data):
            raise ValueError(f"{count} bytes are announced and {len(self.data) - self.position} are left")
        self.position, start = end, self.position
        return self.data[start:end]

    def number(self, layout: str) -> Any:
        """Read a number of a `struct` layout."""
        return struct.unpack(layout, self.take(struct.calcsize(layout)))[0]

    def line(self, most: int | None = None) -> bytes:
        """Read up to the end of the line, of at most so many bytes."""
        end = self.data.index(b"\n", self.position)
        if most is not None and end - self.position > most:
            raise ValueError(f"a number of {end - self.position} digits")
        text = self.take(end - self.position)
        self.position += 1
        return text

    def push(self, value: Any) -> None:
        """Put a value on the stack."""
        self.stack.append(value)

    def pop(self) -> Any:
        """Take a finished value from the stack."""
        value = self.stack.pop()
        if isinstance(value, Shell) or value is MARK:
            raise ValueError(f"a {'mark' if value is MARK else value} where a value should be")
        return value

    def pop_to_mark(self) -> list[Any]:
        """Take all finished values down to the mark."""
        items: list[Any] = []
        while self.stack[-1] is not MARK:
            items.append(self.pop())
        self.stack.pop()
        return items[::-1]

    def top(self, kind: type) -> Any:
        """The container on top of the stack."""
        value = self.stack[-1]
        if type(value) is not kind:
            raise RefusedFileError(f"must fill only plain lists, dicts and sets, got {called(value)}")
        return value

    def remember(self, index: int) -> None:
        """Keep the top of the stack in the memo."""
        value = self.stack[-1]
        if value is MARK:
            raise ValueError("a mark where a value should be")
        self.memo[index] = value
        if isinstance(value, Shell):
            value.places.append(index)

    def refer(self, module: Any, name: Any) -> None:
        """Put a symbol on the stack if the table has it."""
        if not (isinstance(module, str) and isinstance(name, str)):
            raise RefusedFileError(f"must name what it refers to by strings, got {called(module)} and {called(name)}")
        symbol = Symbol(module, name)
        if symbol not in self.builders:
            raise RefusedFileError(f"must hold arrays and plain values only, got {called(symbol)}")
        self.push(symbol)

    def call(self, what: Any, arguments: Any) -> None:
        """Build what a symbol of the table stands for."""
        if not isinstance(what, Symbol) or not isinstance(arguments, tuple):
            raise RefusedFileError(f"must hold arrays and plain values only, got a call of {called(what)}")
        self.push(self.builders[what](what, arguments, self.budget))

    def finish(self) -> None:
        """Give the shell on the stack its state; where it was remembered, its value takes its place."""
        state, shell = self.pop(), self.stack[-1]
        if not isinstance(shell, Shell):
            raise RefusedFileError(f"must hold arrays and plain values only, got a state for {called(shell)}")
        value = shell.fill(state, self.budget)
        self.stack[-1] = value
        for index in shell.places:
            self.memo[index] = value

    def add_pairs(self, items: list[Any]) -> None:
        """Put keys and values into the dict on the stack."""
        into = self.top(dict)
        for key, value in zip(items[::2], items[1::2], strict=True):
            into[self.key(key)] = value

    def key(self, value: Any) -> Any:
        """Check and count a key."""
        self.keys += 1
        if self.keys > MOST_KEYS:
            raise RefusedFileError(f"must have at most {MOST_KEYS} keys, got more")
        return checked_key(value)

    def identify(self, value: Any) -> None:
        """Put what a persistent id stands for on the stack."""
        if self.persistent is None:
            raise RefusedFileError(f"must hold everything itself, got the persistent id {called(value)}")
        self.push(self.persistent(value))


def called(value: Any) -> str:
    """What errors call a value; short, however large or nested it is."""
    if isinstance(value, Symbol | Shell):
        return f"{value!s:.200}"
    if type(value) is bytes:
        return repr(value[:_MOST_SHOWN])
    return _SHORT.repr(value) if type(value) in _SHOWN else f"a {type(value).__name__}"


_MOST_SHOWN = 80
_SHOWN = (str, int, float, tuple, list, type(None))
_SHORT = reprlib.Repr()
_SHORT.maxlevel, _SHORT.maxstring = 2, _MOST_SHOWN


def checked_key(value: Any) -> Any:
    """Refuse keys that are slow to hash: deep tuples that share their parts, and numbers without end."""
    parts, count = [value], 0
    while parts:
        part = parts.pop()
        count += 1
        if isinstance(part, tuple):
            parts.extend(part[:_MOST_KEY_PARTS])
        elif isinstance(part, int):
            if abs(part) >= 2**63:
                raise RefusedFileError("must have names and numbers as keys, got a huge number")
        elif not (part is None or isinstance(part, str | bytes | float)):
            raise RefusedFileError(f"must have names and numbers as keys, got {called(part)}")
        if count > _MOST_KEY_PARTS:
            raise RefusedFileError("must have names and numbers as keys, got a tuple of many")
    return value
