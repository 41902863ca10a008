"""The batch's function on an engine: the same plans as `hairplan batch`, part by part.

The example runs as its reader runs it, in processes of its own: Dask's threads and warnings stay
out of the other tests. `pip install -e ".[test,dask]"` brings Dask.
"""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from conftest import OWN, TODAY, Ran

pytestmark = pytest.mark.skipif(
    find_spec("distributed") is None, reason='Dask is an extra: pip install "hairplan[dask]"'
)

EXAMPLE: Final = Path(__file__).parent.parent / "examples" / "plan_with_dask.py"
LONGEST: Final = 120
"""Seconds; it takes four on a quiet machine."""

# ---- the list ----

GOOD: Final[list[dict[str, Any]]] = [
    {"ref": "A-17", "start": "2026-12-01", "answer": {"minoxidil": "yes"}},
    {"ref": "B-02", "start": "2026-12-01", "event.transplant": "2025-09-01", "closed": "sat|sun"},
    {"ref": "Zoë", "start": "2026-12-24", "treatment": "microneedling", "age": 41},
]
REFUSED: Final = {"ref": "C-31", "start": "2026-12-01", "event.transplant": "2026-10-01"}
BAD: Final = (
    b'{"start": "soon", "no-such": "1"}\n'
    b'{"ref": "D-04", "start": "2026-12-01"\n'
    b'\n{"ref": "Zo\xeb", "start": "2026-12-01"}\n'
)


def lines(*rows: dict[str, Any]) -> bytes:
    return "".join(f"{json.dumps(row)}\n" for row in rows).encode()


def many(ref: str) -> bytes:
    rows = ({"ref": f"{ref}-{day}", "start": f"2027-01-{day:02}"} for day in range(1, 32))
    return lines(*rows)


PARTS: Final = {
    "a.jsonl": lines(*GOOD, REFUSED) + BAD,
    "b.jsonl": many("E"),
    "c.jsonl": b"",
    "d.jsonl": many("F"),
    "e.jsonl": b"PK\x03\x04, as a spreadsheet begins, and then nothing of one",
}
ASKED: Final = f"--treatment smp --today {TODAY}"
READ: Final = ("a.jsonl", "b.jsonl", "d.jsonl")


# ---- a run ----


