"""How calendars that were exported once follow the plan, for any items and in others' programs.

The programs are found as in `test_calendar_readers`, and skipped where they are not there.
"""

import json
import re
import subprocess
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from conftest import TODAY, day, plan, strict_faults
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import structs
from test_calendar_readers import FIRST, FOLDER, LAST, MUST, READERS, _runs, engine

from hairplan import CalendarChoice, Plan, PlanRequest, load_protocol, make_plan
from hairplan.calendar import ics
from hairplan.calendar.calling_off import CallingOff, calling_off_of
from hairplan.calendar.items import KINDS, Alarm, Item, ids_of, items_of
from hairplan.calendar.ledger import CalendarUpdate, follow
from hairplan.calendar.recurrence import Repeat
from hairplan.files.plan_file import LedgerLine
from hairplan.history import Added, Cancelled, Done, Entry, Happening, Missed, Moved, Skipped
from hairplan.plan import Session

PLAN = "3f2a"
STAMPS = [datetime(2026, 11, 1 + number, 8, 30, tzinfo=UTC) for number in range(28)]
NINE = datetime(2026, 12, 15, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)

ONE = Item(
    id="course-1",
    kind="session",
    begin=NINE,
    end=NINE + HOUR,
    title="Appointment 1 of 3",
    text="Wash before.",
    place="Room 2",
    alarms=(Alarm(1440, "Appointment 1 of 3"),),
)
CARE = Item(
    id="restriction.sun.course-1",
    kind="restriction",
    begin=day("2026-12-15"),
    end=day("2026-12-20"),
    title="Care period",
    text="No sun.",
)


class Calendar:
    """What somebody has who imports every file."""

    def __init__(self) -> None:
        self.ledger: dict[str, LedgerLine] = {}
        self.exports = 0

    def export(
        self,
        items: Sequence[Item],
        all_ids: Sequence[str] | None = None,
        stamp: datetime | None = None,
    ) -> CalendarUpdate:
        ids = [each.id for each in items] if all_ids is None else all_ids
        found = follow(items, lambda: ids, self.ledger, PLAN, stamp or STAMPS[self.exports])
        # A plan file keeps it as JSON.
        kept = msgspec.json.encode(found.ledger)
        self.ledger = msgspec.json.decode(kept, type=dict[str, LedgerLine])
        assert self.ledger == found.ledger
        self.exports += 1
        return found


def events(calendar: bytes) -> dict[str, str]:
    """Return the text of each event, by its UID; each UID is there once."""
    assert strict_faults(calendar) == [] or b"BEGIN:VEVENT" not in calendar
    found = re.findall(r"BEGIN:VEVENT\r\n.*?END:VEVENT\r\n", calendar.decode(), re.DOTALL)
    uids = [value(each, "UID") for each in found]
    assert len(set(uids)) == len(uids)
    return dict(zip(uids, found, strict=True))


def value(event: str, name: str) -> str:
    found = re.search(rf"^{name}[:;](.*)\r$", event, re.MULTILINE)
    return found[1] if found else ""


def unversioned(event: str) -> str:
    return re.sub(r"^(DTSTAMP|LAST-MODIFIED|SEQUENCE):.*\r\n", "", event, flags=re.MULTILINE)


def calendar_of(found: CalendarUpdate, *, changes_only: bool = False) -> bytes:
    """Return the calendar that an export writes."""
    return ics.render(found.chosen(changes_only=changes_only), PLAN, found.revisions)


def written(found: CalendarUpdate, item: str) -> str:
    return events(calendar_of(found)).get(ics.uid(PLAN, item), "")


# ---- each rule ----


