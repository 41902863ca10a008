"""A protocol to start from."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from conftest import TODAY, Ran

from hairplan.protocol.load import parse_protocol

Run = Callable[[str], Ran]


def test_a_new_protocol_is_right_as_it_is(hairplan: Run) -> None:
    ran = hairplan("new prp-scalp")
    assert (ran.code, ran.out) == (0, "")
    text = Path("prp-scalp.toml").read_text("utf-8")
    assert text.startswith("#:schema ./hairplan.schema.json\n")
    protocol = parse_protocol(text, "prp-scalp.toml")
    assert (protocol.id, protocol.name, protocol.version) == ("prp-scalp", "Prp scalp", "1.0")
    assert protocol.date == TODAY
    assert [step.count for step in protocol.steps] == [3, "open"]


@pytest.mark.parametrize(
    ("output", "check", "schedule"),
    [
        ("", "prp.toml", "./prp.toml"),
        ("x.toml", "x.toml", "./x.toml"),
        ("my own.toml", "'my own.toml'", "'./my own.toml'"),
        ("own/x.toml", "own/x.toml", "own/x.toml"),
        ("{here}/x.toml", "{here}/x.toml", "{here}/x.toml"),
    ],
)
def test_what_to_do_next_is_said(
    hairplan: Run, tmp_path: Path, output: str, check: str, schedule: str
) -> None:
    Path("own").mkdir()
    chosen = output.format(here=tmp_path)
    said = (
        f"wrote a first protocol to {chosen or 'prp.toml'}\n"
        f"next: hairplan validate {check}, then hairplan schedule {schedule}\n"
        "hairplan schema -o hairplan.schema.json lets your editor check it\n"
    )
    ran = hairplan(f"new prp -o '{chosen}'" if chosen else "new prp")
    assert ran == Ran(0, "", said.format(here=tmp_path))
    assert Path(chosen or "prp.toml").is_file()


def test_a_new_protocol_can_be_printed(hairplan: Run) -> None:
    ran = hairplan("new prp -o - --today 2027-02-03")
    assert (ran.code, ran.err) == (0, "")
    assert 'id = "prp"\nversion = "1.0"\ndate = 2027-02-03\nname = "Prp"\n' in ran.out


def test_a_file_that_exists_is_left_alone_unless_it_is_forced(hairplan: Run) -> None:
    path = Path("prp.toml")
    path.write_text("mine")
    assert hairplan("new prp") == Ran(
        2, "", "error: prp.toml: exists already: choose another name, or --force\n"
    )
    assert path.read_text() == "mine"
    assert hairplan("new prp --force").code == 0
    assert path.read_text() != "mine"


@pytest.mark.parametrize(
    "name", ["PRP", "prp scalp", "prp-", "../prp", "1prp", "prp\n", "x" * 41, "''"]
)
def test_a_name_is_short_and_in_lower_case(hairplan: Run, name: str) -> None:
    ran = hairplan(f"new '{name}'" if name != "''" else "new ''")
    shown = name.replace("\n", "\ufffd").strip("'")
    assert ran == Ran(
        2,
        "",
        f"error: NAME: '{shown}' is not a short name in lower case such as 'touch-up', of 40"
        " characters at most\n",
    )
    assert list(Path().glob("**/*.toml")) == []


# ---- of a course that is said ----


def steps(text: str) -> str:
    return text.partition("[[steps]]\n")[2]


@pytest.mark.parametrize(
    ("options", "summary", "expected"),
    [
        (
            "--sessions 3 --every '1 month'",
            "3 sessions, 1 month apart",
            'id = "course"\nname = "session"\ncount = 3\nspacing = "1 month"\n',
        ),
        (
            "-n 3..5 --every 4w --duration 45m",
            "3 to 5 sessions, 4 weeks apart",
            'id = "course"\nname = "session"\ncount = { min = 3, max = 5 }\nspacing = "4 weeks"\n'
            'duration = "45 minutes"\n',
        ),
        ("--sessions 1", "1 session", 'id = "course"\nname = "session"\n'),
        (
            "--sessions open --every 10d",
            "sessions, 10 days apart",
            'id = "course"\nname = "session"\ncount = "open"\nspacing = "10 days"\n',
        ),
        (
            "--sessions 4-4 --every 10d --maintenance '6 months'",
            "4 sessions, 10 days apart, then one every 6 months",
            'id = "course"\nname = "session"\ncount = 4\nspacing = "10 days"\n\n[[steps]]\n'
            'id = "maintenance"\nname = "maintenance session"\nkind = "maintenance"\n'
            'count = "open"\nanchor = "course.last"\nspacing = "6 months"\n',
        ),
    ],
)
def test_a_course_that_is_said_is_all_that_the_file_has(
    hairplan: Run, options: str, summary: str, expected: str
) -> None:
    text = hairplan(f"new prp {options} -o -").out
    assert steps(text) == expected
    assert f'summary = "{summary}"\n' in text
    Path("prp.toml").write_text(text)
    assert "warning" not in hairplan("validate prp.toml").out
    assert hairplan("schedule ./prp.toml --start 2026-12-01").code == 0


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (
            "--duration 45m",
            [
                "--sessions: missing: how many, such as 3, 3..5 or open?",
                "--every: missing: how far apart are the sessions, such as '1 month'?",
            ],
        ),
        ("--sessions 1 --every 2w", ["--every: of one session alone: say how many there are"]),
        (
            "--sessions open --every 2w --maintenance 6mo",
            ["--maintenance: of a course without an end nothing follows"],
        ),
        (
            "--sessions 5..3 --every 3h --duration 2d --maintenance '0 days'",
            [
                "--sessions: '5..3' is not a number of sessions such as 3, 3..5 or open",
                "--every: '3h' is not an interval such as '10 days' or '1 month'",
                "--duration: '2d' is not a length of an appointment such as 45m or 2h",
                "--maintenance: '0 days' is not an interval such as '10 days' or '1 month'",
            ],
        ),
        (
            "--sessions few --every 2w",
            ["--sessions: 'few' is not a number of sessions such as 3, 3..5 or open"],
        ),
    ],
)
def test_what_is_said_wrong_is_said_at_once(
    hairplan: Run, options: str, expected: list[str]
) -> None:
    said = "".join(f"error: {fault}\n" for fault in expected)
    assert hairplan(f"new prp {options}") == Ran(2, "", said)
    assert not Path("prp.toml").exists()


# ---- asked for in a terminal ----

HOW_MANY = (
    "How many sessions (3, 3..5 or open; nothing for an example with a comment on each part)?\n"
)
HOW_FAR = "How far apart (10 days, 4 weeks, 1 month)?\n"
HOW_LONG = "How long is a session (45 min; nothing to leave it open)?\n"
THEN = "And after the course, one every (6 months; nothing for none)?\n"
WROTE = (
    "wrote a first protocol to prp.toml\n"
    "next: hairplan validate prp.toml, then hairplan schedule ./prp.toml\n"
    "hairplan schema -o hairplan.schema.json lets your editor check it\n"
)


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch, hairplan: Run) -> Callable[[str], Ran]:
    """Run `hairplan new prp` in a terminal, with answers."""

    def run(answers: str) -> Ran:
        monkeypatch.setattr("hairplan.cli.new.is_terminal", lambda _: True)
        monkeypatch.setattr("sys.stdin", StringIO(answers))
        return hairplan("new prp")

    return run


def test_it_asks_for_what_a_course_needs(answering: Run) -> None:
    ran = answering("3\n1 month\n45m\n6 months\n")
    assert ran == Ran(0, "", HOW_MANY + HOW_FAR + HOW_LONG + THEN + WROTE)
    assert steps(Path("prp.toml").read_text()).startswith(
        'id = "course"\nname = "session"\ncount = 3\nspacing = "1 month"\nduration = "45 minutes"\n'
    )


def test_it_asks_again_where_an_answer_cannot_be_read(answering: Run) -> None:
    ran = answering("some\nopen\n\n3 h\n2 weeks\n\n")
    assert ran == Ran(
        0,
        "",
        f"{HOW_MANY}'some' is not a number of sessions such as 3, 3..5 or open\n{HOW_MANY}"
        f"{HOW_FAR}{HOW_FAR}'3 h' is not an interval such as '10 days' or '1 month'\n{HOW_FAR}"
        f"{HOW_LONG}{WROTE}",
    )
    assert 'count = "open"\nspacing = "2 weeks"\n' in Path("prp.toml").read_text()


def test_one_session_has_no_interval(answering: Run) -> None:
    assert answering("1\n\n\n") == Ran(0, "", HOW_MANY + HOW_LONG + THEN + WROTE)
    assert steps(Path("prp.toml").read_text()) == 'id = "course"\nname = "session"\n'


def test_no_answer_brings_the_example(answering: Run) -> None:
    assert answering("\n") == Ran(0, "", HOW_MANY + WROTE)
    assert "What to avoid before and after each session" in Path("prp.toml").read_text()


def test_an_input_that_ends_writes_nothing(answering: Run) -> None:
    ran = answering("3\n")
    assert ran == Ran(2, "", f"{HOW_MANY}{HOW_FAR}error: no answer: the input has ended\n")
    assert not Path("prp.toml").exists()
