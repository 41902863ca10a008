"""The desk view: a plan on one screen, at any width, in colour and without, and as records."""

import io
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Ran, day, own_protocol
from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from hairplan import Plan, PlanRequest, load_protocol, make_plan
from hairplan.cli import delivery
from hairplan.show.desk import Desk, desk_lines
from hairplan.show.desk_days import reword_days
from hairplan.show.desk_sessions import describe_spacing
from hairplan.show.errands import Commands
from hairplan.show.records import render_records
from hairplan.show.segments import Look, cut, render_segments
from hairplan.words import name_run

Run = Callable[[str], Ran]
BUILT_IN = ("smp", "mesopecia", "microneedling", "mesotherapy")
PLAIN = Look()
COLOR = Look(color=True)
ASCII = Look(ascii=True)


def own(text: str, today: str = "2026-11-01", **asked: Any) -> Plan:
    request = PlanRequest(**{"start": day("2027-01-04"), **asked})
    return make_plan(own_protocol(text), request, today=day(today))


def built_in(name: str, **asked: Any) -> Plan:
    request = PlanRequest(**{"start": day("2026-12-01"), **asked})
    return make_plan(load_protocol(name), request, today=day("2026-11-01"))


def desk(plan: Plan, width: int = 80, look: Look = PLAIN, today: str = "2026-11-01") -> list[str]:
    lines = desk_lines(plan, Desk(day(today), width, Commands(plan.protocol.id)))
    return render_segments(lines, look).splitlines()


WEEKLY = """
[[steps]]
id = "course"
name = "session"
count = 52
spacing = { min = "5 days", preferred = "1 week", max = "9 days" }
"""


# ---- how long it is ----


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_plan_fits_on_one_screen(name: str) -> None:
    assert len(desk(built_in(name))) <= 30
    assert len(desk(built_in(name), width=60)) <= 33


def test_a_year_of_weekly_sessions_fits_in_20_lines() -> None:
    assert desk(own(WEEKLY)) == [
        "Our own · 52 sessions Mon 4 Jan to Mon 27 Dec 2027",
        "",
        "Session       Date             Window",
        "course-1      Mon  4 Jan 2027  as asked",
        "course-2      Mon 11 Jan 2027  9..13 Jan",
        "course-3      Mon 18 Jan 2027  16..20 Jan",
        "course-4      Mon 25 Jan 2027  23..27 Jan",
        "course-5      Mon  1 Feb 2027  30 Jan..3 Feb",
        "course-6      Mon  8 Feb 2027  6..10 Feb",
        "course-7..52  Mon 15 Feb to Mon 27 Dec 2027, weekly",
        "",
        "                Jan Feb Mar Apr May  Jun Jul Aug  Sep Oct  Nov Dec Jan 2028",
        "weeks           4 18 8 22 15 5 19 10 31 21 12 2 16 6 20 11 1 15 6 20",
        "sessions        ••••••••••••••••••••••••••••••••••••••••••••••••••••",
        "                a mark a week",
        "",
        "--full for all · hairplan show own",
    ]


def test_five_years_of_maintenance_are_one_row() -> None:
    lines = desk(built_in("mesopecia", horizon="5 years"))
    assert len(lines) <= 30
    assert [line for line in lines if line.startswith("maintenance")] == [
        "maintenance-1..57  Tue 16 Mar 2027 to Sun 16 Nov 2031, monthly, tentative",
        "maintenance-1..57: the same again; dates nearer the time",
    ]


def test_what_is_done_of_a_long_course_is_one_row(hairplan: Run) -> None:
    Path("own.toml").write_text(HEAD + WEEKLY, "utf-8")
    keep(hairplan, "./own.toml --start 2027-01-04")
    hairplan("record p.plan.json --today 2027-02-01 --done course-1=2027-01-04")
    for number, on in ((2, 11), (3, 18), (4, 25)):
        hairplan(f"record p.plan.json --today 2027-02-01 --done course-{number}=2027-01-{on}")
    lines = hairplan("schedule p.plan.json --today 2027-02-01 -f table").out.splitlines()
    assert lines[3:5] == [
        "course-1..4    Mon 4 Jan to Mon 25 Jan 2027, weekly, done",
        "course-5       Mon  1 Feb 2027  30 Jan..3 Feb",
    ]
    assert lines[10] == "course-11..52  Mon 15 Mar to Mon 27 Dec 2027, weekly"


