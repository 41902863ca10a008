"""Nothing that was recorded of a plan is lost: not among writers, nor when one is killed, nor when
the disk is full; and no damage to a file goes unseen.

HAIRPLAN_ROUNDS says how often a writer is killed; 10 times, if it says nothing.
"""

import datetime as dt
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest
from conftest import OWN, TODAY, own_protocol
from hypothesis import given
from hypothesis import strategies as st

from hairplan import PlanRequest
from hairplan.errors import InputError
from hairplan.files.plan_file import (
    LedgerLine,
    PlanFile,
    append_entry,
    create_plan_file,
    decode,
    encode,
    record_export,
)
from hairplan.files.store import locked, read_bytes, replace_file, write_file
from hairplan.history import Done, Entry

ROUNDS = int(os.environ.get("HAIRPLAN_ROUNDS", "10"))
STEP = '[[steps]]\nid = "course"\nname = "Séance"\ncount = 2\nspacing = { preferred = "2 weeks" }\n'
NOW = dt.datetime(2026, 11, 1, 9, 30, tzinfo=dt.UTC)
LINE = LedgerLine("d1", 0, NOW, "2026-12-01", None, "Séance", "session", "CONFIRMED")
PLAN = record_export(
    create_plan_file(own_protocol(STEP), OWN + STEP, PlanRequest(start=TODAY), id="k3f9", made=NOW),
    "patient",
    {"course-1": LINE},
)

RECORDING = """
import datetime as dt, os, sys
from pathlib import Path
from hairplan.errors import HairplanError
from hairplan.history import Entry
from hairplan.files.plan_file import append_entry, decode, encode
from hairplan.files.store import locked, read_bytes, replace_file
import filelock

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)

def record(path, by=None):
    with locked(path):
        plan = decode(read_bytes(path), path.name)
        number = str(len(plan.history) + 1)
        entry = Entry(at=NOW, on=NOW.date(), by=by, reason=number)
        replace_file(path, encode(append_entry(plan, entry)))

path = Path(sys.argv[1])
"""
TWENTY_TIMES = f"""{RECORDING}
for _ in range(20):
    record(path, sys.argv[2])
"""
# Imports once and makes a writer of itself for each line that it is sent.
OVER_AND_OVER = f"""{RECORDING}
decode(path.read_bytes(), path.name)
for _ in sys.stdin:
    writer = os.fork()
    while not writer:
        record(path)
    print(writer, flush=True)
    os.waitpid(writer, 0)
    print(flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "anna.plan.json"
    write_file(made, encode(PLAN))
    return made


def read(path: Path) -> PlanFile:
    return decode(read_bytes(path), path.name)


def recorded(path: Path) -> list[str | None]:
    return [entry.reason for entry in read(path).history]


def numbers(last: int) -> list[str]:
    return [str(number) for number in range(1, last + 1)]


def running(program: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


# ---- several at a time ----


def test_two_who_record_at_the_same_time_lose_nothing(path: Path) -> None:
    writers = [running(TWENTY_TIMES, path, by) for by in ("Ana", "Eve")]
    assert [(*writer.communicate(timeout=60), writer.returncode) for writer in writers] == [
        ("", "", 0),
        ("", "", 0),
    ]
    assert recorded(path) == numbers(40)
    assert sorted(str(entry.by) for entry in read(path).history) == ["Ana"] * 20 + ["Eve"] * 20


# ---- killed ----


@contextmanager
def writers(path: Path) -> Iterator[subprocess.Popen[str]]:
    with running(OVER_AND_OVER, path) as maker:
        yield maker
        _, said = maker.communicate(timeout=60)
        assert (said, maker.returncode) == ("", 0)


def kill_one(maker: subprocess.Popen[str], seconds: float) -> None:
    sent, answer = streams(maker)
    sent.write("\n")
    sent.flush()
    writer = int(answer.readline())
    time.sleep(seconds)
    os.kill(writer, signal.SIGKILL)
    assert answer.readline() == "\n"


def streams(maker: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    assert maker.stdin
    assert maker.stdout
    return maker.stdin, maker.stdout


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_writer_that_is_killed_leaves_the_file_whole_and_unlocked(path: Path) -> None:
    moments = random.Random(1)  # noqa: S311 - nothing secret
    before = 0
    with writers(path) as maker:
        for _ in range(ROUNDS):
            kill_one(maker, moments.uniform(0, 0.02))
            after = len(recorded(path))
            assert recorded(path) == numbers(after)
            assert after >= before
            before = record_next(path)


def record_next(path: Path) -> int:
    """Record one more after a writer was killed, and return how many there are now."""
    with locked(path, wait=1):
        assert sorted(each.name for each in path.parent.iterdir()) == [
            f".{path.name}.lock",
            path.name,
        ]
        plan = read(path)
        # A file that is short takes less of the time in which a writer can be killed.
        plan = PLAN if len(plan.history) > 30 else plan
        entry = Entry(at=NOW, on=TODAY, reason=str(len(plan.history) + 1))
        replace_file(path, encode(append_entry(plan, entry)))
    return len(plan.history) + 1


# ---- a full disk ----

TOO_LARGE = f"""{RECORDING}
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))
try:
    record(path)