@pytest.mark.parametrize(
    ("changes", "sequence"),
    [
        ({}, None),
        ({"begin": NINE + HOUR, "end": NINE + 2 * HOUR}, 1),
        ({"begin": NINE - HOUR}, 1),
        ({"end": NINE + 2 * HOUR}, 1),
        ({"end": None}, 1),
        ({"begin": day("2026-12-15"), "end": day("2026-12-16")}, 1),
        ({"status": "TENTATIVE"}, 1),
        ({"text": "Wash, and eat."}, 0),
        ({"text": ""}, 0),
        ({"title": "Appointment 1 of 4"}, 0),
        ({"place": None}, 0),
        ({"alarms": ()}, 0),
        ({"kind": "review"}, 0),
        # What is written the same is the same.
        ({"text": "Wash before.\r\n"}, None),
    ],
)
def test_a_change_makes_a_new_version(changes: dict[str, Any], sequence: int | None) -> None:
    calendar = Calendar()
    first = calendar.export([ONE, CARE])
    assert first.changed == {"course-1", "restriction.sun.course-1"}
    assert first.revisions["course-1"] == ics.Revision(STAMPS[0], 0)
    second = calendar.export([structs.replace(ONE, **changes), CARE])
    assert written(second, CARE.id) == written(first, CARE.id) != ""
    if sequence is None:
        assert second.changed == set()
        assert calendar_of(second) == calendar_of(first)
        return
    assert second.changed == {"course-1"}
    assert second.revisions["course-1"] == ics.Revision(STAMPS[1], sequence)
    only = events(calendar_of(second, changes_only=True))
    assert list(only.values()) == [written(second, "course-1")]
    third = calendar.export([structs.replace(ONE, **changes), CARE])
    assert calendar_of(third) == calendar_of(second)


def test_what_is_gone_is_called_off_and_stays_so() -> None:
    calendar = Calendar()
    calendar.export([ONE, CARE])
    gone = calendar.export([CARE])
    assert written(gone, "course-1").splitlines() == [
        "BEGIN:VEVENT",
        "SUMMARY:Cancelled: Appointment 1 of 3",
        "DTSTART:20261215T090000Z",
        "DTEND:20261215T100000Z",
        "DTSTAMP:20261102T083000Z",
        f"UID:{ics.uid(PLAN, 'course-1')}",
        "SEQUENCE:1",
        "CATEGORIES:Appointment",
        "CLASS:PRIVATE",
        "LAST-MODIFIED:20261102T083000Z",
        "STATUS:CANCELLED",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]
    assert gone.changed == {"course-1"}
    later = calendar.export([CARE])
    assert later.changed == set()
    assert calendar_of(later) == calendar_of(gone)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (ONE, ("Cancelled: Appointment 1 of 3", NINE, NINE + HOUR)),
        (structs.replace(ONE, end=None), ("Cancelled: Appointment 1 of 3", NINE, None)),
        (CARE, ("Cancelled: Care period", CARE.begin, CARE.end)),
        (
            structs.replace(ONE, status="TENTATIVE", title="Provisional: appointment 2"),
            ("Cancelled: appointment 2", NINE, NINE + HOUR),
        ),
        (
            structs.replace(ONE, status="TENTATIVE", title="Appointment 2 (provisional)"),
            ("Cancelled: Appointment 2", NINE, NINE + HOUR),
        ),
        (
            structs.replace(ONE, title="C:\\New\x00\n"),
            ("Cancelled: C:\\new\ufffd", NINE, NINE + HOUR),
        ),
        (
            structs.replace(CARE, repeats=Repeat("DAILY", 1, (), None, day("2027-01-31"))),
            ("Cancelled: Care period", CARE.begin, CARE.end),
        ),
        (
            structs.replace(CARE, begin=date(1, 1, 1), end=date(1, 1, 2)),
            ("Cancelled: Care period", date(1, 1, 1), date(1, 1, 2)),
        ),
        (
            structs.replace(ONE, begin=datetime(1, 1, 1, tzinfo=UTC), end=None),
            ("Cancelled: Appointment 1 of 3", datetime(1, 1, 1, tzinfo=UTC), None),
        ),
    ],
)
def test_what_is_called_off_keeps_its_day_and_tells_no_more(
    item: Item, expected: tuple[Any, ...]
) -> None:
    calendar = Calendar()
    calendar.export([item])
    for _ in range(2):
        (found,) = calendar.export([]).items
        assert (found.title, found.begin, found.end) == expected
        assert (found.text, found.place, found.alarms, found.repeats) == ("", None, (), None)
        assert (found.status, found.takes_time) == ("CANCELLED", False)


