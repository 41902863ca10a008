"""A calendar's bytes: those of icalendar's straightforward way, with nothing but text as text."""

import itertools
import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from conftest import plan
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar
from msgspec import structs
from plain_ics import ZONES, plain

from hairplan.calendar.ics import NAME, CalendarShape, Revision, clean_text, render, uid
from hairplan.calendar.items import Alarm, CalendarChoice, Item, items_of
from hairplan.calendar.recurrence import Repeat
from hairplan.calendar.zones import is_named_with
from hairplan.clinic.templates import Audience, Details

VERSION = Revision(datetime(2026, 11, 1, 12, 30, 15, 999, tzinfo=UTC), 3)
FEED = CalendarShape("Plan, of hair; \\ 100%", feed=True)
FIRST = date(2026, 12, 1)
STARTS = [FIRST + timedelta(days=number) for number in (0, 30, 89, 206, 820)]


def checked(
    items: list[Item] | tuple[Item, ...],
    revisions: Revision | dict[str, Revision] = VERSION,
    shape: CalendarShape | None = None,
) -> bytes:
    """Return the bytes of a calendar, after every law on them."""
    found = render(items, "plan", revisions, shape)
    assert found == plain(items, "plan", revisions, shape)
    assert found.endswith(b"END:VCALENDAR\r\n")
    assert b"\r" not in found.replace(b"\r\n", b"")
    assert b"\n" not in found.replace(b"\r\n", b"")
    assert max(map(len, found.split(b"\r\n"))) <= 75
    # icalendar does not read a name as text; a comment it does.
    calendar: Any = Calendar.from_ical(found.replace(b"\r\nNAME:", b"\r\nCOMMENT:", 1))
    name = shape.name if shape else None
    assert calendar["comment"] == clean_text(NAME if name is None else name)
    events = [each for each in calendar.subcomponents if each.name != "VTIMEZONE"]
    zones = [str(each["tzid"]) for each in calendar.subcomponents if each.name == "VTIMEZONE"]
    assert zones == list(dict.fromkeys(item.zone for item in items if item.zone))
    assert calendar.subcomponents == [*calendar.subcomponents[: len(zones)], *events]
    for event, item in zip(events, items, strict=True):
        assert event["summary"] == clean_text(item.title)
        assert event.get("description") == (clean_text(item.text) if item.text else None)
        assert event.get("location") == (clean_text(item.place) if item.place else None)
        assert event["uid"] == uid("plan", item.id)
        revision = revisions if isinstance(revisions, Revision) else revisions[item.id]
        assert event["sequence"] == revision.sequence
        assert event["dtstart"].dt == item.begin
        assert ("dtend" in event) == (item.end is not None)
        assert item.end is None or event["dtend"].dt == item.end
        alarms = [(each["description"], each["trigger"].dt) for each in event.subcomponents]
        assert alarms == [
            (clean_text(each.text), timedelta(minutes=-each.minutes)) for each in item.alarms
        ]
        assert ("rrule" in event) == (item.repeats is not None)
        assert event.errors == []
    return found


def an_item(text: str) -> Item:
    """Return an item that says a text wherever one can stand."""
    return Item(
        id="course-1",
        kind="session",
        begin=FIRST,
        end=None,
        title=text,
        text=text,
        place=text,
        alarms=(Alarm(30, text),),
    )


# ---- our own plans ----


@pytest.mark.parametrize("name", ["smp", "microneedling", "mesopecia", "mesotherapy"])
@pytest.mark.parametrize("audience", ["patient", "practice"])
@pytest.mark.parametrize("details", ["brief", "full"])
def test_a_plan_is_written_as_the_plain_way_writes_it(
    name: str, audience: Audience, details: Details
) -> None:
    choice = CalendarChoice(audience=audience, details=details)
    timed = {"time": time(14, 30), "zone": "Europe/Paris", "place": "12, rue Neuve; 2nd floor"}
    for start, asked in itertools.product(STARTS, ({}, timed)):
        found = plan(name, str(start), closed=("sun",), **asked)
        items = items_of(found, choice)
        assert items
        shape = FEED if start.day % 2 else None
        revisions = {
            each.id: Revision(VERSION.stamp + timedelta(hours=number), number)
            for number, each in enumerate(items)
        }
        assert render(items, found.id, VERSION, shape) == plain(items, found.id, VERSION, shape)
        checked(items, revisions, shape)


