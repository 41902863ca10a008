"""What a protocol file can say of its steps: rhythms, bounds, anchors and what is conditional."""

from datetime import date
from typing import Any

import pytest
from conftest import day, own_plan, own_protocol, planned

from hairplan import InputError, Plan
from hairplan.dates.spans import Period
from hairplan.show.plain import render_plain
from hairplan.show.plan import plan_document
from hairplan.show.protocol import protocol_document

MONDAY = "2027-01-04"


def step(text: str, name: str = "course") -> str:
    return f'\n[[steps]]\nid = "{name}"\nname = "{name}"\n{text}\n'


def days(found: Plan, phase: str = "course") -> list[int]:
    """Return the chosen days of a step, counted from the start."""
    return [each.day for each in found.dated if each.phase == phase and each.day is not None]


def words(found: Plan) -> str:
    return render_plain(plan_document(found))


def waiting(found: Plan) -> list[tuple[Any, ...]]:
    return [
        (each.id, each.of, _said(each.earliest), _said(each.target), _said(each.latest))
        for each in found.sessions
        if each.planned is None
    ]


def _said(each: date | None) -> str | None:
    return str(each) if each else None


WEEKLY = 'count = 4\nspacing = { preferred = "1 week" }'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a gap of its own for each pair; the last holds for all that follow
        (
            'count = 4\nspacing = [{ min = "10 days", preferred = "14 days", max = "14 days" },'
            ' { preferred = "4 weeks" }]',
            [0, 14, 42, 70],
        ),
        ('count = 3\nspacing = [{ min = "5 days", max = "9 days" }, { preferred = "2 days" }]',
         [0, 7, 9]),
        # several times a week, month or year
        ('count = 5\nrate = { times = 3, per = "week" }', [0, 2, 4, 7, 9]),
        ('count = 3\nrate = { times = 2, per = "month" }', [0, 15, 31]),
        ('count = 3\nrate = { times = 2, per = "year" }', [0, 181, 365]),
        ('count = 3\nrate = { times = 5, per = "year" }', [0, 73, 146]),
        ('count = 3\nrate = { times = { min = 1, max = 2 }, per = "week" }', [0, 7, 14]),
        ('count = 3\nrate = { times = { min = 1, preferred = 2, max = 3 }, per = "week" }',
         [0, 3, 7]),
        # fixed weekdays, every other day, offsets
        ('count = 4\nweekdays = ["wed", "mon"]', [0, 2, 7, 9]),
        ('count = 3\nspacing = { preferred = "2 days" }', [0, 2, 4]),
        ('offsets = ["0 weeks", "4 weeks", "8 weeks", "24 weeks"]\nspacing.tolerance = "3 days"',
         [0, 28, 56, 168]),
        # hours: appointments are at one time of day, on different days
        ('count = 2\nspacing = { min = "36 hours", preferred = "48 hours", max = "60 hours" }',
         [0, 2]),
        # bounded by a length, the end included or not
        ('lasting = "3 weeks"\nspacing = { preferred = "1 week" }', [0, 7, 14]),
        ('lasting = "3 weeks"\nend_included = true\nspacing = { preferred = "1 week" }',
         [0, 7, 14, 21]),
        ('lasting = { min = "2 weeks", preferred = "3 weeks", max = "4 weeks" }\n'
         'spacing = { preferred = "1 week" }', [0, 7, 14]),
        # groups, also with a rhythm of their own
        (
            'lasting = "2 months"\nspacing = { preferred = "1 month" }\n'
            'group = { size = 3, spacing = [{ preferred = "2 days" }, { preferred = "5 days" }] }',
            [0, 2, 7, 31, 33, 38],
        ),
        # seasons as limits
        ('count = 3\nspacing = { preferred = "1 week", tolerance = "5 days" }\n'
         'seasons = ["12-01..01-09", "01-14..02-29"]', [0, 5, 14]),
    ],
)  # fmt: skip
def test_a_rhythm_has_its_days(text: str, expected: list[int]) -> None:
    assert days(own_plan(step(text))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('count = 2\nanchor = "course-2"\nspacing = { preferred = "1 day" }', [8, 9]),
        ('anchor = "course.first"\noffsets = ["-3 days", "30 days"]', [-3, 30]),
        ('anchor = "course.last"\nspacing = { preferred = "1 month" }\n'
         'limits = [{ anchor = "start", max = "45 days" }]', [45]),
        ('count = "open"\nanchor = "course.last"\nseasons = ["04-01..05-31", "09-01..10-31"]',
         [117, 270]),
        ('count = "open"\nanchor = "course.last"\nseasons = ["12-01..02-28"]', [375]),
        ('count = "open"\nanchor = "course.last"\nkind = "maintenance"\n'
         'spacing = [{ preferred = "1 month" }, { preferred = "3 months" }]',
         [52, 141, 233, 325]),
        ('total = 6\nanchor = "course.last"\nspacing = { preferred = "2 weeks" }', [35, 49]),
        ('total = 3\nanchor = "course.last"\nspacing = { preferred = "2 weeks" }', []),
        ('anchor = "events.surgery"\nspacing = { min = "7 days", max = "10 days" }', [35]),
        ('anchor = "events.infusion"\noffsets = ["0 days"]\nkind = "visit"', [2, 9]),
        ('count = 9\nuntil = "regrowth"\nanchor = "course.last"\nspacing.preferred = "1 week"',
         [28, 35]),
    ],
)  # fmt: skip
def test_a_step_counts_from_its_anchor(text: str, expected: list[int]) -> None:
    events = {
        "surgery": day("2027-01-31"),
        "infusion": (day("2027-01-13"), day("2027-01-06")),
        "regrowth": day("2027-02-14"),
    }
    named = "".join(f'[events.{name}]\nlabel = "the {name}"\n' for name in events)
    found = own_plan(step(WEEKLY) + step(text, "other") + named, events=events)
    assert days(found, "other") == expected


