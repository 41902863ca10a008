"""Tasks, results and restrictions after each session, and after each but the last."""

from datetime import time
from typing import Any

import pytest
from conftest import own_plan, own_protocol
from test_around_sessions import COURSE, words
from test_desk import desk
from test_protocol_file import HEAD, STEP, faults

from hairplan import CalendarChoice
from hairplan.calendar.items import items_of
from hairplan.show.plain import render_plain
from hairplan.show.protocol import protocol_document


def due(text: str, **asked: Any) -> list[tuple[str, str]]:
    """Return the days, or the moments, by which a task is due after its appointments."""
    found = own_plan(f"{COURSE}[tasks]\ncall = {{ label = 'call', {text} }}\n", **asked)
    return [(task.session, str(task.due_at or task.due)[5:]) for task in found.tasks]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('lag = "1 day"',
         [("course-1", "01-05"), ("course-2", "01-12"), ("course-3", "01-19")]),
        ('lag = "1 day", but = ["course.last"]', [("course-1", "01-05"), ("course-2", "01-12")]),
        ('lag = "1 day", session = "first"', [("course-1", "01-05")]),
        ('lag = "1 week", session = "course.last"', [("course-3", "01-25")]),
        ('lag = "1 month", session = "all", but = ["course", "look-2"]', [("look-1", "02-25")]),
        ('lag = "1 month", around = ["course.first", "look"]',
         [("course-1", "02-04"), ("look-1", "02-25")]),
        # without a time of day, hours are those that are over in any case
        ('lag = "2 hours", session = "first"', [("course-1", "01-04")]),
        ('lag = "36 hours", session = "first"', [("course-1", "01-05")]),
        ('lead = "1 day", but = ["course-2"]', [("course-1", "01-03"), ("course-3", "01-17")]),
    ],
)  # fmt: skip
def test_a_task_may_come_after_its_appointments(text: str, expected: list[tuple[str, str]]) -> None:
    assert due(text) == expected


@pytest.mark.parametrize(
    ("duration", "expected"), [(None, "01-04 12:00:00"), (45, "01-04 12:45:00")]
)
def test_hours_after_an_appointment_count_from_its_end(duration: int | None, expected: str) -> None:
    asked: dict[str, Any] = {"time": time(10), "duration": duration}
    assert due('lag = "2 hours", session = "first"', **asked) == [("course-1", expected)]


AFTER = (
    COURSE
    + """
[tasks]
cream = { label = "use the cream", lag = "1 day", but = ["course.last"] }
call = { label = "call us", lag = "2 hours", session = "first" }
[milestones]
photo = { label = "send a photograph", around = ["each"], after = "3 days", but = ["course-2"] }
now = { label = "look", around = ["look"] }
[restrictions]
sun = { label = "no sun", after = "2 days", but = ["course.last"] }
"""
)


def test_what_comes_after_sessions_is_said_with_its_days() -> None:
    found = own_plan(AFTER, time=time(10))
    text = words(found)
    assert (
        "by Mon 2027-01-04 12:00, 2 hours after course-1: call us\n"
        "by Tue 2027-01-05, Tue 2027-01-12, 1 day after course-1, course-2: use the cream\n"
    ) in text
    assert (
        "Thu 2027-01-07: send a photograph\n"
        "Thu 2027-01-21: send a photograph\n"
        "Mon 2027-01-25: look\n"
    ) in text
    assert [period.sessions for period in found.restrictions[0].ideal] == [
        ("course-1",),
        ("course-2",),
    ]
    assert [milestone.id for milestone in found.milestones] == [
        "photo.course-1",
        "photo.course-3",
        "now.look-1",
    ]


def test_a_protocol_says_what_comes_after_its_sessions() -> None:
    text = render_plain(protocol_document(own_protocol(AFTER)))
    assert "sun: no sun, but not course.last: 2 days after [clinic]\n" in text
    assert "cream: use the cream, 1 day [clinic] after each session, but not course.last" in text
    assert "photo: send a photograph, 3 days after each session, but not course-2" in text


