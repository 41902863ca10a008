"""What others' programs read in our .ics files: the same as was meant, to the last comma.

The programs are not ours, and not all of them come with `pip install -e ".[test]"`: a test of one
that is not there is skipped. They are looked for in the folder HAIRPLAN_READERS, which is a virtual
environment with vobject, ics, radicale and khal, and a folder of npm with ical.js. libical comes
with the system's Python, which HAIRPLAN_LIBICAL may name. A program that HAIRPLAN_READERS_MUST
names has to be there. `.ci/run` shows how to get them.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import count, product, takewhile
from pathlib import Path
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import pytest
from conftest import day, own_plan, plan

from hairplan import Plan
from hairplan.calendar import ics
from hairplan.calendar.ics import CalendarShape, Revision
from hairplan.calendar.items import KINDS, Alarm, CalendarChoice, Item, items_of
from hairplan.clinic.templates import Audience, Details
from hairplan.dates.spans import shift, span
from hairplan.dates.weekdays import Weekday
from hairplan.plan import PlannedRoutine

HERE: Final = Path(__file__).parent
READERS: Final = HERE / "readers"
FOLDER: Final = Path(os.environ.get("HAIRPLAN_READERS", READERS / "none"))
MUST: Final = os.environ.get("HAIRPLAN_READERS_MUST", "").split()
STAMP: Final = datetime(2026, 11, 1, 12, 30, tzinfo=UTC)
FIRST: Final = date(2026, 11, 1)
LAST: Final = date(2033, 12, 31)
RANGE: Final = (date(2027, 3, 20), date(2027, 5, 5))

# ---- what is meant ----


class File(NamedTuple):
    """A file that we write, and what is meant by it."""

    name: str
    raw: bytes
    meant: dict[str, dict[str, Any]]
    plan: Plan | None = None
    is_feed: bool = False


CATEGORIES = {
    "session": "Appointment",
    "restriction": "Care",
    "task": "Preparation",
    "review": "Appointment",
    "routine": "Care",
}


def meant(item: Item, sequence: int, days: list[str] | None = None) -> dict[str, Any]:
    return {
        "summary": item.title,
        "description": item.text,
        "location": item.place or "",
        "start": _said(item.begin),
        "end": _said(item.end or item.begin),
        "allday": not isinstance(item.begin, datetime),
        "sequence": sequence,
        "status": item.status,
        "class": "PRIVATE",
        "transp": "OPAQUE" if item.takes_time else "TRANSPARENT",
        "categories": [CATEGORIES[item.kind]],
        "alarms": sorted([-60 * each.minutes, each.text] for each in item.alarms),
        "days": days,
    }


def _said(at: date) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if isinstance(at, datetime) else str(at)


DAYS: Final[tuple[Weekday, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def days_of(routine: PlannedRoutine, found: Plan) -> list[str]:
    """Return the days that a rhythm means, as the plan counts them."""
    last = routine.last or found.until
    if routine.weekdays:
        days = (routine.first + timedelta(days=number) for number in count())
        due = takewhile(lambda each: each <= last, days)
        return [str(each) for each in due if DAYS[each.weekday()] in routine.weekdays]
    every = span(routine.every or "1 day")
    days = (shift(routine.first, every, number) for number in count())
    return [str(each) for each in takewhile(lambda each: each <= last, days)]


def file_of(name: str, found: Plan, choice: CalendarChoice, *, feed: bool = False) -> File:
    """Write a plan, with items in several versions, and some called off."""
    items = [
        msgspec.structs.replace(each, status="CANCELLED", alarms=()) if number % 7 == 6 else each
        for number, each in enumerate(items_of(found, choice))
    ]
    revisions = {each.id: Revision(STAMP, number % 3) for number, each in enumerate(items)}
    rhythms = {f"routine.{each.id}": days_of(each, found) for each in found.routines}
    return File(
        name,
        ics.render(items, found.id, revisions, CalendarShape("Hair & more 💇", feed=feed)),
        {
            ics.uid(found.id, each.id): meant(
                each, revisions[each.id].sequence, rhythms.get(each.id)
            )
            for each in items
        },
        found,
        feed,
    )


# ---- the files ----

AUDIENCES: Final[tuple[Audience, ...]] = ("patient", "practice")
DETAILS: Final[tuple[Details, ...]] = ("brief", "full")
TREATMENTS = ("smp", "microneedling", "mesopecia", "mesotherapy")
ZONES = ("Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")
TIMES = (time(9, 30), time(0, 0), time(23, 45), time(12, 5))
STARTS = ("2027-03-12", "2027-10-08", "2026-12-31")
PLACES = (
    None,
    "Rue de l'Été 1, Paris; door\\2\nBEGIN:VEVENT\nSUMMARY:none\nEND:VCALENDAR\n💇🏽‍♀️ 100 %s",
    '"Salon", \\, \\; \\n \\\\ ^n ^^; C:\\new\\',
)
REFS = (None, "A-17, B; C\\n\nBEGIN:VEVENT 💇 {ref} %d", "METHOD:REQUEST")
ALARMS = (24 * 60, None, 0, 30, 48 * 60)


def treatments() -> Iterator[File]:
    """Yield each treatment for each reader, without a time and in two zones."""
    kinds = product(TREATMENTS, AUDIENCES, DETAILS, range(3))
    for number, (name, audience, details, timed) in enumerate(kinds):
        zone = ZONES[number % len(ZONES)] if timed else None
        found = plan(
            name,
            STARTS[number % len(STARTS)],
            time=TIMES[number % len(TIMES)] if zone else None,
            zone=zone,
            place=PLACES[number % len(PLACES)],
            ref=REFS[number // 3 % len(REFS)],
            duration=(None, 90)[number // 5 % 2],
            horizon=(None, "1 year", "1 year")[number % 7 % 3],
            closed=((), ("sun", "mon"))[number // 2 % 2],
        )
        choice = CalendarChoice(
            audience,
            details,
            frozenset(KINDS.values()),
            ALARMS[number % len(ALARMS)],
            care=("bars", "changes", "bars")[number % 3],
            tentative=number % 2 > 0,
            utc=number % 4 > 2,
        )
        title = f"{number:02}-{name}-{audience}-{details}-{str(zone).replace('/', '-')}"
        yield file_of(title, found, choice, feed=number % 4 == 0)


OWN = """
[[steps]]
id = "course"
name = "course, part; one"
count = 3
spacing = { preferred = "1 month" }
DURATION
[[steps]]
id = "later"
name = "later"
count = 2
anchor = "events.regrowth"
spacing = { preferred = "1 week" }
[[steps]]
id = "upkeep"
name = "upkeep"
kind = "maintenance"
count = "open"
anchor = "course.last"
spacing = { preferred = "4 months" }
[questions.pacemaker]
ask = "Is there a pacemaker?"
[events.regrowth]
label = "regrowth"
[tasks]
numb = { label = "cream, thick; \\\\ 45 %", lead = "45 minutes" }
eat = { label = "eat", lead = "2 hours", optional = true }
drink = { label = "nothing to drink", lead = "90 minutes", when = { pacemaker = "yes" } }
wash = { label = "wash, with \\"mild\\" shampoo", lead = "1 day" }
[restrictions]
sun = { label = "no sun", after = { at_least = "1 week", ideal = "2 weeks" } }
[routines]
"""
RHYTHMS = {
    "weekdays": 'weekdays = ["wed", "mon"], lasting = "26 weeks"',
    "weekdays-open": 'weekdays = ["sun"]',
    "daily": 'every = "1 day", lasting = "10 days"',
    "daily-open": 'every = "5 days"',
    "days": 'every = "3 days", lasting = "3 months"',
    "weeks": 'every = "2 weeks", begins = "1 week", lasting = "1 year"',
    "weekly": 'rate = { times = 3, per = "week" }, lasting = "5 weeks"',
    "often": 'rate = { times = 3, per = "day" }, lasting = "1 week"',
    "once": 'every = "1 month", lasting = "2 weeks"',
    "monthly": 'every = "1 month", begins = "15 days"',
}


def own_files() -> Iterator[File]:
    """Yield an own protocol with home rhythms, tasks minutes before, and what has no day yet."""
    for number, (audience, zone) in enumerate(product(AUDIENCES, (None, *ZONES))):
        length = ("", 'duration = "45 minutes"')[number % 2]
        rhythms = "".join(
            f'{name} = {{ label = "at home, {name}", {text} }}\n' for name, text in RHYTHMS.items()
        )
        found = own_plan(
            OWN.replace("DURATION", length) + rhythms,
            start=day("2027-01-31"),
            until=day("2028-03-05"),
            time=time(9, 30) if zone else None,
            zone=zone,
        )
        choice = CalendarChoice(
            audience,
            "full",
            frozenset(KINDS.values()),
            ALARMS[number % len(ALARMS)],
            utc=number % 4 > 2,
        )
        title = f"own-{number:02}-{audience}-{str(zone).replace('/', '-')}"
        yield file_of(title, found, choice, feed=number % 3 == 0)


TEXTS: Final[dict[str, str]] = {
    "a, b; c\\d": "a, b; c\\d",
    "\\n is no line break, C:\\new\\": "\\n is no line break, C:\\new\\",
    "\\, \\; \\\\ \\": "\\, \\; \\\\ \\",
    "BEGIN:VEVENT\nEND:VEVENT\nEND:VCALENDAR": "BEGIN:VEVENT\nEND:VEVENT\nEND:VCALENDAR",
    'a "quoted" word, ^n ^\' ^^, x=y:z': 'a "quoted" word, ^n ^\' ^^, x=y:z',
    "100 % of %s and %(date)s, {0} {}": "100 % of %s and %(date)s, {0} {}",
    "a\n\n\nb\n c": "a\n\n\nb\n c",
    "a\ttab": "a\ttab",
    "a < b > c &amp; d": "a < b > c &amp; d",
    "a\r\nb\rc\x0bd\x0ce\x85f\u2028g\u2029h": "a\nb\nc\nd\ne\nf\ng\nh",
    " \t\n loose ends \u3000\r\n": "loose ends",
    "\x00a\x07b\x1bc\x7fd\x9fe\ud800f\uffffg": "\ufffd".join(["", *"abcdefg"]),
    "a\u00a0b\u200bc\u200dd\u202ee": "a\u00a0b\u200bc\u200dd\u202ee",
    "頭皮の治療、" * 30: "頭皮の治療、" * 30,
    "💇🏽‍♀️👩‍⚕️" * 20: "💇🏽‍♀️👩‍⚕️" * 20,
    "2026-12-15": "2026-12-15",
    "Tue 2026-12-152027-01-04": "Tue 2026-12-152027-01-04",
}
"""Texts from outside, and what is meant to be read."""


BACKSLASH: Final = {"C:\\New, \\N": "C:\\new, \\n"}
"""icalendar takes a backslash and N for a line break, so it is written with an n."""

FOLDS: Final = {
    text: text
    for letter in "xé髪💇,"
    for number in range(1, 76 // len(letter.encode()))
    for text in [f"{letter * number} Tue 2026-12-15 to 2027-01-04, {letter} 2028-02-29;"]
}
"""Dates in texts, at every place of a folded line."""


def texts_file(name: str, texts: Mapping[str, str]) -> File:
    items, read = (
        [
            Item(
                id=f"course-{number}",
                kind="session",
                begin=STAMP + timedelta(days=number),
                end=STAMP + timedelta(days=number, minutes=45),
                title=text,
                text=text,
                place=text,
                alarms=(Alarm(30, text),),
            )
            for number, text in enumerate(some)
        ]
        for some in (texts, texts.values())
    )
    expected = {ics.uid(name, each.id): meant(each, 2) for each in read}
    return File(name, ics.render(items, name, Revision(STAMP, 2)), expected)


MONTHS: Final[dict[str, tuple[str, str, list[str]]]] = {
    "the 31st": (
        "2027-01-31",
        'every = "1 month", lasting = "5 months"',
        ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"],
    ),
    "the 30th": (
        "2027-11-30",
        'every = "1 month", lasting = "5 months"',
        ["2027-11-30", "2027-12-30", "2028-01-30", "2028-02-29", "2028-03-30"],
    ),
    "the 29th": (
        "2027-01-29",
        'every = "1 month", lasting = "3 months"',
        ["2027-01-29", "2027-02-28", "2027-03-29"],
    ),
    "the 28th": (
        "2027-01-28",
        'every = "1 month", lasting = "3 months"',
        ["2027-01-28", "2027-02-28", "2027-03-28"],
    ),
    "every quarter": (
        "2026-11-30",
        'every = "3 months", lasting = "1 year"',
        ["2026-11-30", "2027-02-28", "2027-05-30", "2027-08-30"],
    ),
    "a leap day": (
        "2028-02-29",
        'every = "1 year", lasting = "5 years"',
        ["2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"],
    ),
}
"""Where a month has not the day: the start, the rhythm, and its days."""
RATED: Final[dict[str, tuple[str, str, list[str]]]] = {
    "twice a month": (
        "2027-01-04",
        'rate = { times = 2, per = "month" }, lasting = "3 months"',
        ["2027-01-04", "2027-01-19", "2027-02-04", "2027-02-19", "2027-03-04", "2027-03-19"],
    ),
    "5 times a year": (
        "2028-01-04",
        'rate = { times = 5, per = "year" }, lasting = "14 months"',
        ["2028-01-04", "2028-03-17", "2028-05-29", "2028-08-10", "2028-10-22", "2029-01-04"],
    ),
}
EDGES: Final = {**MONTHS, **RATED}


def edge_file(name: str) -> File:
    start, text, _ = EDGES[name]
    found = own_plan(
        '[[steps]]\nid = "course"\nname = "course"\n'
        f"[routines]\nhome = {{ label = 'x', {text} }}\n",
        start=day(start),
    )
    return file_of(
        f"edge {name}".replace(" ", "-"), found, CalendarChoice(kinds=frozenset({"routine"}))
    )


# ---- the programs ----


class Engine(NamedTuple):
    """A program that reads calendars.

    Attributes:
        command: what runs it over files that are named after it.
        check: what succeeds where it is there.
        get: how to get it.
        cannot: what it does not tell us.
        misreads: the texts that it is known to misread, whoever wrote them.
        guesses_ends: it has an end of its own for what has none.
        some: it reads only every so many of the files, as it is slow.
    """

    command: Sequence[str | Path]
    check: Sequence[str | Path]
    get: str
    cannot: frozenset[str] = frozenset()
    misreads: re.Pattern[str] | None = None
    guesses_ends: bool = False
    some: int = 1


def _python(module: str) -> str:
    """Return the Python that has a module: the folder's, else this one."""
    own = FOLDER / "bin" / "python"
    return str(own) if own.exists() and _runs([own, "-c", f"import {module}"]) else sys.executable