def test_a_source_may_count_from_day_1() -> None:
    text = (
        "first_day = 1\n"
        + step('offsets = ["1 day", "15 days", "5 weeks"]')
        + '[milestones]\nlook = { label = "x", after = "29 days" }\n'
        + '[expectations]\nred = { label = "x", at = "start", begins = "1 day", ends = "3 days" }\n'
    )
    found = own_plan(text)
    assert days(found) == [0, 14, 28]
    assert str(found.milestones[0].on) == "2027-02-01"
    assert (str(found.expectations[0].first), str(found.expectations[0].last)) == (
        "2027-01-04",
        "2027-01-06",
    )


def test_the_limits_of_a_step_may_count_from_its_own_first() -> None:
    text = WEEKLY + '\nlimits = [{ anchor = "course.first", max = "22 days" }]'
    closed = Period(day("2027-01-25"), day("2027-01-26"))
    found = own_plan(step(text), closures=(closed,))
    assert days(found) == [0, 7, 14, 20]
    assert [str(each.latest) for each in found.dated[1:]] == [
        "2027-01-12",
        "2027-01-19",
        "2027-01-26",
    ]


def test_an_event_is_on_the_start_unless_it_has_a_day_of_its_own() -> None:
    text = (
        step('anchor = "events.surgery"\nspacing = { preferred = "9 months" }')
        + '[events]\nsurgery = { label = "the surgery", is_start = true }\n'
        + '[milestones]\nday-30 = { label = "x", at = "events.surgery", after = "30 days" }\n'
    )
    found = own_plan(text, closed=("mon",))
    assert (str(found.start), planned(found)) == (MONDAY, ["2027-10-03"])
    assert str(found.milestones[0].on) == "2027-02-03"
    later = own_plan(text, events={"surgery": day("2027-02-01")})
    assert (str(later.start), planned(later)) == (MONDAY, ["2027-11-01"])


def test_a_start_falls_on_the_weekdays_and_in_the_season_of_what_begins_on_it() -> None:
    found = own_plan(step('count = 2\nweekdays = ["tue", "thu"]'))
    assert planned(found) == ["2027-01-05", "2027-01-07"]
    assert found.sessions[0].reason == (
        "Mon 2027-01-04 is not one of course's days (Tuesday and Thursday);"
        " the start moved by +1 day"
    )
    winter = own_plan(step('seasons = ["10-01..12-31"]\ncount = 2\nspacing.preferred = "1 week"'))
    assert planned(winter) == ["2027-10-01", "2027-10-08"]
    assert winter.sessions[0].reason == (
        "Mon 2027-01-04 is outside the season of course (10-01..12-31); the start moved by"
        " +270 days"
    )


