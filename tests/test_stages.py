"""Restrictions in stages: forbidden, then allowed in part, then free; and permissions."""

import csv
from collections.abc import Callable
from datetime import time, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from conftest import OWN, Ran, day, own_plan, own_protocol
from hypothesis import given
from hypothesis import strategies as st
from test_around_sessions import words
from test_desk import desk
from test_patient_sheet import lines, sheet
from test_protocol_file import HEAD, STEP, faults

from hairplan import CalendarChoice, Plan
from hairplan.calendar.items import items_of
from hairplan.follow.status import _beginnings
from hairplan.plan import PlannedRestriction
from hairplan.planner.stages import describe_stage, label_on
from hairplan.show.csv import render_csv
from hairplan.show.plain import render_plain
from hairplan.show.protocol import protocol_document

COURSE = """
[[steps]]
id = "course"
name = "session"
count = 2
spacing = "2 weeks"
"""
WASHING = """
[restrictions.washing]
label = "do not wash"
after = { at_least = "2 days", ideal = "3 days" }
stages = [
    { label = "wash gently", after = "6 days" },
    { label = "use a mild shampoo" },
]
"""


def staged(text: str = WASHING, course: str = COURSE, **asked: Any) -> Plan:
    return own_plan(course + text, **{"id": "x", **asked})


def washing(found: Plan) -> PlannedRestriction:
    (only,) = found.restrictions
    return only


def stages(found: Plan, length: str = "ideal") -> list[tuple[str, list[str]]]:
    return [
        (
            stage.label,
            [f"{each.first}..{each.last or ''}".replace("2027-", "")
             for each in getattr(stage, length)],
        )
        for stage in washing(found).stages
    ]  # fmt: skip


# ---- their days ----


def test_each_stage_follows_what_comes_before_it_and_one_day_ends_all() -> None:
    found = staged()
    assert [(str(one.first)[5:], str(one.resume_on)[5:]) for one in washing(found).ideal] == [
        ("01-04", "01-11"),
        ("01-18", "01-25"),
    ]
    assert stages(found) == [
        ("wash gently", ["01-08..01-10", "01-22..01-24"]),
        ("use a mild shampoo", ["01-11..01-17", "01-25.."]),
    ]
    assert stages(found, "at_least")[0] == ("wash gently", ["01-07..01-10", "01-21..01-24"])


def test_a_stage_may_have_two_lengths() -> None:
    lengths = '{ at_least = "4 days", ideal = "1 week" }'
    found = staged(WASHING.replace('"6 days"', lengths))
    assert [str(one.last)[5:] for one in washing(found).at_least] == ["01-08", "01-22"]
    assert [str(one.last)[5:] for one in washing(found).ideal] == ["01-11", "01-25"]
    assert stages(found, "at_least")[0][1] == ["01-07..01-08", "01-21..01-22"]


def test_the_next_appointment_forbids_it_again() -> None:
    close = COURSE.replace('"2 weeks"', '"5 days"')
    found = staged(course=close)
    assert [str(one.resume_on)[5:] for one in washing(found).ideal] == ["01-16"]
    assert stages(found) == [
        ("wash gently", ["01-08..01-08", "01-13..01-15"]),
        ("use a mild shampoo", ["01-16.."]),
    ]
    touching = staged(course=COURSE.replace('"2 weeks"', '"4 days"'))
    assert stages(touching)[0] == ("wash gently", ["01-12..01-14"])


def test_what_lies_before_the_next_one_forbids_it_as_well() -> None:
    text = WASHING.replace("after = {", 'before = "4 days"\nafter = {').replace("6 days", "9 days")
    assert stages(staged(text))[0] == ("wash gently", ["01-08..01-13", "01-22..01-27"])
    near = staged(text, COURSE.replace('"2 weeks"', '"1 week"'))
    assert stages(near)[0] == ("wash gently", ["01-15..01-20"])


