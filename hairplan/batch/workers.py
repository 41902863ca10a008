"""Process rows on as many cores as are wanted.

Conventions:

* Nothing is kept of a row once its outcome is out: a million rows need no more room than a
  thousand.
* However many processes there are, outcomes come in the order of the rows, and are the same.
* A batch that is to stop takes no new row; those under way come to their end.
"""

import gc
import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, islice, takewhile
from threading import Thread
from typing import TYPE_CHECKING, Final

from hairplan.batch.row_processor import BatchSpec, RowOutcome, RowProcessor, RowTask
from hairplan.errors import BUG, OutputError

if TYPE_CHECKING:
    from concurrent.futures import Future

FinishedRow = tuple[RowTask, RowOutcome]
"""A row as it was processed, and its outcome."""

_CHUNK_ROWS: Final = 128
"""Rows that go to a process at a time: with eight, sending them takes half as long again."""

_CHUNKS_AHEAD: Final = 2
"""Chunks that are under way or waiting for each process."""

_COLLECT_EVERY: Final = 200_000


def process_rows(
    tasks: Iterable[RowTask], spec: BatchSpec, jobs: int, should_stop: Callable[[], bool]
) -> Generator[FinishedRow, None, None]:
    """Yield each row with its outcome, in the order of the rows.

    Args:
        tasks: the rows.
        spec: all that they have in common.
        jobs: the number of processes; 0 for one on each core.
        should_stop: asked before each new row whether the batch is to stop.

    Raises:
        OutputError: the folder takes no more.
    """
    jobs = jobs or count_cores()
    rest = takewhile(lambda _: not should_stop(), tasks)
    first = list(islice(rest, _CHUNK_ROWS)) if jobs > 1 else []
    if len(first) < _CHUNK_ROWS:
        # So few rows are processed sooner than a process is started.
        processor = spec.processor()
        yield from ((task, processor.process(task)) for task in chain(first, rest))
    else:
        chunks = iter(lambda: list(islice(rest, _CHUNK_ROWS)), [])
        yield from _process_in_parallel(chain((first,), chunks), spec, jobs)


def count_cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _process_in_parallel(
    chunks: Iterator[list[RowTask]], spec: BatchSpec, jobs: int
) -> Generator[FinishedRow, None, None]:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    under_way: deque[tuple[list[RowTask], Future[list[RowOutcome]]]] = deque()
    # A forked process would have the locks of threads that it does not have.
    with ProcessPoolExecutor(jobs, get_context("spawn"), begin_process, (spec,)) as pool:
        try:
            for chunk in chunks:
                with _interrupts_held_back():
                    future = pool.submit(process_chunk, chunk)
                under_way.append((chunk, future))
                if len(under_way) >= jobs * _CHUNKS_AHEAD:
                    yield from _next(under_way)
            while under_way:
                yield from _next(under_way)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Keep Ctrl-C from processes that are started meanwhile, until they know how to handle it."""
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

    chunk, future = under_way.popleft()
    try:
        outcomes = future.result()
    except BrokenProcessPool:
        raise OutputError(
            f"row {chunk[0].row.number}: a process of the batch was ended from outside, for want of"
            " memory perhaps: fewer --jobs need less"
        ) from None
    yield from zip(chunk, outcomes, strict=True)


# ---- in each process ----

_processors: list[RowProcessor] = []
"""The one of this process, from `begin_process` on."""


def begin_process(spec: BatchSpec) -> None:
    """Begin a process of a batch."""
    # Ctrl-C reaches every process of a terminal; the first process decides what is to happen.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    _processors[:] = [spec.processor()]
    collect_garbage_less_often()


def collect_garbage_less_often() -> None:
    """Look for garbage less often: a plan makes many objects and no cycles of them."""
    gc.freeze()
    gc.set_threshold(_COLLECT_EVERY)


def process_chunk(chunk: list[RowTask]) -> list[RowOutcome]:
    """Process some rows in a process that `begin_process` has prepared.

    Raises:
        OutputError: the folder takes no more.
    """
    [processor] = _processors
    return [processor.process(task) for task in chunk]


def _end_with_parent() -> None:
    """End at once when the first process is gone: nobody waits for the rows any more."""
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(BUG)