def test_a_day_out_of_season_is_a_reason_to_move() -> None:
    found = own_plan(
        step('count = 2\nspacing = { preferred = "1 week", tolerance = "5 days" }\n')
        + 'seasons = ["01-01..01-09"]\n'
    )
    assert found.sessions[1].reason == (
        "Mon 2027-01-11 is outside the season 01-01..01-09; moved by -2 days,"
        " inside 2027-01-06..2027-01-16"
    )


# ---- conditional ----


def test_a_range_plans_the_fewest_and_shows_the_rest_as_conditional() -> None:
    text = (
        step(WEEKLY)
        + step('count = { min = 0, max = 2 }\nanchor = "course.last"\n'
               'spacing.preferred = "1 month"', "extras")
        + step('anchor = "extras.last"\nspacing.preferred = "6 months"', "later")
    )  # fmt: skip
    found = own_plan(text)
    assert waiting(found) == [
        ("extras-1", 2, "2027-02-15", "2027-02-25", "2027-03-04"),
        ("extras-2", 2, "2027-03-18", "2027-03-25", "2027-04-01"),
    ]
    assert planned(found, "later") == ["2027-07-25"]
    assert "extras-1  1/2  ~ 2027-02-25         2027-02-15..2027-03-04  waits\n" in words(found)
    assert "extras-1, extras-2: conditional: an extra that may follow\n" in words(found)
    # Once it is settled, it moves what follows.
    settled = own_plan(text, sessions={"extras": 1, "course": 4})
    assert (planned(settled, "extras"), planned(settled, "later")) == (
        ["2027-02-25"],
        ["2027-08-25"],
    )
    assert waiting(settled) == []


def test_of_many_conditional_ones_the_first_are_shown_and_the_rest_counted() -> None:
    found = own_plan(
        step('lasting = { min = "2 weeks", max = "10 weeks" }\nspacing.preferred = "1 week"')
    )
    assert days(found) == [0, 7]
    assert [each[0] for each in waiting(found)] == [f"course-{each}" for each in range(3, 9)]
    assert found.notes == (
        "course: 2 more may follow those shown",
        "course: 2 weeks planned, 2 weeks to 10 weeks possible",
    )
    longer = own_plan(
        step('lasting = { min = "2 weeks", max = "10 weeks" }\nspacing.preferred = "1 week"'),
        sessions=10,
    )
    assert len(longer.dated) == len(longer.sessions) == 10


def test_a_number_beyond_the_longest_length_is_refused() -> None:
    text = step('lasting = { min = "2 weeks", max = "10 weeks" }\nspacing.preferred = "1 week"')
    with pytest.raises(InputError) as error:
        own_plan(text, sessions=11)
    assert error.value.faults == (
        "sessions.course: 11 is not allowed: they go on for 10 weeks at most",
    )
    with pytest.raises(InputError) as error:
        own_plan(step('lasting = "2 weeks"\nspacing.preferred = "1 week"'), sessions=3)
    assert error.value.faults == (
        "sessions.course: how many there are follows from the rest (clinic)",
    )


SECOND = (
    step(WEEKLY)
    + step('anchor = "course.last"\nspacing.preferred = "1 month"\nwhen = { relapse = "yes" }',
           "second")
    + step('anchor = "second.last"\nspacing.preferred = "1 month"', "third")
    + '[questions]\nrelapse = { ask = "has it come back?" }\n'
)  # fmt: skip


def test_a_step_that_waits_for_a_finding_is_conditional_and_so_is_what_counts_from_it() -> None:
    found = own_plan(SECOND)
    assert waiting(found) == [
        ("second-1", 1, "2027-02-15", "2027-02-25", "2027-03-04"),
        ("third-1", 1, "2027-03-18", "2027-03-25", "2027-04-01"),
    ]
    assert [each.waits_for for each in found.sessions[4:]] == [
        "if relapse=yes (has it come back?)",
        "second.last is conditional",
    ]
    settled = own_plan(SECOND, answers={"relapse": "yes"})
    assert planned(settled)[4:] == ["2027-02-25", "2027-03-25"]


