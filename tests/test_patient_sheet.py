"""The patient's sheet: every date that concerns the patient in plain words, and nothing else."""

import re
from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from html import unescape
from typing import Any

import pytest
from conftest import TODAY, Ran, day, own_plan, own_protocol, plan
from msgspec import structs
from test_patient_sheet_page import words_of
from test_sheet import SHEET

from hairplan import Plan
from hairplan.clinic.settings import ClinicConfig
from hairplan.errors import InputError, OutOfRangeError
from hairplan.sheet.catalogs import with_texts_of
from hairplan.sheet.html import render_html
from hairplan.sheet.model import AppointmentRow, Panel, Sheet
from hairplan.sheet.sheet import sheet_of
from hairplan.sheet.words import load_catalog, plain

Run = Callable[[str], Ran]

CLINIC = ClinicConfig(
    "Lime Street Clinic", "02 61 91 00 17", "12 Lime Street", "Monday to Friday", signature=True
)
COURSE = """\
[[steps]]
id = "course"
name = "session"
count = 2
spacing.preferred = "4 weeks"
duration = "30 minutes"
"""
LENGTHS = '{ at_least = "2 days", ideal = "3 days" }'
QUESTION = """\
[questions]
d = { ask = "is it so?" }
[rules]
d = { question = "d", outcome = "caution", says = "care" }
"""
FIVE = COURSE.replace("count = 2", "count = 5")
PLAIN = str.maketrans({
    "\N{NO-BREAK SPACE}": " ", "\N{EN DASH}": "-", "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{LEFT DOUBLE QUOTATION MARK}": '"', "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
})  # fmt: skip


def sheet(of: Plan, on: date = TODAY, clinic: ClinicConfig = CLINIC) -> Sheet:
    return sheet_of(of, words_of(of), clinic, on)


def lines(made: Sheet) -> list[str]:
    """Return the words of a sheet that are its own."""
    return [line.translate(PLAIN) for line in _lines(made)]


def _lines(made: Sheet) -> Iterator[str]:
    for row in made.rows:
        if isinstance(row, AppointmentRow):
            yield f"{row.number} {row.of}, {row.state}: {plain(row.when)}"
            yield from (f"  before: {plain(text)}" for text in row.before)
            yield from (f"  after: {plain(text)}" for text in row.after)
            if made.is_list:
                cells = zip(made.columns, map(plain, row.cells), strict=True)
                yield from (f"  {column}: {text}" for column, text in cells if text)
        else:
            yield f"{row.kind}: {plain(row.text)}"
    yield from map(plain, made.later)
    for panel in made.care:
        yield from panel_lines(panel)


def panel_lines(panel: Panel | None) -> list[str]:
    if panel is None:
        return []
    title = f"{panel.title}: {plain(panel.lead)}" if panel.lead else panel.title
    return [title.translate(PLAIN), *(f"  {plain(line)}".translate(PLAIN) for line in panel.lines)]


def words(html: str) -> str:
    """Return what a reader of a page reads."""
    body = re.sub(r"(?s)<style>.*?</style>|<title id=.*?</title>|<[^>]*>", " ", html)
    return re.sub(r"\s+", " ", unescape(body)).translate(PLAIN)


# ---- what it says ----


