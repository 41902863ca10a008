"""Sessions that took place and do not count, and what a protocol says of early ones."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import OWN, Ran, day, own_protocol

from hairplan import Added, Done, Entry, Plan, PlanRequest, make_plan
from hairplan.errors import InputError
from hairplan.history import Happening, Moved, Skipped
from hairplan.show.plain import render_plain
from hairplan.show.plan import plan_document
from hairplan.show.protocol import protocol_document

Run = Callable[[str], Ran]

AT = datetime(2026, 12, 1, 9, tzinfo=UTC)
COURSE = """
[[steps]]
id = "course"
name = "session"
count = 3
spacing = { min = "10 days", preferred = "2 weeks", max = "3 weeks" }
"""


def done(name: str, on: str, counted: bool | None = False) -> Done:  # noqa: FBT001
    return Done(name, day(on), None, counted)


FIRST = done("course-1", "2027-01-04", None)


def after(text: str, *what: Happening, **asked: Any) -> Plan:
    """Plan a protocol from Monday 2027-01-04 on the day of the last that was done."""
    request = PlanRequest(start=day("2027-01-04"), **asked)
    today = max(each.on for each in what if isinstance(each, Done))
    entries = [Entry(at=AT, on=today, what=what)]
    return make_plan(own_protocol(text), request, entries, today=today)


def told(found: Plan) -> list[str]:
    """Return the sessions as `id number/of day`, with what is not counted marked."""
    return [
        f"{each.id} {each.number}/{each.of} {each.planned}{'' if each.counted else ' -'}"
        for each in found.sessions
    ]


# ---- it is repeated ----


@pytest.mark.parametrize(
    ("text", "what", "expected"),
    [
        pytest.param(
            COURSE,
            [FIRST, done("course-2", "2027-01-20")],
            [
                "course-1 1/3 2027-01-04",
                "course-2 2/3 2027-01-20 -",
                "course-3 2/3 2027-02-03",
                "course-4 3/3 2027-02-17",
            ],
            id="it keeps its id, and what repeats it has its number and counts from it",
        ),
        pytest.param(
            COURSE,
            [done("course-1", "2027-01-04")],
            [
                "course-1 1/3 2027-01-04 -",
                "course-2 1/3 2027-01-18",
                "course-3 2/3 2027-02-01",
                "course-4 3/3 2027-02-15",
            ],
            id="the first",
        ),
        pytest.param(
            COURSE,
            [FIRST, done("course-2", "2027-01-18"), done("course-3", "2027-02-01")],
            [
                "course-1 1/3 2027-01-04",
                "course-2 2/3 2027-01-18 -",
                "course-3 2/3 2027-02-01 -",
                "course-4 2/3 2027-02-15",
                "course-5 3/3 2027-03-01",
            ],
            id="twice",
        ),
        pytest.param(
            COURSE.replace(
                'spacing = { min = "10 days", preferred = "2 weeks", max = "3 weeks" }',
                'spacing = [{ preferred = "1 week" }, { preferred = "5 weeks" }]',
            ),
            [FIRST, done("course-2", "2027-01-11")],
            [
                "course-1 1/3 2027-01-04",
                "course-2 2/3 2027-01-11 -",
                "course-3 2/3 2027-01-18",
                "course-4 3/3 2027-02-22",
            ],
            id="the gap before it comes again",
        ),
        pytest.param(
            COURSE.replace("count = 3", "count = { min = 2, max = 3 }"),
            [FIRST, done("course-2", "2027-01-18")],
            [
                "course-1 1/2 2027-01-04",
                "course-2 2/2 2027-01-18 -",
                "course-3 2/2 2027-02-01",
                "course-4 3/3 None",
            ],
            id="what may follow still may",
        ),
        pytest.param(
            COURSE.replace("count = 3", 'lasting = "5 weeks"'),
            [FIRST, done("course-2", "2027-01-18")],
            ["course-1 1/2 2027-01-04", "course-2 2/2 2027-01-18 -", "course-3 2/2 2027-02-01"],
            id="a length remains one",
        ),
        pytest.param(
            COURSE.replace("count = 3", "count = 2")
            + '[[steps]]\nid = "more"\nname = "m"\nanchor = "course.last"\ntotal = 3\n'
            'spacing = { preferred = "1 week" }\n',
            [FIRST, done("course-2", "2027-01-18")],
            [
                "course-1 1/2 2027-01-04",
                "course-2 2/2 2027-01-18 -",
                "course-3 2/2 2027-02-01",
                "more-1 1/1 2027-02-08",
            ],
            id="a total is of those that count",
        ),
        pytest.param(
            COURSE + '[[steps]]\nid = "look"\nname = "l"\nkind = "review"\nanchor = "course.last"\n'
            'limits = [{ anchor = "course.last", min = "1 month" }]\n',
            [FIRST, Skipped("course-2"), Skipped("course-3"), done("look-1", "2027-02-20")],
            [
                "course-1 1/1 2027-01-04",
                "look-2 1/1 None",
                "look-1 1/1 2027-02-20 -",
                "course-2 2/None None",
                "course-3 3/None None",
            ],
            id="what is to be agreed on is to be agreed on again",
        ),
        pytest.param(
            COURSE.replace("count = 3", "count = 1")
            + '[[steps]]\nid = "more"\nname = "m"\nanchor = "events.surgery"\ncount = "open"\n'
            'spacing = { preferred = "1 week" }\n[events]\nsurgery = { label = "surgery" }\n',
            [FIRST, done("more-1", "2027-02-20")],
            ["course-1 1/1 2027-01-04", "more-1 1/None 2027-02-20 -", "more-2 1/None None"],
            id="without a day of its event, and without an end",
        ),
    ],
)
def test_what_does_not_count_is_repeated(
    text: str, what: list[Happening], expected: list[str]
) -> None:
    assert told(after(text, *what)) == expected


GROUPS = (
    COURSE.replace("count = 3", "count = 1")
    + '[[steps]]\nid = "more"\nname = "m"\nkind = "maintenance"\nanchor = "course.last"\n'
    'count = "open"\nspacing = { preferred = "6 months" }\n'
    'group = { size = 3, spacing = { preferred = "1 week" } }\n'
)


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        pytest.param(
            [done("more-1", "2027-07-04")],
            ["2027-07-04 -", "2027-07-11", "2027-07-18", "2027-07-25", "2028-01-04", "2028-01-11"],
            id="the first",
        ),
        pytest.param(
            [done("more-1", "2027-07-04", None), done("more-2", "2027-07-12")],
            ["2027-07-04", "2027-07-12 -", "2027-07-19", "2027-07-26", "2028-01-04", "2028-01-11"],
            id="the second",
        ),
    ],
)
def test_one_of_a_group_is_repeated_in_the_group(what: list[Done], expected: list[str]) -> None:
    found = after(GROUPS, FIRST, *what, until=day("2028-12-01"))
    days = [each.partition(" ")[2].partition(" ")[2] for each in told(found)[1:7]]
    assert days == expected


OFFSETS = '[[steps]]\nid = "course"\nname = "s"\noffsets = [{}]\n'


@pytest.mark.parametrize(
    ("offsets", "what", "expected"),
    [
        pytest.param(
            '"0 weeks", "4 weeks", "8 weeks"',
            [FIRST, done("course-2", "2027-02-01")],
            ["2027-01-04", "2027-02-01 -", "2027-03-01", "2027-03-29"],
            id="what follows keeps its distances",
        ),
        pytest.param(
            '"0 months", "1 month", "6 months"',
            [done("course-1", "2027-01-04")],
            ["2027-01-04 -", "2027-02-04", "2027-03-04", "2027-08-04"],
            id="the first, by months",
        ),
        pytest.param(
            '"0 weeks", "2 weeks", "6 months"',
            [FIRST, done("course-2", "2027-01-15")],
            ["2027-01-04", "2027-01-15 -", "2027-01-18", "2027-07-04"],
            id="weeks and months have no difference: the days are the protocol's",
        ),
        pytest.param(
            '"0 weeks"',
            [done("course-1", "2027-01-04")],
            ["2027-01-04 -", "2027-01-05"],
            id="one alone has no distance",
        ),
    ],
)
def test_days_that_are_counted_from_the_start_move_on(
    offsets: str, what: list[Done], expected: list[str]
) -> None:
    found = told(after(OFFSETS.format(offsets), *what))
    assert [each.partition(" ")[2].partition(" ")[2] for each in found] == expected


ONE = (
    '[[steps]]\nid = "one"\nname = "o"\n'
    '[[steps]]\nid = "look"\nname = "l"\nkind = "review"\nanchor = "one.last"\n'
    'spacing = { preferred = "1 week" }\n'
)


def test_one_alone_is_to_be_agreed_on_again_and_what_follows_waits_for_it() -> None:
    found = after(ONE, done("one-1", "2027-01-04"))
    assert told(found) == ["one-1 1/1 2027-01-04 -", "one-2 1/1 None", "look-1 1/1 None"]
    assert [each.waits_for for each in found.sessions] == [
        None,
        "to be agreed: no day of its window is preferred",
        "one.last is conditional",
    ]
    again = (done("one-1", "2027-01-04"), done("one-2", "2027-01-20", None))
    assert told(after(ONE, *again)) == [
        "one-1 1/1 2027-01-04 -",
        "one-2 1/1 2027-01-20",
        "look-1 1/1 2027-01-27",
    ]


def test_from_a_fixed_anchor_what_follows_counts_from_where_it_should_have_been() -> None:
    found = after(COURSE, FIRST, done("course-2", "2027-01-20"), anchor="fixed")
    assert [str(each.planned) for each in found.sessions][2:] == ["2027-02-01", "2027-02-15"]


def test_what_is_given_up_is_left_out_of_the_numbers() -> None:
    found = after(
        COURSE.replace("count = 3", "count = { min = 3, preferred = 4, max = 9 }"),
        FIRST,
        done("course-2", "2027-01-18"),
        Skipped("course-3"),
        Skipped("course-4"),
    )
    assert [each.id for each in found.sessions if each.status == "planned"] == ["course-5"]
    assert "course: 2 sessions left of at least 3, as some were given up" in found.notes


def test_what_is_to_be_booked_again_keeps_out_of_it() -> None:
    found = after(COURSE, done("course-2", "2027-01-18"))
    assert told(found) == [
        "course-2 2/3 2027-01-18 -",
        "course-3 2/3 2027-02-01",
        "course-4 3/3 2027-02-15",
        "course-1 1/3 None",
    ]


# ---- what goes with it ----


def test_what_surrounds_it_holds_and_the_protocol_means_the_repetition() -> None:
    found = after(
        COURSE + '[restrictions]\nsun = { label = "S", after = "2 days", around = ["course-2"] }\n'
        'wet = { label = "W", after = "1 day", around = ["course.last", "look"] }\n'
        '[milestones]\nsee = { label = "L", at = "course-2" }\n'
        '[tasks]\nwash = { label = "wash", session = "course-3" }\n'
        '[[steps]]\nid = "look"\nname = "l"\nkind = "review"\nanchor = "course-2"\n'
        'spacing = { preferred = "1 week" }\n',
        FIRST,
        done("course-2", "2027-01-20"),
    )
    around = {each.id: [part.sessions for part in each.ideal] for each in found.restrictions}
    assert around == {"sun": [("course-2",), ("course-3",)], "wet": [("look-1",), ("course-4",)]}
    assert [str(each.on) for each in found.milestones] == ["2027-02-03"]
    assert [each.id for each in found.tasks] == ["wash.course-4"]
    assert str(next(each.planned for each in found.sessions if each.id == "look-1")) == "2027-02-10"


def test_it_took_its_time_and_its_price() -> None:
    priced = 'duration = "1 hour"\nprice = { min = 100, max = 200, currency = "EUR" }\n'
    found = after(COURSE + priced, FIRST, done("course-2", "2027-01-20"))
    assert found.cost is not None
    assert (found.cost.min, found.cost.course.sessions, found.chair_time) == (400, 4, "PT4H")


def test_a_plan_shows_everywhere_what_does_not_count(hairplan: Run) -> None:
    keep(hairplan, COURSE)
    ran = hairplan(
        "record p.plan.json --done course-1=2027-01-04 --done course-2=2027-01-18T10:00"
        " --zone UTC --counted --today 2027-01-18"
    )
    assert ran.code == 0
    ran = hairplan(
        "record p.plan.json --done course-2=2027-01-18 --not-counted --reason interrupted"
        " --today 2027-01-19 --full"
    )
    assert ran.out == (
        "What changes\n\nSESSIONS\n"
        "course-2: flagged: not counted: to be repeated: interrupted\n"
        "course-4: new: Mon 2027-02-15\n"
    )
    text = hairplan("schedule p.plan.json --full --today 2027-01-19").out
    assert "4 sessions (1 not counted) from Mon 2027-01-04 to Mon 2027-02-15" in text
    assert (
        "course-2 2/3 Mon 2027-01-18 10:00 14 2027-01-14..2027-01-25 done, not counted"
        " course-3 2/3 Mon 2027-02-01 28 2027-01-28..2027-02-08 course-4" in " ".join(text.split())
    )
    assert "course-2: not counted: to be repeated: interrupted\n" in text
    assert (
        "done: course-1 on Mon 2027-01-04, course-2 on Mon 2027-01-18 (not counted)\n"
        in hairplan("status p.plan.json --today 2027-01-19 --full").out
    )
    rows = hairplan("schedule p.plan.json -f csv").out
    assert rows.count(",not counted: to be repeated: interrupted,") == 1
    history = hairplan("history p.plan.json").out
    assert "course-2 done on Mon 2027-01-18 10:00, counted" in history
    assert "course-2 done on Mon 2027-01-18, not counted" in history
    hairplan("undo p.plan.json --today 2027-01-19")
    found = json.loads(hairplan("schedule p.plan.json -f json --today 2027-01-19").out)
    assert [each["counted"] for each in found["sessions"]] == [True, True, True]


def test_a_calendar_keeps_its_event_and_has_one_more(hairplan: Run) -> None:
    keep(hairplan, COURSE)
    record = "record p.plan.json --done course-1=2027-01-04 --done course-2=2027-01-18"
    hairplan(f"{record} --today 2027-01-18")
    assert hairplan("schedule p.plan.json -o a.ics --today 2027-01-18").code == 0
    hairplan("record p.plan.json --done course-2=2027-01-18 --not-counted --today 2027-01-19")
    ran = hairplan("schedule p.plan.json -o b.ics --changes-only --today 2027-01-19")
    # For the patient it is the same event; what comes after it is numbered anew.
    assert ran.said == "wrote 2 appointments to b.ics\n"
    titles = [line for line in Path("b.ics").read_text("utf-8").splitlines() if "SUMMARY" in line]
    assert titles == ["SUMMARY:2/3 Appointment", "SUMMARY:3/3 Appointment"]


@pytest.mark.parametrize(
    ("what", "fault"),
    [
        ("--not-counted --missed course-1", "--not-counted"),
        ("--counted --missed course-1", "--counted"),
        ("--not-counted --done extra-1", "--not-counted"),
    ],
)
def test_only_a_session_of_the_protocol_counts_or_does_not(
    hairplan: Run, what: str, fault: str
) -> None:
    keep(hairplan, COURSE)
    hairplan("record p.plan.json --add extra=2027-01-10 --today 2027-01-04")
    ran = hairplan(f"record p.plan.json {what} --today 2027-01-10")
    assert (ran.code, ran.err) == (
        2,
        f"error: {fault}: says of a session done whether it counts: add --done SESSION=DATE\n",
    )


def test_what_the_protocol_does_not_have_counts_as_it_is() -> None:
    extra = Added("extra-1", "Extra", day("2027-01-10"))
    found = after(COURSE, FIRST, extra, done("extra-1", "2027-01-10"))
    assert told(found)[1] == "extra-1 1/None 2027-01-10"


# ---- what a protocol says of early ones ----

GRACE = 'early = { then = "repeat", grace = "4 days", says = "too early" }\n'


def keep(hairplan: Run, text: str) -> None:
    Path("own.toml").write_text(OWN + text, "utf-8")
    assert hairplan("schedule ./own.toml --start 2027-01-04 --ref A --save p.plan.json").code == 0


@pytest.mark.parametrize(
    ("early", "on", "counted", "flag"),
    [
        ("", "2027-01-09", None, " (course.spacing.min 10 days)"),
        ('early.then = "count"\n', "2027-01-09", None, " (course.spacing.min 10 days)"),
        (GRACE, "2027-01-10", None, None),
        (
            GRACE,
            "2027-01-09",
            None,
            " (course.spacing.min 10 days); not counted: to be repeated",
        ),
        (GRACE, "2027-01-09", True, " (course.spacing.min 10 days); counted all the same"),
        (
            'early = { then = "ask", before = "10 days" }\n',
            "2027-01-09",
            None,
            " (course.early.before 10 days); whether it counts is to be said",
        ),
        (
            'early = { then = "ask", before = "10 days" }\n',
            "2027-01-09",
            False,
            " (course.early.before 10 days); not counted: to be repeated",
        ),
    ],
)
def test_an_early_session_counts_or_not_as_the_protocol_says(
    early: str,
    on: str,
    counted: bool | None,  # noqa: FBT001
    flag: str | None,
) -> None:
    found = after(COURSE + early, FIRST, done("course-2", on, counted))
    said = f"done 5 days before its earliest day, 2027-01-14{flag}" if flag else None
    second = found.sessions[1]
    assert (second.flag, second.off_by) == (said, -5 if flag else None)
    is_repeated = bool(flag and "not counted" in flag)
    assert len(found.sessions) == (4 if is_repeated else 3)
    assert second.counted is not is_repeated
    assert [each.what for each in found.breaks] == (["early"] if flag else [])


def test_a_shorter_time_than_the_window_may_be_what_is_too_early() -> None:
    early = 'early = { then = "repeat", before = "1 week" }\n'
    found = after(COURSE + early, FIRST, done("course-2", "2027-01-12", None))
    assert (found.breaks, len(found.sessions)) == ((), 3)
    found = after(COURSE + early, FIRST, done("course-2", "2027-01-10", None))
    assert [each.says for each in found.breaks] == [
        "done 1 day before its earliest day, 2027-01-11 (course.early.before 1 week); not counted:"
        " to be repeated"
    ]


def test_each_too_early_one_is_repeated_and_the_next_counts_from_it() -> None:
    days = ["2027-01-09", "2027-01-12", "2027-01-26", "2027-02-09"]
    what = [done(f"course-{number}", on, None) for number, on in enumerate(days, 2)]
    assert told(after(COURSE + GRACE, FIRST, *what)) == [
        "course-1 1/3 2027-01-04",
        "course-2 2/3 2027-01-09 -",
        "course-3 2/3 2027-01-12 -",
        "course-4 2/3 2027-01-26",
        "course-5 3/3 2027-02-09",
    ]


def test_a_late_one_that_does_not_count_is_repeated_once() -> None:
    late = 'late.then = "extra"\n'
    found = after(COURSE + late, FIRST, done("course-2", "2027-02-01"))
    assert found.breaks[0].says == (
        "done 7 days after its latest day, 2027-01-25 (course.spacing.max 3 weeks); not counted:"
        " to be repeated"
    )
    assert len(found.sessions) == 4


def test_a_booking_inside_the_grace_is_taken(hairplan: Run) -> None:
    keep(hairplan, COURSE + GRACE)
    hairplan("record p.plan.json --done course-1=2027-01-04 --today 2027-01-04")
    record = "record p.plan.json --today 2027-01-05 --moved course-2="
    assert hairplan(f"{record}2027-01-09").code == 4
    assert hairplan(f"{record}2027-01-10").code == 0


def test_a_booking_too_early_says_nothing_of_counting() -> None:
    moved = Moved("course-2", day("2027-01-09"))
    found = after(COURSE + GRACE, FIRST, moved)
    assert [each.says for each in found.breaks] == [
        "booked 5 days before its earliest day, 2027-01-14 (course.spacing.min 10 days)"
    ]


def test_where_the_protocol_asks_recording_asks_as_well(hairplan: Run) -> None:
    keep(hairplan, COURSE + 'early = { then = "ask" }\n')
    hairplan("record p.plan.json --done course-1=2027-01-04 --today 2027-01-04")
    record = "record p.plan.json --done course-2 --today 2027-01-09"
    ran = hairplan(record)
    assert (ran.code, ran.err) == (
        2,
        "error: course-2: done 5 days before its earliest day, 2027-01-14 (course.spacing.min 10"
        " days); whether it counts is to be said: --counted or --not-counted\n",
    )
    for option in ("--counted", "--not-counted", "--force"):
        assert hairplan(f"{record} {option}").code == 0
        hairplan("undo p.plan.json --today 2027-01-09")


def test_the_rule_is_said_with_what_it_rests_on() -> None:
    text = COURSE + GRACE
    assert render_plain(protocol_document(own_protocol(text))).count(
        "if one takes place too early, by more than 4 days: repeat, too early [clinic]"
    )
    found = after(text, FIRST)
    assert "course: if one takes place too early by more than 4 days, it does not count and is" in (
        render_plain(plan_document(found))
    )
    assert found.rules["on_early.course"] == (
        "repeat (clinic): it does not count and is to be repeated; up to 4 days are let go: too"
        " early"
    )
    assert "an early session of course: repeat (clinic)" in render_plain(plan_document(found))
    asks = after(COURSE + 'early = { then = "ask", before = "1 week" }\n', FIRST)
    assert (
        "course: if one takes place less than 1 week after the one before, whether it counts is to"
        " be said" in asks.notes
    )
    assert asks.rules["on_early.course"] == "ask (clinic): whether it counts is to be said"
    grace = after(COURSE + 'early.grace = "4 days"\n', FIRST)
    assert [note for note in grace.notes if "early" in note] == []


def test_a_session_on_its_day_cannot_be_too_early() -> None:
    with pytest.raises(InputError) as caught:
        own_protocol(COURSE + 'early = { then = "repeat", before = "15 days" }\n')
    assert caught.value.faults == (
        "own.toml: steps[1].early.before: 15 days can be longer than the spacing preferred,"
        " 2 weeks",
    )