def test_what_has_one_bound_alone_has_a_window_and_no_target() -> None:
    found = own_plan(
        step("")
        + step('anchor = "course.last"\nlimits = [{ anchor = "course.first", max = "90 days" }]',
               "extra")
        + step('anchor = "extra.last"\nspacing.preferred = "1 month"', "later")
    )  # fmt: skip
    assert waiting(found) == [
        ("extra-1", 1, "2027-01-05", None, "2027-04-04"),
        ("later-1", 1, None, None, None),
    ]
    text = words(found)
    assert "extra-1   1/1  to be agreed         2027-01-05..2027-04-04  waits\n" in text
    assert "later-1   1/1  to be agreed         not known yet           waits\n" in text
    assert "extra-1: conditional: to be agreed: no day of its window is preferred\n" in text


def test_what_counts_from_a_day_that_nobody_knows_waits_for_it() -> None:
    found = own_plan(
        step(WEEKLY)
        + step('anchor = "events.surgery"\nspacing.preferred = "1 week"', "stitches")
        + step('anchor = "course-9"\nspacing.preferred = "1 week"', "ninth")
        + step('anchor = "course.last"\nspacing.preferred = "1 week"\n'
               'limits = [{ anchor = "events.surgery", max = "1 week" }]', "late")
        + '[events]\nsurgery = { label = "the surgery" }\n'
    )  # fmt: skip
    assert [(each.id, each.waits_for) for each in found.sessions if each.waits_for] == [
        ("ninth-1", "course-9 is not known yet"),
        ("stitches-1", "events.surgery is not known yet"),
    ]
    assert planned(found, "late") == ["2027-02-01"]
    assert found.notes == (
        "late: its limit from events.surgery is left aside: no day of it is known",
    )


def test_a_conditional_step_may_begin_on_the_start_and_is_shown_in_part() -> None:
    ill = '[questions]\nill = { ask = "ill?" }\n'
    found = own_plan(
        step(WEEKLY) + step(f"{WEEKLY}\nwhen.ill = 'yes'".replace("4", "400"), "other") + ill
    )
    assert len([each for each in found.sessions if each.planned is None]) == 100
    assert (found.sessions[1].id, str(found.sessions[1].target)) == ("other-1", MONDAY)


def test_a_step_that_goes_on_until_a_finding_says_so_until_its_day_is_known() -> None:
    text = (
        step('until = "regrowth"\nlasting = "2 months"\nspacing.preferred = "1 month"')
        + '[events]\nregrowth = { label = "new growth is seen" }\n'
    )
    found = own_plan(text)
    assert len(found.dated) == 2
    assert found.notes == (
        "course: goes on until new growth is seen, whatever is planned here; once its day is known:"
        " --event regrowth=DATE",
    )
    assert len(own_plan(text, events={"regrowth": day("2027-05-01")}).dated) == 4


def test_ranges_and_lateness_are_said() -> None:
    found = own_plan(
        step(
            "count = { min = 3, preferred = 4, max = 5 }\n"
            'rate = { times = { min = 1, max = 2 }, per = "week" }\n'
            'late = { then = "restart", after = "3 weeks", says = "from the beginning" }\n'
            'source = "A-1"\nstrength = "sourced"'
        )
        + step('anchor = "course.last"\nspacing.preferred = "1 week"\nlate.then = "extra"', "b")
    )
    assert found.notes == (
        "course: 1 a week planned, 1 to 2 possible (A-1)",
        "course: 4 planned, 3 to 5 possible (A-1)",
        "course: if one comes more than 3 weeks after the one before, the step begins anew:"
        " from the beginning (A-1)",
        "b: if one comes late, an extra appointment is added",
    )


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"sessions": 3}, "sessions.course: how many there are follows from the rest (clinic)"),
        (
            {"spacing": {"twice": "4 days"}},
            "spacing.twice: its rhythm is not one interval that could be another",
        ),
        (
            {"sessions": {"offset": 3}},
            "sessions.offset: 3 is not allowed: exactly 2 (clinic)",
        ),
        (
            {"sessions": {"one": 2}},
            "sessions.one: 2 is not allowed: exactly 1 (clinic)",
        ),
    ],
)
def test_what_a_rhythm_does_not_allow(asked: dict[str, Any], expected: str) -> None:
    text = step('lasting = "3 weeks"\nspacing.preferred = "1 week"')
    text += step('anchor = "course.last"\ncount = 2\nrate = { times = 2, per = "week" }\n'
                 'kind = "visit"', "twice")  # fmt: skip
    text += step('anchor = "course.last"\noffsets = ["1 day", "3 days"]\nkind = "visit"', "offset")
    text += step('anchor = "course.last"\nspacing.preferred = "1 day"\nkind = "visit"', "one")
    with pytest.raises(InputError) as error:
        own_plan(text, **asked)
    assert error.value.faults == (expected,)