def _runs(command: Sequence[str | Path]) -> bool:
    found = shutil.which(command[0])
    return found is not None and not subprocess.run(command, capture_output=True).returncode  # noqa: PLW1510 - its code is what is asked for


def _from_pypi(name: str, *arguments: object, package: str = "", **more: Any) -> Engine:
    python = _python(name)
    return Engine(
        [python, READERS / f"read_{name}.py", *map(str, arguments)],
        [python, "-c", f"import {name}"],
        f"pip install {package or name}",
        **more,
    )


LIBICAL: Final = os.environ.get("HAIRPLAN_LIBICAL", "/usr/bin/python3")
ENGINES: Final[dict[str, Callable[[], Engine]]] = {
    "vobject": lambda: _from_pypi("vobject"),
    # It takes \\n for a backslash and a line break.
    "ics": lambda: _from_pypi(
        "ics",
        cannot=frozenset({"sequence", "days"}),
        misreads=re.compile(r"\\[nN,;\\]"),
        some=10,
    ),
    "ical.js": lambda: Engine(
        ["node", READERS / "read_icaljs.mjs", FOLDER],
        ["node", "-e", f"require.resolve('ical.js', {{paths: [{json.dumps(str(FOLDER))}]}})"],
        "npm install --prefix FOLDER ical.js",
    ),
    "libical": lambda: Engine(
        [LIBICAL, READERS / "read_libical.py"],
        [LIBICAL, "-c", "import gi; gi.require_version('ICalGLib', '3.0')"],
        "apt-get install libical3 gir1.2-ical-3.0 python3-gi",
    ),
    "radicale": lambda: _from_pypi(
        "radicale",
        *(f"{each:%Y%m%dT000000Z}" for each in RANGE),
        package="radicale vobject",
        some=5,
    ),
    "khal": lambda: _from_pypi(
        "khal",
        FIRST,
        LAST,
        cannot=frozenset({"sequence", "class", "transp", "alarms"}),
        guesses_ends=True,
        some=5,
    ),
}


