"""Checks that the steps of a protocol make sense: anchors, bounds, rhythms and prices."""

from collections.abc import Iterator
from itertools import combinations
from typing import Final

from hairplan.dates.spans import never_longer, span, whole_days
from hairplan.errors import nearest
from hairplan.protocol.model import Protocol
from hairplan.protocol.step import (
    Counts,
    Length,
    Limit,
    Price,
    Rate,
    Spacing,
    Step,
    heeded_steps,
    needed_steps,
)
from hairplan.protocol.values import (
    RESERVED_NAMES,
    accepted_values,
    is_place_of_step,
    step_of_place,
)

_DAYS_IN: Final = {"day": 0, "week": 7, "month": 28, "year": 365}
_LONGEST_MONTHS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def step_faults(protocol: Protocol) -> Iterator[str]:
    """Yield every fault in the steps of a protocol, with its path."""
    if protocol.steps and all(is_place_of_step(step.anchor) for step in protocol.steps):
        yield "steps: none is anchored at the start or at an event"
    prices = [price for step in protocol.steps for price in step.prices]
    prices += [charge.price for charge in protocol.charges.values()]
    currencies = sorted({price.currency for price in prices})
    if len(currencies) > 1:
        yield f"steps: prices in several currencies, {', '.join(currencies)}: use one"
    for number, step in enumerate(protocol.steps, 1):
        path = f"steps[{number}]"
        if step.id in RESERVED_NAMES:
            yield f"{path}.id: '{step.id}' has a meaning of its own: choose another name"
        yield from _anchor_faults(protocol, step, path)
        yield from _bound_faults(protocol, step, path)
        yield from _rhythm_faults(step, path)
        yield from _early_faults(step, path)
        yield from _either_faults(step, f"{path}.either")
        yield from _price_faults(step, path)
        yield from _variant_faults(protocol, number, step)


def _variant_faults(protocol: Protocol, number: int, step: Step) -> Iterator[str]:
    for other, variant in enumerate(protocol.steps[: number - 1], 1):
        if variant.id == step.id and not _exclude_each_other(variant, step):
            yield (
                f"steps[{number}].id: '{step.id}' is the id of steps[{other}] too, and no option in"
                " their 'when' shuts one of them out"
            )


def _exclude_each_other(one: Step, other: Step) -> bool:
    """Return whether the two steps never hold together: they want other values of one choice."""
    shared = set(one.when) & set(other.when)
    return any(
        not set(accepted_values(one.when[key])) & set(accepted_values(other.when[key]))
        for key in shared
    )


def _anchor_faults(protocol: Protocol, step: Step, path: str) -> Iterator[str]:
    places = {"anchor": step.anchor}
    places |= {"either.anchor": step.either.anchor} if step.either else {}
    places |= {f"limits[{at}].anchor": limit.anchor for at, limit in enumerate(step.limits, 1)}
    for key, place in places.items():
        yield from place_faults(protocol, place, f"{path}.{key}")
    loop = _loop(protocol, step)
    # Every step of a circle would report it: the first of them does.
    if loop and next(other for other in protocol.steps if other.id in loop) is step:
        yield f"{path}.anchor: goes round in a circle: {' -> '.join(loop)}"


def _loop(protocol: Protocol, step: Step) -> list[str]:
    """Return the way from a step back to itself by the steps that it needs; empty for none."""
    by_id = {other.id: other for other in protocol.steps}
    way = {step.id: [step.id]}
    waiting = [step.id]
    while waiting:
        name = waiting.pop(0)
        for following in sorted(needed_steps(by_id[name]) | heeded_steps(by_id[name])):
            if following == step.id:
                return [*way[name], following]
            if following in by_id and following not in way:
                way[following] = [*way[name], following]
                waiting.append(following)
    return []