def test_lengths_and_prices_may_differ_by_appointment_and_by_time() -> None:
    found = own_plan(
        step('count = 3\nspacing.preferred = "1 week"\ndurations = ["3 hours", "2 hours"]\n'
             'price = [{ min = 100, max = 200, currency = "EUR" },'
             ' { min = 50, max = 60, currency = "EUR" }]')
        + step('count = "open"\nanchor = "course.last"\nspacing.preferred = "2 months"\n'
               'kind = "touch-up"\nduration = "1 hour"\n'
               'price = { min = 0, max = 0, currency = "EUR", within = "4 months",'
               ' later = { min = 10, max = 20 } }', "touch-up")
    )  # fmt: skip
    assert [each.duration for each in found.dated][:4] == ["PT3H", "PT2H", "PT2H", "PT1H"]
    assert found.cost is not None
    assert (found.cost.min, found.cost.max) == (200 + 3 * 10, 320 + 3 * 20)
    assert found.chair_time == "PT12H"
    assert "3 sessions from Mon 2027-01-04 to Mon 2027-01-18\n" in words(found)
    figures = {each.figure: each.value for each in found.figures}
    assert figures["touch-up.price"] == "0 EUR within 4 months, then 10..20"
    assert figures["course.price.2"] == "50..60 EUR"


def test_an_appointment_in_the_past_is_said() -> None:
    text = step('anchor = "events.surgery"\nspacing = { preferred = "1 week", max = "10 days" }')
    text += '[events]\nsurgery = { label = "the surgery" }\n'
    found = own_plan(text, events={"surgery": day("2026-10-01")})
    assert found.notes[0] == "course-1, Thu 2026-10-08, is before today, Sun 2026-11-01"
    assert "course-1  1/1  Thu 2026-10-08  -88  2026-10-02..2026-10-11" in words(found)


def test_a_plan_without_any_day_can_be_read() -> None:
    text = step('anchor = "events.surgery"\nspacing.preferred = "1 week"')
    found = own_plan(text + '[events]\nsurgery = { label = "the surgery" }\n')
    assert found.dated == ()
    assert words(found).startswith("Our own (own 3)\nplan ")


def test_a_step_of_thousands_is_planned_at_once() -> None:
    found = own_plan(step('count = 5000\nspacing = { preferred = "1 day" }'))
    assert (len(found.sessions), days(found)[-1]) == (5000, 4999)


def test_a_step_of_more_than_can_be_shown_is_counted_as_far_as_is_of_use() -> None:
    found = own_plan(
        step('lasting = { min = "1 day", max = "40 years" }\nspacing.preferred = "1 day"')
    )
    assert found.notes[0] == "course: 9993 more may follow those shown"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # 1 to 2 weeks before the first session: the middle, or so far before it
        ('anchor = "course.first"\nlimits = [{ anchor = "course.first", min = "-2 weeks",'
         ' max = "-1 week" }]', ("2026-12-21", "2026-12-24", "2026-12-28")),
        ('anchor = "course.first"\noffsets = ["-10 days"]\nlimits = [{ anchor = "course.first",'
         ' min = "-2 weeks", max = "-1 week" }]', ("2026-12-21", "2026-12-25", "2026-12-28")),
        # both ends of a limit on the anchor are a window like one of spacing
        ('anchor = "course.last"\nlimits = [{ anchor = "course.last", min = "1 week",'
         ' max = "3 weeks" }]', ("2027-02-01", "2027-02-08", "2027-02-15")),
    ],
)  # fmt: skip
def test_a_limit_on_the_anchor_is_a_window(text: str, expected: tuple[str, str, str]) -> None:
    found = own_plan(step(WEEKLY) + step(f'{text}\nkind = "consultation"', "talk"))
    (talk,) = (each for each in found.dated if each.phase == "talk")
    assert (str(talk.earliest), str(talk.planned), str(talk.latest)) == expected


