"""A patient's care in a calendar: by its changes, in her words, and only as far as it is agreed."""

from collections import Counter
from datetime import date, time, timedelta
from typing import Any

import pytest
from conftest import day, own_plan, own_protocol, plan
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from hairplan import CalendarChoice, Plan
from hairplan.calendar.items import Item, items_of
from hairplan.calendar.left_out import LeftOut, left_out_of
from hairplan.clinic.patient_language import PatientLanguage
from hairplan.errors import OutOfRangeError
from hairplan.plan import Session
from hairplan.sheet.catalogs import catalog_of

PROTOCOLS = ["smp", "microneedling", "mesopecia", "mesotherapy"]
STARTS = [date(2026, 12, 1) + timedelta(days=number) for number in (0, 3, 11, 30, 89)]
CARE_ONLY = CalendarChoice(kinds=frozenset({"restriction"}))
TENTATIVE = CalendarChoice(tentative=True)
PARIS = {"time": time(14, 30), "zone": "Europe/Paris"}

TWO = """
[[steps]]
id = "course"
name = "course"
count = 2
spacing.preferred = "10 days"
"""


def items(found: Plan, choice: CalendarChoice | None = None) -> dict[str, Item]:
    return {each.id: each for each in items_of(found, choice)}


def care(found: Plan, choice: CalendarChoice | None = None) -> list[tuple[str, str, str]]:
    """Return the day, the title and the text of what is care alone."""
    return [
        (str(each.begin), each.title, each.text)
        for each in items_of(found, choice)
        if each.kind == "restriction"
    ]


def with_session(found: Plan, name: str, **changes: Any) -> Plan:
    def changed(each: Session) -> Session:
        return structs.replace(each, **changes) if each.id == name else each

    return structs.replace(found, sessions=tuple(map(changed, found.sessions)))


def restricted(**restrictions: str) -> str:
    return TWO + "".join(
        f'[restrictions.{name}]\nlabel = "no {name}"\n{sides}\n'
        for name, sides in restrictions.items()
    )


# ---- how many entries there are ----


def beside(found: Plan, choice: CalendarChoice | None = None) -> Counter[str]:
    """Count the entries of care for each appointment."""
    care = [each for each in items_of(found, choice) if each.kind == "restriction"]
    return Counter(each.id.split(".", 2)[2] for each in care)


@pytest.mark.parametrize("name", PROTOCOLS)
@pytest.mark.parametrize("answers", [{}, {"minoxidil": "yes"}, {"minoxidil": "no"}])
@pytest.mark.parametrize("choice", [CalendarChoice(), TENTATIVE, CalendarChoice(details="brief")])
def test_a_month_with_three_appointments_has_at_most_ten_entries(
    name: str, answers: dict[str, str], choice: CalendarChoice
) -> None:
    answers = answers if name == "smp" else {}
    for start in STARTS:
        found = plan(name, str(start), answers=answers, **PARIS)
        assert max(beside(found, choice).values(), default=0) <= 2
        every = items_of(found, choice)
        visits = Counter(f"{each.begin:%Y-%m}" for each in every if each.kind == "session")
        entries = Counter(f"{each.begin:%Y-%m}" for each in every)
        assert all(entries[month] <= 10 for month, count in visits.items() if count == 3)


SIDES = st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12)).filter(any)


