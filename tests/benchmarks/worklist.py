"""What a work list over 10,000 plan files costs, against only reading and decoding the same files.

Run it alone on a quiet machine: `python tests/benchmarks/worklist.py [COUNT]`. Reading and decoding
is what any program has to do with them; the rest is checking seals, making each plan anew and
finding what is due. What counts is the ratio.
"""

import sys
import tempfile
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path

import msgspec

from hairplan import PlanRequest, load_protocol, make_plan
from hairplan.files.plan_file import (
    PlanFile,
    append_entry,
    create_plan_file,
    decode,
    encode,
    load_kept_protocol,
)
from hairplan.files.plan_folder import find_plan_files
from hairplan.follow.worklist import read_due
from hairplan.history import Changed, Done, Entry, Happening, Missed, Moved
from hairplan.protocol.catalog import read_protocol_text

ON = date(2026, 12, 15)
MADE = datetime(2026, 9, 1, 8, tzinfo=UTC)
COUNT = 10_000
# A clinic of micropigmentation that does other things as well.
TREATMENTS = ("smp", "smp", "smp", "microneedling", "mesotherapy")


def entry(on: date, *what: Happening) -> Entry:
    """Return an entry of a history."""
    return Entry(at=datetime.combine(on, time_of_day(18), UTC), on=on, what=what)


def history(start: date, kind: int) -> Iterator[Entry]:
    """Yield what happened since the start, of one kind or another."""
    if start > ON or not kind:
        return
    yield entry(start, Done("course-1", start))
    week = start + timedelta(days=7)
    if week > ON:
        return
    if kind == 1:
        yield entry(week, Moved("course-2", start + timedelta(days=16)))
    elif kind == 2:
        yield entry(week, Changed(answers={"pregnancy": "no"}))
        yield entry(week + timedelta(days=7), Missed("course-2"))


def plan_file(number: int) -> PlanFile:
    """Return a plan file, one of many."""
    treatment = TREATMENTS[number % len(TREATMENTS)]
    start = ON + timedelta(days=number % 90 - 60)
    request = PlanRequest(
        start=start, ref=f"P-{number:05}", closed=("sun",), answers={"pregnancy": "unknown"}
    )
    text = read_protocol_text(treatment)
    made = create_plan_file(
        load_protocol(treatment), text, request, id=f"plan-{number:05}", made=MADE
    )
    for step in history(start, number // 7 % 4):
        made = append_entry(made, step)
    return made


def write_all(folder: Path, count: int) -> None:
    """Write plan files, a thousand to a folder."""
    for number in range(count):
        place = folder / f"{number // 1000:03}"
        place.mkdir(exist_ok=True)
        (place / f"{number:05}.plan.json").write_bytes(encode(plan_file(number)))


def only_read(folder: Path) -> float:
    """Return the seconds that it takes to read and decode the files."""
    begin = time.perf_counter()
    for path in find_plan_files([folder]):
        msgspec.json.decode(path.read_bytes())
    return time.perf_counter() - begin


def planning(folder: Path) -> tuple[float, float]:
    """Return the seconds of reading all files as plan files, and of making all their plans."""
    reading = making = 0.0
    for path in find_plan_files([folder]):
        begin = time.perf_counter()
        file = decode(path.read_bytes(), path.name)
        middle = time.perf_counter()
        make_plan(load_kept_protocol(file), file.request, file.history, today=ON)
        reading += middle - begin
        making += time.perf_counter() - middle
    return reading, making


def memory(folder: Path, count: int) -> float:
    """Return the most MiB that going through some of the files takes, beyond what stays."""
    paths = list(find_plan_files([folder]))[:count]
    read_due(paths[0], ON)
    tracemalloc.start()
    for path in paths:
        read_due(path, ON)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 2**20


def main() -> None:
    """Print the seconds and the ratio."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_all(folder, count)
        read = only_read(folder)
        begin = time.perf_counter()
        rows = Counter(row.what for path in find_plan_files([folder]) for row in read_due(path, ON))
        ours = time.perf_counter() - begin
        print(f"{count} plan files: {sum(rows.values())} rows, {dict(rows)}")
        print(f"reading and decoding: {read:.2f} s, {read / count * 1e6:.0f} us a file")
        print(f"the work list: {ours:.2f} s, {ours / count * 1e6:.0f} us a file")
        print(f"{ours / read:.1f} x reading and decoding")
        checked, made = planning(folder)
        print(f"  of it, about: {checked:.2f} s reading with seals, {made:.2f} s making plans")
        some = min(count, 1000)
        print(f"at most {memory(folder, some):.1f} MiB at a time over {some} files")


if __name__ == "__main__":
    main()
