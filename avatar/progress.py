"""The one way long work shows how far it is."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

T = TypeVar("T")


def _bar() -> Progress:
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def track(items: Iterable[T], description: str, *, total: int | None = None) -> Iterator[T]:
    """Yield `items` while a bar with the time left is drawn on standard error (only on a terminal).

    Args:
        items: what to go through.
        description: what is being done, for example "rendering".
        total: number of items where `items` has no length.
    """
    with _bar() as bar:
        yield from bar.track(items, total=total, description=description)
