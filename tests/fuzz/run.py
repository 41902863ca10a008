"""A fuzzer: mutated examples through the public faces of the program, in this process.

`python tests/fuzz/run.py --minutes 60` goes on for an hour, from a seed that it names. An input
fails if it ends in anything but an error of ours, takes over five seconds, or puts a control
character into an output. Each failure is printed with the seed that makes it again:
`--seed N --inputs 1`.
"""

import argparse
import io
import random
import re
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hairplan import HairplanError, Plan, PlanRequest, RowPlanner, load_protocol, make_plan
from hairplan.batch.patient_list import open_list
from hairplan.dates.spans import typed_span
from hairplan.dates.typed import typed_date, typed_period
from hairplan.files.plan_file import append_entry, create_plan_file, decode, encode
from hairplan.history import (
    Added,
    Cancelled,
    Changed,
    Done,
    Entry,
    Happening,
    Missed,
    Moved,
    Skipped,
)
from hairplan.protocol.catalog import read_protocol_text
from hairplan.protocol.load import parse_protocol
from hairplan.protocol.model import Protocol
from hairplan.show.csv import render_csv
from hairplan.show.json import render_json
from hairplan.show.markdown import render_markdown
from hairplan.show.plain import render_plain
from hairplan.show.plan import plan_document

BUILT_IN = ("smp", "microneedling", "mesopecia", "mesotherapy")
EXAMPLES = Path(__file__).parents[2] / "examples" / "protocols"
TODAY = date(2026, 11, 1)
MOST_SECONDS = 5
ODD = (
    "", "\0", "\x1b[31m", "\x9b", "\u202e", "=1+1", "'", '"', "\\", "..", "|", ",", "=", "9" * 30,
    "0207-03-04", "9999-12-31", "0001-01-01", "2027-02-29", "-1", "1e999", "\udceb", "\ufeff", "é",
    "2026-12-01..2026-11-01", "[" * 300, "a." * 60, "no", "yes", "x" * 300, "\r\n", "\t", "∞",
)  # fmt: skip
"""Pieces that broke something once, here or elsewhere."""

STEERING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class TooSlowError(Exception):
    """An input took longer than any may."""


@contextmanager
def limited_time() -> Iterator[None]:
    """Interrupt what takes longer than any input may."""

    def interrupt(*_: object) -> None:
        raise TooSlowError

    signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, MOST_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def mutate(text: str, chance: random.Random) -> str:
    """Change a text in a few places: cut, double, swap, or put an odd piece in."""
    for _ in range(chance.choice((1, 1, 2, 5))):
        at, length = chance.randint(0, len(text)), chance.choice((0, 1, 3, 10, 60))
        piece = chance.choice((*ODD, text[at : at + length] * 2, str(chance.randint(-3, 99))))
        text = text[:at] + piece + text[at + chance.choice((0, length)) :]
    return text


def a_protocol_file(chance: random.Random) -> None:
    """Read a mutated protocol file."""
    path = chance.choice([None, *sorted(EXAMPLES.glob("*.toml"))])
    text = path.read_text("utf-8") if path else read_protocol_text(chance.choice(BUILT_IN))
    protocol = parse_protocol(mutate(text, chance), "x.toml")
    show(protocol_plan(protocol, chance))


def protocol_plan(protocol: Protocol, chance: random.Random) -> Plan:
    """Plan a protocol from some day on."""
    start = TODAY + timedelta(chance.randint(0, 800))
    request = PlanRequest(start=start)
    if chance.randrange(2):
        request = PlanRequest(start=start, closed=("sat", "sun", "mon"))
    return make_plan(protocol, request, today=TODAY)


def show(plan: Plan) -> None:
    """Render a plan in every form, and look for what steers a terminal."""
    document = plan_document(plan)
    outputs = (
        render_json(plan),
        render_csv(plan),
        render_markdown(document),
        render_plain(document),
    )
    for output in outputs:
        assert not STEERING.search(output), "a control character in an output"


def a_row(chance: random.Random) -> None:
    """Plan the rows of a mutated list."""
    cells = {
        "ref": "A-17", "treatment": chance.choice(BUILT_IN), "start": "2026-12-01",
        "time": "14:30", "zone": "Europe/Paris", "away": "2026-12-10..2026-12-14=travel|2027-02-01",
        "closed": "sat,sun", "answer.minoxidil": "yes", "sessions": "course=4",
    }  # fmt: skip
    kept = dict(chance.sample(sorted(cells.items()), chance.randint(3, len(cells))))
    text = mutate(f"{';'.join(kept)}\n{';'.join(kept.values())}\n", chance)
    planner = RowPlanner(today=TODAY, treatment="smp")
    for row in open_list(io.BytesIO(text.encode("utf-8", "surrogateescape")), None, "list").rows:
        if not row.faults:
            show(planner.plan(row.content))


