"""Plans of protocols that say less, or other things, than the built-in ones."""

import json
from datetime import time
from typing import Any

import pytest
from conftest import TODAY, day, own_plan, own_protocol

from hairplan import HairplanError, InputError, Plan, PlanRequest, make_plan
from hairplan.dates.spans import Period
from hairplan.show.csv import render_csv
from hairplan.show.document import Document, Line, Section, TableRow
from hairplan.show.json import render_json
from hairplan.show.markdown import render_markdown
from hairplan.show.plain import render_plain
from hairplan.show.plan import plan_document
from hairplan.show.protocol import protocol_document
from hairplan.show.table import render_table

DAYS = day("2027-02-01"), day("2027-06-01")
COURSE = """
[[steps]]
id = "course"
name = "session"
count = 3
spacing = { min = "5 days", preferred = "1 week" }
"""


def words(plan: Plan) -> str:
    return render_plain(plan_document(plan))


def test_the_smallest_plan_says_what_it_knows() -> None:
    found = own_plan(COURSE)
    assert [str(each.planned) for each in found.sessions] == [
        "2027-01-04",
        "2027-01-11",
        "2027-01-18",
    ]
    assert (found.chair_time, found.cost, found.sessions[1].latest) == (None, None, None)
    text = words(found)
    assert text.startswith(
        "Our own (own 3)\n3 sessions from Mon 2027-01-04 to Mon 2027-01-18\nplan "
    )
    assert "course-2  2/3  Mon 2027-01-11  7    from 2027-01-09" in text


def test_a_window_without_an_end_still_has_reasons() -> None:
    away = Period(day("2027-01-05"), day("2027-01-14"), "abroad")
    found = own_plan(COURSE, away=(away,))
    assert found.sessions[1].reason == (
        "Mon 2027-01-11 is not possible: the patient is away 2027-01-05..2027-01-14 (abroad);"
        " moved by +4 days, not before 2027-01-09, no latest day given"
    )
    assert found.sessions[2].reason == (
        "Mon 2027-01-18 is outside its window;"
        " moved by +2 days, not before 2027-01-20, no latest day given"
    )


def test_a_session_that_makes_room_for_a_later_one_says_so() -> None:
    tight = COURSE.replace('preferred = "1 week"', 'preferred = "1 week", max = "9 days"')
    found = own_plan(tight, closures=(Period(day("2027-01-14"), day("2027-01-19")),))
    assert [str(each.planned) for each in found.sessions][1:] == ["2027-01-11", "2027-01-20"]
    found = own_plan(tight, closures=(Period(day("2027-01-14"), day("2027-01-20")),))
    assert found.sessions[1].reason == (
        "Mon 2027-01-11 would leave course-3 no date;"
        " moved by +1 day, inside 2027-01-09..2027-01-13"
    )


def test_maintenance_alone_has_no_course_and_waits_for_the_clinic_to_open() -> None:
    only = COURSE.replace('name = "session"', 'name = "x"\nkind = "maintenance"')
    assert "3 appointments from Mon 2027-01-04 to Mon 2027-01-18" in words(own_plan(only))
    closed = Period(day("2027-01-05"), day("2028-03-01"))
    found = own_plan(only, closures=(closed,), until=day("2027-06-01"))
    assert [str(each.on) for each in found.sessions] == ["2027-01-04", "2028-03-02", "2028-03-07"]


def test_what_follows_the_course_never_refuses_it() -> None:
    monthly = COURSE + (
        '[[steps]]\nid = "later"\nname = "later"\nkind = "maintenance"\nanchor = "course.last"\n'
        'count = 4\nspacing = { preferred = "1 month", tolerance = "1 week" }\n'
    )
    away = Period(day("2027-03-05"), day("2027-05-30"))
    found = own_plan(monthly, away=(away,))
    later = [each for each in found.sessions if each.phase == "later"]
    assert [(str(each.on), each.off_by) for each in later] == [
        ("2027-02-18", None),
        ("2027-05-31", 67),
        ("2027-06-30", None),
        ("2027-07-31", None),
    ]
    says = (
        "no day of its window (2027-03-11..2027-03-25) is free;"
        " the nearest is 67 days after it: to be arranged"
    )
    assert later[1].flag == says
    assert found.notes[0] == f"later-2: {says}"
    why = "Thu 2027-03-18 is not possible: the patient is away 2027-03-05..2027-05-30; "
    assert later[1].reason == why + says
    # What counts from it is counted from where it really is.
    assert later[2].target == day("2027-06-30")