def run(*command: str | Path) -> Ran:
    """Run a Python program to its end, and see that no process of its own outlives it."""
    started = subprocess.Popen(
        [sys.executable, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        out, err = started.communicate(timeout=LONGEST)
        assert is_gone(started.pid), f"processes are left over: {err}"
    except BaseException:
        end(started)
        raise
    return Ran(started.returncode, out, err)


def is_gone(group: int) -> bool:
    """Return whether a group of processes comes to its end within ten seconds."""
    if not hasattr(os, "killpg"):
        return True
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def end(started: "subprocess.Popen[str]") -> None:
    """End a program that does not come to its end, and the processes that it started."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError):
            os.killpg(started.pid, signal.SIGKILL)
    started.kill()
    started.wait()


# ---- what it does ----


class Shared(NamedTuple):
    """A run of the example that several tests look at."""

    folder: Path
    ran: Ran


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Shared:
    folder = tmp_path_factory.mktemp("dask")
    (folder / "parts").mkdir()
    for name, data in PARTS.items():
        (folder / "parts" / name).write_bytes(data)
    ran = run(EXAMPLE, folder / "parts", folder / "out", *ASKED.split(), "--jobs", "2")
    return Shared(folder, ran)


def test_every_row_becomes_a_plan_or_is_refused_or_reported(shared: Shared) -> None:
    said = "3 of 4 parts, 69 rows: 66 plans, 1 refused, 2 failed\n"
    assert (shared.ran.code, shared.ran.out) == (1, said)


@pytest.mark.parametrize("name", READ)
def test_a_part_becomes_what_the_batch_makes_of_it(
    shared: Shared, name: str, hairplan: Callable[[str], Ran], tmp_path: Path
) -> None:
    part = shared.folder / "parts" / name
    ran = hairplan(f"batch {part} {ASKED} -o plans.jsonl --report failed.jsonl")
    assert ran.code == (name == "a.jsonl")
    for kind in ("plans", "failed"):
        ours = (tmp_path / f"{kind}.jsonl").read_bytes()
        assert (shared.folder / "out" / kind / name).read_bytes() == ours


def test_a_part_that_cannot_be_read_is_named_and_leaves_nothing_behind(shared: Shared) -> None:
    unread = (shared.folder / "parts" / "e.jsonl").resolve()
    said = f"nothing of a part is planned: {unread}: cannot be read as a spreadsheet: "
    # Beside what Dask logs of it.
    assert [line for line in shared.ran.err.splitlines() if line.startswith(said)]
    for kind in ("plans", "failed"):
        names = sorted(path.name for path in (shared.folder / "out" / kind).iterdir())
        assert names == list(READ)


@pytest.mark.skipif(sys.platform == "win32", reason="this system has other rights")
def test_what_is_written_is_for_its_owner_only(shared: Shared) -> None:
    out = shared.folder / "out"
    rights = {path.is_dir(): stat.S_IMODE(path.stat().st_mode) for path in [out, *out.rglob("*")]}
    assert rights == {True: 0o700, False: 0o600}


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (". here", "here: exists already: name a new folder"),
        ("here new", "here: has no .jsonl files with rows in them"),
        (
            ". new --treatment smq",
            "treatment: no 'smq' (did you mean 'smp'?); there are: mesopecia, mesotherapy,"
            " microneedling, smp; a file is named with its path, such as ./own.toml",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_begun(
    command: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "part.jsonl").write_bytes(lines(*GOOD))
    ran = run(EXAMPLE, *ASKED.split(), *command.split())
    assert (ran.code, ran.err.splitlines()[-1]) == (2, f"plan_with_dask.py: error: {said}")
    assert not (tmp_path / "new").exists()


# A cluster of another program, whose only worker lives on between two runs.
CLUSTER: Final = """\
import shutil, subprocess, sys
from distributed import LocalCluster

if __name__ == "__main__":
    with LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, protocol="tcp", memory_limit=0,
        dashboard_address="127.0.0.1:0",
    ) as cluster:
        for out in ("first", "second"):
            shutil.copyfile(f"{out}.toml", "own.toml")
            command = [sys.executable, *sys.argv[1:], "parts", out]
            subprocess.run([*command, "--scheduler", cluster.scheduler_address], check=True)
"""


def test_a_cluster_that_lives_on_plans_by_what_protocol_files_say_now(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "a.jsonl").write_bytes(lines({"ref": "A-17", "start": "2027-01-04"}))
    for name, spacing in (("first", "1 week"), ("second", "2 weeks")):
        step = f'name = "x"\ncount = 2\nspacing = {{ preferred = "{spacing}" }}\n'
        (tmp_path / f"{name}.toml").write_text(f'{OWN}[[steps]]\nid = "course"\n{step}', "utf-8")
    (tmp_path / "cluster.py").write_text(CLUSTER, "utf-8")
    ran = run("cluster.py", EXAMPLE, "--treatment", tmp_path / "own.toml", "--today", str(TODAY))
    said = "1 of 1 parts, 1 rows: 1 plans, 0 refused, 0 failed\n"
    assert (ran.code, ran.out) == (0, 2 * said), ran.err
    assert {name: days(tmp_path / name / "plans" / "a.jsonl") for name in ("first", "second")} == {
        "first": ["2027-01-04", "2027-01-11"],
        "second": ["2027-01-04", "2027-01-18"],
    }


def days(plans: Path) -> list[str]:
    [line] = plans.read_bytes().splitlines()
    return [session["planned"] for session in json.loads(line)["sessions"]]
