"""Measure a batch against the least that it could cost: the encoding, the writing, a script's loop.

Run it alone on a quiet machine: `python tests/benchmarks/batch.py`, with `million` behind it for a
million rows as well (some minutes). Each pair runs in turns, in one run; what counts is the ratio.

* An SMP row, read, planned and written as a line of JSON, against encoding the finished plan.
* Into calendars, with full details, against writing the same bytes to as many files in the same
  way: beside and renamed, readable for their owner only.
* Two processes against one, where there are two cores.
* Against the loop that a clinic's script would be: csv, dateutil and icalendar, for the same
  events.
* Reading a spreadsheet against reading the same list as CSV.
* Memory and time from a thousand rows to a hundred thousand, or a million, to the null device.
"""

import csv
import gc
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import msgspec
from dateutil.relativedelta import relativedelta

sys.path.insert(0, str(Path(__file__).parent.parent))
from sheet_files import Value, xlsx

from hairplan import RowPlanner
from hairplan.batch.batch import Batch, StreamWriter
from hairplan.batch.patient_list import open_list
from hairplan.batch.row_index import RowIndex
from hairplan.batch.row_processor import BatchSpec, FileForm, OutputForms, StreamForm
from hairplan.batch.workers import count_cores
from hairplan.calendar.items import CalendarChoice
from hairplan.files.store import Folder

TODAY = date(2026, 11, 1)
STAMP = datetime(2026, 11, 1, tzinfo=UTC)
ROUNDS = 5
COUNT = 2000
PARIS = ZoneInfo("Europe/Paris")
DAY = timedelta(days=1)


def patients(count: int) -> Iterator[str]:
    """Yield the lines of a list: SMP, each row with a reference and a start of its own."""
    yield "ref,treatment,start,time,zone\n"
    first = date(2026, 12, 1)
    for number in range(count):
        # A clinic's list begins within three years, and is in no order.
        start = first + DAY * (number * 7919 % 1000)
        yield f"P-{number:07},smp,{start},14:30,Europe/Paris\n"


def batch(
    data: bytes, folder: Path | None, files: tuple[FileForm, ...], stream: StreamForm | None
) -> int:
    """Run a batch in this process, as the command does; return how many plans it made."""
    forms = OutputForms(files, stream, CalendarChoice(details="full"))
    spec = BatchSpec(
        planner=RowPlanner(today=TODAY),
        forms=forms,
        folder=Folder(folder) if folder else None,
        stamp=STAMP,
    )
    index = RowIndex()
    rows = open_list(io.BytesIO(data), None, "list").rows
    plans = 0
    with Path(os.devnull).open("wb") as out:
        writer = StreamWriter(out, forms) if stream else None
        for _, outcome in Batch(spec, index).run(rows, lambda: False):
            assert outcome.kind == "planned", outcome.reasons
            plans += 1
            if writer:
                writer.write(outcome.piece)
    index.close()
    return plans


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that some work takes."""
    gc.collect()
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def in_turns(*works: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """Return the median seconds of each of several works, run in turns."""
    runs = [[timed(work) for work in works] for _ in range(rounds)]
    return [statistics.median(seconds) for seconds in zip(*runs, strict=True)]


def json_lines(data: bytes) -> None:
    """Compare reading, planning and writing a row with encoding its finished plan."""
    planner = RowPlanner(today=TODAY)
    rows = list(csv.DictReader(io.StringIO(data.decode())))
    plans = [planner.plan(row) for row in rows]
    encode = msgspec.json.Encoder().encode

    def encoding() -> None:
        for plan in plans:
            encode(plan)

    ours, least = in_turns(lambda: batch(data, None, (), "jsonl"), encoding)
    said("to JSON Lines", ours, "encoding the finished plan", least, "at most 25")


def calendars(data: bytes) -> None:
    """Compare a row into its calendar with writing the same bytes."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        batch(data, Path(one), ("ics",), None)
        written = {path.name: path.read_bytes() for path in Path(one).iterdir()}

        def writing() -> None:
            for name, content in written.items():
                part = f"{other}/.part"
                handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                Path(part).replace(f"{other}/{name}")

        def ours() -> None:
            batch(data, Path(one), ("ics",), None)

        def emptied(work: Callable[[], None], folder: str) -> float:
            for path in Path(folder).iterdir():
                path.unlink()
            return timed(work)

        runs = [(emptied(ours, one), emptied(writing, other)) for _ in range(ROUNDS)]
        seconds = [statistics.median(seconds) for seconds in zip(*runs, strict=True)]
    said("to calendars", seconds[0], "writing the same bytes", seconds[1], "at most 5")


def said(what: str, ours: float, other: str, theirs: float, aim: str) -> None:
    """Print a ratio."""
    rows = f"{ours / COUNT * 1e6:.0f} us a row against {theirs / COUNT * 1e6:.0f} us"
    print(f"{what}: {ours / theirs:.1f} x {other} ({aim}): {rows}")


# ---- a script of one's own ----


def by_script(data: bytes, folder: Path) -> None:
    """Plan and write as a clinic's script would, for SMP alone and without any check."""
    for row in csv.DictReader(io.StringIO(data.decode())):
        calendar = icalendar.Calendar()
        calendar.add("prodid", "-//script//EN")
        calendar.add("version", "2.0")
        for title, begin, end in events(date.fromisoformat(row["start"]), row["time"]):
            event = icalendar.Event()
            event.add("uid", f"{row['ref']}-{title}-{begin}")
            event.add("dtstamp", STAMP)
            event.add("summary", title)
            event.add("dtstart", begin)
            event.add("dtend", end)
            calendar.add_component(event)
        calendar.add_missing_timezones()
        (folder / f"{row['ref']}.ics").write_bytes(calendar.to_ical())


