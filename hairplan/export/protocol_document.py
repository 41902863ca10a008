"""A protocol as a person reads it: every figure with its fact and strength beside it."""

from collections.abc import Iterator, Sequence

from hairplan.export.document import Document, Line, Section
from hairplan.protocol import (
    Condition,
    Counts,
    Expectation,
    Lengths,
    Protocol,
    Restriction,
    Rule,
    Spacing,
    Step,
    Task,
    Traced,
    wanted,
)
from hairplan.texts import said_outcome
from hairplan.traces import basis, fact_ids, shown_path, tables


def protocol_document(protocol: Protocol) -> Document:
    """Lay a protocol out as a document."""
    parts = {
        "Whom it is for": [f"{each.text}{_table_basis(each)}" for each in protocol.indications],
        "Choices": _options(protocol),
        "Steps": [_step(step) for step in protocol.steps],
        "What to avoid": [_restriction(*item) for item in protocol.restrictions.items()],
        "To do": [_task(*item) for item in protocol.tasks.items()],
        "When results are looked at": _milestones(protocol),
        "What to expect": [_expectation(*item) for item in protocol.expectations.items()],
        "Questions on the patient": [
            f"{name}: {question.ask}{said_when(question.only, 'asked if')}"
            for name, question in protocol.questions.items()
        ],
        "Events": [f"{name}: {event.label}" for name, event in protocol.events.items()],
        "What the patient's state means": [_rule(*item) for item in protocol.rules.items()],
        "To note": [f"{each.text}{_table_basis(each)}" for each in protocol.notes],
        "Where sources differ": _differences(protocol),
        "How figures are read, and why these defaults": list(_reasons(protocol)),
        "What the sources say": [f"{name}: {says}" for name, says in protocol.facts.items()],
        "Sources": [f"{name}: {title}" for name, title in protocol.documents.items()],
    }
    return Document(
        title=f"{protocol.name} ({protocol.id} {protocol.version}, {protocol.date})",
        lines=tuple(_head(protocol)),
        sections=tuple(_section(title, texts) for title, texts in parts.items() if texts),
    )


def _section(title: str, texts: Sequence[str]) -> Section:
    return Section(title, lines=tuple(map(Line, texts)))


def _head(protocol: Protocol) -> Iterator[Line]:
    yield Line(protocol.summary)
    figure = _with_basis(protocol, "horizon", protocol.horizon)
    yield Line(f"maintenance is planned for {figure} from the start")
    yield Line("in brackets: the fact behind a figure, and how it follows from it", "least")


def _said_basis(table: Traced | Protocol, key: str) -> str:
    found = basis(table, key)
    return f" [{', '.join([*fact_ids(found.source), str(found.strength)])}]"


def _table_basis(table: Traced) -> str:
    return f"{said_when(table.when)}{_said_basis(table, '')}"


def _with_basis(table: Traced | Protocol, key: str, value: object) -> str:
    return f"{value}{_said_basis(table, key)}"


def said_when(when: Condition, word: str = "if") -> str:
    """Say a condition, such as ", if cadence=weekly"; nothing for none."""
    parts = [f"{name}={'|'.join(wanted(value))}" for name, value in when.items()]
    return f", {word} {' and '.join(parts)}" if parts else ""


def _options(protocol: Protocol) -> list[str]:
    lines = []
    for name, option in protocol.options.items():
        default = _with_basis(option, "default", option.default)
        lines.append(f"{name}: {option.label}; {default} unless chosen{_table_basis(option)}")
        lines += [f"{name}={choice}: {means}" for choice, means in option.choices.items()]
    return lines


def _step(step: Step) -> str:
    parts = [
        *_count(step),
        *_spacing(step, step.spacing, "spacing"),
        *([f"groups of {_with_basis(step, 'group.size', step.group.size)}"] if step.group else []),
        *(_spacing(step, step.group.spacing, "group.spacing") if step.group else []),
        *([_with_basis(step, "duration", f"{step.duration} each")] if step.duration else []),
    ]
    if step.price:
        price = f"{step.price.min}..{step.price.max} {step.price.currency} each"
        parts.append(_with_basis(step, "price", price))
    if step.optional:
        parts.append("optional")
    anchor = "" if step.anchor == "start" else f" after {step.anchor}"
    return f"{step.id}{anchor}{said_when(step.when)}: {'; '.join(parts)}"


