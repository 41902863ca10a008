"""What of a plan goes into a calendar, how it is said, and when it is."""

import re
from collections import Counter
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from conftest import day, own_plan, plan
from msgspec import structs

from hairplan import CalendarChoice, InputError, Plan
from hairplan.calendar.items import KINDS, Alarm, Item, items_of
from hairplan.calendar.recurrence import Repeat
from hairplan.calendar.texts import choose_wording
from hairplan.errors import OutOfRangeError

PROTOCOLS = ["smp", "microneedling", "mesopecia", "mesotherapy"]
PARIS = {"time": time(14, 30), "zone": "Europe/Paris"}
BRIEF = CalendarChoice(details="brief")
BARS = CalendarChoice(care="bars")
PRACTICE = CalendarChoice(audience="practice")
ALL = frozenset(KINDS.values())
OF_ALL = CalendarChoice(audience="practice", kinds=ALL)


def items(found: Plan, choice: CalendarChoice | None = None) -> dict[str, Item]:
    return {each.id: each for each in items_of(found, choice)}


def smp(choice: CalendarChoice | None = None, **asked: Any) -> dict[str, Item]:
    return items(plan("smp", "2026-12-01", **asked), choice)


# ---- what is in it ----


def test_a_plan_has_an_item_for_each_thing_that_has_a_day() -> None:
    assert list(smp()) == [
        "restriction.begins.course-1",
        "task.patch-test",
        "course-1",
        "restriction.over.course-1",
        "course-2",
        "restriction.over.course-2",
        "course-3",
        "restriction.over.course-3",
        "touch-up-1",
    ]


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ({"session"}, {"session": 15}),
        ({"restriction"}, {"restriction": 2}),
        ({"review"}, {"review": 1}),
        ({"task", "review"}, {"review": 1, "task": 12}),
    ],
)
def test_kinds_are_chosen(kinds: set[str], expected: dict[str, int]) -> None:
    found = items(
        plan("microneedling", "2027-01-04", **PARIS),
        CalendarChoice(kinds=frozenset(kinds)),  # type: ignore[arg-type]
    )
    assert Counter(each.kind for each in found.values()) == expected


def test_what_has_no_day_yet_is_left_out() -> None:
    found = own_plan(
        '[[steps]]\nid = "course"\nname = "x"\ncount = { min = 1, max = 3 }\n'
        'spacing.preferred = "1 week"'
    )
    assert [each.planned for each in found.sessions][1:] == [None, None]
    assert list(items(found)) == ["course-1"]


def test_a_period_covers_the_ideal_length_and_says_both() -> None:
    found = smp(OF_ALL)["restriction.minoxidil.course-1"]
    assert (found.begin, found.end) == (day("2026-11-24"), day("2027-01-06"))
    assert found.text == (
        "- pause topical minoxidil (SMP-5)\n"
        "Only if minoxidil=yes (does the patient use topical minoxidil?)\n"
        "Ideally from Tue 2026-11-24 to Tue 2027-01-05; at least from Thu 2026-11-26 to Sun"
        " 2026-12-06, from Thu 2026-12-10 to Sun 2026-12-20 and from Thu 2026-12-24 to Sun"
        " 2027-01-03. Over on Wed 2027-01-06."
    )


def test_restrictions_that_last_alike_are_one_item() -> None:
    assert smp(OF_ALL)["restriction.exercise.course-2"].text == (
        "- avoid intense exercise (sweating) (SMP-4)\n- avoid sun on the scalp (SMP-4)\n"
        "- avoid swimming in a pool or the sea (SMP-4)\n"
        "Ideally from Tue 2026-12-15 to Sun 2026-12-20; at least from Tue 2026-12-15 to Fri"
        " 2026-12-18. Over on Mon 2026-12-21."
    )


ONE = '[[steps]]\nid = "course"\nname = "x"\n'
HOURS = '[restrictions.wash]\nlabel = "wash"\nbefore = "1 day at 21:00"\nafter = "24 hours"\n'