@given(
    sides=st.lists(SIDES, min_size=1, max_size=4),
    gap=st.integers(2, 20),
    is_timed=st.booleans(),
)
def test_beside_an_appointment_stand_two_entries_at_most_and_they_are_true(
    *, sides: list[tuple[int, int, int]], gap: int, is_timed: bool
) -> None:
    text = TWO.replace("count = 2", "count = 4").replace("10 days", f"{gap} days")
    for number, (before, least, more) in enumerate(sides):
        text += f'[restrictions.r{number}]\nlabel = "no r{number}"\n'
        text += f'before = "{before} days"\n' if before else ""
        after = f'{{ at_least = "{least} days", ideal = "{least + more} days" }}'
        text += f"after = {after}\n" if least else ""
        text += 'begins = "0 days"\nafter = "1 day"\n' if not before and not least else ""
    found = own_plan(text, **(PARIS if is_timed else {}))
    periods = [ideal for each in found.restrictions for ideal in each.ideal]
    assert max(beside(found).values(), default=0) <= 2
    visits = {session.on for session in found.dated}
    for each in items_of(found):
        if each.kind != "restriction":
            continue
        assert each.begin not in visits
        if each.title == "Care over":
            assert not any(ideal.first <= each.begin <= ideal.last for ideal in periods)
            assert any(ideal.resume_on == each.begin for ideal in periods)
        if each.title == "Care begins":
            assert any(ideal.first == each.begin for ideal in periods)
    told = "\n".join(each.text for each in items_of(found))
    for restriction in found.restrictions:
        assert restriction.label in told


# ---- what stands where ----


def test_what_begins_and_ends_between_appointments_has_a_day_of_its_own() -> None:
    found = own_plan(restricted(sun='before = "2 days"\nafter = "3 days"'))
    assert care(found) == [
        (
            "2027-01-02",
            "Care begins",
            "From Saturday 2 January 2027: no sun, right through to Thursday 7 January.",
        ),
        ("2027-01-08", "Care over", "Allowed again from Friday 8 January 2027: sun."),
        (
            "2027-01-12",
            "Care begins",
            "From Tuesday 12 January 2027: no sun, right through to Sunday 17 January.",
        ),
        ("2027-01-18", "Care over", "Allowed again from Monday 18 January 2027: sun."),
    ]
    assert items(found)["course-1"].text.splitlines()[1:] == ["Still no sun."]
    assert care(found, CalendarChoice(details="brief"))[:2] == [
        (
            "2027-01-02",
            "Care begins",
            "Care from Saturday 2 January 2027 on: see the instructions that you were given.",
        ),
        ("2027-01-08", "Care over", "From Friday 8 January 2027: care is over."),
    ]


def test_what_begins_with_an_appointment_stands_in_it() -> None:
    found = own_plan(restricted(sun='after = { at_least = "2 days", ideal = "4 days" }'))
    assert [each[:2] for each in care(found)] == [
        ("2027-01-09", "Care over"),
        ("2027-01-19", "Care over"),
    ]
    assert items(found)["course-1"].text.splitlines()[1:] == [
        "Until Friday 8 January: no sun. Allowed again from Saturday 9 January (at the very"
        " earliest Thursday 7 January)."
    ]


def test_what_ends_on_the_day_of_an_appointment_stands_in_it() -> None:
    found = own_plan(restricted(sun='after = "9 days"\naround = "course.first"'))
    assert care(found) == []
    assert items(found)["course-2"].text.splitlines()[1:] == [
        "Allowed again from Thursday 14 January 2027: sun."
    ]


def test_without_appointments_all_of_it_has_days_of_its_own() -> None:
    found = own_plan(restricted(sun='after = "3 days"'))
    assert [each[:2] for each in care(found, CARE_ONLY)] == [
        ("2027-01-04", "Care begins"),
        ("2027-01-08", "Care over"),
        ("2027-01-14", "Care begins"),
        ("2027-01-18", "Care over"),
    ]


def test_several_stops_and_ends_are_one_entry_each() -> None:
    found = own_plan(
        restricted(
            sun='before = "3 days"\nafter = "2 days"', dye='before = "1 day"\nafter = "4 days"'
        )
    )
    assert care(found)[:2] == [
        (
            "2027-01-01",
            "Care begins",
            "From Friday 1 January 2027: no sun, right through to Wednesday 6 January.\n"
            "From Sunday 3 January 2027: no dye, right through to Friday 8 January.",
        ),
        (
            "2027-01-09",
            "Care over",
            "Allowed again from Thursday 7 January 2027: sun.\n"
            "Allowed again from Saturday 9 January 2027: dye.",
        ),
    ]