def test_what_is_outside_its_window_from_the_day_that_another_left_it_says_no_more() -> None:
    twice = COURSE + (
        '[[steps]]\nid = "later"\nname = "later"\nkind = "maintenance"\nanchor = "course.last"\n'
        'count = 2\nspacing = { preferred = "1 month", tolerance = "1 week" }\n'
        '[[steps.limits]]\nanchor = "course.last"\nmax = "3 months"\n'
    )
    found = own_plan(twice, away=(Period(day("2027-02-10"), day("2027-05-30")),))
    last = found.sessions[-1]
    assert (str(last.on), str(last.target), last.off_by) == ("2027-06-30", "2027-06-30", 73)
    assert last.reason == last.flag
    assert last.flag == (
        "no day of a window from 2027-06-23 on that ends on 2027-04-18 is free;"
        " the nearest is 73 days after it: to be arranged"
    )


def test_what_follows_the_course_refuses_no_start() -> None:
    """The nearest start is the first from which the course alone finds days."""
    touched_up = COURSE.replace('preferred = "1 week"', 'preferred = "1 week", max = "9 days"') + (
        '[[steps]]\nid = "later"\nname = "later"\nkind = "touch-up"\nanchor = "course.last"\n'
        'spacing = { min = "5 months", max = "7 months" }\n'
    )
    closed = (
        Period(day("2027-01-09"), day("2027-01-20")),
        Period(day("2027-05-01"), day("2028-12-31")),
    )
    found = own_plan(touched_up, closures=closed)
    assert found.problem is not None
    assert found.problem.session == "course-2"
    assert [str(start) for start in found.problem.nearest_starts] == ["2026-12-29", "2027-01-21"]


def test_a_clinic_that_closes_for_good_leaves_what_follows_without_a_day() -> None:
    yearly = COURSE + (
        '[[steps]]\nid = "later"\nname = "later"\nkind = "touch-up"\nanchor = "course.last"\n'
        'spacing = { min = "5 months", max = "7 months" }\n'
    )
    found = own_plan(yearly, closures=(Period(day("2027-03-05"), day("2050-01-01")),))
    assert found.problem is not None
    assert found.problem.session == "later-1"


def test_restrictions_of_some_steps_and_milestones_that_are_not_reached() -> None:
    text = (
        COURSE
        + '[[steps]]\nid = "later"\nname = "later"\nanchor = "course.last"\nduration = "1 hour"\n'
        + 'spacing = { preferred = "1 month" }\nprice = { min = 10, max = 20, currency = "EUR" }\n'
        + "[restrictions]\n"
        + 'sun = { label = "no sun", after = "1 day", around = ["later"] }\n'
        + 'heat = { label = "no heat", before = "1 day", around = ["course"] }\n'
        + "[milestones]\n"
        + 'fifth = { label = "x", at = "course-5" }\n'
        + 'end = { label = "x", at = "later.last", after = "1 week" }\n'
        + 'men = { label = "x", when = { sex = "male" } }\n'
    )
    found = own_plan(text, sex="female")
    assert {each.id: len(each.ideal) for each in found.restrictions} == {"heat": 3, "sun": 1}
    assert [(each.id, str(each.on)) for each in found.milestones] == [("end", "2027-02-25")]
    assert (found.chair_time, found.cost and found.cost.max) == (None, 20)
    assert "4 appointments: 10..20 EUR; the course of 3" not in words(found)


def test_a_course_alone_is_priced_once() -> None:
    text = COURSE + 'price = { min = 10, max = 20, currency = "EUR" }\n'
    assert "\n3 appointments: 30..60 EUR\n" in words(own_plan(text))


def test_a_moved_start_is_shown_with_what_was_asked_for() -> None:
    text = words(own_plan(COURSE, closed=("mon",)))
    assert "Tue 2027-01-05  0    asked for 2027-01-04  moved +1" in text


def test_a_rule_may_hang_on_the_patient_alone() -> None:
    rule = (
        "[rules]\nyoung = { outcome = 'outside-indication', says = 'adults only',"
        " when = { age = '..17' } }\n"
    )
    by_age = {age: own_plan(COURSE + rule, age=age).screening[0] for age in (None, 17, 18)}
    assert [each.applies for each in by_age.values()] == ["unknown", "yes", "no"]
    assert "to settle: young: if age=..17: outside the indication: adults only" in words(
        own_plan(COURSE + rule)
    )
    assert "young: outside the indication: adults only" in words(own_plan(COURSE + rule, age=17))
    assert "nothing speaks against it in: young" in words(own_plan(COURSE + rule, age=18))


