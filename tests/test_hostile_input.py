"""Input that is meant to harm, or that slipped: an error of ours, soon, and nothing told."""

import csv
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from conftest import Ran, own_plan

from hairplan.batch.columns import MOST_COLUMNS
from hairplan.batch.masking import redact_reasons
from hairplan.cli import terminal
from hairplan.cli.app import run
from hairplan.dates.typed import typed_date
from hairplan.errors import InputError, OutOfRangeError
from hairplan.files.store import Folder, open_new_file
from hairplan.protocol.load import parse_protocol
from hairplan.show.csv import render_csv
from hairplan.show.json import render_json

Run = Callable[[str], Ran]
LATIN = "Zo\udceb"
"""A name as an old Windows program writes it: its last byte is no UTF-8."""

SMP = "schedule smp --start 2026-12-01"


# ---- one row ----


@pytest.mark.parametrize(
    "treatment", ["9" * 300, "a note\0in it", "x/" * 3000, "n" * 251 + ".toml"]
)
def test_a_treatment_that_is_no_name_fails_its_row_alone(hairplan: Run, treatment: str) -> None:
    rows = [
        {"ref": ref, "treatment": name, "start": "2026-12-01"}
        for ref, name in (("A", "smp"), ("B", treatment), ("C", "smp"))
    ]
    Path("list.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    ran = hairplan("batch list.jsonl -o out.jsonl")
    assert ran.code == 1
    assert "3 rows: 2 plans, 0 refused, 1 failed" in ran.err
    assert "row 2 (line 2): failed: " in ran.err


@pytest.mark.parametrize("text", ["1" * 30 + "h", "1" * 30 + "m", "1e999999999", "9" * 400])
def test_a_number_beyond_sense_is_no_date(text: str) -> None:
    with pytest.raises(InputError):
        typed_date(text, date(2026, 11, 1))


def test_a_row_of_thousands_of_faults_is_said_soon_and_shortly(hairplan: Run) -> None:
    away = [f"nonsense-{number} of Zoe" for number in range(3000)]
    row = {"ref": "A", "treatment": "smp", "start": "2026-12-01", "away": away}
    Path("list.jsonl").write_text(json.dumps(row) + "\n")
    begun = time.process_time()
    ran = hairplan("batch list.jsonl -o out.jsonl --report bad.jsonl")
    assert time.process_time() - begun < 20
    lines = ran.err.splitlines()
    assert "row 1 (line 1): failed: ... and 2980 more" in lines
    assert "Zoe" not in ran.err
    assert len(json.loads(Path("bad.jsonl").read_text())["reason"]) == 3000


def test_a_row_of_thousands_of_columns_is_one_fault(hairplan: Run) -> None:
    row = {"ref": "A", "treatment": "smp", **{f"unknown-{number}": "x" for number in range(20_000)}}
    Path("list.jsonl").write_text(f"{json.dumps(row)}\n")
    ran = hairplan("batch list.jsonl -o out.jsonl")
    assert ran.err == f"error: list.jsonl: 20002 columns; at most {MOST_COLUMNS} make sense\n"
    good = {"ref": "B", "treatment": "smp", "start": "2026-12-01"}
    Path("list.jsonl").write_text(f"{json.dumps(good)}\n{json.dumps(row)}\n")
    ran = hairplan("batch list.jsonl -o out.jsonl")
    assert f"failed: 20002 columns; at most {MOST_COLUMNS} make sense" in ran.err


@pytest.mark.parametrize(
    ("reason", "content"),
    [
        ("closure: 2026-12-02..2028-12-31 (Zoe Li HIV) is too long",
         {"closure": "2026-12-02..2028-12-31=Zoe Li HIV"}),
        ("start: '2026-12-01' patient Zoe Li HIV + 1234' is not a date",
         {"start": "2026-12-01' patient Zoe Li HIV + 1234"}),
        (f"start: '{'x' * 1005} ' John Zoe Li HIV' is not a date",
         {"start": f"{'x' * 1005} ' John Zoe Li HIV"}),
        ("start: 'x such as Zoe Li HIV' is not a date, such as 2026-12-01",
         {"start": "x such as Zoe Li HIV"}),
    ],
)  # fmt: skip
def test_a_log_tells_nothing_of_a_row(reason: str, content: dict[str, str]) -> None:
    [said] = redact_reasons([reason], content)
    assert "Zoe" not in said
    assert "HIV" not in said
    assert said.startswith(f"{reason.partition(':')[0]}: ")


# ---- a formula, an endless key, a planted link ----


def test_a_source_is_no_formula_in_a_spreadsheet() -> None:
    found = own_plan(
        '[[steps]]\nid = "course"\nname = "s"\ncount = 1\n'
        'source = ["=cmd|\' /C calc\'!A0", "\\u001b[31mred", "two\\nlines"]\n'
    )
    table = list(csv.reader(io.StringIO(render_csv(found))))
    cells = {cell for row in table for cell in row}
    assert not any(cell.startswith("=") or "\n" in cell or "\x1b" in cell for cell in cells)
    assert any(cell.startswith("'=cmd|") for cell in cells)


@pytest.mark.parametrize(
    "text",
    ['# \\"' + '\\"' * 300_000, "x = '" + "'" * 300_000 + "." * 60, '"' * 300_000 + "." * 60,
     ("a." * 40 + "a = 1\n") * 3000],
)  # fmt: skip
def test_a_file_is_looked_through_in_a_time_that_its_length_gives(text: str) -> None:
    begun = time.process_time()
    with pytest.raises(InputError):
        parse_protocol(text, "x.toml")
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(
    ("text", "is_refused"),
    [
        ("a." * 50 + "b = 1", True),
        ("x = 'a'\n" + '"q w" . ' * 50 + "b = 1", True),
        ("x = { y = '''\nit's''', " + "b." * 50 + "b = 1 }", True),
        ("# " + "a." * 60, False),
        ('s = "' + "a." * 60 + '"', False),
        ('s = """\n' + "a." * 60 + '"""', False),
    ],
)
def test_only_a_key_is_nested_too_deeply(text: str, is_refused: bool) -> None:  # noqa: FBT001
    with pytest.raises(InputError) as fault:
        parse_protocol(text, "x.toml")
    assert ("nested too deeply" in fault.value.faults[0]) is is_refused


def test_a_planted_link_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / f".hairplan-part-{os.getpid()}").symlink_to(victim)
    (tmp_path / "journal.tmp").symlink_to(victim)
    Folder(tmp_path).write("A-1.ics", b"data")
    with open_new_file(tmp_path / "journal.tmp") as file:
        file.write(b"journal")
    assert victim.read_text() == "mine"
    assert (tmp_path / "A-1.ics").read_bytes() == b"data"
    assert not (tmp_path / "A-1.ics").is_symlink()
    assert (tmp_path / "journal.tmp").read_bytes() == b"journal"


