"""The public faces of the program: for each, how an input is made of chance, and what uses it."""

import io
import json
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, NamedTuple

import msgspec
from checks import (
    BrokenLawError,
    Files,
    changed_files,
    check_csv,
    check_output,
    check_recording,
    check_text,
    is_plan_name,
    opened_plan,
)
from commands import random_command, random_environment
from inputs import BUILT_IN, ODD, TODAY, mutate, mutate_bytes, random_protocol_text
from scratch import PLANS, Ran, files, plan_files, scratch

from hairplan import HairplanError, Plan, PlanRequest, RowPlanner, load_protocol, make_plan
from hairplan.batch.patient_list import open_list
from hairplan.clinic.readers import read_minutes
from hairplan.dates.clock import time_of_day
from hairplan.dates.typed import typed_date, typed_period
from hairplan.dates.typed_spans import typed_span
from hairplan.files.plan_file import PlanFile, append_entry, create_plan_file, decode, encode
from hairplan.history import (
    Added,
    Cancelled,
    Changed,
    Done,
    Ended,
    Entry,
    Happening,
    Missed,
    Moved,
    Resumed,
    Skipped,
    Ticked,
)
from hairplan.protocol.catalog import read_protocol_text
from hairplan.protocol.load import parse_protocol
from hairplan.protocol.model import Protocol
from hairplan.show.csv import render_csv
from hairplan.show.json import render_json
from hairplan.show.markdown import render_markdown
from hairplan.show.plain import render_plain
from hairplan.show.plan import plan_document

EXIT_CODES = {0, 1, 2, 3, 4}
OUTPUTS = {"-o", "--output", "--report", "--refused", "--split", "--out-dir"}
"""The options whose files `--force` lets a command replace."""

RECORDERS = {"record", "undo", "schedule", "export"}
"""The commands that write into a plan file that is there; `schedule` keeps what it exported."""

KINDS = (
    "done", "moved", "missed", "cancelled", "skipped", "added", "changed", "ended", "resumed",
    "ticked",
)  # fmt: skip
"""What may happen to a plan."""

Input = dict[str, Any]


class Face(NamedTuple):
    """A face of the program.

    Attributes:
        make: makes an input, plain data, of chance.
        use: puts it through the program; raises an error of ours, or whatever went wrong.
    """

    make: Callable[[random.Random], Input]
    use: Callable[[Input], None]


def show(plan: Plan) -> None:
    """Render a plan in every form, and look for what must be in none."""
    document = plan_document(plan)
    for render in (render_markdown, render_plain):
        check_text(render(document), "the text")
    check_text(render_json(plan), "JSON")
    check_csv(render_csv(plan), "CSV")


# ---- a protocol file ----


def make_protocol_file(chance: random.Random) -> Input:
    """Mutate a protocol file, and choose a start."""
    return {
        "text": mutate(random_protocol_text(chance), chance),
        "start": str(TODAY + timedelta(chance.randint(0, 800))),
        "closed": chance.choice(([], ["sat", "sun", "mon"])),
    }


def use_protocol_file(given: Input) -> None:
    """Read it, and plan it."""
    protocol = parse_protocol(given["text"], "x.toml")
    request = PlanRequest(start=date.fromisoformat(given["start"]), closed=tuple(given["closed"]))
    show(make_plan(protocol, request, today=TODAY))


# ---- a row ----


def make_row(chance: random.Random) -> Input:
    """Mutate a list of one row."""
    cells = {
        "ref": "A-17", "treatment": chance.choice(BUILT_IN), "start": "2026-12-01",
        "time": "14:30", "zone": "Europe/Paris", "away": "2026-12-10..2026-12-14=travel|2027-02-01",
        "closed": "sat,sun", "answer.minoxidil": "yes", "sessions": "course=4",
    }  # fmt: skip
    kept = dict(chance.sample(sorted(cells.items()), chance.randint(3, len(cells))))
    text = mutate(f"{';'.join(kept)}\n{';'.join(kept.values())}\n", chance)
    return {"text": text, "encoding": chance.choice(("utf-8", "cp1252", "utf-16"))}


def use_row(given: Input) -> None:
    """Plan its rows."""
    planner = RowPlanner(today=TODAY, treatment="smp")
    encoding = given.get("encoding", "utf-8")
    data = given["text"].encode(encoding, "surrogatepass" if encoding != "cp1252" else "replace")
    for row in open_list(io.BytesIO(data), None, "list").rows:
        if not row.faults:
            show(planner.plan(row.content))


# ---- a typed text ----


def make_typed_text(chance: random.Random) -> Input:
    """Mutate what a person could type for a day, days or a span."""
    text = chance.choice((
        "next tuesday", "+2w", "3 weeks", "2026-12-24..2027-01-02=x", "24 december 2026",
        "12/24/2026", "mardi 1er d\u00e9cembre 2026", "3. M\u00e4rz 27", "03-04-26", "14h30",
        "2:30 pm", "1430", "1h30", "90",
    ))  # fmt: skip
    return {"text": mutate(text, chance), "day": str(chance.choice((TODAY, date.max, date.min)))}