@pytest.mark.parametrize(
    ("side", "asked", "expected"),
    [
        ("", PARIS, "From Sun 2027-01-03 21:00 to Tue 2027-01-05. Over on Tue 2027-01-05 14:30."),
        ("", {}, "From Sun 2027-01-03 21:00 to Tue 2027-01-05. Over on Wed 2027-01-06."),
        (
            '[restrictions.sun]\nlabel = "sun"\nbegins = "4 days"\n'
            'after = { at_least = "3 days", ideal = "6 days" }',
            {},
            "Ideally from Fri 2027-01-08 to Sun 2027-01-10. Over on Mon 2027-01-11.",
        ),
    ],
)
def test_lengths_are_said_as_exactly_as_they_are_known(
    side: str, asked: dict[str, Any], expected: str
) -> None:
    found = own_plan(ONE + (side or HOURS), **asked)
    restriction = next(each for each in items_of(found, OF_ALL) if each.kind == "restriction")
    assert restriction.text.splitlines()[-1] == expected


# ---- when it is ----


@pytest.mark.parametrize(
    ("start", "zone", "begin"),
    [
        ("2026-12-01", "Europe/Paris", datetime(2026, 12, 1, 13, 30, tzinfo=UTC)),
        ("2026-07-01", "Europe/Paris", datetime(2026, 7, 1, 12, 30, tzinfo=UTC)),
        ("2026-10-24", "Europe/Paris", datetime(2026, 10, 24, 12, 30, tzinfo=UTC)),
        ("2026-10-25", "Europe/Paris", datetime(2026, 10, 25, 13, 30, tzinfo=UTC)),
        ("2026-12-01", "Asia/Kolkata", datetime(2026, 12, 1, 9, 0, tzinfo=UTC)),
        ("2026-12-01", "Pacific/Kiritimati", datetime(2026, 12, 1, 0, 30, tzinfo=UTC)),
    ],
)
def test_a_time_is_right_in_its_zone(start: str, zone: str, begin: datetime) -> None:
    first = items(plan("smp", start, time=time(14, 30), zone=zone))["course-1"]
    assert first.begin == begin
    assert first.end == begin.replace(hour=begin.hour + 2)


def test_without_a_time_a_session_takes_the_day() -> None:
    first = smp()["course-1"]
    assert (first.begin, first.end) == (day("2026-12-01"), day("2026-12-02"))


def test_a_length_that_nobody_knows_is_not_made_up() -> None:
    assert items(own_plan(ONE, **PARIS))["course-1"].end is None


def test_a_time_needs_a_zone() -> None:
    found = plan("smp", "2026-12-01", time=time(9, 0))
    with pytest.raises(InputError, match=r"^zone: course-1 has a time, and a calendar needs its"):
        items_of(found)


@pytest.mark.parametrize(
    ("start", "asked", "message"),
    [
        ("9999-12-31", {}, "9999-12-31"),
        (
            "9999-12-31",
            {"time": time(23, 0), "zone": "America/New_York"},
            "9999-12-31 23:00 in America/New_York lies outside the calendar, the years 1 to 9999",
        ),
        (
            "0001-01-01",
            {"time": time(0, 30), "zone": "Asia/Tokyo"},
            "0001-01-01 00:30 in Asia/Tokyo lies outside the calendar, the years 1 to 9999",
        ),
        (
            "9999-12-31",
            {"time": time(23, 0), "zone": "UTC", "duration": 120},
            "course-1 ends after the year 9999",
        ),
    ],
)
def test_what_the_calendar_cannot_hold_is_an_error_of_ours(
    start: str, asked: dict[str, Any], message: str
) -> None:
    with pytest.raises(OutOfRangeError, match=message):
        items_of(own_plan(ONE, start=day(start), until=day(start), **asked))


def test_the_first_and_leap_days_are_days() -> None:
    for start in ("0001-01-01", "2028-02-29", "9999-12-30"):
        found = items(own_plan(ONE, start=day(start), until=day(start)))["course-1"]
        assert found.begin == day(start)


# ---- how it is said ----


@pytest.mark.parametrize("name", PROTOCOLS)
@pytest.mark.parametrize("details", ["brief", "full"])
def test_a_patients_titles_tell_nothing(name: str, details: Any) -> None:
    found = plan(name, "2027-01-04", ref="A-17", place="Room 2", **PARIS)
    titles = {
        alarm.text
        for each in items_of(found, CalendarChoice(details=details))
        for alarm in each.alarms
    } | {each.title for each in items_of(found, CalendarChoice(details=details))}
    known = {"Care begins", "Care over", "Preparation", "Result"}
    known |= {f"Perhaps: {title.lower()}" for title in known} | {
        "Provisional: follow-up",
        "Perhaps: follow-up",
    }
    assert {title for title in titles if not re.fullmatch(r"\d+/\d+ Appointment", title)} <= known


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_brief_calendar_names_neither_treatment_nor_product_nor_patient(name: str) -> None:
    found = plan(name, "2027-01-04", ref="A-17", **PARIS)
    text = " ".join(f"{each.title} {each.text}" for each in items_of(found, BRIEF))
    labels = [each.label for each in found.restrictions] + [each.label for each in found.tasks]
    labels += [each.label for each in found.milestones]
    for word in (*labels, found.protocol.name, found.protocol.id, "A-17", found.id):
        assert word not in text