def _bound_faults(protocol: Protocol, step: Step, path: str) -> Iterator[str]:
    """Yield what is wrong with how many appointments a step has."""
    given = [
        name for name in ("count", "total", "offsets") if getattr(step, name) not in (None, ())
    ]
    if len(given) > 1:
        yield f"{path}.{given[1]}: stands in place of {given[0]}, not beside it"
    if step.total and step.lasting:
        yield f"{path}.total: stands in place of lasting, not beside it"
    if step.offsets and (step.lasting or step.until):
        yield f"{path}.offsets: say how many there are: not beside lasting or until"
    yield from count_faults(step.count, f"{path}.count")
    yield from event_faults(protocol, step.until, f"{path}.until")
    if step.until and not (given or step.lasting):
        yield f"{path}.until: what is planned before its day is known? give count or lasting too"
    yield from length_faults(step.lasting, f"{path}.lasting")
    if step.end_included and not step.lasting:
        yield f"{path}.end_included: belongs to 'lasting', which is missing"
    if step.group and not repeats(step):
        yield f'{path}.group: goes with count = "open", or with lasting'
    most = most_appointments(step)
    if len(step.details) > most and not (repeats(step) or step.total):
        yield f"{path}.details: {len(step.details)} of them, and the step has {most}"
    if step.durations and step.duration:
        yield f"{path}.durations: stands in place of duration, not beside it"


def repeats(step: Step) -> bool:
    """Return whether a step goes on without a count of its own."""
    return step.count == "open" or (step.count is None and bool(step.lasting))


def count_faults(count: object, path: str) -> Iterator[str]:
    """Yield that the ends of a range of numbers are not in order."""
    if not isinstance(count, Counts):
        return
    given = [number for number in (count.min, count.preferred, count.max) if number is not None]
    if given != sorted(given):
        names = "min, preferred, max" if count.preferred is not None else "min, max"
        yield f"{path}: {', '.join(map(str, given))} are not in the order {names}"


def length_faults(length: str | Length | None, path: str) -> Iterator[str]:
    """Yield what is wrong with how long something goes on."""
    if isinstance(length, Length):
        yield from _order_faults(length, path)


def _order_faults(table: Spacing | Length, path: str) -> Iterator[str]:
    """Yield which of min, preferred and max can come in another order."""
    named = [(name, getattr(table, name)) for name in ("min", "preferred", "max")]
    given = [(name, text) for name, text in named if text]
    for (low, low_text), (high, high_text) in combinations(given, 2):
        if not never_longer(span(low_text), span(high_text)):
            yield f"{path}.{low}: {low_text} can be longer than {high}, {high_text}"


def _rhythm_faults(step: Step, path: str) -> Iterator[str]:
    """Yield what is wrong with the rules that give a step its targets."""
    rules = [name for name in ("rate", "weekdays", "offsets") if getattr(step, name)]
    if any(spacing.preferred for spacing in step.spacings):
        rules.insert(0, "spacing.preferred")
    for other in rules[1:]:
        yield f"{path}.{other}: stands in place of {rules[0]}, not beside it"
    for number, spacing in enumerate(step.spacings, 1):
        at = f"[{number}]" if isinstance(step.spacing, tuple) else ""
        yield from _spacing_faults(spacing, f"{path}.spacing{at}", has_target=bool(rules))
    yield from _gap_faults(step, path)
    if step.rate:
        yield from rate_faults(step.rate, f"{path}.rate")
        if step.rate.days == "non-consecutive" and any(each.min for each in step.spacings):
            yield f"{path}.spacing.min: non-consecutive days have one, of 2 days"
        if step.rate.per == "day":
            yield f"{path}.rate.per: appointments lie on different days: week, month or year"
    yield from _group_faults(step, path)
    for number, limit in enumerate(step.limits, 1):
        yield from _limit_faults(step, limit, f"{path}.limits[{number}]")
    yield from (
        f"{path}.seasons: {fault}" for text in step.seasons for fault in _season_faults(text)
    )
    several = repeats(step) or step.total or most_appointments(step) > 1
    if (several or step.until) and not step.repeats_by_itself:
        yield f"{path}.spacing: needs a preferred value, or both min and max"


def rate_faults(rate: Rate, path: str) -> Iterator[str]:
    """Yield what is wrong with how often something is done."""
    yield from count_faults(rate.times, f"{path}.times")
    if isinstance(rate.times, Counts) and not rate.times.min:
        yield f"{path}.times.min: 0 times is no rhythm"
    if rate.days:
        every = rate.days == "consecutive"
        most = _DAYS_IN[rate.per] if every else _DAYS_IN[rate.per] // 2
        times = rate.times.max if isinstance(rate.times, Counts) else rate.times
        if times > most:
            yield f"{path}.days: {times} {rate.days} days do not fit into a {rate.per}"