@pytest.mark.parametrize(("after", "title"), [(3, "Care over"), (4, "Care changes")])
def test_neighbouring_days_are_one_entry(after: int, title: str) -> None:
    found = own_plan(restricted(sun=f'after = "{after} days"', dye='before = "4 days"'))
    assert [each[1] for each in care(found)] == (
        ["Care begins", "Care over", "Care begins", "Care over"]
        if title == "Care over"
        else ["Care begins", "Care changes", "Care over"]
    )
    if title == "Care changes":
        assert care(found)[1] == (
            "2027-01-09",
            "Care changes",
            "Allowed again from Saturday 9 January 2027: sun.\n"
            "From Sunday 10 January 2027: no dye, up to your appointment.",
        )
        assert "restriction.begins.course-2" in items(found)


def test_what_is_over_while_something_else_goes_on_has_no_entry() -> None:
    found = own_plan(restricted(sun='after = "2 days"', dye='after = "30 days"'))
    assert [each[:2] for each in care(found)] == [("2027-02-14", "Care over")]
    assert items(found)["course-2"].text.splitlines()[1:] == [
        "Still no dye.",
        "Until Saturday 16 January: no sun. Allowed again from Sunday 17 January.",
    ]


def test_what_begins_later_after_an_appointment_is_told_there_too() -> None:
    found = own_plan(restricted(sun='begins = "3 days"\nafter = "5 days"'))
    text = "From Thursday 7 January 2027: no sun, right through to Saturday 9 January."
    assert items(found)["course-1"].text.splitlines()[1:] == [text]
    assert care(found)[0] == ("2027-01-07", "Care begins", text)


def test_a_clock_time_is_said() -> None:
    hours = 'before = "1 day at 21:00"\nafter = "24 hours"'
    found = own_plan(restricted(wash=hours), **PARIS)
    assert care(found)[:2] == [
        (
            "2027-01-03",
            "Care begins",
            "From Sunday 3 January 2027, 21:00: no wash, right through to Tuesday 5 January,"
            " 14:30.",
        ),
        ("2027-01-05", "Care over", "Allowed again from Tuesday 5 January 2027, 14:30: wash."),
    ]
    after = own_plan(restricted(wash='after = "24 hours"'), **PARIS)
    assert items(after)["course-1"].text.splitlines()[1:] == [
        "Until Tuesday 5 January, 14:30: no wash."
    ]


def test_bars_have_all_of_a_period() -> None:
    found = own_plan(
        restricted(sun='before = "1 day"\nafter = { at_least = "2 days", ideal = "3 days" }')
    )
    assert care(found, CalendarChoice(care="bars"))[0] == (
        "2027-01-03",
        "Care period",
        "From Sunday 3 January 2027: no sun, right through to Thursday 7 January.\n"
        "Allowed again from Friday 8 January 2027 (at the very earliest Thursday 7 January): sun.",
    )
    brief = CalendarChoice(care="bars", details="brief")
    assert care(found, brief)[0][2] == (
        "Care from Sunday 3 January 2027 on: see the instructions that you were given.\n"
        "From Friday 8 January 2027: care is over."
    )
    before = own_plan(restricted(sun='before = "1 day"'))
    assert care(before, CalendarChoice(care="bars"))[0][2] == (
        "From Sunday 3 January 2027: no sun, up to your appointment."
    )
    assert care(before, brief)[0][2] == (
        "Care from Sunday 3 January 2027 on: see the instructions that you were given."
    )
    bar = items(found, CalendarChoice(care="bars"))["restriction.sun.course-1"]
    assert (bar.begin, bar.end) == (day("2027-01-03"), day("2027-01-08"))


def test_no_care_is_none_in_texts_either() -> None:
    found = own_plan(restricted(sun='after = "3 days"'))
    none = items(found, CalendarChoice(care="none"))
    assert list(none) == ["course-1", "course-2"]
    assert none["course-1"].text == "To be confirmed: please ring us to settle this day."


