"""Home treatments that a restriction pauses: one line that says when, and when not."""

import csv
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from conftest import OWN, Ran, day, own_plan, own_protocol
from dateutil.rrule import rrule, rruleset, rrulestr
from hypothesis import given
from hypothesis import strategies as st
from test_around_sessions import words
from test_desk import desk
from test_patient_sheet import lines, sheet
from test_protocol_file import HEAD, STEP, faults

from hairplan import CalendarChoice, Plan, PlanRequest, make_plan
from hairplan.calendar.ics import to_ics
from hairplan.calendar.items import Item, items_of
from hairplan.history import Done, Entry
from hairplan.plan_parts import Pause
from hairplan.show.csv import render_csv
from hairplan.show.plain import render_plain
from hairplan.show.protocol import protocol_document

STAMP = datetime(2026, 11, 1, tzinfo=UTC)
COURSE = """
[[steps]]
id = "course"
name = "session"
count = 3
spacing = "2 weeks"
[restrictions.minoxidil]
label = "no minoxidil"
before = "1 day"
after = { at_least = "1 day", ideal = "2 days" }
"""


def paused(routine: str, course: str = COURSE, **asked: Any) -> Plan:
    text = f'{course}[routines.drops]\nlabel = "use the drops"\npaused_by = "minoxidil"\n{routine}'
    return own_plan(text, **{"id": "x", "until": day("2027-03-01"), **asked})


def pauses(found: Plan) -> list[str]:
    return [f"{each.first}..{each.last}"[5:].replace("2027-", "") for each in _drops(found).pauses]


def _drops(found: Plan) -> Any:
    (drops,) = found.routines
    return drops


def test_a_routine_that_ends_before_it_begins_has_no_day_to_pause() -> None:
    course = COURSE.replace('ideal = "2 days"', 'ideal = "6 weeks"')
    protocol = own_protocol(
        f'{course}[routines.drops]\nlabel = "use the drops"\npaused_by = "minoxidil"\n'
        'rate = { times = 2, per = "day" }\nanchor = "course.first"\nuntil = "course.last"\n'
    )
    done = (Done("course-1", day("2027-02-16")), Done("course-3", day("2027-01-20")))
    history = [Entry(at=STAMP, on=day("2027-02-19"), what=done)]
    found = make_plan(
        protocol, PlanRequest(start=day("2027-01-04")), history, today=day("2027-02-19")
    )
    assert [*found.routines] == []


def item(found: Plan) -> Item:
    (only,) = items_of(found, CalendarChoice(kinds=frozenset({"routine"})))
    return only


def test_it_begins_after_a_pause_and_is_not_done_during_the_others() -> None:
    found = paused('every = "1 day"\nlasting = "6 weeks"')
    drops = _drops(found)
    assert (str(drops.first), str(drops.last), drops.every) == ("2027-01-07", "2027-02-14", "1 day")
    assert pauses(found) == ["01-17..01-20", "01-31..02-03"]
    assert drops.count == 42 - 3 - 4 - 4
    assert item(found).begin == day("2027-01-07")
    assert [str(each)[5:] for each in item(found).never] == [
        "01-17", "01-18", "01-19", "01-20", "01-31", "02-01", "02-02", "02-03",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rhythm", "first", "expected"),
    [
        ('every = "3 days"\nlasting = "4 weeks"', "2027-01-07", 10 - 3),
        ('weekdays = ["mon", "fri"]\nlasting = "4 weeks"', "2027-01-08", 6),
        ('rate = { times = 2, per = "day" }\nlasting = "4 weeks"', "2027-01-07", 2 * (28 - 8)),
        ('rate = { times = 2, per = "month" }\nlasting = "8 weeks"', "2027-02-04", 2),
        ('every = "1 month"\nlasting = "3 months"', "2027-02-04", 2),
        ('every = "1 day"', "2027-01-07", None),
    ],
)
def test_every_rhythm_leaves_them_out(rhythm: str, first: str, expected: int | None) -> None:
    found = paused(rhythm)
    assert (str(_drops(found).first), _drops(found).count) == (first, expected)


def test_days_that_are_listed_are_those_that_are_left() -> None:
    found = paused('every = "1 month"\nlasting = "4 months"', start=day("2027-01-31"))
    assert (_drops(found).every, [str(each) for each in _drops(found).days]) == (
        "1 month", ["2027-03-31", "2027-04-30"],
    )  # fmt: skip
    assert (item(found).begin, item(found).also, item(found).never) == (
        day("2027-03-31"), (day("2027-04-30"),), (),
    )  # fmt: skip


def test_without_a_rhythm_the_words_leave_them_out() -> None:
    found = paused('how_often = "as we tell you"')
    assert (_drops(found).days, _drops(found).count, len(_drops(found).pauses)) == ((), None, 2)