def test_what_is_called_off_keeps_its_zone() -> None:
    calendar = Calendar()
    calendar.export([structs.replace(ONE, zone="Europe/Paris")])
    assert calendar.ledger["course-1"].begin == "2026-12-15T09:00:00Z"
    gone = written(calendar.export([]), "course-1")
    assert value(gone, "DTSTART") == "TZID=Europe/Paris:20261215T100000"
    # In UTC it is another text, and no other time.
    same = calendar.export([ONE])
    assert same.revisions["course-1"].sequence == 2
    again = calendar.export([structs.replace(ONE, zone="Europe/Paris")])
    assert again.changed == {"course-1"}
    assert again.revisions["course-1"].sequence == 2


def test_what_comes_back_is_confirmed_in_a_new_version() -> None:
    calendar = Calendar()
    first = calendar.export([ONE])
    calendar.export([])
    back = calendar.export([ONE])
    assert back.revisions["course-1"] == ics.Revision(STAMPS[2], 2)
    assert unversioned(written(back, "course-1")) == unversioned(written(first, "course-1"))
    assert calendar.export([]).revisions["course-1"] == ics.Revision(STAMPS[3], 3)


def test_what_is_not_wanted_now_keeps_its_line_and_is_not_written() -> None:
    calendar = Calendar()
    first = calendar.export([ONE, CARE])
    line = calendar.ledger[CARE.id]
    only = calendar.export([ONE], [ONE.id, CARE.id])
    assert written(only, CARE.id) == ""
    assert only.changed == set()
    assert calendar.ledger[CARE.id] == line
    assert calendar_of(calendar.export([ONE, CARE])) == calendar_of(first)


def test_what_is_gone_is_called_off_also_where_its_kind_is_not_wanted() -> None:
    calendar = Calendar()
    calendar.export([ONE, CARE])
    assert calendar.export([ONE], [ONE.id]).changed == {CARE.id}


def test_what_is_written_is_not_called_off_whatever_else_there_is() -> None:
    calendar = Calendar()
    first = calendar.export([ONE], [])
    assert calendar_of(calendar.export([ONE], [])) == calendar_of(first)


def test_what_was_never_exported_is_not_called_off() -> None:
    calendar = Calendar()
    calendar.export([ONE], [ONE.id, CARE.id])
    assert [each.id for each in calendar.export([ONE]).items] == [ONE.id]


def test_a_clock_that_goes_back_makes_no_version_older_than_the_last() -> None:
    calendar = Calendar()
    calendar.export([ONE], stamp=STAMPS[5])
    moved = calendar.export([structs.replace(ONE, begin=NINE - HOUR)], stamp=STAMPS[2])
    assert moved.revisions["course-1"] == ics.Revision(STAMPS[5], 1)


def test_a_new_version_is_written_where_it_is_due() -> None:
    calendar = Calendar()
    calendar.export([ONE, CARE])
    later = structs.replace(ONE, id="course-2", begin=NINE + 24 * HOUR, end=NINE + 25 * HOUR)
    found = calendar.export([later, CARE])
    assert [each.id for each in found.items] == [CARE.id, "course-1", "course-2"]
    assert [each.id for each in found.chosen(changes_only=True)] == ["course-1", "course-2"]


# ---- any items, exported again and again ----

TITLES = st.sampled_from(["Appointment 1 of 3", "Care (provisional)", "C:\\New, x;\r\n", "%s 髪"])
TEXTS = st.sampled_from(["", "Wash.", "Tue 2026-12-15, by 9"])
NUMBERS = st.integers(0, 3)


