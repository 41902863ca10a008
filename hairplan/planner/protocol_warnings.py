"""Warnings about a protocol that can be planned with, and notes on what its sources disagree on.

A fault (see `protocol_file`) makes a file unusable. A warning says that the file contradicts
itself, that a figure rests on nothing, or that something in it can never come about. What is
planned here is planned from the protocol's own date, with nothing in the way.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice, pairwise, product
from math import prod
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
from msgspec import structs

from hairplan.dates.spans import span
from hairplan.errors import HairplanError, cap_faults, nearest
from hairplan.plan import Plan
from hairplan.planner import make_plan
from hairplan.planner.assumptions import assumptions_of
from hairplan.planner.compile import plain_step
from hairplan.planner.conditions import holds
from hairplan.planner.figures import leaves
from hairplan.planner.idle_charges import idle_charges
from hairplan.planner.idle_keys import idle_keys
from hairplan.planner.layout import Frame, lay_out
from hairplan.planner.slot import next_weekday
from hairplan.protocol.figures import cover_by_head, fact_ids, find_basis, traced_tables
from hairplan.protocol.languages import find_missing_languages
from hairplan.protocol.load import find_faults_of_sense, parse_protocol, parse_rest
from hairplan.protocol.model import Difference, Protocol
from hairplan.protocol.offset_checks import first_of
from hairplan.protocol.patient_texts import find_missing_patient_texts
from hairplan.protocol.shorthands import spell_out
from hairplan.protocol.step import Step, needed_steps
from hairplan.protocol.step_checks import most_appointments, repeats
from hairplan.protocol.toml import read_text_file
from hairplan.protocol.values import (
    REFUSING,
    Traced,
    accepted_values,
    is_place_of_step,
    parse_age_range,
    step_of_place,
)
from hairplan.request import PlanRequest
from hairplan.words import join_words

_MOST_CHOICES: Final = 256
_SOME_CHOICES: Final = 32
# Keys that no date hangs on, and tables that no appointment hangs on.
_NOT_PLANNED_WITH: Final = frozenset({
    "version", "name", "summary", "label", "says", "ask", "text", "why", "price", "duration",
    "durations",
})  # fmt: skip
_AROUND_STEPS: Final = (
    "restrictions.", "tasks.", "routines.", "milestones.", "expectations.", "charges.",
    "indications", "differences", "notes", "documents", "facts",
)  # fmt: skip
_PLACES: Final = {
    "restrictions": ("until", "around", "but"),
    "tasks": ("session", "around", "but"),
    "routines": ("anchor", "until"),
    "milestones": ("at", "around", "but"),
    "expectations": ("at",),
    "charges": ("around", "but"),
}
_OLDEST: Final = 130
_MONTH_DAYS: Final = 30.4375

Combination = Mapping[str, str]
"""Choices, answers, sex and age by name."""


class CheckedProtocol(NamedTuple):
    """A protocol without faults, with its warnings.

    Its notes are what its sources disagree on, and then what it leaves to be assumed.
    """

    protocol: Protocol
    warnings: list[str]
    notes: list[str]


def check_file(path: Path) -> CheckedProtocol:
    """Read and check a protocol file.

    Raises:
        InputError: it cannot be read, or every fault in it.
    """
    text = read_text_file(path)
    protocol = parse_protocol(text, str(path))
    languages = find_missing_languages(spell_out(tomllib.loads(text), Protocol), Protocol)
    languages += find_missing_patient_texts(protocol)
    notes = [*notes_of(protocol), *assumptions_of(protocol, _some_plans(protocol))]
    return CheckedProtocol(
        protocol, cap_faults([*warnings_of(protocol), *languages]), cap_faults(notes)
    )


def warnings_of(protocol: Protocol) -> list[str]:
    """Return the warnings about a protocol, each with its path, in the order of the paths."""
    covered = cover_by_head(protocol)
    warnings = [*_untraced(covered), *_idle(protocol), *_planning_warnings(protocol)]
    return sorted(dict.fromkeys(warnings))


def warnings_beside(path: Path, faults: Sequence[str]) -> list[str]:
    """Return the warnings about a file with faults that do not come of its faulty keys.

    Args:
        path: the file.
        faults: all its faults, as its reading says them.
    """
    told = [fault.removeprefix(f"{path}: ") for fault in faults]
    rest = parse_rest(read_text_file(path), told)
    if rest is None or find_faults_of_sense(rest.protocol):
        return []
    warnings = dict.fromkeys(_warnings_of_rest(rest.protocol, rest.left_out))
    return sorted(text for text in warnings if rest.tells(text.partition(": ")[0]))


def _warnings_of_rest(protocol: Protocol, left_out: Sequence[str]) -> Iterator[str]:
    """Yield the warnings that hold whatever the keys that are left out should have said."""
    if all(key.rpartition(".")[2] in _NOT_PLANNED_WITH for key in left_out):
        yield from warnings_of(protocol)
        return
    if not any(key.startswith("facts") for key in left_out):
        yield from _untraced(cover_by_head(protocol))
    if all(key.startswith(_AROUND_STEPS) for key in left_out):
        yield from _planning_warnings(protocol)


def _planning_warnings(protocol: Protocol) -> Iterator[str]:
    yield from _lengths(protocol)
    yield from idle_keys(protocol)
    yield from idle_charges(protocol)
    yield from _unreached_places(protocol)
    yield from _unreachable(protocol)
    yield from _plans(protocol)


def notes_of(protocol: Protocol) -> list[str]:
    """Return where its sources differ, or one disagrees with itself, and what holds here."""
    notes = []
    for number, difference in enumerate(protocol.differences, 1):
        says = "; ".join(f"{source}: {text}" for source, text in difference.says.items())
        notes.append(f"differences[{number}]: {difference.topic}: {says}. Here: {difference.holds}")
    return notes


# ---- what figures rest on ----


def _untraced(protocol: Protocol) -> Iterator[str]:
    for kind, name, table in traced_tables(protocol):
        path = f"{kind}[{name + 1}]" if isinstance(name, int) else f"{kind}.{name}"
        yield from _basis_warnings(table, path)
        yield from _source_warnings(protocol, table, path)
    if list(leaves(protocol)) and "horizon" in protocol.figures:
        yield from _source_warnings(protocol, protocol, "")


def _basis_warnings(table: Traced, path: str) -> Iterator[str]:
    """Say where nothing tells what the figures of a table rest on."""
    own = [rests_on for rests_on in table.figures.values() if rests_on.source or rests_on.strength]
    covered = len(own) >= len(list(leaves(table))) > 0
    if isinstance(table, Difference):
        return  # it rests on the facts that it names
    if table.strength is None and not table.source and not covered:
        yield f'{path}: neither source nor strength: the clinic\'s own is strength = "clinic"'
    elif table.strength in {"sourced", "read"} and not table.source and not covered:
        yield f"{path}.source: missing: {table.strength} from what?"


def _source_warnings(protocol: Protocol, table: Traced | Protocol, path: str) -> Iterator[str]:
    """Say which facts are cited that the file does not have."""
    cited = {f"{path}.source": fact_ids(table.source)}
    cited |= {
        f'{path}.figures."{key}".source': fact_ids(rests_on.source)
        for key, rests_on in table.figures.items()
    }
    known = list(protocol.facts)
    for at, names in cited.items():
        for name in names:
            if name not in known:
                hint = nearest(name, known)
                yield f"{at.lstrip('.')}: '{name}' is not among the facts{hint}"


# ---- what does not fit ----


def _lengths(protocol: Protocol) -> Iterator[str]:
    """Say where a count and a length beside it do not fit, and where both are forgotten."""
    for number, step in enumerate(protocol.steps, 1):
        path = f"steps[{number}]"
        rhythm = "weekdays" if step.weekdays else "rate" if step.rate else None
        if rhythm and most_appointments(step) == 1 and not (repeats(step) or step.total):
            yield f"{path}.{rhythm}: of one appointment alone: give count or lasting"
        if isinstance(step.count, int) and step.lasting and step.has_rhythm:
            by_length = _planned(structs.replace(step, count=None), protocol)
            if by_length != step.count and not _is_settled(protocol, step, "count", "lasting"):
                yield (
                    f"{path}.lasting: count is {step.count}, and in {step.lasting} there are"
                    f" {by_length} (the end {'' if step.end_included else 'not '}included)"
                )
        firsts = [first_of(offset) for offset in step.offsets]
        if firsts != sorted(firsts, key=_reach):
            yield f"{path}.offsets: not in the order of their dates"


def _is_settled(protocol: Protocol, step: Step, *figures: str) -> bool:
    """Return whether a difference between sources speaks of a fact behind each of some figures."""
    facts = [set(fact_ids(find_basis(step, figure).source)) for figure in figures]
    return any(all(cited & set(table.says) for cited in facts) for table in protocol.differences)


def _reach(text: str) -> float:
    length = span(text)
    return length.days + length.months * _MONTH_DAYS


def _planned(step: Step, protocol: Protocol) -> int:
    """Return how many appointments a step has by itself, with nothing in the way."""
    alone = structs.replace(step, anchor="start", when={}, limits=(), until=None)
    planned = plain_step(alone, protocol.first_day)
    start = next_weekday(protocol.date, planned.weekdays) if planned.weekdays else protocol.date
    return len(lay_out([planned], Frame(start, start, {}, at_least_one=True)).slots)


def _places(protocol: Protocol) -> Iterator[tuple[str, str]]:
    """Yield every place that a file names, with its path."""
    for number, step in enumerate(protocol.steps, 1):
        yield f"steps[{number}].anchor", step.anchor
        for at, limit in enumerate(step.limits, 1):
            yield f"steps[{number}].limits[{at}].anchor", limit.anchor
    for kind, keys in _PLACES.items():
        for name, table in getattr(protocol, kind).items():
            for key in keys:
                given = getattr(table, key) or ()
                for at, place in enumerate(given if isinstance(given, tuple) else (given,), 1):
                    end = f"[{at}]" if isinstance(given, tuple) else ""
                    yield f"{kind}.{name}.{key}{end}", place


def _unreached_places(protocol: Protocol) -> Iterator[str]:
    """Say which places lie beyond the last appointment that a step can have."""
    places = dict(_places(protocol))
    ids = {step.id for step in protocol.steps}
    for path, place in places.items():
        if place in ids or place in {"first", "each", "all"}:
            continue
        end = place.rpartition("-")[2]
        if not is_place_of_step(place) or "." in place or not end.isdecimal():
            continue
        steps = [step for step in protocol.steps if step.id == step_of_place(place)]
        if all(not repeats(step) and not step.total for step in steps):
            longest = max(most_appointments(step) for step in steps)
            if int(end) > longest:
                yield f"{path}: {place} is never reached: {steps[0].id} has {longest} at most"


def _idle(protocol: Protocol) -> Iterator[str]:
    """Say which questions are never asked, and which events count for nothing."""
    used = {rule.question for rule in protocol.rules.values()}
    for event in protocol.events.values():
        used |= {event.begins, event.ends}
    for _, _, table in traced_tables(protocol):
        used |= set(table.when)
    for question in protocol.questions.values():
        used |= set(question.only)
    for contradiction in protocol.contradictions:
        used |= set(contradiction.when)
    for name in protocol.questions:
        if name not in used:
            yield f"questions.{name}: nothing hangs on the answer: it is never asked"
    text = msgspec.json.encode(structs.replace(protocol, events={})).decode()
    for name, event in protocol.events.items():
        named = f'"events.{name}"' in text or f'"{name}"' in text
        if not (named or event.begins or event.ends):
            yield f"events.{name}: nothing counts from it"


# ---- what the choices lead to ----


def _choices(protocol: Protocol) -> Iterator[Combination]:
    """Yield every combination of choices and answers that the steps hang on, up to a number."""
    names = sorted({name for step in protocol.steps for name in step.when})
    values = [_values(protocol, name) for name in names]
    for combination in islice(product(*values), _MOST_CHOICES):
        choices = dict(zip(names, combination, strict=True))
        if all(
            holds(contradiction.when, choices) != "yes" for contradiction in protocol.contradictions
        ):
            yield choices


def _are_all_tried(protocol: Protocol) -> bool:
    names = {name for step in protocol.steps for name in step.when}
    return prod(len(_values(protocol, name)) for name in names) <= _MOST_CHOICES


def _values(protocol: Protocol, name: str) -> list[str]:
    if name in protocol.options:
        return list(protocol.options[name].choices)
    if name == "sex":
        return ["female", "male"]
    if name == "age":
        return sorted(_ages(protocol))
    wants = {value for step in protocol.steps for value in accepted_values(step.when.get(name, ()))}
    return ["yes", "no", *sorted({"unknown"} & wants)]


def _ages(protocol: Protocol) -> set[str]:
    """Return an age in each range that steps name, and those beside it."""
    ranges = [
        parse_age_range(ages)
        for s in protocol.steps
        for ages in accepted_values(s.when.get("age", ()))
    ]
    ends = {age for low, high in ranges for age in (low - 1, low, high, high + 1)}
    return {str(age) for age in ends if 0 <= age <= _OLDEST}


def _unreachable(protocol: Protocol) -> Iterator[str]:
    reached: set[int] = set()
    for choices in _choices(protocol):
        state = dict(choices)
        present = {
            number: step
            for number, step in enumerate(protocol.steps, 1)
            if holds(step.when, state) == "yes"
        }
        ids = {step.id for step in present.values()}
        reached |= {number for number, step in present.items() if needed_steps(step) <= ids}
        for number, step in present.items():
            for name in sorted(needed_steps(step) - ids):
                chosen = _describe_combination(choices)
                yield f"steps[{number}].anchor: {chosen} leaves out '{name}', and not this"
    for number in range(1, len(protocol.steps) + 1):
        if number not in reached and _are_all_tried(protocol):
            yield f"steps[{number}]: unreachable: no choice leads to it"


def _describe_combination(choices: Combination) -> str:
    return join_words([f"{name}={value}" for name, value in choices.items()]) or "nothing"


def _plans(protocol: Protocol) -> Iterator[str]:
    """Yield the warnings about the plans that the choices lead to."""
    for choices in _choices(protocol):
        try:
            plan = make_plan(protocol, _request(protocol, choices))
        except HairplanError as error:
            yield from (f"steps: {_with(choices)}{fault}" for fault in error.faults)
            continue
        if plan.problem:
            yield f"steps: {_with(choices)}{plan.problem.what}, even with nothing in the way"
        for session in plan.dated if not plan.problem else ():
            if session.reason and session.day != 0:
                reason = f"{session.id} is not on its target: {session.reason}"
                yield f"steps: {_with(choices)}{reason}"
        yield from _without_relief(protocol, plan)


def _some_plans(protocol: Protocol) -> Iterator[Plan]:
    """Yield the plans that the first choices lead to, as far as they can be made."""
    for choices in islice(_choices(protocol), _SOME_CHOICES):
        with suppress(HairplanError):
            yield make_plan(protocol, _request(protocol, choices))


def _with(choices: Combination) -> str:
    return f"with {_describe_combination(choices)}: " if choices else ""


def _request(protocol: Protocol, choices: Combination) -> PlanRequest:
    return PlanRequest(
        start=protocol.date,
        options={name: choice for name, choice in choices.items() if name in protocol.options},
        answers={
            name: "yes" if answer == "yes" else "no" if answer == "no" else "unknown"
            for name, answer in choices.items()
            if name in protocol.questions
        },
        sex="female" if choices.get("sex") == "female" else "male" if "sex" in choices else None,
        age=int(choices["age"]) if "age" in choices else None,
        overrides={
            name: "a check of the protocol"
            for name, rule in protocol.rules.items()
            if rule.outcome in REFUSING
        },
    )


def _without_relief(protocol: Protocol, plan: Plan) -> Iterator[str]:
    """Say which restriction leaves no free day between two sessions, even at its least length."""
    for restriction in plan.restrictions:
        if protocol.restrictions[restriction.id].continuous:
            continue
        joined = [period for period in restriction.at_least if len(period.sessions) > 1]
        for period in joined[:1]:
            one, other = next(pairwise(period.sessions))
            yield (
                f"restrictions.{restriction.id}: leaves no free day between {one} and {other};"
                " if that is meant: continuous = true"
            )