def most_appointments(step: Step) -> int:
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
    """Yield that a list has more gaps than the step has, or none."""
    if not isinstance(step.spacing, tuple):
        return
    gaps = most_appointments(step) - (step.anchor == "start")
    if not step.spacing:
        yield f"{path}.spacing: an empty list: give one for each gap"
    elif len(step.spacing) > gaps and not (repeats(step) or step.total):
        yield f"{path}.spacing: {len(step.spacing)} gaps, and the step has {gaps}"


def _early_faults(step: Step, path: str) -> Iterator[str]:
    """Yield that an appointment on its preferred day would be too early."""
    before = step.early.before if step.early else None
    preferred = [spacing.preferred for spacing in step.spacings if spacing.preferred]
    for text in preferred if before else ():
        if before and not never_longer(span(before), span(text)):
            yield f"{path}.early.before: {before} can be longer than the spacing preferred, {text}"


def _either_faults(step: Step, path: str) -> Iterator[str]:
    """Yield what is wrong with the second target of a step."""
    if not step.either:
        return
    own, other = step.spacing, step.either.spacing
    if not step.is_single or isinstance(own, tuple) or not _has_target(own):
        yield f"{path}: goes with one appointment and a spacing of its own, with a preferred value"
    if not _has_target(other):
        yield f"{path}.spacing: needs a preferred value, or both min and max"
    if step.either.anchor == step.anchor:
        yield f"{path}.anchor: '{step.anchor}' is what the step counts from anyway"
    yield from _spacing_faults(other, f"{path}.spacing", has_target=bool(other.preferred))


def _has_target(spacing: Spacing) -> bool:
    return bool(spacing.preferred or (spacing.min and spacing.max))


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


def _limit_faults(step: Step, limit: Limit, path: str) -> Iterator[str]:
    is_bounding = limit.min or limit.max
    if not (is_bounding or limit.apart):
        yield f"{path}: needs min, max or apart"
    if is_bounding and limit.anchor.endswith(".each"):
        yield f"{path}.anchor: '{limit.anchor}' goes with apart: min and max count from one place"
    if is_bounding and limit.apart:
        yield f"{path}.apart: has both sides: min and max are a limit of their own"
    if limit.apart and limit.anchor.partition(".")[0] == step.id:
        yield f"{path}.apart: of its own step, spacing.min says it"
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
        yield from range_faults(price, at)
    if isinstance(step.price, tuple) and not step.price:
        yield f"{path}.price: an empty list: give one for each appointment"


def range_faults(price: Price, path: str) -> Iterator[str]:
    """Yield what is wrong with the ends of a price."""
    if price.min > price.max:
        yield f"{path}.min: {price.min} is more than max, {price.max}"
    if price.later and price.later.min > price.later.max:
        yield f"{path}.later.min: {price.later.min} is more than max, {price.later.max}"
    if bool(price.within) != bool(price.later):
        yield f"{path}: 'within' and 'later' go together"


# ---- what is named ----


def place_faults(protocol: Protocol, place: str, path: str) -> Iterator[str]:
    """Yield that a place names no step or event of the protocol."""
    if is_place_of_step(place):
        yield from unknown_name_faults(
            step_of_place(place), [step.id for step in protocol.steps], path, "step"
        )
    elif place != "start":
        yield from event_faults(protocol, place.removeprefix("events."), path)


def event_faults(protocol: Protocol, name: str | None, path: str) -> Iterator[str]:
    """Yield that there is no such event."""
    yield from unknown_name_faults(name, list(protocol.events), path, "event")


def unknown_name_faults(name: str | None, known: list[str], path: str, kind: str) -> Iterator[str]:
    """Yield that there is nothing of a name, and which name was perhaps meant."""
    if name is not None and name not in known:
        yield f"{path}: there is no {kind} '{name}'{nearest(name, known)}"