@st.composite
def an_item(draw: st.DrawFn, name: str) -> Item:
    begin: date = NINE + draw(NUMBERS) * HOUR if draw(st.booleans()) else day("2026-12-15")
    return Item(
        id=name,
        kind="session" if name.startswith("course") else "restriction",
        begin=begin,
        end=begin + timedelta(days=1 + draw(NUMBERS)),
        title=draw(TITLES),
        text=draw(TEXTS),
        place=draw(st.sampled_from([None, "Room 2"])),
        status=draw(st.sampled_from(["CONFIRMED", "TENTATIVE"])),
        alarms=draw(st.sampled_from([(), (Alarm(60, "Appointment"),)])),
    )


IDS = ("course-1", "course-2", "restriction.sun.course-1", "review.x")


class Exported(NamedTuple):
    """One export: what the plan has then, what of it is wanted, and when."""

    items: tuple[Item, ...]
    wanted: frozenset[str]
    stamp: datetime


EXPORTS = st.builds(
    lambda items, wanted, stamp: Exported(tuple(filter(None, items)), frozenset(wanted), stamp),
    st.tuples(*(st.none() | an_item(name) for name in IDS)),
    st.sets(st.sampled_from(IDS), min_size=2) | st.just(set(IDS)),
    st.sampled_from(STAMPS),
)


@given(st.lists(EXPORTS, max_size=7))
@example([Exported((ONE,), frozenset(IDS), STAMPS[0]), Exported((), frozenset(IDS), STAMPS[1])] * 2)
def test_any_exports_follow_one_another(exports: list[Exported]) -> None:
    calendar = Calendar()
    held: dict[str, str] = {}
    for each in exports:
        wanted = [item for item in each.items if item.id in each.wanted]
        ids = [item.id for item in each.items]
        before = dict(calendar.ledger)
        found = calendar.export(wanted, ids, each.stamp)
        whole = events(calendar_of(found))
        changes = events(calendar_of(found, changes_only=True))
        same = follow(wanted, partial(list, ids), calendar.ledger, PLAN, STAMPS[-1])
        assert calendar_of(same) == calendar_of(found)
        assert same.changed == set()
        gone = set(before) - set(ids)
        assert set(whole) == {ics.uid(PLAN, name) for name in gone | {i.id for i in wanted}}
        for name in gone:
            assert value(whole[ics.uid(PLAN, name)], "STATUS") == "CANCELLED"
        assert changes == {uid: text for uid, text in whole.items() if held.get(uid) != text}
        for uid, text in whole.items():
            check_version(held.get(uid), text)
        held |= changes
        assert {uid: held[uid] for uid in whole} == whole
        assert set(calendar.ledger) == set(before) | {item.id for item in found.items}


def check_version(before: str | None, after: str) -> None:
    """Check that an event's version says how it changed."""
    sequence = int(value(after, "SEQUENCE"))
    assert value(after, "DTSTAMP") == value(after, "LAST-MODIFIED")
    if before is None:
        assert sequence == 0
        return
    assert value(after, "DTSTAMP") >= value(before, "DTSTAMP")
    if unversioned(before) == unversioned(after):
        assert before == after
    moved = any(
        value(before, name) != value(after, name) for name in ("DTSTART", "DTEND", "STATUS")
    )
    assert sequence == int(value(before, "SEQUENCE")) + moved


# ---- plans and what happened to them ----


def happened(*what: Happening, on: date = TODAY, reason: str | None = None) -> Entry:
    at = datetime.combine(on, time(12), UTC)
    return Entry(at=at, on=on, reason=reason, what=what)


def smp(*history: Entry, today: date = TODAY, name: str = "smp", **asked: Any) -> Plan:
    request = {"start": day("2026-12-01"), "time": time(9, 30), "zone": "Europe/Paris", "id": PLAN}
    return make_plan(load_protocol(name), PlanRequest(**{**request, **asked}), history, today=today)


def sessions(found: Plan, choice: CalendarChoice | None = None) -> dict[str, Item]:
    return {each.id: each for each in items_of(found, choice) if each.kind == "session"}


def with_session(found: Plan, name: str, **changes: Any) -> Plan:
    def changed(each: Session) -> Session:
        return structs.replace(each, **changes) if each.id == name else each

    return structs.replace(found, sessions=tuple(map(changed, found.sessions)))


