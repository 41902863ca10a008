"""Random lives of plans: what is asked for, and what is recorded on which day, as it is typed.

A life is data: it can be lived again, told as a person would type it, and made smaller while it
still breaks a law. A seed names each.
"""

import random
import shlex
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import redirect_stderr
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Any, Final, TypeVar

import typer
from msgspec import Struct, structs

from hairplan import HairplanError, Plan, PlanRequest, load_protocol, make_plan
from hairplan.cli.happenings import RecordOptions, happenings_from
from hairplan.cli.options import RehearsedResult
from hairplan.cli.plan_files import OpenedPlan
from hairplan.cli.record import _refuse_bookings, _refuse_dateless, _refuse_stopped
from hairplan.clinic.options import ChangeableOptions, repeatable
from hairplan.clinic.readers import OptionReader
from hairplan.clinic.request_from import changes_from
from hairplan.clinic.settings import Settings
from hairplan.files.plan_file import PlanFile, append_entry, create_plan_file
from hairplan.follow.slips import refuse_slips
from hairplan.follow.unready import refuse_unready, refuse_unsettled
from hairplan.history import Entry, Happening, apply_changes, entries_in_force
from hairplan.protocol.catalog import protocol_names, read_protocol_text
from hairplan.protocol.model import Protocol

EXAMPLES: Final = Path(__file__).parents[1] / "examples" / "protocols"
BUILT_IN: Final = tuple(protocol_names())
TREATMENTS: Final = (
    *BUILT_IN,
    *sorted(path.name for path in EXAMPLES.glob("*.toml")),
)
ZONE: Final = "Europe/Paris"
MADE: Final = date(2026, 11, 1)
NO_BUG: Final = "nothing ends in a bug"
ALWAYS_OPENS: Final = "a plan file always opens"
LATER: Final = (1, 30, 365, 3000)
MOST_STEPS: Final = 6

T = TypeVar("T", bound=Struct)

_SEVERAL: Final = frozenset((*repeatable(RecordOptions), *repeatable(ChangeableOptions)))
_SLOW: Final = ("mesotherapy-seasons.toml", "laser-clinic-taper.toml")
_HAPPENED: Final = frozenset(RecordOptions.__struct_fields__)

Option = tuple[str, str]
"""An option's name and its text, such as ("done", "course-2")."""


class Step(Struct, frozen=True):
    """What is recorded at once.

    Attributes:
        today: the day that stands for today.
        options: what is typed.
        undoes: the number of the entry that is taken back; null for none.
        force: it is insisted on.
    """

    today: date
    options: tuple[Option, ...] = ()
    undoes: int | None = None
    force: bool = False


class Life(Struct, frozen=True):
    """The life of a plan, as it is typed."""

    treatment: str
    start: date
    asked: tuple[Option, ...]
    steps: tuple[Step, ...] = ()

    def __str__(self) -> str:
        """Tell it as commands."""
        first = f"schedule {self.treatment} --start {self.start} --zone {ZONE}{_typed(self.asked)}"
        return "\n".join((f"{first} --save p.plan.json", *map(_told, self.steps)))


def _told(step: Step) -> str:
    what = f"undo p.plan.json {step.undoes}" if step.undoes else "record p.plan.json"
    return f"{what}{_typed(step.options)}{' --force' * step.force} --today {step.today}"


def _typed(options: Iterable[Option]) -> str:
    return "".join(f" {_option(name, text)}" for name, text in options)


def _option(name: str, text: str) -> str:
    if name == "counted":
        return "--counted" if text == "yes" else "--not-counted"
    return f"--{'as' if name == 'as_kind' else name.replace('_', '-')} {shlex.quote(text)}"