def test_a_stage_may_begin_within_a_day() -> None:
    text = WASHING.replace('{ at_least = "2 days", ideal = "3 days" }', '"24 hours"')
    found = staged(text, time=time(10), zone="Europe/Paris")
    first = washing(found).stages[0].ideal[0]
    assert (str(first.begin_at)[:16], str(first.last)) == ("2027-01-05 10:00", "2027-01-10")
    assert "washing, then 2027-01-05 10:00..2027-01-10, 2027-01-19 10:00..2027-01-24: wash" in (
        words(found)
    )
    permission = staged(text.replace(', after = "6 days"', "").replace('{ label = "use', "#"),
                        time=time(10), zone="Europe/Paris")  # fmt: skip
    assert describe_stage(washing(permission).stages[0]) == (
        "then 2027-01-05 10:00..2027-01-17, from Tue 2027-01-19 10:00 on: wash gently"
    )


@given(st.integers(1, 20), st.integers(1, 20), st.integers(1, 20), st.integers(1, 40))
def test_every_day_is_forbidden_or_of_one_stage_or_free(
    forbidden: int, gentle: int, mild: int, gap: int
) -> None:
    text = (
        f'[restrictions.washing]\nlabel = "x"\nafter = "{forbidden} days"\nstages = ['
        f'{{ label = "a", after = "{forbidden + gentle} days" }},'
        f'{{ label = "b", after = "{forbidden + gentle + mild} days" }}]\n'
    )
    found = washing(staged(text, COURSE.replace('"2 weeks"', f'"{gap} days"')))
    start = day("2027-01-04")
    sessions = (0, gap)
    for number in range(gap + forbidden + gentle + mild + 3):
        on = start + timedelta(days=number)
        since = number - max(each for each in sessions if each <= number)
        expected = ("x", "a", "b")[(since > forbidden) + (since > forbidden + gentle)]
        is_restricted = any(one.first <= on <= one.last for one in found.ideal)
        ends = [each + forbidden + gentle + mild for each in sessions if each <= number]
        assert is_restricted == (number <= max(ends))
        if is_restricted and number <= sessions[0] + forbidden + gentle + mild < gap:
            assert label_on(found, on) == expected
        if number >= gap:
            assert not is_restricted or label_on(found, on) == expected


# ---- what is said of them ----


def test_the_full_text_has_both_lengths() -> None:
    text = words(staged())
    assert (
        "washing: do not wash\n"
        "washing, then ideally 2027-01-08..2027-01-10, 2027-01-22..2027-01-24,"
        " at least 2027-01-07..2027-01-10, 2027-01-21..2027-01-24: wash gently\n"
        "washing, then 2027-01-11..2027-01-17, from Mon 2027-01-25 on: use a mild shampoo\n"
    ) in text
    assert "restrictions.washing.stages.1.after 6 days" in text


def test_at_the_desk_the_days_stand_below_the_periods() -> None:
    assert desk(staged(), width=80)[-5:-2] == [
        "                Mon 18 Jan  Sun 24 Jan  Mon 25 Jan",
        "                from Fri  8 Jan and Fri 22 Jan on: wash gently",
        "                from Mon 11 Jan and Mon 25 Jan on: use a mild shampoo",
    ]


def test_at_the_desk_many_are_a_rule() -> None:
    text = " ".join(desk(staged(course=COURSE.replace("= 2", "= 5")), width=120))
    assert "from 4 days after each session on: wash gently" in " ".join(text.split())
    around = WASHING + 'around = ["events.op"]\n[events]\nop = { label = "op" }\n'
    found = staged(around, events={"op": day("2027-01-04")})
    assert "from Fri  8 Jan on: wash gently" in " ".join(desk(found, width=120))


def test_far_off_appointments_have_theirs_nearer_the_time() -> None:
    later = (
        '[[steps]]\nid = "later"\nname = "x"\nkind = "touch-up"\nanchor = "course.last"\n'
        'spacing = "1 year"\n'
    )
    found = staged(WASHING, COURSE + later)
    assert stages(found)[0][1][-1].startswith("2028-")
    assert "2028" not in "".join(line for line in desk(found, width=80) if "on:" in line)