def use_typed_text(given: Input) -> None:
    """Read it in every way."""
    text, day = given["text"], date.fromisoformat(given["day"])
    for read in (
        lambda: typed_date(text, day),
        lambda: typed_period(text, day),
        lambda: typed_date(text, day, "dmy"),
        lambda: typed_span(text),
        lambda: time_of_day(text),
        lambda: read_minutes(text),
    ):
        try:
            read()
        except HairplanError as error:
            assert error.faults


# ---- a history ----


def make_history(chance: random.Random) -> Input:
    """Choose a treatment, a request, and steps: some days later, a kind, and two numbers."""
    return {
        "treatment": chance.choice(BUILT_IN),
        "start": str(TODAY + timedelta(chance.randint(0, 700))),
        "closed": chance.sample(("mon", "wed", "fri", "sat", "sun"), chance.randint(0, 3)),
        "on_late": chance.choice((None, "continue", "restart", "extra")),
        "anchor": chance.choice((None, "fixed", "rolling")),
        "steps": [
            [
                chance.choice((0, 3, 14, 40, 200, 700)),
                chance.choice(KINDS),
                chance.randrange(420),
                chance.randrange(420),
            ]
            for _ in range(chance.randint(1, 6))
        ],
    }


def use_history(given: Input) -> None:
    """Follow a plan through a life, and write and read its file."""
    protocol, file = _begun(given)
    today = file.request.start
    plan = make_plan(protocol, file.request, (), today=today)
    for later, *step in given["steps"]:
        today += timedelta(later)
        what = _happening(plan, today, protocol, step)
        entry = Entry(at=datetime(2026, 12, 1, tzinfo=UTC), on=today, what=(what,))
        with suppress(HairplanError):
            plan = make_plan(protocol, file.request, (*file.history, entry), today=today)
            file = append_entry(file, entry)
            if max(Counter(session.id for session in plan.sessions).values(), default=1) > 1:
                raise BrokenLawError("an id twice")
            show(plan)
    assert decode(encode(file), "x.plan.json") == file


def _begun(given: Input) -> tuple[Protocol, PlanFile]:
    name = given["treatment"]
    protocol = load_protocol(name)
    request = PlanRequest(
        start=date.fromisoformat(given["start"]),
        closed=tuple(given["closed"]),
        on_late=given["on_late"],
        anchor=given["anchor"],
        id="x",
    )
    made = datetime(2026, 11, 1, tzinfo=UTC)
    text = read_protocol_text(name)
    return protocol, create_plan_file(protocol, text, request, id="x", made=made)


def _happening(plan: Plan, today: date, protocol: Protocol, step: Sequence[Any]) -> Happening:
    """Return something that may happen to one of the appointments."""
    kind, which, days = step
    known = [*(session.id for session in plan.sessions), "x-1"]
    questions = [*protocol.questions, "none"]
    tasks = [*(task.id for task in plan.tasks), *protocol.tasks, "x-1"]
    name, task = known[which % len(known)], tasks[which % len(tasks)]
    answer: Literal["no", "yes"] = "no" if days % 2 else "yes"
    counted = (None, True, False)[days % 3]
    happenings: dict[str, Happening] = {
        "done": Done(name, today - timedelta((0, 0, 3, 30)[days % 4]), None, counted),
        "moved": Moved(name, today + timedelta((1, 5, 40)[days % 3])),
        "missed": Missed(name), "cancelled": Cancelled(name), "skipped": Skipped(name),
        "added": Added("extra-1", "extra", today), "ended": Ended(today), "resumed": Resumed(today),
        "changed": Changed(answers={questions[which % len(questions)]: answer}),
        "ticked": Ticked(task, today),
    }  # fmt: skip
    return happenings[kind]


# ---- a plan file ----


def make_plan_file(chance: random.Random) -> Input:
    """Mutate a plan file, byte by byte or a value of it; half of the values get a right seal."""
    data = plan_files()[chance.choice(PLANS)]
    is_sealed = False
    if chance.randrange(2):
        content = msgspec.json.decode(data)
        change_value(content, chance)
        data = json.dumps(content).encode()
        if chance.randrange(2) and (sealed := _sealed(content)):
            data, is_sealed = sealed, True
    else:
        data = mutate_bytes(data, chance)
    commands = [
        "status {}",
        "due .",
        "history {}",
        "schedule {}",
        "due . -f csv",
        "status {} -f json",
    ]
    return {"data": data.decode("latin-1"), "sealed": is_sealed, "run": chance.choice(commands)}


def change_value(content: Any, chance: random.Random) -> None:
    """Change one value somewhere in a document of JSON."""
    inner = [
        key for key in _keys(content) if isinstance(content[key], dict | list) and content[key]
    ]
    if inner and chance.randrange(4):
        change_value(content[chance.choice(inner)], chance)
        return
    key = chance.choice(_keys(content))
    value = content[key]
    odd = chance.choice((None, 0, -1, 1e300, 10**30, True, [], {}, [value], {"x": value}, *ODD))
    content[key] = mutate(value, chance) if isinstance(value, str) and chance.randrange(2) else odd


