"""A protocol file: TOML in, a checked `Protocol` out, or every fault with its path.

What the types cannot say is checked here: names that refer to something exist, limits are in order
(months against days on every start and end of a month), anchors lead back to the start, and
variants of a step shut each other out. Places in lists are counted from 1.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Final

from hairplan.dates.spans import Span, never_longer, side, since_range, span, whole_days
from hairplan.errors import InputError, nearest
from hairplan.protocol import (
    ANSWERS,
    SEXES,
    Basis,
    Condition,
    Counts,
    Length,
    Lengths,
    Limit,
    Protocol,
    Rate,
    Spacing,
    Step,
    Traced,
    age_range,
    is_of_step,
    needed_steps,
    place_step,
    wanted,
)
from hairplan.traces import tables
from hairplan.typed_toml import capped, typed_toml

RESERVED: Final = frozenset({"start", "next", "first", "last", "each", "all", "events"})
_LONGEST_MONTHS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


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
    yield from _restriction_faults(protocol)
    yield from _task_faults(protocol)
    yield from _routine_faults(protocol)
    yield from _date_faults(protocol)
    yield from _state_faults(protocol)
    yield from _position_faults(protocol)
    for kind, name, table in tables(protocol):
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


# ---- steps ----


def _step_faults(protocol: Protocol) -> Iterator[str]:
    if all(is_of_step(step.anchor) for step in protocol.steps):
        yield "steps: none is anchored at the start or at an event"
    currencies = sorted({price.currency for step in protocol.steps for price in step.prices})
    if len(currencies) > 1:
        yield f"steps: prices in several currencies, {', '.join(currencies)}: use one"
    for number, step in enumerate(protocol.steps, 1):
        path = f"steps[{number}]"
        if step.id in RESERVED:
            yield f"{path}.id: '{step.id}' has a meaning of its own: choose another name"
        yield from _anchor_faults(protocol, step, path)
        yield from _bound_faults(protocol, step, path)
        yield from _rhythm_faults(step, path)
        yield from _price_faults(step, path)
        yield from _twin_faults(protocol, number, step)


def _twin_faults(protocol: Protocol, number: int, step: Step) -> Iterator[str]:
    for other, twin in enumerate(protocol.steps[: number - 1], 1):
        if twin.id == step.id and not _exclude(twin, step):
            yield (
                f"steps[{number}].id: '{step.id}' is the id of steps[{other}] too, and no option in"
                " their 'when' shuts one of them out"
            )


def _exclude(one: Step, other: Step) -> bool:
    """Return whether some choice that both name separates the two."""
    shared = set(one.when) & set(other.when)
    return any(not set(wanted(one.when[key])) & set(wanted(other.when[key])) for key in shared)


def _anchor_faults(protocol: Protocol, step: Step, path: str) -> Iterator[str]:
    places = {"anchor": step.anchor}
    places |= {f"limits[{at}].anchor": limit.anchor for at, limit in enumerate(step.limits, 1)}
    for key, place in places.items():
        yield from _place_faults(protocol, place, f"{path}.{key}")
    if loop := _loop(protocol, step):
        yield f"{path}.anchor: goes round in a circle: {' -> '.join(loop)}"


def _loop(protocol: Protocol, step: Step) -> list[str]:
    """Return the way from a step back to itself over what it counts from; empty for none."""
    by_id = {each.id: each for each in protocol.steps}
    way = {step.id: [step.id]}
    waiting = [step.id]
    while waiting:
        name = waiting.pop(0)
        for following in sorted(needed_steps(by_id[name])):
            if following == step.id:
                return [*way[name], following]
            if following in by_id and following not in way:
                way[following] = [*way[name], following]
                waiting.append(following)
    return []


def _bound_faults(protocol: Protocol, step: Step, path: str) -> Iterator[str]:
    """Say what is wrong with how many appointments a step has."""
    given = [
        name for name in ("count", "total", "offsets") if getattr(step, name) not in (None, ())
    ]
    if len(given) > 1:
        yield f"{path}.{given[1]}: stands in place of {given[0]}, not beside it"
    if step.total and step.lasting:
        yield f"{path}.total: stands in place of lasting, not beside it"
    yield from _count_faults(step.count, f"{path}.count")
    yield from _event_faults(protocol, step.until, f"{path}.until")
    if step.until and not (given or step.lasting):
        yield f"{path}.until: what is planned before its day is known? give count or lasting too"
    yield from _length_faults(step.lasting, f"{path}.lasting")
    if step.end_included and not step.lasting:
        yield f"{path}.end_included: belongs to 'lasting', which is missing"
    if step.count == "open" and step.anchor == "start":
        yield f"{path}.count: 'open' needs an anchor: a step that repeats follows another"
    if step.group and not repeats(step):
        yield f'{path}.group: goes with count = "open", or with lasting'
    if step.durations and step.duration:
        yield f"{path}.durations: stands in place of duration, not beside it"


def repeats(step: Step) -> bool:
    """Return whether a step has no number of its own."""
    return step.count == "open" or (step.count is None and bool(step.lasting))


def _count_faults(count: object, path: str) -> Iterator[str]:
    if not isinstance(count, Counts):
        return
    given = [each for each in (count.min, count.preferred, count.max) if each is not None]
    if given != sorted(given):
        names = "min, preferred, max" if count.preferred is not None else "min, max"
        yield f"{path}: {', '.join(map(str, given))} are not in the order {names}"


def _length_faults(length: str | Length | None, path: str) -> Iterator[str]:
    if isinstance(length, Length):
        yield from _order_faults(length, path)


def _order_faults(table: Spacing | Length, path: str) -> Iterator[str]:
    """Say which of min, preferred and max can come in another order."""
    named = [(name, getattr(table, name)) for name in ("min", "preferred", "max")]
    given = [(name, text) for name, text in named if text]
    for (low, low_text), (high, high_text) in combinations(given, 2):
        if not never_longer(span(low_text), span(high_text)):
            yield f"{path}.{low}: {low_text} can be longer than {high}, {high_text}"


def _rhythm_faults(step: Step, path: str) -> Iterator[str]:
    """Say what is wrong with what gives the targets of a step."""
    rules = [name for name in ("rate", "weekdays", "offsets") if getattr(step, name)]
    if any(each.preferred for each in step.spacings):
        rules.insert(0, "spacing.preferred")
    for other in rules[1:]:
        yield f"{path}.{other}: stands in place of {rules[0]}, not beside it"
    for number, spacing in enumerate(step.spacings, 1):
        at = f"[{number}]" if isinstance(step.spacing, tuple) else ""
        yield from _spacing_faults(spacing, f"{path}.spacing{at}", has_target=bool(rules))
    yield from _gap_faults(step, path)
    if step.rate:
        yield from _rate_faults(step.rate, f"{path}.rate")
        if step.rate.per == "day":
            yield f"{path}.rate.per: appointments lie on different days: week, month or year"
    yield from _group_faults(step, path)
    for number, limit in enumerate(step.limits, 1):
        yield from _limit_faults(limit, f"{path}.limits[{number}]")
    yield from (
        f"{path}.seasons: {fault}" for text in step.seasons for fault in _season_faults(text)
    )
    several = repeats(step) or step.total or most(step) > 1
    if several and not step.has_rhythm:
        yield f"{path}.spacing: needs a preferred value, or both min and max"


def _rate_faults(rate: Rate, path: str) -> Iterator[str]:
    yield from _count_faults(rate.times, f"{path}.times")
    if isinstance(rate.times, Counts) and not rate.times.min:
        yield f"{path}.times.min: 0 times is no rhythm"


def most(step: Step) -> int:
    """Return how many appointments a step has at most, as far as it says."""
    if isinstance(step.count, Counts):
        return step.count.max
    return step.count if isinstance(step.count, int) else len(step.offsets) or 1


def _spacing_faults(spacing: Spacing, path: str, *, has_target: bool) -> Iterator[str]:
    if spacing.tolerance and (spacing.min or spacing.max):
        yield f"{path}.tolerance: stands in place of min and max, not beside them"
    if spacing.tolerance and not has_target:
        yield f"{path}.tolerance: needs a preferred value to lie around"
    if spacing.max and whole_days(spacing.max).days == 0 and not span(spacing.max).months:
        yield f"{path}.max: {spacing.max} is less than a day: appointments lie on different days"
    yield from _order_faults(spacing, path)


def _gap_faults(step: Step, path: str) -> Iterator[str]:
    """Say where a list has more gaps than the step has."""
    if not isinstance(step.spacing, tuple):
        return
    gaps = most(step) - (step.anchor == "start")
    if not step.spacing:
        yield f"{path}.spacing: an empty list: give one for each gap"
    elif len(step.spacing) > gaps and not (repeats(step) or step.total):
        yield f"{path}.spacing: {len(step.spacing)} gaps, and the step has {gaps}"


def _group_faults(step: Step, path: str) -> Iterator[str]:
    if not step.group:
        return
    for number, spacing in enumerate(step.group.spacings, 1):
        at = f"[{number}]" if isinstance(step.group.spacing, tuple) else ""
        inner = f"{path}.group.spacing{at}"
        yield from _spacing_faults(spacing, inner, has_target=bool(spacing.preferred))
        if not spacing.preferred:
            yield f"{inner}.preferred: missing"
    if isinstance(step.group.spacing, tuple) and not step.group.spacing:
        yield f"{path}.group.spacing: an empty list: give one for each gap"


def _limit_faults(limit: Limit, path: str) -> Iterator[str]:
    if not (limit.min or limit.max):
        yield f"{path}: needs min or max"
    if limit.min and limit.max and not never_longer(span(limit.min), span(limit.max)):
        yield f"{path}.min: {limit.min} can be later than max, {limit.max}"


def _season_faults(text: str) -> Iterator[str]:
    for end in text.split(".."):
        month, day = map(int, end.split("-"))
        if day > _LONGEST_MONTHS[month - 1]:
            yield f"'{text}': there is no {end}"


def _price_faults(step: Step, path: str) -> Iterator[str]:
    for number, price in enumerate(step.prices, 1):
        at = f"{path}.price[{number}]" if isinstance(step.price, tuple) else f"{path}.price"
        if price.min > price.max:
            yield f"{at}.min: {price.min} is more than max, {price.max}"
        if price.later and price.later.min > price.later.max:
            yield f"{at}.later.min: {price.later.min} is more than max, {price.later.max}"
        if bool(price.within) != bool(price.later):
            yield f"{at}: 'within' and 'later' go together"
    if isinstance(step.price, tuple) and not step.price:
        yield f"{path}.price: an empty list: give one for each appointment"


# ---- the rest ----


def _restriction_faults(protocol: Protocol) -> Iterator[str]:
    for name, restriction in protocol.restrictions.items():
        path = f"restrictions.{name}"
        ends = (restriction.before, restriction.begins, restriction.after, restriction.until)
        if not any(ends):
            yield f"{path}: needs 'before', 'after' or 'until'"
        elif restriction.begins and not (restriction.after or restriction.until):
            yield f"{path}.begins: needs an end: 'after' or 'until'"
        if restriction.begins and restriction.before:
            yield f"{path}.begins: stands in place of before, not beside it"
        for key in ("before", "after"):
            yield from _side_faults(getattr(restriction, key), f"{path}.{key}")
        yield from _around_faults(protocol, restriction.around, f"{path}.around")
        if restriction.until and restriction.until != "next":
            yield from _place_faults(protocol, restriction.until, f"{path}.until")


def _side_faults(lengths: str | Lengths | None, path: str) -> Iterator[str]:
    """Say where the ideal length is not the longer one."""
    if not isinstance(lengths, Lengths):
        return
    least, ideal = side(lengths.at_least), side(lengths.ideal)
    if isinstance(least, Span) and isinstance(ideal, Span) and not never_longer(least, ideal):
        yield f"{path}.at_least: {least} can be longer than ideal, {ideal}"


def _around_faults(protocol: Protocol, around: Iterable[str], path: str) -> Iterator[str]:
    steps = [step.id for step in protocol.steps]
    for name in around:
        if name.startswith("events."):
            yield from _event_faults(protocol, name.removeprefix("events."), path)
            continue
        if name == "all":
            continue
        step = name.partition(".")[0]
        numbered = name.rpartition("-")[2].isdecimal() and name.rpartition("-")[0] in steps
        if not numbered:
            yield from _unknown(step, steps, path, "step")


def _task_faults(protocol: Protocol) -> Iterator[str]:
    for name, task in protocol.tasks.items():
        path = f"tasks.{name}"
        if task.session not in {"first", "each"}:
            yield from _around_faults(protocol, [task.session], f"{path}.session")
            if task.around:
                yield f"{path}.around: stands in place of session, not beside it"
        yield from _around_faults(protocol, task.around, f"{path}.around")
        for place in (task.session, *task.around):
            if place.startswith("events."):
                yield f"{path}: a task is for appointments, and '{place}' is none"
        yield from _event_faults(protocol, task.event, f"{path}.event")
        for key in ("renewed", "event"):
            if getattr(task, key) and not task.valid:
                yield f"{path}.{key}: belongs to 'valid', which is missing"


def _routine_faults(protocol: Protocol) -> Iterator[str]:
    for name, routine in protocol.routines.items():
        path = f"routines.{name}"
        rules = [key for key in ("every", "rate", "weekdays") if getattr(routine, key)]
        if not rules:
            yield f"{path}: needs 'every', 'rate' or 'weekdays'"
        for other in rules[1:]:
            yield f"{path}.{other}: stands in place of {rules[0]}, not beside it"
        if routine.every and span(routine.every).minutes:
            yield f"{path}.every: {routine.every}: whole days; several times a day are a 'rate'"
        if routine.rate:
            yield from _rate_faults(routine.rate, f"{path}.rate")
        if routine.lasting and routine.until:
            yield f"{path}.until: stands in place of lasting, not beside it"
        yield from _length_faults(routine.lasting, f"{path}.lasting")
        yield from _place_faults(protocol, routine.anchor, f"{path}.anchor")
        yield from _place_faults(protocol, routine.until or "start", f"{path}.until")


def _date_faults(protocol: Protocol) -> Iterator[str]:
    """Say what is wrong with milestones and expectations."""
    for name, milestone in protocol.milestones.items():
        yield from _place_faults(protocol, milestone.at, f"milestones.{name}.at")
    for name, expectation in protocol.expectations.items():
        path = f"expectations.{name}"
        yield from _place_faults(protocol, expectation.at or "start", f"{path}.at")
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
            yield from _unknown(
                getattr(event, key), list(protocol.questions), f"events.{name}.{key}", "question"
            )


def _rule_faults(protocol: Protocol, name: str) -> Iterator[str]:
    rule = protocol.rules[name]
    path = f"rules.{name}"
    yield from _unknown(rule.question, list(protocol.questions), f"{path}.question", "question")
    yield from _event_faults(protocol, rule.event, f"{path}.event")
    if (rule.begins or rule.ends) and not rule.event:
        yield f"{path}.event: missing: what do its dates count from?"
    if rule.begins and rule.ends and not never_longer(span(rule.begins), span(rule.ends)):
        yield f"{path}.begins: {rule.begins} can be later than ends, {rule.ends}"
    if rule.event and not rule.question:
        yield f"{path}.question: missing: what is asked where the event's date is not known?"
    if rule.outcome in {"document", "assessment"} and not rule.task:
        yield f"{path}.task: missing: what is to be got for '{rule.outcome}'?"


def _place_faults(protocol: Protocol, place: str, path: str) -> Iterator[str]:
    if is_of_step(place):
        yield from _unknown(place_step(place), [step.id for step in protocol.steps], path, "step")
    elif place != "start":
        yield from _event_faults(protocol, place.removeprefix("events."), path)


def _event_faults(protocol: Protocol, name: str | None, path: str) -> Iterator[str]:
    yield from _unknown(name, list(protocol.events), path, "event")


def _unknown(name: str | None, known: list[str], path: str, kind: str) -> Iterator[str]:
    if name is not None and name not in known:
        yield f"{path}: there is no {kind} '{name}'{nearest(name, known)}"


def _position_faults(protocol: Protocol) -> Iterator[str]:
    """Say where a file that counts from day 1 names a day 0."""
    if not protocol.first_day:
        return
    named = [
        (f"steps[{n}].offsets", each)
        for n, step in enumerate(protocol.steps, 1)
        for each in step.offsets
    ]
    for kind, keys in (
        ("milestones", ("after",)),
        ("expectations", ("begins", "ends")),
        ("routines", ("begins",)),
    ):
        for name, table in getattr(protocol, kind).items():
            named += [
                (f"{kind}.{name}.{key}", text) for key in keys if (text := getattr(table, key))
            ]
    for path, text in named:
        if span(text).count == 0:
            yield f"{path}: '{text}': the first day is 1 here (first_day)"


def _condition_faults(
    protocol: Protocol, when: Condition, path: str, *, by_day: bool = False
) -> Iterator[str]:
    for key, value in when.items():
        values = wanted(value)
        if key == "age":
            yield from (f"{path}.age: {fault}" for each in values for fault in _age_faults(each))
            continue
        if key.startswith("events."):
            yield from _since_faults(protocol, key, values, path, by_day=by_day)
            continue
        known = _values(protocol, key)
        if known is None:
            names = [*protocol.options, *protocol.questions, "sex", "age"]
            yield f"{path}.{key}: there is no option or question '{key}'{nearest(key, names)}"
            continue
        for each in values:
            if each not in known:
                yield f"{path}.{key}: '{each}' is not one of {', '.join(known)}"


def _since_faults(
    protocol: Protocol, key: str, values: Iterable[str], path: str, *, by_day: bool
) -> Iterator[str]:
    """Say what is wrong with a condition on the time since an event."""
    at = f'{path}."{key}"'
    if not by_day:
        yield f"{at}: the time since an event counts in tasks and restrictions only"
    yield from _event_faults(protocol, key.removeprefix("events."), at)
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
        if isinstance(table, tuple) and part.isdecimal():
            table = table[int(part) - 1] if 0 < int(part) <= len(table) else None
        else:
            table = getattr(table, part, None)
    return table is not None