OPEN = "To be confirmed: please ring us to settle this day."
CARE_AFTER = "Care until Sunday 20 December: see the instructions that you were given."
CARE_LATER = "Care until Wednesday 4 July: see the instructions that you were given."


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        ("course-2", {}, ("2/3 Appointment", "TENTATIVE", OPEN, 1)),
        ("course-2", {"booked": True}, ("2/3 Appointment", "CONFIRMED", CARE_AFTER, 1)),
        ("course-2", {"status": "done"}, ("2/3 Appointment", "CONFIRMED", CARE_AFTER, 0)),
        (
            "course-2",
            {"status": "missed"},
            (
                "Provisional: 2/3 appointment",
                "TENTATIVE",
                "This appointment was missed. The day shown is a proposal: please ring us to"
                " settle it.",
                0,
            ),
        ),
        (
            "course-2",
            {"status": "missed", "booked": True},
            ("2/3 Appointment", "CONFIRMED", CARE_AFTER, 0),
        ),
        (
            "course-2",
            {"status": "overdue"},
            (
                "Provisional: 2/3 appointment",
                "TENTATIVE",
                "The day planned has passed. The day shown is a proposal: please ring us to settle"
                " it.",
                0,
            ),
        ),
        (
            "course-2",
            {"status": "overdue", "booked": True},
            ("2/3 Appointment", "CONFIRMED", CARE_AFTER, 0),
        ),
        (
            "touch-up-1",
            {},
            (
                "Provisional: follow-up",
                "TENTATIVE",
                "To be settled nearer the time: between Friday 29 December 2028 and Saturday 29"
                " December 2029.",
                0,
            ),
        ),
        (
            "touch-up-1",
            {"earliest": None},
            (
                "Provisional: follow-up",
                "TENTATIVE",
                "To be settled nearer the time: by Saturday 29 December 2029.",
                0,
            ),
        ),
        (
            "touch-up-1",
            {"latest": None},
            (
                "Provisional: follow-up",
                "TENTATIVE",
                "To be settled nearer the time: from Friday 29 December 2028 on.",
                0,
            ),
        ),
        (
            "touch-up-1",
            {"earliest": None, "latest": None},
            ("Provisional: follow-up", "TENTATIVE", "To be settled nearer the time.", 0),
        ),
        ("touch-up-1", {"booked": True}, ("Follow-up", "CONFIRMED", CARE_LATER, 1)),
        ("touch-up-1", {"status": "done"}, ("Follow-up", "CONFIRMED", CARE_LATER, 0)),
    ],
)
def test_a_session_is_said_as_it_stands(
    name: str, changes: dict[str, Any], expected: tuple[str, str, str, int]
) -> None:
    choice = CalendarChoice(details="brief")
    found = sessions(with_session(smp(), name, **changes), choice)[name]
    first = found.text.splitlines()[0]
    assert (found.title, found.status, first, len(found.alarms)) == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "cancelled"},
        {"status": "cancelled", "planned": None},
        {"status": "skipped", "planned": None},
    ],
)
def test_what_is_called_off_or_given_up_is_no_item(changes: dict[str, Any]) -> None:
    found = with_session(smp(), "course-2", **changes)
    assert list(sessions(found)) == ["course-1", "course-3", "touch-up-1"]
    assert "course-2" not in ids_of(found)


@pytest.mark.parametrize("name", ["course-1", "course-2", "course-3"])
def test_the_others_keep_their_numbers_when_one_is_called_off(name: str) -> None:
    found = with_session(smp(), name, status="cancelled", planned=None)
    before, after = sessions(smp()), sessions(found)
    assert after == {key: each for key, each in before.items() if key != name}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"flag": "booked 3 days after its latest day"}, ["Note: booked 3 days after its latest"]),
        ({"reason": "booked for Fri: ill"}, ["Not on its preferred day: booked for Fri: ill"]),
        ({"reason": "added: control", "target": None}, ["Reason: added: control"]),
        ({"status": "missed", "flag": "x"}, ["Missed: to be booked again.", "Note: x"]),
        ({"status": "missed", "booked": True}, []),
    ],
)
def test_a_practice_is_told_how_a_session_stands(
    changes: dict[str, Any], expected: list[str]
) -> None:
    choice = CalendarChoice(audience="practice")
    before = sessions(smp(), choice)["course-2"].text.splitlines()
    after = sessions(with_session(smp(), "course-2", **changes), choice)["course-2"].text
    new = [line for line in after.splitlines() if line not in before and line[:6] != "Window"]
    assert [line[: len(said)] for line, said in zip(new, expected, strict=True)] == expected


