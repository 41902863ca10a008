"""A guess at what the headings of a list mean, as settings that a clinic can paste and correct.

Nothing is planned by a guess: what it proposes is read by a person first.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from itertools import islice
from typing import Final, Literal

from hairplan.batch.columns import normalize_column
from hairplan.batch.headings import fold_heading, is_column
from hairplan.dates.written import DateOrder, fold, read_written_date
from hairplan.protocol.values import ANSWER_WORDS
from hairplan.words import escape_controls

Fact = Literal["answer", "event"]
"""The look of a column's cells, if they state facts of a patient: answers, or days."""

_NOT_THE_START: Final = ("birth", "naissance", "geburt", "nacimiento", "nascita")
_WORDS: Final[Mapping[str, str]] = {
    "ref": "ref|reference|dossier|chart|patient id|patient no|patientennummer|patienten-nr|akte"
    "|fallnummer|expediente|historia|cartella|codice paziente",
    "treatment": "treatment|procedure|service|soin|traitement|prestation|acte|behandlung|leistung"
    "|tratamiento|trattamento|prestazione",
    "start": "start|date|appointment|rendez-vous|rdv|debut|datum|termin|beginn|fecha|cita|inicio"
    "|data|appuntamento|inizio",
    "time": "time|heure|uhrzeit|zeit|hora|ora|orario",
    "duration": "duration|length|duree|dauer|duracion|durata",
    "sessions": "sessions|seances|sitzungen|sesiones|sedute",
    "sex": "sex|gender|sexe|geschlecht|sexo|sesso",
    "age": "age|alter|edad|eta",
    "away": "away|absent|absence|abwesend|abwesenheit|ausencia|assenza|conges|urlaub",
    "place": "place|room|salle|cabine|lieu|raum|ort|sala|lugar|luogo",
    "zone": "zone|time zone|fuseau|zeitzone",
}
"""Words in headings, folded, by the column that they speak of; more exact ones come first."""


def find_facts(rows: Iterable[Mapping[str, object]], today: date) -> dict[str, Fact]:
    """Return the columns in which all cells are answers, or all are days.

    Args:
        rows: the content of each row.
        today: what years of two figures are seen from.
    """
    looks: dict[str, set[Fact]] = {}
    for row in rows:
        for column, cell in row.items():
            if text := str(cell or "").strip():
                looks.setdefault(column, {"answer", "event"}).intersection_update(
                    _looks_of(text, today)
                )
    return {column: look for column, both in looks.items() for look in both}


def _looks_of(text: str, today: date) -> set[Fact]:
    if fold(text) in ANSWER_WORDS:
        return {"answer"}
    # Figures with spaces between them are rather a telephone.
    is_day = not re.fullmatch(r"[\d ]+", text) and read_written_date(text, today)
    return {"event"} if is_day else set()


def guess_columns(
    headings: Sequence[str], questions: Iterable[str], facts: Mapping[str, Fact] = {}
) -> dict[str, str]:
    """Return what the headings of a list may mean; each column once, those not guessed left out.

    Args:
        headings: the headings as they stand in the list.
        questions: the columns of questions, such as "answer.minoxidil".
        facts: what the cells under headings look like.
    """
    other: dict[Fact, str] = {"answer": "event.", "event": "answer."}
    known = {**_WORDS, **{name: name.partition(".")[2].replace("-", " ") for name in questions}}
    guessed: dict[str, str] = {}
    for exactly in (True, False):
        for heading in headings:
            fitting = (
                column
                for column, words in known.items()
                if column not in guessed.values()
                and not (heading in facts and column.startswith(other[facts[heading]]))
                and _fits(heading, words, exactly=exactly)
            )
            if heading.strip() and heading not in guessed and (best := next(fitting, None)):
                guessed[heading] = best
    return {heading: guessed[heading] for heading in headings if heading in guessed}


def _fits(heading: str, words: str, *, exactly: bool) -> bool:
    """Return whether a heading is one of some words, or has one of them in it."""
    folded = fold_heading(heading).replace("-", " ")
    plain = words.replace("-", " ").split("|")
    if any(word in folded for word in _NOT_THE_START):
        return False
    if exactly:
        return folded in plain
    return any(f" {word} " in f" {folded} " or f" {word}s " in f" {folded} " for word in plain)


def first_values(rows: Iterable[Mapping[str, object]], column: str, most: int) -> list[str]:
    """Return the different texts of a column, in their order; none if there are too many."""
    texts = (str(row.get(column) or "").strip() for row in rows)
    values = list(islice(dict.fromkeys(filter(None, texts)), most + 1))
    return values if len(values) <= most else []


def render_settings(
    columns: Mapping[str, str],
    others: Mapping[str, str],
    order: DateOrder | None,
    treatments: Mapping[str, str | None],
) -> str:
    """Return a guess as settings.

    Args:
        columns: the column that each heading may mean.
        others: the headings for which there is no guess, each with what it could be; "" for what is
            passed over.
        order: the order of day, month and year, if the rows tell it.
        treatments: the known treatment that each other name may be; null for none.
    """
    # No key stands at the top of a file that is pasted under a table.
    lines = ["# for the clinic's settings, hairplan.toml, above its first [table]"]
    lines += [f'dates = "{order}"', ""] if order else []
    lines += ["[columns]", *(f"{_quoted(name)} = {_quoted(to)}" for name, to in columns.items())]
    lines += [_line_unknown(name, column) for name, column in others.items() if name.strip()]
    if treatments:
        lines += ["", "[aliases]", *map(_alias_line, treatments.items())]
    return "\n".join(lines) + "\n"


def column_of_fact(heading: str, fact: Fact, questions: Iterable[str]) -> str:
    """Return the column that a heading over facts of a patient could mean, such as answer.NAME."""
    if any(word in fold_heading(heading) for word in _NOT_THE_START):
        return ""
    options = (name.partition(".") for name in questions)
    known = [name for option, _, name in options if option == fact]
    near = get_close_matches(fold_heading(heading), known, n=1, cutoff=0.8)
    return f"{fact}.{near[0] if near else 'NAME'}"


def _line_unknown(name: str, column: str) -> str:
    """Return the line of a heading that was not guessed; one that means what it says stays.

    Facts of a patient are for a person to place: passed over, one would be lost.
    """
    comment = "# " if column or is_column(normalize_column(name)) else ""
    return f"{comment}{_quoted(name)} = {_quoted(column)}"


def _alias_line(alias: tuple[str, str | None]) -> str:
    name, treatment = alias
    return f"{_quoted(name)} = {_quoted(treatment)}" if treatment else f"# {_quoted(name)} ="


def _quoted(text: str) -> str:
    """Return a text as TOML writes it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escape_controls(escaped.encode()).decode()}"'
