"""Visits with windows from the first one, and days as a source counts them."""

from datetime import UTC, datetime

import pytest
from conftest import day, own_plan, own_protocol, planned

from hairplan import InputError, PlanRequest, make_plan
from hairplan.history import Done, Entry, Happening
from hairplan.plan import Plan
from hairplan.planner.assumptions import assumptions_of
from hairplan.planner.protocol_warnings import warnings_of
from hairplan.show.plain import render_plain
from hairplan.show.protocol import protocol_document

VISITS = """
[[steps]]
id = "visit"
name = "visit"
offsets = [
  "0 days",
  { min = "5 weeks", preferred = "6 weeks", max = "8 weeks" },
  { min = "10 weeks", max = "14 weeks" },
  { min = "5 months", max = "7 months" },
]
"""


def windows(found: Plan) -> list[str]:
    return [
        f"{each.id} {each.number}/{each.of} {each.planned} in {each.earliest}..{each.latest}"
        for each in found.sessions
    ]


def after(text: str, *happened: Happening) -> Plan:
    history = [Entry(at=datetime(2027, 5, 1, tzinfo=UTC), on=day("2027-05-01"), what=happened)]
    request = PlanRequest(start=day("2027-01-04"))
    return make_plan(own_protocol(text), request, history, today=day("2027-05-01"))


def test_each_visit_has_a_window_from_the_first_one() -> None:
    assert windows(own_plan(VISITS)) == [
        "visit-1 1/4 2027-01-04 in 2027-01-04..2027-01-04",
        "visit-2 2/4 2027-02-15 in 2027-02-08..2027-03-01",
        "visit-3 3/4 2027-03-29 in 2027-03-15..2027-04-12",
        "visit-4 4/4 2027-07-04 in 2027-06-04..2027-08-04",
    ]


def test_a_late_visit_leaves_its_own_window_and_no_other() -> None:
    found = after(VISITS, Done("visit-1", day("2027-01-04")), Done("visit-2", day("2027-03-03")))
    assert windows(found)[1:3] == [
        "visit-2 2/4 2027-03-03 in 2027-02-08..2027-03-01",
        "visit-3 3/4 2027-05-01 in 2027-03-15..2027-04-12",
    ]
    assert found.breaks[0].says == (
        "done 2 days after its latest day, 2027-03-01 (visit.offsets.2.max 8 weeks); the plan goes"
        " on from there"
    )
    early = after(VISITS, Done("visit-1", day("2027-01-04")), Done("visit-2", day("2027-02-06")))
    assert early.breaks[0].rule == "visit.offsets.2.min 5 weeks"


@pytest.mark.parametrize(
    ("offsets", "expected"),
    [
        ('["0 days", { min = "9 days", max = "13 days" }]', [0, 11]),
        ('[{ min = "3 days", max = "6 days" }, "2 weeks"]', [4, 14]),
        ('[{ min = "-9 days", max = "-5 days" }]', [-7]),
        ('[{ min = "-2 days", max = "4 days", preferred = "-1 day" }]', [-1]),
        ('[{ min = "0 days", max = "4 days", preferred = "0 days" }]', [0]),
    ],
)
def test_a_window_may_lie_on_either_side_of_the_anchor(offsets: str, expected: list[int]) -> None:
    text = (
        '[[steps]]\nid = "graft"\nname = "x"\nanchor = "events.graft"\nspacing = "1 day"\n'
        f'[[steps]]\nid = "visit"\nname = "x"\nanchor = "events.graft"\noffsets = {offsets}\n'
        '[events]\ngraft = { label = "graft" }\n'
    )
    found = own_plan(text, events={"graft": day("2027-03-01")})
    visits = [each.on for each in found.dated if each.phase == "visit"]
    assert [(each - day("2027-03-01")).days for each in visits] == expected


def test_a_repeated_visit_is_as_far_from_the_repetition_as_the_two_should_be_apart() -> None:
    text = VISITS.replace("5 months", "20 weeks").replace("7 months", "28 weeks")
    found = after(
        text,
        Done("visit-1", day("2027-01-04")),
        Done("visit-2", day("2027-02-15"), counted=False),
    )
    # 6 weeks lie between the first two, and between the middle of the third window and the second.
    assert planned(found) == ["2027-01-04", "2027-02-15", "2027-05-01", "2027-05-10", "2027-08-02"]


# ---- in the file ----


@pytest.mark.parametrize(
    ("offsets", "expected"),
    [
        (
            '[{ min = "8 weeks", max = "5 weeks" }]',
            ["steps[1].offsets[1].min: 8 weeks can be later than max, 5 weeks"],
        ),
        (
            '["1 day", { min = "30 days", preferred = "1 month", max = "40 days" }]',
            ["steps[1].offsets[2].preferred: 1 month can lie outside 30 days..40 days"],
        ),
        ('[{ min = "30 days" }]', ["steps[1].offsets[1].max: missing"]),
        ("[5]", ["steps[1].offsets[1]: 5 is not a span of days, weeks, months or years such as"
                 " '5 weeks' or '-2 weeks' or a table"]),
    ],
)  # fmt: skip
def test_a_window_that_makes_no_sense_is_refused(offsets: str, expected: list[str]) -> None:
    with pytest.raises(InputError) as error:
        own_protocol(f'[[steps]]\nid = "visit"\nname = "x"\noffsets = {offsets}\n')
    assert [fault.removeprefix("own.toml: ") for fault in error.value.faults] == expected