# ---- any items ----

SNIPPETS = st.sampled_from(
    [
        "\n", "\r", "\r\n", "\x00", "\x01", "\x0b", "\x0c", "\x1c", "\x7f", "\x85", "\u2028",
        "\u2029", "\ud800", "\udc00", "\ufeff", "\ufffe", "\u200f", "\u202e", "\u00a0", " ", "\t",
        "\U0001f9d1", "\U0001f469\u200d\U0001f52c", ",", ";", ":", '"', "\\", "\\n", "\\N", "\\\\N",
        "^n", "%", "%s", "%%", "%(x)s", "{", "BEGIN:VEVENT", "\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n",
        "\n BEGIN:VALARM", "Tue 2026-12-01", "2026-12-01", "2026-12-012027-01-02",
        "Tue 2026-12-01..Wed 2026-12-02", "12345-12-012", "Tue 2026-12-1", "T1a 2026-12-01",
        "\u0662\u0660\u0662\u0666-\u0661\u0662-\u0660\u0661", "0001-01-01", "9999-99-99",
        "1111-11-11", "222-2222-22-22-22", "x" * 60, "\u00e9" * 30,
    ]
)  # fmt: skip
TEXTS = st.one_of(
    st.text(st.characters()),
    st.lists(SNIPPETS | st.text(st.characters(), max_size=20), max_size=12).map("".join),
)
DAYS = st.dates()
MOMENTS = st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0))


def as_built(item: Item) -> Item:
    """Return an item with a zone only where its moments can be read in it."""
    moments = [at for at in (item.begin, item.end) if isinstance(at, datetime)]
    is_named = item.zone is not None and all(is_named_with(item.zone, at) for at in moments)
    return item if is_named else structs.replace(item, zone=None)


REPEATS = st.builds(
    Repeat,
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]),
    st.integers(1, 9999),
    st.lists(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), unique=True).map(tuple),
    st.sampled_from([None, -1, 28]),
    DAYS,
)
ITEMS = st.builds(
    Item,
    id=TEXTS.map(clean_text),
    kind=st.sampled_from(["session", "restriction", "task", "review", "routine"]),
    begin=DAYS | MOMENTS,
    end=st.none() | DAYS | MOMENTS,
    title=TEXTS,
    text=TEXTS,
    place=st.none() | TEXTS,
    status=st.sampled_from(["CONFIRMED", "TENTATIVE", "CANCELLED"]),
    alarms=st.lists(st.builds(Alarm, st.integers(-99999, 99999), TEXTS), max_size=3).map(tuple),
    repeats=st.none() | REPEATS,
    also=st.lists(DAYS, max_size=9).map(tuple),
    is_provisional=st.booleans(),
    never=st.lists(DAYS, max_size=9).map(tuple),
    zone=st.none() | st.sampled_from(list(ZONES)),
).map(as_built)
REVISIONS = st.builds(Revision, MOMENTS, st.integers(0, 2**31 - 1))


@given(st.lists(ITEMS, max_size=4), REVISIONS, st.builds(CalendarShape, TEXTS, st.booleans()))
def test_any_items_are_written_as_the_plain_way_writes_them(
    items: list[Item], revision: Revision, shape: CalendarShape
) -> None:
    checked(items, revision, shape)


@given(TEXTS)
@example("x" * 10_000)
@example("\U0001f469\u200d\U0001f52c" * 2_500)
@example("\\;,\n" * 2_500)
@example("Tue 2026-12-01" * 700)
@example("\ud83d\ude00")
@example("C:\\New")
def test_any_text_is_read_back_as_it_was_meant(text: str) -> None:
    checked([an_item(text), an_item(f" {text}\r\n")])