def test_up_to_four_appointments_are_cards_with_what_lies_between_them() -> None:
    answers = {"minoxidil": "yes"}
    made = sheet(plan("smp", "2026-12-01", time=time(14, 30), ref="A-17", answers=answers))
    assert not made.is_list
    assert plain(made.made).translate(PLAIN) == "Reference A-17 \xb7 Sheet of 1 November 2026"
    assert plain(made.lead).translate(PLAIN) == (
        "3 appointments of about 2 hours each."
        ' "To be confirmed": please ring us to settle that time.'
    )
    assert lines(made) == [
        "begin: From Tuesday 24 November 2026 (at the latest Thursday 26 November): no minoxidil"
        " on the scalp, right through to Tuesday 5 January. The very least: 26 Nov - 6 Dec,"
        " 10-20 Dec and 24 Dec - 3 Jan.",
        "1 of 3, To be confirmed: Tuesday 1 December 2026, 14:30",
        "  before: Your first consultation (if it is still to come, ring us)",
        "  after: Until Sunday 6 December: no exercise that makes you sweat; no sun on your scalp;"
        " no swimming (pool or sea). Allowed again from Monday 7 December (at the very earliest"
        " Saturday 5 December).",
        "2 of 3, To be confirmed: Tuesday 15 December 2026, 14:30",
        "  before: Still no minoxidil on the scalp.",
        "  after: Until Sunday 20 December, avoid as above: hard exercise, sun and swimming."
        " Allowed again from Monday 21 December (at the very earliest Saturday 19 December).",
        "3 of 3, To be confirmed: Tuesday 29 December 2026, 14:30",
        "  before: Still no minoxidil on the scalp.",
        "  after: Until Sunday 3 January, avoid as above: hard exercise, sun and swimming. Allowed"
        " again from Monday 4 January (at the very earliest Saturday 2 January).",
        "free: From Wednesday 6 January 2027 (at the very earliest Monday 4 January), you may"
        " resume: minoxidil.",
        "After that: a visit around June 2029, to be arranged nearer the time.",
    ]  # fmt: skip
    assert panel_lines(made.questions) == [
        "Tell us before your next appointment if any of this is true of you: Best at once, at the"
        " latest by Tuesday 24 November 2026. A tick does not always mean no: we talk first.",
        "  pregnant, or perhaps",
        "  breastfeeding",
        "  active autoimmune disease",
        "  skin disease flaring up",
        "  widespread psoriasis or eczema",
        "  limited psoriasis or eczema",
        "  chemotherapy now",
        "  chemotherapy in the past",
        "  other intensive treatment",
        "  severe allergy to pigments",
        "  hair transplant",
    ]
    assert panel_lines(made.expected) == [
        "What to expect",
        "  The colour slowly fades, depending on skin, sun and habits (about December 2028 to"
        " December 2031)",
        "  It feels like a long tingling or a very light tattoo; most people tolerate it well",
    ]


def test_more_appointments_are_a_list_with_what_holds_for_each_below() -> None:
    made = sheet(plan("mesopecia", "2026-12-01", time=time(14, 30), zone="Europe/Paris"))
    assert made.is_list
    assert lines(made)[:6] == [
        "1 of 8, To be confirmed: Tuesday 1 December 2026, 14:30",
        "  Hair dye again from: Wednesday 2 December, 15:00",
        "begin: From Tuesday 1 December 2026: keep the sun off the treated area, right through to"
        " Wednesday 3 March. The very least: 1-29 Dec, 5-12 Jan, 19-26 Jan, 2-9 Feb and 16-23 Feb.",
        "2 of 8, To be confirmed: Tuesday 8 December 2026, 14:30",
        "  Hair dye again from: Wednesday 9 December, 15:00",
        "3 of 8, To be confirmed: Tuesday 15 December 2026, 14:30",
    ]
    assert lines(made)[-9:] == [
        "  Hair dye again from: Wednesday 17 February, 15:00",
        "free: From Thursday 4 March 2027 (at the very earliest Wednesday 24 February), allowed"
        " again: sun.",
        "After that: 9 visits, from March 2027 to November 2027, to be arranged nearer the time.",
        "Before each appointment",
        "  If we suggest it, a numbing cream, 60 minutes before, at 13:30",
        "  Bring a wide-toothed comb",
        "  Wash your hair, the day before or that morning",
        "After each appointment",
        "  No hair dye or other harsh product - up to the day in the list.",
    ]
    assert panel_lines(made.expected)[:2] == [
        "What to expect",
        "  Around 29 December 2026, 30 January 2027 and 1 March 2027: we look at the result with"
        " you, at the nearest of your appointments",
    ]