def test_one_end_before_the_anchor_leaves_the_day_to_be_agreed() -> None:
    text = 'anchor = "course.first"\nlimits = [{ anchor = "course.first", max = "-1 week" }]'
    found = own_plan(step(WEEKLY) + step(text, "talk"))
    assert waiting(found) == [("talk-1", 1, None, None, "2026-12-28")]
    assert "talk-1    1/1  to be agreed         to 2026-12-28           waits\n" in words(found)


@pytest.mark.parametrize(
    ("day_of_growth", "expected"),
    [("2027-01-12", 2), ("2027-02-03", 5), ("2027-12-01", 8)],
)
def test_the_longest_length_holds_also_where_a_finding_ends_a_step(
    day_of_growth: str, expected: int
) -> None:
    text = step('lasting = { min = "4 weeks", max = "8 weeks" }\nspacing.preferred = "1 week"\n'
                'until = "growth"') + "[events]\ngrowth = { label = 'growth' }\n"  # fmt: skip
    found = own_plan(text, events={"growth": day(day_of_growth)})
    assert (len(found.sessions), found.notes) == (expected, ())


def test_a_number_below_the_shortest_length_is_refused() -> None:
    text = step('lasting = { min = "4 weeks", max = "8 weeks" }\nspacing.preferred = "1 week"')
    assert len(own_plan(text, sessions=4).sessions) == 4
    with pytest.raises(InputError) as error:
        own_plan(text, sessions=3)
    assert error.value.faults == (
        "sessions.course: 3 is not allowed: they go on for 4 weeks at least",
    )


def test_a_fixed_price_of_something_beside_the_course_is_said_alone() -> None:
    talk = 'kind = "consultation"\nprice = { min = 50, max = 50, currency = "EUR" }'
    found = own_plan(step(talk, "talk") + step(f'anchor = "talk.last"\n{WEEKLY}'))
    assert "\n5 appointments: 50 EUR; 1 of 5 appointments has a price\n" in words(found)


def test_the_length_in_the_head_is_that_of_the_course() -> None:
    talk = step('kind = "consultation"\nduration = "30 minutes"', "talk")
    course = step(f'anchor = "talk.last"\n{WEEKLY}\nduration = "45 minutes"')
    assert "\n4 sessions from Mon 2027-01-11 to Mon 2027-02-01, 45 min each\n" in words(
        own_plan(talk + course)
    )


def test_an_offset_on_the_very_day_has_no_limits() -> None:
    text = step(WEEKLY) + step('anchor = "course-2"\noffsets = ["0 days"]', "same")
    assert "same-1    1/1  Mon 2027-01-11  7    no limit given\n" in words(own_plan(text))
    ill = text + 'when = { ill = "yes" }\n[questions]\nill = { ask = "ill?" }\n'
    assert "same-1    1/1  ~ 2027-01-11         no limit given          waits\n" in words(
        own_plan(ill)
    )


def test_how_far_what_repeats_is_planned_is_our_default_said_only_where_it_counts() -> None:
    assert "horizon" not in words(own_plan(step(WEEKLY)))
    repeats = step('count = "open"\nanchor = "course.last"\nspacing.preferred = "6 months"', "x")
    assert "; horizon 1 year\n" in words(own_plan(step(WEEKLY) + repeats))
    assert "; horizon 1 year" not in words(own_plan(step(WEEKLY) + repeats, horizon="2 years"))


