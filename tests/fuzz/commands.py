"""Random command lines: every option of every command, as the program itself declares them."""

import random
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

import typer
from inputs import BUILT_IN, ODD, mutate
from scratch import FOREIGN, PLANS

from hairplan.cli.app import app
from hairplan.clinic.settings import NAMES

_DAYS = (
    "2026-12-01", "2026-11-01", "2026-10-20", "2027-01-04", "today", "+2w", "next tuesday",
    "12/24/2026",
)  # fmt: skip
_PERIODS = ("2026-12-10..2026-12-18=travel", "2027-02-01", "2026-11-01..2027-03-01")
_SPANS = ("10 days", "5 years", "1 month", "3 weeks", "2 h", "600 months")
_SESSIONS = ("course-1", "course-2", "course-3", "weekly-2", "maintenance-1", "extra-1", "none-1")
_NEW = ("-", "x.json", "x.csv", "x.md", "x.txt", "x.ics", "x.jsonl")
_OUTPUTS = (
    *_NEW, *_NEW, "sub/x.ics", "plans", ".", "x.plan.json", "own.toml", "patients.csv", *FOREIGN,
    *PLANS,
)  # fmt: skip
_TREATMENTS = (*BUILT_IN, *BUILT_IN, "./own.toml", "house/smp.toml")

_OF_DAY = tuple(f"{name}={day}" for name in _SESSIONS for day in _DAYS[:6])

RIGHT: dict[str, tuple[str, ...]] = {
    "treatment": (*_TREATMENTS, PLANS[0]), "plan": PLANS, "files": _TREATMENTS,
    "patients": ("patients.csv", "patients.jsonl", "-"), "folders": (".", "plans", *PLANS),
    "name": ("prp-scalp", "own", "id", "ref"), "start": _DAYS, "until": _DAYS, "on": _DAYS,
    "today": _DAYS[:4], "sessions": ("3", "course=4", "1", "12"), "spacing": _SPANS,
    "horizon": _SPANS, "duration": _SPANS, "alarm": ("1d", "2h", "none"),
    "option": ("cadence=fortnightly", "maintenance=clusters", "form=postpartum", "area=face"),
    "figure": ("rules.chemotherapy-wait.ends=6 months", "horizon=2 years"),
    "on_late": ("continue", "restart", "extra"), "anchor": ("rolling", "fixed"),
    "answer": ("pregnancy=no", "minoxidil=yes", "chemotherapy=yes", "transplant=unknown"),
    "event": ("transplant=2026-01-20", "chemotherapy-end=2026-12-15"), "sex": ("female", "male"),
    "age": ("34", "17"), "override": ("pregnancy=she wants it",), "away": _PERIODS,
    "closure": _PERIODS, "closed": ("sat,sun", "mon", "none"), "holidays": ("FR", "US-CA", "none"),
    "time": ("14:30", "9:00", "02:30"), "zone": ("Europe/Paris", "America/New_York", "UTC"),
    "place": ("Room 2",), "patient": ("anna.toml",), "ref": ("A-17",), "id": ("p-1",),
    "form": ("json", "json", "csv", "markdown", "ics", "plain", "table", "plan", "ics,json"),
    "output": _OUTPUTS, "split": ("sub", "plans", "."), "out_dir": ("out", "plans", "."),
    "report": ("bad.jsonl", *_OUTPUTS), "refused": ("refused.jsonl", *_OUTPUTS),
    "save": ("new.plan.json", "plans/new.plan.json", *PLANS), "audience": ("patient", "practice"),
    "details": ("brief", "full"), "only": ("sessions", "tasks,reviews"), "without": ("routines",),
    "config": ("clinic.toml",), "protocols": ("house", "plans"),
    "ignore": ("sex", "age"),
    "done": (*_SESSIONS, *_OF_DAY), "moved": _OF_DAY, "missed": _SESSIONS, "cancelled": _SESSIONS,
    "skipped": _SESSIONS, "add": ("extra=2027-02-01", "photo=2026-12-01T14:30"),
    "finding": ("regrowth=2027-03-01", "lesion=yes"), "reason": ("she called",), "by": ("Nina",),
    "booked": (*_SESSIONS, "course-2,course-3", *_OF_DAY), "as_kind": ("maintenance", "review"),
    "ended": _DAYS, "resumed": _DAYS, "protocol": ("smp", "./own.toml", "house/smp.toml"),
    "entry": ("1", "2", "3"),
}  # fmt: skip
"""Values that are right for an option; one that is not named here gets any of them."""