# ---- days ----


def test_a_mistyped_day_is_asked_about(hairplan: Run) -> None:
    assert hairplan(f"{SMP} --save x.plan.json").code == 0
    assert hairplan("record x.plan.json --done course-1=2026-11-30 --today 2026-12-02").code == 0
    ran = hairplan("record x.plan.json --done course-2=0207-03-04 --today 2026-12-20")
    assert (ran.code, ran.err) == (
        2,
        "error: course-2: 0207-03-04 lies outside the years 1990 to 2100: --force records it all"
        " the same\n",
    )
    ran = hairplan("record x.plan.json --done course-2=2026-11-05 --today 2026-12-20")
    assert "course-2: 2026-11-05 is not after course-1, 2026-11-30: is the day right?" in ran.err
    assert hairplan(f"{SMP} --save y.plan.json").code == 0
    ran = hairplan("record y.plan.json --done course-2=2026-11-05 --today 2026-12-20")
    assert "course-2: 2026-11-05 is before the start, 2026-12-01: --force" in ran.err
    ran = hairplan("record x.plan.json --moved course-2=2126-11-05 --today 2026-12-20")
    assert "course-2: 2126-11-05 lies outside the years 1990 to 2100" in ran.err
    forced = hairplan("record x.plan.json --done course-2=2026-11-05 --today 2026-12-20 --force")
    assert "recorded as entry 2" in forced.err


