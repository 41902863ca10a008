"""Rows to outcomes, in order, on as many cores as are wanted.

Conventions:

* Nothing is kept of a row once its outcome is out: a million rows need no more room than a
  thousand.
* However many processes there are, outcomes come in the order of the rows, and are the same.
* Who stops takes no new row; those under way come to their end.
"""

import gc
import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from threading import Thread
from typing import TYPE_CHECKING, Final

from hairplan.batch.work import Maker, RowOutcome, RowTask, Work
from hairplan.errors import BUG, OutputError

if TYPE_CHECKING:
    from concurrent.futures import Future

FinishedRow = tuple[RowTask, RowOutcome]

_SHARE: Final = 128
"""So many rows at a time go to a process: with eight, sending them takes half as long again."""

_AHEAD: Final = 2
"""So many shares are under way or waiting for each process."""

_COLLECT_EVERY: Final = 200_000


def run(
    tasks: Iterable[RowTask], work: Work, jobs: int, stops: Callable[[], bool] = lambda: False
) -> Generator[FinishedRow, None, None]:
    """Yield each row with what became of it, in the order of the rows.

    Args:
        tasks: the rows.
        work: what is made of them.
        jobs: how many processes; 0 for one on each core.
        stops: asked before each new row whether it is to stop.

    Raises:
        OutputError: the folder takes no more.
    """
    jobs = jobs or cores()
    going = _until(tasks, stops)
    first = list(islice(going, _SHARE)) if jobs > 1 else []
    if len(first) < _SHARE:
        # So few rows are made sooner than a process is started.
        maker = Maker(work)
        yield from ((task, maker.make(task)) for each in (first, going) for task in each)
    else:
        yield from _shared(_shares(first, going), work, jobs)


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _until(tasks: Iterable[RowTask], stops: Callable[[], bool]) -> Iterator[RowTask]:
    for task in tasks:
        if stops():
            return
        yield task


def _shares(first: list[RowTask], rest: Iterator[RowTask]) -> Iterator[list[RowTask]]:
    yield first
    while share := list(islice(rest, _SHARE)):
        yield share


def _shared(
    shares: Iterator[list[RowTask]], work: Work, jobs: int
) -> Generator[FinishedRow, None, None]:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    under_way: deque[tuple[list[RowTask], Future[list[RowOutcome]]]] = deque()
    # A process that is forked would have the locks of threads that it does not have.
    with ProcessPoolExecutor(jobs, get_context("spawn"), begin_process, (work,)) as pool:
        try:
            for share in shares:
                with _undisturbed():
                    future = pool.submit(make_share, share)
                under_way.append((share, future))
                if len(under_way) >= jobs * _AHEAD:
                    yield from _next(under_way)
            while under_way:
                yield from _next(under_way)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Start processes that Ctrl-C does not reach before they know what to do about it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _next(
    under_way: "deque[tuple[list[RowTask], Future[list[RowOutcome]]]]",
) -> Iterator[FinishedRow]:
    from concurrent.futures.process import BrokenProcessPool

    share, future = under_way.popleft()
    try:
        outcomes = future.result()
    except BrokenProcessPool:
        raise OutputError(
            f"row {share[0].row.number}: a process of the batch was ended from outside, for want of"
            " memory perhaps: fewer --jobs need less"
        ) from None
    yield from zip(share, outcomes, strict=True)


# ---- in each process ----

_makers: list[Maker] = []


def begin_process(work: Work) -> None:
    """Begin a process of a batch."""
    # Ctrl-C reaches every process of a terminal; the first one says what is to happen.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    _makers[:] = [Maker(work)]
    spare_the_collector()


def spare_the_collector() -> None:
    """Look for garbage less often: a plan makes many objects and no rings of them."""
    gc.freeze()
    gc.set_threshold(_COLLECT_EVERY)


def make_share(share: list[RowTask]) -> list[RowOutcome]:
    """Make some rows in a process that has been begun.

    Raises:
        OutputError: the folder takes no more.
    """
    [maker] = _makers
    return [maker.make(task) for task in share]


def _end_with_parent() -> None:
    """End at once when the first process is gone, however it ended: nobody waits for the rows."""
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(BUG)
