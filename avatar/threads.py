"""Divide work over threads; who does which piece never changes a result.

torch shares even small work among all cores and waits for the slowest of them. Where another program has one of the
cores, each such wait lasts as long as that program is let run, and what takes a second takes twenty. So what we ask of
torch stays on one thread, and what is large is cut into pieces that do not wait for each other.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from typing import Any


@contextmanager
def one_thread() -> Iterator[None]:
    """What the calling thread, and threads that begin meanwhile, ask of torch takes no further threads.

    A decorator as well.
    """
    # Imported here: torch takes seconds.
    import torch

    usual = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(usual)


def thread_count(threads: int | None) -> int:
    """Return the number of threads to use: `threads`, or numba's setting (NUMBA_NUM_THREADS, else the CPU count).

    Raises:
        ValueError: if `threads` is under 1.
    """
    if threads is None:
        # Imported here: numba takes half a second.
        import numba

        settings: Any = numba.config
        return int(settings.NUMBA_NUM_THREADS)
    if threads < 1:
        raise ValueError(f"threads must be at least 1, got {threads}; leave it out to use every core")
    return threads


def spread(work: Callable[[int], None], count: int, threads: int) -> None:
    """Call `work(0)` to `work(count - 1)` on up to `threads` threads and wait for all."""
    if threads == 1 or count <= 1:
        for index in range(count):
            work(index)
        return
    # The pool lives for one call: idle threads would not survive a fork, and starting two takes 0.1 ms.
    with ThreadPoolExecutor(min(threads, count)) as pool:
        try:
            list(pool.map(work, range(count)))
        except BaseException:
            # Without this a Ctrl-C would wait for all the work that is left.
            pool.shutdown(cancel_futures=True)
            raise


def strips(height: int, threads: int) -> list[tuple[int, int]]:
    """Cut `height` rows into (top, bottom) strips, a few for each thread so that dense rows even out."""
    count = 1 if threads == 1 else min(height, 4 * threads)
    edges = [height * index // count for index in range(count + 1)]
    return list(pairwise(edges))