@pytest.mark.parametrize(
    ("start", "later", "expected"),
    [
        (
            "when = { pace = 'b' }",
            "when = { pace = 'b' }",
            "these choices leave no step that is anchored at the start or an event",
        ),
        (
            "when = { pace = 'b' }",
            "",
            "steps anchored at steps that these choices leave out: later (course.last)",
        ),
    ],
)
def test_choices_that_leave_no_course(start: str, later: str, expected: str) -> None:
    text = (
        f"{COURSE}{start}\n"
        f'[[steps]]\nid = "later"\nname = "x"\nanchor = "course.last"\n{later}\n'
        'spacing = { preferred = "1 month" }\n'
        "[options.pace]\nlabel = 'x'\ndefault = 'a'\nchoices = { a = 'A', b = 'B' }\n"
    )
    with pytest.raises(InputError) as error:
        own_plan(text)
    assert error.value.faults == (expected,)
    assert own_plan(text, options={"pace": "b"}).problem is None


def test_nobody_needs_ten_thousand_appointments() -> None:
    text = COURSE + (
        '[[steps]]\nid = "daily"\nname = "x"\ncount = "open"\nanchor = "course.last"\n'
        'spacing = { preferred = "1 day" }\n'
    )
    with pytest.raises(InputError) as error:
        own_plan(text, horizon="40 years")
    assert error.value.faults == ("more than 10000 appointments: choose a nearer horizon",)
    assert len(own_plan(text, horizon="1 year").sessions) == 3 + 351


def test_each_patient_has_the_days_of_her_own_events() -> None:
    protocol = own_protocol(
        COURSE + '[questions.ill]\nask = "ill?"\n[events.ill]\nlabel = "x"\nbegins = "ill"\n'
        '[rules.wait]\nquestion = "ill"\nevent = "ill"\nbegins = "0 days"\nends = "1 week"\n'
        'outcome = "postpone"\n'
        'says = "wait"\n[rules.ill]\nquestion = "ill"\noutcome = "caution"\nsays = "care"\n'
    )
    found = []
    for start in ("2027-01-04", "2027-01-05"):
        asked = PlanRequest(start=day(start), events={"ill": day(start)})
        plan = make_plan(protocol, asked, today=day("2027-03-01"))
        found.append([(each.rule, str(each.until), each.applies) for each in plan.screening])
    assert found == [
        [("wait", "2027-01-11", "yes"), ("ill", "None", "yes")],
        [("wait", "2027-01-12", "yes"), ("ill", "None", "yes")],
    ]


LATER = """
[[steps]]
id = "later"
name = "x"
anchor = "course.last"
spacing = { preferred = "1 month" }
"""
QUESTION = '[questions.ill]\nask = "ill?"\n[events.ill]\nlabel = "x"\n'


@pytest.mark.parametrize(
    ("text", "asked", "counts"),
    [
        (
            COURSE + LATER + 'count = "open"',
            [{"horizon": f"{months} months"} for months in (3, 5, 2, 5)],
            [5, 7, 4, 7],
        ),
        (
            COURSE + LATER.replace("preferred", "min"),
            [{}, {"start": day("2027-01-05")}],
            [4, 4],
        ),
        (COURSE + LATER + "count = 2", [{"horizon": "3 months"}, {"horizon": "1 month"}], [5, 5]),
        (COURSE + LATER + 'lasting = "2 months"', [{}, {"horizon": "1 month"}], [5, 5]),
        (COURSE + LATER + "count = { min = 1, max = 3 }", [{}, {"duration": 30}], [6, 6]),
        (COURSE + LATER + "count = { min = 1, max = 9 }", [{}, {"duration": 30}], [10, 10]),
        (
            COURSE + LATER + 'count = "open"\nwhen = { ill = "yes" }\n' + QUESTION,
            [
                {"horizon": "20 years"},
                {"horizon": "20 years", "start": day("2027-01-05")},
                {"horizon": "2 years"},
            ],
            [103, 103, 26],
        ),
        (
            COURSE + LATER.replace("course.last", "events.ill") + "count = 1\n" + QUESTION,
            [{"events": {"ill": days}} for days in (day("2027-02-01"), DAYS[:1], DAYS)],
            [4, 4, 5],
        ),
    ],
)
def test_steps_are_laid_anew_where_dates_make_another_number_of_them(
    text: str, asked: list[dict[str, Any]], counts: list[int]
) -> None:
    protocol = own_protocol(text)
    plans = [
        make_plan(protocol, PlanRequest(**{"start": day("2027-01-04"), **each}), today=TODAY)
        for each in asked
    ]
    assert [len(each.sessions) for each in plans] == counts
    assert [each.sessions for each in plans] == [own_plan(text, **each).sessions for each in asked]


@pytest.mark.parametrize(
    ("start", "message"),
    [
        ("9999-12-28", "1 week after 9999-12-28 lies outside the calendar, the years 1 to 9999"),
        ("9999-12-15", "3 days after 9999-12-29 lies outside the calendar, the years 1 to 9999"),
    ],
)
def test_what_is_kept_from_an_earlier_plan_ends_with_the_calendar(start: str, message: str) -> None:
    protocol = own_protocol(COURSE + '[restrictions.sun]\nlabel = "x"\nafter = "3 days"\n')
    make_plan(protocol, PlanRequest(start=day("2027-01-04"), horizon="1 day"), today=TODAY)
    with pytest.raises(HairplanError) as error:
        make_plan(protocol, PlanRequest(start=day(start), horizon="1 day"), today=TODAY)
    assert error.value.faults == (message,)