HEAD = """\
format = 1
id = "own"
version = "1.0"
date = 2026-11-01
name = "Own"
summary = "a test"
"""


# ---- plans under way ----


def keep(hairplan: Run, treatment: str, *records: str) -> None:
    assert hairplan(f"schedule {treatment} --ref M-204 --save p.plan.json").code == 0
    for record in records:
        assert hairplan(f"record p.plan.json {record}").code in {0, 1}


SMP = "smp --start 2026-12-01 --time 14:30 --zone Europe/Paris --answer minoxidil=no"
DONE = "--done consultation --done course-1=2026-12-01 --today 2026-12-01"


@pytest.mark.parametrize(
    ("record", "today", "lines"),
    [
        (
            "--missed course-2 --today 2026-12-18",
            "2026-12-18",
            [
                "Scalp micropigmentation · M-204",
                "3 sessions from Tue 1 Dec 2026, 2 to be arranged",
                "2 h each · chair time 6 h",
                "! course-2 was missed: book it again, proposed Sat 19 Dec 2026 14:30, at the",
                "  latest Tue 22 Dec 2026",
                "",
                "Session     Date             Time   Window",
                "course-1    Tue  1 Dec 2026  14:30              done",
                "course-2    Sat 19 Dec 2026  14:30  11..22 Dec  missed: book again",
                "course-3    no date yet                         waits for course-2",
                "touch-up-1  no date yet                         waits for course-2",
            ],
        ),
        (
            "--missed course-2 --today 2026-12-18",
            "2027-01-20",
            [
                "Scalp micropigmentation · M-204",
                "3 sessions from Tue 1 Dec 2026, 2 to be arranged",
                "2 h each · chair time 6 h",
                "! course-2 was missed: book it again; Wed 20 Jan 2027 14:30 is 29 days after its",
                "  latest day, Tue 22 Dec 2026",
                "",
                "Session     Date             Time   Window",
                "course-1    Tue  1 Dec 2026  14:30                   done",
                "course-2    Wed 20 Jan 2027  14:30  11..22 Dec 2026  missed, 29 days late",
                "course-3    no date yet                              waits for course-2",
                "touch-up-1  no date yet                              waits for course-2",
            ],
        ),
        (
            "--answer pregnancy=yes --today 2026-12-10",
            "2026-12-10",
            [
                "Scalp micropigmentation · M-204 · 1 session Tue 1 Dec 2026",
                "2 h each · chair time 2 h",
                "! stopped from Thu 10 Dec 2026 on: what is ahead is cancelled",
                "  pregnancy: contraindicated: not during a pregnancy, as a precaution; to be",
                "  asked again once it has ended (SMP-9)",
                "",
                "Session     Date             Time   Window",
                "course-1    Tue  1 Dec 2026  14:30                            done",
                "course-2    no date          14:30  11..22 Dec 2026           cancelled",
                "course-3    no date          14:30  25 Dec 2026..5 Jan 2027   cancelled",
                "touch-up-1  no date          14:30  29 Dec 2028..29 Dec 2029  cancelled",
            ],
        ),
        (
            "--moved course-2=2026-12-18T16:00 --today 2026-12-10",
            "2026-12-10",
            [
                "Scalp micropigmentation · M-204 · 3 sessions Tue 1 Dec 2026 to Fri 1 Jan 2027",
                "2 h each · chair time 6 h",
                "",
                "Session     Date             Time   Window",
                "course-1    Tue  1 Dec 2026  14:30                          done",
                "course-2    Fri 18 Dec 2026  16:00  11..22 Dec              booked",
                "course-3    Fri  1 Jan 2027  14:30  28 Dec..8 Jan",
                "touch-up-1  Sun  1 Jul 2029  14:30  1 Jan 2029..1 Jan 2030  tentative",
            ],
        ),
        (
            "--cancelled course-2 --today 2026-12-10",
            "2026-12-30",
            [
                "Scalp micropigmentation · M-204",
                "3 sessions from Tue 1 Dec 2026, 2 to be arranged",
            ],
        ),
        (
            "--skipped course-2 --today 2026-12-10",
            "2026-12-10",
            [
                "Scalp micropigmentation · M-204 · 2 sessions Tue 1 Dec to Tue 15 Dec 2026",
                "2 h each · chair time 4 h",
            ],
        ),
    ],
)
def test_what_happened_is_seen_at_a_glance(
    hairplan: Run, record: str, today: str, lines: list[str]
) -> None:
    keep(hairplan, SMP, DONE, record)
    shown = hairplan(f"schedule p.plan.json -f table --today {today}").out.splitlines()
    assert shown[: len(lines)] == lines
    assert len(shown) <= 30