def test_every_kind_of_rhythm_can_be_read() -> None:
    protocol = own_protocol(
        step('count = 2\nspacing.preferred = "1 week"\ndurations = ["2 hours", "1 hour"]')
        + step('anchor = "course.last"\ntotal = 5\nweekdays = ["mon", "thu"]', "b")
        + step('anchor = "b.last"\nlasting = { min = "1 week", preferred = "2 weeks",'
               ' max = "3 weeks" }\nrate = { times = { min = 1, preferred = 2, max = 3 },'
               ' per = "week" }\nend_included = true\nuntil = "growth"', "c")
        + "[routines]\n"
        'drops = { label = "drops", every = "2 days", lasting = "1 week" }\n'
        'comb = { label = "comb", weekdays = ["mon"], begins = "1 week", until = "b.last" }\n'
        'laser = { label = "laser", rate = { times = 1, per = "day" },'
        ' lasting = { min = "1 week", max = "2 weeks" } }\n'
        "[events]\ngrowth = { label = 'growth' }\n"
    )  # fmt: skip
    text = render_plain(protocol_document(protocol))
    assert text.partition("STEPS\n")[2].splitlines()[:3] == [
        "course: 2 times [clinic]; preferred 1 week [clinic]; 2 hours, 1 hour in turn [clinic]",
        "b after course.last: up to 5 in all with the steps before [clinic]; on mon, thu [clinic]",
        "c after b.last: for 1 week..3 weeks, preferred 2 weeks, from the first (the end included)"
        " [clinic]; until events.growth [clinic]; 1..3 times a week (preferred 2) [clinic]",
    ]
    assert text.partition("AT HOME\n")[2].splitlines()[:3] == [
        "drops: drops, every 2 days [clinic] from start for 1 week [clinic]",
        "comb: comb, on mon [clinic] from 1 week after start until b.last",
        "laser: laser, 1 time a day [clinic] from start for 1 week..2 weeks [clinic]",
    ]


def test_nothing_new_lies_before_the_start() -> None:
    text = step('anchor = "events.surgery"\nspacing = { min = "7 days", max = "14 days" }')
    text += "[events]\nsurgery = { label = 'the surgery' }\n"
    found = own_plan(text, events={"surgery": day("2026-12-23")})
    assert [(str(each.earliest), str(each.planned)) for each in found.dated] == [(MONDAY, MONDAY)]
    long_past = own_plan(text, events={"surgery": day("2026-12-01")})
    assert planned(long_past) == ["2026-12-11"]


# ---- several days of an event, groups, and what has no appointment ----

INFUSIONS = "[events]\ninf = { label = 'infusion' }\n"
TWO_DAYS = {"inf": (day("2027-01-10"), day("2027-03-10"), day("2027-03-10"))}


def test_what_has_no_appointment_has_the_place_of_what_it_counts_from() -> None:
    text = (
        step(WEEKLY)
        + step('count = { min = 0, max = 2 }\nanchor = "course.last"\n'
               'spacing.preferred = "1 week"', "touch")
        + step('anchor = "touch.last"\nspacing.preferred = "1 month"\n'
               'price = { min = 1, max = 2, currency = "EUR" }', "look")
        + "[milestones]\nend = { label = 'x', at = 'touch.last', after = '1 day' }\n"
    )  # fmt: skip
    found = own_plan(text)
    assert found.cost is not None
    assert (found.cost.max, str(found.milestones[0].on)) == (2, "2027-01-26")


def test_a_limit_from_something_conditional_makes_a_step_conditional() -> None:
    text = (
        step(WEEKLY)
        + step('anchor = "course.last"\nspacing.preferred = "1 week"\nwhen = { red = "yes" }',
               "con")
        + step('anchor = "course.last"\nspacing.preferred = "1 month"\n'
               'limits = [{ anchor = "con.first", min = "1 week" }]', "look")
        + '[questions]\nred = { ask = "red?" }\n'
    )  # fmt: skip
    assert [(each.id, each.waits_for) for each in own_plan(text).sessions if each.waits_for] == [
        ("con-1", "if red=yes (red?)"),
        ("look-1", "con.first is conditional"),
    ]


def test_a_window_before_the_start_is_kept() -> None:
    before = 'limits = [{ anchor = "start", min = "-2 weeks", max = "-1 week" }]'
    found = own_plan(step(f'kind = "consultation"\n{before}', "talk") + step(WEEKLY))
    assert planned(found, "talk") == ["2026-12-24"]
    assert days(found) == [0, 7, 14, 21]