def test_a_protocol_of_one_s_own_is_said_in_its_own_words() -> None:
    found = own_plan(
        f"""{COURSE}
[restrictions]
fast = {{ label = "eat nothing", before = "1 day at 21:00", around = ["course.first"] }}
no-hat = {{ label = "wear no hat", begins = "1 day", after = "3 days", around = ["course.first"] }}
dye = {{ label = "no dye", before = {LENGTHS}, around = ["course.last"] }}
sauna = {{ label = "no sauna", after = "24 hours" }}
[tasks]
letter = {{ label = "letter of the doctor", session = "first", blocks = true, lead = "1 week" }}
aspirin = {{ label = "stop aspirin", session = "first", lead = "5 days", earliest = "8 days" }}
wash = {{ label = "wash the hair", earliest = "1 day" }}
cream = {{ label = "a cream", lead = "30 minutes", optional = true, session = "first" }}
[routines]
comb = {{ label = "massage the scalp", every = "1 day" }}
laser = {{ label = "laser comb", every = "2 days", until = "course.last" }}
""",
        time=time(10),
    )
    assert lines(sheet(found)) == [
        "task: By Monday 28 December 2026: a check or a document that is needed first, if it is"
        " still to come: please ring us, as it has to come before this appointment",
        "task: By Wednesday 30 December 2026: stop aspirin (not before Sunday 27 December)",
        "begin: From Sunday 3 January 2027, 21:00: eat nothing, up to your appointment.",
        "1 of 2, To be confirmed: Monday 4 January 2027, 10:00",
        "  before: If we suggest it, a cream, 30 minutes before, at 9:30",
        "  before: Wash the hair (not before Sunday 3 January)",
        "  after: Until Tuesday 5 January, 10:30: no sauna.",
        "begin: From Tuesday 5 January 2027: wear no hat, right through to Thursday 7 January.",
        "free: From Friday 8 January 2027, allowed again: no hat.",
        "begin: From Friday 29 January 2027 (at the latest Saturday 30 January): no dye, up to your"
        " appointment.",
        "2 of 2, To be confirmed: Monday 1 February 2027, 10:00",
        "  before: Wash the hair (not before Sunday 31 January)",
        "  after: Until Tuesday 2 February, 10:30, avoid as above: sauna.",
        "At home",
        "  Massage the scalp: every day, from Monday 4 January 2027 on",
        "  Laser comb: every 2 days, from Monday 4 January 2027 to Monday 1 February 2027",
    ]  # fmt: skip


def test_in_a_list_a_day_of_its_own_stands_with_its_appointment() -> None:
    found = own_plan(
        f"""{FIVE}
[restrictions]
hat = {{ label = "wear no hat", after = {{ at_least = "2 days", ideal = "5 days" }} }}
sauna = {{ label = "no sauna", after = "3 days", around = ["course.first"] }}
[tasks]
wash = {{ label = "wash the hair", earliest = "2 days" }}
rinse = {{ label = "rinse the hair", earliest = "1 day" }}
comb = {{ label = "bring a comb", session = "first" }}
cream = {{ label = "a cream", lead = "30 minutes" }}
aspirin = {{ label = "stop aspirin", lead = "5 days" }}
"""
    )
    made = lines(sheet(found))
    assert made[:7] == [
        "task: By Wednesday 30 December 2026: stop aspirin",
        "1 of 5, To be confirmed: Monday 4 January 2027",
        "  before: Bring a comb",
        "  Hat again from: Sunday 10 January (Thursday 7 January)",
        "  Sauna again from: Friday 8 January",
        "task: By Wednesday 27 January 2027: stop aspirin",
        "2 of 5, To be confirmed: Monday 1 February 2027",
    ]
    assert made[-7:] == [
        "Before each appointment",
        "  A cream, 30 minutes before",
        "  Rinse the hair, at the earliest 1 day before",
        "  Wash the hair, at the earliest 2 days before",
        "After each appointment",
        "  Wear no hat - up to the day in the list (in brackets: at the very earliest).",
        "  No sauna - up to the day in the list.",
    ]


# ---- as it stands on a day ----


def test_what_still_holds_after_a_visit_stands_first() -> None:
    made = sheet(plan("smp", "2026-12-01", place="Room 2"), day("2026-12-16"))
    assert plain(made.lead).startswith("1 appointment of about 2 hours. Place: Room 2.")
    assert lines(made)[:3] == [
        "begin: Now, right through to Tuesday 5 January: no minoxidil on the scalp (if this"
        " concerns you: see below). The very least: 10-20 Dec and 24 Dec - 3 Jan.",
        "begin: Now, right through to Sunday 20 December: no exercise that makes you sweat; no sun"
        " on your scalp; no swimming (pool or sea).",
        "free: From Monday 21 December 2026 (at the very earliest Saturday 19 December), allowed"
        " again: hard exercise, sun and swimming.",
    ]
    assert panel_lines(made.questions)[0].endswith(
        ": Best at once. A tick does not always mean no: we talk first."
    )