def test_limits_without_a_day_between_them_are_said() -> None:
    late = COURSE.replace('preferred = "1 week" }', 'preferred = "1 week", max = "9 days" }')
    found = own_plan(f'{late}limits = [{{ anchor = "course.first", min = "3 weeks" }}]\n')
    assert found.problem is not None
    assert found.problem.why == ("the limits leave no day between them",)


def test_far_ends_of_the_calendar_offer_no_start_beyond_them() -> None:
    text = COURSE.replace('preferred = "1 week"', 'preferred = "1 week", max = "9 days"')
    closed = Period(day("9998-12-05"), day("9999-02-28"))
    found = own_plan(text, start=day("9998-12-01"), closures=(closed,), horizon="310 days")
    assert found.problem is not None
    assert [str(each) for each in found.problem.nearest_starts] == ["9998-11-24"]


def test_a_plan_with_a_problem_can_be_read_too() -> None:
    text = COURSE + (
        "[questions]\nill = { ask = 'ill?' }\n"
        "[rules]\nill = { outcome = 'postpone', says = 'not while ill', question = 'ill' }\n"
    )
    found = own_plan(text, answers={"ill": "yes"})
    assert words(found).startswith(
        "Our own (own 3)\nscreening refuses a start on Mon 2027-01-04\n"
        "ill: postpone: not while ill\nplan "
    )
    assert [row.split(",")[3] for row in render_csv(found).splitlines()] == [
        "item",
        "screening",
    ]
    assert json.loads(render_json(found))["problem"]["kind"] == "refused"


def test_csv_tells_every_dated_item() -> None:
    text = COURSE + (
        "[tasks]\ntest = { label = 'test', session = 'first', blocks = true }\n"
        "wash = { label = 'wash', lead = '2 days', earliest = '3 days' }\n"
        "cream = { label = 'cream', lead = '90 minutes' }\n"
        "far = { label = 'far', lead = '36 hours', optional = true }\n"
        "[milestones]\nlook = { label = 'look', after = '1 month' }\n"
    )
    lines = render_csv(own_plan(text, time=time(0, 30))).splitlines()
    items = [(cells[3], cells[4], cells[9]) for cells in (line.split(",") for line in lines[1:])]
    assert items[0] == ("task", "test", "")
    assert ("task", "wash.course-1", "2027-01-02") in items
    assert ("task", "cream.course-1", "2027-01-03") in items
    assert items[-1] == ("milestone", "look", "2027-02-04")
    without = {each.id: each for each in own_plan(text).tasks}
    assert str(without["cream.course-1"].due) == "2027-01-04"
    assert str(without["far.course-1"].due) == "2027-01-03"
    assert "2 days [clinic] before each session" in render_plain(
        protocol_document(own_protocol(text))
    )


def test_a_transplant_without_a_date_asks_for_it() -> None:
    text = COURSE + (
        "[questions]\nill = { ask = 'ill?' }\n[events]\nillness = { label = 'x', begins = 'ill' }\n"
        "[rules]\nill = { outcome = 'postpone', says = 'x', question = 'ill', event = 'illness',"
        " ends = '1 month' }\n"
    )
    assert "to settle: ill: on which day? it decides: postpone" in words(
        own_plan(text, answers={"ill": "yes"})
    )


def test_a_protocol_that_says_little_is_shown() -> None:
    text = render_plain(protocol_document(own_protocol(COURSE)))
    assert "course: 3 times [clinic]; 5 days..no limit given apart [clinic]" in text
    most = COURSE.replace('min = "5 days", preferred = "1 week"', 'min = "5 days", max = "9 days"')
    assert "5 days..9 days apart" in render_plain(protocol_document(own_protocol(most)))


def test_a_document_without_titles_or_tables() -> None:
    bare = Document("", (), (Section("", lines=(Line("only a *line*"),)),))
    assert render_plain(bare) == "only a *line*\n"
    assert render_markdown(bare) == "- only a \\*line\\*\n"
    assert render_table(bare, width=40, color=False) == "- only a *line*\n"
    rows = Document("x", (), (Section("", ("", ""), (TableRow(("a", "b")),)),))
    assert render_plain(rows) == "x\na  b\n"
    assert "a" in render_table(rows, width=40, color=False)


def test_an_unknown_name_of_the_package_is_said() -> None:
    import hairplan

    with pytest.raises(AttributeError) as error:
        _ = hairplan.nothing
    assert str(error.value) == "module 'hairplan' has no attribute 'nothing'"
