"""The fuzzer: inputs of each face, those that failed once, and that each of its checks bites."""

import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import checks
import faces
import pytest
import run
from commands import ANY, Option, commands, random_value
from inputs import mutate, mutate_bytes
from msgspec import structs
from scratch import PLANS, files, plan_files, scratch

from hairplan.files.plan_file import PlanFile
from hairplan.history import Entry

KEPT = {name: (face, given) for name, face, given in run.kept_inputs()}


def test_mutated_inputs_end_in_errors_of_ours() -> None:
    assert [said for seed in range(260) if (said := run.fails(seed))] == []


@pytest.mark.parametrize("name", KEPT)
def test_what_failed_once_fails_no_more(name: str) -> None:
    face, given = KEPT[name]
    assert run.failure(face, given) is None


# ---- an input ----


def test_the_same_seed_is_the_same_input() -> None:
    for seed in range(len(run.TURNS)):
        assert run.input_of(seed) == run.input_of(seed)
    one, other = (mutate("2026-12-01", random.Random(3)) for _ in range(2))  # noqa: S311
    assert one == other != "2026-12-01"


def test_an_input_is_plain_data_that_json_keeps() -> None:
    for face in faces.FACES:
        for seed in range(50):
            given = run.input_of(seed, face)[1]
            assert json.loads(json.dumps(given)) == given


def words_of(options: tuple[Option, ...]) -> Iterator[tuple[str, ...]]:
    for option in options:
        if option.is_flag:
            yield from ((word,) for word in option.words)
        elif option.words:
            yield option.words


def test_every_option_of_every_command_is_driven() -> None:
    driven: set[tuple[str, str]] = set()
    for seed in range(4000):
        for line in run.input_of(seed, "commands")[1]["lines"]:
            driven |= {(line[0], word.partition("=")[0]) for word in line}
    missing = [
        f"{command} {' or '.join(words)}"
        for command, options in commands().items()
        for words in words_of(options)
        if not any((command, word) in driven for word in words)
    ]
    assert missing == []


def test_an_option_that_nobody_has_named_gets_values() -> None:
    chance = random.Random(1)  # noqa: S311 - the same for the same seed
    values = {random_value("of-tomorrow", chance) for _ in range(100)}
    assert len(values) > 50
    assert len(values & set(ANY)) > 40


def test_bytes_are_changed_in_every_way() -> None:
    changed = [mutate_bytes(b"0123456789" * 9, random.Random(seed)) for seed in range(300)]  # noqa: S311
    assert {len(data) > 90 for data in changed} == {True, False}
    assert sum(len(data) == 90 for data in changed) > 20


def test_the_folder_is_as_it_was_after_an_input() -> None:
    lines = [
        ["new", "other"],
        ["record", PLANS[0], "--missed", "course-2", "--force"],
        ["new", "own", "--force"],
    ]
    faces.use_commands({"lines": lines, "files": {"notes.txt": "changed"}})
    assert scratch().content() == files()


# ---- that it sees what it looks for ----


def slow(_: Any) -> None:
    time.sleep(60)


@pytest.mark.parametrize(
    ("use", "said"),
    [
        (lambda _: 1 / 0, "ZeroDivisionError"),
        (slow, "over 0.2 s"),
        (lambda given: given.missing, "AttributeError"),
    ],
)
def test_a_fault_is_seen(
    monkeypatch: pytest.MonkeyPatch, use: Callable[[Any], None], said: str
) -> None:
    monkeypatch.setitem(faces.FACES, "row", faces.Face(faces.make_row, use))
    monkeypatch.setattr(checks, "MOST_SECONDS", 0.2)
    assert said in (run.fails(7, "row") or "")


def test_a_gigabyte_of_memory_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert 10**7 < checks.peak_bytes() < 10**11
    peaks: Iterator[int] = count(2**30, 2**20)
    monkeypatch.setattr(checks, "peak_bytes", lambda: next(peaks))
    assert run.fails(0, "typed_text") == "seed 0: typed_text: 1025 MB of memory"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"a\x1b[31m\n", r"a control character in it: 'a\x1b[31m\n'"),
        (b"a\r\n", r"a control character in it: 'a\r\n'"),
        ("\u202ea\n".encode(), r"a control character in it: '\u202ea\n'"),
        (b"BEGIN:VCALENDAR\r\nX:\x07\r\n",
         r"a control character in it: 'BEGIN:VCALENDAR\nX:\x07\n'"),
        (b"BEGIN:VCALENDAR\r\nX:\rY\r\n", r"a control character in it: 'BEGIN:VCALENDAR\nX:\rY\n'"),
        (b"plan,ref\r\nx,=1+1\r\n", "a formula in it: '=1+1'"),
        (b"plan,ref\r\nx,-a\r\n", "a formula in it: '-a'"),
        (b'plan,ref\r\nx,"\ta"\r\n', r"a formula in it: '\ta'"),
        (b'plan,ref\r\nx,"a\x7f"\r\n', r"a control character in it: 'a\x7f'"),
        (b"\xff", "it: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
    ],
)  # fmt: skip
def test_an_output_that_harms_is_seen(data: bytes, said: str) -> None:
    with pytest.raises(checks.BrokenLawError) as broken:
        checks.check_output(data, "it")
    assert str(broken.value) == said


def test_an_output_that_harms_nobody_passes() -> None:
    checks.check_output(b"plan,days,says\r\nx,-3,'=1+1\r\n", "it")
    checks.check_output("BEGIN:VCALENDAR\r\nX:a\t\u200f\r\n".encode(), "it")