OPEN = "To be confirmed: please ring us to settle this day."
LATER = (
    "To be settled nearer the time: between Friday 29 December 2028 and Saturday 29 December 2029."
)


def test_the_day_of_what_is_far_off_is_provisional_takes_no_time_and_rings_not() -> None:
    sessions = [each for each in smp().values() if each.kind == "session"]
    assert [
        (each.title, each.status, each.text.splitlines()[0], each.takes_time, len(each.alarms))
        for each in sessions
    ] == [
        ("1/3 Appointment", "TENTATIVE", OPEN, True, 1),
        ("2/3 Appointment", "TENTATIVE", OPEN, True, 1),
        ("3/3 Appointment", "TENTATIVE", OPEN, True, 1),
        ("Provisional: follow-up", "TENTATIVE", LATER, False, 0),
    ]


def test_steps_with_one_word_are_counted_through() -> None:
    found = plan("mesopecia", "2027-01-04")
    titles = [each.title for each in items_of(found) if each.kind == "session"]
    assert titles[:2] == ["1/8 Appointment", "2/8 Appointment"]
    assert titles[5:9] == [
        "6/8 Appointment",
        "7/8 Appointment",
        "8/8 Appointment",
        "Provisional: follow-up",
    ]


def test_a_practices_calendar_says_what_a_practice_needs() -> None:
    asked: dict[str, Any] = {
        "ref": "A-17",
        "closed": ("sun", "tue"),
        "sex": "female",
        "answers": {"pregnancy": "yes"},
        "overrides": {"pregnancy": "gave birth in between"},
    }
    second = smp(PRACTICE, **asked)["course-2"]
    assert second.title == "A-17: Scalp micropigmentation, course-2 (2 of 3)"
    assert second.text.splitlines() == [
        "Scalp micropigmentation (smp 1.0): 2 of 3",
        "Window 2026-12-12..2026-12-23 (SMP-1, SMP-2), preferred Wed 2026-12-16 (our default)",
        "Not booked yet.",
        "Overridden: pregnancy (not during a pregnancy, as a precaution; to be asked again"
        " once it has ended): gave birth in between",
        f"Plan {plan('smp', '2026-12-01', **asked).id}, course-2",
    ]


def test_a_practices_calendar_says_why_a_session_is_not_on_its_day() -> None:
    found = items(plan("smp", "2026-12-11", closed=("sun",), holidays=("FR",)), PRACTICE)
    assert "Not on its preferred day: Fri 2026-12-25 is closed: Christmas Day (FR); moved by" in (
        found["course-2"].text
    )
    last = found["touch-up-1"]
    assert re.fullmatch(
        r"Provisional: plan \w{8}: Scalp micropigmentation, touch-up-1 \(1\)", last.title
    )
    assert "To be settled nearer the time." in last.text.splitlines()


def test_without_a_reference_a_practice_knows_a_plan_by_its_id() -> None:
    found = plan("smp", "2026-12-01")
    titles = [each.title for each in items_of(found, OF_ALL) if each.kind == "restriction"]
    assert titles[1] == (
        f"plan {found.id[:8]}: avoid intense exercise (sweating); avoid sun on the scalp;"
        " avoid swimming in a pool or the sea"
    )


