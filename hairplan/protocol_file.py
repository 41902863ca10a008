"""A protocol file: TOML in, a checked `Protocol` out, or every fault with its path.

What the types cannot say is checked here: names that refer to something exist, limits are in order
(months against days on every start and end of a month), anchors lead back to the start, and
variants of a step shut each other out. Places in lists are counted from 1.
"""

from collections.abc import Iterator
from itertools import combinations

from hairplan.dates.spans import never_longer, span
from hairplan.errors import InputError, nearest
from hairplan.protocol import (
    ANSWERS,
    SEXES,
    Basis,
    Condition,
    Counts,
    Lengths,
    Protocol,
    Spacing,
    Step,
    Traced,
    age_range,
    wanted,
)
from hairplan.traces import tables
from hairplan.typed_toml import capped, typed_toml


def parse_protocol(text: str, where: str) -> Protocol:
    """Read a protocol file.

    Args:
        text: the file's TOML.
        where: what the messages call it, its path as a rule.

    Raises:
        InputError: every fault of form; or, where the form is right, every fault of sense.
    """
    protocol = typed_toml(text, Protocol, where)
    if faults := faults_of_sense(protocol):
        raise InputError(*capped([f"{where}: {fault}" for fault in faults]))
    return protocol


def faults_of_sense(protocol: Protocol) -> list[str]:
    """Return what in a protocol of the right form does not make sense, each with its path."""
    return sorted(dict.fromkeys(_faults(protocol)))


def _faults(protocol: Protocol) -> Iterator[str]:
    yield from _option_faults(protocol)
    yield from _step_faults(protocol)
    yield from _length_faults(protocol)
    yield from _reference_faults(protocol)
    for kind, name, table in tables(protocol):
        path = f"{kind}[{name + 1}]" if isinstance(name, int) else f"{kind}.{name}"
        yield from _condition_faults(protocol, table.when, f"{path}.when")
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


# ---- steps ----


def _step_faults(protocol: Protocol) -> Iterator[str]:
    if not any(step.anchor == "start" for step in protocol.steps):
        yield "steps: none is anchored at the start"
    currencies = sorted({step.price.currency for step in protocol.steps if step.price})
    if len(currencies) > 1:
        yield f"steps: prices in several currencies, {', '.join(currencies)}: use one"
    for number, step in enumerate(protocol.steps, 1):
        path = f"steps[{number}]"
        yield from _anchor_faults(protocol, step, path)
        yield from _spacing_faults(step.spacing, f"{path}.spacing")
        yield from _count_faults(step, path)
        for other, twin in enumerate(protocol.steps[: number - 1], 1):
            if twin.id == step.id and not _exclude(twin, step):
                yield (
                    f"{path}.id: '{step.id}' is the id of steps[{other}] too, and no option in"
                    " their 'when' shuts one of them out"
                )


def _exclude(one: Step, other: Step) -> bool:
    """Return whether some choice that both name separates the two."""
    shared = set(one.when) & set(other.when)
    return any(not set(wanted(one.when[key])) & set(wanted(other.when[key])) for key in shared)


def _anchor_faults(protocol: Protocol, step: Step, path: str) -> Iterator[str]:
    loop = [step.id]
    anchor = step.anchor
    by_id = {each.id: each for each in protocol.steps}
    while anchor != "start":
        name = anchor.rpartition(".")[0]
        if name not in by_id:
            yield f"{path}.anchor: there is no step '{name}'{nearest(name, list(by_id))}"
            return
        if name in loop:
            yield f"{path}.anchor: goes round in a circle: {' -> '.join([*loop, name])}"
            return
        loop.append(name)
        anchor = by_id[name].anchor
    if anchor == step.anchor and step.count == "open":
        yield f"{path}.count: 'open' needs an anchor: a step that repeats follows another"


def _spacing_faults(spacing: Spacing, path: str) -> Iterator[str]:
    if spacing.tolerance and (spacing.min or spacing.max):
        yield f"{path}.tolerance: stands in place of min and max, not beside them"
    if spacing.tolerance and not spacing.preferred:
        yield f"{path}.tolerance: needs a preferred value to lie around"
    named = [("min", spacing.min), ("preferred", spacing.preferred), ("max", spacing.max)]
    given = [(name, text) for name, text in named if text]
    for (low, low_text), (high, high_text) in combinations(given, 2):
        if not never_longer(span(low_text), span(high_text)):
            yield f"{path}.{low}: {low_text} can be longer than {high}, {high_text}"


