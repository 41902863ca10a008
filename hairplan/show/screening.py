"""How the rules on the patient's state stand, as lines that a person reads."""

from collections.abc import Iterator, Sequence
from datetime import date

from hairplan.plan import Screened
from hairplan.protocol.model import REFUSING, Protocol
from hairplan.show.document import Document, Line, Mark, Section, TableRow
from hairplan.words import cite, describe_outcome, format_date, plural


def screening_lines(screening: Sequence[Screened]) -> Iterator[Line]:
    """Yield what holds, then the questions to settle, then what nothing speaks against."""
    holding = [each for each in screening if each.applies == "yes"]
    unsettled = [each for each in screening if each.applies == "unknown"]
    other_days = [each for each in screening if each.applies == "no" and _is_dated(each)]
    yield from map(holding_line, holding)
    yield from question_lines(unsettled)
    yield from map(_other_days_line, other_days)
    named = {each.question for each in (*holding, *unsettled, *other_days)}
    clear = dict.fromkeys(
        each.question or each.rule for each in screening if each.question not in named
    )
    if clear:
        yield Line(f"nothing speaks against it in: {', '.join(clear)}", "good")


def _is_dated(screened: Screened) -> bool:
    return screened.since is not None or screened.until is not None


def _describe_days(screened: Screened) -> str:
    since = f" from {screened.since}" if screened.since else ""
    return since + (f" until {screened.until}" if screened.until else "")


def _describe_override(screened: Screened) -> str:
    reason = screened.overridden
    return f"; overridden by the practitioner: {reason}" if reason else ""


def _traced(screened: Screened) -> str:
    """Say what a rule rests on, and how its source is read where that is vague."""
    read = f" [{screened.strength}: {screened.why}]" if screened.why else ""
    return cite(screened.sources) + read


def holding_line(screened: Screened) -> Line:
    """Say a rule that holds: what it means, on which days, and whether it is overridden."""
    outcome = f"{describe_outcome(screened.outcome)}{_describe_days(screened)}"
    text = f"{screened.rule}: {outcome}: {screened.says}{_traced(screened)}"
    mark: Mark = "refused" if screened.outcome in REFUSING else "open"
    return Line(text + _describe_override(screened), mark)


def _other_days_line(screened: Screened) -> Line:
    outcome = f"{describe_outcome(screened.outcome)}{_describe_days(screened)}"
    said = f"{screened.rule}: on no day of an appointment: {outcome}{cite(screened.sources)}"
    return Line(said + _describe_override(screened), "least")


def question_lines(unsettled: Sequence[Screened]) -> Iterator[Line]:
    """Yield the questions to settle before the first session, each with what a yes means."""
    by_question: dict[str, list[Screened]] = {}
    for each in unsettled:
        by_question.setdefault(each.question or each.rule, []).append(each)
    for question, rules in by_question.items():
        outcomes = ", ".join(dict.fromkeys(describe_outcome(each.outcome) for each in rules))
        sources = cite(tuple(dict.fromkeys(name for each in rules for name in each.sources)))
        if rules[0].answer == "yes":
            asked = f"on which day? it decides: {outcomes}"
        else:
            asked = f"{rules[0].ask or rules[0].says} yes: {outcomes}"
        overrides = "".join(dict.fromkeys(map(_describe_override, rules)))
        yield Line(f"to settle: {question}: {asked}{sources}{overrides}", "open")


def screening_document(protocol: Protocol, day: date, screening: Sequence[Screened]) -> Document:
    """Lay out how every rule stands on a day: the gravest first."""
    rows = tuple(_row(each) for each in screening)
    unsettled = tuple(question_lines([each for each in screening if each.applies == "unknown"]))
    return Document(
        title=f"{protocol.name}: the patient's state on {format_date(day)}",
        lines=(Line(_verdict(screening), _verdict_mark(screening)),),
        sections=(
            Section("", ("Rule", "Answer", "What it means"), rows),
            *([Section("Questions to settle", lines=unsettled)] if unsettled else []),
        ),
    )


def _verdict(screening: Sequence[Screened]) -> str:
    refusing = [each.rule for each in screening if each.refuses]
    if refusing:
        return f"refused: {', '.join(refusing)}"
    count = len({each.question for each in screening if each.applies == "unknown"})
    return f"{plural(count, 'question')} to settle" if count else "nothing speaks against it"


def _verdict_mark(screening: Sequence[Screened]) -> Mark:
    if any(each.refuses for each in screening):
        return "refused"
    return "open" if any(each.applies == "unknown" for each in screening) else "good"


def _row(screened: Screened) -> TableRow:
    meaning = f"{describe_outcome(screened.outcome)}: {screened.says}{_traced(screened)}"
    if screened.applies == "unknown":
        doubt = "by its date" if screened.answer == "yes" else "if so"
        said = f"{doubt}, {meaning}{_describe_override(screened)}"
        return TableRow((screened.rule, screened.answer, said), "open")
    if screened.applies == "no":
        outcome = f"{describe_outcome(screened.outcome)}{_describe_days(screened)}"
        said = f"not on this day; {outcome}" if _is_dated(screened) else "does not hold"
        return TableRow((screened.rule, screened.answer, said), "least")
    line = holding_line(screened)
    return TableRow((screened.rule, screened.answer, line.text.partition(": ")[2]), line.mark)