def test_what_no_step_has_has_no_number_and_takes_none() -> None:
    found = smp(happened(Added("control", "control of the colour", day("2027-02-01"))))
    patient, practice = sessions(found), sessions(found, CalendarChoice(audience="practice"))
    assert patient["control"].title == "Follow-up"
    assert patient["touch-up-1"].title == "Provisional: follow-up"
    assert practice["control"].title == f"plan {PLAN}: Scalp micropigmentation, control"
    assert practice["control"].text.splitlines()[0] == (
        "Scalp micropigmentation (smp 1.0): control of the colour"
    )


def test_steps_keep_their_numbers_when_one_before_them_is_called_off() -> None:
    found = stopped = smp(name="mesopecia")
    first = found.sessions[0].phase
    for each in found.sessions:
        if each.phase == first:
            stopped = with_session(stopped, each.id, status="cancelled", planned=None)
    before, after = sessions(found), sessions(stopped)
    assert after == {key: each for key, each in before.items() if not key.startswith(first)}
    assert "8/8 Appointment" in {each.title for each in after.values()}


def everything(found: Plan, choice: CalendarChoice) -> set[str]:
    every = frozenset(KINDS.values())
    return {each.id for each in items_of(found, structs.replace(choice, kinds=every))}


@pytest.mark.parametrize("kinds", [["session"], ["restriction"], ["task", "review"], list(KINDS)])
@pytest.mark.parametrize("alarm", [None, 1440])
def test_the_ids_of_a_plan_are_those_of_every_kind(kinds: list[Any], alarm: int | None) -> None:
    found = smp(name="microneedling")
    choice = CalendarChoice(kinds=frozenset(KINDS.get(kind, kind) for kind in kinds), alarm=alarm)
    ids = ids_of(found, choice)
    assert everything(found, choice) <= ids
    assert {each.id for each in items_of(found, choice)} <= ids
    # What an appointment of the same day tells is an item where there are no appointments.
    is_item = "session" not in choice.content
    assert ("task.anaesthetic-cream.course-1" in ids) == is_item
    assert ids_of(found) == ids_of(found, CalendarChoice())


def test_every_id_of_a_plan_is_asked_for_only_where_an_item_is_missing() -> None:
    found = items_of(smp())
    asked: list[int] = []

    def all_ids() -> frozenset[str]:
        asked.append(len(asked))
        return ids_of(smp())

    ledger = follow(found, all_ids, {}, PLAN, STAMPS[0]).ledger
    follow(found, all_ids, ledger, PLAN, STAMPS[1])
    assert asked == []
    assert follow(found[1:], all_ids, ledger, PLAN, STAMPS[1]).changed == set()
    assert asked == [0]


def test_what_its_appointment_comes_to_tell_is_called_off_as_an_item() -> None:
    found, calendar = smp(name="microneedling"), Calendar()
    statuses = []
    for choice in (CalendarChoice(kinds=frozenset({"task"})), CalendarChoice()):
        export = calendar.export(items_of(found, choice), tuple(ids_of(found, choice)))
        (task,) = (each for each in export.items if each.id == "task.anaesthetic-cream.course-1")
        statuses.append(task.status)
    assert statuses == ["TENTATIVE", "CANCELLED"]


