"""A clinic's own figures in place of our defaults; what a source says stays as it is."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import structs

from hairplan.errors import nearest
from hairplan.planner.figures import (
    leaves,
)
from hairplan.protocol.figures import (
    cover_by_head,
    display_path,
    fact_ids,
    find_basis,
    traced_tables,
)
from hairplan.protocol.model import Protocol
from hairplan.protocol.step import Step
from hairplan.protocol.values import Basis, Traced


def with_figures(protocol: Protocol, figures: Mapping[str, str]) -> tuple[Protocol, list[str]]:
    """Put figures in the place of defaults, and return the faults in them.

    Args:
        protocol: the treatment.
        figures: values as a protocol file writes them, by the path that plans show them under,
            such as "rules.chemotherapy-wait.ends".
    """
    protocol = cover_by_head(protocol)
    faults: list[str] = []
    known = sorted(default_figures(protocol))
    for path, value in figures.items():
        known_places = list(_places(protocol, path))
        if not known_places:
            hint = nearest(path, known)
            faults.append(f"figures.{path}: no such figure{hint}; defaults: {', '.join(known)}")
        for place, key in known_places:
            protocol, fault = _changed(protocol, place, key, value)
            faults += [f"figures.{path}: {fault}"] if fault else []
    if not faults:
        from hairplan.planner.default_windows import with_default_windows
        from hairplan.protocol.load import find_faults_of_sense

        # A window of ours goes with the interval that it is around.
        protocol = with_default_windows(protocol)

        faults = [f"figures: {fault}" for fault in find_faults_of_sense(protocol)]
    return protocol, faults


def _tables(protocol: Protocol) -> Iterator[tuple[tuple[str, str | int], str, Traced | Protocol]]:
    """Yield every table with figures to change: where it stands, the path shown, the table."""
    yield ("", 0), "", protocol
    for kind, name, table in traced_tables(protocol):
        # Another choice is made by its option, not by another default of it.
        if kind != "options":
            yield (kind, name), f"{display_path(protocol, kind, name, table)}.", table


def _places(protocol: Protocol, path: str) -> Iterator[tuple[tuple[str, str | int], str]]:
    """Yield the table and the key of a path, if there is such a figure."""
    for place, prefix, table in _tables(protocol):
        key = path.removeprefix(prefix)
        if path.startswith(prefix) and key in dict(leaves(table)):
            yield place, key


def default_figures(protocol: Protocol) -> set[str]:
    """Return the figures that a clinic may put its own in place of, as plans show their paths."""
    return {
        prefix + key
        for _, prefix, table in _tables(protocol)
        for key, _ in leaves(table)
        if find_basis(table, key).strength == "default" and key not in {"anchor", "at", "until"}
    }


def _why_not(rests_on: Basis) -> str:
    """Say why a figure cannot be changed."""
    if rests_on.strength == "clinic":
        return "this is the clinic's own: change it in the file"
    rests = ", ".join([*fact_ids(rests_on.source), str(rests_on.strength)])
    return f"only our defaults can be changed, and this rests on {rests}"


def _like(default: object, value: str) -> object:
    """Return a value in the form of the default: a number, a list, or a text."""
    if isinstance(default, int) and value.isdecimal():
        return int(value)
    return value.split(", ") if isinstance(default, list) else value


def _changed(
    protocol: Protocol, place: tuple[str, str | int], key: str, value: str
) -> tuple[Protocol, str | None]:
    """Return the protocol with one figure changed, or it as it is and why not."""
    kind, name = place
    table: Any = getattr(protocol, kind)[name] if kind else protocol
    rests_on = find_basis(table, key)
    if rests_on.strength != "default":
        return protocol, _why_not(rests_on)
    # By way of JSON, as lists can be changed and tuples cannot.
    plain = msgspec.json.decode(msgspec.json.encode(table))
    inner = plain
    *parents, last = key.split(".")
    for parent in parents:
        inner = inner[int(parent) - 1 if isinstance(inner, list) else parent]
    at = int(last) - 1 if isinstance(inner, list) else last
    if isinstance(inner[at], dict):
        return protocol, "it is of several parts: change it in the file"
    from hairplan.protocol.shorthands import spell_out

    inner[at] = _like(inner[at], value)
    plain.setdefault("figures", {})[key] = {"strength": "clinic"}
    try:
        changed = msgspec.convert(spell_out(plain, type(table)), type(table))
    except msgspec.ValidationError:
        return protocol, f"'{value}' is not of the form of the default, {dict(leaves(table))[key]}"
    if not kind:
        return changed, None
    members = getattr(protocol, kind)
    if isinstance(changed, Step):
        steps = [changed if index == name else step for index, step in enumerate(members)]
        return structs.replace(protocol, steps=tuple(steps)), None
    return structs.replace(protocol, **{kind: {**members, name: changed}}), None