def test_what_was_not_recorded_is_asked_about(hairplan: Run) -> None:
    keep(hairplan, SMP, DONE)
    lines = hairplan("schedule p.plan.json -f table --today 2026-12-30").out.splitlines()
    assert lines[3:5] == [
        "! course-2 is overdue, its latest day was Tue 22 Dec 2026: done, missed or",
        "  moved?",
    ]
    assert lines[-1].startswith("1 warning at the top · hairplan screen p.plan.json --ask")


# ---- any terminal ----

DATES = re.compile(r"[A-Z][a-z]{2} [ \d]\d [A-Z][a-z]{2}(?: \d{4})?")


@given(
    st.sampled_from(BUILT_IN), st.integers(60, 200), st.dates(day("2026-01-01"), day("2028-12-31"))
)
def test_no_line_is_too_long_and_no_date_or_name_is_broken(
    name: str, width: int, start: Any
) -> None:
    plan = built_in(name, start=start)
    lines = desk(plan, width=width)
    assert max(map(len, lines)) <= width
    for session in plan.dated[:3]:
        on = f"{session.on:%a} {session.on.day:>2} {session.on:%b} {session.on.year}"
        assert any(line.startswith(f"{session.id} ") and on in line for line in lines)
    names = {screened.question for screened in plan.screening}
    start_of_ask = next(at for at, line in enumerate(lines) if line.startswith("Ask "))
    asked = " ".join(lines[start_of_ask:-1]).partition(": ")[2].partition(" and ")[0]
    assert set(re.split(r",\s+", asked.strip())) <= names


@pytest.mark.parametrize("name", BUILT_IN)
@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_colours_and_ascii_change_no_word(name: str, width: int) -> None:
    plan = built_in(name)
    plain = desk(plan, width)
    colored = [Text.from_ansi(line).plain.rstrip() for line in desk(plan, width, COLOR)]
    bars = str.maketrans("▌▐", "██")
    assert [line for line in plain if "░" not in line and "█" not in line] == [
        line
        for line, shown in zip(colored, plain, strict=True)
        if "░" not in shown and "█" not in shown
    ]
    assert [line.translate(bars).replace("░", "█") for line in colored] == [
        line.replace("░", "█") for line in plain
    ]
    assert all(line.isascii() for line in desk(plan, width, ASCII))


@pytest.mark.parametrize(
    ("look", "line"),
    [
        (PLAIN, "sun             ███████████████░░█████░░█████░░█████░░█████░░░░"),
        (ASCII, "sun             ###############--#####--#####--#####--#####----"),
        (
            COLOR,
            "\x1b[1msun             \x1b[0m\x1b[34m██████████████\x1b[0m\x1b[34;100m▌\x1b[0m"
            "\x1b[90m░░\x1b[0m\x1b[90;44m▌\x1b[0m\x1b[34m███\x1b[0m\x1b[34;100m▌\x1b[0m",
        ),
        (
            Look(color=True, ascii=True),
            "\x1b[1msun             \x1b[0m\x1b[34m###############\x1b[0m\x1b[90m--\x1b[0m",
        ),
    ],
)
def test_a_bar_has_the_glyphs_that_there_are(look: Look, line: str) -> None:
    assert any(shown.startswith(line) for shown in desk(built_in("mesopecia"), look=look))


