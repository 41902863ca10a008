"""A batch that is killed and goes on ends as one that never was: the same files, byte for byte.

HAIRPLAN_ROUNDS says how often it is killed; 10 times, if it says nothing.
"""

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO

import pytest

ROUNDS = int(os.environ.get("HAIRPLAN_ROUNDS", "10"))
BATCH = [
    "batch", "p.csv", "--out-dir", "plans", "-f", "ics,plan", "--report", "bad.jsonl",
    "--zone", "Europe/Paris", "--resume",
]  # fmt: skip

# Imports once and makes a batch of itself for each line that it is sent.
OVER_AND_OVER = """
import os, sys
from hairplan.__main__ import main
import hairplan.cli.batch, hairplan.calendar.ledger, hairplan.planner.replan, filelock, holidays

arguments = sys.argv[1:]
for line in sys.stdin:
    batch = os.fork()
    if not batch:
        sys.argv = ["hairplan", *arguments]
        sys.stderr = open(os.devnull, "w")
        try:
            main()
        finally:
            os._exit(0)
    print(batch, flush=True)
    os.waitpid(batch, 0)
    print(flush=True)
"""


def write_list(folder: Path, count: int) -> None:
    days = (f"2026-12-{number % 28 + 1:02},{number % 12 + 8}:00" for number in range(count))
    rows = [f"P-{number},{day}" for number, day in enumerate(days)]
    rows[20] = "P-20,03/04/2026,"
    rows[40] = rows[30]
    (folder / "p.csv").write_text("\n".join(["ref,start,time", *rows, ""]))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@contextmanager
def batches() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", OVER_AND_OVER, *BATCH, "-t", "smp"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as maker:
        yield maker
        maker.communicate(timeout=60)
        assert maker.returncode == 0


def streams(maker: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    assert maker.stdin
    assert maker.stdout
    return maker.stdin, maker.stdout


def run(maker: subprocess.Popen[str], kill: Callable[[int], None] = lambda _: None) -> None:
    """Run a batch to its end, unless it is killed before."""
    sent, answer = streams(maker)
    sent.write("\n")
    sent.flush()
    kill(int(answer.readline()))
    assert answer.readline() == "\n"


def kill_at(files: int, folder: Path, delay: float, batch: int) -> None:
    """Kill a batch some seconds after a folder has so many files, however fast the machine is."""
    with suppress(ProcessLookupError):
        while len(list(folder.iterdir())) < files:
            os.kill(batch, 0)  # it is still there
            time.sleep(0.001)
        time.sleep(delay)
        os.kill(batch, signal.SIGKILL)


def clear(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_batch_that_is_killed_and_goes_on_ends_in_the_same_bytes(tmp_path: Path) -> None:
    write_list(tmp_path, 90)
    plans, report = tmp_path / "plans", tmp_path / "bad.jsonl"
    moments = random.Random(1)  # noqa: S311 - nothing secret
    halves = 0
    with batches() as maker:
        run(maker)
        whole, failed = contents(plans), report.read_bytes()
        assert len(whole) == 2 * 89 + 2
        for number in range(ROUNDS):
            clear(plans)
            report.unlink(missing_ok=True)
            for _ in range(number % 3 + 1):
                # From before the first file to behind the last, when the journal is finished.
                files, delay = moments.randint(0, len(whole)), moments.uniform(0, 0.005)
                run(maker, partial(kill_at, files, plans, delay))
            halves += 4 < len(contents(plans)) < len(whole)
            run(maker)
            assert contents(plans) == whole, number
            assert report.read_bytes() == failed
    assert halves > ROUNDS / 4, "it was killed in the middle"
    assert {path.name for path in tmp_path.iterdir()} == {"plans", "bad.jsonl", "p.csv"}


@pytest.mark.skipif(sys.platform == "win32", reason="it is killed by a signal")
def test_the_processes_of_a_batch_that_is_killed_end_as_well(tmp_path: Path) -> None:
    write_list(tmp_path, 400)
    command = [sys.executable, "-m", "hairplan", *BATCH, "-t", "smp", "--jobs", "2"]
    subprocess.run(command, cwd=tmp_path, check=False, capture_output=True)
    plans = tmp_path / "plans"
    whole = contents(plans)
    clear(plans)
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE) as batch:
        while len(list(plans.iterdir())) < 10:
            time.sleep(0.005)
        batch.kill()
        assert batch.stderr is not None
        # The pipe is closed when the last of the processes is gone.
        batch.stderr.read()
    assert len(contents(plans)) < len(whole)
    subprocess.run(command, cwd=tmp_path, check=False, capture_output=True)
    assert contents(plans) == whole


@pytest.mark.skipif(sys.platform == "win32", reason="it is interrupted by a signal")
def test_processes_that_are_interrupted_stop_cleanly_and_go_on(tmp_path: Path) -> None:
    write_list(tmp_path, 1500)
    command = [sys.executable, "-m", "hairplan", *BATCH, "-t", "smp", "--jobs", "2"]
    plans = tmp_path / "plans"
    with subprocess.Popen(
        command, cwd=tmp_path, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as batch:
        while not plans.exists() or len(list(plans.iterdir())) < 10:
            time.sleep(0.005)
        # As a terminal does, which sends it to all of them.
        os.killpg(batch.pid, signal.SIGINT)
        _, said = batch.communicate(timeout=60)
    assert batch.returncode == 130, said
    assert "Traceback" not in said
    assert "stopping after the rows under way; once more stops at once" in said.splitlines()
    assert re.search(
        r"^stopped after \d+ rows; from row \d+ on nothing is done: --resume", said, re.MULTILINE
    )
    assert not list(plans.glob(".hairplan-part-*"))
    subprocess.run(command, cwd=tmp_path, check=False, capture_output=True)
    went_on = contents(plans)
    clear(plans)
    subprocess.run(command, cwd=tmp_path, check=False, capture_output=True)
    assert went_on == contents(plans)