def test_what_holds_for_one_visit_alone_is_on_its_card_alone() -> None:
    text = '[restrictions]\na = { label = "no a", after = "1 day", around = ["course.last"] }\n'
    text += 'b = { label = "no b", after = "1 day", around = ["course.first"] }\n'
    text += '[tasks]\ncomb = { label = "bring a comb", session = "first" }\n'
    found = own_plan(COURSE + text)
    assert lines(sheet(found)) == [
        "1 of 2, To be confirmed: Monday 4 January 2027",
        "  before: Bring a comb",
        "  after: Until Tuesday 5 January: no b. Allowed again from Wednesday 6 January.",
        "2 of 2, To be confirmed: Monday 1 February 2027",
        "  after: Until Tuesday 2 February: no a. Allowed again from Wednesday 3 February.",
    ]
    assert lines(sheet(found, day("2027-01-20"))) == [
        "2 of 2, To be confirmed: Monday 1 February 2027",
        "  after: Until Tuesday 2 February: no a. Allowed again from Wednesday 3 February.",
    ]


def test_what_ends_with_a_visit_and_has_begun_is_said_so() -> None:
    text = f'{COURSE}[restrictions]\ndye = {{ label = "no dye", before = "3 days" }}\n'
    found = lines(sheet(own_plan(text), day("2027-01-02")))
    assert found[0] == "begin: Now, up to your appointment: no dye."


def test_the_very_earliest_day_is_said_until_it_has_passed() -> None:
    found = plan("smp", "2026-12-01")
    for on, earliest in (
        ("2026-12-05", " (at the very earliest Saturday 5 December)"),
        ("2026-12-06", ""),
    ):
        rows = [line for line in lines(sheet(found, day(on))) if line.startswith("free:")]
        says = f"free: From Monday 7 December 2026{earliest}, allowed again: hard exercise, sun and"
        assert rows[0] == f"{says} swimming."


def test_what_was_done_or_settled_is_not_on_it(hairplan: Run) -> None:
    keep = "schedule smp --start 2026-12-01 --answer minoxidil=no --answer transplant=no"
    hairplan(f"{keep} --save p.plan.json")
    hairplan("record p.plan.json --booked course-2 --done course-1=2026-12-01 --today 2026-12-08")
    ran = hairplan("schedule p.plan.json -f sheet --today 2026-12-09")
    assert "2 of 3 Booked Tuesday 15 December 2026" in words(ran.out)
    assert not [gone for gone in ("1 of 3", "transplant", "minoxidil") if gone in words(ran.out)]


def test_what_has_lost_its_day_is_proposed_or_to_be_arranged(hairplan: Run) -> None:
    hairplan("schedule microneedling --start 2026-12-01 --save p.plan.json")
    hairplan("record p.plan.json --booked course-2 --booked course-3 --booked course-4")
    hairplan("record p.plan.json --missed course-1 --cancelled course-3 --today 2026-12-02")
    found = words(hairplan("schedule p.plan.json -f sheet --today 2026-12-02").out)
    assert (
        "1 of 12 Thursday 3 December 2026 Before: Ring us to settle this day: then we tell you what"
        " to do and to avoid To be confirmed"
    ) in found
    assert "2 of 12 Tuesday 8 December 2026 Before: If we suggest it, a numbing cream" in found
    assert "One more appointment needs a day: please ring us." in found
    assert "4 of 12 Tuesday 22 December 2026" in found


@pytest.mark.parametrize(
    ("ids", "says"),
    [
        ({"course-2"}, "One more appointment needs a day: please ring us."),
        ({"course-2", "course-3"}, "2 more appointments need a day: please ring us."),
    ],
)
def test_how_many_appointments_need_a_day_is_said(ids: set[str], says: str) -> None:
    found = own_plan(FIVE)
    sessions = tuple(
        structs.replace(each, status="cancelled") if each.id in ids else each
        for each in found.sessions
    )
    assert lines(sheet(structs.replace(found, sessions=sessions)))[-1] == says


def test_visits_far_off_are_told_by_their_months() -> None:
    found = lines(sheet(plan("microneedling", "2026-12-01")))
    assert (
        "After that, perhaps: visits around August 2027, February 2028 and August 2028, to be"
        " arranged nearer the time."
    ) in found


def test_a_visit_that_may_follow_is_told_by_its_month() -> None:
    found = own_plan(
        f"""{COURSE}
[[steps]]
id = "again"
name = "again"
anchor = "course.last"
offsets = ["3 months"]
when = {{ more = "yes" }}
[questions]
more = {{ ask = "is more wanted?" }}
"""
    )
    made = sheet(found)
    assert lines(made)[-1] == "Perhaps also a visit around May 2027, to be arranged."