def test_pauses_that_touch_are_one() -> None:
    course = COURSE.replace('"2 weeks"', '"4 days"')
    assert pauses(paused('every = "1 day"', course)) == []
    other = course + '[restrictions.dye]\nlabel = "no dye"\nbegins = "3 days"\nafter = "6 days"\n'
    text = other + '[routines.drops]\nlabel = "x"\nevery = "1 day"\n'
    found = own_plan(text + 'paused_by = ["minoxidil", "dye"]', until=day("2027-03-01"))
    assert str(_drops(found).first) == "2027-01-19"


@pytest.mark.parametrize(
    ("rhythm", "expected"),
    [
        ('every = "1 day"\nlasting = "3 days"', ["01-04..01-06"]),
        ('every = "1 month"\nlasting = "3 weeks"', ["01-04..01-06", "01-17..01-20"]),
        ('every = "1 week"\nlasting = "6 days"', ["01-04..01-06"]),
        ('rate = { times = 1, per = "month" }\nlasting = "1 week"', ["01-04..01-06"]),
        ('rate = { times = 2, per = "month" }\nlasting = "1 week"', ["01-04..01-06"]),
        ('weekdays = ["tue"]\nlasting = "4 days"', ["01-05..01-06"]),
    ],
)
def test_all_of_it_may_be_paused(rhythm: str, expected: list[str]) -> None:
    found = paused(rhythm)
    assert (_drops(found).count, pauses(found)) == (0, expected)
    assert items_of(found, CalendarChoice(kinds=frozenset({"routine"}))) == ()


ASKED = COURSE + 'when = { user = "yes" }\n[questions]\nuser = { ask = "user?" }\n'


def test_a_pause_may_hang_on_an_answer_that_the_rest_does_not() -> None:
    found = paused('every = "1 day"', ASKED)
    assert _drops(found).pauses[0] == Pause(day("2027-01-17"), day("2027-01-20"), "user=yes")
    assert "but not from Sun 2027-01-17 to Wed 2027-01-20, only if user=yes and from" in words(
        found
    )
    both = paused('every = "1 day"\nwhen = { user = "yes" }', ASKED)
    assert _drops(both).pauses[0].only_if is None
    never = paused('every = "1 day"', ASKED, answers={"user": "no"})
    assert (str(_drops(never).first), pauses(never)) == ("2027-01-04", [])


# ---- what is said of it ----


def test_one_line_says_when_it_is_done_and_when_not() -> None:
    found = paused('every = "1 day"')
    assert (
        "at home, every day from Thu 2027-01-07 on, without an end, but not from Sun 2027-01-17"
        " to Wed 2027-01-20 and from Sun 2027-01-31 to Wed 2027-02-03: use the drops\n"
    ) in words(found)
    assert desk(found, width=80)[-4:-1] == [
        "at home, every day from Thu 7 Jan 2027 on, without an end, but not from",
        "  Sun 17 Jan 2027 to Wed 20 Jan 2027 and from Sun 31 Jan 2027 to Wed 3 Feb 2027:",
        "  use the drops",
    ]


def test_at_the_desk_a_few_are_enough() -> None:
    course = COURSE.replace("count = 3", "count = 8")
    text = " ".join(desk(paused('every = "1 day"', course, until=day("2027-06-01")), width=80))
    assert "28 Feb 2027 to Wed 3 Mar 2027 and 3 times more: use the drops" in " ".join(text.split())


def test_a_rhythm_of_months_is_said_in_the_language_of_the_sheet(
    hairplan: Callable[[str], Ran],
) -> None:
    Path("own.toml").write_text(
        f'{OWN}language = "fr"\n{STEP}[restrictions]\nx = {{ label = "sans", after = "1 week" }}\n'
        "[routines]\n"
        'drops = { label = "gouttes", every = "1 month", lasting = "3 months", paused_by = "x" }\n'
    )
    shown = hairplan("schedule own.toml --start 2027-01-04 --language fr -f sheet")
    assert "Gouttes\xa0: tous les mois, du <time" in shown.out


def test_records_csv_calendars_and_the_sheet_say_it(hairplan: Callable[[str], Ran]) -> None:
    found = paused('every = "1 day"')
    (row,) = [row for row in csv.DictReader(StringIO(render_csv(found))) if row["id"] == "drops"]
    said = "but not from Sun 2027-01-17 to Wed 2027-01-20 and from Sun 2027-01-31 to Wed 2027-02-03"
    assert row["reason"] == said
    assert "Not on these days: 17\u201320 Jan and 31 Jan \u2013 3 Feb" in item(found).text
    assert lines(sheet(found))[-1] == (
        "  Use the drops: every day, from Thursday 7 January 2027 on. Not on these days: 17-20 Jan"
        " and 31 Jan - 3 Feb"
    )
    text = f'{OWN}{COURSE}[routines.drops]\nlabel = "drops"\nevery = "1 day"\n'
    Path("own.toml").write_text(text + 'paused_by = "minoxidil"', "utf-8")
    records = hairplan("schedule own.toml --start 2027-01-04 --until 2027-02-01").out.splitlines()
    assert [line for line in records if line.startswith("home")] == [
        "home      every day  2027-01-07..  drops  -  but not 2027-01-17..2027-01-20"
        " 2027-01-31..2027-02-01"
    ]