def test_a_window_without_a_preferred_day_is_said_to_be_read_so() -> None:
    protocol = own_protocol(VISITS)
    assert assumptions_of(protocol, [own_plan(VISITS)]) == [
        "steps[1].offsets[3].preferred: not given, assumed: the middle of 10 weeks..14 weeks",
        "steps[1].offsets[4].preferred: not given, assumed: the middle of 5 months..7 months",
    ]
    assert (
        "0 days, 5 weeks..8 weeks (preferred 6 weeks), 10 weeks..14 weeks, 5 months..7 months from"
        " the anchor [clinic]"
    ) in " ".join(render_plain(protocol_document(protocol)).split())
    figures = {each.figure: each.value for each in own_plan(VISITS).figures}
    assert figures["visit.offsets.1"] == "0 days"
    assert figures["visit.offsets.4.max"] == "7 months"


def test_windows_out_of_order_are_warned_of_and_a_late_rule_goes_by_them() -> None:
    swapped = VISITS.replace('  "0 days",\n', "").replace("10 weeks", "3 weeks")
    warnings = warnings_of(own_protocol(swapped + 'late = { then = "restart" }\n'))
    assert "steps[1].offsets: not in the order of their dates" in warnings
    assert not [each for each in warnings if "late" in each]


# ---- days as a source counts them ----

COUNTED = """
[[steps]]
id = "course"
name = "x"
count = 3
spacing = {{ min = "Day 11", preferred = "day 15", max = "day 19" }}
late = {{ then = "extra", after = "day 30" }}
early = {{ then = "repeat", before = "day 9" }}
[[steps]]
id = "visit"
name = "x"
offsets = ["week 5", {{ min = "day 50", max = "day 60" }}]
[[steps]]
id = "look"
name = "x"
anchor = "course.first"
spacing = "day 8"
limits = [{{ anchor = "course.first", min = "day 7", max = "day 9" }}]
[restrictions]
sun = {{ label = "x", begins = "day 3", after = "day 7", around = ["course.first"] }}
wet = {{ label = "x", after = "day 4", around = ["course.first"] }}
[tasks]
cream = {{ label = "x", lag = "day 2", around = ["course.first"] }}
[milestones]
photo = {{ label = "x", after = "day 29" }}
[expectations]
red = {{ label = "x", at = "start", begins = "day 1", ends = "day 3" }}
[routines]
wash = {{ label = "x", begins = "day 5", every = "1 day", lasting = "3 days" }}
"""


@pytest.mark.parametrize("first_day", [0, 1])
def test_a_day_is_that_of_the_source_wherever_it_stands(first_day: int) -> None:
    text = f"first_day = {first_day}\n" + COUNTED.format()
    found, start = own_plan(text), day("2027-01-04")

    def number(on: object) -> int:
        assert isinstance(on, type(start))
        return (on - start).days + first_day

    course = [each for each in found.dated if each.phase == "course"]
    assert [number(course[1].earliest), number(course[1].on), number(course[1].latest)] == [
        11, 15, 19,
    ]  # fmt: skip
    step = own_protocol(text).steps[0]
    assert step.lates[0].after == f"{30 - first_day} days"
    assert step.early
    assert step.early.before == f"{9 - first_day} days"
    visits = [each for each in found.dated if each.phase == "visit"]
    assert [visits[0].on, number(visits[1].earliest), number(visits[1].latest)] == [
        day("2027-02-08") if not first_day else day("2027-02-01"), 50, 60,
    ]  # fmt: skip
    (look,) = (each for each in found.dated if each.phase == "look")
    assert [number(look.earliest), number(look.on), number(look.latest)] == [7, 8, 9]
    sides = {each.id: each.ideal[0] for each in found.restrictions}
    sun, wet = sides["sun"], sides["wet"]
    assert [number(sun.first), number(sun.last), number(wet.last)] == [3, 7, 4]
    assert number(found.tasks[0].due) == 2
    assert number(found.milestones[0].on) == 29
    assert [number(found.expectations[0].first), number(found.expectations[0].last)] == [1, 3]
    assert number(found.routines[0].first) == 5


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ('spacing = "day 1"', "steps[1].spacing: 'day 1' is not a span such as '5 weeks' or a"
         " table"),
        ('spacing.min = "day 0"', "steps[1].spacing.min: 'day 0' is not a span such as '5 weeks'"),
        ('lasting = "day 5"', "steps[1].lasting: 'day 5' is not a span such as '5 weeks'"),
        ('offsets = ["day 0"]', "steps[1].offsets: '0 days': the first day is 1 here (first_day)"),
        ('offsets = [{ min = "day 0", max = "day 4" }]',
         "steps[1].offsets[1].min: '0 days': the first day is 1 here (first_day)"),
    ],
)  # fmt: skip
def test_a_day_before_the_first_or_in_place_of_a_length_is_refused(key: str, expected: str) -> None:
    with pytest.raises(InputError) as error:
        own_protocol(f'first_day = 1\n[[steps]]\nid = "x"\nname = "x"\n{key}\n')
    assert error.value.faults == (f"own.toml: {expected}",)


def test_a_first_day_that_is_none_is_the_only_fault() -> None:
    with pytest.raises(InputError) as error:
        own_protocol('first_day = [1]\n[[steps]]\nid = "x"\nname = "x"\nspacing = "day 2"\n')
    assert error.value.faults[0] == "own.toml: first_day: [1] is not one of 0, 1"


def test_the_text_of_a_protocol_counts_from_day_0_whatever_its_source_does() -> None:
    text = " ".join(
        render_plain(protocol_document(own_protocol(f"first_day = 1\n{COUNTED.format()}"))).split()
    )
    for words in (
        "10 days..18 days apart",
        "4 weeks, 49 days..59 days from the anchor",
        "x, 28 days after start",
        "x, 0 days..2 days after start",
        "every 1 day [clinic] from 4 days after start",
        "from 2 days after [clinic] and 6 days after [clinic]",
    ):
        assert words in text, words