def test_each_day_of_an_event_has_limits_and_prices_of_its_own() -> None:
    price = (
        'price = { min = 0, max = 0, currency = "EUR", within = "2 weeks",'
        " later = { min = 9, max = 9 } }\n"
    )
    found = own_plan(
        step(WEEKLY)
        + step('anchor = "events.inf"\nkind = "visit"\nlimits = [{ anchor = "events.inf",'
               ' min = "-2 weeks", max = "-1 week" }]', "con")
        + step(f'anchor = "events.inf"\nkind = "visit"\nspacing.preferred = "1 week"\n{price}',
               "look") + INFUSIONS,
        events=TWO_DAYS,
    )  # fmt: skip
    assert planned(found, "con") == ["2026-12-30", "2027-02-27"]
    assert planned(found, "look") == ["2027-01-17", "2027-03-17"]
    assert found.cost is not None
    assert found.cost.max == 0


def test_extras_of_several_days_have_numbers_of_their_own() -> None:
    found = own_plan(
        step(WEEKLY)
        + step('anchor = "events.inf"\nspacing.preferred = "1 week"\n'
               "count = { min = 1, max = 2 }", "x") + INFUSIONS,
        events=TWO_DAYS,
    )  # fmt: skip
    assert [(each.id, _said(each.target)) for each in found.sessions if each.phase == "x"] == [
        ("x-1", "2027-01-17"),
        ("x-2", "2027-03-17"),
        ("x-3", "2027-03-24"),
    ]


GROUPS = (
    'anchor = "course.last"\nspacing.preferred = "4 weeks"\n'
    'group = { size = 3, spacing = { preferred = "1 week" } }\n'
)


def test_a_group_comes_after_the_last_of_the_one_before() -> None:
    closed = Period(day("2027-03-09"), day("2027-04-05"))
    text = step(WEEKLY) + step(f'{GROUPS}count = "open"', "m")
    found = own_plan(text, closures=(closed,), horizon="3 months")
    chosen = [each.on for each in found.dated if each.phase == "m"]
    assert chosen == sorted(set(chosen))


def test_a_group_is_in_a_length_by_its_first() -> None:
    found = own_plan(step(WEEKLY) + step(f'{GROUPS}lasting = "5 weeks"', "m"))
    assert len(planned(found, "m")) == 6


def test_the_gaps_between_offsets_are_counted_from_the_first() -> None:
    found = own_plan(
        step('offsets = ["0 weeks", "4 weeks", "8 weeks"]\n'
             'spacing = [{ max = "29 days" }, { max = "35 days" }]')
    )  # fmt: skip
    assert [str(each.latest) for each in found.dated[1:]] == ["2027-02-02", "2027-03-08"]


def test_the_shortest_length_counts_from_the_first_of_the_step() -> None:
    text = step(WEEKLY) + step(
        'anchor = "course.last"\nlasting = { min = "4 weeks", max = "8 weeks" }\n'
        'spacing.preferred = "1 week"', "m"
    )  # fmt: skip
    assert len(planned(own_plan(text, sessions={"m": 4}), "m")) == 4
    with pytest.raises(InputError):
        own_plan(text, sessions={"m": 3})


def test_an_extra_that_its_limits_leave_no_day_is_not_offered() -> None:
    found = own_plan(
        step(WEEKLY)
        + step('anchor = "course.last"\ncount = { min = 1, max = 6 }\n'
               'spacing.preferred = "2 weeks"\n'
               'limits = [{ anchor = "course.first", max = "7 weeks" }]', "b")
    )  # fmt: skip
    assert [each[0] for each in waiting(found)] == ["b-2"]


def test_a_reason_names_the_end_that_there_is() -> None:
    found = own_plan(
        step(WEEKLY)
        + step('anchor = "course.first"\noffsets = ["-1 week"]\nkind = "visit"', "before"),
        closures=(Period(day("2026-12-28"), day("2026-12-28")),),
    )
    assert found.dated[0].reason == (
        "Mon 2026-12-28 is closed: closure 2026-12-28; moved by -1 day, not after 2027-01-03"
    )
