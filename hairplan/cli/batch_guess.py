"""`hairplan batch LIST --guess`: what the columns of a list may mean, as settings to paste."""

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from msgspec import structs

from hairplan.batch.columns import TREATMENT
from hairplan.batch.date_columns import find_date_orders
from hairplan.batch.guess import (
    Fact,
    column_of_fact,
    find_facts,
    first_values,
    guess_columns,
    render_settings,
)
from hairplan.batch.headings import Headings, fold_heading, is_column
from hairplan.batch.row_planner import known_facts, treatment_named
from hairplan.cli.batch_list import ListSource, form_of, name_of, opened
from hairplan.cli.clock import today_from
from hairplan.clinic.settings import Settings
from hairplan.dates.written import DateOrder
from hairplan.errors import InputError
from hairplan.protocol.catalog import protocol_names

_MOST_TREATMENTS = 12


def guess_settings(path: Path, settings: Settings, today: str | None) -> str:
    """Return settings that give the columns of a list the meaning that they may have.

    Args:
        path: the list.
        settings: the clinic's, as they are.
        today: the --today option.

    Raises:
        InputError: the list cannot be read, or nothing in it could be guessed.
    """
    with opened(path) as stream:
        source = ListSource(stream, form_of(path), name_of(path))
        patients = source.open()
        own = patients.own_names or patients.header
        facts = known_facts(settings.protocols)
        questions = [f"{option}.{name}" for option in facts for name in sorted(facts[option])]
        looks = _looks(source, own, today)
        columns = guess_columns(own, questions, looks)
        if not columns:
            raise InputError(f"{name_of(path)}: none of its columns could be guessed")
        headings = Headings({fold_heading(name): column for name, column in columns.items()})
        source = structs.replace(source, headings=headings)
        order = _order(source, today)
        treatments = _treatments(source, settings)
    others = {
        name: column_of_fact(name, looks[name], questions) if name in looks else ""
        for name in own
        if name not in columns
    }
    new = {name: column for name, column in columns.items() if not is_column(name.lower())}
    return render_settings(new, others, order, treatments)


def _looks(source: ListSource, own: Sequence[str], today: str | None) -> dict[str, Fact]:
    """Return which headings of a list stand over answers, and which over days."""
    patients = source.open()
    looks = find_facts((row.content for row in patients.rows), today_from(today))
    names = zip(own, patients.header, strict=False)
    return {name: looks[column] for name, column in names if column in looks}


def _order(source: ListSource, today: str | None) -> DateOrder | None:
    """Return the order of day, month and year that the rows tell; null if they tell none."""
    rows = (row.content for row in source.open().rows)
    orders = set(find_date_orders(rows, today_from(today)).known.values())
    return orders.pop() if len(orders) == 1 else None


def _treatments(source: ListSource, settings: Settings) -> dict[str, str | None]:
    """Return what a list calls treatments that have another name here, and which each may be."""
    known = protocol_names(settings.protocols)
    rows = (row.content for row in source.open().rows)
    names = first_values(rows, TREATMENT, _MOST_TREATMENTS)
    unknown = [name for name in names if treatment_named(name, settings) not in known]
    return {name: next(iter(get_close_matches(name.lower(), known, n=1)), None) for name in unknown}