def test_templates_of_a_clinic_take_the_place_of_ours() -> None:
    own = choose_wording(
        "patient",
        {
            "session": "Your visit {count} at {place}, {day}",
            "restriction": "{kind}: free on {resume}",
        },
        {"session": "Please be early.\n{details}", "task": "{label} for {session}"},
    )
    found = smp(CalendarChoice(wording=own), place="Room 2")
    assert found["course-2"].title == "Your visit 2 of 3 at Room 2, Tuesday 15 December 2026"
    assert found["course-2"].text.splitlines()[:2] == ["Please be early.", OPEN]
    assert found["touch-up-1"].title == "Provisional: Your visit 1 at Room 2, Friday 29 June 2029"
    assert found["touch-up-1"].text == f"Please be early.\n{LATER}"
    over = found["restriction.over.course-2"]
    assert over.title == "Care over: free on Monday 21 December 2026"
    assert found["task.patch-test"].text == (
        "patch test of a small area, to see how the skin reacts for course-1"
    )


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (None, None, ""),
        ("2027-01-11", None, "from 2027-01-11"),
        (None, "2027-01-25", "to 2027-01-25"),
        ("2027-01-11", "2027-01-25", "2027-01-11..2027-01-25"),
        ("2027-01-11", "2027-01-11", "2027-01-11"),
    ],
)
def test_a_window_is_said_as_far_as_it_is_known(
    first: str | None, last: str | None, expected: str
) -> None:
    found = own_plan(ONE)
    session = structs.replace(
        found.sessions[0],
        earliest=day(first) if first else None,
        latest=day(last) if last else None,
    )
    own = choose_wording("patient", texts={"session": "{window}"})
    changed = structs.replace(found, sessions=(session,))
    assert items(changed, CalendarChoice(wording=own))["course-1"].text == expected
    assert ("Window" in items(changed, PRACTICE)["course-1"].text) == bool(expected)


# ---- alarms and tasks ----


@pytest.mark.parametrize(
    ("alarm", "asked", "expected"),
    [
        (1440, PARIS, [1440]),
        (120, PARIS, [120]),
        (0, PARIS, [0]),
        (None, PARIS, []),
        # A whole day before midnight is 9:00 on the day before.
        (1440, {}, [900]),
        (2 * 1440, {}, [1440 + 900]),
        (120, {}, [120]),
    ],
)
def test_an_appointment_has_one_reminder(
    alarm: int | None, asked: dict[str, Any], expected: list[int]
) -> None:
    found = smp(CalendarChoice(alarm=alarm), **asked)
    assert [each.minutes for each in found["course-1"].alarms] == expected
    assert all(not each.alarms for each in found.values() if each.kind != "session")


def test_what_is_minutes_before_an_appointment_is_an_alarm_of_it() -> None:
    found = items(plan("microneedling", "2027-01-04", **PARIS))
    assert found["course-1"].alarms == (
        Alarm(1440, "1/12 Appointment"),
        Alarm(30, "Preparation"),
    )
    assert not [each for each in found if each.startswith("task.")]


@pytest.mark.parametrize("asked", [PARIS, {}])
@pytest.mark.parametrize("alarm", [None, 1440])
def test_what_is_due_on_the_day_of_an_appointment_stands_in_it(
    alarm: int | None, asked: dict[str, Any]
) -> None:
    found = plan("microneedling", "2027-01-04", **asked)
    says = "scalp, about 30 minutes before" + (", around 14:00" if asked else "")
    for choice, words in ((CalendarChoice(), says), (PRACTICE, "30 minutes before course-1")):
        made = items(found, structs.replace(choice, alarm=alarm))
        assert words in made["course-1"].text
        assert not [each for each in made if each.startswith("task.")]
    brief = items(found, structs.replace(BRIEF, alarm=alarm))
    is_alarm = alarm is not None and bool(asked)
    assert ("task.anaesthetic-cream.course-1" in brief) is not is_alarm
    task = items(found, CalendarChoice(kinds=frozenset({"task"}), alarm=alarm))[
        "task.anaesthetic-cream.course-1"
    ]
    assert (task.begin, task.end) == (day("2027-01-04"), day("2027-01-05"))
    assert task.text.endswith(says)


TASKS = """
[tasks.wash]
label = "wash"
session = "each"
lead = "1 day at 21:00"
[tasks.photo]
label = "photo"
lead = "1 week"
earliest = "3 weeks"
blocks = true
[tasks.paper]
label = "sign"
"""


def test_a_patients_tasks_say_what_and_by_when() -> None:
    found = items(own_plan(ONE + TASKS, **PARIS))
    photo = (
        "By Monday 28 December 2026: a check or a document that is needed first, if it is still"
        " to come: please ring us, as it has to come before this appointment (not before Monday 14"
        " December)"
    )
    wash = "By Sunday 3 January 2027, 21:00: wash"
    assert found["task.photo.course-1"].text == photo
    assert found["task.wash.course-1"].text == wash
    assert found["course-1"].text.splitlines()[1:] == ["Before: sign"]
    choice = CalendarChoice(kinds=frozenset({"session"}))
    alone = items(own_plan(ONE + TASKS, **PARIS), choice)
    assert alone["course-1"].text.splitlines()[1:] == [photo, wash, "Before: sign"]