def lose_history(file: PlanFile, entry: Entry) -> PlanFile:
    return structs.replace(file, history=(entry,))


def change_request(file: PlanFile, entry: Entry) -> PlanFile:
    history = (*file.history, entry)
    return structs.replace(file, history=history, request=structs.replace(file.request, ref="B"))


WRITABLE = "hairplan.files.store.check_writable"


def anything(*_: Any, **__: Any) -> None:
    pass


def fail(*_: Any) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("place", "broken", "line", "said"),
    [
        ("hairplan.cli.status.load_clinic", lambda _: 1 / 0, f"status {PLANS[0]}", "exit code 70"),
        ("hairplan.cli.status.load_clinic", lambda _: sys.exit(5), f"status {PLANS[0]}",
         "exit code 5"),
        ("hairplan.cli.status.load_clinic", fail, f"status {PLANS[0]}", "that names nothing"),
        ("hairplan.cli.terminal.replace_controls", str, "schedule \x1b",
         "a control character in the messages"),
        ("hairplan.show.csv._FORMULA", ("~",), f"schedule {PLANS[2]} -f csv", "a formula in"),
        ("hairplan.show.csv._FORMULA", ("~",), f"schedule {PLANS[2]} -o x.csv",
         "a formula in x.csv"),
        (WRITABLE, anything, "schedule smp -o foreign.csv",
         "changed foreign.csv, which is not hairplan's"),
        (WRITABLE, anything, "new x -o foreign.csv --dry",
         None),
        (WRITABLE, anything, f"list -f json -o {PLANS[0]}",
         f"changed the plan file {PLANS[0]}"),
        (WRITABLE, anything,
         f"schedule smp -f json -o {PLANS[0]} --force", "a plan file was damaged"),
        ("hairplan.cli.record.append_entry", lose_history,
         f"record {PLANS[0]} --missed course-2 --force",
         "an entry of its history is gone"),
        ("hairplan.cli.record.append_entry", change_request,
         f"record {PLANS[0]} --missed course-2 --force",
         "what a plan was made from was changed"),
        ("hairplan.cli.record.is_rehearsal", lambda _: False,
         f"record {PLANS[1]} --missed course-2 --dry-run", "changed the plan file"),
    ],
)  # fmt: skip
def test_a_program_that_breaks_a_law_is_seen(
    monkeypatch: pytest.MonkeyPatch, place: str, broken: object, line: str, said: str | None
) -> None:
    given = {"lines": [line.split(" ")]}
    assert run.failure("commands", given) is None
    monkeypatch.setattr(place, broken)
    assert (said is None) == ((failure := run.failure("commands", given)) is None)
    assert (said or "") in (failure or "")


@pytest.mark.parametrize(
    ("line", "name", "may"),
    [
        ("schedule smp -o foreign.csv --force", "foreign.csv", True),
        ("schedule smp --output=foreign.csv --force", "foreign.csv", True),
        ("schedule smp -o foreign.csv --force", "foreign.ics", False),
        ("schedule smp --patient anna.toml -o x.md --force", "anna.toml", False),
        ("schedule smp --split . --force", "foreign.ics", True),
        ("batch patients.csv --out-dir house --force", "house/smp.toml", True),
        ("batch patients.csv --out-dir house", "house/smp.toml", False),
        ("new own --force", "own.toml", True),
        ("new other --force", "own.toml", False),
    ],
)
def test_only_an_output_that_was_named_is_forced(line: str, name: str, may: bool) -> None:  # noqa: FBT001
    try:
        faces.check_change(line.split(), name, b"before", b"after")
    except checks.BrokenLawError as error:
        assert not may
        assert str(error).endswith(f"changed {name}, which is not hairplan's")
    else:
        assert may


def test_a_change_by_hand_that_passes_for_a_plan_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    data = plan_files()[PLANS[0]].replace(b'"A-17"', b'"A-18"').decode("latin-1")
    given = {"data": data, "sealed": False, "run": "status {}"}
    assert run.failure("plan_file", given) is None
    monkeypatch.setattr("hairplan.files.plan_file._seal_faults", lambda *_: [])
    assert run.failure("plan_file", given) == "a change without a seal was not seen"


# ---- the program ----


def test_it_runs_as_a_program(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["run.py", "--inputs", "4", "--seed", "8", "--face", "row"])
    with pytest.raises(SystemExit) as end:
        run.main()
    assert end.value.code == 0
    assert capsys.readouterr().out == "4 inputs from seed 8 on, 0 failed\nby face: 4 row\n"


def test_an_input_that_fails_is_kept_and_fails_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("hairplan.show.csv._FORMULA", ())
    monkeypatch.setattr(run, "CORPUS", tmp_path)
    given = {"lines": [["schedule", PLANS[2], "-f", "csv"]]}
    monkeypatch.setitem(faces.FACES, "commands", faces.Face(lambda _: given, faces.use_commands))
    arguments = ["--inputs", "1", "--face", "commands", "--keep", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", ["run.py", *arguments])
    with pytest.raises(SystemExit) as end:
        run.main()
    assert end.value.code == 1
    assert "seed 0: commands: a formula in" in capsys.readouterr().out
    assert list(run.kept_inputs()) == [("commands-0", "commands", given)]
    assert "a formula in" in (run.failure("commands", given) or "")