def test_a_plan_that_ended_has_no_pauses_after_it(
    hairplan: Callable[[str], Ran], keep: Callable[..., None]
) -> None:
    text = f'{OWN}{COURSE}[routines.drops]\nlabel = "drops"\nevery = "1 day"\n'
    Path("own.toml").write_text(text + 'paused_by = "minoxidil"', "utf-8")
    keep("own.toml --start 2027-01-04", "--ended 2027-01-25 --today 2027-01-20")
    out = hairplan("schedule p.plan.json --today 2027-01-20").out
    assert "2027-01-07..2027-01-24  drops  -  but not 2027-01-17..2027-01-20\n" in out


def test_a_protocol_says_it() -> None:
    text = COURSE + '[routines.drops]\nlabel = "drops"\nevery = "1 day"\npaused_by = "minoxidil"\n'
    assert "drops: drops, every 1 day [clinic] from start, but not while minoxidil lasts" in (
        render_plain(protocol_document(own_protocol(text)))
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('paused_by = ["dye", "sum"]\n[restrictions]\nsun = { label = "x", after = "1 day" }\n',
         ["routines.x.paused_by[1]: there is no restriction 'dye'",
          "routines.x.paused_by[2]: there is no restriction 'sum' (did you mean 'sun'?)"]),
        ('paused_by = "sun"\n[restrictions]\nsun = { label = "x", how_long = "x" }\n',
         ["routines.x.paused_by[1]: 'sun' has a length in words alone: nothing says from when to"
          " when"]),
    ],
)  # fmt: skip
def test_what_cannot_pause_it_is_refused(text: str, expected: list[str]) -> None:
    assert faults(f'{HEAD}{STEP}\n[routines.x]\nlabel = "x"\nevery = "1 day"\n{text}') == expected


# ---- laws ----

RHYTHMS = st.sampled_from(
    [
        'every = "1 day"', 'every = "2 days"', 'every = "1 month"', 'weekdays = ["tue", "sat"]',
        'rate = { times = 3, per = "week" }', 'rate = { times = 2, per = "month" }',
        'rate = { times = 10, per = "week" }',
    ]
)  # fmt: skip


LENGTHS = st.sampled_from(["", 'lasting = "4 days"', 'lasting = "3 weeks"'])


@given(RHYTHMS, LENGTHS, st.integers(0, 9), st.integers(0, 9), st.integers(1, 30))
def test_a_calendar_never_asks_for_what_the_plan_forbids(
    pace: str, length: str, before: int, after: int, gap: int
) -> None:
    rhythm = f"{pace}\n{length}"
    course = COURSE.replace('before = "1 day"', f'before = "{before + 1} days"')
    course = course.replace('ideal = "2 days"', f'ideal = "{after + 1} days"')
    found = paused(rhythm, course.replace('"2 weeks"', f'"{gap} days"'))
    restricted = {
        period.first + timedelta(days=number)
        for period in found.restrictions[0].ideal
        for number in range((period.last - period.first).days + 1)
    }
    shown = shown_days(found)
    assert not restricted & set(shown)
    text = COURSE + f'[routines.drops]\nlabel = "x"\n{rhythm}\n'
    every = shown_days(own_plan(text, id="x", until=day("2027-03-01")))
    assert shown == [each for each in every if each not in restricted]


def shown_days(found: Plan) -> list[date]:
    """Return the days on which a calendar shows the routine, as its readers work them out."""
    shown = to_ics(found, STAMP, CalendarChoice(kinds=frozenset({"routine"}))).decode()
    fields = {
        line.partition(";")[0].partition(":")[0]: line.partition(":")[2]
        for line in shown.replace("\r\n ", "").splitlines()
    }
    if "RRULE" not in fields:
        return []
    days = rruleset()
    rule = rrulestr(fields["RRULE"], dtstart=moment(fields["DTSTART"]))
    assert isinstance(rule, rrule)
    days.rrule(rule)
    for also in filter(None, fields.get("RDATE", "").split(",")):
        days.rdate(moment(also))
    for never in filter(None, fields.get("EXDATE", "").split(",")):
        days.exdate(moment(never))
    return [each.date() for each in days]


def moment(digits: str) -> datetime:
    return datetime.strptime(digits, "%Y%m%d")  # noqa: DTZ007 - a day has no zone