def test_a_practices_tasks_say_when_and_before_what() -> None:
    found = items(own_plan(ONE + TASKS, **PARIS), PRACTICE)
    assert found["task.wash.course-1"].begin == day("2027-01-03")
    assert found["task.photo.course-1"].begin == day("2026-12-28")
    assert found["course-1"].text.splitlines()[4:] == [
        "By Mon 2026-12-28, 1 week before course-1, not before Mon 2026-12-14,"
        " which cannot take place without it: photo",
        "By Sun 2027-01-03 21:00, 1 day at 21:00 before course-1: wash",
        "Before course-1: sign",
    ]


OF_DEFAULTS = """
[[steps]]
id = "course"
name = "x"
count = 2
spacing = { min = "5 days", preferred = "1 week", max = "9 days" }
SPACING
[restrictions.sun]
label = "sun"
after = "2 days"
SUN
"""


@pytest.mark.parametrize(
    ("spacing", "sun", "expected"),
    [
        (
            'source = "x"',
            'source = "x"',
            (
                "Window 2027-01-09..2027-01-13, preferred Mon 2027-01-11 (x)",
                "From Mon 2027-01-04 to Wed 2027-01-06. Over on Thu 2027-01-07.",
            ),
        ),
        (
            'strength = "default"',
            'strength = "default"',
            (
                "Window 2027-01-09..2027-01-13, preferred Mon 2027-01-11 (our default)",
                "From Mon 2027-01-04 to Wed 2027-01-06. Over on Thu 2027-01-07. (our default)",
            ),
        ),
    ],
)
def test_a_figure_of_ours_never_stands_under_a_source(
    spacing: str, sun: str, expected: tuple[str, str]
) -> None:
    text = OF_DEFAULTS.replace("SPACING", spacing).replace("SUN", sun)
    found = own_plan(text)
    told = items(found, OF_ALL)
    window = told["course-2"].text.splitlines()[1]
    length = told["restriction.sun.course-1"].text.splitlines()[-1]
    assert (window, length) == expected
    without = structs.replace(found.sessions[1], target=None)
    again = items(structs.replace(found, sessions=(found.sessions[0], without)), OF_ALL)
    assert again["course-2"].text.splitlines()[1] == window.replace(
        ", preferred Mon 2027-01-11", ""
    )


def test_a_practices_calendar_has_all_there_is_if_asked_for_it() -> None:
    found = own_plan(
        ONE
        + '[restrictions.sun]\nlabel = "sun"\nbefore = "2 days"\n'
        + '[restrictions.wig]\nlabel = "wig"\nhow_long = "as long as it itches"\n'
        + '[tasks.wash]\nlabel = "wash"\nlag = "1 day"\n'
        + '[milestones.look]\nlabel = "look"\nafter = "10 days"\n',
        ref="A",
    )
    wording = choose_wording("practice", {"restriction": "{label}{resume}"})
    texts = {
        name: (each.title, each.text)
        for name, each in items(found, structs.replace(OF_ALL, wording=wording)).items()
    }
    assert texts["course-1"][1].splitlines()[4:] == [
        "By Tue 2027-01-05, 1 day after course-1: wash",
        "From Mon 2027-01-04 on, as long as it itches: wig",
    ]
    assert texts["review.look"] == ("A: look", "look")
    assert texts["task.wash.course-1"][0] == "A: wash"
    assert texts["restriction.sun.course-1"] == (
        "sun",
        "- sun\nFrom Sat 2027-01-02 to Mon 2027-01-04. It ends with the appointment.",
    )


# ---- home rhythms ----


def rhythm(text: str, choice: CalendarChoice | None = None, **asked: Any) -> Item:
    routine = f'[routines.foam]\nlabel = "foam"\n{text}\n'
    found = own_plan(ONE + routine, until=day("2027-12-31"), **asked)
    return items(found, choice)["routine.foam"]


UNTIL = date(2027, 12, 31)


