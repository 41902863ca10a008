"""Shorter and freer ways to write a file, put into the one way that the types know.

* a span as a person types it, "5w" or "2h30", becomes "5 weeks" or "2 hours 30 minutes";
* a day as the source counts it, "day 15", becomes "15 days", or "14 days" where the source gives
  its first day the number 1;
* `spacing = "14 days"` is a table with that preferred value, and `price = "385 USD"` one with that
  price;
* an answer such as "oui", "x", 1 or true becomes "yes";
* of a list of one entry the brackets may be left out, as in `[steps]` or `around = "course"`.

What cannot be read so stays as it is, for the search for faults.
"""

import re
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from hairplan.dates.spans import SPAN_PATTERN
from hairplan.dates.typed_spans import TYPED_PATTERN, canonical_side, canonical_span
from hairplan.dates.written import fold
from hairplan.protocol.model import Protocol
from hairplan.protocol.shapes import Form, Hint, Json, Shape, parts_of, shape_of
from hairplan.protocol.step import Price, Spacing

_PRICE: Final = r"\s*([0-9]{1,9})(?:\s*(?:\.\.|-)\s*([0-9]{1,9}))?\s*([A-Z]{3})\s*"


def spell_out(table: Json, kind: Hint) -> Json:
    """Return a table of a file with its shorthands spelt out.

    Args:
        table: what a TOML text was read as; its tables and lists are changed.
        kind: the msgspec type that it has to fit.
    """
    # A part of a file does not tell which number the first day has.
    first_day = table.get("first_day", 0) if kind is Protocol else None
    return _spelt(table, shape_of(kind), first_day)


def _spelt(value: Json, shape: Shape, first_day: Json) -> Json:
    value = _counted(value, shape, first_day)
    value = _in_list(_as_table(_chosen(value, shape), shape), shape)
    if isinstance(value, str):
        text = next((form for form in shape.forms if form.base is str), None)
        return (read_span_of(value, text)[0] or value) if text else value
    form = shape.form_of(value)
    for _, place, part in parts_of(value, form, "") if form else ():
        value[place] = _spelt(value[place], part, first_day)
    return value


def _chosen(value: Json, shape: Shape) -> Json:
    """Return the choice that is said in another way, where a choice has words."""
    words = (shape.forms[0].limits.extra or {}).get("words", {})
    return words.get(fold(str(value).strip()), value) if words else value


# ---- days as a source counts them ----

_DAY: Final = re.compile(r"\s*(day|week|month|year) ([0-9]{1,4})\s*", re.IGNORECASE)
DAY_PATTERN: Final = "^([Dd]ay|[Ww]eek|[Mm]onth|[Yy]ear) [0-9]{1,4}$"


def _counted(value: Json, shape: Shape, first_day: Json) -> Json:
    """Return how far a day such as "day 15" lies from the first day, where it may stand."""
    match = _DAY.fullmatch(value) if isinstance(value, str) else None
    form = next(filter(kind_of_day, shape.forms), None)
    if not match or not form or first_day not in (0, 1):
        return value
    number = int(match[2]) - (first_day if kind_of_day(form) == "length" else 0)
    text = f"{number} {match[1].lower()}s"
    return text if re.match(form.limits.pattern or SPAN_PATTERN, text) else value


def kind_of_day(form: Form) -> str | None:
    """Return how a day of the source is read at a place: as a "length" or as a "position"."""
    return "length" if form.table is Spacing else (form.limits.extra or {}).get("day")


def kind_of_span(form: Form) -> str | None:
    """Return which kind of span a form is: "span", "short" or "side"; None for no span."""
    return (form.limits.extra or {}).get("span")


def read_span_of(text: str, form: Form) -> tuple[str | None, str]:
    """Return the canonical form of a span at a place, or None and what may help."""
    if not kind_of_span(form):
        return text, ""
    if kind_of_span(form) == "side":
        return canonical_side(text)
    return canonical_span(text, of_appointment=kind_of_span(form) == "short")


# ---- tables written as texts ----


def _as_table(value: Json, shape: Shape) -> Json:
    """Return the table that a text stands for, where a table is expected."""
    if not isinstance(value, str):
        return value
    short = next((SHORT[form.table] for form in shape.forms if form.table in SHORT), None)
    table = short.read(value) if short else None
    return value if table is None else table


class Short(Struct, frozen=True):
    """A text that stands for a table.

    Attributes:
        read: returns the table; None if the text stands for none.
        pattern: what the text looks like.
        description: what it is, as a fault names it.
        hint: returns what may help with a text that stands for none.
    """

    read: Callable[[str], dict[str, Json] | None]
    pattern: str
    description: str
    hint: Callable[[str], str]


def _spacing(text: str) -> dict[str, Json] | None:
    canonical, _ = canonical_span(text)
    return None if canonical is None else {"preferred": canonical}


def _price(text: str) -> dict[str, Json] | None:
    match = re.fullmatch(_PRICE, text)
    if not match:
        return None
    low, high, currency = match.groups()
    return {"min": int(low), "max": int(high or low), "currency": currency}


SHORT: Final[dict[type[Struct] | None, Short]] = {
    Spacing: Short(
        _spacing,
        f"{TYPED_PATTERN}|{DAY_PATTERN}",
        "a span such as '5 weeks'",
        lambda text: canonical_span(text)[1],
    ),
    Price: Short(
        _price, rf"^{_PRICE}$", "a price such as '385 USD' or '300..500 USD'", lambda _: ""
    ),
}
"""The tables that a text may stand for."""


# ---- lists without brackets ----


def _in_list(value: Json, shape: Shape) -> Json:
    """Return a value in a list of its own, where nothing but a list is expected."""
    item = lone_item(shape)
    if item and isinstance(value, dict if item.table else str):
        return [value]
    return value


def lone_item(shape: Shape) -> Form | None:
    """Return the form of a list's entries, where one entry may stand without its brackets."""
    (form, *others) = shape.forms
    return form.items.forms[0] if form.base is tuple and form.items and not others else None
