"""A folder to run the program in: plan files, lists, protocols, and files that are not hairplan's.

The program runs in this process, with streams, arguments and an environment of its own. After every
input the folder is as it was.
"""

import atexit
import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import lru_cache
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any, NamedTuple

from inputs import EXAMPLES, TODAY

from hairplan import PlanRequest, load_protocol
from hairplan.cli.app import run
from hairplan.files.plan_file import append_entry, create_plan_file, encode
from hairplan.history import Cancelled, Done, Entry, Happening, Moved
from hairplan.protocol.catalog import read_protocol_text

PLANS = ("anna.plan.json", "plans/ben.plan.json", "plans/cleo.plan.json")
FOREIGN = ("notes.txt", "foreign.ics", "foreign.json", "foreign.csv", "taken.md")
"""Files of somebody else, which only a forced output may replace."""

_DEPTH = "a/b/c/d/e/work"


class Ran(NamedTuple):
    """What a run of the program left behind."""

    code: int
    out: bytes
    err: bytes


def a_plan_file(treatment: str, *entries: Happening, **asked: Any) -> bytes:
    """Return the content of a plan file, each thing that happened a step of its history."""
    protocol, text = load_protocol(treatment), read_protocol_text(treatment)
    request = PlanRequest(**{"start": date(2026, 10, 6), "id": f"fuzz-{treatment}", **asked})
    made = datetime(2026, 10, 1, tzinfo=UTC)
    file = create_plan_file(protocol, text, request, id=f"fuzz-{treatment}", made=made)
    for what in entries:
        file = append_entry(file, Entry(at=made, on=TODAY, by="Nina", what=(what,)))
    return encode(file)


@lru_cache
def plan_files() -> dict[str, bytes]:
    """Return plan files to begin with, by name."""
    first, second, third = PLANS
    done, moved = Done("course-1", date(2026, 10, 6)), Moved("course-2", date(2026, 11, 4))
    return {
        first: a_plan_file("smp", done, moved, ref="A-17"),
        second: a_plan_file("microneedling", zone="Europe/Paris"),
        third: a_plan_file("mesopecia", Cancelled("weekly-2"), ref="=1+1", closed=("sun",)),
    }


@lru_cache
def files() -> dict[str, bytes]:
    """Return all files of the folder, by name."""
    examples = {
        "anna.toml": "anna.toml", "clinic.toml": "clinic.toml", "patients.csv": "patients.csv",
        "own.toml": "protocols/smp-two-gaps.toml", "house/smp.toml": "protocols/smp-waits.toml",
    }  # fmt: skip
    foreign = b'{"id": "of somebody else"}\n'
    return {
        **plan_files(),
        **{name: (EXAMPLES / path).read_bytes() for name, path in examples.items()},
        **dict.fromkeys(FOREIGN, foreign),
        "patients.jsonl": b'{"ref": "B-1", "treatment": "smp", "start": "2026-12-01"}\n',
        "broken.plan.json": plan_files()[PLANS[0]][:-700],
    }


class Scratch:
    """The folder, and what is in it now."""

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="hairplan-fuzz-"))
        self.work = self.root / _DEPTH
        atexit.register(shutil.rmtree, self.root, ignore_errors=True)
        self.restore()

    def content(self) -> dict[str, bytes]:
        """Return the content of all files, by their names from the folder on."""
        return {
            os.path.relpath(path, self.work): path.read_bytes()
            for path in self.root.rglob("*")
            if path.is_file()
        }

    def restore(self) -> None:
        """Bring the folder back to how it was."""
        wanted = files()
        before = self.content() if self.work.exists() else {}
        for name in before.keys() - wanted.keys():
            (self.work / name).unlink()
        for name, data in wanted.items():
            if before.get(name) != data:
                self.write(name, data)

    def write(self, name: str, data: bytes) -> None:
        """Write a file of the folder."""
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def run(self, arguments: Sequence[str], stdin: bytes, environment: Mapping[str, str]) -> Ran:
        """Run a command line in the folder, in this process."""
        with _at(self, environment), _streams(stdin) as (out, err):
            sys.argv = ["hairplan", *arguments]
            code = _exit_code()
            sys.stdout.flush()
            sys.stderr.flush()
            return Ran(code, _read(out), _read(err))


@lru_cache
def scratch() -> Scratch:
    """Return the folder of this process."""
    return Scratch()


def _exit_code() -> int:
    try:
        run()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _read(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


@contextmanager
def _at(folder: Scratch, environment: Mapping[str, str]) -> Iterator[None]:
    """Be in the folder, with its environment; all is put back at the end."""
    before, here, arguments = dict(os.environ), Path.cwd(), sys.argv
    thresholds = gc.get_threshold()
    for name in [name for name in os.environ if name.startswith("HAIRPLAN_")]:
        del os.environ[name]
    os.environ |= {
        "XDG_CONFIG_HOME": str(folder.root / "xdg"), "HAIRPLAN_TODAY": str(TODAY),
        "COLUMNS": "80", "NO_COLOR": "1", **environment,
    }  # fmt: skip
    os.chdir(folder.work)
    try:
        yield
    finally:
        os.chdir(here)
        os.environ.clear()
        os.environ.update(before)
        sys.argv = arguments
        gc.set_threshold(*thresholds)


@contextmanager
def _streams(stdin: bytes) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """Give the program streams that are files; yield those that it writes to."""
    before = sys.stdin, sys.stdout, sys.stderr
    with (
        tempfile.TemporaryFile() as given,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
    ):
        given.write(stdin)
        given.seek(0)
        # The program may give up its own end of a stream; what it wrote stays in ours.
        ends = [
            os.fdopen(os.dup(file.fileno()), mode)
            for file, mode in zip((given, out, err), ("rb", "wb", "wb"), strict=True)
        ]
        ours = [TextIOWrapper(end, "utf-8") for end in ends]
        sys.stdin, sys.stdout, sys.stderr = ours
        try:
            yield out, err
        finally:
            sys.stdin, sys.stdout, sys.stderr = before
            for stream in ours:
                stream.close()
