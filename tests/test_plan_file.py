"""What is kept of a plan comes back as it was, and a change by hand does not go unseen."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from typing import Any, get_args

import msgspec
import pytest
from conftest import OWN, TODAY, day, own_protocol
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from hairplan import PlanRequest, load_protocol, make_plan
from hairplan.dates.seasons import YearlyPeriod
from hairplan.dates.spans import Period
from hairplan.errors import InputError
from hairplan.files import plan_file
from hairplan.files.plan_file import (
    KeptProtocol,
    LedgerLine,
    PlanFile,
    SealedPlan,
    append_entry,
    create_plan_file,
    decode,
    encode,
    load_kept_protocol,
    record_export,
)
from hairplan.files.plan_file_schema import plan_file_schema
from hairplan.history import (
    Added,
    Adopted,
    Cancelled,
    Changed,
    Done,
    Ended,
    Entry,
    Happening,
    Missed,
    Moved,
    Resumed,
    Skipped,
    Ticked,
)
from hairplan.planner.compile import digest_of
from hairplan.protocol.catalog import protocol_names, read_protocol_text
from hairplan.protocol.schema import describe_keys
from hairplan.protocol.shapes import structs_in
from hairplan.protocol.values import StepKind
from hairplan.request import ClinicDays

Table = dict[str, Any]

NAME = "anna.plan.json"
MADE = dt.datetime(2026, 11, 1, 9, 30, tzinfo=dt.UTC)
STEP = (
    '[[steps]]\nid = "course"\nname = "Session"\ncount = 2\nspacing = { preferred = "2 weeks" }\n'
)
LINE = LedgerLine("d1", 0, MADE, "2026-12-01", None, "Appointment", "session", "CONFIRMED")
ENTRIES = (
    Entry(at=MADE, on=TODAY, by="Ana", what=(Done("course-1", day("2026-12-01")),)),
    Entry(
        at=MADE, on=TODAY, reason="ill", what=(Moved("course-2", day("2026-12-20"), dt.time(9)),)
    ),
    Entry(at=MADE, on=TODAY, undoes=2),
)


def kept(
    history: tuple[Entry, ...] = ENTRIES, exports: dict[str, dict[str, LedgerLine]] | None = None
) -> PlanFile:
    protocol, request = own_protocol(STEP), PlanRequest(start=day("2026-12-01"))
    plan = create_plan_file(protocol, OWN + STEP, request, id="k3f9", made=MADE)
    for entry in history:
        plan = append_entry(plan, entry)
    for audience, lines in (
        {"patient": {"course-1": LINE}} if exports is None else exports
    ).items():
        plan = record_export(plan, audience, lines)
    return plan


PLAN = kept()
DATA = encode(PLAN)


def table() -> Table:
    found: Table = json.loads(DATA)
    return found


def faults(data: bytes) -> list[str]:
    with pytest.raises(InputError) as error:
        decode(data, NAME)
    assert all(fault.startswith(f"{NAME}: ") for fault in error.value.faults)
    return [fault.removeprefix(f"{NAME}: ") for fault in error.value.faults]


def faults_of(changed: Table) -> list[str]:
    return faults(json.dumps(changed).encode())


# ---- what comes back ----

TEXTS = st.text(max_size=8)
DAYS = st.dates()
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PERIODS = st.lists(
    st.tuples(DAYS, DAYS, TEXTS).map(
        lambda each: Period(min(each[0], each[1]), max(each[0], each[1]), each[2])
    ),
    max_size=2,
).map(tuple)
YEARLY = st.lists(
    st.tuples(DAYS, DAYS, TEXTS).map(
        lambda each: YearlyPeriod(f"{each[0]:%m-%d}", f"{each[1]:%m-%d}", each[2])
    ),
    max_size=2,
).map(tuple)
COUNTS = st.integers(-(2**63), 2**63)
SPANS = st.sampled_from(["5 weeks", "1 day", "2 years"])


def by_name(values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(TEXTS, values, max_size=3)


def perhaps(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


ASKED: dict[str, st.SearchStrategy[Any]] = {
    "sessions": perhaps(COUNTS | by_name(COUNTS)),
    "spacing": perhaps(SPANS | by_name(SPANS)),
    "options": by_name(TEXTS),
    "figures": by_name(TEXTS),
    "until": perhaps(DAYS),
    "horizon": perhaps(SPANS),
    "closed": st.sets(st.sampled_from(WEEKDAYS), max_size=6).map(tuple),
    "holidays": st.lists(st.sampled_from(["FR", "US-CA", "DE"]), max_size=2).map(tuple),
    "closures": PERIODS,
    "away": PERIODS,
    "answers": by_name(st.sampled_from(["yes", "no", "unknown"])),
    "events": by_name(DAYS | st.lists(DAYS, max_size=2).map(tuple)),
    "sex": perhaps(st.sampled_from(["female", "male"])),
    "age": perhaps(st.integers(0, 130)),
    "overrides": by_name(TEXTS.filter(str.strip)),
    "time": perhaps(st.times()),
    "zone": perhaps(st.sampled_from(["Europe/Paris", "UTC"])),
    "duration": perhaps(st.integers(1, 1440)),
    "place": perhaps(TEXTS),
    "on_late": perhaps(st.sampled_from(["continue", "restart", "extra"])),
    "anchor": perhaps(st.sampled_from(["rolling", "fixed"])),
    "extend": by_name(SPANS),
    "yearly_closures": YEARLY,
    "open": PERIODS,
    "patient_days": st.sets(st.sampled_from(WEEKDAYS)).map(tuple),
    "language": perhaps(st.sampled_from(("en", "pt-BR"))),
}
REQUESTED = {
    **ASKED,
    "start": DAYS,
    "without": st.sets(st.sampled_from(["closed", "holidays"])).map(tuple),
    "ref": perhaps(TEXTS),
    "id": perhaps(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9.-]{0,9}", fullmatch=True)),
    "is_id_shared": st.booleans(),
}
HAPPENINGS: dict[type, dict[str, st.SearchStrategy[Any]]] = {
    Done: {
        "session": TEXTS,
        "on": DAYS,
        "time": perhaps(st.times()),
        "counted": perhaps(st.booleans()),
    },
    Moved: {"session": TEXTS, "to": DAYS, "time": perhaps(st.times())},
    Missed: {"session": TEXTS},
    Cancelled: {"session": TEXTS},
    Skipped: {"session": TEXTS},
    Added: {
        "session": TEXTS,
        "name": TEXTS,
        "on": DAYS,
        "time": perhaps(st.times()),
        "kind": st.sampled_from(get_args(StepKind)),
    },
    Changed: ASKED,
    Ticked: {"task": TEXTS, "on": DAYS},
    Ended: {"on": DAYS},
    Resumed: {"on": DAYS},
    Adopted: {
        "id": TEXTS,
        "version": TEXTS,
        "digest": st.just(PLAN.protocol.digest),
        "text": st.just(PLAN.protocol.text),
        "path": perhaps(TEXTS),
    },
}
CLINIC_DAYS = st.builds(
    ClinicDays,
    **{name: ASKED[name] for name in ClinicDays.__struct_fields__},
)
MOMENTS = st.datetimes(timezones=st.just(dt.UTC))
ENTRY = {
    "at": MOMENTS,
    "on": DAYS,
    "by": perhaps(TEXTS),
    "reason": perhaps(TEXTS),
    "what": st.lists(
        st.one_of([st.builds(kind, **fields) for kind, fields in HAPPENINGS.items()]), max_size=3
    ).map(tuple),
    "undoes": perhaps(COUNTS),
    "clinic_days": perhaps(CLINIC_DAYS),
}
WRITTEN = {
    "digest": TEXTS,
    "sequence": COUNTS,
    "stamp": MOMENTS,
    "begin": TEXTS,
    "end": perhaps(TEXTS),
    "title": TEXTS,
    "kind": TEXTS,
    "status": TEXTS,
    "zone": perhaps(TEXTS),
}
REQUESTS = (
    st.fixed_dictionaries(REQUESTED)
    .map(lambda asked: asked if asked["horizon"] is None else {**asked, "until": None})
    .map(lambda asked: PlanRequest(**asked))
)
PLANS = st.builds(
    PlanFile,
    id=TEXTS,
    made=MOMENTS,
    protocol=st.just(PLAN.protocol),
    request=REQUESTS,
    history=st.lists(st.builds(Entry, **ENTRY), max_size=3).map(tuple),
    exports=by_name(by_name(st.builds(LedgerLine, **WRITTEN))),
    clinic_days=perhaps(CLINIC_DAYS),
)
SCHEMA = plan_file_schema()


@pytest.mark.parametrize(
    ("kind", "fields"),
    [(PlanRequest, REQUESTED), (Entry, ENTRY), (LedgerLine, WRITTEN), *HAPPENINGS.items()],
)
def test_every_field_is_tried(kind: type[msgspec.Struct], fields: dict[str, Any]) -> None:
    assert set(fields) == set(kind.__struct_fields__)


def test_everything_that_can_happen_is_tried() -> None:
    assert set(HAPPENINGS) == set(Happening.__args__)


@given(PLANS)
def test_a_plan_comes_back_as_it_was(plan: PlanFile) -> None:
    data = encode(plan)
    assert decode(data, NAME) == plan
    assert encode(decode(data, NAME)) == data
    assert decode(json.dumps(json.loads(data)).encode(), NAME) == plan
    assert list(Draft202012Validator(SCHEMA).iter_errors(json.loads(data))) == []


def test_a_file_can_be_read_by_people_and_by_what_comes_after() -> None:
    assert encode(kept(ENTRIES[1:2])).decode() == FORMAT_1
    assert decode(FORMAT_1.encode(), NAME) == kept(ENTRIES[1:2])


FORMAT_1 = """\
{
  "format": 1,
  "id": "k3f9",
  "made": "2026-11-01T09:30:00Z",
  "protocol": {
    "id": "own",
    "version": "3",
    "digest": "ecf7ffbd677a3332f9980ce8b94d50f3433f57c780786d88dc9bf95722c72135",
    "text": TEXT
  },
  "request": {
    "start": "2026-12-01"
  },
  "history": [
    {
      "at": "2026-11-01T09:30:00Z",
      "on": "2026-11-01",
      "reason": "ill",
      "what": [
        {
          "what": "moved",
          "session": "course-2",
          "to": "2026-12-20",
          "time": "09:00:00"
        }
      ],
      "seal": "ce421431758c23bd9030d35cd836955771edb461b9fdcde84434f08da72df22e"
    }
  ],
  "exports": {
    "patient": {
      "course-1": {
        "digest": "d1",
        "sequence": 0,
        "stamp": "2026-11-01T09:30:00Z",
        "begin": "2026-12-01",
        "end": null,
        "title": "Appointment",
        "kind": "session",
        "status": "CONFIRMED"
      }
    }
  },
  "seals": {
    "head": "84f54ba6eec8618bc2c3e7ff9c76ca6d5110df45b28f24107ce099ed2277d192",
    "history": "ce421431758c23bd9030d35cd836955771edb461b9fdcde84434f08da72df22e",
    "exports": "56ce8237ec38c8930bb02a2133558922331b67c148802e71b0a0872e86f13eb3"
  }
}
""".replace("TEXT", json.dumps(OWN + STEP))


def test_the_order_in_which_names_were_given_does_not_matter() -> None:
    one, other = (
        create_plan_file(
            own_protocol(STEP),
            OWN + STEP,
            PlanRequest(start=TODAY, options=options),
            id="x",
            made=MADE,
        )
        for options in ({"a": "1", "b": "2"}, {"b": "2", "a": "1"})
    )
    assert encode(one) == encode(other)


def test_when_it_was_made_is_kept_in_utc() -> None:
    there = dt.timezone(dt.timedelta(hours=2))
    plan = create_plan_file(
        PROTOCOL, OWN + STEP, PLAN.request, id="x", made=dt.datetime(2026, 1, 1, 1, tzinfo=there)
    )
    assert json.loads(encode(plan))["made"] == "2025-12-31T23:00:00Z"


def test_an_export_takes_the_place_of_the_one_before_for_the_same_people() -> None:
    plan = record_export(PLAN, "practice", {"a": LINE})
    plan = record_export(plan, "patient", {"b": LINE})
    assert plan.exports == {"patient": {"b": LINE}, "practice": {"a": LINE}}


def test_a_text_that_no_file_can_hold_is_refused() -> None:
    plan = append_entry(PLAN, Entry(at=MADE, on=TODAY, reason="caf\udce9"))
    with pytest.raises(InputError) as error:
        encode(plan)
    assert error.value.faults == (r"''caf\udce9'': cannot be written as UTF-8",)


# ---- its protocol ----

PROTOCOL = own_protocol(STEP)


@pytest.fixture
def _nothing_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_file, "_read", {})


@pytest.mark.parametrize("name", protocol_names())
@pytest.mark.usefixtures("_nothing_read")
def test_a_built_in_protocol_is_not_parsed_again(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hairplan.protocol.load.parse_protocol", None)
    protocol = load_protocol(name)
    plan = create_plan_file(
        protocol, read_protocol_text(name), PlanRequest(start=TODAY), id="x", made=MADE
    )
    assert load_kept_protocol(decode(encode(plan), NAME)) == protocol


def test_its_digest_is_the_one_that_plans_show() -> None:
    found = make_plan(PROTOCOL, PlanRequest(start=day("2026-12-01")), today=TODAY)
    assert digest_of(PROTOCOL) == found.protocol.digest


@pytest.mark.usefixtures("_nothing_read")
def test_a_protocol_is_read_once_for_all_plans(monkeypatch: pytest.MonkeyPatch) -> None:
    first = decode(DATA, NAME)
    monkeypatch.setattr("hairplan.protocol.load.parse_protocol", None)
    second = decode(DATA, NAME)
    assert load_kept_protocol(first) is load_kept_protocol(second)
    assert first.protocol is second.protocol


@pytest.mark.usefixtures("_nothing_read")
def test_only_so_many_protocols_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_file, "_MOST_READ", 1)
    assert load_kept_protocol(PLAN) == PROTOCOL
    smp = create_plan_file(
        load_protocol("smp"), read_protocol_text("smp"), PLAN.request, id="x", made=MADE
    )
    assert load_kept_protocol(smp).id == "smp"
    assert list(plan_file._read) == [smp.protocol.digest]  # noqa: SLF001 - what is held


@pytest.mark.usefixtures("_nothing_read")
def test_an_own_protocol_with_the_name_of_a_built_in_one_is_itself() -> None:
    text = (OWN + STEP).replace('id = "own"', 'id = "smp"')
    own = plan_file.load_kept_protocol(keep_text(text, "smp"))
    assert (own.id, own.name) == ("smp", "Our own")


def keep_text(text: str, name: str) -> PlanFile:
    from hairplan.protocol.load import parse_protocol

    return create_plan_file(parse_protocol(text, name), text, PLAN.request, id="x", made=MADE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            OWN + STEP.replace("2 weeks", "3 weeks"),
            [f"protocol.text: is not what protocol.digest, {digest_of(PROTOCOL)}, is of"],
        ),
        (
            OWN + STEP.replace("2 weeks", "2 wekks").replace("= 2\n", "= 0\n"),
            [
                "protocol.text: steps[1].count: 0 is less than 1",
                "protocol.text: steps[1].spacing.preferred: '2 wekks' is not a span such as"
                " '5 weeks'",
            ],
        ),
        (
            "x",
            [
                "protocol.text: not valid TOML: expected '=' after a key in a key/value pair"
                " (at end of document)"
            ],
        ),
    ],
)
@pytest.mark.usefixtures("_nothing_read")
def test_a_text_that_is_not_the_protocols(text: str, expected: list[str]) -> None:
    with pytest.raises(InputError) as error:
        create_plan_file(PROTOCOL, text, PLAN.request, id="x", made=MADE)
    assert list(error.value.faults) == expected
    kept_anyway = KeptProtocol("own", "3", digest_of(PROTOCOL), text)
    assert faults(encode(msgspec.structs.replace(PLAN, protocol=kept_anyway))) == expected


# ---- what is no plan file ----


def changed(old: str, new: str) -> bytes:
    assert old in DATA.decode()
    return DATA.decode().replace(old, new, 1).encode()


def missing(*keys: str) -> list[str]:
    return [f"{key}: missing" for key in keys]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", ["is empty, and no plan file"]),
        (b"\xef\xbb\xbf \r\n", ["is empty, and no plan file"]),
        (b"\xff\xfe{\0}\0", ["not UTF-8 text (byte 1)"]),
        (changed("ill", "ill").replace(b"ill", b"\xe9"), ["not UTF-8 text (byte 879)"]),
        (b"\0" * 9, ["not valid JSON: line 1, column 1: expecting value"]),
        (DATA + b"\0", ["not valid JSON: line 69, column 1: extra data"]),
        (DATA[:50], ["not valid JSON: line 4, column 11: unterminated string starting at"]),
        (
            changed('"id": "k3f9",', '"id": "k3f9"'),
            ["not valid JSON: line 4, column 3: expecting ',' delimiter"],
        ),
        (
            changed('"id": "k3f9"', '"id": NaN'),
            ["not valid JSON: line 3, column 9: invalid character"],
        ),
        (changed('"undoes": 2', '"undoes": 1e999'), ["not valid JSON: number out of range"]),
        (
            changed('"undoes": 2', '"undoes": ' + "9" * 5000),
            ["not valid JSON: a number with thousands of digits"],
        ),
        (
            changed('"ill"', '"é\\ud83d"'),
            ["not valid JSON: line 31, column 25: unexpected end of escaped utf-16 surrogate pair"],
        ),
        (b"[" * 100_000, ["nested too deeply to be a plan"]),
        (b'{"id":' * 100_000, ["nested too deeply to be a plan"]),
        (b"[1, 2]", ["[1, 2] is not a plan, which is an object, in { }"]),
        (b"null", ["null is not a plan, which is an object, in { }"]),
        (
            b'{"format": 2, "what": "else"}',
            ["format 2 is newer than this hairplan reads, which is 1: use a newer hairplan"],
        ),
        (
            b'{"format": 0}',
            [
                "format: 0 is not 1",
                *missing("id", "made", "protocol", "request", "history", "exports", "seals"),
            ],
        ),
        (changed('"format": 1', '"format": "2"'), ["format: '2' is not 1"]),
        (changed('"id": "k3f9",', '"id": "k3f9", "id": "k3f9",'), ["id: is there twice"]),
        (
            changed('"patient": {', '"patient": {}, "patient": {'),
            ["exports.patient: is there twice"],
        ),
    ],
)  # fmt: skip
def test_what_is_no_plan_file(data: bytes, expected: list[str]) -> None:
    assert faults(data) == expected


def test_every_fault_of_form_is_named() -> None:
    found = table()
    found["hstory"] = 1
    found["protocol"]["text"] = 5
    found["request"] |= {
        "sessions": "x",
        "spacing": {"course": 3},
        "closed": ["mon", "monday"],
        "closures": [{"first": "2026-12-01", "last": None, "why": ""}],
        "events": {"a": ["2026-12-01", "x"], "b": {}},
        "sex": "x",
        "age": True,
        "duration": 0,
        "time": "9",
        "ref": 1.5,
    }
    found["history"][0]["what"] = [{"what": "don"}, {"what": "done", "session": "course-1"}, {}, 3]
    found["history"][1]["what"][0] |= {"on": "2026-12-01", "to": "2026-13-01"}
    found["history"][2] |= {"at": "now", "what": {}, "undoes": 1.5}
    del found["history"][2]["seal"]
    found["exports"] |= {"x": [], "y": {"course-1": {}}}
    found["seals"] = None
    assert faults_of(found) == EVERY_FAULT


EVERY_FAULT = [
    "hstory: no such key (did you mean 'history'?)",
    "protocol.text: 5 is not a text",
    "request.sessions: 'x' is not a whole number or an object",
    "request.spacing.course: 3 is not a text",
    "request.closed[2]: 'monday' is not one of mon, tue, wed, thu, fri, sat, sun",
    "request.closures[1].why: no such key; known: first, last, reason",
    "request.closures[1].last: null is not a date such as '2026-11-01'",
    "request.events.a[2]: 'x' is not a date such as '2026-11-01'",
    "request.events.b: {} is not a date such as '2026-11-01' or a list",
    "request.sex: 'x' is not one of female, male",
    "request.age: true is not a whole number from 0 to 130",
    "request.time: '9' is not a time of day such as '14:30:00'",
    "request.duration: 0 is not a whole number from 1 to 1440",
    "request.ref: 1.5 is not a text",
    "history[1].what[1].what: 'don' is not one of done, moved, missed, cancelled, skipped, added,"
    " asked, ticked, ended, resumed, adopted (did you mean 'done'?)",
    "history[1].what[2].on: missing",
    "history[1].what[3].what: missing",
    "history[1].what[4]: 3 is not an object",
    "history[2].what[1].on: no such key; known: what, session, to, time",
    "history[2].what[1].to: '2026-13-01' is not a date such as '2026-11-01'",
    "history[3].at: 'now' is not a moment such as '2026-11-01T14:30:00Z'",
    "history[3].what: {} is not a list",
    "history[3].undoes: 1.5 is not a whole number",
    "history[3].seal: missing",
    "exports.x: [] is not an object",
    *missing(*(f"exports.y.course-1.{key}" for key in LedgerLine.__struct_fields__[:-1])),
    "seals: null is not an object",
]


def test_what_makes_no_sense_in_a_request_is_named() -> None:
    found = table()
    found["request"] |= {"zone": "Mars", "until": "2027-01-01", "horizon": "1 yaer", "id": "/"}
    assert faults_of(found) == [
        "request.until and horizon: give one of the two",
        "request.id: '/' is not made of letters, digits, dots and hyphens",
        "request.zone: 'Mars' is not a time zone such as 'Europe/Paris'",
        "request.horizon: '1 yaer' is not a span such as '5 weeks'",
    ]


def test_only_so_many_faults_are_named() -> None:
    found = table() | {"history": [0] * 1000}
    said = faults_of(found)
    assert said[99:] == ["history[100]: 0 is not an object", "... and more"]


# ---- what was changed by hand ----

HEAD = "id, made, protocol or request was changed by hand: their seal does not fit"
END = "the end of history was changed by hand: its seal does not fit"
EXPORTS = "exports was changed by hand: its seal does not fit"


def entry_was(number: int) -> str:
    return f"history[{number}] was changed by hand: its seal does not fit"


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every single value of a file."""
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(each, (*path, key))
    else:
        yield path


