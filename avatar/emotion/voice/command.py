"""How the trainings of this package run from the command line."""

import logging
from collections.abc import Callable
from typing import TypeVar

import tyro

Options = TypeVar("Options")


def run(options: type[Options], work: Callable[[Options], None]) -> None:
    """Read the options, work, and end with one line where that cannot be done.

    Args:
        options: a dataclass of what the command line says.
        work: what is done with them; it keeps what takes long, so that it can be interrupted.
    """
    chosen = tyro.cli(options)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    try:
        work(chosen)
    except (OSError, ValueError) as error:
        raise SystemExit(str(error)) from None
    except KeyboardInterrupt:
        raise SystemExit("interrupted; the same command goes on from here") from None