def test_of_two_appointments_on_a_day_the_first_tells() -> None:
    found = own_plan(restricted(sun='after = "3 days"'))
    found = with_session(found, "course-2", planned=found.sessions[0].on)
    texts = [items(found)[name].text for name in ("course-1", "course-2")]
    assert ["Until" in text for text in texts] == [True, False]


# ---- only as far as it is agreed ----


def test_around_a_mere_proposal_nothing_is_told_unless_asked_for() -> None:
    found = plan("smp", "2026-12-01", answers={"minoxidil": "yes"}, **PARIS)
    assert not [name for name in items(found) if name.endswith(".touch-up-1")]
    with_it = items(found, TENTATIVE)
    assert {
        name: (item.title, item.status, item.takes_time, item.alarms)
        for name, item in with_it.items()
        if name.endswith("touch-up-1")
    } == {
        "restriction.begins.touch-up-1": ("Provisional: care begins", "TENTATIVE", False, ()),
        "touch-up-1": ("Provisional: follow-up", "TENTATIVE", False, ()),
        "restriction.over.touch-up-1": ("Provisional: care over", "TENTATIVE", False, ()),
    }
    agreed = items(with_session(found, "touch-up-1", booked=True))
    assert agreed["restriction.over.touch-up-1"].title == "Care over"
    assert agreed["restriction.over.touch-up-1"].status == "CONFIRMED"


def test_tasks_around_a_mere_proposal_come_once_its_day_is_agreed() -> None:
    wash = '[tasks.wash]\nlabel = "wash"\nlead = "1 day"\nsession = "each"\n'
    found = with_session(own_plan(TWO + wash), "course-2", status="tentative")
    assert "task.wash.course-2" not in items(found)
    assert items(found)["task.wash.course-1"].title == "Preparation"
    assert items(found, TENTATIVE)["task.wash.course-2"].title == "Provisional: preparation"
    practice = CalendarChoice(audience="practice", tentative=True)
    assert items(found, practice)["task.wash.course-2"].title.startswith("Provisional: plan ")


def test_where_the_last_appointment_is_a_proposal_the_end_is_open() -> None:
    sun = restricted(sun='after = "12 days"')
    found = with_session(own_plan(sun), "course-2", status="tentative")
    assert care(found) == []
    assert items(found)["course-1"].text.splitlines()[1:] == [
        "From Monday 4 January 2027: no sun, right through to a visit whose day is still open."
    ]
    bar = items(found, CalendarChoice(care="bars"))["restriction.sun.course-1"]
    assert bar.text == items(found)["course-1"].text.splitlines()[1]
    first = with_session(own_plan(sun), "course-1", status="missed")
    # Rather told too early than not at all.
    assert [each[:2] for each in care(first)] == [
        ("2027-01-04", "Care begins"),
        ("2027-01-27", "Care over"),
    ]


def test_care_in_the_practices_calendar_is_marked_alike() -> None:
    choice = CalendarChoice(audience="practice", kinds=frozenset({"restriction"}))
    found = with_session(own_plan(restricted(sun='after = "3 days"'), ref="A"), "course-2",
                         status="tentative")  # fmt: skip
    assert [each[1] for each in care(found, choice)] == ["A: no sun"]
    every = structs.replace(choice, tentative=True)
    assert [each[1] for each in care(found, every)] == ["A: no sun", "Provisional: A: no sun"]


# ---- what hangs on an open answer ----

OPEN = """
[questions.pacemaker]
ask = "is there a pacemaker?"
[questions.dye]
ask = "is the hair dyed?"
"""


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (
            '{ pacemaker = "yes" }',
            "If this is true of you (is there a pacemaker?), until Thursday 7 January: no sun."
            " Allowed again from Friday 8 January.",
        ),
        (
            '{ pacemaker = "yes", dye = "yes" }',
            "If this concerns you, until Thursday 7 January: no sun. Allowed again from Friday 8"
            " January.",
        ),
    ],
)
def test_an_open_answer_is_asked_for(when: str, said: str) -> None:
    found = own_plan(restricted(sun=f'after = "3 days"\nwhen = {when}') + OPEN)
    assert items(found)["course-1"].text.splitlines()[1:] == [said]
    assert [each[1] for each in care(found)] == ["Perhaps: care over"] * 2
    brief = CalendarChoice(details="brief")
    assert care(found, brief) == []
    assert "Care" not in items(found, brief)["course-1"].text