@pytest.mark.parametrize(
    "text",
    [
        "Tue 2026-12-01", "2026-12-01", "2026-12-012026-12-02", "\U0001f469\u200d\U0001f52c",
        "\u00e9", "\\", "\\\\", "\\N", ",", ";", "\n", "\r\n", "%", "%s", "\u200f", "\ufeff",
        "\x00", "BEGIN:VEVENT", "\r\nBEGIN:VEVENT", " ", "   ", "\t",
    ],
)  # fmt: skip
def test_a_line_is_folded_anywhere_around_anything(text: str) -> None:
    checked([an_item(f"{'x' * width}{text}y") for width in range(50, 91)])


@pytest.mark.parametrize("width", range(40, 91))
def test_a_date_that_a_fold_cuts_is_put_in_whole(width: int) -> None:
    days = [FIRST + timedelta(days=number * 40) for number in range(12)]
    for one, other in itertools.pairwise(days):
        checked([an_item(f"{'x' * width}{one:%a} {one}, {other}; 50% {other:%a} {other}")])


@given(st.text("0123456789-MTWFSaeouindtr ", max_size=40))
def test_what_looks_like_a_date_is_written_like_any_text(text: str) -> None:
    for each in (text, f"{'x' * 50}{text}", f"{text[::-1]}{text}"):
        checked([an_item(each)])


def test_texts_that_differ_by_their_dates_alone_keep_their_own() -> None:
    texts = [f"From Tue {FIRST + timedelta(days=number)} on" for number in range(50)]
    calendar: Any = Calendar.from_ical(checked([an_item(each) for each in texts]))
    assert [str(each["description"]) for each in calendar.subcomponents] == texts


@pytest.mark.parametrize("width", [0, 55, 130])
def test_every_character_is_written_as_itself_where_another_stood(width: int) -> None:
    chars = [chr(code) for code in range(1, 0x250) if chr(code).isprintable()]
    checked([an_item(f"{'x' * width}a{char}b{char}{char}N c") for char in chars])


def test_texts_of_one_pattern_keep_what_they_say() -> None:
    refs = ["P-0001", "P 0002", "%s%d%%", "{ref}:", "~~~~~~", "O'Neil", "a=b<c>", "n N n "]
    texts = [f"{ref}: care, for {ref}; {'x' * 60} {ref} (100%)" for ref in refs]
    checked([an_item(each) for each in texts])


# ---- what is cleaned ----


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("one\r\ntwo\rthree\nfour\u2028five\x85six", "one\ntwo\nthree\nfour\nfive\nsix"),
        (" \r\n tab\t kept \n", "tab\t kept"),
        ("\x00\x1b[2J\x7f\x9b", "\ufffd\ufffd[2J\ufffd\ufffd"),
        ("\ud800x\ufffe", "\ufffdx\ufffd"),
        ("\U0001f469\u200d\U0001f52c \u200fאב", "\U0001f469\u200d\U0001f52c \u200fאב"),
        ("\ufeffone\ufeff\\\ufeffN", "one\\n"),
        ("C:\\New\\notes", "C:\\new\\notes"),
    ],
)
def test_clean(text: str, cleaned: str) -> None:
    assert clean_text(text) == cleaned


@given(TEXTS)
def test_what_is_clean_stays_as_it_is(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)


# ---- ids ----


def test_the_id_of_an_item_is_always_the_same() -> None:
    assert uid("3f2a", "course-2") == "7ead42ea-d1f9-8c7b-8af7-a207710883c2"


@given(
    st.tuples(TEXTS.map(clean_text), TEXTS.map(clean_text)),
    st.tuples(TEXTS.map(clean_text), TEXTS.map(clean_text)),
)
@example(("a", "b"), ("ab", ""))
def test_an_id_is_a_uuid_and_one_item_s_own(one: tuple[str, str], other: tuple[str, str]) -> None:
    form = r"[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    assert re.fullmatch(form, uid(*one))
    # No id of a plan has a line break in it.
    if one != other and "\n" not in one[0] + other[0]:
        assert uid(*one) != uid(*other)