def test_below_50_columns_there_is_no_timeline() -> None:
    assert not any(line.startswith("Mondays") for line in desk(built_in("smp"), width=49))


class Cp1252(io.StringIO):
    """A terminal of an old system."""

    encoding = "cp1252"


def test_an_encoding_without_the_glyphs_gets_ascii(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = Cp1252()
    monkeypatch.setattr(sys, "stdout", stream)
    hairplan("schedule mesopecia --start 2026-12-01 -f table")
    assert "# least - ideal" in stream.getvalue()


def test_a_dumb_terminal_gets_ascii(hairplan: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert "# least - ideal" in hairplan("schedule smp --start 2026-12-01 -f table").out


def test_a_terminal_gets_the_plan_at_a_glance(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "is_terminal", lambda _: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    out = hairplan("schedule smp --start 2026-12-01").out
    assert out.startswith("\x1b[1mScalp micropigmentation · 3 sessions")


# ---- all of it ----


def test_all_there_is_to_say_is_an_option_and_a_setting(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    glance = hairplan("schedule smp --start 2026-12-01 -f table").out
    full = hairplan("schedule smp --start 2026-12-01 -f table --full").out
    assert ("Sources" in glance, "Sources" in full) == (False, True)
    Path("clinic.toml").write_text('view = "full"\n', "utf-8")
    command = "schedule smp --start 2026-12-01 -f table --config clinic.toml"
    assert hairplan(command).out == full
    monkeypatch.setenv("HAIRPLAN_VIEW", "desk")
    assert hairplan(command).out == glance


def test_a_view_that_there_is_none_of_is_refused(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAIRPLAN_VIEW", "wide")
    ran = hairplan("schedule smp --start 2026-12-01")
    says = "error: HAIRPLAN_VIEW: no view 'wide'; there are: desk, full\n"
    assert (ran.code, ran.err) == (2, says)


def test_a_file_with_the_plan_at_a_glance_is_known_again(hairplan: Run) -> None:
    command = "schedule smp --start 2026-12-01 --id 7 -f table -o glance.txt"
    assert hairplan(command).code == 0
    text = Path("glance.txt").read_text("utf-8")
    assert text.endswith("--full for all · hairplan show smp\n(smp 1.0) plan 7\n")
    assert hairplan(command).code == 0
    assert hairplan(command.replace("--id 7", "--id 8")).code == 2


# ---- what there may be in a protocol ----


# ---- what there may be in a protocol ----

COURSE = """
[[steps]]
id = "course"
name = "session"
count = 6
spacing = { preferred = "2 weeks", tolerance = "2 days" }
"""


@pytest.mark.parametrize(
    ("restriction", "lines"),
    [
        (
            'before = { at_least = "1 day", ideal = "2 days" }\n'
            'after = { at_least = "1 day", ideal = "3 days" }',
            [
                "x               each session: that day, 2 days before and 3 days after (at least",
                "                 that day, 1 day before and 1 day after); again 4 days after",
            ],
        ),
        (
            'begins = "2 days"\nafter = { at_least = "1 day", ideal = "4 days" }',
            ["x               each session: 2 to 4 days after (ideally); again 5 days after"],
        ),
        (
            'before = "2 days"',
            [
                "x               each session: that day and 2 days before; it ends with the",
                "                 appointment",
            ],
        ),
        (
            'begins = "2 days"\nafter = "2 days"\naround = ["course-2"]',
            ["x               Wed 20 Jan  Wed 20 Jan  Thu 21 Jan"],
        ),
        (
            'begins = "2 days"\nafter = { at_least = "1 day", ideal = "4 days" }\n'
            'around = ["course-2"]',
            ["x               Wed 20 Jan  Fri 22 Jan (ideally)  Sat 23 Jan"],
        ),
        (
            'before = "1 day at 21:00"\naround = ["course-2"]',
            ["x               Sun 17 Jan 21:00  Mon 18 Jan  ends with it"],
        ),
        (
            'before = { at_least = "1 day", ideal = "2 days" }\naround = ["course-2"]',
            [
                "x               Sat 16 Jan  Mon 18 Jan  ends with it",
                "                at least 17..18 Jan",
            ],
        ),
        (
            'before = { at_least = "2 days", ideal = "1 week" }\n'
            'after = { at_least = "1 day", ideal = "1 week" }',
            [
                "x               Mon 28 Dec  Mon 22 Mar  Tue 23 Mar",
                "                at least 2 days before and 1 day after each session",
            ],
        ),
    ],
)
def test_what_to_avoid_is_listed_by_days_or_by_a_rule(restriction: str, lines: list[str]) -> None:
    text = f'{COURSE}\n[restrictions.x]\nlabel = "no x"\n{restriction}\n'
    shown = desk(own(text))
    at = next(at for at, line in enumerate(shown) if line.startswith("█ least"))
    assert shown[at + 1 : at + 1 + len(lines)] == lines


QUESTIONS = f"""{COURSE}
[questions]
red = {{ ask = "is it red?" }}
dry = {{ ask = "is it dry?" }}
[restrictions]
sun = {{ label = "no sun", after = "1 day", when = {{ red = "yes" }} }}
dye = {{ label = "no dye", after = "2 days", when = {{ dry = "yes" }} }}
"""


def test_each_thing_in_doubt_names_the_answer_that_it_hangs_on() -> None:
    assert "dye? only if dry=yes; sun? only if red=yes" in desk(own(QUESTIONS))


def test_a_plan_that_cannot_be_has_only_its_reasons() -> None:
    plan = built_in("smp", answers={"pregnancy": "yes"})
    assert desk(plan) == [
        "Scalp micropigmentation · 0 appointments",
        "! screening refuses a start on Tue 1 Dec 2026",
        "  pregnancy: contraindicated: not during a pregnancy, as a precaution; to be",
        "  asked again once it has ended (SMP-9)",
        "",
        "1 warning at the top · --full for all · hairplan show smp",
    ]
    assert render_records(plan, day("2026-11-01"), Commands("smp")).splitlines()[2:] == [
        "course    0 appointments  -  -  -  -",
        "warning   screening refuses a start on Tue 2026-12-01",
        "warning   pregnancy: contraindicated: not during a pregnancy, as a precaution; to be asked"
        " again once it has ended (SMP-9)",
        "more      --full  hairplan show smp",
    ]


def test_a_long_name_and_many_choices_go_on_below() -> None:
    plan = built_in("mesopecia", place="Room 2, at the end of the corridor", ref="A-17")
    assert desk(plan)[:2] == [
        "Mesopecia · A-17 · 8 sessions Tue 1 Dec 2026 to Tue 16 Feb 2027",
        "30 min each · chair time 4 h · Room 2, at the end of the corridor",
    ]
    asked = built_in(
        "mesopecia", place="Room 2, at the end of the corridor", options={"form": "postpartum"}
    )
    assert desk(asked)[1:3] == [
        "30 min each · chair time 4 h · Room 2, at the end of the corridor ·",
        "  form=postpartum",
    ]


@pytest.mark.parametrize(
    ("days", "rhythm"),
    [
        (("2026-12-01", "2026-12-02", "2026-12-03"), "daily"),
        (("2026-12-01", "2026-12-04"), "every 3 days"),
        (("2026-12-01", "2026-12-08"), "weekly"),
        (("2026-12-01", "2026-12-15"), "every 2 weeks"),
        (("2026-01-31", "2026-02-28", "2026-03-31"), "monthly"),
        (("2026-01-31", "2026-07-31", "2027-01-31"), "every 6 months"),
        (("2026-01-31", "2026-02-01", "2026-03-31"), None),
        (("2026-01-31", "2026-01-31"), None),
    ],
)
def test_a_rhythm_is_told_by_the_days(days: tuple[str, ...], rhythm: str | None) -> None:
    assert describe_spacing([day(on) for on in days]) == rhythm


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("closed: closure 2026-12-15 (works)", "closed: closure 15 Dec 2026 (works)"),
        ("by Tue 2026-12-15", "by Tue 15 Dec 2026"),
        ("by Wed 2026-12-15", "by Wed 15 Dec 2026"),
        ("part 2026-13-45", "part 2026-13-45"),
    ],
)
def test_iso_days_in_a_sentence_are_said_as_at_the_desk(text: str, says: str) -> None:
    assert reword_days(text).replace("\N{NO-BREAK SPACE}", " ") == says


@pytest.mark.parametrize(
    ("text", "width", "says"),
    [
        ("abc", 3, "abc"),
        ("abcdef", 5, "ab…"),
        ("植毛植毛", 7, "植毛…"),
        ("e\u0301te", 3, "e\u0301te"),
    ],
)
def test_a_cut_counts_columns(text: str, width: int, says: str) -> None:
    assert cut(text, width) == says


# ---- a day of one's own, and what waits ----


def test_an_appointment_that_is_added_says_what_it_is(hairplan: Run) -> None:
    keep(hairplan, SMP, "--add photo=2026-12-05 --as review --today 2026-12-01")
    out = hairplan("schedule p.plan.json -f table --today 2026-12-02").out
    assert [line for line in out.splitlines() if "photo" in line] == [
        "photo-1     Sat  5 Dec 2026  14:30                            booked: photo"
    ]


@pytest.mark.parametrize(
    ("records", "warning"),
    [
        (
            ["--missed course-2 --force --today 2027-01-12"],
            "! course-2 was missed: book it again, proposed Wed 20 Jan 2027",
        ),
        (
            [
                "--missed course-2 --force --today 2027-01-12",
                "--done course-3=2027-01-20 --today 2027-01-20",
            ],
            "! course-2 was missed: book it again",
        ),
    ],
)
def test_a_missed_session_is_said_by_what_is_known(
    hairplan: Run, records: list[str], warning: str
) -> None:
    Path("own.toml").write_text(f"{HEAD}{COURSE.replace(TOLERANCE, LEAST)}", "utf-8")
    keep(hairplan, "./own.toml --start 2027-01-04", "--done course-1 --today 2027-01-04", *records)
    lines = hairplan("schedule p.plan.json -f table --today 2027-01-20").out.splitlines()
    assert [line for line in lines if line.startswith("!")] == [warning]


TOLERANCE = ', tolerance = "2 days"'
LEAST = ', min = "10 days"'


@pytest.mark.parametrize(
    ("ids", "says"),
    [
        (("course-1", "course-2", "course-3"), "course-1..3"),
        (("course-1", "course-3"), "course-1, course-3"),
        (("weekly-4", "fortnightly-1"), "weekly-4..fortnightly-1"),
        (("start", "course-1", "course-2"), "start, course-1..2"),
    ],
)
def test_a_run_is_named_by_its_ends(ids: tuple[str, ...], says: str) -> None:
    assert name_run(ids) == says


def test_a_window_of_one_day_is_that_day() -> None:
    text = WEEKLY.replace('min = "5 days"', 'min = "1 week"').replace('"9 days"', '"1 week"')
    assert desk(own(text))[4] == "course-2      Mon 11 Jan 2027  11 Jan"


def test_what_surrounds_far_off_appointments_alone_has_no_dates() -> None:
    text = f"""{COURSE}
[[steps]]
id = "maintenance"
name = "maintenance"
kind = "maintenance"
count = "open"
anchor = "course.last"
spacing.preferred = "6 months"
[restrictions]
sun = {{ label = "no sun", after = "1 day", around = ["maintenance"] }}
"""
    assert not any("sun" in line for line in desk(own(text)))


def test_periods_that_are_not_alike_are_listed() -> None:
    text = f"""{COURSE}
[[steps]]
id = "twice"
name = "session"
count = 2
anchor = "course.last"
spacing.preferred = "3 days"
[restrictions]
sun = {{ label = "no sun", after = "3 days" }}
"""
    shown = desk(own(text))
    at = next(at for at, line in enumerate(shown) if line.startswith("█ least"))
    assert len([line for line in shown[at + 1 :] if re.match(r"(sun)? +[A-Z]", line)]) == 6


def test_a_session_that_waits_for_its_turn_is_a_run(hairplan: Run) -> None:
    Path("own.toml").write_text(HEAD + WEEKLY, "utf-8")
    keep(hairplan, "./own.toml --start 2027-01-04", "--done course-1=2027-01-04 --today 2027-01-04")
    hairplan("record p.plan.json --missed course-2 --force --today 2027-01-15")
    lines = hairplan("schedule p.plan.json --today 2027-01-15 -f table").out.splitlines()
    assert len(lines) <= 20
    assert "course-3..52  waits for course-2" in lines


# ---- records ----


def test_records_are_what_scripts_rely_on(hairplan: Run) -> None:
    out = hairplan(f"schedule {SMP} --ref 'A  17' --place 'Room\t2'").out
    records = [re.split(r" {2,}", line) for line in out.splitlines()]
    keys = list(dict.fromkeys(fields[0].split(" ")[0] for fields in records))
    assert keys == [
        "treatment", "patient", "plan", "course", "place", "session", "timeline", "avoid", "later",
        "todo", "ask", "ask-with", "more",
    ]  # fmt: skip
    assert "patient   A 17\n" in out
    assert "place     Room 2\n" in out


def test_records_have_every_appointment_and_what_is_done_at_home(hairplan: Run) -> None:
    shown = hairplan("schedule mesopecia --start 2026-12-01 --horizon '5 years'").out
    assert shown.count("\nsession   maintenance-") == 57
    priced = hairplan("schedule microneedling --start 2026-12-01").out
    assert "\ncost      1800..3600 EUR\n" in priced


def test_records_of_what_is_done_at_home() -> None:
    text = f"""{COURSE}
[routines.shampoo]
label = "the mild shampoo"
rate = {{ times = 3, per = "week" }}
until = "course.last"
"""
    lines = render_records(own(text), day("2026-11-01"), Commands("own")).splitlines()
    assert [line for line in lines if line.startswith("home")] == [
        "home      3 times a week  2027-01-04..2027-03-15  the mild shampoo  -"
    ]


def test_a_record_gives_no_resume_date_that_no_source_gives() -> None:
    text = f'{COURSE}\n[restrictions.x]\nlabel = "no x"\nbefore = "1 day"\naround = ["course-2"]\n'
    lines = render_records(own(text), day("2026-11-01"), Commands("own")).splitlines()
    assert [line for line in lines if line.startswith("avoid")] == [
        "avoid     x  2027-01-17..2027-01-18  both  -  -  -"
    ]


TOLD = f"""{COURSE}
details = ["10 mg", "20 mg", "20 mg", "20 mg", "20 mg", "30 mg"]
duration = {{ min = "30 minutes", max = "1 hour" }}
[questions]
ill = {{ ask = "is the patient ill?" }}
[restrictions]
heat = {{ label = "no heat", how_long = "as the clinic tells you" }}
[restrictions.wig]
label = "no wig"
begins = "1 day"
how_long = "for a while"
when = {{ ill = "yes" }}
around = ["course-2"]
"""


def test_what_the_clinic_tells_the_length_of_is_no_bar_but_is_said() -> None:
    plan = own(TOLD)
    lines = desk(plan)
    assert lines[1] == "30 min..1 h each · chair time 3 h..6 h"
    assert lines[4] == "course-1  Mon  4 Jan 2027  as asked       10 mg"
    assert lines[14:16] == [
        "heat            as the clinic tells you, from course-1..6 on",
        "wig?            for a while, from Tue 19 Jan on (only if ill=yes)",
    ]
    records = render_records(plan, day("2026-11-01"), Commands("own")).splitlines()
    assert [line for line in records if line.startswith("as-told")][-2:] == [
        "as-told   heat  2027-03-15..  as the clinic tells you  course-6  -",
        "as-told   wig   2027-01-19..  for a while  course-2  if ill=yes",
    ]


def test_a_sheet_has_no_appointments() -> None:
    sheet = '[restrictions]\nsun = { label = "no sun", after = "4 weeks" }\n'
    assert desk(own(sheet))[0] == "Our own · from Mon 4 Jan 2027, without appointments"


def test_a_course_too_long_to_be_drawn_has_no_timeline() -> None:
    text = """
[[steps]]
id = "course"
name = "session"
count = 12
spacing.preferred = "1 year"
"""
    plan = own(text)
    assert "timeline" not in render_records(plan, day("2026-11-01"), Commands("own"))
    assert len(desk(plan)) == 17
