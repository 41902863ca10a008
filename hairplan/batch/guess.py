"""A guess at what the headings of a list mean, as settings that a clinic can paste and correct.

Nothing is planned by a guess: what it proposes is read by a person first.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Final

from hairplan.batch.columns import normalize_column
from hairplan.batch.headings import fold_heading, is_column
from hairplan.dates.written import DateOrder
from hairplan.words import escape_controls

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


def guess_columns(headings: Sequence[str], questions: Iterable[str]) -> dict[str, str]:
    """Return what the headings of a list may mean; each column once, those not guessed left out.

    Args:
        headings: the headings as they stand in the list.
        questions: the columns of questions, such as "answer.minoxidil".
    """
    known = {**_WORDS, **{name: name.partition(".")[2].replace("-", " ") for name in questions}}
    guessed: dict[str, str] = {}
    for exactly in (True, False):
        for heading in headings:
            fitting = (
                column
                for column, words in known.items()
                if column not in guessed.values() and _fits(heading, words, exactly=exactly)
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
    others: Iterable[str],
    order: DateOrder | None,
    treatments: Mapping[str, str | None],
) -> str:
    """Return a guess as settings.

    Args:
        columns: the column that each heading may mean.
        others: the headings for which there is no guess: they are passed over.
        order: the order of day, month and year, if the rows tell it.
        treatments: the known treatment that each other name may be; null for none.
    """
    lines = [f'dates = "{order}"', ""] if order else []
    lines += ["[columns]", *(f"{_quoted(name)} = {_quoted(to)}" for name, to in columns.items())]
    lines += [_line_passed_over(name) for name in dict.fromkeys(others) if name.strip()]
    if treatments:
        lines += ["", "[aliases]", *map(_alias_line, treatments.items())]
    return "\n".join(lines) + "\n"


def _line_passed_over(name: str) -> str:
    """Return the line of a heading that was not guessed; one that means what it says stays."""
    comment = "# " if is_column(normalize_column(name)) else ""
    return f'{comment}{_quoted(name)} = ""'


def _alias_line(alias: tuple[str, str | None]) -> str:
    name, treatment = alias
    return f"{_quoted(name)} = {_quoted(treatment)}" if treatment else f"# {_quoted(name)} ="


def _quoted(text: str) -> str:
    """Return a text as TOML writes it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escape_controls(escaped.encode()).decode()}"'
