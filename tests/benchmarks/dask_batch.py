"""Measure the cost of an engine on one machine: from how many rows on do several machines pay off?

Run it alone on a quiet machine: `python tests/benchmarks/dask_batch.py [ROWS...]`. It makes the
same list with `hairplan batch --jobs 0` and, in parts, with `examples/plan_with_dask.py` and as
many processes, in turns, and checks that both write the same. What counts is the ratio. 100,000
plans are two gigabytes, twice, for a while.
"""

import hashlib
import json
import math
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from hairplan.batch.workers import count_cores

EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "plan_with_dask.py"
ASKED = ("--treatment", "smp", "--today", "2026-11-01")
COUNTS = (1_000, 10_000, 100_000)
ROUNDS = 3
LARGEST_PART = 10_000
PARTS_A_CORE = 4  # so that no core waits long for the last part of another
LONGEST = 600


def rows(count: int) -> Iterator[dict[str, object]]:
    """Yield the rows of a list: other days, some other treatments, answers and closed days."""
    for number in range(count):
        yield {
            "ref": f"A-{number}",
            "start": str(date(2026, 12, 1) + timedelta(days=number * 7 % 365)),
            "treatment": "microneedling" if number % 5 == 0 else "smp",
            "closed": ("", "sun", "sat|sun")[number % 3],
            "away": "2027-01-10..2027-01-12" if number % 4 == 0 else "",
        }


def write(folder: Path, count: int) -> None:
    """Write a list as one file, and as parts."""
    (folder / "parts").mkdir()
    size = min(LARGEST_PART, math.ceil(count / (count_cores() * PARTS_A_CORE)))
    lines = (f"{json.dumps(row)}\n" for row in rows(count))
    with (folder / "list.jsonl").open("w", encoding="utf-8") as whole:
        for number in range(math.ceil(count / size)):
            text = "".join(islice(lines, size))
            (folder / "parts" / f"{number:05}.jsonl").write_text(text, "utf-8")
            whole.write(text)


def by_batch(folder: Path) -> list[Path]:
    """Make the list with all cores, and return what was written."""
    out = folder / "plans.jsonl"
    command = ("-m", "hairplan", "batch", "list.jsonl", *ASKED, "--jobs", "0", "-q", "-o", out)
    subprocess.run([sys.executable, *command], cwd=folder, check=True, timeout=LONGEST)
    return [out]


def by_dask(folder: Path) -> list[Path]:
    """Make the parts with the example, and return what was written."""
    command = (EXAMPLE, "parts", "out", *ASKED, "--jobs", str(count_cores()))
    subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        check=True,
        timeout=LONGEST,
        stdout=subprocess.DEVNULL,
    )
    return sorted((folder / "out" / "plans").iterdir())


def digest_of(paths: list[Path]) -> str:
    """Return the digest of files, one after the other."""
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            while piece := file.read(2**20):
                digest.update(piece)
    return digest.hexdigest()


def compare(count: int) -> tuple[float, float]:
    """Return the least seconds of the batch, and of the example, over some rounds in turns."""
    seconds: dict[str, list[float]] = {"batch": [], "dask": []}
    digests = set()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, count)
        for _ in range(ROUNDS):
            for which, make in (("batch", by_batch), ("dask", by_dask)):
                begin = time.perf_counter()
                made = make(folder)
                seconds[which].append(time.perf_counter() - begin)
                digests.add(digest_of(made))
            (folder / "plans.jsonl").unlink()
            shutil.rmtree(folder / "out")
    assert len(digests) == 1, "they do not write the same plans"
    return min(seconds["batch"]), min(seconds["dask"])


def main() -> None:
    """Print the seconds, the ratios, and how much one machine makes."""
    counts = [int(argument) for argument in sys.argv[1:]] or COUNTS
    for count in counts:
        batch, dask = compare(count)
        cores = count_cores()
        rate = count / batch
        print(
            f"{count:,} rows, {cores} processes: hairplan batch {batch:.2f} s, Dask {dask:.2f} s,"
            f" {dask / batch:.2f} x; the batch: {rate / cores:,.0f} plans a second and core,"
            f" {rate * 3600 / 1e6:.1f} million rows an hour"
        )


if __name__ == "__main__":
    main()
