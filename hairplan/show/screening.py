"""The screening of a patient as a person reads it: how each rule on their state stands."""

from collections.abc import Iterator, Sequence
from datetime import date

from hairplan.protocol.model import Protocol
from hairplan.protocol.values import REFUSING
from hairplan.show.document import Document, Line, Mark, Section, TableRow
from hairplan.standing import Screened
from hairplan.words import cite, describe_outcome, format_count, format_date


def screening_lines(screening: Sequence[Screened]) -> Iterator[Line]:
    """Yield what holds, then the questions to settle, then what nothing speaks against."""
    holding = [rule for rule in screening if rule.applies == "yes"]
    unsettled = [rule for rule in screening if rule.applies == "unknown"]
    other_days = [rule for rule in screening if rule.applies == "no" and _is_dated(rule)]
    yield from map(_holding_line, holding)
    yield from question_lines(unsettled)
    yield from map(_other_days_line, other_days)
    named = {rule.question for rule in (*holding, *unsettled, *other_days)}
    clear = dict.fromkeys(
        rule.question or rule.rule for rule in screening if rule.question not in named
    )
    if clear:
        yield Line(f"nothing speaks against it in: {', '.join(clear)}", "good")


def _is_dated(screened: Screened) -> bool:
    return screened.since is not None or screened.until is not None


def _describe_outcome(screened: Screened) -> str:
    """Say what a rule means, and on which days."""
    since = f" from {screened.since}" if screened.since else ""
    until = f" until {screened.until}" if screened.until else ""
    return f"{describe_outcome(screened.outcome)}{since}{until}"


def _describe_override(screened: Screened) -> str:
    reason = screened.overridden
    return f"; overridden by the practitioner: {reason}" if reason else ""


def _describe_basis(screened: Screened) -> str:
    """Say what a rule rests on, and how its source is read where that is vague."""
    read = f" [{screened.strength}: {screened.why}]" if screened.why else ""
    return cite(screened.sources) + read


def _holding_line(screened: Screened) -> Line:
    line = _describe_holding(screened)
    return Line(f"{screened.rule}: {line.text}", line.mark)


def _describe_holding(screened: Screened) -> Line:
    """Say what a rule that holds means, on which days, and whether it is overridden."""
    meaning = f"{_describe_outcome(screened)}: {screened.says}{_describe_basis(screened)}"
    mark: Mark = "refused" if screened.outcome in REFUSING else "open"
    return Line(meaning + _describe_override(screened), mark)


def _other_days_line(screened: Screened) -> Line:
    meaning = f"{_describe_outcome(screened)}{cite(screened.sources)}"
    text = f"{screened.rule}: on no day of an appointment: {meaning}"
    return Line(text + _describe_override(screened), "least")


def question_lines(unsettled: Sequence[Screened]) -> Iterator[Line]:
    """Yield the questions to settle before the first session, each with what a yes means."""
    by_question: dict[str, list[Screened]] = {}
    for rule in unsettled:
        by_question.setdefault(rule.question or rule.rule, []).append(rule)
    for question, rules in by_question.items():
        sources = cite(tuple(dict.fromkeys(name for rule in rules for name in rule.sources)))
        ask = _describe_question(rules)
        overrides = "".join(dict.fromkeys(map(_describe_override, rules)))
        yield Line(f"to settle: {question}: {ask}{sources}{overrides}", "open")


def _describe_question(rules: Sequence[Screened]) -> str:
    """Say what is asked, and what the answer means: of a rule that has no question, when it holds.

    A rule may hold where the answer to another question is no: only its condition says it.
    """
    outcomes = ", ".join(dict.fromkeys(describe_outcome(rule.outcome) for rule in rules))
    first = rules[0]
    if first.outcome == "decides":
        return f"{first.ask} it decides on: {first.says}"
    if first.answer == "yes":
        return f"on which day? it decides: {outcomes}"
    if first.ask is None:
        condition = f"if {first.only_if}: " if first.only_if else ""
        return f"{condition}{outcomes}: {first.says}"
    return f"{first.ask} yes: {outcomes}"


def screening_document(protocol: Protocol, day: date, screening: Sequence[Screened]) -> Document:
    """Lay out how every rule stands on a day: the gravest first."""
    rows = tuple(map(_row, screening))
    unsettled = tuple(question_lines([rule for rule in screening if rule.applies == "unknown"]))
    return Document(
        title=f"{protocol.name}: the patient's state on {format_date(day)}",
        lines=(_verdict(screening),),
        sections=(
            Section("", ("Rule", "Answer", "What it means"), rows),
            *([Section("Questions to settle", lines=unsettled)] if unsettled else []),
        ),
    )


def _verdict(screening: Sequence[Screened]) -> Line:
    refusing = [rule.rule for rule in screening if rule.refuses]
    if refusing:
        return Line(f"refused: {', '.join(refusing)}", "refused")
    questions = {rule.question or rule.rule for rule in screening if rule.applies == "unknown"}
    if questions:
        return Line(f"{format_count(len(questions), 'question')} to settle", "open")
    return Line("nothing speaks against it", "good")


def _row(screened: Screened) -> TableRow:
    line = _describe_standing(screened)
    return TableRow((screened.rule, screened.answer, line.text), line.mark)


def _describe_standing(screened: Screened) -> Line:
    if screened.outcome == "decides":
        return Line(f"decides on: {screened.says}", "open")
    if screened.applies == "yes":
        return _describe_holding(screened)
    if screened.applies == "no":
        other_days = f"not on this day; {_describe_outcome(screened)}"
        return Line(other_days if _is_dated(screened) else "does not hold", "least")
    doubt = "by its date" if screened.answer == "yes" else "if so"
    meaning = f"{describe_outcome(screened.outcome)}: {screened.says}{_describe_basis(screened)}"
    return Line(f"{doubt}, {meaning}{_describe_override(screened)}", "open")