def test_an_appointment_that_is_called_off_says_that_a_new_day_will_follow() -> None:
    calendar = Calendar()
    calendar.export(items_of(smp()))
    for change, text in (
        (Cancelled("course-3"), "Called off: a new date will follow."),
        (Skipped("course-3"), ""),
    ):
        found = smp(happened(change))
        words = calling_off_of(found, "patient")
        export = follow(
            items_of(found),
            partial(ids_of, found),
            calendar.ledger,
            PLAN,
            STAMPS[5],
            calling_off=words,
        )
        gone = {each.id: each for each in export.items}["course-3"]
        assert (gone.title, gone.text) == ("Cancelled: 3/3 Appointment", text)


def test_a_proposal_that_is_called_off_is_not_said_to_be_one() -> None:
    for name, kept in (("smp", "touch-up-1"), ("microneedling", "maintenance-1")):
        found = plan(name, "2026-12-01")
        calendar = Calendar()
        calendar.export(items_of(found))
        words = calling_off_of(found, "patient")
        others = [each for each in items_of(found) if each.id != kept]
        export = follow(others, frozenset, calendar.ledger, PLAN, STAMPS[5], calling_off=words)
        assert {each.id: each.title for each in export.items}[kept] == "Cancelled: follow-up"


def test_a_practice_is_told_to_book_anew_what_is_called_off() -> None:
    words = calling_off_of(smp(happened(Cancelled("course-3"))), "practice")
    assert words == CallingOff(awaited=frozenset({"course-3"}))
    assert calling_off_of(smp(), "practice") == CallingOff()


def test_in_a_feed_only_appointments_are_said_to_be_called_off() -> None:
    calendar = Calendar()
    calendar.export([ONE, CARE])
    gone = calendar.export([])
    assert {each.id for each in gone.chosen(changes_only=False)} == {ONE.id, CARE.id}
    assert [each.id for each in gone.chosen(changes_only=False, feed=True)] == [ONE.id]
    assert [each.id for each in gone.chosen(changes_only=True, feed=True)] == [ONE.id]
    assert calendar.export([ONE, CARE]).changed == {ONE.id, CARE.id}


STORY = (
    happened(Done("course-1", day("2026-12-01")), on=day("2026-12-01")),
    happened(Moved("course-2", day("2026-12-17"), time(15)), on=day("2026-12-02")),
    happened(Cancelled("course-3"), on=day("2026-12-03")),
    happened(Moved("course-3", day("2027-01-07")), on=day("2026-12-04")),
    happened(Skipped("course-3"), on=day("2026-12-05")),
)


def told() -> Iterator[Plan]:
    """Yield the plan at first, and after each step of the story."""
    for number in range(len(STORY) + 1):
        yield smp(*STORY[:number], today=STORY[number - 1].on if number else TODAY)


@pytest.mark.parametrize("audience", ["patient", "practice"])
@pytest.mark.parametrize("details", ["brief", "full"])
def test_a_calendar_follows_what_is_recorded(audience: Any, details: Any) -> None:
    choice = CalendarChoice(audience, details)
    calendar = Calendar()
    held: dict[str, str] = {}
    for found in told():
        export = calendar.export(items_of(found, choice), tuple(ids_of(found, choice)))
        whole = events(calendar_of(export))
        assert set(held) <= set(whole)
        for uid, text in whole.items():
            check_version(held.get(uid), text)
        held = whole
        standing = {each.id: each.status for each in export.items}
        live = {each.id for each in found.dated}
        for name in ("course-1", "course-2", "course-3"):
            assert (standing[name] != "CANCELLED") == (name in live)


def test_each_step_of_a_story_makes_the_sequence_rise_where_it_must() -> None:
    calendar = Calendar()
    sequences = []
    for found in told():
        export = calendar.export(items_of(found), tuple(ids_of(found)))
        sequences.append([export.revisions[f"course-{number}"].sequence for number in (1, 2, 3)])
    # Done, and so settled.
    assert [each[0] for each in sequences] == [0, 1, 1, 1, 1, 1]
    assert [each[1] for each in sequences] == [0, 0, 1, 1, 1, 1]
    # Moved with the one before it, called off, booked again, given up.
    assert [each[2] for each in sequences] == [0, 0, 1, 2, 3, 4]