def test_what_is_open_hides_nothing_that_is_sure() -> None:
    found = own_plan(
        restricted(sun='after = "3 days"', dye='after = "6 days"\nwhen = { dye = "yes" }') + OPEN
    )
    assert care(found)[0] == (
        "2027-01-08",
        "Care over",
        "Allowed again from Friday 8 January 2027: sun.\n"
        "If this is true of you (is the hair dyed?), allowed again from Monday 11 January 2027:"
        " dye.",
    )


def test_a_built_in_question_has_words_of_its_own() -> None:
    found = plan("smp", "2026-12-01")
    assert care(found)[0][2].startswith(
        "If you use minoxidil on the scalp, from Tuesday 24 November 2026 (at the latest Thursday"
        " 26 November): no minoxidil on the scalp, right through to Tuesday 5 January. The very"
        " least: 26 Nov \u2013 6 Dec, 10\u201320 Dec and 24 Dec \u2013 3 Jan."
    )


def test_what_is_in_capitals_stays_so_behind_a_question() -> None:
    task = '[tasks.led]\nlabel = "LED lamp"\nlead = "1 day"\nwhen = { dye = "yes" }\n'
    led = '[tasks.led-there]\nlabel = "LED lamp"\nwhen = { dye = "yes" }\n'
    found = items(own_plan(TWO + task + led + OPEN))
    asked = "If this is true of you (is the hair dyed?)"
    assert found["task.led.course-1"].text == f"{asked}, by Sunday 3 January 2027: LED lamp"
    assert found["course-1"].text.splitlines()[1:] == [f"{asked}, before: LED lamp"]


def test_what_lasts_as_long_as_the_clinic_says_is_told_with_its_appointment() -> None:
    found = own_plan(
        TWO + '[restrictions.sun]\nlabel = "no sun"\nhow_long = "as long as it itches"\n'
        'around = "course.first"\n'
    )
    assert items(found)["course-1"].text.splitlines()[1:] == [
        "From Monday 4 January on: no sun, as long as it itches."
    ]


def test_how_long_the_clinic_says_is_told_in_the_patients_language() -> None:
    text = (
        f'language = "fr"\n{TWO}[restrictions.sun]\nlabel = "pas de soleil"\n'
        'how_long = { en = "as long as it itches", fr = "tant que ça démange" }\n'
        'around = "course.first"\n'
    )
    words = catalog_of(own_protocol(text), PatientLanguage("fr"))
    found = items(own_plan(text), CalendarChoice(catalog=words))
    assert found["course-1"].text.splitlines()[1:] == [
        "Dès le lundi 4 janvier\N{NO-BREAK SPACE}: pas de soleil, tant que ça démange."
    ]


def test_what_is_not_the_patients_is_not_told() -> None:
    texts = "\n".join(
        each.text for name in PROTOCOLS for each in items_of(plan(name, "2026-12-01"))
    )
    assert "LED" not in texts
    assert "baseline" not in texts
    assert "=yes" not in texts


# ---- what is left out ----


def test_a_practice_is_told_what_its_calendar_leaves_out() -> None:
    found = plan("smp", "2026-12-01")
    practice = CalendarChoice(audience="practice")
    left = left_out_of(found, practice)
    assert list(left.describe()) == ["left out: 4 care periods: --with restrictions"]
    many = sum([left] * 300, LeftOut())
    assert list(many.describe()) == ["left out: 1,200 care periods: --with restrictions"]
    of_all = structs.replace(practice, kinds=frozenset({"session", "restriction", "task"}))
    assert list(left_out_of(found, of_all).describe()) == [
        "left out, around appointments that nobody has agreed on yet: 2 care periods:"
        " --with tentative"
    ]
    assert list(left_out_of(found, structs.replace(of_all, tentative=True)).describe()) == []
    assert list(left_out_of(plan("mesopecia", "2026-12-01", **PARIS), practice).describe()) == [
        "left out: 9 care periods and 4 reviews: --with restrictions,reviews"
    ]