@pytest.mark.parametrize("text", ["tomorrow", "next monday", "+1d", "fri +"])
def test_no_day_follows_the_last(text: str) -> None:
    with pytest.raises((InputError, OutOfRangeError)):
        typed_date(text, date.max)


# ---- bytes and streams ----


@pytest.mark.parametrize(
    "command",
    [f"{SMP} --ref {LATIN}", f"{SMP} --place {LATIN} -f json", f"{SMP} --ref {LATIN}.json",
     f"screen smp --answer {LATIN}=yes -f json"],
)  # fmt: skip
def test_bytes_that_are_no_text_are_refused(hairplan: Run, command: str) -> None:
    ran = hairplan(command)
    assert ran.code == 2
    assert r"Zo\udceb" in ran.err
    assert "is not UTF-8 text" in ran.err


def test_a_setting_that_is_no_text_is_refused(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAIRPLAN_PLACE", LATIN)
    assert hairplan(SMP).err == "error: HAIRPLAN_PLACE: is not UTF-8 text\n"


def test_a_file_may_have_a_name_that_is_no_text(hairplan: Run) -> None:
    name = f"{LATIN}.plan.json"
    assert hairplan(f"{SMP} --save {name}").code == 0
    assert hairplan(f"status {name}").code == 0
    due = hairplan("due . -f json --today 2026-12-20")
    assert json.loads(due.out)[0]["path"] == name


@pytest.mark.parametrize("char", ["\x7f", "\x9b", "\u202e", "\u2066", "\x1b"])
def test_json_steers_no_terminal(char: str) -> None:
    shown = render_json({"ref": f"Zo{char}\u00eb"})
    assert char not in shown
    assert json.loads(shown) == {"ref": f"Zo{char}\u00eb"}


def test_json_holds_what_is_no_text_with_escapes() -> None:
    assert render_json({"path": LATIN}) == '{\n  "path": "Zo\\udceb"\n}\n'


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no such pipes")
def test_a_pipe_in_a_folder_is_not_waited_for(hairplan: Run) -> None:
    Path("protocols").mkdir()
    os.mkfifo("x.plan.json")
    os.mkfifo("protocols/own.toml")
    assert hairplan("due .").code == 0
    assert "own" not in hairplan("list --protocols protocols").out


@pytest.mark.parametrize(
    ("shell", "code", "says"),
    [
        (f"{SMP} >&-", 2, "error: standard output is closed: name a file with -o"),
        (f"{SMP} -f ics --id x -o x.ics >&-", 0, "wrote 9 events"),
        ("batch list.csv -f jsonl -o - >&-", 2, "error: the system says: Bad file descriptor"),
        ("batch - -f jsonl -o x.jsonl <&-", 2, "error: standard input: is empty"),
        (f"{SMP} --id x <&- >/dev/null", 0, ""),
        (f"{SMP} -f ics 2>&- >x.ics", 0, ""),
    ],
)
def test_a_stream_may_be_closed(shell: str, code: int, says: str) -> None:
    Path("list.csv").write_text("ref,treatment,start\nA,smp,2026-12-01\n")
    program = f"{sys.executable} -m hairplan"
    ran = subprocess.run(
        ["sh", "-c", f"{program} {shell}"], capture_output=True, text=True, check=False
    )
    assert ran.returncode == code
    assert says in ran.stderr
    assert "Traceback" not in ran.stderr
    if Path("x.ics").exists():
        assert Path("x.ics").read_text().startswith("BEGIN:VCALENDAR")
        assert "Traceback" not in Path("x.ics").read_text()


def test_streams_that_are_closed_are_stood_in_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    monkeypatch.setattr(sys, "argv", ["hairplan", "--version"])
    with pytest.raises(SystemExit) as end:
        run()
    assert end.value.code == 2
    assert sys.stdin.read() == ""
    terminal.drop_rest()
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        stream.close()


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "cp1252"},
        {"COLUMNS": "20"},
    ],
)
def test_any_terminal_shows_a_plan(environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "hairplan", *SMP.split(), "--today", "2026-11-01"]
    bare = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    ran = subprocess.run(
        [*command, "-f", "table"], env={**bare, **environment}, capture_output=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert b"course-1" in ran.stdout


def test_a_protocol_file_steers_no_terminal(hairplan: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("own.toml").write_text("# a\tb \x9b2J", encoding="utf-8")
    assert hairplan("show own.toml --toml").out.endswith("# a\tb \x9b2J")
    monkeypatch.setattr("hairplan.cli.show.is_terminal", lambda _: True)
    assert hairplan("show own.toml --toml").out.endswith("# a     b \ufffd2J")


# ---- what steers a terminal ----

STEERING = "\x9b2J\u202e\x7f"
"""A terminal clears its screen, turns the text around and deletes a character."""

ESCAPED = r"\u009b2J\u202e\u007f"


def test_a_plan_file_holds_what_steers_a_terminal_as_escapes(hairplan: Run) -> None:
    hairplan(f"{SMP} --save p.plan.json --place 'Room {STEERING}'")
    assert (
        hairplan(f"record p.plan.json --missed course-1 --force --by 'Nina {STEERING}'").code == 0
    )
    text = Path("p.plan.json").read_text("utf-8")
    assert not any(char in text for char in "\x9b\u202e\x7f")
    assert (f'"Room {ESCAPED}"' in text, f'"Nina {ESCAPED}"' in text) == (True, True)
    plan = json.loads(hairplan("schedule p.plan.json -f json").out)
    assert plan["place"] == f"Room {STEERING}"


def test_a_plan_file_that_was_written_without_escapes_still_opens(hairplan: Run) -> None:
    hairplan(f"{SMP} --save p.plan.json --place 'Room {STEERING}'")
    text = Path("p.plan.json").read_text("utf-8")
    Path("p.plan.json").write_text(text.replace(ESCAPED, STEERING), "utf-8")
    assert hairplan("record p.plan.json --missed course-1 --force").code == 0
    assert f'"Room {ESCAPED}"' in Path("p.plan.json").read_text("utf-8")


def test_json_lines_of_a_batch_hold_what_steers_a_terminal_as_escapes(hairplan: Run) -> None:
    rows = [
        {"ref": "A", "treatment": "smp", "start": "2026-12-01", "place": f"Room {STEERING}"},
        {"ref": "B", "treatment": "smp", "start": f"soon {STEERING}"},
    ]
    Path("list.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    ran = hairplan("batch list.jsonl -o - --report bad.jsonl")
    assert f'"Room {ESCAPED}"' in ran.out
    assert json.loads(ran.out)["place"] == f"Room {STEERING}"
    report = Path("bad.jsonl").read_text("utf-8")
    assert f'"soon {ESCAPED}"' in report
    assert json.loads(report)["start"] == f"soon {STEERING}"


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("schedule smp --\u202ename", "No such option: --\ufffdname"),
        ("--\u202ename", "No such option: --\ufffdname"),
        ("new own other\u202ename", "Got unexpected extra argument(s) (other\ufffdname)"),
    ],
)
def test_a_usage_error_steers_no_terminal(hairplan: Run, command: str, says: str) -> None:
    ran = hairplan(command)
    assert (ran.code, says in ran.err, "\u202e" in ran.err) == (2, True, False)


def test_an_error_of_the_system_names_its_file(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(36, "File name too long", "plans\x9b")

    monkeypatch.setattr("hairplan.cli.listing.protocols_folder", fail)
    monkeypatch.setattr("hairplan.cli.app.drop_rest", lambda: None)
    ran = hairplan("list")
    assert ran == (2, "", "error: plans\ufffd: the system says: File name too long\n")