def a_typed_text(chance: random.Random) -> None:
    """Read what a person could type for a day, days or a span."""
    text = mutate(chance.choice(("next tuesday", "+2w", "3 weeks", "2026-12-24..2027-01-02=x",
                                 "24 december 2026", "12/24/2026")), chance)  # fmt: skip
    day = chance.choice((TODAY, date.max, date.min))
    for read in (
        lambda: typed_date(text, day),
        lambda: typed_period(text, day),
        lambda: typed_span(text),
    ):
        try:
            read()
        except HairplanError as error:
            assert error.faults


def a_history(chance: random.Random) -> None:
    """Follow a plan through a life, and write and read its file."""
    name = chance.choice(BUILT_IN)
    protocol, start = load_protocol(name), TODAY + timedelta(chance.randint(0, 700))
    request = PlanRequest(
        start=start,
        closed=tuple(chance.sample(("mon", "wed", "fri", "sat", "sun"), chance.randint(0, 3))),
        on_late=chance.choice((None, "continue", "restart", "extra")),
        anchor=chance.choice((None, "fixed", "rolling")),
        id="x",
    )
    text = read_protocol_text(name)
    file = create_plan_file(protocol, text, request, id="x", made=datetime(2026, 11, 1, tzinfo=UTC))
    plan, today = make_plan(protocol, request, (), today=TODAY), start
    for _ in range(chance.randint(1, 6)):
        today += timedelta(chance.choice((0, 3, 14, 40, 200, 700)))
        what = a_happening(
            [session.id for session in plan.sessions] or ["x-1"], today, protocol, chance
        )
        entry = Entry(at=datetime(2026, 12, 1, tzinfo=UTC), on=today, what=(what,))
        try:
            plan = make_plan(protocol, request, (*file.history, entry), today=today)
        except HairplanError:
            continue
        file = append_entry(file, entry)
        assert max(Counter(session.id for session in plan.sessions).values(), default=1) == 1, (
            "an id twice"
        )
        show(plan)
    data = encode(file)
    assert decode(data, "x.plan.json") == file
    at = chance.randrange(len(data))
    broken = data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
    if broken != data:
        decode(broken, "x.plan.json")


def a_happening(
    ids: list[str], today: date, protocol: Protocol, chance: random.Random
) -> Happening:
    """Return something that may happen to one of the appointments."""
    name = chance.choice(ids)
    questions = list(protocol.questions) or ["none"]
    return chance.choice((
        Done(name, today - timedelta(chance.choice((0, 0, 3, 30)))),
        Moved(name, today + timedelta(chance.choice((1, 5, 40)))),
        Missed(name), Cancelled(name), Skipped(name), Added("extra-1", "extra", today),
        Changed(answers={chance.choice(questions): chance.choice(("yes", "no"))}),
    ))  # fmt: skip


FACES: tuple[Callable[[random.Random], None], ...] = (
    a_protocol_file, a_row, a_typed_text, a_history,
)  # fmt: skip


def fails(seed: int) -> str | None:
    """Return what is wrong with the input of a seed; None for nothing."""
    chance = random.Random(seed)  # noqa: S311 - the same input for the same seed
    face = FACES[seed % len(FACES)]
    try:
        with limited_time():
            face(chance)
    except HairplanError:
        return None
    except TooSlowError:
        return f"seed {seed}: {face.__name__}: over {MOST_SECONDS} s"
    except Exception:  # noqa: BLE001 - whatever it is
        return f"seed {seed}: {face.__name__}\n{traceback.format_exc(limit=-4)}"
    return None


def main() -> None:
    """Run inputs until the time is over, or all of them are done."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--inputs", type=int)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    end, seed, failed = time.monotonic() + options.minutes * 60, options.seed, 0
    while time.monotonic() < end and (
        options.inputs is None or seed < options.seed + options.inputs
    ):
        if said := fails(seed):
            failed += 1
            sys.stdout.write(f"{said}\n")
            sys.stdout.flush()
        seed += 1
    sys.stdout.write(f"{seed - options.seed} inputs from seed {options.seed} on, {failed} failed\n")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