class Moment(Struct, frozen=True):
    """A plan right before and right after something was recorded.

    Attributes:
        protocol: the treatment.
        step: what was typed.
        entry: what was recorded.
        earlier: the plan's file before it.
        file: the plan's file after it.
        before: the plan before it, on the same day.
        after: the plan after it.
    """

    protocol: Protocol
    step: Step
    entry: Entry
    earlier: PlanFile
    file: PlanFile
    before: Plan
    after: Plan

    @property
    def today(self) -> date:
        """The day that stands for today."""
        return self.entry.on

    @property
    def what(self) -> tuple[Happening, ...]:
        """What happened, or what is taken back."""
        undoes = self.entry.undoes
        return self.file.history[undoes - 1].what if undoes else self.entry.what

    @property
    def named(self) -> frozenset[str]:
        """The sessions that it names, or that what it takes back named."""
        names = (getattr(happening, "session", None) for happening in self.what)
        return frozenset(name for name in names if name)


class Look(Struct, frozen=True):
    """A plan on a day on which nothing is recorded.

    Attributes:
        moment: the last time that something was.
        on: the day.
        plan: the plan on that day.
    """

    moment: Moment
    on: date
    plan: Plan


Fault = tuple[str, str]
"""A law that is broken, and how."""

Check = Callable[[Moment | Look], Iterable[Fault]]
"""Yields how a plan breaks the laws."""


# ---- living ----


@lru_cache
def treatment(name: str) -> tuple[Protocol, str]:
    """Return a treatment and its text."""
    if name in BUILT_IN:
        return load_protocol(name), read_protocol_text(name)
    return load_protocol(EXAMPLES / name), (EXAMPLES / name).read_text("utf-8")


def live(life: Life, check: Check) -> list[Fault]:
    """Live a life that is known, and return how it breaks the laws."""
    return _walk(life, _Script(life.steps), check)[1]


def grow(seed: int, check: Check) -> tuple[Life, list[Fault]]:
    """Live the life of a seed, and return it with how it breaks the laws."""
    chance = random.Random(seed)  # noqa: S311 - the same life for the same seed
    life = Life(
        treatment=chance.choice(_MIXED),
        start=MADE + timedelta(chance.choice((0, chance.randrange(60), chance.randrange(800)))),
        asked=tuple(_asked(chance)),
    )
    return _walk(life, _Chance(chance, life), check)


def _walk(life: Life, source: "_Script | _Chance", check: Check) -> tuple[Life, list[Fault]]:
    steps: list[Step] = []
    faults: list[Fault] = []
    try:
        faults += _faults(life, source, steps, check)
    except Exception as error:  # noqa: BLE001 - whatever it is
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(last.filename).name}: {last.name}"
        faults.append((NO_BUG, f"{type(error).__name__}: {error} ({where})"))
    return structs.replace(life, steps=tuple(steps)), faults


def _faults(
    life: Life, source: "_Script | _Chance", steps: list[Step], check: Check
) -> Iterator[Fault]:
    """Yield how a life breaks the laws, and put down each step of it before it is taken."""
    if (file := begin(life)) is None:
        return
    opened = OpenedPlan(Path("p.plan.json"), file, treatment(life.treatment)[0], Settings())
    last: Moment | None = None
    while (today := source.day()) is not None:
        steps.append(Step(today))
        try:
            before = opened.plan(today)
        except HairplanError as error:
            yield ALWAYS_OPENS, f"{today}: {'; '.join(error.faults)}"
            return
        steps[-1] = source.step(opened, before, today)
        moment = record(opened, before, steps[-1])
        if moment is None:
            steps.pop()
            continue
        if last is not None:
            yield from _look(last, (_some_day(last),), check)
        last, opened = moment, structs.replace(opened, file=moment.file)
        yield from check(moment)
    if last is not None:
        yield from _look(last, LATER, check)


def _some_day(moment: Moment) -> int:
    """Return how many days later to look, which differs from moment to moment."""
    mixed = moment.today.toordinal() * 31
    return 1 + mixed % (23 if mixed % 2 else 331)


def _look(moment: Moment, days: Iterable[int], check: Check) -> Iterator[Fault]:
    """Look at a plan so many days later, and yield how it breaks the laws."""
    for number in days:
        on = moment.today + timedelta(number)
        try:
            plan = make_plan(moment.protocol, moment.file.request, moment.file.history, today=on)
            yield from check(Look(moment, on, plan))
        except HairplanError as error:
            yield ALWAYS_OPENS, f"{on}: {'; '.join(error.faults)}"


