"""How the rules on the patient's state stand, as lines that a person reads."""

from collections.abc import Iterator, Sequence
from datetime import date

from hairplan.export.document import Document, Line, Mark, Row, Section
from hairplan.plan import Screened
from hairplan.protocol import REFUSING, Protocol
from hairplan.texts import plural, said_date, said_outcome, sourced


def screening_lines(screening: Sequence[Screened]) -> Iterator[Line]:
    """Yield what holds, then the questions to settle, then what nothing speaks against."""
    holding = [each for each in screening if each.applies == "yes"]
    unsettled = [each for each in screening if each.applies == "unknown"]
    yield from map(holding_line, holding)
    yield from _questions(unsettled)
    named = {each.question for each in (*holding, *unsettled)}
    clear = dict.fromkeys(
        each.question or each.rule for each in screening if each.question not in named
    )
    if clear:
        yield Line(f"nothing speaks against it in: {', '.join(clear)}", "good")


def holding_line(screened: Screened) -> Line:
    """Say a rule that holds: what it means, until when, and whether it is overridden."""
    until = f" until {screened.until}" if screened.until else ""
    outcome = f"{said_outcome(screened.outcome)}{until}"
    text = f"{screened.rule}: {outcome}: {screened.says}{sourced(screened.sources)}"
    if screened.overridden:
        return Line(f"{text}; overridden by the practitioner: {screened.overridden}", "refused")
    return Line(text, "refused" if screened.outcome in REFUSING else "open")


def _questions(unsettled: list[Screened]) -> Iterator[Line]:
    """Yield the questions to settle before the first session, each with what a yes means."""
    by_question: dict[str, list[Screened]] = {}
    for each in unsettled:
        by_question.setdefault(each.question or each.rule, []).append(each)
    for question, rules in by_question.items():
        outcomes = ", ".join(dict.fromkeys(said_outcome(each.outcome) for each in rules))
        sources = sourced(tuple(dict.fromkeys(name for each in rules for name in each.sources)))
        asked = rules[0].ask or rules[0].says
        if rules[0].answer == "yes":
            yield Line(
                f"to settle: {question}: on which day? it decides: {outcomes}{sources}", "open"
            )
        else:
            yield Line(f"to settle: {question}: {asked} yes: {outcomes}{sources}", "open")


def screening_document(protocol: Protocol, day: date, screening: Sequence[Screened]) -> Document:
    """Lay out how every rule stands on a day: the gravest first."""
    rows = tuple(_row(each) for each in screening)
    open_questions = dict.fromkeys(
        f"{each.question}: {each.ask}" for each in screening if each.applies == "unknown"
    )
    return Document(
        title=f"{protocol.name}: the patient's state on {said_date(day)}",
        lines=(Line(_verdict(screening), _verdict_mark(screening)),),
        sections=(
            Section("", ("Rule", "Answer", "What it means"), rows),
            Section(
                "Questions to settle", lines=tuple(Line(each, "open") for each in open_questions)
            ),
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


def _row(screened: Screened) -> Row:
    meaning = f"{said_outcome(screened.outcome)}: {screened.says}{sourced(screened.sources)}"
    if screened.applies == "unknown":
        return Row((screened.rule, screened.answer, f"if so, {meaning}"), "open")
    if screened.applies == "no":
        return Row((screened.rule, screened.answer, "does not hold"), "least")
    line = holding_line(screened)
    return Row((screened.rule, screened.answer, line.text.partition(": ")[2]), line.mark)