def other(value: Any) -> Any:
    """Return another value of the same form."""
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str) and value[:1].isdecimal() and "-" in value[4:5]:
        return "1" + value[1:]
    return "11:00:00" if value == "09:00:00" else f"{value or ''}x"


def expected_of(path: tuple[Any, ...], whole: Table) -> list[str]:
    said = [HEAD]
    match path:
        case ["format"]:
            said = ["format 2 is newer than this hairplan reads, which is 1: use a newer hairplan"]
        case ["history", place, "what", _, "what"]:
            was = whole["history"][place]["what"][0]["what"]
            said = [
                f"history[{place + 1}].what[1].what: '{was}x' is not one of done, moved, missed,"
                " cancelled, skipped, added, asked, ticked, ended, resumed, adopted"
                f" (did you mean '{was}'?)"
            ]
        case ["history", place, "seal"]:
            said = [entry_was(place + 1), entry_was(place + 2) if place < 2 else END]
        case ["history", place, *_]:
            said = [entry_was(place + 1)]
        case ["seals", "head"]:
            said = [HEAD, entry_was(1), EXPORTS]
        case ["seals", "history"]:
            said = [END]
        case ["seals", "exports"] | ["exports", *_]:
            said = [EXPORTS]
    return said


@pytest.mark.parametrize(
    "path", [*leaves(json.loads(DATA))], ids=lambda path: ".".join(map(str, path))
)
def test_every_single_value_that_is_changed_is_named(path: tuple[Any, ...]) -> None:
    found = table()
    holder: Any = found
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = other(holder[path[-1]])
    assert faults_of(found) == expected_of(path, table())