def begin(life: Life) -> PlanFile | None:
    """Return the file of a new plan; None if what is asked for is refused."""
    protocol, text = treatment(life.treatment)
    try:
        reader = OptionReader(MADE)
        changed = changes_from(reader, _fields(ChangeableOptions, life.asked), ([], []))
        request = apply_changes(PlanRequest(start=life.start, id="x", zone=ZONE), changed)
        if not make_plan(protocol, request, today=MADE).sessions:
            return None
    except HairplanError:
        return None
    made = datetime.combine(MADE, datetime.min.time(), UTC)
    return create_plan_file(protocol, text, request, id="x", made=made)


def record(opened: OpenedPlan, before: Plan, step: Step) -> Moment | None:
    """Record something as the program does; None if it is refused."""
    try:
        entry = _entry(opened, before, step)
        after = opened.plan(step.today, entry)
        with redirect_stderr(StringIO()):
            _refuse_dateless(after)
            _refuse_stopped(after, entry.what)
            if not step.force:
                refuse_unready(after, entry.what)
                refuse_unsettled(after, opened.protocol.steps, entry.what)
            _refuse_bookings(after, entry, opened, RehearsedResult(force=step.force))
    except (HairplanError, typer.Exit):
        return None
    file = append_entry(opened.file, entry)
    return Moment(opened.protocol, step, entry, opened.file, file, before, after)


def _entry(opened: OpenedPlan, before: Plan, step: Step) -> Entry:
    at = datetime.combine(step.today, datetime.min.time(), UTC)
    if step.undoes:
        if step.undoes not in entries_in_force(opened.file.history):
            raise typer.Exit(2)
        return Entry(at=at, on=step.today, undoes=step.undoes)
    happened = [option for option in step.options if option[0] in _HAPPENED]
    changed = [option for option in step.options if option[0] not in _HAPPENED]
    what = happenings_from(
        _fields(RecordOptions, happened),
        _fields(ChangeableOptions, changed),
        opened,
        before,
        step.today,
    )
    if not step.force:
        refuse_slips(before, what, step.today)
    return Entry(at=at, on=step.today, what=what)


def _fields(kind: type[T], options: Iterable[Option]) -> T:
    given: dict[str, Any] = {}
    for name, text in options:
        if name == "counted":
            given[name] = text == "yes"
        elif name in _SEVERAL:
            given.setdefault(name, []).append(text)
        else:
            given[name] = text
    return kind(**given)


# ---- choosing ----


