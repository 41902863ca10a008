"""What a protocol file can say of the time around sessions: restrictions, tasks, home routines."""

from datetime import time
from typing import Any

import pytest
from conftest import day, own_plan

from hairplan import Plan
from hairplan.show.csv import render_csv
from hairplan.show.plain import render_plain
from hairplan.show.plan import plan_document

COURSE = """
[[steps]]
id = "course"
name = "session"
count = 3
spacing = { preferred = "1 week" }
[[steps]]
id = "look"
name = "look"
kind = "review"
anchor = "course.last"
spacing = { preferred = "1 week" }
"""


def words(found: Plan) -> str:
    return render_plain(plan_document(found))


def periods(text: str, **asked: Any) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return the ideal periods of the one restriction, as last two digits of their days."""
    found = own_plan(f"{COURSE}[restrictions]\nsun = {{ label = 'no sun', {text} }}\n", **asked)
    return [
        (str(each.first)[5:], str(each.last)[5:], each.sessions)
        for restriction in found.restrictions
        for each in restriction.ideal
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # reviews are looked over: a restriction goes with what treats
        ('after = "1 day"', [("01-04", "01-05"), ("01-11", "01-12"), ("01-18", "01-19")]),
        ('after = "1 day", around = ["course.last", "look"]',
         [("01-18", "01-19"), ("01-25", "01-26")]),
        ('after = "1 day", around = ["course-2"]', [("01-11", "01-12")]),
        # until the next one; the last has its own end
        ('until = "next", around = ["course"]', [("01-04", "01-18")]),
        ('until = "next", after = "2 days"', [("01-04", "01-20")]),
        # until the end of the course, and after it
        ('until = "course.last"', [("01-04", "01-18")]),
        ('until = "course-2", after = "2 days"', [("01-04", "01-13"), ("01-18", "01-20")]),
        ('until = "course-9", after = "1 day"',
         [("01-04", "01-05"), ("01-11", "01-12"), ("01-18", "01-19")]),
        # in stages
        ('begins = "4 days", after = "6 days", around = ["course.last"]', [("01-22", "01-24")]),
        ('begins = "2 days", after = "1 day at 12:00"', []),
        ('begins = "36 hours", after = "3 days", around = ["course.last"]', [("01-19", "01-21")]),
        # from and up to a time of day
        ('before = "1 day at 21:00", around = ["course.last"]', [("01-17", "01-18")]),
        ('after = "1 day at 12:00", around = ["course.last"]', [("01-18", "01-19")]),
        ('after = "2 days at 00:00", around = ["course.last"]', [("01-18", "01-19")]),
        ('after = { at_least = "1 day at 12:00", ideal = "2 days" }, around = ["course.last"]',
         [("01-18", "01-20")]),
    ],
)  # fmt: skip
def test_a_restriction_lies_around_its_appointments(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert [(first, last) for first, last, _ in periods(text)] == expected


def test_a_restriction_may_lie_around_an_event() -> None:
    text = (
        COURSE
        + "[restrictions]\n"
        + "sun = { label = 'x', after = '3 weeks', around = ['events.op', 'course.first'] }\n"
        + "[events]\nop = { label = 'operation' }\n"
    )
    found = own_plan(text, events={"op": day("2026-12-28")})
    (period,) = found.restrictions[0].ideal
    assert (str(period.first), str(period.last)) == ("2026-12-28", "2027-01-25")
    assert period.sessions == ("events.op", "course-1")
    assert len(own_plan(text).restrictions[0].ideal) == 1


def test_a_period_that_spans_the_course_names_every_session() -> None:
    assert periods('until = "course.last"')[0][2] == ("course-1", "course-2", "course-3")


def test_times_of_day_and_hours_are_those_of_the_clock_on_the_wall() -> None:
    # In Paris summer time begins on 28 March 2027: the night has 23 hours.
    text = COURSE.replace("count = 3", "count = 1") + (
        "[restrictions]\n"
        'food = { label = "a", before = "1 day at 21:00", after = "12 hours" }\n'
        'late = { label = "b", begins = "2 hours", after = "1 day at 02:30" }\n'
    )
    found = own_plan(text, start=day("2027-03-27"), time=time(20), zone="Europe/Paris")
    said = [
        (each.id, str(each.ideal[0].begin_at), str(each.ideal[0].resume_at))
        for each in found.restrictions
    ]
    assert said == [
        ("food", "2027-03-26 21:00:00", "2027-03-28 09:00:00"),
        # 02:30 is skipped that night
        ("late", "2027-03-27 22:00:00", "2027-03-28 03:30:00"),
    ]
    text = words(found)
    assert "food                 2026-" not in text
    assert "2027-03-26 21:00..2027-03-28  Sun 2027-03-28 09:00\n" in text


def test_what_begins_later_hides_no_earlier_beginning() -> None:
    found = own_plan(COURSE + '[restrictions]\nall = { label = "x", before = "8 days at 07:00" }\n')
    period = found.restrictions[0].ideal[0]
    assert (str(period.begin_at), len(period.sessions)) == ("2026-12-27 07:00:00", 3)


def test_pauses_from_a_time_of_day_that_should_have_begun() -> None:
    found = own_plan(
        COURSE
        + '[restrictions]\nfood = { label = "no food", before = "3 days at 07:00" }\n'
        + '[tasks]\nwash = { label = "wash", session = "first", lead = "2 days at 20:00" }\n',
        start=day("2026-11-02"),
    )
    assert found.notes[:2] == (
        "no food: should have begun on Fri 2026-10-30; the first start that keeps it is"
        " Wed 2026-11-04",
        "wash: was due on Sat 2026-10-31",
    )


def tasks(text: str, **asked: Any) -> list[tuple[str, str]]:
    found = own_plan(
        f"{COURSE}[events]\ncolour = {{ label = 'the last colour' }}\n"
        f"[tasks]\ntest = {{ label = 'test', {text} }}\n",
        **asked,
    )
    return [(each.session, str(each.due)) for each in found.tasks]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('session = "course.last"', [("course-3", "2027-01-18")]),
        ('session = "look", lead = "1 day at 20:00"', [("look-1", "2027-01-24")]),
        ('session = "each", lead = "1 day"',
         [("course-1", "2027-01-03"), ("course-2", "2027-01-10"), ("course-3", "2027-01-17")]),
        ('around = ["course.last", "look"]',
         [("course-3", "2027-01-18"), ("look-1", "2027-01-25")]),
        ('session = "all", lead = "1 day"',
         [("course-1", "2027-01-03"), ("course-2", "2027-01-10"), ("course-3", "2027-01-17"),
          ("look-1", "2027-01-24")]),
        # good for a while
        ('valid = "1 week"', [("course-1", "2027-01-04"), ("course-3", "2027-01-18")]),
        ('valid = "1 week", renewed = true', [("course-1", "2027-01-04")]),
        ('valid = "6 days", lead = "2 days"',
         [("course-1", "2027-01-02"), ("course-2", "2027-01-09"), ("course-3", "2027-01-16")]),
    ],
)  # fmt: skip
def test_a_task_is_for_its_appointments(text: str, expected: list[tuple[str, str]]) -> None:
    assert tasks(text) == expected


@pytest.mark.parametrize(
    ("colour", "expected"),
    [("2026-10-30", ["course-1"]), ("2026-12-20", []), ("2027-01-08", ["course-1"])],
)
def test_a_task_that_still_holds_good_is_not_due(colour: str, expected: list[str]) -> None:
    found = tasks(
        'valid = "1 month", renewed = true, event = "colour"', events={"colour": day(colour)}
    )
    assert [session for session, _ in found] == expected


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2 weeks..", ["course-3"]),
        ("..8 days", ["course-1"]),
        ("1 week..13 days", ["course-2"]),
        ("30 days..", []),
        ("1 day..", ["course-1", "course-2", "course-3"]),
    ],
)
def test_the_time_since_an_event_counts_on_each_appointments_day(
    when: str, expected: list[str]
) -> None:
    text = f'when = {{ "events.colour" = "{when}" }}'
    known = {"colour": (day("2027-01-02"), day("2028-01-01"))}
    assert [session for session, _ in tasks(text, events=known)] == expected
    assert len(tasks(text)) == 3  # unknown is never no


def test_what_has_not_happened_yet_is_in_no_range_of_time_since_it() -> None:
    text = 'when = { "events.colour" = "..8 days" }'
    found = tasks(text, events={"colour": day("2027-01-15")})
    assert [session for session, _ in found] == ["course-3"]


def test_an_unknown_event_is_said_as_a_condition() -> None:
    found = own_plan(
        f"{COURSE}[events]\ncolour = {{ label = 'the last colour' }}\n"
        "[restrictions]\n"
        'sun = { label = "no sun", after = "1 day", when = { "events.colour" = "6 months.." } }\n'
    )
    assert found.restrictions[0].only_if == "events.colour=6 months.."
    assert periods('after = "1 day"', events={})[:1] == [("01-04", "01-05", ("course-1",))]


def test_where_nothing_treats_each_is_every_appointment() -> None:
    text = COURSE.partition('[[steps]]\nid = "look"')[0].replace(
        'name = "session"', 'name = "x"\nkind = "visit"'
    )
    found = own_plan(text + "[tasks]\ntest = { label = 'test' }\n")
    assert [each.session for each in found.tasks] == ["course-1", "course-2", "course-3"]
    # Who treats later, if at all, has no task before that.
    later = text + (
        '[[steps]]\nid = "later"\nname = "x"\nanchor = "course.last"\n'
        'spacing.preferred = "1 week"\n'
        'when = { ill = "yes" }\n[questions]\nill = { ask = "ill?" }\n'
        "[tasks]\ntest = { label = 'test' }\ngood = { label = 'good', valid = '1 week' }\n"
    )
    assert own_plan(later).tasks == ()


def test_a_routine_whose_end_is_not_planned_ends_with_what_that_counts_from() -> None:
    later = (
        '[[steps]]\nid = "later"\nname = "x"\nanchor = "course.last"\n'
        'spacing.preferred = "1 week"\n'
        'when = { ill = "yes" }\n[questions]\nill = { ask = "ill?" }\n'
    )
    found = own_plan(
        f"{COURSE}{later}[routines]\na = {{ label = 'x', every = '1 day', until = 'later.last' }}\n"
        "b = { label = 'x', every = '1 day', until = 'events.op' }\n"
        "c = { label = 'x', every = '1 day', anchor = 'course.last', until = 'start' }\n"
        "[events]\nop = { label = 'operation' }\n"
    )
    assert [(each.id, str(each.last)) for each in found.routines] == [
        ("a", "2027-01-18"),
        ("b", "None"),
    ]


def routine(text: str, **asked: Any) -> tuple[Any, ...]:
    found = own_plan(f"{COURSE}[routines]\nlaser = {{ label = 'laser', {text} }}\n", **asked)
    (each,) = found.routines
    return (
        each.rhythm,
        str(each.first)[5:],
        str(each.last),
        each.weekdays or each.every,
        each.times,
        each.count,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('rate = { times = 3, per = "week" }, lasting = "26 weeks"',
         ("3 times a week", "01-04", "2027-07-04", ("mon", "wed", "fri"), 1, 78)),
        ('weekdays = ["sun", "wed"], lasting = "2 weeks"',
         ("on Sun and Wed", "01-06", "2027-01-17", ("wed", "sun"), 1, 4)),
        ('every = "2 days", lasting = { min = "1 week", max = "2 weeks" }',
         ("every 2 days", "01-04", "2027-01-10", "2 days", 1, 4)),
        ('every = "1 day", anchor = "course.last", until = "look.first"',
         ("every day", "01-18", "2027-01-25", "1 day", 1, 8)),
        ('every = "1 month", lasting = "3 months"',
         ("every month", "01-04", "2027-04-03", "1 month", 1, 3)),
        ('rate = { times = 2, per = "day" }, begins = "-1 week", lasting = "1 week"',
         ("twice a day", "12-28", "2027-01-03", "1 day", 2, 14)),
        ('rate = { times = 1, per = "month" }',
         ("once a month", "01-04", "None", "1 month", 1, None)),
        ('rate = { times = 2, per = "month" }, lasting = "1 month"',
         ("twice a month", "01-04", "2027-02-03", None, 1, 2)),
        ('rate = { times = 10, per = "week" }, lasting = "1 week"',
         ("10 times a week", "01-04", "2027-01-10", "1 day", 1, 10)),
    ],
)  # fmt: skip
def test_a_routine_is_one_line_with_its_rhythm(text: str, expected: tuple[Any, ...]) -> None:
    assert routine(text) == expected


def test_routines_are_said_in_one_line_and_stand_in_the_csv_file() -> None:
    found = own_plan(
        f"{COURSE}[routines]\n"
        'laser = { label = "use the laser", every = "2 days", lasting = "2 weeks" }\n'
        'drops = { label = "apply the drops", rate = { times = 2, per = "day" },'
        ' when = { ill = "yes" } }\n'
        'never = { label = "x", every = "1 day", anchor = "course-7" }\n'
        'men = { label = "x", every = "1 day", when = { sex = "male" } }\n'
        '[questions]\nill = { ask = "ill?" }\n',
        sex="female",
    )
    text = words(found)
    assert (
        "at home, every 2 days from Mon 2027-01-04 to Sun 2027-01-17, 7 times in all:"
        " use the laser\n" in text
    )
    assert (
        "at home, twice a day from Mon 2027-01-04 on, without an end: apply the drops,"
        " only if ill=yes\n" in text
    )
    rows = [row for row in render_csv(found).splitlines() if ",routine," in row]
    assert rows[1].endswith(
        ",routine,laser,every 2 days,,,,2027-01-04,,,,,,,2027-01-17,,,,,,use the laser,,yes,"
    )


def test_tasks_say_which_appointments_they_are_for() -> None:
    text = words(
        own_plan(
            f"{COURSE}[tasks]\n"
            'a = { label = "A", session = "course.last", lead = "2 days" }\n'
            'b = { label = "B", session = "look" }\n'
            'c = { label = "C", valid = "2 weeks", blocks = true, lead = "1 day" }\n'
            'd = { label = "D", blocks = true }\n'
            'e = { label = "E", session = "first", blocks = true, lead = "1 week" }\n'
        )
    )
    assert text.partition("TO DO\n")[2].splitlines()[:5] == [
        "before session 1 can take place, by Mon 2026-12-28: E",
        "by Sun 2027-01-03, Sun 2027-01-17, 1 day before course-1, course-3,"
        " which cannot take place without it: C",
        "each session, which cannot take place without it: D",
        "by Sat 2027-01-16, 2 days before course-3: A",
        "before look-1: B",
    ]


def test_a_rule_may_begin_before_its_event() -> None:
    text = (
        COURSE
        + "[questions]\nplanned = { ask = 'is one planned?' }\n"
        + "[events]\nchemo = { label = 'chemotherapy', begins = 'planned' }\n"
        + "[rules.before]\nquestion = 'planned'\nevent = 'chemo'\nbegins = '-4 weeks'\n"
        + "ends = '0 days'\noutcome = 'postpone'\nsays = 'not within 4 weeks before it'\n"
    )
    refused = own_plan(text, events={"chemo": day("2027-01-20")})
    assert refused.problem is not None
    assert refused.problem.why == (
        "before: postpone, until 2027-01-20: not within 4 weeks before it"
        " (-4 weeks: the clinic's own figure)",
    )
    fine = own_plan(text, events={"chemo": day("2027-03-01")})
    assert fine.problem is None
    assert fine.notes == ()
    both = own_plan(text, events={"chemo": (day("2026-06-01"), day("2027-01-20"))})
    assert both.problem is not None


def test_a_restriction_until_something_without_a_day_says_that_its_end_is_open() -> None:
    text = (
        COURSE
        + "[restrictions]\nheal = { label = 'no heat', until = 'events.healed' }\n"
        + "[events]\nhealed = { label = 'healed' }\n"
    )
    assert own_plan(text).notes[-1] == "no heat: goes on until events.healed, which has no day yet"
    assert not own_plan(text, events={"healed": day("2027-02-01")}).notes[1:]


def test_a_pause_around_an_event_is_kept_by_no_later_start() -> None:
    text = (
        COURSE
        + "[restrictions]\nsun = { label = 'x', before = '1 week', around = ['events.op'] }\n"
        + "[events]\nop = { label = 'operation' }\n"
    )
    assert own_plan(text, events={"op": day("2026-10-08")}).notes == ()


def test_only_a_restriction_that_does_not_name_its_end_is_noted_for_leaving_no_free_day() -> None:
    text = COURSE + (
        "[restrictions]\n"
        "pool = { label = 'no pool', until = 'course.last' }\n"
        "sun = { label = 'no sun', after = '6 days' }\n"
    )
    assert own_plan(text).notes == (
        "no sun: without a free day from 2027-01-04 to 2027-01-24, through course-1..course-3",
    )
