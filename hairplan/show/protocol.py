"""A protocol as a person reads it: every figure with its fact and strength beside it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from hairplan.protocol.figures import (
    cover_by_head,
    display_path,
    fact_ids,
    find_basis,
    format_length,
    format_price,
    traced_tables,
)
from hairplan.protocol.model import (
    Charge,
    Expectation,
    Lengths,
    Milestone,
    Note,
    Protocol,
    Question,
    Restriction,
    Routine,
    Rule,
    Task,
)
from hairplan.protocol.positions import from_day_0
from hairplan.protocol.step import Counts, Early, Late, Length, Rate, Spacing, Step, VisitWindow
from hairplan.protocol.values import Condition, Traced, accepted_values, in_english
from hairplan.show.document import Document, Line, Section, build_document
from hairplan.words import describe_difference, describe_limits, describe_outcome, format_count

_WHOM: Final = {"first": "the first session", "each": "each session"}


def protocol_document(protocol: Protocol) -> Document:
    """Lay a protocol out as a document."""
    protocol = cover_by_head(protocol)
    protocol = from_day_0(protocol)
    parts: dict[str, Iterable[str]] = {
        "Indications": _describe_texts(protocol.indications),
        "Choices": _describe_options(protocol),
        "Steps": [_describe_step(step) for step in protocol.steps],
        "What to avoid": [_describe_restriction(*item) for item in protocol.restrictions.items()],
        "To do": [_describe_task(*item) for item in protocol.tasks.items()],
        "At home": [_describe_routine(*item) for item in protocol.routines.items()],
        "When results are looked at": [
            _describe_milestone(*item) for item in protocol.milestones.items()
        ],
        "What to expect": [_describe_expectation(*item) for item in protocol.expectations.items()],
        "What is charged beside": [_describe_charge(*item) for item in protocol.charges.items()],
        "Questions on the patient": [
            _describe_question(*item) for item in protocol.questions.items()
        ],
        "Events": [f"{name}: {event.label}" for name, event in protocol.events.items()],
        "What the patient's state means": [
            _describe_rule(*item) for item in protocol.rules.items()
        ],
        "To note": _describe_texts(protocol.notes),
        "Where sources differ": [
            describe_difference(table.topic, table.says, table.holds) + _describe_when(table.when)
            for table in protocol.differences
        ],
        "How figures are read, and why these defaults": _reasons(protocol),
        "What the sources say": [f"{name}: {says}" for name, says in protocol.facts.items()],
        "Sources": [f"{name}: {title}" for name, title in protocol.documents.items()],
    }
    title = f"{protocol.name} ({protocol.id} {protocol.version}, {protocol.date})"
    sections = (Section(part, lines=tuple(map(Line, texts))) for part, texts in parts.items())
    return build_document(title, _summary_lines(protocol), sections)


def _summary_lines(protocol: Protocol) -> Iterator[Line]:
    yield Line(protocol.summary)
    if protocol.horizon:
        figure = _with_basis(protocol, "horizon", protocol.horizon)
        yield Line(f"maintenance is planned for {figure} from the start")
    yield Line("in brackets: the fact behind a figure, and how it follows from it", "least")


def _describe_basis(table: Traced | Protocol, key: str) -> str:
    ground = find_basis(table, key)
    return f" [{', '.join([*fact_ids(ground.source), str(ground.strength)])}]"


def _table_basis(table: Traced) -> str:
    return f"{_describe_when(table.when)}{_describe_basis(table, '')}"


def _with_basis(table: Traced | Protocol, key: str, value: object) -> str:
    return f"{value}{_describe_basis(table, key)}"


def _describe_when(when: Condition, word: str = "if") -> str:
    """Say a condition, such as ", if cadence=weekly"; nothing for none."""
    parts = [f"{name}={'|'.join(accepted_values(value))}" for name, value in when.items()]
    return f", {word} {' and '.join(parts)}" if parts else ""


def _describe_texts(notes: Sequence[Note]) -> list[str]:
    return [f"{note.text}{_table_basis(note)}" for note in notes]


def _describe_options(protocol: Protocol) -> Iterator[str]:
    for name, option in protocol.options.items():
        default = _with_basis(option, "default", option.default)
        yield f"{name}: {option.label}; {default} unless chosen{_table_basis(option)}"
        yield from (f"{name}={choice}: {means}" for choice, means in option.choices.items())


def _describe_step(step: Step) -> str:
    parts = [*_describe_count(step), *_describe_rhythm(step), *_describe_limits(step)]
    if step.group:
        parts.append(f"groups of {_with_basis(step, 'group.size', step.group.size)}")
        parts += _describe_spacings(step, step.group.spacing, "group.spacing")
    parts += _describe_each(step)
    if step.optional:
        parts.append("optional")
    parts += (_describe_late(step, *rule) for rule in enumerate(step.lates, 1))
    if step.early:
        parts.append(_describe_early(step, step.early))
    if step.missed:
        parts.append(_with_basis(step, "missed", "one that is missed counts, and is not repeated"))
    anchor = "" if step.anchor == "start" else f" after {step.anchor}"
    return f"{step.id}{anchor}{_describe_when(step.when)}: {'; '.join(parts)}"


def _describe_each(step: Step) -> Iterator[str]:
    """Yield how long the appointments of a step last, what they cost and what they consist of."""
    if step.duration:
        yield _with_basis(step, "duration", f"{format_length(step.duration)} each")
    if step.durations:
        lengths = ", ".join(map(format_length, step.durations))
        yield _with_basis(step, "durations", f"{lengths} in turn")
    if step.price:
        yield _with_basis(step, "price", _describe_price(step))
    if step.price_share:
        share = f"{step.price_share.percent} % of the price of {step.price_share.of}"
        yield _with_basis(step, "price_share", share)
    if step.details:
        yield _with_basis(step, "details", f"{', '.join(step.details)} in turn")


def _describe_price(step: Step) -> str:
    prices = ", ".join(map(format_price, step.prices))
    if isinstance(step.price, tuple):
        return f"{prices} in turn"
    price = step.prices[0]
    return f"{prices} each" if price.per == "session" and price.sessions == 1 else prices


def _describe_count(step: Step) -> Iterator[str]:
    """Yield how many appointments a step has, or what else bounds it."""
    count = step.count
    if count == "open":
        yield "repeats up to the horizon"
    elif isinstance(count, Counts):
        if count.preferred is not None:
            yield _with_basis(step, "count.preferred", format_count(count.preferred, "time"))
            yield _with_basis(step, "count.min", f"{count.min}..{count.max} may be asked for")
        else:
            yield _with_basis(step, "count.min", f"{format_count(count.min, 'time')} at least")
            yield _with_basis(step, "count.max", f"up to {count.max}, the rest conditional")
    elif count is not None:
        yield _with_basis(step, "count", format_count(count, "time"))
    elif not (step.total or step.lasting or step.offsets):
        yield "once"
    if step.total:
        yield _with_basis(step, "total", f"up to {step.total} in all with the steps before")
    if step.lasting:
        yield _with_basis(
            step, "lasting", _describe_lasting(step.lasting, included=step.end_included)
        )
    if step.until:
        yield _with_basis(step, "until", f"until events.{step.until}")


def _describe_lasting(length: str | Length, *, included: bool) -> str:
    end = "the end included" if included else "the end not included"
    if isinstance(length, Length):
        preferred = f", preferred {length.preferred}," if length.preferred else ""
        return f"for {length.min}..{length.max}{preferred} from the first ({end})"
    return f"for {length} from the first ({end})"


def _describe_rhythm(step: Step) -> Iterator[str]:
    """Yield what gives the targets of a step."""
    yield from _describe_spacings(step, step.spacing, "spacing")
    if step.either:
        other = ", ".join(_describe_spacing(step, step.either.spacing, "either.spacing"))
        yield f"or {other} after {step.either.anchor}, whichever is {step.either.whichever}"
    if step.rate:
        yield _with_basis(step, "rate", _describe_rate(step.rate))
    if step.weekdays:
        yield _with_basis(step, "weekdays", f"on {', '.join(step.weekdays)}")
    if step.offsets:
        yield _with_basis(
            step, "offsets", f"{', '.join(map(_describe_offset, step.offsets))} from the anchor"
        )
    if step.seasons:
        yield _with_basis(step, "seasons", f"in the season {', '.join(step.seasons)}")


def _describe_offset(offset: str | VisitWindow) -> str:
    if isinstance(offset, str):
        return offset
    preferred = f" (preferred {offset.preferred})" if offset.preferred else ""
    return f"{offset.min}..{offset.max}{preferred}"


def _describe_rate(rate: Rate) -> str:
    """Say how often, such as "3 times a week" or "1..2 times a week"."""
    times = rate.times
    days = f", on {rate.days} days" if rate.days else ""
    if isinstance(times, Counts):
        preferred = f" (preferred {times.preferred})" if times.preferred else ""
        return f"{times.min}..{times.max} times a {rate.per}{preferred}{days}"
    return f"{format_count(times, 'time')} a {rate.per}{days}"


def _describe_limits(step: Step) -> Iterator[str]:
    for number, limit in enumerate(step.limits, 1):
        ends = f"{describe_limits(limit.min, limit.max)} from {limit.anchor}"
        if limit.apart:
            ends = f"no nearer than {limit.apart} to {limit.anchor}, before or after"
        yield _with_basis(step, f"limits.{number}", ends)


def _describe_late(step: Step, number: int, late: Late) -> str:
    after = f"more than {late.after} after the one before" if late.after else "too late"
    number_of = f"{late.more.min}..{late.more.max}" if isinstance(late.more, Counts) else late.more
    more = f", {number_of} more" if number_of else ""
    says = f", {late.says}" if late.says else ""
    return _with_basis(
        step, step.late_key(number), f"if one comes {after}: {late.then}{more}{says}"
    )


def _describe_early(step: Step, early: Early) -> str:
    before = f"less than {early.before} after the one before" if early.before else "too early"
    grace = f", by more than {early.grace}" if early.grace else ""
    says = f", {early.says}" if early.says else ""
    return _with_basis(step, "early", f"if one takes place {before}{grace}: {early.then}{says}")


def _describe_spacings(step: Step, given: Spacing | tuple[Spacing, ...], key: str) -> Iterator[str]:
    """Yield the spacing of a step, or that of each gap in turn."""
    if isinstance(given, Spacing):
        yield from _describe_spacing(step, given, key)
        return
    for number, spacing in enumerate(given, 1):
        which = f"gap {number}" + (" and on" if number == len(given) else "")
        yield f"{which}: {', '.join(_describe_spacing(step, spacing, f'{key}.{number}'))}"


def _describe_spacing(step: Step, spacing: Spacing, key: str) -> Iterator[str]:
    if spacing.min or spacing.max:
        figure = f"{key}.min" if spacing.min else f"{key}.max"
        limits = describe_limits(spacing.min, spacing.max)
        yield _with_basis(step, figure, f"{limits} apart")
    if spacing.preferred:
        preferred = f"preferred {spacing.preferred}"
        yield _with_basis(step, f"{key}.preferred", preferred)
    if spacing.tolerance:
        yield _with_basis(step, f"{key}.tolerance", f"give or take {spacing.tolerance}")


def _describe_restriction(name: str, table: Restriction) -> str:
    sides = [
        _with_basis(table, key, f"{_describe_lengths(lengths)} {word}")
        for key, lengths, word in (
            ("before", table.before, "before"),
            ("begins", table.begins and f"from {table.begins}", "after"),
            ("after", table.after, "after"),
        )
        if lengths
    ]
    if table.until:
        sides.append(_with_basis(table, "until", f"until {table.until}"))
    if table.how_long:
        sides.append(_with_basis(table, "how_long", in_english(table.how_long)))
    for number, stage in enumerate(table.stages, 1):
        length = f" {_describe_lengths(stage.after)} after" if stage.after else ""
        until = f" until{length}" if length else ""
        sides.append(_with_basis(table, f"stages.{number}.after", f"then {stage.label}{until}"))
    around = f" ({', '.join(table.around)} only)" if table.around else ""
    around += _describe_but(table.but)
    return f"{name}: {table.label}{around}: {' and '.join(sides)}{_describe_when(table.when)}"


def _describe_but(but: Sequence[str]) -> str:
    return f", but not {', '.join(but)}" if but else ""


def _describe_lengths(lengths: str | Lengths) -> str:
    if isinstance(lengths, Lengths):
        return f"at least {lengths.at_least}, ideally {lengths.ideal},"
    return lengths


def _describe_task(name: str, table: Task) -> str:
    named = ", ".join(table.around) or table.session
    whom = _WHOM.get(named, named)
    lead = (
        f"{_with_basis(table, 'lead', table.lead)} before {whom}" if table.lead else f"for {whom}"
    )
    if table.lag:
        lead = f"{_with_basis(table, 'lag', table.lag)} after {whom}"
    parts = [f"{table.label}, {lead}{_describe_but(table.but)}"]
    if table.earliest:
        parts.append(f"at the soonest {_with_basis(table, 'earliest', table.earliest)} before")
    if table.valid:
        renewed = ", again with each appointment" if table.renewed else ""
        parts.append(f"good for {_with_basis(table, 'valid', table.valid)}{renewed}")
    parts += ["done by the clinic"] * (table.by == "clinic")
    parts += ["no session without it"] * table.blocks + ["optional"] * table.optional
    return f"{name}: {', '.join(parts)}{_table_basis(table)}"


def _describe_question(name: str, question: Question) -> str:
    whose = " (for the practitioner to answer)" * (question.asks == "practitioner")
    return f"{name}: {question.ask}{whose}{_describe_when(question.only, 'asked if')}"


def _describe_routine(name: str, table: Routine) -> str:
    if table.rate:
        often = _with_basis(table, "rate", _describe_rate(table.rate))
    elif table.weekdays:
        often = _with_basis(table, "weekdays", f"on {', '.join(table.weekdays)}")
    elif table.how_often:
        often = _with_basis(table, "how_often", in_english(table.how_often))
    else:
        often = _with_basis(table, "every", f"every {table.every}")
    begins = f"{table.begins} after {table.anchor}" if table.begins else table.anchor
    end = f" until {table.until}" if table.until else ""
    if table.lasting:
        length = table.lasting
        days = f"{length.min}..{length.max}" if isinstance(length, Length) else length
        end = _with_basis(table, "lasting", f" for {days}")
    names = " or ".join(table.paused_by)
    pauses = f", but not while {names} lasts" if names else ""
    return f"{name}: {table.label}, {often} from {begins}{end}{pauses}{_describe_when(table.when)}"


def _describe_charge(name: str, table: Charge) -> str:
    price = _with_basis(table, "price", format_price(table.price))
    around = f" ({', '.join(table.around)} only)" if table.around else ""
    around += _describe_but(table.but)
    return f"{name}: {table.label}{around}: {price}{_describe_when(table.when)}"


def _describe_milestone(name: str, table: Milestone) -> str:
    after = f"{table.after} after " if table.after else ""
    named = ", ".join(table.around) or table.at
    at = _WHOM.get(named, named)
    return f"{name}: {table.label}, {after}{at}{_describe_but(table.but)}{_table_basis(table)}"


def _describe_expectation(name: str, table: Expectation) -> str:
    return f"{name}: {table.label}{_describe_expected_dates(table)}{_table_basis(table)}"


def _describe_expected_dates(table: Expectation) -> str:
    if table.begins and table.ends:
        return f", {table.begins}..{table.ends} after {table.at}"
    if table.begins:
        return f", from {table.begins} after {table.at} on"
    return f", until {table.ends} after {table.at}" if table.ends else ""


def _describe_rule(name: str, table: Rule) -> str:
    dates = ""
    if table.begins or table.ends:
        begins = table.begins or "any time before"
        ends = _with_basis(table, "ends", table.ends) if table.ends else "no end"
        dates = f", from {begins} to {ends} after {table.event}"
    task = f"; to do: {table.task}" if table.task else ""
    return (
        f"{name}: {describe_outcome(table.outcome)}{dates}: {table.says}{task}{_table_basis(table)}"
    )


def _reasons(protocol: Protocol) -> Iterator[str]:
    """Yield each reason once, with the figures that it stands for."""
    where: dict[str, list[str]] = {}
    for kind, name, table in traced_tables(protocol):
        path = display_path(protocol, kind, name, table)
        if table.why:
            where.setdefault(table.why, []).append(path)
        for key, exception in table.figures.items():
            if exception.why:
                where.setdefault(exception.why, []).append(f"{path}.{key}")
    for reason, paths in where.items():
        yield f"{reason} ({', '.join(dict.fromkeys(paths))})"
