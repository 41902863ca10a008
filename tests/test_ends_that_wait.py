"""What counts from the last session of a step, or lasts until then, while that waits for its day.

A patient who missed the last of three sessions is not past them: nothing begins as if she were, and
nothing that lasts until then is over.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import OWN, Ran, day, own_protocol

from hairplan import Plan, PlanRequest, make_plan
from hairplan.calendar.items import CalendarChoice, items_of
from hairplan.history import Changed, Done, Ended, Entry, Happening, Missed, Moved
from hairplan.show.plain import render_plain
from hairplan.show.plan import plan_document

Run = Callable[[str], Ran]

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
NO_END = "no end yet"
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
    # Missed, and overdue since the 8th: it may have taken place unrecorded.
    for happened, last in (((Missed("course-3"),), "2027-01-18"), ((), "2027-02-02")):
        for today in ("2027-02-10", "2027-03-01"):
            plan = lived(today, *happened)
            (period,) = next(each.ideal for each in plan.restrictions if each.id == "pools")
            assert (*pools(plan), period.goes_on) == (last, "None", True)
            assert period.covers(day(today))
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


@pytest.fixture
def under_way(hairplan: Run) -> None:
    """Keep a plan of which the last session was missed."""
    Path("own.toml").write_text(f"{OWN}{TEXT}", "utf-8")
    kept = "schedule ./own.toml --start 2027-01-04 --save p.plan.json --today 2027-01-04"
    assert hairplan(kept).code == 0
    done = "--done course-1=2027-01-04 --done course-2=2027-01-18 --today 2027-01-18"
    assert hairplan(f"record p.plan.json {done}").code == 0
    ran = hairplan("record p.plan.json --missed course-3 --today 2027-02-03")
    assert f"avoid: pools from Mon 2027-01-04, {NO_END}" in ran.out


@pytest.mark.usefixtures("under_way")
@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("schedule p.plan.json", "avoid     pools  2027-01-04..  both"),
        ("schedule p.plan.json -f table --full", f"pools 2027-01-04.. {NO_END}"),
        ("schedule p.plan.json -f table", f"{NO_END}"),
        ("status p.plan.json", f"pools, {NO_END}"),
        ("status p.plan.json -f table --full", f"since Mon 2027-01-04; {NO_END}"),
        ("schedule p.plan.json -f markdown", f"| 2027-01-04.. | {NO_END} |"),
        ("schedule p.plan.json --audience practice --with restrictions -f ics -o -",
         f"From Mon 2027-01-04 on\\, {NO_END}."),
    ],
)  # fmt: skip
def test_what_goes_on_is_said_to_have_no_end_yet(command: str, says: str, hairplan: Run) -> None:
    out = hairplan(f"{command} --today 2027-02-05").out.replace("\r\n ", "")
    assert " ".join(says.split()) in " ".join(out.split())


@pytest.mark.usefixtures("under_way")
def test_its_event_is_the_same_from_day_to_day(hairplan: Run) -> None:
    wanted = "schedule p.plan.json --audience practice --only restrictions --with tentative"
    first, second = (
        hairplan(f"{wanted} -o a{day}.ics --today 2027-02-{day}").code for day in ("05", "20")
    )
    assert first == second == 0
    assert "SEQUENCE:1" not in Path("a20.ics").read_text("utf-8")


@pytest.mark.usefixtures("under_way")
def test_a_brief_calendar_ends_no_care_that_goes_on(hairplan: Run) -> None:
    assert hairplan("schedule p.plan.json --details brief -o a.ics --today 2027-02-05").code == 0
    text = Path("a.ics").read_text("utf-8")
    assert "Care until" not in text
    assert "care is over" not in text


@pytest.mark.usefixtures("under_way")
@pytest.mark.parametrize(("language", "says"), [
    ("en", "right through to a visit whose day is still open"),
    ("fr", "un rendez-vous dont le jour reste à fixer"),
])  # fmt: skip
def test_a_sheet_tells_what_goes_on(language: str, says: str, hairplan: Run) -> None:
    plan = f"schedule p.plan.json --language {language} --force --today 2027-02-05"
    assert hairplan(f"{plan} -o a.html").code == 0
    assert says in Path("a.html").read_text("utf-8")


def test_with_a_fixed_anchor_too_a_missed_session_is_not_past() -> None:
    entry = Entry(
        at=datetime(2027, 2, 2, tzinfo=UTC),
        on=day("2027-02-02"),
        what=(ONE, TWO, Missed("course-3")),
    )
    request = PlanRequest(start=day("2027-01-04"), anchor="fixed")
    plan = make_plan(own_protocol(TEXT), request, [entry], today=day("2027-02-10"))
    assert dated(plan) == {}
    assert pools(plan) == ("2027-01-18", "None")


def test_what_pauses_a_routine_goes_on_pausing_it() -> None:
    text = TEXT.replace(
        'until = "course.last"\n[mile', 'lasting = "3 months"\npaused_by = "pools"\n[mile'
    )
    entry = Entry(
        at=datetime(2027, 2, 2, tzinfo=UTC),
        on=day("2027-02-02"),
        what=(ONE, TWO, Missed("course-3")),
    )
    request = PlanRequest(start=day("2027-01-04"))
    plan = make_plan(own_protocol(text), request, [entry], today=day("2027-02-10"))
    (drops,) = (each for each in plan.routines if each.id == "drops")
    assert [(str(each.first), str(each.last)) for each in drops.pauses] == [
        ("2027-01-04", "2027-04-03")
    ]
