"""Whether a protocol can do what a request asks: every fault at once, with what is allowed."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeVar

from msgspec import structs

from hairplan.dates.spans import always_near, never_longer, shortest, span
from hairplan.errors import nearest
from hairplan.planner.default_windows import stated_spacing
from hairplan.protocol.figures import fact_ids, find_basis
from hairplan.protocol.model import Protocol
from hairplan.protocol.step import Counts, Spacing, Step
from hairplan.protocol.values import REFUSING
from hairplan.request import PlanRequest
from hairplan.words import describe_limits, join_words

T = TypeVar("T", int, str)

_MOST: Final = 10_000
_COURSES: Final = ("session", "home")


def name_faults(protocol: Protocol, request: PlanRequest) -> list[str]:
    """Return the faults of names in a request that the protocol does not have."""
    return [
        *_option_faults(protocol, request),
        *_unknown("answers", "question", request.answers, protocol.questions),
        *_unknown("events", "event", request.events, protocol.events),
        *_unknown("overrides", "rule", request.overrides, protocol.rules),
        *_unknown("extend", "restriction", request.extend, protocol.restrictions),
        *_override_faults(protocol, request),
        *_misplaced(protocol, request),
    ]


def known_part(protocol: Protocol, request: PlanRequest) -> PlanRequest:
    """Return a request without the names that the protocol does not have."""
    options = {
        name: choice
        for name, choice in request.options.items()
        if name in protocol.options and choice in protocol.options[name].choices
    }
    return structs.replace(
        request,
        options=options,
        answers={k: v for k, v in request.answers.items() if k in protocol.questions},
        events={k: v for k, v in request.events.items() if k in protocol.events},
        overrides={k: v for k, v in request.overrides.items() if k in protocol.rules},
        extend={k: v for k, v in request.extend.items() if k in protocol.restrictions},
    )


def _unknown(key: str, kind: str, given: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    names = list(known)
    for name in given:
        if name not in names:
            there = f"there are: {', '.join(names)}" if names else "there are none"
            yield f"{key}.{name}: no such {kind}{nearest(name, names)}; {there}"


def _misplaced(protocol: Protocol, request: PlanRequest) -> Iterator[str]:
    """Say where a name that stands in the wrong place belongs."""
    for name in request.answers:
        if name in protocol.options:
            yield f"answers.{name}: this is a choice, not a question: --option {name}=..."
    for name in request.options:
        if name in protocol.questions:
            yield f"options.{name}: this is a question, not a choice: --answer {name}=..."


def _option_faults(protocol: Protocol, request: PlanRequest) -> Iterator[str]:
    yield from _unknown("options", "option", request.options, protocol.options)
    for name, choice in request.options.items():
        option = protocol.options.get(name)
        if option and choice not in option.choices:
            known = list(option.choices)
            yield (
                f"options.{name}: no choice '{choice}'{nearest(choice, known)};"
                f" there are: {', '.join(known)}"
            )


def _override_faults(protocol: Protocol, request: PlanRequest) -> Iterator[str]:
    for name in request.overrides:
        rule = protocol.rules.get(name)
        if rule and rule.outcome not in REFUSING:
            yield f"overrides.{name}: nothing to override: the rule never refuses ({rule.outcome})"


def sessions_asked(steps: Sequence[Step], request: PlanRequest) -> tuple[dict[str, int], list[str]]:
    """Return the number of appointments asked for by step, and the faults in it.

    Args:
        steps: the steps that this plan has.
        request: the numbers asked for, of the course or by step.
    """
    asked, faults = _by_step("sessions", request.sessions, steps)
    for name, count in asked.items():
        step = next(planned for planned in steps if planned.id == name)
        faults += _count_faults(step, count)
    return asked, faults


def _count_faults(step: Step, count: int) -> Iterator[str]:
    if step.count == "open":
        yield f"sessions.{step.id}: repeats up to the horizon: say until when instead"
        return
    if step.total or isinstance(step.lasting, str):
        rests = rests_on(step, "total" if step.total else "lasting")
        yield f"sessions.{step.id}: how many there are follows from the rest ({rests})"
        return
    low, high = _allowed_counts(step)
    if not low <= count <= high:
        allowed = f"{low}..{high}" if low != high else f"exactly {low}"
        figure = "count" if low == high else "count.max" if count > high else "count.min"
        yield f"sessions.{step.id}: {count} is not allowed: {allowed} ({rests_on(step, figure)})"


def _allowed_counts(step: Step) -> tuple[int, int]:
    if isinstance(step.count, Counts):
        return step.count.min, step.count.max
    if step.lasting:
        return 1, _MOST
    exactly = step.count if isinstance(step.count, int) else len(step.offsets) or 1
    return exactly, exactly


def spacing_asked(steps: Sequence[Step], request: PlanRequest) -> tuple[dict[str, str], list[str]]:
    """Return the preferred intervals asked for by step, and the faults in them."""
    asked, faults = _by_step("spacing", request.spacing, steps)
    for name, text in asked.items():
        step = next(planned for planned in steps if planned.id == name)
        faults += _spacing_faults(step, text)
    return asked, faults


def _spacing_faults(step: Step, text: str) -> Iterator[str]:
    spacing = stated_spacing(step)
    if isinstance(spacing, tuple) or step.rate or step.weekdays or step.offsets or step.seasons:
        yield f"spacing.{step.id}: its rhythm is not one interval that could be another"
    elif not _is_within(spacing, text):
        figure = "spacing.tolerance" if spacing.tolerance else "spacing.min"
        yield (
            f"spacing.{step.id}: {text} is not always within {describe_spacing(spacing)}"
            f" ({rests_on(step, figure)}){_short_months(spacing, text)}"
        )


def _is_within(spacing: Spacing, text: str) -> bool:
    asked = span(text)
    if asked.count == 0:
        return False
    if spacing.tolerance and spacing.preferred:
        return always_near(asked, span(spacing.preferred), span(spacing.tolerance))
    low, high = spacing.min, spacing.max
    return (low is None or never_longer(span(low), asked)) and (
        high is None or never_longer(asked, span(high))
    )


def _short_months(spacing: Spacing, text: str) -> str:
    """Say why days that mostly fit do not: months have not all the same length."""
    if spacing.max is None or not span(spacing.max).months or span(text).months:
        return ""
    return f"; {spacing.max} can have {shortest(span(spacing.max))} days only"


def describe_spacing(spacing: Spacing) -> str:
    """Say the limits of a spacing, such as "10 days..3 weeks"."""
    if spacing.tolerance:
        return f"{spacing.preferred} ± {spacing.tolerance}"
    return describe_limits(spacing.min, spacing.max)


def rests_on(step: Step, figure: str) -> str:
    """Say what a figure rests on, such as "SMP-2, sourced" or "default"."""
    figure_basis = find_basis(step, figure)
    return ", ".join([*fact_ids(figure_basis.source), str(figure_basis.strength)])


def _by_step(
    key: str, asked: T | dict[str, T] | None, steps: Sequence[Step]
) -> tuple[dict[str, T], list[str]]:
    if asked is None:
        return {}, []
    if isinstance(asked, dict):
        faults = list(_unknown(key, "step", asked, [step.id for step in steps]))
        known = {step.id for step in steps}
        return {name: value for name, value in asked.items() if name in known}, faults
    sessions, at_home = ([step.id for step in steps if step.kind == kind] for kind in _COURSES)
    course = sessions or at_home
    if len(course) == 1:
        return {course[0]: asked}, []
    shown = f'"{asked}"' if " " in str(asked) else str(asked)
    names = course or [step.id for step in steps]
    what = "the course has several steps," if course else "no step is the course, there are:"
    example = f"{names[0]}={shown}"
    return {}, [f"{key}: {what} {join_words(names)}: say which one, as in {example}"]