def test_without_a_day_ahead_there_is_no_sheet(hairplan: Run) -> None:
    hairplan("schedule smp --start 2026-12-01 --save p.plan.json")
    hairplan("record p.plan.json --done course-1=2026-12-01 --today 2026-12-01")
    hairplan("record p.plan.json --cancelled course-2 --today 2026-12-10")
    ran = hairplan("schedule p.plan.json -f sheet --today 2026-12-10")
    says = "error: no sheet: no appointment has a day from 2026-12-10 on\n"
    assert (ran.code, ran.out, ran.err) == (2, "", says)
    hairplan("record p.plan.json --ended today --reason moved --today 2026-12-11")
    ran = hairplan("schedule p.plan.json -f sheet --today 2026-12-11")
    assert (ran.code, ran.err) == (2, "error: no sheet: ended on Fri 2026-12-11: moved\n")


def test_a_refused_plan_has_no_sheet() -> None:
    refused = plan("smp", "2026-12-01", answers={"pregnancy": "yes"})
    with pytest.raises(InputError, match=r"^no sheet: "):
        sheet(refused)


def test_days_that_no_calendar_has_are_our_own_error() -> None:
    one = COURSE.replace("count = 2", "count = 1")
    found = own_plan(f'horizon = "1 day"\n{one}', start=day("9999-12-30"))
    with pytest.raises(OutOfRangeError, match=r"^no sheet: its days leave the years 1 to 9999\Z"):
        sheet(found)


# ---- the words ----


def test_what_is_for_the_practice_or_over_is_not_on_it() -> None:
    text = f"""{COURSE}
[tasks]
led = {{ label = "LED light just before or after may complete it", by = "clinic" }}
[routines]
gone = {{ label = "massage", every = "1 day", until = "course.first" }}
[milestones]
look = {{ label = "record the baseline", patient = "" }}
[expectations]
young = {{ label = "quickly", when = {{ age = "..30" }} }}
past = {{ label = "nothing", at = "start", begins = "0 days", ends = "1 day" }}
soon = {{ label = "something", at = "start", begins = "2 months", ends = "3 months" }}
now = {{ label = "much", at = "start", begins = "2 months", ends = "2 months" }}
[questions]
bald = {{ ask = "is the area bald, without follicles?", asks = "practitioner" }}
[rules]
bald = {{ question = "bald", outcome = "not-effective", says = "no effect" }}
"""
    words = with_texts_of(own_protocol(text), load_catalog())
    made = sheet_of(own_plan(text), words, CLINIC, day("2027-01-20"))
    assert lines(made) == ["2 of 2, To be confirmed: Monday 1 February 2027"]
    assert made.questions is None
    assert panel_lines(made.expected) == [
        "What to expect",
        "  Much (about March 2027)",
        "  Something (about March 2027 to April 2027)",
    ]


@pytest.mark.parametrize(
    ("iso", "says"),
    [
        ("PT1H", "1 hour"),
        ("PT2H", "2 hours"),
        ("PT45M", "45 minutes"),
        ("PT1H30M", "1 hour and 30 minutes"),
    ],
)
def test_lengths_are_said_in_full(iso: str, says: str) -> None:
    assert load_catalog().length(iso) == says


def test_a_single_day_is_no_range() -> None:
    assert load_catalog().from_to(TODAY, TODAY).translate(PLAIN) == "1 Nov"


# ---- laws ----


ASKED: list[tuple[str, dict[str, Any]]] = [
    ("smp", {"time": time(14, 30)}),
    ("smp", {"answers": {"minoxidil": "yes"}, "sessions": 6}),
    ("microneedling", {"options": {"growth-factors": "yes"}}),
    ("microneedling", {"options": {"cadence": "fortnightly"}}),
    ("mesopecia", {"options": {"form": "postpartum"}}),
    ("mesotherapy", {}),
]


@pytest.mark.parametrize(("name", "asked"), ASKED)
@pytest.mark.parametrize("on", ["2026-11-01", "2026-12-16"])
def test_every_date_is_the_plan_s(name: str, asked: dict[str, Any], on: str) -> None:
    found = plan(name, "2026-12-01", **asked)
    html = render_html(sheet(found, day(on)))
    shown = {each[:10] for each in re.findall(r'<time datetime="([^"]*)"', html)}
    assert shown <= _days_of(found, day(on))
    ahead = {str(each.on) for each in found.dated if each.status == "planned"}
    assert {each for each in ahead if each >= on} <= shown