class _Script:
    """Steps that are known."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self.steps = iter(steps)
        self.next: Step | None = None

    def day(self) -> date | None:
        """Return the day of the next step; None at the end."""
        self.next = next(self.steps, None)
        return self.next.today if self.next else None

    def step(self, _: OpenedPlan, __: Plan, today: date) -> Step:
        """Return the next step."""
        return self.next or Step(today)


class _Chance:
    """Steps as chance has them."""

    def __init__(self, chance: random.Random, life: Life) -> None:
        self.chance = chance
        self.left = chance.randint(1, MOST_STEPS)
        self.today = max(MADE, life.start + timedelta(chance.choice((-20, -1, 0, 0, 10))))

    def day(self) -> date | None:
        """Return the day of the next step; None at the end."""
        if not self.left:
            return None
        self.left -= 1
        days = (0, 0, 1, 3, 7, 14, 30, 40, 200, 700, -5)
        self.today = max(MADE, self.today + timedelta(self.chance.choice(days)))
        return self.today

    def step(self, opened: OpenedPlan, before: Plan, today: date) -> Step:
        """Return what may be recorded on a day."""
        return _step(self.chance, opened.protocol, opened.file, before, today)


def _asked(chance: random.Random) -> Iterator[Option]:
    """Yield what may be asked for at the beginning."""
    if chance.random() < 0.4:
        yield "time", chance.choice(("10:00", "02:30", "18:15"))
    if chance.random() < 0.4:
        yield "closed", _weekdays(chance)
    if chance.random() < 0.2:
        yield "closure", _days(chance, MADE)
    if chance.random() < 0.2:
        yield "horizon", chance.choice(("1 year", "3 years", "6 months"))
    if chance.random() < 0.25:
        yield "on_late", chance.choice(("continue", "restart", "extra"))
    if chance.random() < 0.25:
        yield "anchor", chance.choice(("rolling", "fixed"))


def _weekdays(chance: random.Random) -> str:
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return ",".join(chance.sample(days, chance.randint(1, 3)))


def _days(chance: random.Random, since: date) -> str:
    first = since + timedelta(chance.choice((0, 1, 5, 12, 30, 100, 365)))
    return f"{first}..{first + timedelta(chance.choice((0, 1, 4, 20, 90)))}"


def _step(
    chance: random.Random, protocol: Protocol, file: PlanFile, plan: Plan, today: date
) -> Step:
    """Return what may be recorded on a day."""
    in_force = list(entries_in_force(file.history))
    if in_force and chance.random() < 0.12:
        return Step(today, undoes=chance.choice((in_force[-1], chance.choice(in_force))))
    options: list[Option] = []
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        options += _something(chance, protocol, plan, today)
    # Two things cannot be said of a session at once, nor can one option be given twice.
    names = [text.partition("=")[0] if name in _SEVERAL else name for name, text in options]
    kept = tuple(option for at, option in enumerate(options) if names[at] not in names[:at])
    return Step(today, kept, force=chance.random() < 0.15)


def _something(
    chance: random.Random, protocol: Protocol, plan: Plan, today: date
) -> Iterator[Option]:
    if plan.sessions and chance.random() < 0.75:
        option = _of_a_session(chance, plan, today)
        yield option
        if option[0] == "done" and chance.random() < 0.1:
            yield "counted", chance.choice(("yes", "no", "no"))
    else:
        yield from _of_the_rest(chance, protocol, plan, today)


def _of_a_session(chance: random.Random, plan: Plan, today: date) -> Option:
    still = [session for session in plan.sessions if session.status not in {"done", "skipped"}]
    session = chance.choice(
        (still or plan.sessions)[:2] if chance.random() < 0.7 else plan.sessions
    )
    what = chance.choice(
        (
            "done",
            "done",
            "done",
            "done",
            "booked",
            "booked",
            "booked",
            "missed",
            "cancelled",
            "skipped",
        )
    )
    if what not in {"done", "booked"} or (what == "booked" and chance.random() < 0.2):
        return what, session.id
    around = session.planned or today
    if what == "done":
        days = (today, min(around, today), today - timedelta(chance.choice((1, 3, 30))))
    else:
        ahead = timedelta(chance.choice((0, 1, 2, 5, 14, 40)))
        days = (today + ahead, around, around + chance.choice((ahead, -ahead)))
    at = chance.choice(("", "", "T09:30", "T02:30"))
    return what, f"{session.id}={chance.choice(days)}{at}"


def _of_the_rest(
    chance: random.Random, protocol: Protocol, plan: Plan, today: date
) -> Iterator[Option]:
    """Yield an option of those that do not name a session."""
    name = chance.choice((
        "add", "add", "done", "ended", "resumed", "extend", "answer", "answer", "answer", "event",
        "option", "override", "figure", "away", "away", "closure", "closure", "closed",
        "holidays", "sessions", "spacing", "until",
        "horizon", "on_late", "anchor", "time", "zone", "duration", "sex", "age",
    ))  # fmt: skip
    texts = _texts(chance, protocol, plan, today).get(name)
    if texts:
        yield name, chance.choice(texts)
    if name == "add" and chance.random() < 0.5:
        yield "as_kind", chance.choice(("touch-up", "maintenance", "review", "visit"))


def _texts(
    chance: random.Random, protocol: Protocol, plan: Plan, today: date
) -> Mapping[str, Sequence[str]]:
    some_day = today + timedelta(chance.choice((-400, -60, -5, 0, 3, 20, 90, 400)))
    steps = [step.id for step in protocol.steps]
    defaults = [figure for figure in plan.figures if figure.strength == "default"]
    return {
        "add": [f"extra={today + timedelta(chance.choice((0, 3, 30)))}", f"repair={today}T11:00"],
        "done": [f"{task.id}={today - timedelta(chance.choice((0, 5)))}" for task in plan.tasks],
        "ended": [str(today + timedelta(chance.choice((0, 0, 20, -10))))],
        "resumed": [str(today + timedelta(chance.choice((0, 0, 20))))],
        "extend": [f"{name}={chance.choice(_LENGTHS)}" for name in protocol.restrictions],
        "answer": [
            f"{name}={chance.choice(('yes', 'no', 'no', 'unknown'))}" for name in protocol.questions
        ],
        "event": [f"{name}={some_day}" for name in protocol.events],
        "option": [
            f"{name}={chance.choice(list(option.choices))}"
            for name, option in protocol.options.items()
        ],
        "override": [f"{name}=as agreed" for name in protocol.rules],
        "figure": [f"{figure.figure}={chance.choice(_LENGTHS)}" for figure in defaults],
        "away": [_days(chance, today)],
        "closure": [_days(chance, today)],
        "closed": [_weekdays(chance), "none"],
        "holidays": ["FR", "none"],
        "sessions": [f"{step}={chance.randint(1, 8)}" for step in steps],
        "spacing": [f"{step}={chance.choice(_LENGTHS)}" for step in steps],
        "until": [str(today + timedelta(chance.choice((30, 400, 1200))))],
        "horizon": ["6 months", "2 years", "5 years"],
        "on_late": ["continue", "restart", "extra"],
        "anchor": ["rolling", "fixed"],
        "time": ["08:45", "02:30", "16:00"],
        "zone": ["Europe/Lisbon", "Asia/Tokyo"],
        "duration": ["45m", "2h"],
        "sex": ["female", "male"],
        "age": ["17", "40", "70"],
    }


_MIXED: Final = [
    name for name in TREATMENTS for _ in range(1 if name in _SLOW else 6 + 6 * (name in BUILT_IN))
]
_LENGTHS: Final = (
    "7 days", "10 days", "12 days", "3 weeks", "1 month", "6 weeks", "6 months", "1 year",
)  # fmt: skip


# ---- making smaller ----


def shrink(life: Life, law: str, check: Check) -> Life:
    """Return the smallest life that one comes to without what it breaks a law without."""
    while True:
        smaller = (less for less in _smaller(life) if _breaks(less, law, check))
        if (found := next(smaller, None)) is None:
            return life
        life = found


def _breaks(life: Life, law: str, check: Check) -> bool:
    return any(name == law for name, _ in live(life, check))


def _smaller(life: Life) -> Iterator[Life]:
    """Yield lives with one thing less, the greatest first."""
    steps = life.steps
    for at in reversed(range(len(steps))):
        yield structs.replace(life, steps=_without(steps, at))
    for at, step in enumerate(steps):
        for which in range(len(step.options)):
            less = structs.replace(step, options=step.options[:which] + step.options[which + 1 :])
            if less.options:
                yield structs.replace(life, steps=(*steps[:at], less, *steps[at + 1 :]))
        if step.force:
            less = structs.replace(step, force=False)
            yield structs.replace(life, steps=(*steps[:at], less, *steps[at + 1 :]))
    for at in range(len(life.asked)):
        yield structs.replace(life, asked=life.asked[:at] + life.asked[at + 1 :])


def _without(steps: tuple[Step, ...], gone: int) -> tuple[Step, ...]:
    """Return steps without one, and without what takes it back."""
    number = gone + 1
    kept = []
    for at, step in enumerate(steps):
        if at == gone or step.undoes == number:
            continue
        undoes = step.undoes and step.undoes - (step.undoes > number)
        kept.append(structs.replace(step, undoes=undoes))
    return tuple(kept)