def remove_the_first(found: Table) -> None:
    del found["history"][0]


def remove_the_last(found: Table) -> None:
    del found["history"][-1]


def remove_all(found: Table) -> None:
    found["history"].clear()


def insert(found: Table) -> None:
    found["history"].insert(1, found["history"][1])


def append(found: Table) -> None:
    found["history"].append(found["history"][0])


def reorder(found: Table) -> None:
    found["history"].reverse()


def give_more(found: Table) -> None:
    found["request"]["place"] = "Paris"
    found["history"][1]["by"] = "Eve"
    found["exports"]["practice"] = {}


def take_the_exports_of_another(found: Table) -> None:
    plan = msgspec.structs.replace(PLAN, id="other")
    theirs = json.loads(encode(plan))
    found["exports"], found["seals"]["exports"] = theirs["exports"], theirs["seals"]["exports"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (remove_the_first, [entry_was(1)]),
        (remove_the_last, [END]),
        (remove_all, [END]),
        (insert, [entry_was(3)]),
        (append, [entry_was(4), END]),
        (reorder, [entry_was(1), entry_was(2), entry_was(3), END]),
        (give_more, [HEAD, entry_was(2), EXPORTS]),
        (take_the_exports_of_another, [EXPORTS]),
    ],
)
def test_a_change_by_hand_is_named(change: Callable[[Table], None], expected: list[str]) -> None:
    found = table()
    change(found)
    assert faults_of(found) == expected


