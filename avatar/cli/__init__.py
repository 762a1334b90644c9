"""The `avatar` command. Heavy modules are imported only by the commands that need them: help must come at once."""

import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

USAGE, FAILURE, INTERRUPTED = 2, 1, 130
"""Exit codes: bad arguments or input; some of several recordings failed, or our own fault; Ctrl-C or SIGTERM."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: those after the program's name; of this process when left out.

    Returns:
        The exit code.
    """
    # numpy's small products, shared among cores, wait for whichever another program has; see avatar.threads.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in words
    words = [word for word in words if word != "--debug"]
    if words == ["--version"]:
        import avatar

        sys.stdout.write(f"avatar {avatar.__version__}\n")
        return 0
    try:
        with _log_to_stderr(), _terminated_as_interrupted():
            from avatar.cli.commands import parse

            return parse(words).run()
    except SystemExit as stop:  # help was asked for, or the arguments do not parse
        return stop.code if isinstance(stop.code, int) else USAGE
    except KeyboardInterrupt:
        sys.stderr.write("avatar: stopped; no file was left half-written\n")
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone. Python would complain once more when it closes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILURE
    except Exception as error:
        if debug:
            raise
        sys.stderr.write(f"avatar: error: {describe(error)}\n")
        return USAGE if isinstance(error, OSError | ValueError | KeyError) else FAILURE


def describe(error: Exception) -> str:
    """One line that says what went wrong."""
    if isinstance(error, KeyError) and error.args:
        message = str(error.args[0])  # str() of a KeyError is in quotes
    elif isinstance(error, FileNotFoundError) and error.filename is not None:  # not worded by us
        message = f"no such file or folder: {error.filename}"
    elif isinstance(error, OSError) and error.filename is not None:
        message = f"cannot use {error.filename}: {error.strerror}"
    elif isinstance(error, OSError | ValueError):
        message = str(error)
    else:
        message = f"{type(error).__name__}: {error} (a fault of ours; --debug shows where)"
    return " ".join(message.split())


@contextmanager
def _log_to_stderr() -> Iterator[None]:
    """Show what the package logs, warnings and long steps, as lines on standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Lines())
    handler.addFilter(_WarnOnce())
    log = logging.getLogger("avatar")
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(level)


@contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    """Let a request to end the process clean up as Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():  # only the main one may choose what signals do
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class _WarnOnce(logging.Filter):
    """Drops warnings that were shown: a recording may be looked at several times."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: set[str] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            return True
        message = record.getMessage()
        new = message not in self._shown
        self._shown.add(message)
        return new


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        kind = "" if record.levelno < logging.WARNING else f"{record.levelname.lower()}: "
        return f"avatar: {kind}{record.getMessage()}"