@pytest.mark.parametrize(
    ("text", "start", "expected"),
    [
        ('every = "1 day"', "2027-01-04", Repeat("DAILY", 1, (), None, UNTIL)),
        ('every = "2 days"', "2027-01-04", Repeat("DAILY", 2, (), None, UNTIL)),
        ('every = "2 weeks"', "2027-01-04", Repeat("DAILY", 14, (), None, UNTIL)),
        (
            'weekdays = ["wed", "mon"]\nlasting = "3 weeks"',
            "2027-01-05",
            Repeat("WEEKLY", 1, ("MO", "WE"), None, date(2027, 1, 25)),
        ),
        ('every = "1 month"', "2027-01-04", Repeat("MONTHLY", 1, (), None, UNTIL)),
        ('every = "1 month"', "2027-01-31", Repeat("MONTHLY", 1, (), -1, UNTIL)),
        ('every = "1 year"', "2028-02-29", Repeat("MONTHLY", 12, (), -1, date(2028, 2, 29))),
    ],
)
def test_a_home_rhythm_is_one_item_that_repeats(text: str, start: str, expected: Repeat) -> None:
    routine = f'[routines.foam]\nlabel = "foam"\n{text}\n'
    until = max(day(start), UNTIL)
    found = items(own_plan(ONE + routine, start=day(start), until=until))["routine.foam"]
    assert found.repeats == expected


@pytest.mark.parametrize(
    ("text", "start", "also"),
    [
        ('every = "1 month"\nlasting = "5 months"', "2027-11-30", ["2028-02-29"]),
        ('every = "3 months"\nlasting = "1 year"', "2026-11-29", ["2027-02-28"]),
        (
            'rate = { times = 2, per = "month" }\nlasting = "2 months"',
            "2027-01-04",
            ["2027-01-19", "2027-02-04", "2027-02-19"],
        ),
    ],
)
def test_days_that_no_rule_says_stand_beside_it(text: str, start: str, also: list[str]) -> None:
    found = rhythm(text, start=day(start))
    assert [str(each) for each in found.also] == also


def test_many_times_a_week_are_a_daily_item() -> None:
    found = rhythm('rate = { times = 10, per = "week" }')
    assert found.repeats == Repeat("DAILY", 1, (), None, UNTIL)
    assert found.text.splitlines()[0] == "Foam: 10 times a week, from Monday 4 January 2027 on"


TWICE = "rate = { times = 2, per = 'day' }"
ILL = """every = "1 day"
lasting = "1 week"
when = { ill = "yes" }
[questions.ill]
ask = "ill?"
"""


@pytest.mark.parametrize(
    ("text", "choice", "expected"),
    [
        (
            TWICE,
            CalendarChoice(),
            "Foam: twice a day, from Monday 4 January 2027 on\n2 times on such a day.\n"
            "In this calendar up to Friday 31 December 2027.",
        ),
        (
            TWICE,
            BRIEF,
            "Twice a day, from Monday 4 January 2027 on.\n2 times on such a day.\n"
            "In this calendar up to Friday 31 December 2027.",
        ),
        (
            TWICE,
            OF_ALL,
            "foam\nTwice a day from Mon 2027-01-04, without an end. 2 times on such a day."
            " In this calendar up to Fri 2027-12-31.",
        ),
        (
            ILL,
            CalendarChoice(),
            "If this is true of you (ill?), foam: every day, from Monday 4 January 2027 to Sunday"
            " 10 January 2027",
        ),
        (
            ILL,
            OF_ALL,
            "foam, only if ill=yes (ill?)\nEvery day from Mon 2027-01-04 to Sun 2027-01-10.",
        ),
    ],
)
def test_a_rhythm_says_how_often_and_how_far_the_calendar_goes(
    text: str, choice: CalendarChoice, expected: str
) -> None:
    assert rhythm(text, choice).text == expected


def test_a_brief_calendar_has_no_rhythm_that_may_not_concern_the_patient() -> None:
    routine = f'[routines.foam]\nlabel = "foam"\n{ILL}'
    found = own_plan(ONE + routine, until=day("2027-12-31"))
    assert list(items(found, BRIEF)) == ["course-1"]
    assert items(found)["routine.foam"].title == "Perhaps: home care"
    assert items(found, OF_ALL)["routine.foam"].title.endswith(": foam, if it applies")


def test_a_clinic_s_own_text_without_the_details_leaves_tasks_their_entries() -> None:
    found = plan("microneedling", "2026-11-16")
    told = {"details": "See you: {details}", "nothing": "See you"}
    tasks = {
        name: [
            item.id
            for item in items_of(
                found, CalendarChoice(wording=choose_wording("patient", texts={"session": text}))
            )
            if item.kind == "task"
        ]
        for name, text in told.items()
    }
    assert (tasks["details"], len(tasks["nothing"])) == ([], 12)