except HairplanError as error:
    print(*error.faults)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="this system has no such limits")
def test_a_file_that_finds_no_room_leaves_the_old_one(path: Path) -> None:
    before = path.read_bytes()
    said, _ = running(TOO_LARGE, path).communicate(timeout=60)
    assert said == f"{path}: cannot be written: File too large\n"
    assert path.read_bytes() == before
    assert sorted(each.name for each in path.parent.iterdir()) == [f".{path.name}.lock", path.name]


# ---- damage ----

WHOLE = append_entry(
    PLAN, Entry(at=NOW, on=TODAY, by="Ana", reason="é", what=(Done("course-1", TODAY),))
)
DATA = encode(append_entry(WHOLE, Entry(at=NOW, on=TODAY, undoes=1)))


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    data = DATA
    for _ in range(draw(st.integers(1, 3))):
        begin = draw(st.integers(0, len(data)))
        end = begin + draw(st.sampled_from([0, 0, 1, 1, 2, 30, len(data)]))
        put = draw(
            st.sampled_from([b"", b" ", b"\n", b"\0", b'"', b",", b"{", b"}", b"[]", b"1", b"null"])
            | st.binary(max_size=3)
            | st.just(bytes(byte ^ 1 for byte in data[begin:end][:1]))
            | st.just(data[: draw(st.integers(0, 60))])
        )
        data = data[:begin] + put + data[end:]
    return data


@given(damaged())
def test_no_damage_goes_unseen(data: bytes) -> None:
    try:
        found = decode(data, "anna.plan.json")
    except InputError as error:
        assert error.faults
        assert all(fault.startswith("anna.plan.json: ") for fault in error.faults)
    else:
        assert found == decode(DATA, "")


SINGLE = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9)
)
KEYS = st.sampled_from(["what", "on", "sessions", "start", "seal", "x"])
ANYTHING = st.recursive(
    SINGLE | st.sampled_from(["2026-11-01", "done", "09:30:00", 1, 1.0, "yes", "10 days"]),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(KEYS, each, max_size=3),
    max_leaves=6,
)


@given(st.data())
def test_whatever_stands_in_a_place_is_read_or_refused(data: st.DataObject) -> None:
    whole = json.loads(DATA)
    holder, places = whole, list(whole)
    while True:
        place = data.draw(st.sampled_from(places))
        if (
            not holder[place]
            or not isinstance(holder[place], dict | list)
            or data.draw(st.booleans())
        ):
            break
        holder = holder[place]
        places = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
    holder[place] = data.draw(ANYTHING)
    try:
        found = decode(json.dumps(whole).encode(), "anna.plan.json")
    except InputError as error:
        assert all(fault.startswith("anna.plan.json: ") for fault in error.faults)
    else:
        assert found == decode(DATA, "")


@pytest.mark.parametrize("bit", range(8))
def test_no_bit_that_turns_goes_unseen(bit: int) -> None:
    whole = decode(DATA, "")
    unseen = []
    for place in range(bit % 4, len(DATA), 4):
        turned = bytearray(DATA)
        turned[place] ^= 1 << bit
        try:
            unseen += [place] if decode(bytes(turned), "") != whole else []
        except InputError:
            continue
    assert unseen == []