def test_other_details_are_another_content_and_no_other_time() -> None:
    found, calendar = smp(), Calendar()
    brief, full = (items_of(found, CalendarChoice(details=each)) for each in ("brief", "full"))
    calendar.export(brief)
    export = calendar.export(full)
    assert "course-1" in export.changed
    assert {each.sequence for each in export.revisions.values()} == {0}


# ---- others' programs ----


class Story(NamedTuple):
    """A calendar that is exported once, and again after two sessions changed."""

    files: list[Path]
    changes: Path
    before: CalendarUpdate
    after: CalendarUpdate


@pytest.fixture
def story(tmp_path: Path) -> Story:
    calendar = Calendar()
    plans = [
        smp(),
        smp(
            happened(Moved("course-2", day("2026-12-17"), time(15))),
            happened(Cancelled("course-3")),
            happened(Missed("touch-up-1")),
        ),
    ]
    exports = [calendar.export(items_of(found), tuple(ids_of(found))) for found in plans]
    files = [tmp_path / "one.ics", tmp_path / "two.ics"]
    for path, export in zip(files, exports, strict=True):
        path.write_bytes(calendar_of(export))
    changes = tmp_path / "changes.ics"
    changes.write_bytes(calendar_of(exports[1], changes_only=True))
    assert 0 < len(exports[1].changed) < len(exports[1].items)
    return Story(files, changes, *exports)


def held(name: str, *arguments: object) -> list[dict[str, dict[str, Any]]]:
    """Return what a program holds after each file, by UID."""
    program = engine(name)
    if not _runs(program.check):
        assert name not in MUST, f"{name} has to be there: {program.get}"
        pytest.skip(f"{name} is not there (HAIRPLAN_READERS={FOLDER}): {program.get}")
    done = subprocess.run(
        [program.command[0], READERS / f"follow_{name}.py", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found = []
    for line in done.stdout.splitlines():
        every = json.loads(line)["events"]
        assert len({each["uid"] for each in every}) == len(every)
        found.append({each["uid"]: each for each in every})
    return found


def check_held(found: dict[str, dict[str, Any]], meant: CalendarUpdate, *more: str) -> None:
    """Check that a program holds each item once, and as it is now."""
    assert set(found) == {ics.uid(PLAN, each.id) for each in meant.items}
    for item in meant.items:
        read = found[ics.uid(PLAN, item.id)]
        wanted = {
            "summary": item.title,
            "status": item.status,
            "description": item.text,
            "start": said(item.begin),
            "end": said(item.end or item.begin),
            "sequence": meant.revisions[item.id].sequence,
            "transp": "OPAQUE" if item.takes_time else "TRANSPARENT",
            "alarms": sorted([-60 * each.minutes, each.text] for each in item.alarms),
        }
        names = ("summary", "status", "description", "start", "end", *more)
        assert {name: read[name] for name in names} == {name: wanted[name] for name in names}


def said(at: date) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if isinstance(at, datetime) else str(at)


def check_story(meant: Story) -> None:
    items = {each.id: each for each in meant.after.items}
    assert items["course-2"].begin == datetime(2026, 12, 17, 14, 0, tzinfo=UTC)
    assert (items["course-3"].status, items["course-3"].title) == (
        "CANCELLED",
        "Cancelled: 3/3 Appointment",
    )


WAYS = {"all of it": False, "the changes alone": True}


@pytest.mark.parametrize("way", WAYS)
def test_khal_follows(way: str, story: Story) -> None:
    check_story(story)
    second = story.changes if WAYS[way] else story.files[1]
    before, after = held("khal", FIRST, LAST, story.files[0], second)
    check_held(before, story.before)
    check_held(after, story.after)


@pytest.mark.parametrize(("way", "is_part"), [("whole", False), ("items", False), ("items", True)])
def test_a_server_follows(way: str, *, is_part: bool, story: Story) -> None:
    check_story(story)
    second = story.changes if is_part else story.files[1]
    before, after = held("radicale", way, story.files[0], second)
    check_held(before, story.before, "sequence", "transp", "alarms")
    check_held(after, story.after, "sequence", "transp", "alarms")