@cache
def engine(name: str) -> Engine:
    return ENGINES[name]()


@pytest.fixture(scope="session")
def files() -> dict[str, File]:
    every = [*treatments(), *own_files(), *map(edge_file, EDGES)]
    every += [texts_file("texts", TEXTS), texts_file("folds", FOLDS)]
    every += [texts_file("backslash", BACKSLASH)]
    return {each.name: each for each in every}


@pytest.fixture(scope="session")
def folder(files: dict[str, File], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("calendars")
    for each in files.values():
        (folder / f"{each.name}.ics").write_bytes(each.raw)
    return folder


Answers = dict[str, dict[str, Any]]
Reading = Callable[[str], Answers]


@pytest.fixture(scope="session")
def reading(folder: Path) -> Iterator[Reading]:
    """Have each program read the files once, all programs at the same time."""
    with ThreadPoolExecutor() as pool:
        answers = {name: pool.submit(_answers, name, folder) for name in ENGINES}

        def read(name: str) -> Answers:
            found = answers[name].result()
            if found is None:
                get = engine(name).get
                assert name not in MUST, f"{name} has to be there: {get}"
                pytest.skip(f"{name} is not there (HAIRPLAN_READERS={FOLDER}): {get}")
            return found

        yield read


def _answers(name: str, folder: Path) -> Answers | None:
    """Return what a program makes of each file; None if it is not there."""
    found = engine(name)
    if not _runs(found.check):
        return None
    many = sorted([*folder.glob("[0-9o]*.ics"), *folder.glob("folds.ics")])
    paths = [*many[:: found.some], *sorted(set(folder.glob("*.ics")) - set(many))]
    done = subprocess.run(
        [*found.command, *paths], capture_output=True, text=True, check=False, timeout=500
    )
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(paths)
    return {Path(each["file"]).stem: each for each in answers}


def differences(file: File, answer: dict[str, Any], by: Engine) -> Iterator[str]:
    """Yield what was read otherwise than it was meant."""
    if answer["fault"]:
        yield f"{file.name}: {answer['fault']}"
        return
    read = [each["uid"] for each in answer["events"]]
    if sorted(read) != sorted(file.meant):
        yield f"{file.name}: read {len(read)} items of {len(file.meant)}: {read}"
        return
    for each in answer["events"]:
        wanted = file.meant[each["uid"]]
        for key, value in wanted.items():
            if key in by.cannot or (by.misreads and by.misreads.search(str(value))):
                continue
            if key == "end" and by.guesses_ends and value == wanted["start"]:
                continue
            got = sorted(each[key]) if key == "alarms" else each[key]
            if got != value:
                yield f"{file.name}: {each['summary']!r}: {key}: {got!r}, meant {value!r}"


# ---- the tests ----

HINTS: Final[dict[str, Callable[[dict[str, Any]], bool]]] = {
    "hint-allday-alarm": lambda each: bool(each["allday"] and each["alarms"]),
    "hint-alarms": lambda each: len(each["alarms"]) > 1,
    "hint-dtend": lambda each: each["start"] == each["end"],
}
"""What trips a known client and is meant all the same: for which items."""


def test_the_strict_checker_finds_no_fault(folder: Path, files: dict[str, File]) -> None:
    done = subprocess.run(
        [sys.executable, HERE / "icsstrict.py", "-W", "--hints", "--json", *folder.glob("*.ics")],
        capture_output=True,
        text=True,
        check=False,
    )
    found: dict[str, list[str]] = {name: [] for name in files}
    for each in json.loads(done.stdout):
        found[Path(each["file"]).stem].append(each["code"])
    expected = {
        name: sorted(
            [code for code, is_so in HINTS.items() for each in file.meant.values() if is_so(each)]
            + ["hint-calname"] * file.is_feed
        )
        for name, file in files.items()
    }
    assert {name: sorted(codes) for name, codes in found.items()} == expected
    assert done.returncode == 0


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_reads_what_was_meant(
    name: str, reading: Reading, files: dict[str, File]
) -> None:
    answers = reading(name)
    found = [
        each
        for title, answer in answers.items()
        if not title.startswith(("edge", "backslash"))
        for each in differences(files[title], answer, engine(name))
    ]
    assert not found, f"{len(found)} differences:\n" + "\n".join(found[:20])


@pytest.mark.parametrize("name", ENGINES)
def test_appointments_are_read_at_their_time_on_the_clinics_clock(
    name: str, reading: Reading, files: dict[str, File]
) -> None:
    offsets = set()
    for title, answer in reading(name).items():
        found = files[title].plan
        starts = {each["uid"]: each["start"] for each in answer["events"]}
        if found is None or title.startswith("edge"):
            continue
        for session in found.dated:
            start = starts[ics.uid(found.id, session.id)]
            if session.zone is None:
                assert start == str(session.planned)
                continue
            assert session.time is not None
            there = datetime.fromisoformat(start).astimezone(ZoneInfo(session.zone))
            assert (there.date(), there.time()) == (session.planned, session.time), title
            offsets.add((session.zone, there.utcoffset()))
    assert engine(name).some > 2 or len(offsets) == 7, (
        "both sides of summer time, and a zone without it"
    )


def test_times_are_written_both_with_their_zone_and_in_utc(files: dict[str, File]) -> None:
    starts = [re.findall(rb"\nDTSTART(;TZID=[^:]+)?:\d+T", each.raw) for each in files.values()]
    assert {start.decode() for found in starts for start in found} == {
        "",
        *(f";TZID={zone}" for zone in ZONES),
    }


@pytest.mark.parametrize("name", ENGINES)
def test_what_takes_days_is_read_to_the_end_of_its_last_day(
    name: str, reading: Reading, files: dict[str, File]
) -> None:
    periods = 0
    for title, answer in reading(name).items():
        found = files[title].plan
        read = {each["uid"]: (each["start"], each["end"]) for each in answer["events"]}
        for item, first, last in _whole_days(found) if found else ():
            uid = ics.uid(found.id, item) if found else ""
            # What lasts as long as something else is said with it, and has no item.
            if uid in read:
                assert read[uid] == (str(first), str(last + timedelta(days=1))), (title, item)
                periods += 1
    assert periods > 40


def _whole_days(found: Plan) -> Iterator[tuple[str, date, date]]:
    """Yield what takes whole days in a plan, with its first and its last one."""
    for restriction in found.restrictions:
        for period in restriction.ideal:
            item = f"restriction.{restriction.id}.{period.sessions[0]}"
            yield item, period.first, period.last
    for milestone in found.milestones:
        yield f"review.{milestone.id}", milestone.on, milestone.on
    for session in found.dated:
        if session.time is None:
            yield session.id, session.on, session.on


@pytest.mark.parametrize("name", [each for each in ENGINES if each != "ics"])
def test_a_backslash_before_an_n_is_read_as_it_is(
    name: str, reading: Reading, files: dict[str, File]
) -> None:
    answer = reading(name)["backslash"]
    assert not list(differences(files["backslash"], answer, engine(name)))


@pytest.mark.parametrize("name", ["a, b; c\\d", "a\nBEGIN:VEVENT"])
def test_the_calendars_name_is_escaped(name: str) -> None:
    lines = ics.wrapped((), CalendarShape(name)).decode("utf-8").splitlines()
    said = name.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    assert lines[4:] == [f"NAME:{said}".replace("\n", "\\n"), "END:VCALENDAR"]


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("name", [each for each in ENGINES if each != "ics"])
def test_a_home_rhythm_is_read_on_its_days(name: str, edge: str, reading: Reading) -> None:
    (event,) = reading(name)[f"edge-{edge.replace(' ', '-')}"]["events"]
    assert event["days"] == EDGES[edge][2]


def test_the_rhythms_have_as_many_days_as_the_plan_counts(files: dict[str, File]) -> None:
    counted = 0
    for file in files.values():
        if file.plan is None or file.name.startswith("edge"):
            continue
        for routine in file.plan.routines:
            days = file.meant[ics.uid(file.plan.id, f"routine.{routine.id}")]["days"]
            assert routine.count in {None, len(days) * routine.times}
            counted += 1
    assert counted == len(RHYTHMS) * 10


def test_a_server_finds_what_lies_in_a_range(reading: Reading, files: dict[str, File]) -> None:
    for title, answer in reading("radicale").items():
        # Of what repeats, Radicale searches the days of the rule alone, not those beside it.
        if title.removeprefix("edge-") in map(_file_title, RATED):
            continue
        assert answer["hits"] == sorted(
            uid for uid, each in files[title].meant.items() if _lies_in(each, RANGE)
        ), title


def _file_title(edge: str) -> str:
    return edge.replace(" ", "-")


def _lies_in(each: dict[str, Any], days: tuple[date, date]) -> bool:
    first, last = map(str, days)
    if each["days"]:
        return any(first <= found < last for found in each["days"])
    return str(each["start"]) < last and str(each["end"]) > first


def test_a_second_import_adds_nothing(reading: Reading, files: dict[str, File]) -> None:
    for title, answer in reading("khal").items():
        assert answer["stored"] == len(files[title].meant), title
