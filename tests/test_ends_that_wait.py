"""What counts from the last session of a step, or lasts until then, while that waits for its day.

A patient who missed the last of three sessions is not past them: nothing begins as if she were, and
nothing that lasts until then is over.
"""

from datetime import UTC, datetime

from conftest import day, own_protocol

from hairplan import Plan, PlanRequest, make_plan
from hairplan.calendar.items import CalendarChoice, items_of
from hairplan.history import Changed, Done, Ended, Entry, Happening, Missed, Moved
from hairplan.show.plain import render_plain
from hairplan.show.plan import plan_document

TEXT = """
[[steps]]
id = "course"
name = "session"
count = 3
spacing = { min = "1 week", preferred = "2 weeks", max = "3 weeks" }
[restrictions]
pools = { label = "no pools until all is done", until = "course.last" }
dye = { label = "no dye after the last", after = "3 weeks", around = ["course.last"] }
sun = { label = "no sun", after = "3 days" }
[routines.serum]
label = "use the serum"
every = "2 days"
anchor = "course.last"
begins = "3 days"
lasting = "4 weeks"
[routines.drops]
label = "use the drops"
every = "1 day"
anchor = "start"
until = "course.last"
[milestones]
look = { label = "look at the result", at = "course.last", after = "2 months" }
photo = { label = "take a photo", around = ["course.last"], after = "1 week" }
[expectations]
growth = { label = "it grows", at = "course.last", begins = "1 month" }
[tasks]
balm = { label = "give the balm", around = ["course.last"] }
[questions]
ill = { ask = "ill?" }
[rules]
illness = { question = "ill", outcome = "contraindicated", says = "not while ill" }
"""
ONE, TWO = Done("course-1", day("2027-01-04")), Done("course-2", day("2027-01-18"))


def lived(today: str, *happened: Happening, on: str = "2027-02-02") -> Plan:
    history = [Entry(at=datetime(2027, 2, 2, tzinfo=UTC), on=day(on), what=(ONE, TWO, *happened))]
    request = PlanRequest(start=day("2027-01-04"))
    return make_plan(own_protocol(TEXT), request, history, today=day(today))


def dated(plan: Plan) -> dict[str, str]:
    """Return the day on which each thing begins that counts from the last session."""
    days = {each.id: each.on for each in plan.milestones}
    days |= {each.id: each.first for each in plan.routines if each.id == "serum"}
    days |= {each.id: each.ideal[0].first for each in plan.restrictions if each.id == "dye"}
    days |= {each.id: each.first for each in plan.expectations if each.first}
    days |= {each.id: each.due for each in plan.tasks if each.due}
    return {name: str(on) for name, on in days.items()}


def pools(plan: Plan) -> tuple[str, str]:
    """Return until when pools are to be avoided, and from when on they are allowed again."""
    (period,) = next(each.ideal for each in plan.restrictions if each.id == "pools")
    return str(period.last), str(period.resume_on)


def test_what_lasts_until_the_last_session_goes_on_while_that_has_no_day() -> None:
    assert pools(lived("2027-01-19", on="2027-01-18")) == ("2027-02-01", "2027-02-02")
    for happened in ((Missed("course-3"),), ()):  # missed, and overdue since the 8th
        for today in ("2027-02-10", "2027-03-01"):
            plan = lived(today, *happened)
            assert pools(plan) == (today, "None")
            assert next(each.last for each in plan.routines if each.id == "drops") is None
    booked = lived("2027-02-10", Missed("course-3"), Moved("course-3", day("2027-02-12")))
    assert pools(booked) == ("2027-02-12", "2027-02-13")


def test_nothing_begins_with_a_last_session_that_was_missed() -> None:
    before = dated(lived("2027-01-19", on="2027-01-18"))
    assert before == {
        "dye": "2027-02-01", "serum": "2027-02-04", "look": "2027-04-01",
        "photo.course-3": "2027-02-08", "growth": "2027-03-01", "balm.course-3": "2027-02-01",
    }  # fmt: skip
    missed = lived("2027-02-10", Missed("course-3"))
    assert dated(missed) == {}
    waits = {each.id: each.waits_for for each in missed.undated}
    names = ("dye", "balm", "serum", "look", "photo", "growth")
    assert waits == dict.fromkeys(names, "course-3 has a day")
    done = lived("2027-02-10", Missed("course-3"), Done("course-3", day("2027-02-10")))
    assert dated(done).keys() == before.keys()


def test_what_is_around_an_overdue_session_stays_as_it_may_have_taken_place() -> None:
    assert dated(lived("2027-02-10", on="2027-01-18")) == {
        "dye": "2027-02-01", "photo.course-3": "2027-02-08", "balm.course-3": "2027-02-01",
    }  # fmt: skip


def test_once_nothing_more_is_to_come_the_last_is_the_last_that_took_place() -> None:
    ended = lived("2027-02-10", Missed("course-3"), Ended(day("2027-02-02")))
    assert pools(ended) == ("2027-01-18", "2027-01-19")
    stopped = lived("2027-02-10", Missed("course-3"), Changed(answers={"ill": "yes"}))
    assert pools(stopped) == ("2027-01-18", "2027-01-19")


def test_a_first_session_that_is_missed_begins_nothing() -> None:
    text = TEXT.replace('at = "course.last", after = "2 months"', 'at = "course.first"')
    entry = Entry(
        at=datetime(2027, 2, 2, tzinfo=UTC), on=day("2027-01-05"), what=(Missed("course-1"),)
    )
    request = PlanRequest(start=day("2027-01-04"))
    plan = make_plan(own_protocol(text), request, [entry], today=day("2027-01-08"))
    assert [each.id for each in plan.milestones] == []


def test_a_calendar_ends_no_care_that_goes_on() -> None:
    plan = lived("2027-02-10", Missed("course-3"))
    told = " ".join(
        f"{item.title} {item.text}" for item in items_of(plan, CalendarChoice("patient"))
    )
    assert "pools" in told
    assert "Care over" not in told
    text = " ".join(render_plain(plan_document(plan)).split())
    assert "goes on until course.last, which has no day yet" in text