def _keys(content: Any) -> list[Any]:
    return list(content) if isinstance(content, dict) else list(range(len(content)))


def _sealed(content: Any) -> bytes | None:
    """Return the plan file that these values make, with right seals; None if they make none."""
    try:
        history = [
            {name: value for name, value in entry.items() if name != "seal"}
            for entry in content["history"]
        ]
        return encode(msgspec.convert({**content, "history": history}, PlanFile))
    except (msgspec.ValidationError, HairplanError, UnicodeError, TypeError, AttributeError):
        return None


def use_plan_file(given: Input) -> None:
    """Open it, look at it by a command, and see that no change by hand passes for a plan."""
    data = given["data"].encode("latin-1")
    name = "x.plan.json"
    plan = opened_plan(data, name)
    if plan and not given["sealed"] and plan not in map(_original, PLANS):
        raise BrokenLawError("a change without a seal was not seen")
    command = [name if word == "{}" else word for word in given["run"].split()]
    use_commands({"files": {name: given["data"]}, "lines": [command]})


def _original(name: str) -> PlanFile:
    return decode(plan_files()[name], name)


# ---- a command ----


def make_commands(chance: random.Random) -> Input:
    """Choose a few command lines, an environment, and sometimes another content of a file."""
    changed = {}
    if not chance.randrange(4):
        name = chance.choice(sorted(files()))
        changed[name] = mutate_bytes(files()[name], chance).decode("latin-1")
    return {
        "lines": [random_command(chance) for _ in range(chance.choice((1, 1, 2, 4)))],
        "environment": random_environment(chance),
        "files": changed,
        "stdin": mutate_bytes(files()["patients.csv"], chance).decode("latin-1"),
    }


def use_commands(given: Input) -> None:
    """Run them one after another, and check whatever each leaves behind."""
    folder = scratch()
    try:
        for name, content in given.get("files", {}).items():
            folder.write(name, content.encode("latin-1"))
        stdin = given.get("stdin", "").encode("latin-1")
        for line in given["lines"]:
            before = folder.content()
            ran = folder.run(line, stdin, given.get("environment", {}))
            check_run(line, ran, before, folder.content())
    finally:
        folder.restore()


def check_run(line: Sequence[str], ran: Ran, before: Files, after: Files) -> None:
    """See that a run ended as it may, wrote nothing harmful, and changed only what it may.

    Raises:
        BrokenLawError: it did not.
    """
    if ran.code not in EXIT_CODES or b"Traceback" in ran.err:
        said = ran.err.decode("utf-8", "replace")
        raise BrokenLawError(f"{line}: exit code {ran.code}: {said[-2000:]}")
    if b"error: the system says" in ran.err:
        raise BrokenLawError(f"{line}: a message that names nothing: {ran.err[-300:]!r}")
    changed = changed_files(before, after)
    for name in changed:
        check_change(line, name, before[name], after.get(name))
    # A protocol's file, and cells that are fed in again, are given back as they are.
    if "--toml" not in line:
        check_output(ran.out, f"the output of {line}")
        for name in [*changed, *(after.keys() - before.keys())]:
            check_output(after.get(name, b""), f"{name} of {line}")
    check_output(ran.err, f"the messages of {line}")


def check_change(line: Sequence[str], name: str, before: bytes, after: bytes | None) -> None:
    """See that a command was allowed to change a file.

    Raises:
        BrokenLawError: it was not.
    """
    if is_plan_name(name):
        if line[0] not in RECORDERS or "--dry-run" in line:
            raise BrokenLawError(f"{line} changed the plan file {name}")
        check_recording(before, after, name)
    elif name in files() and (after is None or not _is_forced(line, name)):
        raise BrokenLawError(f"{line} changed {name}, which is not hairplan's")


def _is_forced(line: Sequence[str], name: str) -> bool:
    """Return whether a command line forces an output onto a file, or into its folder."""
    outputs = {os.path.normpath(output) for output in _outputs(line)}
    return "--force" in line and any(
        output in {".", name} or name.startswith(f"{output}/") for output in outputs
    )


def _outputs(line: Sequence[str]) -> Iterator[str]:
    for word, following in zip(line, [*line[1:], ""], strict=True):
        option, _, value = word.partition("=")
        if option in OUTPUTS or (line[0] == "init" and option == "--config"):
            yield value or following
        elif line[0] == "new":
            yield f"{word}.toml"


FACES = {
    "protocol_file": Face(make_protocol_file, use_protocol_file),
    "row": Face(make_row, use_row),
    "typed_text": Face(make_typed_text, use_typed_text),
    "history": Face(make_history, use_history),
    "plan_file": Face(make_plan_file, use_plan_file),
    "commands": Face(make_commands, use_commands),
}
