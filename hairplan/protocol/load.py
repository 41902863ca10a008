"""A protocol file: TOML in, a checked `Protocol` out, or every fault with its path.

This module checks what the types cannot say: names that refer to something exist, limits are in
order (months against days on every start and end of a month), anchors lead back to the start, and
variants of a step exclude each other. Places in lists are counted from 1.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from hairplan.dates.spans import Span, never_longer, side, span
from hairplan.dates.typed_spans import since_range
from hairplan.errors import InputError, cap_faults, nearest
from hairplan.protocol.around_checks import (
    around_faults,
    but_faults,
    how_long_faults,
    lag_faults,
    milestone_faults,
    pause_faults,
    stepless_faults,
)
from hairplan.protocol.figures import traced_tables
from hairplan.protocol.late_checks import late_faults
from hairplan.protocol.model import Lengths, Protocol
from hairplan.protocol.offset_checks import offset_faults
from hairplan.protocol.patient_texts import patient_text_faults
from hairplan.protocol.price_checks import price_faults
from hairplan.protocol.stage_checks import stages_faults
from hairplan.protocol.step_checks import (
    event_faults,
    length_faults,
    place_faults,
    rate_faults,
    step_faults,
    unknown_name_faults,
)
from hairplan.protocol.toml import parse_toml, parse_without
from hairplan.protocol.values import (
    ANSWERS,
    SEXES,
    Basis,
    Condition,
    Traced,
    accepted_values,
    parse_age_range,
)

_PATH: Final = r"[\w-]+(\[\d+\])?(\.[\w-]+(\[\d+\])?)*"


def parse_protocol(text: str, where: str) -> Protocol:
    """Read a protocol file.

    Args:
        text: the file's TOML.
        where: the name of the file in messages, usually its path.

    Raises:
        InputError: every fault of form, and every fault of sense that can be told beside them.
    """
    try:
        protocol = parse_toml(text, Protocol, where)
    except InputError as error:
        faults_of_form = [fault.removeprefix(f"{where}: ") for fault in error.faults]
        others = [f"{where}: {fault}" for fault in _faults_beside(text, faults_of_form)]
        if not others:
            raise
        raise InputError(*cap_faults([*error.faults, *others])) from None
    if faults := find_faults_of_sense(protocol):
        raise InputError(*cap_faults([f"{where}: {fault}" for fault in faults]))
    return protocol


class Rest(NamedTuple):
    """A faulty file without its faulty keys, and the paths of these."""

    protocol: Protocol
    left_out: tuple[str, ...]

    def tells(self, path: str) -> bool:
        """Return whether what is said at a path comes of more than the keys that are left out."""
        return not any(_is_beside(path, key) for key in self.left_out)


def parse_rest(text: str, faults: Sequence[str]) -> Rest | None:
    """Read a faulty file without its faulty keys; None if nothing can be told without them.

    Args:
        text: the file's TOML.
        faults: all its faults, each with its path.
    """
    left_out = tuple(fault.partition(": ")[0] for fault in faults)
    if any(not re.fullmatch(_PATH, path) for path in left_out) or _is_newer(faults):
        return None
    protocol = parse_without(text, Protocol, left_out)
    return Rest(protocol, left_out) if protocol else None


def _is_newer(faults: Sequence[str]) -> bool:
    """Return whether the file is of a later format, in which all the rest may be right."""
    return any(fault.startswith("format: ") and " newer " in fault for fault in faults)


def find_faults_of_sense(protocol: Protocol) -> list[str]:
    """Return every place where a protocol of the right form makes no sense, sorted by path."""
    return sorted(dict.fromkeys(_faults(protocol)))


def _faults_beside(text: str, faults_of_form: Sequence[str]) -> list[str]:
    """Return the faults of sense that a file has apart from its faulty keys.

    The file is read without these keys. A fault right beside one of them may only come of that and
    is left out, and so is a reference to a step where a step lacks its name.
    """
    rest = parse_rest(text, faults_of_form)
    if rest is None or "steps" in rest.left_out:
        return []
    by_path = ((fault.partition(": ")[0], fault) for fault in find_faults_of_sense(rest.protocol))
    faults = [fault for path, fault in by_path if rest.tells(path)]
    if any(re.fullmatch(r"steps\[\d+\]\.id", key) for key in rest.left_out):
        return [fault for fault in faults if ": there is no step " not in fault]
    return faults


def _is_beside(path: str, key: str) -> bool:
    """Return whether a fault at a path may come of a faulty key: in it, or in the same table."""
    table = path.rpartition(".")[0]
    is_inside = key.startswith(f"{table}.") and ("." in table or "[" in table)
    return key.startswith(path) or table == key.rpartition(".")[0] or is_inside


def _faults(protocol: Protocol) -> Iterator[str]:
    yield from _option_faults(protocol)
    yield from step_faults(protocol)
    yield from late_faults(protocol)
    yield from stepless_faults(protocol)
    yield from price_faults(protocol)
    yield from _restriction_faults(protocol)
    yield from _task_faults(protocol)
    yield from _routine_faults(protocol)
    yield from _date_faults(protocol)
    yield from _state_faults(protocol)
    yield from offset_faults(protocol)
    yield from patient_text_faults(protocol)
    for kind, name, table in traced_tables(protocol):
        path = f"{kind}[{name + 1}]" if isinstance(name, int) else f"{kind}.{name}"
        by_day = kind in {"tasks", "restrictions"}
        yield from _condition_faults(protocol, table.when, f"{path}.when", by_day=by_day)
        yield from _figure_faults(table, path)
    for key, question in protocol.questions.items():
        yield from _condition_faults(protocol, question.only, f"questions.{key}.only")
    for number, contradiction in enumerate(protocol.contradictions, 1):
        yield from _condition_faults(protocol, contradiction.when, f"contradictions[{number}].when")
    yield from _figure_faults(protocol, "")


def _option_faults(protocol: Protocol) -> Iterator[str]:
    for name, option in protocol.options.items():
        if option.default not in option.choices:
            known = ", ".join(option.choices)
            yield f"options.{name}.default: '{option.default}' is not one of its choices: {known}"
        if name in protocol.questions or name in {"sex", "age"}:
            yield f"options.{name}: the name is taken by a question on the patient"
    for name in {"sex", "age"} & set(protocol.questions):
        yield f"questions.{name}: sex and age are asked anyway and need no question"


def _restriction_faults(protocol: Protocol) -> Iterator[str]:
    for name, restriction in protocol.restrictions.items():
        path = f"restrictions.{name}"
        ends = (restriction.before, restriction.begins, restriction.after, restriction.until)
        yield from how_long_faults(restriction, path)
        if not (any(ends) or restriction.how_long):
            yield f"{path}: needs 'before', 'after' or 'until'; or 'how_long', in words"
        elif restriction.begins and not (
            restriction.after or restriction.until or restriction.how_long
        ):
            yield f"{path}.begins: needs an end: 'after' or 'until'"
        if restriction.begins and restriction.after:
            yield from _stage_faults(restriction.begins, restriction.after, path)
        if restriction.begins and restriction.before:
            yield f"{path}.begins: stands in place of before, not beside it"
        for key in ("before", "after"):
            yield from _side_faults(getattr(restriction, key), f"{path}.{key}")
        for number, stage in enumerate(restriction.stages, 1):
            yield from _side_faults(stage.after, f"{path}.stages[{number}].after")
        yield from stages_faults(restriction, path)
        yield from around_faults(protocol, restriction.around, f"{path}.around")
        yield from but_faults(protocol, restriction.around, restriction.but, path)
        if restriction.until and restriction.until != "next":
            yield from place_faults(protocol, restriction.until, f"{path}.until")


def _stage_faults(begins: str, after: str | Lengths, path: str) -> Iterator[str]:
    """Yield that a restriction may end before it begins."""
    end = side(after.ideal if isinstance(after, Lengths) else after)
    if isinstance(end, Span) and not never_longer(span(begins), end):
        yield f"{path}.begins: {begins} can be later than after, {end}"


def _side_faults(lengths: str | Lengths | None, path: str) -> Iterator[str]:
    """Yield that the ideal length may be the shorter one."""
    if not isinstance(lengths, Lengths):
        return
    least, ideal = side(lengths.at_least), side(lengths.ideal)
    if isinstance(least, Span) and isinstance(ideal, Span) and not never_longer(least, ideal):
        yield f"{path}.at_least: {least} can be longer than ideal, {ideal}"


def _task_faults(protocol: Protocol) -> Iterator[str]:
    for name, task in protocol.tasks.items():
        path = f"tasks.{name}"
        if task.session not in {"first", "each"}:
            yield from around_faults(protocol, [task.session], f"{path}.session")
            if task.around:
                yield f"{path}.around: stands in place of session, not beside it"
        yield from around_faults(protocol, task.around, f"{path}.around")
        for place in (task.session, *task.around):
            if place == "start" or place.startswith("events."):
                yield f"{path}: a task is for appointments, and '{place}' is none"
        yield from but_faults(protocol, task.around or (task.session,), task.but, path)
        yield from lag_faults(task, path)
        yield from event_faults(protocol, task.event, f"{path}.event")
        for key in ("renewed", "event"):
            if getattr(task, key) and not task.valid:
                yield f"{path}.{key}: belongs to 'valid', which is missing"


def _routine_faults(protocol: Protocol) -> Iterator[str]:
    for name, routine in protocol.routines.items():
        path = f"routines.{name}"
        keys = ("every", "rate", "weekdays", "how_often")
        rules = [key for key in keys if getattr(routine, key)]
        if not rules:
            yield f"{path}: needs 'every', 'rate', 'weekdays' or 'how_often'"
        for other in rules[1:]:
            yield f"{path}.{other}: stands in place of {rules[0]}, not beside it"
        if routine.every and span(routine.every).minutes:
            yield f"{path}.every: {routine.every}: whole days; several times a day are a 'rate'"
        if routine.rate:
            yield from rate_faults(routine.rate, f"{path}.rate")
        if routine.lasting and routine.until:
            yield f"{path}.until: stands in place of lasting, not beside it"
        yield from length_faults(routine.lasting, f"{path}.lasting")
        yield from pause_faults(protocol, routine, path)
        yield from place_faults(protocol, routine.anchor, f"{path}.anchor")
        yield from place_faults(protocol, routine.until or "start", f"{path}.until")


def _date_faults(protocol: Protocol) -> Iterator[str]:
    """Yield what is wrong with milestones and expectations."""
    for name, milestone in protocol.milestones.items():
        path = f"milestones.{name}"
        yield from place_faults(protocol, milestone.at, f"{path}.at")
        yield from milestone_faults(protocol, milestone, path)
    for name, expectation in protocol.expectations.items():
        path = f"expectations.{name}"
        yield from place_faults(protocol, expectation.at or "start", f"{path}.at")
        if (expectation.begins or expectation.ends) and not expectation.at:
            yield f"{path}.at: missing: what do its dates count from?"
        if expectation.begins and expectation.ends:
            first, last = span(expectation.begins), span(expectation.ends)
            if not never_longer(first, last):
                yield f"{path}.begins: {first} can be later than ends, {last}"


def _state_faults(protocol: Protocol) -> Iterator[str]:
    for name, rule in protocol.rules.items():
        yield from _rule_faults(protocol, name)
        if not (rule.question or rule.event or rule.when):
            yield f"rules.{name}: needs a question, an event or a 'when' to hang on"
    for name, event in protocol.events.items():
        for key in ("begins", "ends"):
            yield from unknown_name_faults(
                getattr(event, key), list(protocol.questions), f"events.{name}.{key}", "question"
            )


def _rule_faults(protocol: Protocol, name: str) -> Iterator[str]:
    rule = protocol.rules[name]
    path = f"rules.{name}"
    yield from unknown_name_faults(
        rule.question, list(protocol.questions), f"{path}.question", "question"
    )
    yield from event_faults(protocol, rule.event, f"{path}.event")
    if (rule.begins or rule.ends) and not rule.event:
        yield f"{path}.event: missing: what do its dates count from?"
    if rule.begins and rule.ends and not never_longer(span(rule.begins), span(rule.ends)):
        yield f"{path}.begins: {rule.begins} can be later than ends, {rule.ends}"
    if rule.event and not rule.question:
        yield f"{path}.question: missing: what is asked where the event's date is not known?"
    if rule.outcome in {"document", "assessment"} and not rule.task:
        yield f"{path}.task: missing: what is to be got for '{rule.outcome}'?"


def _condition_faults(
    protocol: Protocol, when: Condition, path: str, *, by_day: bool = False
) -> Iterator[str]:
    for key, value in when.items():
        values = accepted_values(value)
        if key == "age":
            yield from (f"{path}.age: {fault}" for ages in values for fault in _age_faults(ages))
            continue
        if key.startswith("events."):
            yield from _since_faults(protocol, key, values, path, by_day=by_day)
            continue
        known = _values(protocol, key)
        if known is None:
            names = [*protocol.options, *protocol.questions, "sex", "age"]
            yield f"{path}.{key}: there is no option or question '{key}'{nearest(key, names)}"
            continue
        for choice in values:
            if choice not in known:
                yield f"{path}.{key}: '{choice}' is not one of {', '.join(known)}"


def _since_faults(
    protocol: Protocol, key: str, values: Iterable[str], path: str, *, by_day: bool
) -> Iterator[str]:
    """Yield what is wrong with a condition on the time since an event."""
    at = f'{path}."{key}"'
    if not by_day:
        yield f"{at}: the time since an event counts in tasks and restrictions only"
    yield from event_faults(protocol, key.removeprefix("events."), at)
    for text in values:
        try:
            since_range(text)
        except InputError as error:
            yield from (f"{at}: {fault}" for fault in error.faults)


def _values(protocol: Protocol, key: str) -> tuple[str, ...] | None:
    if key in protocol.options:
        return tuple(protocol.options[key].choices)
    if key in protocol.questions:
        return ANSWERS
    return SEXES if key == "sex" else None


def _age_faults(text: str) -> Iterator[str]:
    try:
        parse_age_range(text)
    except ValueError:
        yield f"'{text}' is not a range of ages such as '31..50', '..30' or '65..'"


def _figure_faults(table: Traced | Protocol, path: str) -> Iterator[str]:
    for key, basis in table.figures.items():
        if not _has_figure(table, key):
            figures = f"{path}.figures" if path else "figures"
            yield f'{figures}."{key}": this table has no such key, or it is not given'
        if basis == Basis():
            yield f'{path}.figures."{key}": says nothing: give source, strength or why'


def _has_figure(table: object, key: str) -> bool:
    for part in key.split("."):
        if isinstance(table, tuple) and part.isdecimal():
            table = table[int(part) - 1] if 0 < int(part) <= len(table) else None
        else:
            table = getattr(table, part, None)
    return table is not None