def _count_faults(step: Step, path: str) -> Iterator[str]:
    count = step.count
    if isinstance(count, Counts) and not count.min <= count.preferred <= count.max:
        yield (
            f"{path}.count: {count.min}, {count.preferred}, {count.max}"
            " are not in the order min, preferred, max"
        )
    spacing = step.spacing
    several = count == "open" or (count.max if isinstance(count, Counts) else count) != 1
    has_target = spacing.preferred or (spacing.min and spacing.max)
    if (several or step.anchor != "start") and not has_target:
        yield f"{path}.spacing: needs a preferred value, or both min and max"
    if step.group:
        yield from _spacing_faults(step.group.spacing, f"{path}.group.spacing")
        if count != "open":
            yield f'{path}.group: goes with count = "open"'
        if not step.group.spacing.preferred:
            yield f"{path}.group.spacing.preferred: missing"
    if step.price and step.price.min > step.price.max:
        yield f"{path}.price.min: {step.price.min} is more than max, {step.price.max}"


# ---- the rest ----


def _length_faults(protocol: Protocol) -> Iterator[str]:
    for name, restriction in protocol.restrictions.items():
        if restriction.before is None and restriction.after is None:
            yield f"restrictions.{name}: needs 'before' or 'after'"
        for side in ("before", "after"):
            lengths = getattr(restriction, side)
            path = f"restrictions.{name}.{side}"
            if isinstance(lengths, Lengths):
                least, ideal = lengths.at_least, lengths.ideal
                if not never_longer(span(least), span(ideal)):
                    yield f"{path}.at_least: {least} can be longer than ideal, {ideal}"


def _reference_faults(protocol: Protocol) -> Iterator[str]:
    steps = [step.id for step in protocol.steps]
    for name, restriction in protocol.restrictions.items():
        for step in restriction.steps:
            yield from _unknown(step, steps, f"restrictions.{name}.steps", "step")
    for name, milestone in protocol.milestones.items():
        yield from _place_faults(milestone.at, steps, f"milestones.{name}.at")
    for name, expectation in protocol.expectations.items():
        path = f"expectations.{name}"
        yield from _place_faults(expectation.at or "start", steps, f"{path}.at")
        if (expectation.begins or expectation.ends) and not expectation.at:
            yield f"{path}.at: missing: what do its dates count from?"
    for name, rule in protocol.rules.items():
        yield from _rule_faults(protocol, name)
        if not (rule.question or rule.event or rule.when):
            yield f"rules.{name}: needs a question, an event or a 'when' to hang on"
    for name, event in protocol.events.items():
        for key in ("begins", "ends"):
            yield from _unknown(
                getattr(event, key), list(protocol.questions), f"events.{name}.{key}", "question"
            )


def _rule_faults(protocol: Protocol, name: str) -> Iterator[str]:
    rule = protocol.rules[name]
    path = f"rules.{name}"
    yield from _unknown(rule.question, list(protocol.questions), f"{path}.question", "question")
    yield from _unknown(rule.event, list(protocol.events), f"{path}.event", "event")
    if (rule.begins or rule.ends) and not rule.event:
        yield f"{path}.event: missing: what do its dates count from?"
    if rule.event and not rule.question:
        yield f"{path}.question: missing: what is asked where the event's date is not known?"
    if rule.outcome in {"document", "assessment"} and not rule.task:
        yield f"{path}.task: missing: what is to be got for '{rule.outcome}'?"


def _place_faults(place: str, steps: list[str], path: str) -> Iterator[str]:
    if place != "start":
        step = place.rpartition("." if "." in place else "-")[0]
        yield from _unknown(step, steps, path, "step")


def _unknown(name: str | None, known: list[str], path: str, kind: str) -> Iterator[str]:
    if name is not None and name not in known:
        yield f"{path}: there is no {kind} '{name}'{nearest(name, known)}"


def _condition_faults(protocol: Protocol, when: Condition, path: str) -> Iterator[str]:
    for key, value in when.items():
        values = wanted(value)
        if key == "age":
            yield from (f"{path}.age: {fault}" for each in values for fault in _age_faults(each))
            continue
        known = _values(protocol, key)
        if known is None:
            names = [*protocol.options, *protocol.questions, "sex", "age"]
            yield f"{path}.{key}: there is no option or question '{key}'{nearest(key, names)}"
            continue
        for each in values:
            if each not in known:
                yield f"{path}.{key}: '{each}' is not one of {', '.join(known)}"


def _values(protocol: Protocol, key: str) -> tuple[str, ...] | None:
    if key in protocol.options:
        return tuple(protocol.options[key].choices)
    if key in protocol.questions:
        return ANSWERS
    return SEXES if key == "sex" else None


def _age_faults(text: str) -> Iterator[str]:
    try:
        age_range(text)
    except ValueError:
        yield f"'{text}' is not a range of ages such as '31..50', '..30' or '65..'"


def _figure_faults(table: Traced | Protocol, path: str) -> Iterator[str]:
    for key, exception in table.figures.items():
        if not _has_figure(table, key):
            said = f"{path}.figures" if path else "figures"
            yield f'{said}."{key}": this table has no such key, or it is not given'
        if exception == Basis():
            yield f'{path}.figures."{key}": says nothing: give source, strength or why'


def _has_figure(table: object, key: str) -> bool:
    for part in key.split("."):
        table = getattr(table, part, None)
    return table is not None