def _count(step: Step) -> Iterator[str]:
    if step.count == "open":
        yield "repeats up to the horizon"
    elif isinstance(step.count, Counts):
        count = step.count
        yield _with_basis(step, "count.preferred", f"{count.preferred} times")
        yield _with_basis(step, "count.min", f"{count.min}..{count.max} may be asked for")
    else:
        yield _with_basis(step, "count", f"{step.count} times")


def _spacing(step: Step, spacing: Spacing, key: str) -> Iterator[str]:
    if spacing.min or spacing.max:
        figure = f"{key}.min" if spacing.min else f"{key}.max"
        limits = f"{spacing.min or 'no limit given'}..{spacing.max or 'no limit given'} apart"
        yield _with_basis(step, figure, limits)
    if spacing.preferred:
        preferred = f"preferred {spacing.preferred}"
        yield _with_basis(step, f"{key}.preferred", preferred)
    if spacing.tolerance:
        yield _with_basis(step, f"{key}.tolerance", f"give or take {spacing.tolerance}")


def _restriction(name: str, table: Restriction) -> str:
    sides = [
        _with_basis(table, side, f"{_lengths(lengths)} {side}")
        for side, lengths in (("before", table.before), ("after", table.after))
        if lengths is not None
    ]
    steps = f" ({', '.join(table.steps)} only)" if table.steps else ""
    return f"{name}: {table.label}{steps}: {' and '.join(sides)}{said_when(table.when)}"


def _lengths(lengths: str | Lengths) -> str:
    if isinstance(lengths, Lengths):
        return f"at least {lengths.at_least}, ideally {lengths.ideal},"
    return lengths


def _task(name: str, table: Task) -> str:
    whom = "the first session" if table.session == "first" else "each session"
    lead = (
        f"{_with_basis(table, 'lead', table.lead)} before {whom}" if table.lead else f"for {whom}"
    )
    earliest = (
        f", at the soonest {_with_basis(table, 'earliest', table.earliest)} before"
        if table.earliest
        else ""
    )
    marks = [mark for mark in ("blocks", "optional") if getattr(table, mark)]
    said = {"blocks": ", no session without it", "optional": ", optional"}
    extra = "".join(said[mark] for mark in marks)
    return f"{name}: {table.label}, {lead}{earliest}{extra}{_table_basis(table)}"


def _milestones(protocol: Protocol) -> list[str]:
    lines = []
    for name, table in protocol.milestones.items():
        after = f"{table.after} after " if table.after else ""
        lines.append(f"{name}: {table.label}, {after}{table.at}{_table_basis(table)}")
    return lines


def _expectation(name: str, table: Expectation) -> str:
    dates = f", {table.begins}..{table.ends} after {table.at}" if table.at else ""
    return f"{name}: {table.label}{dates}{_table_basis(table)}"


def _rule(name: str, table: Rule) -> str:
    dates = ""
    if table.begins or table.ends:
        begins = table.begins or "any time before"
        ends = _with_basis(table, "ends", table.ends) if table.ends else "no end"
        dates = f", from {begins} to {ends} after {table.event}"
    task = f"; to do: {table.task}" if table.task else ""
    return f"{name}: {said_outcome(table.outcome)}{dates}: {table.says}{task}{_table_basis(table)}"


def _differences(protocol: Protocol) -> list[str]:
    lines = []
    for each in protocol.differences:
        says = "; ".join(f"{source}: {text}" for source, text in each.says.items())
        lines.append(f"{each.topic}: {says}. Here: {each.holds}{said_when(each.when)}")
    return lines


def _reasons(protocol: Protocol) -> Iterator[str]:
    """Yield each reason once, with the figures that it stands for."""
    where: dict[str, list[str]] = {}
    for kind, name, table in tables(protocol):
        path = shown_path(protocol, kind, name, table)
        if table.why:
            where.setdefault(table.why, []).append(path)
        for key, exception in table.figures.items():
            if exception.why:
                where.setdefault(exception.why, []).append(f"{path}.{key}")
    for reason, paths in where.items():
        yield f"{reason} ({', '.join(dict.fromkeys(paths))})"