def test_a_home_rhythm_that_is_never_done_is_not_left_out() -> None:
    found = own_plan(
        restricted(oil='after = "5 days"')
        + '[routines.foam]\nlabel = "foam"\nevery = "1 day"\nanchor = "start"\n'
        'lasting = "4 days"\npaused_by = "oil"\n'
    )
    practice = CalendarChoice(audience="practice")
    assert len(found.routines) == 1
    assert list(left_out_of(found, practice).describe()) == [
        "left out: 2 care periods: --with restrictions"
    ]


@pytest.mark.parametrize("name", PROTOCOLS)
@pytest.mark.parametrize("alarm", [None, 60])
def test_what_a_practice_is_told_is_left_out_comes_when_asked_for(
    name: str, alarm: int | None
) -> None:
    found = plan(name, "2026-12-01", **PARIS)
    practice = CalendarChoice(audience="practice", alarm=alarm)
    left = left_out_of(found, practice)
    more = structs.replace(practice, kinds=practice.content | left.kinds.keys())
    all_of_it = structs.replace(more, tentative=True)
    counts = [
        Counter(each.kind for each in items_of(found, choice))
        for choice in (practice, more, all_of_it)
    ]
    assert counts[1] - counts[0] == left.kinds
    assert counts[2] - counts[1] == left_out_of(found, more).tentative


def test_a_patients_brief_calendar_names_the_answers_that_it_lacks() -> None:
    found = plan("smp", "2026-12-01")
    assert list(left_out_of(found, CalendarChoice()).describe()) == []
    assert list(left_out_of(found, CalendarChoice(details="brief")).describe()) == [
        "left out of brief texts, as answers are missing: minoxidil=yes,"
        " psoriasis-eczema-localized=yes: --details full asks"
    ]


def test_a_calendar_ends_with_the_year_9999() -> None:
    text = TWO.replace("count = 2", "count = 1").replace('spacing.preferred = "10 days"\n', "")
    sun = f'{text}[restrictions.sun]\nlabel = "no sun"\nbefore = "1 day"\n'
    found = own_plan(sun, start=day("9999-12-31"), until=day("9999-12-31"), **PARIS)
    with pytest.raises(OutOfRangeError, match="a calendar has no day after the year 9999"):
        items_of(found)


def test_in_brief_an_appointment_tells_the_end_of_all_that_is_to_be_avoided() -> None:
    found = items_of(plan("mesopecia", "2026-12-01", **PARIS), CalendarChoice(details="brief"))
    visits = [each.text.splitlines()[1:] for each in found if each.kind == "session"]
    until = "Care until Wednesday 3 March: see the instructions that you were given."
    assert visits[:8] == [[until]] * 8


def test_a_visit_that_a_source_leaves_open_is_not_announced_as_settled() -> None:
    found = items(plan("microneedling", "2026-12-01"))["maintenance-1"]
    assert (found.title, found.is_provisional) == ("Perhaps: follow-up", True)


def test_what_was_allowed_again_long_ago_is_no_news_when_all_is() -> None:
    found = items(plan("mesopecia", "2026-12-01", **PARIS))
    (over,) = [each for each in found.values() if each.title == "Care over"]
    assert over.text == (
        "Allowed again from Thursday 4 March 2027 (at the very earliest Wednesday 24 February):"
        " sun."
    )


def test_a_day_to_look_at_the_result_is_as_settled_as_the_appointments_up_to_it() -> None:
    milestone = '[milestones.look]\nlabel = "look"\nafter = "3 days"\n'
    found = own_plan(TWO + milestone)
    statuses = [
        items(each)["review.look"].status
        for each in (found, with_session(found, "course-1", booked=True))
    ]
    assert statuses == ["TENTATIVE", "CONFIRMED"]