def events(start: date, at: str) -> Iterator[tuple[str, date, date]]:
    """Yield the events of an SMP plan: appointments, days on which care changes, the patch test."""
    days = [start, start + 14 * DAY, start + 28 * DAY]
    days.append(days[-1] + relativedelta(months=30))
    begins = [datetime.combine(day, time_of_day.fromisoformat(at), PARIS) for day in days]
    yield from (("Appointment", begin, begin + timedelta(hours=2)) for begin in begins)
    yield from (("Care over", day + 6 * DAY, day + 7 * DAY) for day in days[:3])
    yield ("Care begins", start - 7 * DAY, start - 6 * DAY)
    yield ("Preparation", start - 7 * DAY, start - 6 * DAY)


def against_a_script(data: bytes) -> None:
    """Compare the batch with the script, after a look at whether the events are the same."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        folders = Path(one), Path(other)
        batch(data, folders[0], ("ics",), None)
        by_script(data, folders[1])
        assert times(folders[0]) == times(folders[1]), "the script writes the same events"
        seconds = in_turns(
            lambda: by_script(data, folders[1]),
            lambda: batch(data, folders[0], ("ics",), None),
            rounds=3,
        )
    script, ours = (total / COUNT * 1e6 for total in seconds)
    print(
        f"a script's loop, dateutil and icalendar, for the same events: {script / ours:.1f} x as"
        f" long: {script:.0f} us a row against {ours:.0f} us"
    )


def times(folder: Path) -> list[list[str]]:
    """Return when the events of each file begin and end, sorted."""
    texts = (path.read_text().partition("BEGIN:VEVENT")[2] for path in folder.iterdir())
    return sorted(
        sorted(line for line in text.splitlines() if line.startswith(("DTSTART", "DTEND")))
        for text in texts
    )


# ---- the command as a whole ----


TO_NOWHERE = ["-o", os.devnull, "-f", "jsonl"]


def command(path: Path, jobs: int, options: Sequence[str] = TO_NOWHERE) -> tuple[float, float]:
    """Run the command; return its seconds, and the most MiB that its first process had."""
    program = "import sys; from hairplan.__main__ import main\n"
    # The most that it had itself: getrusage counts what the process that started it had.
    program += "try:\n    main()\nfinally:\n    status = open('/proc/self/status').read()\n"
    program += "    print(status.partition('VmHWM:')[2].split()[0], file=sys.stderr)\n"
    arguments = ["batch", str(path), *options, "-q", "-j", str(jobs)]
    begun = time.perf_counter()
    ran = subprocess.run(
        [sys.executable, "-c", program, *arguments], check=True, capture_output=True, text=True
    )
    return time.perf_counter() - begun, int(ran.stderr.split()[-1]) / 1024


def written(folder: Path, count: int) -> Path:
    """Write a list of so many patients."""
    path = folder / f"{count}.csv"
    with path.open("w") as file:
        file.writelines(patients(count))
    return path


def growth(folder: Path, counts: list[int]) -> None:
    """Print the time and the memory of ever longer lists."""
    start = command(written(folder, 1), 1)[0]
    memory: dict[int, float] = {}
    for count in counts:
        seconds, memory[count] = command(written(folder, count), 1)
        a_row = (seconds - start) / count * 1e6
        print(
            f"{count} rows: {seconds:.1f} s, {a_row:.0f} us a row, {memory[count]:.0f} MiB at most"
        )
    last = counts[-1]
    print(
        f"memory of {last} rows: {memory[last] / memory[10_000]:.2f} x that of 10000 (at most 1.2)"
    )


def two_processes(folder: Path) -> None:
    """Print what a second process is good for."""
    if count_cores() < 2:
        print("two processes: this machine has one core")
        return
    path = written(folder, 20_000)
    for what, options in (
        ("calendars", ["--out-dir", str(folder / "plans"), "--force"]),
        ("JSON Lines", TO_NOWHERE),
    ):
        runs = [(command(path, 1, options)[0], command(path, 2, options)[0]) for _ in range(3)]
        one, two = (statistics.median(seconds) for seconds in zip(*runs, strict=True))
        print(
            f"two processes, to {what}: {one / two:.2f} x one (at least 1.7): {one:.1f} s against"
            f" {two:.1f} s"
        )


def spreadsheets() -> None:
    """Compare reading a spreadsheet with reading the same list as CSV."""
    head, *rows = (line.strip().split(",") for line in patients(20_000))
    text = "".join(f"{','.join(row)}\n" for row in (head, *rows)).encode()
    cells: list[list[Value]] = [
        [ref, treatment, date.fromisoformat(day), time_of_day.fromisoformat(at), zone]
        for ref, treatment, day, at, zone in rows
    ]
    sheet = xlsx(Patients=[[*head], *cells])

    def reading(data: bytes) -> Callable[[], object]:
        return lambda: sum(1 for _ in open_list(io.BytesIO(data), None, "list").rows)

    assert reading(sheet)() == reading(text)() == len(rows)
    ours, least = in_turns(reading(sheet), reading(text))
    print(f"reading .xlsx: {ours / least:.1f} x the same CSV (at most 3)")


def main() -> None:
    """Print the ratios."""
    data = "".join(patients(COUNT)).encode()
    batch(data, None, (), "jsonl")
    json_lines(data)
    calendars(data)
    against_a_script(data)
    spreadsheets()
    with tempfile.TemporaryDirectory() as name:
        two_processes(Path(name))
        million = [1_000_000] if "million" in sys.argv[1:] else []
        growth(Path(name), [1000, 10_000, 100_000, *million])


if __name__ == "__main__":
    main()