def test_records_csv_and_calendars_have_them(hairplan: Callable[[str], Ran]) -> None:
    found = staged()
    rows = [row for row in csv.DictReader(StringIO(render_csv(found))) if row["item"] == "stage"]
    assert [(row["date"], row["last"], row["length"], row["session"], row["label"])
            for row in rows][:3] == [
        ("2027-01-07", "2027-01-10", "at least", "course-1", "wash gently"),
        ("2027-01-08", "2027-01-10", "ideal", "course-1", "wash gently"),
        ("2027-01-11", "2027-01-17", "at least", "course-1", "use a mild shampoo"),
    ]  # fmt: skip
    choice = CalendarChoice(audience="practice", kinds=frozenset({"restriction"}))
    assert items_of(found, choice)[1].text == (
        "- do not wash\n"
        "- from Fri 2027-01-22 to Sun 2027-01-24: wash gently\n"
        "- from Mon 2027-01-25 on: use a mild shampoo\n"
        "From Mon 2027-01-18 to Sun 2027-01-24. Over on Mon 2027-01-25."
    )
    told = {item.id: item.text.splitlines()[1:] for item in items_of(found)}
    assert told["course-1"] == [
        "Until Sunday 10 January: do not wash at first, then step by step as below. Allowed again"
        " from Monday 11 January.",
        "From Friday 8 January (at the very earliest Thursday 7 January), until Sunday 10 January:"
        " Wash gently.",
        "From Monday 11 January, until Sunday 17 January: Use a mild shampoo.",
    ]
    Path("own.toml").write_text(OWN + COURSE + WASHING, "utf-8")
    records = hairplan("schedule own.toml --start 2027-01-04").out.splitlines()
    assert [line for line in records if line.startswith("then")] == [
        "then      washing  2027-01-08..2027-01-10  ideal  wash gently  -",
        "then      washing  2027-01-22..2027-01-24  ideal  wash gently  -",
        "then      washing  2027-01-07..2027-01-10  least  wash gently  -",
        "then      washing  2027-01-21..2027-01-24  least  wash gently  -",
        "then      washing  2027-01-11..2027-01-17  both  use a mild shampoo  -",
        "then      washing  2027-01-25..  both  use a mild shampoo  -",
    ]


def test_the_sheet_has_a_row_for_each() -> None:
    assert [line for line in lines(sheet(staged())) if "free:" in line or "after:" in line][:4] == [
        "  after: Until Sunday 10 January: do not wash at first, then step by step as below."
        " Allowed again from Monday 11 January.",
        "free: From Friday 8 January 2027 (at the very earliest Thursday 7 January), until Sunday"
        " 10 January: Wash gently.",
        "free: From Monday 11 January 2027, until Sunday 17 January: Use a mild shampoo.",
        "  after: Until Sunday 24 January, avoid as above: washing. Allowed again from Monday 25"
        " January.",
    ]


def test_the_sheet_has_what_is_not_over_and_whom_it_concerns() -> None:
    asked = WASHING + 'when = { dry = "yes" }\n[questions]\ndry = { ask = "dry?" }\n'
    found = lines(sheet(staged(asked), on=day("2027-01-17")))
    rows = [line for line in found if line.startswith("free:")]
    assert rows == [
        "free: From Monday 11 January 2027, until Sunday 17 January: Use a mild shampoo (if this"
        " concerns you: see below).",
        "free: From Friday 22 January 2027 (at the very earliest Thursday 21 January), until Sunday"
        " 24 January: Wash gently (if this concerns you: see below).",
        "free: From Monday 25 January 2027: Use a mild shampoo (if this concerns you: see below).",
    ]


def test_the_very_earliest_day_of_a_stage_is_said_until_it_has_passed() -> None:
    for on, earliest in (
        ("2027-01-07", " (at the very earliest Thursday 7 January)"),
        ("2027-01-08", ""),
    ):
        rows = [line for line in lines(sheet(staged(), on=day(on))) if line.startswith("free:")]
        says = f"free: From Friday 8 January 2027{earliest}, until Sunday 10 January: Wash gently."
        assert rows[0] == says