def test_the_desk_says_after_which_sessions() -> None:
    assert desk(own_plan(AFTER))[-3:-1] == [
        "by Mon 4 Jan: call us",
        "course-1..2: use the cream, 1 day after",
    ]
    skipped = AFTER.replace('"1 day", but = ["course.last"]', '"1 day", but = ["course-2"]')
    assert "course-1, course-3: use the cream, 1 day after" in desk(own_plan(skipped))


def test_a_calendar_does_not_call_what_comes_after_a_preparation() -> None:
    found = own_plan(AFTER, time=time(10), zone="Europe/Paris", id="x")
    titles = [(item.id, item.title) for item in items_of(found) if item.kind == "task"]
    assert titles == [
        ("task.call", "After your appointment"),
        ("task.cream.course-1", "After your appointment"),
        ("task.cream.course-2", "After your appointment"),
    ]
    full = items_of(found, CalendarChoice(details="full", kinds=frozenset({"task"})))
    assert full[0].text == "By Monday 4 January 2027, 12:00: call us"
    practice = CalendarChoice(audience="practice", kinds=frozenset({"task"}))
    assert items_of(found, practice)[0].text.startswith(
        "By Mon 2027-01-04 12:00, 2 hours after course-1: call us"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[tasks.call]\nlag = '1 day'\nlead = '1 day'\nearliest = '2 days'\nvalid = '1 week'",
         ["tasks.call.lag: stands in place of earliest, not beside it",
          "tasks.call.lag: stands in place of lead, not beside it",
          "tasks.call.lag: stands in place of valid, not beside it"]),
        ("[tasks.call]\nlag = '1 day'\nblocks = true",
         ["tasks.call.blocks: what comes after an appointment cannot keep it from taking place"]),
        ("[tasks.call]\nbut = ['course', 'all', 'corse']",
         ["tasks.call.but: 'all' leaves none",
          "tasks.call.but: there is no step 'corse' (did you mean 'course'?)"]),
        ("[tasks.call]\nsession = 'first'\nbut = ['course.last']",
         ["tasks.call.but: 'course.last' is none of first"]),
        ("[restrictions.call]\nafter = '1 day'\naround = ['look-1']\nbut = ['course-2', 'look-1']",
         ["restrictions.call.but: 'course-2' is none of look-1"]),
        ("[milestones.call]\nat = 'course.last'\naround = ['course', 'events.op']",
         ["milestones.call.around: 'events.op' is no appointment: at = \"events.op\" counts from"
          " it", "milestones.call.around: stands in place of at, not beside it"]),
        ("[milestones.call]\nbut = ['course-2']",
         ["milestones.call.but: belongs to 'around', which is missing"]),
        ("[milestones.call]\naround = ['each', 'lok']",
         ["milestones.call.around: there is no step 'lok' (did you mean 'look'?)"]),
    ],
)  # fmt: skip
def test_what_comes_after_sessions_has_its_faults(text: str, expected: list[str]) -> None:
    look = STEP.replace("course", "look").replace("count = 3", 'anchor = "course.last"')
    assert faults(f"{HEAD}{STEP}{look}[events.op]\nlabel = 'x'\n{text}\nlabel = 'x'\n") == expected


def test_a_result_after_appointments_that_the_plan_lacks_is_said_to_be_none() -> None:
    later = (
        '[[steps]]\nid = "later"\nname = "x"\nanchor = "course.last"\n'
        'spacing.preferred = "1 week"\n'
        'when = { ill = "yes" }\n[questions]\nill = { ask = "ill?" }\n'
        '[milestones]\nlook = { label = "look", around = ["later"] }\n'
        'photo = { label = "photo", around = ["each"] }\n'
    )
    found = own_plan(COURSE + later, answers={"ill": "no"})
    assert [(one.id, one.applies, one.why_not) for one in found.undated] == [
        ("look", "no", "nothing in this plan that it counts from: later")
    ]