ANY = (*chain.from_iterable(RIGHT.values()), *ODD)
FIXED = {"jobs": ("1", "1", "1", "-1", "257", "x", "")}
"""Values of options that take no others: more processes are not for an input of thousands."""

_TOGETHER: dict[str, tuple[list[str], ...]] = {
    "batch": (["--out-dir", "out"], ["-o", "x.jsonl"], ["-o", "-"], ["-o", "x.ics"]),
    "schedule": ([], [], [], ["-f", "ics"], ["-o", "x.ics"], ["--save", "new.plan.json"]),
    "record": (
        [],
        ["--done", "course-2"],
        ["--skipped", "course-3"],
        ["--done", "weekly-1"],
        ["--ended", "today"],
        ["--resumed", "today"],
        ["--add", "extra=2027-02-01"],
    ),
}
"""Options without which a command line is refused before it does much."""

_OFTEN = ("schedule", "schedule", "record", "record", "batch")


class Option(NamedTuple):
    """An option or an argument, as the program declares it.

    Attributes:
        name: its name inside the program.
        words: what stands before its value; none for an argument.
        is_flag: whether it has no value.
        is_required: whether the command cannot do without it.
    """

    name: str
    words: tuple[str, ...]
    is_flag: bool
    is_required: bool


@lru_cache
def commands() -> dict[str, tuple[Option, ...]]:
    """Return the options of all commands."""
    program: Any = typer.main.get_command(app)
    names = program.list_commands(None)
    return {name: _options(program.get_command(None, name)) for name in names}


def _options(command: Any) -> tuple[Option, ...]:
    return tuple(
        Option(
            option.name,
            (*option.opts, *option.secondary_opts) if option.param_type_name == "option" else (),
            bool(getattr(option, "is_flag", False)),
            option.required or option.param_type_name == "argument",
        )
        for option in command.params
    )


def random_command(chance: random.Random) -> list[str]:
    """Return the arguments of a command line."""
    if not chance.randrange(60):
        return [mutate(word, chance) for word in ("--version", "schedul", "--help")]
    name = chance.choice((*commands(), *_OFTEN))
    known = commands()[name]
    count = min(len(known), chance.choice((0, 0, 1, 1, 1, 2, 2, 3, 5, 9)))
    chosen = [option for option in known if option.is_required and chance.randrange(30)]
    chosen += chance.sample(known, count)
    words = [name, *chain.from_iterable(_given(option, chance) for option in chosen)]
    words += chance.choice((*_TOGETHER.get(name, ()), []))
    if not chance.randrange(40):
        at = chance.randrange(len(words))
        words[at] = mutate(words[at], chance)
    return [_harmless(word) for word in words]


def _given(option: Option, chance: random.Random) -> list[str]:
    """Return an option as it is typed."""
    if option.is_flag:
        return [chance.choice(option.words)]
    value = random_value(option.name, chance)
    if not option.words:
        return [value]
    word = chance.choice(option.words)
    return [f"{word}={value}"] if word.startswith("--") and chance.randrange(2) else [word, value]


def random_value(name: str, chance: random.Random) -> str:
    """Return a value for an option: mostly a right one, else an odd one or another option's."""
    if name in FIXED:
        return chance.choice(FIXED[name])
    right = chance.choice(RIGHT.get(name, ANY))
    kind = chance.randrange(14)
    if kind == 0:
        return chance.choice(ANY)
    return mutate(right, chance) if kind == 1 else right


def random_environment(chance: random.Random) -> dict[str, str]:
    """Return environment variables: mostly none."""
    if chance.randrange(8):
        return {}
    name = chance.choice((*NAMES, "today", "config", "protocols", "by"))
    return {f"HAIRPLAN_{name.upper()}": _harmless(random_value(name, chance))}


def _harmless(word: str) -> str:
    """Return an argument as a system can hand it over, and that leads out of no scratch folder."""
    word = word.replace("\0", "").replace("\ud83d", "")
    option, equals, value = word.rpartition("=") if word.startswith("-") else ("", "", word)
    value = value.lstrip("/")
    return f"{option}{equals}{value}".replace("../" * 3, "")