@pytest.mark.parametrize(
    "data",
    [
        DATA,
        b"\xef\xbb\xbf" + DATA,
        DATA.replace(b"\n", b"\r\n"),
        json.dumps(table()).encode(),
        json.dumps(table(), sort_keys=True, indent="\t").encode(),
        changed('"start": "2026-12-01"', '"start": "2026-12-01", "ref": null, "options": {}'),
    ],
)
def test_a_file_that_is_only_laid_out_anew_holds(data: bytes) -> None:
    assert decode(data, NAME) == PLAN


# ---- its schema ----


def test_the_schema_describes_every_key() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["title"] == "A hairplan plan file"
    assert SCHEMA["description"] == (
        "A plan file of hairplan. It is written by hairplan alone: a change by hand is refused."
    )
    assert SCHEMA["properties"]["made"] == {
        "description": "when it was first saved, in UTC",
        "type": "string",
        "format": "date-time",
    }
    entry = SCHEMA["$defs"]["SealedEntry"]
    assert entry["properties"]["reason"]["description"] == "why, in their words"
    assert entry["required"] == ["at", "on", "seal"]
    assert SCHEMA["$defs"]["Done"]["properties"]["what"] == {"enum": ["done"]}


@pytest.mark.parametrize("kind", structs_in(SealedPlan).values())
def test_docstrings_speak_of_all_keys_or_of_none(kind: type[msgspec.Struct]) -> None:
    assert set(describe_keys(kind)) in ({*kind.__struct_fields__}, set())


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ((), "$: Additional properties are not allowed ('x' was unexpected)"),
        (("request",), "$.request: Additional properties are not allowed ('x' was unexpected)"),
        (
            ("history", 0),
            "$.history[0]: Additional properties are not allowed ('x' was unexpected)",
        ),
        (
            ("exports", "patient", "course-1"),
            "$.exports.patient['course-1']: Additional properties are not allowed"
            " ('x' was unexpected)",
        ),
    ],
)
def test_what_does_not_fit_the_schema(path: tuple[Any, ...], expected: str) -> None:
    found = table()
    holder: Any = found
    for key in path:
        holder = holder[key]
    holder["x"] = 1
    errors = Draft202012Validator(SCHEMA).iter_errors(found)
    assert [f"{error.json_path}: {error.message}" for error in errors] == [expected]