def _days_of(found: Plan, on: date) -> set[str]:
    days = {each.on for each in found.dated} | {each.on for each in found.milestones}
    ends: set[date | None] = set()
    for restriction in found.restrictions:
        for period in (*restriction.ideal, *restriction.at_least):
            ends |= {period.first, period.last, period.resume_on}
    for task in found.tasks:
        ends |= {task.due, task.not_before}
    next_visit = min(each.on for each in found.dated if each.on >= on)
    return {str(each) for each in {*days, *ends, next_visit - timedelta(days=1)}}


@pytest.mark.parametrize(("name", "asked"), ASKED)
def test_it_tells_no_id_no_source_no_price_and_no_treatment(
    name: str, asked: dict[str, Any]
) -> None:
    found = plan(name, "2026-12-01", **asked)
    told = words(render_html(sheet(found))).lower()
    ids = [each.id for each in found.sessions] + [source.id.lower() for source in found.sources]
    hidden = [*ids, found.id, found.protocol.name.lower(), "eur", "window", "diagnosis"]
    assert not [secret for secret in hidden if re.search(rf"\b{secret}\b", told)]


# ---- what no appointment leads to ----


def test_a_protocol_without_appointments_has_a_sheet_too() -> None:
    found = own_plan(SHEET)
    made = sheet(found)
    assert (made.heading, made.title) == ("What to do and to avoid",) * 2
    assert plain(made.lead).translate(PLAIN) == "It counts from Monday 4 January 2027."
    assert lines(made) == [
        "begin: From Monday 4 January 2027: no sun, right through to Monday 1 February.",
        "begin: From Monday 4 January 2027: no swimming, right through to Monday 18 January.",
        "begin: From Monday 4 January 2027 on: no heat, as the clinic tells you.",
        "free: From Tuesday 19 January 2027, allowed again: swim.",
        "free: From Tuesday 2 February 2027, allowed again: sun.",
        "At home",
        "  Wash gently: every day, from Thursday 7 January 2027 to Wednesday 13 January 2027",
    ]
    html = render_html(made)
    assert "Point your phone" not in html
    assert "Appointments" not in words(html)
    text = '[milestones]\nresult = { label = "result", after = "1 month", strength = "clinic" }\n'
    bare = sheet(own_plan(f"{text}{QUESTION}", ref="A"))
    assert (bare.picture, "At a glance" in render_html(bare)) == (None, False)
    assert bare.title.translate(PLAIN) == "What to do and to avoid - A"
    says = "the latest by Monday 4 January 2027. A tick does not always mean no: we talk first."
    assert panel_lines(bare.questions)[0].endswith(says)


def test_what_lasts_as_long_as_the_clinic_says_is_told() -> None:
    text = f"""{COURSE}
[restrictions]
heat = {{ label = "no heat", how_long = "as we tell you", when = {{ warm = "yes" }} }}
sun = {{ label = "no sun", after = "2 days", around = ["start"] }}
[tasks]
picture = {{ label = "send a picture", lag = "3 days" }}
{QUESTION.replace("d =", "warm =").replace('"d"', '"warm"')}"""
    found = own_plan(text)
    assert lines(sheet(found)) == [
        "1 of 2, To be confirmed: Monday 4 January 2027",
        "begin: From Monday 4 January 2027: no sun, right through to Wednesday 6 January.",
        "begin: From Monday 4 January 2027 on: no heat (if this concerns you: see below), as we"
        " tell you.",
        "task: By Thursday 7 January 2027: send a picture",
        "free: From Thursday 7 January 2027, allowed again: sun.",
        "2 of 2, To be confirmed: Monday 1 February 2027",
        "begin: From Monday 1 February 2027 on: no heat (if this concerns you: see below), as we"
        " tell you.",
        "task: By Thursday 4 February 2027: send a picture",
    ]  # fmt: skip
    assert lines(sheet(found, day("2027-01-06")))[:3] == [
        "begin: Now, right through to Wednesday 6 January: no sun.",
        "begin: From Monday 4 January 2027 on: no heat (if this concerns you: see below), as we"
        " tell you.",
        "task: By Thursday 7 January 2027: send a picture",
    ]  # fmt: skip