def test_a_permission_alone_leaves_what_is_forbidden_as_it_is() -> None:
    text = '[restrictions.towel]\nlabel = "do not rub"\nafter = "2 days"\n'
    found = lines(sheet(staged(text + 'stages = [{ label = "pat dry" }]\n')))
    assert "  after: Until Wednesday 6 January: do not rub. Allowed again from Thursday" in found[1]
    assert found[2] == "free: From Thursday 7 January 2027, until Sunday 17 January: Pat dry."


def test_the_status_says_what_is_allowed_by_now(
    hairplan: Callable[[str], Ran], keep: Callable[..., None]
) -> None:
    Path("own.toml").write_text(OWN + COURSE + WASHING, "utf-8")
    keep("own.toml --start 2027-01-04", "--done course-1 --today 2027-01-04")
    early = hairplan("status p.plan.json --today 2027-01-06 --full").out
    assert "do not wash: since Mon 2027-01-04, until Sun 2027-01-10" in early
    assert "Fri 2027-01-08: allowed: wash gently\n" in early
    assert "this-week  Fri 2027-01-08: wash gently\n" in (
        hairplan("status p.plan.json --today 2027-01-06").out
    )
    later = hairplan("status p.plan.json --today 2027-01-09 --full").out
    assert "wash gently: since Mon 2027-01-04, until Sun 2027-01-10" in later
    assert [each.what for each in _beginnings(staged(), day("2027-01-07"))] == ["stage", "stage"]


def test_a_protocol_says_them() -> None:
    assert (
        "washing: do not wash: at least 2 days, ideally 3 days, after [clinic] and then wash gently"
        " until 6 days after [clinic] and then use a mild shampoo [clinic]"
    ) in render_plain(protocol_document(own_protocol(COURSE + WASHING)))


def test_those_that_differ_by_their_stages_alone_are_two() -> None:
    other = WASHING.replace("washing", "combing").replace("wash gently", "comb gently")
    assert len([line for line in desk(staged(WASHING + other), width=80) if "gently" in line]) == 2
    assert staged().restrictions[0] != staged(other).restrictions[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('after = "3 days"\nstages = [{ label = "a" }, { label = "b", after = "5 days" }]',
         ["restrictions.x.stages[1].after: missing: only the last stage may have no end"]),
        ('after = "3 days"\nstages = [{ label = "a", after = "3 days" }]',
         ["restrictions.x.stages[1].after: 3 days is not longer than the 3 days before it"]),
        ('before = "1 day"\nstages = [{ label = "a" }]',
         ["restrictions.x.stages: follow 'after', which is missing"]),
        ('until = "next"\nafter = "1 day"\nstages = [{ label = "a" }]',
         ["restrictions.x.stages: not beside until: nothing says when the first of them begins"]),
        ('after = "1 day"\n[[restrictions.x.stages]]\nlabel = "a"\n'
         'after = { at_least = "3 days", ideal = "2 days" }',
         ["restrictions.x.stages[1].after.at_least: 3 days can be longer than ideal, 2 days"]),
    ],
)  # fmt: skip
def test_stages_that_lead_nowhere_are_refused(text: str, expected: list[str]) -> None:
    assert faults(f'{HEAD}{STEP}\n[restrictions.x]\nlabel = "x"\n{text}\n') == expected


def test_a_stage_may_end_at_a_time_of_the_same_day() -> None:
    text = '[restrictions.x]\nlabel = "x"\nafter = "3 days at 09:00"\n'
    found = staged(text + 'stages = [{ label = "a", after = "3 days at 18:00" }]\n')
    assert stages(found) == [("a", ["01-07..01-07", "01-21..01-21"])]


def test_one_that_is_over_before_it_begins_has_no_day() -> None:
    text = '[restrictions.x]\nlabel = "x"\nafter = "60 hours"\n'
    found = staged(text + 'stages = [{ label = "a", after = "1 day at 09:00" }]\n')
    assert "x, then never: a\n" in words(found)
    assert not [line for line in desk(found, width=80) if ": a" in line]
